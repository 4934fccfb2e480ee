/* Who takes part: at boot, hart 0 calls the roll twice. At first it waits for every hart to arrive; then, when all is
 * prepared, it asks whether they are still there, so that a hart that died in between is left out as well. What dies
 * later is found by its missing heartbeat.
 *
 * A hart answers, or is left out, by a compare-and-swap from the same state: never both. Who is left out is said on the
 * console, and fenced if that is possible; a hart that comes too late parks itself. */
#ifndef HB_SMP_ROLLCALL_H
#define HB_SMP_ROLLCALL_H

#include <stdint.h>

#define HB_BOOT_HART 0u

/* For hart 0. The set of harts that have arrived; then, of those, the set that is still there. */
uint64_t hb_roll_call_first(void);
uint64_t hb_roll_call_second(uint64_t live);

/* For hart 0: everybody may go. */
void hb_roll_call_let_go(void);

/* For all others: answer both calls, and wait for leave to go. */
void hb_roll_call_answer(uint32_t hart);

#endif
