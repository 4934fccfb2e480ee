#include "osmodel/guest/smp/sched/knock.h"

#include "osmodel/guest/lib/params.h"
#include "osmodel/guest/machine/atomic.h"
#include "osmodel/guest/machine/devices.h"
#include "osmodel/guest/smp/queue.h"
#include "osmodel/guest/smp/sched/balance.h"

struct hb_door hb_doors[HB_HARTS_MAX];

static bool wake(uint32_t hart) {
    hb_fence(); /* as in hb_wake_idle_hart */
    if (!(hb_load(&hb_idle) & hb_bit(hart)))
        return false;
    hb_send_interrupt(hart);
    return true;
}

void hb_knock(uint32_t q, uint32_t task, enum hb_why why) {
    bool shared = hb_balance_is_shared(q);
    if (shared && (hb_wake_idle_hart() || why != HB_WHY_WOKEN))
        return;
    uint32_t server = hb_balance_server(q);
    uint32_t me = hb_hart_id();
    if (!shared && server != me && wake(server))
        return;
    if (why != HB_WHY_WOKEN || !hb_scheduler()->preempts)
        return;
    uint64_t *door = &hb_doors[server].task_plus_1;
    uint32_t before = (uint32_t)hb_load(door) - 1;
    if (before == HB_NO_TASK || hb_queue_prefers(q, task, before))
        hb_store(door, task + 1);
    if (server != me)
        hb_send_interrupt(server);
}

bool hb_knock_has_preference(uint32_t woken) {
    const struct hb_scheduler *scheduler = hb_scheduler();
    if (hb_task_state(hb_load(&hb_task_words[woken])) != HB_TASK_READY || !scheduler->preempts)
        return false;
    hb_charge_current();
    return hb_queue_prefers(hb_balance_own(), woken, hb_self()->current);
}
