#include "osmodel/guest/smp/timer.h"

HB_APART void hb_timer_work_out_break(struct hb_period *most, uint64_t timeout_cycles) {
    most->cycles = timeout_cycles;
    most->ticks = hb_ticks(timeout_cycles / 4);
}
