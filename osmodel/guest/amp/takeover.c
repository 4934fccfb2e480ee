#include "osmodel/guest/amp/takeover.h"

#include "osmodel/guest/amp/beat.h"
#include "osmodel/guest/amp/crew.h"
#include "osmodel/guest/amp/master.h"
#include "osmodel/guest/amp/reign.h"
#include "osmodel/guest/amp/tasks.h"
#include "osmodel/guest/amp/waiting.h"
#include "osmodel/guest/amp/watch.h"
#include "osmodel/guest/amp/worker.h"
#include "osmodel/guest/lib/params.h"
#include "osmodel/guest/machine/board.h"
#include "osmodel/guest/machine/console.h"
#include "osmodel/guest/machine/devices.h"
#include "osmodel/guest/machine/tracepoint.h"

#define BREATHE_EVERY 16u /* tasks: most of them take some 40 cycles */

enum { PHASE_BOOKS = 2, PHASE_OPEN = 3 };

/* Its own answers first, or their tasks would run again. */
static void keep_own_answers(uint64_t term) {
    struct hb_message answers[HB_REQUESTS_AT_ONCE];
    uint32_t n = hb_worker_retire(term, answers);
    for (uint32_t i = 0; i < n; i++)
        hb_master_keep_own(&answers[i]);
}

/* Returns whether the task waits that was somewhere else. */
static uint32_t inherit(uint32_t task, uint32_t role) {
    switch (hb_task_state(task)) {
    case HB_TASK_WAITING:
        hb_waiting_add_new(task, role);
        HB_TRACE(HB_TP_TASK_READY, task, hb_hart_id());
        return 0;
    case HB_TASK_SENT:
    case HB_TASK_BEGUN: return hb_master_inherit(task, hb_task_hart(task));
    default: hb_task_recount(task); return 0;
    }
}

static uint32_t inherit_group(const struct hb_group *group) {
    uint32_t waiting = 0;
    for (uint32_t task = (uint32_t)group->first; task < group->first + group->tasks; task++) {
        waiting += inherit(task, (uint32_t)group->role);
        if (task % BREATHE_EVERY == 0)
            hb_breathe();
    }
    return waiting;
}

static uint32_t take_books(uint64_t term) {
    uint32_t waiting = 0;
    keep_own_answers(term);
    hb_tasks_reopen();
    hb_waiting_clear();
    hb_master_begin(term);
    for (uint32_t i = 0; i < hb_params.workload_groups; i++) {
        const struct hb_group group = hb_params.group[i];
        waiting += inherit_group(&group);
    }
    hb_waiting_deal();
    return waiting;
}

static void open_term(uint64_t term) {
    hb_store(&hb_reign.open, term);
    hb_keep_safe(&hb_reign, sizeof hb_reign);
    for (uint32_t hart = 0; hart < hb_board.harts; hart++)
        if (hb_crew_has(hart))
            hb_send_interrupt(hart);
    hb_watch_begin();
}

void hb_takeover(uint32_t old) {
    uint64_t term = hb_reign_term(hb_reign.word);
    HB_TRACE(HB_TP_RECOVERY_BEGIN, old, 0);
    hb_crew_remove(old);
    hb_crew_remove(hb_hart_id());
    HB_TRACE(HB_TP_RECOVERY_PHASE, old, PHASE_BOOKS);
    uint32_t waiting = take_books(term);
    HB_TRACE(HB_TP_RECOVERY_PHASE, old, PHASE_OPEN);
    open_term(term);
    HB_TRACE(HB_TP_RECOVERED, old, waiting);
    hb_print("amp: hart %u is the master, term %u\n", (uint64_t)hb_hart_id(), term);
}
