#include "osmodel/guest/amp/beat.h"

#include "osmodel/guest/amp/cell.h"
#include "osmodel/guest/amp/reign.h"
#include "osmodel/guest/lib/params.h"
#include "osmodel/guest/machine/atomic.h"
#include "osmodel/guest/machine/riscv.h"
#include "osmodel/guest/machine/tracepoint.h"

#define BREATH_TICKS   200u
#define SHORTEST_TICKS 20u

uint64_t hb_period_ticks(uint64_t cycles) {
    uint64_t ticks = hb_ticks(cycles);
    return ticks > SHORTEST_TICKS ? ticks : SHORTEST_TICKS;
}

bool hb_has_passed(uint64_t ticks, uint64_t cycles) {
    return ticks * hb_params.cycles_per_tick >= cycles;
}

static uint64_t ticks_since_beat(void) {
    return hb_now_ticks() - hb_own_cell()->beat;
}

void hb_beat(void) {
    uint32_t hart = hb_hart_id();
    uint64_t now = hb_now_ticks();
    uint64_t stamp = now != 0 ? now : 1;
    hb_store(&hb_own_cell()->beat, stamp);
    if (hb_has_failover() && hb_is_master())
        hb_store(&hb_reign.beat, stamp);
    HB_TRACE(HB_TP_BEAT, hart, stamp);
}

void hb_beat_if_due(void) {
    uint64_t period = hb_params.heartbeat_period_cycles;
    if (period != 0 && ticks_since_beat() >= hb_period_ticks(period))
        hb_beat();
}

void hb_breathe(void) {
    if (hb_params.heartbeat_period_cycles != 0 && ticks_since_beat() >= BREATH_TICKS)
        hb_beat();
}

uint64_t hb_beat_due(void) {
    uint64_t look_again = hb_now_ticks() + HB_LOOK_AGAIN_TICKS;
    uint64_t period = hb_params.heartbeat_period_cycles;
    if (period == 0)
        return look_again;
    uint64_t beat = hb_own_cell()->beat + hb_period_ticks(period);
    return beat < look_again ? beat : look_again;
}
