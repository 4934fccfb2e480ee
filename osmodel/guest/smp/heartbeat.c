#include "osmodel/guest/smp/heartbeat.h"

#include <stdbool.h>

#include "osmodel/guest/lib/atomic.h"
#include "osmodel/guest/lib/board.h"
#include "osmodel/guest/lib/lock.h"
#include "osmodel/guest/lib/params.h"
#include "osmodel/guest/lib/tracepoint.h"
#include "osmodel/guest/smp/hart.h"
#include "osmodel/guest/smp/recovery.h"
#include "osmodel/guest/smp/sleep.h"

#define BREATH_TICKS   200u  /* in long loops a hart beats as often as this */
#define LOOK_AGAIN     5000u /* ticks: with nothing to wait for, check whether parameters have changed */
#define SHORTEST_TICKS 20u   /* periods below this would leave no time for tasks */

/* Alone in its line: its hart writes it and its watcher reads it. */
struct heartbeat {
    uint64_t ticks;
} __attribute__((aligned(HB_LINE_ALIGN)));

static struct heartbeat heartbeats[HB_HARTS_MAX];

static bool has_passed(uint64_t ticks, uint64_t cycles) {
    return ticks * hb_params.cycles_per_tick >= cycles;
}

/* The next due time after `due`: periods are kept even when an interrupt comes late, so beating and watching stay in
 * step and share their interrupts. */
static uint64_t next_due(uint64_t due, uint64_t now, uint64_t period_cycles) {
    uint64_t period = hb_ticks(period_cycles);
    period = period > SHORTEST_TICKS ? period : SHORTEST_TICKS;
    return due + period > now ? due + period : now + period;
}

/* ---- Beating --------------------------------------------------------------------------------------------------- */

static void beat(uint64_t now) {
    uint32_t hart = hb_hart_id();
    hb_store(&heartbeats[hart].ticks, now);
    HB_TRACE(HB_TP_BEAT, hart, 0);
}

void hb_beat_first(uint32_t hart) {
    hb_store(&heartbeats[hart].ticks, hb_now_ticks());
}

void hb_breathe(void) {
    uint64_t now = hb_now_ticks();
    if (hb_params.heartbeat_period_cycles != 0 && now - heartbeats[hb_hart_id()].ticks >= BREATH_TICKS)
        beat(now);
}

static void beat_as_due(uint64_t now) {
    struct hb_smp_hart *self = hb_self();
    if (hb_params.heartbeat_period_cycles == 0) {
        self->next_beat = now + LOOK_AGAIN;
        return;
    }
    self->next_beat = next_due(self->next_beat, now, hb_params.heartbeat_period_cycles);
    beat(now);
}

/* ---- Watching -------------------------------------------------------------------------------------------------- */

/* Without a way to fence, suspecting is of no use; where nobody beats, silence means nothing. */
static bool shall_watch(void) {
    return hb_params.recovery_detect == HB_DETECT_RING && hb_params.heartbeat_period_cycles != 0 &&
           hb_board.power_base != 0;
}

/* How long `hart` has been silent; silence from before the executing hart began to watch does not count. */
static uint64_t silence(uint32_t hart) {
    uint64_t beaten = hb_load(&heartbeats[hart].ticks);
    uint64_t since = hb_self()->watch_since;
    uint64_t from = beaten > since ? beaten : since;
    uint64_t now = hb_now_ticks();
    return now > from ? now - from : 0;
}

static bool is_silent(uint32_t hart, uint64_t late) {
    uint64_t silent = silence(hart);
    return silent > late && has_passed(silent - late, hb_params.heartbeat_timeout_cycles);
}

/* A watcher that is `late` itself, because the bus is full, gives its neighbour that much more time. The beat is read
 * again right before the hart is given up: it may have been about to beat. */
static void watch_neighbour(uint32_t hart, uint64_t late) {
    if (!is_silent(hart, late) || hb_recovery_has_begun(hart))
        return;
    HB_TRACE(HB_TP_SUSPECT, hart, silence(hart));
    if (!is_silent(hart, late)) {
        HB_TRACE(HB_TP_FALSE_ALARM, hart, 0);
        return;
    }
    hb_recover_urgent(hart);
    hb_self()->next_check = hb_now_ticks(); /* the next neighbour may be silent, too */
}

static void watch_as_due(uint64_t now) {
    struct hb_smp_hart *self = hb_self();
    if (!shall_watch()) {
        self->watching = false;
        self->next_check = now + LOOK_AGAIN;
        return;
    }
    if (!self->watching) {
        self->watching = true;
        self->watch_since = now;
        self->next_check = now;
    }
    uint64_t late = now - self->next_check;
    self->next_check = next_due(self->next_check, now, hb_params.heartbeat_check_cycles);
    uint32_t neighbour = hb_next_in(hb_load(&hb_live), hb_hart_id());
    if (neighbour < HB_HARTS_MAX && neighbour != hb_hart_id())
        watch_neighbour(neighbour, late);
}

/* ---- When ------------------------------------------------------------------------------------------------------ */

void hb_tick(void) {
    struct hb_smp_hart *self = hb_self();
    uint64_t now = hb_now_ticks();
    if (now >= self->next_beat)
        beat_as_due(now);
    if (now >= self->next_check)
        watch_as_due(now);
    if (self->has_claims)
        hb_recover_rest();
    if (now >= self->next_wake)
        hb_wake_sleepers(now);
}

void hb_spin_poll(void) {
    hb_breathe();
    uint64_t now = hb_now_ticks();
    if (now >= hb_self()->next_check)
        watch_as_due(now);
}

uint64_t hb_heartbeat_due(void) {
    struct hb_smp_hart *self = hb_self();
    return self->next_beat < self->next_check ? self->next_beat : self->next_check;
}
