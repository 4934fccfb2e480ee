/* The kernel's headers, for a student's file that is compiled for the host. What they say by instructions of a hart is
 * said by functions here: their own get other names, and are not called. */
#ifndef HB_LAB_HOST_H
#define HB_LAB_HOST_H

#define hb_self      hb_self_of_hart
#define hb_hart_id   hb_hart_id_of_hart
#define hb_now_ticks hb_now_ticks_of_hart
#include "osmodel/guest/smp/hart.h"
#undef hb_self
#undef hb_hart_id
#undef hb_now_ticks

/* No registers of a hart are here to be named. */
#define __asm__(name)
#define hb_syscall hb_syscall_of_hart
#include "osmodel/guest/user/syscall.h"
#undef __asm__
#undef hb_syscall

/* The hart that executes, as the trial has it (trial_scheduler.c), and its clock. */
struct hb_smp_hart *hb_self(void);
uint32_t hb_hart_id(void);
uint64_t hb_now_ticks(void);

/* Alone, a task waits for nobody: a barrier and a yield return at once. Other calls but that for the time give 0. */
static inline uint64_t hb_syscall(uint64_t number, uint64_t first, uint64_t second) {
    (void)first, (void)second;
    return number == HB_SYS_TIME ? hb_now_ticks() : 0;
}

#endif
