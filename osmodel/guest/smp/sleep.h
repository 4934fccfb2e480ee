/* Sleeping tasks: each belongs to the hart on which it went to sleep, which wakes it. They stand in a list by the time
 * at which they wake, so that a hart looks at those alone that are due. */
#ifndef HB_SMP_SLEEP_H
#define HB_SMP_SLEEP_H

#include <stdint.h>

/* The executing hart's current task sleeps until `ticks`. The caller goes on to schedule. */
void hb_sleep_until(uint32_t task, uint64_t ticks);

/* Put the executing hart's sleepers whose time has come into its run queue; to be called from next_wake on. The hart
 * owns no lock before and after. */
void hb_wake_sleepers(uint64_t now);

/* The executing hart takes over a dead hart's sleeping task; `word` is its word. */
void hb_adopt_sleeper(uint32_t task, uint64_t word);

#endif
