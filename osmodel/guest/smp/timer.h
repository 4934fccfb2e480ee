/* The timer of the executing hart: it is set to what comes first. */
#ifndef HB_SMP_TIMER_H
#define HB_SMP_TIMER_H

#include <stdint.h>

#include "osmodel/guest/lib/params.h"
#include "osmodel/guest/machine/devices.h"
#include "osmodel/guest/machine/inline.h"
#include "osmodel/guest/machine/riscv.h"
#include "osmodel/guest/smp/hart.h"
#include "osmodel/guest/smp/heartbeat.h"

void hb_timer_work_out_break(struct hb_period *most, uint64_t timeout_cycles);

/* How long the task may run in any case: twice as long as the kernel has just kept the hart, for its way in and out
 * takes time as well. Where caches are small and the bus is full, one interrupt would follow another, and no task would
 * make progress. The next beat may come so much later, and therefore this is at most a quarter of the time after which
 * the hart would be suspected. */
HB_INLINE uint64_t hb_timer_end_of_break(struct hb_smp_hart *self, uint64_t now) {
    struct hb_period *most = &self->break_most;
    uint64_t timeout_cycles = hb_params.heartbeat_timeout_cycles;
    if (HB_RARE(most->cycles != timeout_cycles))
        hb_timer_work_out_break(most, timeout_cycles);
    uint64_t least = 2 * (now - self->entered);
    return now + (least < most->ticks ? least : most->ticks);
}

/* To the next beat, look or wake-up, or to `slice_end`. A store to the CLINT uses the bus, so it is skipped when
 * nothing changes. */
HB_INLINE void hb_timer_set(uint64_t slice_end) {
    struct hb_smp_hart *self = hb_self();
    uint64_t now = hb_now_ticks();
    uint64_t break_end = hb_timer_end_of_break(self, now);
    uint64_t due = self->next_beat < self->next_check ? self->next_beat : self->next_check;
    self->length_due = self->next_wake < slice_end ? self->next_wake : slice_end;
    if (HB_RARE(self->claims != 0)) /* each tick at length does a piece of the recovery */
        self->length_due = 0;
    due = self->length_due < due ? self->length_due : due;
    if (break_end > due) {
        due = break_end;
        hb_breathe_at(now); /* the next beat comes that much later */
    }
    if (due != self->timer) {
        self->timer = due;
        hb_set_timer(hb_hart_id(), due);
    }
}

/* In the middle of something long that holds no lock: for a moment the hart is open to interrupts. One that was pending
 * is forgotten, so it must be looked for afterwards what it may have been about. */
void hb_nap(void);

#endif
