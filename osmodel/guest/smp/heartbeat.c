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
#define LOOK_AGAIN     5000u /* ticks: with nothing to wait for, look whether parameters have changed */
#define SHORTEST_TICKS 20u   /* periods below this would leave no time for tasks */

/* Alone in its line: its hart writes it, its watcher reads it. */
struct heartbeat {
    uint64_t ticks;
} __attribute__((aligned(HB_LINE_ALIGN)));

static struct heartbeat heartbeats[HB_HARTS_MAX];

static uint64_t period_ticks(uint64_t cycles) {
    uint64_t ticks = hb_ticks(cycles);
    return ticks > SHORTEST_TICKS ? ticks : SHORTEST_TICKS;
}

static bool has_passed(uint64_t ticks, uint64_t cycles) {
    return ticks * hb_params.cycles_per_tick >= cycles;
}

static void beat(uint64_t now) {
    uint32_t hart = hb_hart_id();
    hb_store(&heartbeats[hart].ticks, now);
    HB_TRACE(HB_TP_BEAT, hart, 0);
}

void hb_beat_first(uint32_t hart) {
    hb_store(&heartbeats[hart].ticks, hb_now_ticks());
}

static void beat_if_due(uint64_t now) {
    uint64_t period = hb_params.heartbeat_period_cycles;
    if (period != 0 && has_passed(now - heartbeats[hb_hart_id()].ticks, period)) {
        beat(now);
    }
}

void hb_breathe(void) {
    uint64_t now = hb_now_ticks();
    if (hb_params.heartbeat_period_cycles != 0 && now - heartbeats[hb_hart_id()].ticks >= BREATH_TICKS) {
        beat(now);
    }
}

/* Without a way to fence, to suspect is of no use; where nobody beats, silence says nothing. */
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

/* A watcher that comes `late` itself, because the bus is full, gives its neighbour as much more time. The beat is read
 * again right before the hart is given up: it may have been about to beat. */
static void watch_neighbour(uint32_t hart, uint64_t late) {
    if (!is_silent(hart, late) || hb_recovery_has_begun(hart)) {
        return;
    }
    HB_TRACE(HB_TP_SUSPECT, hart, silence(hart));
    if (!is_silent(hart, late)) {
        HB_TRACE(HB_TP_FALSE_ALARM, hart, 0);
        return;
    }
    hb_recover_urgent(hart);
    hb_self()->next_check = hb_now_ticks(); /* the next neighbour may be silent, too */
}

static void watch_if_due(uint64_t now) {
    struct hb_hart *self = hb_self();
    if (!shall_watch()) {
        self->watching = false;
        return;
    }
    if (!self->watching) {
        self->watching = true;
        self->watch_since = now;
        self->next_check = now;
    }
    if (now < self->next_check) {
        return;
    }
    uint64_t late = now - self->next_check;
    self->next_check = now + period_ticks(hb_params.heartbeat_check_cycles);
    uint32_t neighbour = hb_next_in(hb_load(&hb_live), hb_hart_id());
    if (neighbour < HB_HARTS_MAX && neighbour != hb_hart_id()) {
        watch_neighbour(neighbour, late);
    }
}

void hb_tick(void) {
    uint64_t now = hb_now_ticks();
    beat_if_due(now);
    watch_if_due(now);
    hb_recover_rest();
    hb_wake_sleepers(now);
}

void hb_spin_poll(void) {
    hb_breathe();
    watch_if_due(hb_now_ticks());
}

uint64_t hb_heartbeat_due(void) {
    uint64_t due = hb_now_ticks() + LOOK_AGAIN;
    if (hb_params.heartbeat_period_cycles != 0) {
        uint64_t next_beat = heartbeats[hb_hart_id()].ticks + period_ticks(hb_params.heartbeat_period_cycles);
        due = next_beat < due ? next_beat : due;
    }
    if (shall_watch() && hb_self()->next_check < due) {
        due = hb_self()->next_check;
    }
    return due;
}
