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

/* A shorter turn says little: its caches were cold. */
static bool is_long(uint64_t ticks) {
    return (int64_t)ticks >= (int64_t)(hb_quantum() / 4);
}

/* Of a turn of the executing hart, and of the other one's present turn. The beat is read before the instructions, which
 * may be newer: the hart seems faster then, not slower. */
static bool is_slow(uint32_t hart, uint64_t my_ticks, uint64_t my_instructions) {
    uint64_t ticks = hb_load(&hb_heartbeats[hart].ticks) - hb_load(&hb_pace[hart].ticks);
    uint64_t did = hb_load(&hb_heartbeats[hart].instructions) - hb_load(&hb_pace[hart].instructions);
    return is_long(ticks) && SLOWER * did * my_ticks < my_instructions * ticks;
}

HB_APART void hb_pace_look_around(void) {
    struct hb_smp_hart *self = hb_self();
    uint32_t me = hb_hart_id();
    uint64_t ticks = self->idle_ticks - hb_pace[me].ticks;
    uint64_t busy = hb_load(&hb_live) & ~hb_load(&hb_idle);
    self->next_look_around = hb_now_ticks() + hb_quantum() / 4;
    if (hb_params.balance != HB_BALANCE_STEAL || hb_pace[me].instructions == 0 || !is_long(ticks) || busy == 0)
        return;
    uint32_t hart = self->looked_at = hb_next_in(busy, self->looked_at);
    bool is_asked = hb_load(&hb_pace[hart].thief_plus_1) != 0;
    if (is_asked || !is_slow(hart, ticks, self->idle_instructions - hb_pace[me].instructions))
        return;
    hb_store(&hb_pace[hart].thief_plus_1, me + 1);
    hb_send_interrupt(hart);
}

HB_APART uint32_t hb_pace_find_thief(void) {
    uint64_t *wanted = &hb_pace[hb_hart_id()].thief_plus_1;
    uint32_t thief = (uint32_t)hb_load(wanted) - 1;
    hb_store(wanted, 0);
    bool is_idle = (hb_load(&hb_idle) & hb_load(&hb_live) & hb_bit(thief)) != 0;
    bool may_go = hb_params.balance == HB_BALANCE_STEAL && hb_task_place(hb_self()->current) == HB_PLACE_ANY;
    return is_idle && may_go ? thief : HB_HARTS_MAX;
}

HB_APART bool hb_pace_gave_lately(uint32_t hart) {
    return hb_now_ticks() < hb_self()->gave_until && hb_load(&hb_live) & hb_bit(hart);
}

HB_APART void hb_pace_give(uint32_t hart) {
    hb_self()->gave_to_plus_1 = hart + 1;
    hb_self()->gave_until = hb_now_ticks() + hb_quantum();
}
