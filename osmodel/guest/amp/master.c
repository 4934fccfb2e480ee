#include "osmodel/guest/amp/master.h"

#include <stdbool.h>

#include "osmodel/guest/amp/beat.h"
#include "osmodel/guest/amp/cell.h"
#include "osmodel/guest/amp/crew.h"
#include "osmodel/guest/amp/tasks.h"
#include "osmodel/guest/amp/waiting.h"
#include "osmodel/guest/amp/watch.h"
#include "osmodel/guest/lib/panic.h"
#include "osmodel/guest/lib/params.h"
#include "osmodel/guest/machine/board.h"
#include "osmodel/guest/machine/console.h"
#include "osmodel/guest/machine/devices.h"
#include "osmodel/guest/machine/tracepoint.h"

/* What the master keeps about a worker. */
struct partner {
    struct hb_ring_end requests, answers;
    uint32_t given[HB_REQUESTS_AT_ONCE]; /* tasks sent to it and not yet answered */
    uint32_t givens;
};

static struct partner partners[HB_HARTS_MAX] __attribute__((aligned(HB_LINE_ALIGN)));

/* With no worker left, the master runs tasks itself: a slow service is better than none. */
static bool is_receiver(uint32_t hart) {
    return hb_crew_size() != 0 ? hb_crew_has(hart) : hart == HB_MASTER;
}

/* It is running one; the others wait. */
static void trace_requests(uint32_t hart) {
    uint32_t requests = partners[hart].givens;
    HB_TRACE(HB_TP_QUEUE_LENGTH, hart, requests > 1 ? requests - 1 : 0);
}

/* ---- Collecting ------------------------------------------------------------------------------------------------ */

static void strike_off(uint32_t hart, uint32_t task) {
    struct partner *partner = &partners[hart];
    uint32_t i = 0;
    while (i + 1 < partner->givens && partner->given[i] != task)
        i++;
    partner->given[i] = partner->given[--partner->givens];
    trace_requests(hart);
}

static void keep(const struct hb_message *answer) {
    if (answer->kind == HB_MESSAGE_DONE) {
        hb_task_done(answer->task, answer->value);
        return;
    }
    hb_print("amp: task %u is stopped: cause %x\n", (uint64_t)answer->task, answer->value);
    hb_task_lost(answer->task);
}

static void hear(uint32_t hart, const struct hb_message *message) {
    hb_assert(hb_task_is_with(message->task, message->attempt, hart));
    if (message->kind == HB_MESSAGE_BEGUN) {
        hb_task_begun(message->task);
        return;
    }
    HB_TRACE(HB_TP_MAIL_TAKE, message->task, hart);
    keep(message);
    strike_off(hart, message->task);
}

static void collect(uint32_t hart) {
    struct hb_message message;
    while (hb_ring_take(&hb_cell(hart)->to_master, &partners[hart].answers, &message)) {
        hear(hart, &message);
        hb_breathe();
    }
}

static void collect_all(void) {
    for (uint32_t hart = 0; hart < hb_board.harts; hart++) {
        if (is_receiver(hart)) {
            collect(hart);
            hb_breathe();
        }
    }
}

/* ---- Handing out ----------------------------------------------------------------------------------------------- */

/* The table says where the task is before the message does. */
static void send(uint32_t hart) {
    struct partner *partner = &partners[hart];
    uint32_t task = hb_task_send(hart);
    struct hb_message request = {.kind = HB_MESSAGE_RUN, .task = task, .attempt = hb_task_attempt(task)};
    HB_TRACE(HB_TP_MAIL_SEND, task, hart);
    partner->given[partner->givens++] = task;
    hb_ring_send(&hb_cell(hart)->to_hart, &partner->requests, &request);
    trace_requests(hart);
    if (hart != HB_MASTER)
        hb_send_interrupt(hart);
}

static bool may_send(uint32_t hart, uint32_t have) {
    struct partner *partner = &partners[hart];
    return is_receiver(hart) && partner->givens <= have &&
           hb_ring_has_room(&hb_cell(hart)->to_hart, &partner->requests);
}

/* Send a request to each worker that has at most `have`, as long as more than `enough` tasks wait for it. */
static void give_one_each(uint32_t have, uint32_t enough) {
    for (uint32_t hart = 0; hart < hb_board.harts && hb_waiting() > 0; hart++) {
        if (may_send(hart, have) && hb_waiting_for(hart) > enough)
            send(hart);
        hb_breathe();
    }
}

/* First to workers that have nothing. A second request is sent only while more tasks wait than there are workers:
 * otherwise, near the end, it would wait behind another while some worker has nothing to do. What was assigned for good
 * need not wait for that. */
static void give_out(void) {
    uint32_t enough = hb_params.amp_assignment == HB_ASSIGN_STATIC ? 0 : hb_crew_size();
    give_one_each(0, 0);
    for (uint32_t have = 1; have < HB_REQUESTS_AT_ONCE; have++)
        give_one_each(have, enough);
}

void hb_master_serve(void) {
    collect_all();
    hb_watch_if_due();
    give_out();
    if (hb_tasks_have_ended())
        hb_tasks_finish();
}

/* ---- Giving up ------------------------------------------------------------------------------------------------- */

/* Returns whether the task waits again. */
static bool hand_back(uint32_t task) {
    bool begun = hb_task_has_begun(task);
    if (begun && hb_params.recovery_restart == HB_RESTART_NONE) {
        hb_task_lost(task);
        return false;
    }
    if (begun) {
        hb_task_restart(task);
        return true;
    }
    if (hb_params.recovery_queues == HB_QUEUES_NONE)
        return false; /* it stays in a ring that nobody reads any more */
    hb_task_take_back(task);
    return true;
}

/* The dead worker's ring needs no repair: what it had sent stands there like any other message, and what it had not is
 * as if it had never been. */
uint32_t hb_master_give_up(uint32_t hart) {
    struct partner *partner = &partners[hart];
    uint32_t waiting = 0;
    collect(hart);
    hb_crew_remove(hart);
    if (hb_params.recovery_queues != HB_QUEUES_NONE)
        hb_waiting_deal_out(hart);
    while (partner->givens > 0)
        waiting += hand_back(partner->given[--partner->givens]);
    trace_requests(hart);
    return waiting;
}
