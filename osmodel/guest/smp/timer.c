#include "osmodel/guest/smp/timer.h"

#define NAP_TICKS 20u

HB_APART void hb_timer_work_out_break(struct hb_period *most, uint64_t timeout_cycles) {
    most->cycles = timeout_cycles;
    most->ticks = hb_ticks(timeout_cycles / 4);
}

/* A clock is set first: nobody else may ever interrupt this hart again. */
void hb_nap(void) {
    uint32_t me = hb_hart_id();
    hb_breathe();
    hb_self()->timer = hb_now_ticks() + NAP_TICKS;
    hb_set_timer(me, hb_self()->timer);
    hb_clear_interrupt(me);
    hb_wait_for_interrupt();
}
