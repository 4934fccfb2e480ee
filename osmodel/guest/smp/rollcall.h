/* Who takes part: at boot, hart 0 calls the roll twice. At first it waits for every hart to arrive; then, when
 * everything is prepared, it asks whether they are still there, so that a hart that died in between is left out as
 * well. One that dies later is found by its missing heartbeat.
 *
 * A hart answers, or is left out, by a compare-and-swap from the same state: never both. A hart that is left out is
 * named on the console, and fenced if possible; one that arrives too late parks itself. */
#ifndef HB_SMP_ROLLCALL_H
#define HB_SMP_ROLLCALL_H

#include <stdint.h>

#define HB_BOOT_HART 0u

/* For hart 0. The set of harts that have arrived; then, of those, the set that is still there. */
uint64_t hb_roll_call_first(void);
uint64_t hb_roll_call_second(uint64_t live);

/* For hart 0: all harts may start. */
void hb_roll_call_let_go(void);

/* For all others: answer both calls, and wait for permission to start. */
void hb_roll_call_answer(uint32_t hart);

#endif
