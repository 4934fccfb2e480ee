#include "osmodel/guest/smp/heartbeat.h"

#include <stdbool.h>

#include "osmodel/guest/lib/lock.h"
#include "osmodel/guest/lib/params.h"
#include "osmodel/guest/lib/times.h"
#include "osmodel/guest/machine/atomic.h"
#include "osmodel/guest/machine/board.h"
#include "osmodel/guest/machine/tracepoint.h"
#include "osmodel/guest/smp/hart.h"
#include "osmodel/guest/smp/recovery/agree.h"
#include "osmodel/guest/smp/recovery/recovery.h"
#include "osmodel/guest/smp/sleep.h"

#define LOOK_AGAIN     5000u /* ticks: with nothing to wait for, check whether parameters have changed */
#define SHORTEST_TICKS 20u   /* periods below this would leave no time for tasks */

HB_TIMES struct hb_heartbeat hb_heartbeats[HB_HARTS_MAX];

static bool has_passed(uint64_t ticks, uint64_t cycles) {
    return ticks * hb_params.cycles_per_tick >= cycles;
}

static void set_period(struct hb_period *period, uint64_t cycles) {
    uint64_t ticks = hb_ticks(cycles);
    period->cycles = cycles;
    period->ticks = ticks > SHORTEST_TICKS ? ticks : SHORTEST_TICKS;
}

/* The next due time after `due`: periods are kept even when an interrupt comes late, so beating and watching stay in
 * step and share their interrupts. */
static uint64_t next_due(uint64_t due, uint64_t now, struct hb_period *period, uint64_t cycles) {
    if (period->cycles != cycles)
        set_period(period, cycles);
    uint64_t next = due + period->ticks;
    return next > now ? next : now + period->ticks;
}

/* ---- Beating --------------------------------------------------------------------------------------------------- */

static void write_beat(uint64_t now) {
    hb_heartbeat_show(now);
    HB_TRACE(HB_TP_BEAT, hb_hart_id(), now);
}

static void beat_as_due(uint64_t now) {
    struct hb_smp_hart *self = hb_self();
    uint64_t period_cycles = hb_params.heartbeat_period_cycles;
    if (period_cycles == 0) {
        self->next_beat = now + LOOK_AGAIN;
        hb_heartbeat_show(now); /* nobody takes it for a beat (shall_watch) */
        return;
    }
    self->next_beat = next_due(self->next_beat, now, &self->beat_period, period_cycles);
    write_beat(now);
}

/* One that is due is beaten as such, or looks, which come with beats, would be due when it was. */
void hb_beat(uint64_t now) {
    if (now >= hb_self()->next_beat)
        beat_as_due(now);
    else
        write_beat(now);
}

void hb_beat_first(uint32_t hart) {
    uint64_t now = hb_now_ticks();
    hb_store(&hb_heartbeats[hart].ticks, now);
    HB_TRACE(HB_TP_BEAT, hart, now);
}

void hb_breathe(void) {
    hb_breathe_at(hb_now_ticks());
}

/* ---- Watching -------------------------------------------------------------------------------------------------- */

/* Without a way to fence, suspecting is of no use; where nobody beats, silence means nothing. */
static bool shall_watch(void) {
    return hb_params.recovery_detect != HB_DETECT_NONE && hb_params.heartbeat_period_cycles != 0 &&
           hb_board.power_base != 0;
}

/* How long `hart` had been silent at `time`; below 0: it has beaten since. Silence from before the executing hart began
 * to watch does not count. */
static int64_t silence(uint32_t hart, uint64_t time) {
    uint64_t beaten = hb_load(&hb_heartbeats[hart].ticks);
    uint64_t since = hb_self()->watch_since;
    return (int64_t)(time - (beaten > since ? beaten : since));
}

static bool is_silent(uint32_t hart, uint64_t due) {
    int64_t silent = silence(hart, due);
    HB_TRACE(HB_TP_LOOK, hart, silent);
    return silent > 0 && has_passed((uint64_t)silent, hb_params.heartbeat_timeout_cycles);
}

bool hb_seems_alive(uint32_t hart) {
    int64_t silent = silence(hart, hb_now_ticks());
    return silent <= 0 || !has_passed((uint64_t)silent, hb_params.heartbeat_timeout_cycles);
}

/* The look was `due` then: a watcher that is late itself, because the bus is full, gives its neighbour that much more
 * time. The beat is read again right before the hart is given up: it may have been about to beat. */
static void suspect(uint32_t hart, uint64_t due) {
    HB_TRACE(HB_TP_SUSPECT, hart, silence(hart, hb_now_ticks()));
    if (hb_recovery_has_begun(hart))
        return;
    if (!is_silent(hart, due)) {
        HB_TRACE(HB_TP_FALSE_ALARM, hart, 0);
        return;
    }
    hb_recover_urgent(hart);
    hb_self()->next_check = hb_now_ticks(); /* the next neighbour may be silent, too */
}

/* Whoever recovers a silent hart may be the one that this one watches, and nobody else misses it before the silent hart
 * has left hb_live. So the silent one's watcher looks at the recoverer, too, and at whoever recovers that one. */
static uint32_t find_last_silent(uint32_t hart, uint64_t due) {
    for (uint32_t i = 0; i < hb_board.harts && hb_recovery_has_begun(hart); i++) {
        hart = hb_recovery_by(hart);
        if (hart == hb_hart_id() || !is_silent(hart, due))
            return HB_HARTS_MAX;
        hb_breathe();
    }
    return hart;
}

/* The neighbour is silent: it is for another hart to say whether it is dead. */
static HB_APART void doubt(uint32_t hart, uint64_t due, uint64_t looked) {
    hart = find_last_silent(hart, due);
    if (hart != HB_HARTS_MAX && !hb_agree_ask(hart, looked))
        suspect(hart, due);
}

static void watch_neighbour(uint32_t hart, uint64_t due, uint64_t now) {
    if (!is_silent(hart, due))
        return;
    if (hb_params.recovery_detect == HB_DETECT_AGREE)
        doubt(hart, due, now);
    else
        suspect(hart, due);
}

/* Beats have been due for a timeout, since the watcher that asks has counted so long. This hart may count from then,
 * too, though it began to watch later. */
static void count_from_beat_of(uint32_t hart) {
    uint64_t beaten = hb_load(&hb_heartbeats[hart].ticks);
    if (beaten < hb_self()->watch_since)
        hb_self()->watch_since = beaten;
}

void hb_look_at(uint32_t hart) {
    uint64_t now = hb_now_ticks();
    count_from_beat_of(hart);
    bool counts = hb_load(&hb_live) & hb_bit(hart) && !hb_recovery_has_begun(hart);
    if (hb_self()->watching && counts && is_silent(hart, now))
        suspect(hart, now);
}

/* The first look comes with the next beat, so that they share their interrupts from then on. */
static void begin_to_watch(uint64_t now) {
    struct hb_smp_hart *self = hb_self();
    if (now >= self->next_beat)
        beat_as_due(now);
    self->watching = true;
    self->watch_since = now;
    self->next_check = self->next_beat;
    set_period(&self->check_period, hb_params.heartbeat_check_cycles); /* which may be 0 */
}

/* Known to hb_trap_brief from now on. When harts have left, or are back, others may come next, whoever has recovered
 * them: this one wakes their sleepers, and starts them again (sleep.h, recovery/replug.h). */
static uint32_t find_neighbour(void) {
    struct hb_smp_hart *self = hb_self();
    uint64_t live = hb_load(&hb_live);
    if (self->live_seen != 0 && self->live_seen != live)
        self->next_wake = 0;
    self->live_seen = live;
    self->neighbour = hb_next_in(self->live_seen, hb_hart_id());
    return self->neighbour;
}

static void watch_as_due(uint64_t now) {
    struct hb_smp_hart *self = hb_self();
    if (!shall_watch()) {
        self->live_seen = 0;
        self->watching = false;
        self->next_check = now + LOOK_AGAIN;
        return;
    }
    if (!self->watching) {
        begin_to_watch(now);
        return;
    }
    uint64_t due = self->next_check;
    self->next_check = next_due(due, now, &self->check_period, hb_params.heartbeat_check_cycles);
    hb_look_with_beat(self);
    uint32_t neighbour = find_neighbour();
    if (neighbour < HB_HARTS_MAX && neighbour != hb_hart_id())
        watch_neighbour(neighbour, due, now);
}

/* ---- When ------------------------------------------------------------------------------------------------------ */

void hb_tick_at_length(uint64_t now) {
    struct hb_smp_hart *self = hb_self();
    if (now >= self->next_beat)
        beat_as_due(now);
    if (now >= self->next_check)
        watch_as_due(now);
    if (now >= self->next_wake && (self->claims == 0 || !hb_recovery_waits())) /* what a dead hart ran comes first */
        hb_wake_sleepers(now);
}

void hb_spin_poll(void) {
    hb_breathe();
    hb_agree_answer();
    uint64_t now = hb_now_ticks();
    if (now >= hb_self()->next_check)
        watch_as_due(now);
}
