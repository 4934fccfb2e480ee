/* The interrupt that comes most often: the hart beats, or finds its neighbour alive, or both, and its task goes on.
 *
 * It takes time from every task, so it is kept short: no division, no call, only the registers saved that C may change
 * (trap.S). It decides nothing of its own. Whatever is not as it was at the last tick at length (hb_tick) or would have
 * consequences is left to that one: a parameter that has changed, a hart that has left, a neighbour that is silent. */
#include <stdbool.h>

#include "osmodel/guest/lib/params.h"
#include "osmodel/guest/machine/atomic.h"
#include "osmodel/guest/machine/context.h"
#include "osmodel/guest/machine/devices.h"
#include "osmodel/guest/machine/riscv.h"
#include "osmodel/guest/machine/tracepoint.h"
#include "osmodel/guest/smp/hart.h"
#include "osmodel/guest/smp/heartbeat.h"

static inline bool is_as_before(const struct hb_smp_hart *self) {
    return hb_params.recovery_detect != HB_DETECT_NONE &&
           hb_params.heartbeat_period_cycles == self->beat_period.cycles &&
           hb_params.heartbeat_check_cycles == self->check_period.cycles && hb_load(&hb_live) == self->live_seen;
}

/* Late as this look may be, it counts the silence up to when it was `due` (heartbeat.c). */
static inline bool has_beaten(uint32_t neighbour, uint64_t due) {
    int64_t silent = (int64_t)(due - hb_load(&hb_heartbeats[neighbour].ticks)); /* below 0: it has beaten since */
    if (silent * (int64_t)hb_params.cycles_per_tick >= (int64_t)hb_params.heartbeat_timeout_cycles)
        return false;
    HB_TRACE(HB_TP_LOOK, neighbour, silent);
    return true;
}

/* A hart that comes late by more than a period begins to count anew. */
static inline bool is_in_time(const struct hb_smp_hart *self, uint64_t now) {
    return now < self->next_beat + self->beat_period.ticks && now < self->next_check + self->check_period.ticks;
}

static inline void set_timer(struct hb_smp_hart *self, uint64_t now) {
    uint64_t due = self->next_beat < self->next_check ? self->next_beat : self->next_check;
    due = self->length_due < due ? self->length_due : due;
    uint64_t later = hb_now_ticks();
    uint64_t break_end = later + 2 * (later - now); /* as hb_timer_set has it */
    self->timer = break_end > due ? break_end : due;
    hb_set_timer(hb_hart_id(), self->timer);
}

bool hb_trap_brief(uint64_t cause) {
    struct hb_smp_hart *self = hb_self();
    uint64_t now = hb_now_ticks();
    if (cause != (HB_INTERRUPT | HB_INTERRUPT_TIMER) || now >= self->length_due || !is_as_before(self) ||
        !is_in_time(self, now))
        return false;
    if (now >= self->next_beat) {
        self->next_beat += self->beat_period.ticks;
        hb_heartbeat_show(now);
        HB_TRACE(HB_TP_BEAT, hb_hart_id(), now);
    }
    if (now >= self->next_check) {
        if (!has_beaten(self->neighbour, self->next_check))
            return false;
        self->next_check += self->check_period.ticks;
        hb_look_with_beat(self);
    }
    set_timer(self, now);
    return true;
}
