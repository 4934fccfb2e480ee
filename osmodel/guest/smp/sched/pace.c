#include "osmodel/guest/smp/sched/pace.h"

#include "osmodel/guest/lib/params.h"
#include "osmodel/guest/lib/times.h"
#include "osmodel/guest/machine/board.h"
#include "osmodel/guest/machine/devices.h"
#include "osmodel/guest/machine/tracepoint.h"
#include "osmodel/guest/smp/heartbeat.h"
#include "osmodel/guest/smp/queue.h"

#define SLOWER 2u /* whose task is taken: so many times as slow as the thief */

HB_TIMES struct hb_pace hb_pace[HB_HARTS_MAX];

/* Written by its hart alone. */
HB_TIMES static struct {
    uint64_t ticks, instructions; /* its own last turn */
    uint64_t gave_until;
    uint64_t next_look;
    uint32_t gave_to;
    uint32_t seen; /* the hart that it looked at last */
} __attribute__((aligned(HB_LINE_ALIGN))) notes[HB_HARTS_MAX];

/* A shorter turn says little: its caches were cold. */
static bool is_long(uint64_t ticks) {
    return (int64_t)ticks >= (int64_t)(hb_quantum() / 4);
}

void hb_pace_end(void) {
    uint32_t me = hb_hart_id();
    uint64_t ticks = hb_now_ticks() - hb_pace[me].ticks;
    if (hb_pace[me].instructions == 0 || !is_long(ticks))
        return;
    notes[me].ticks = ticks;
    notes[me].instructions = HB_CSR_READ(minstret) - hb_pace[me].instructions;
    hb_pace[me].instructions = 0;
}

/* The beat is read before the instructions, which may be newer: the hart seems faster then, not slower. */
static bool is_slow(uint32_t hart) {
    uint32_t me = hb_hart_id();
    uint64_t ticks = hb_load(&hb_heartbeats[hart].ticks) - hb_load(&hb_pace[hart].ticks);
    uint64_t did = hb_load(&hb_heartbeats[hart].instructions) - hb_load(&hb_pace[hart].instructions);
    return is_long(ticks) && SLOWER * did * notes[me].ticks < notes[me].instructions * ticks;
}

void hb_pace_look(void) {
    uint32_t me = hb_hart_id();
    uint64_t now = hb_now_ticks();
    if (hb_params.balance != HB_BALANCE_STEAL || notes[me].instructions == 0 || now < notes[me].next_look)
        return;
    notes[me].next_look = now + hb_quantum() / 4;
    uint64_t busy = hb_load(&hb_live) & ~hb_load(&hb_idle);
    if (busy == 0)
        return;
    uint32_t hart = hb_next_in(busy, notes[me].seen);
    notes[me].seen = hart;
    if (!is_slow(hart) || hb_load(&hb_pace[hart].thief_plus_1) != 0)
        return;
    hb_store(&hb_pace[hart].thief_plus_1, me + 1);
    hb_send_interrupt(hart);
}

uint32_t hb_pace_thief(void) {
    uint64_t *wanted = &hb_pace[hb_hart_id()].thief_plus_1;
    uint64_t thief = hb_load(wanted) - 1;
    if (thief >= HB_HARTS_MAX)
        return HB_HARTS_MAX;
    hb_store(wanted, 0);
    bool is_idle = (hb_load(&hb_idle) & hb_load(&hb_live) & hb_bit((uint32_t)thief)) != 0;
    bool may_go = hb_params.balance == HB_BALANCE_STEAL && hb_task_place(hb_self()->current) == HB_PLACE_ANY;
    return is_idle && may_go ? (uint32_t)thief : HB_HARTS_MAX;
}

bool hb_pace_gave(uint32_t hart) {
    uint32_t me = hb_hart_id();
    return hart == notes[me].gave_to && hb_now_ticks() < notes[me].gave_until && hb_load(&hb_live) & hb_bit(hart);
}

void hb_pace_give(uint32_t hart) {
    uint32_t me = hb_hart_id();
    notes[me].gave_to = hart;
    notes[me].gave_until = hb_now_ticks() + hb_quantum();
}
