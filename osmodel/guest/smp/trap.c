/* Every way from a task into the kernel. The task's registers have been saved. */
#include <stdbool.h>

#include "osmodel/guest/lib/panic.h"
#include "osmodel/guest/lib/params.h"
#include "osmodel/guest/machine/board.h"
#include "osmodel/guest/machine/console.h"
#include "osmodel/guest/machine/context.h"
#include "osmodel/guest/machine/devices.h"
#include "osmodel/guest/machine/riscv.h"
#include "osmodel/guest/smp/hart.h"
#include "osmodel/guest/smp/heartbeat.h"
#include "osmodel/guest/smp/io/interrupts.h"
#include "osmodel/guest/smp/recovery/agree.h"
#include "osmodel/guest/smp/recovery/checkpoint.h"
#include "osmodel/guest/smp/schedule.h"
#include "osmodel/guest/smp/sync/life.h"
#include "osmodel/guest/smp/syscall.h"
#include "osmodel/guest/smp/task.h"

_Noreturn void hb_trap(struct hb_context *context, uint64_t cause, uint64_t value) {
    struct hb_smp_hart *self = hb_self();
    self->entered = hb_now_ticks();
    /* The timer is set to what comes first, but put off where little of the task's time would be left (timer.h): again
     * and again, if the task always calls before it rings. Looks cannot wait so long. */
    bool is_timer_due = self->entered >= self->timer || self->entered >= self->next_check;
    if (hb_checkpoints_are_on())
        hb_checkpoint_note_trap(self->current, self->entered);
    if (cause == (HB_INTERRUPT | HB_INTERRUPT_SOFTWARE))
        hb_agree_answer(); /* who asks has waited for a timeout already; what is asked from here on, below */
    if (is_timer_due)
        hb_tick(self->entered);
    switch (cause) {
    case HB_INTERRUPT | HB_INTERRUPT_TIMER: break;
    case HB_INTERRUPT | HB_INTERRUPT_SOFTWARE:
        hb_clear_interrupt(hb_hart_id());
        hb_agree_answer();
        if (hb_flushes())
            hb_beat(hb_now_ticks()); /* as in schedule.c */
        if (hb_is_outdated(self->current, hb_load(&hb_task_words[self->current])))
            hb_begin_again();
        hb_hand_over_if_asked();
        break;
    case HB_INTERRUPT | HB_INTERRUPT_EXTERNAL: hb_interrupt_serve(); break;
    case HB_CAUSE_ECALL_U: hb_syscall_serve(); break;
    default:
        if (!hb_fp_begin(context, &hb_tasks[self->current].fp, cause))
            hb_task_fault(cause, value);
    }
    hb_preempt_if_due(is_timer_due);
    hb_continue(is_timer_due);
}

/* Data that are gone with a cache look like any fault of the kernel, and may be met before the death is noticed. */
void hb_panic_causes(void) {
    uint64_t patience = hb_ticks(hb_params.heartbeat_period_cycles) * 5 / 4;
    for (uint32_t hart = 0; hart < hb_board.harts; hart++) {
        uint64_t silent = hb_now_ticks() - hb_load(&hb_heartbeats[hart].ticks);
        if (hb_load(&hb_fallen) & hb_bit(hart))
            hb_print("smp: hart %u died before this; if its cache was lost, so was what only that held\n",
                     (uint64_t)hart);
        else if (patience != 0 && silent > patience && hart != hb_hart_id())
            hb_print("smp: hart %u has been silent for %u ticks; if it died and its cache was lost, so was what "
                     "only that held\n",
                     (uint64_t)hart, silent);
    }
}

_Noreturn void hb_trap_in_kernel(uint64_t cause, uint64_t pc, uint64_t value) {
    hb_panic_trap(cause, pc, value);
}
