#include "osmodel/guest/amp/master.h"

#include <stdbool.h>
#include <stddef.h>

#include "osmodel/guest/amp/beat.h"
#include "osmodel/guest/amp/cell.h"
#include "osmodel/guest/amp/crew.h"
#include "osmodel/guest/amp/reign.h"
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
    uint32_t asked[HB_REQUESTS_AT_ONCE]; /* tasks that an earlier master has sent to it, and of which it must tell */
    uint32_t askeds;
    bool is_away; /* it has not joined the present term yet */
};

static struct partner partners[HB_HARTS_MAX] __attribute__((aligned(HB_LINE_ALIGN)));

/* With no worker left, the master runs tasks itself: a slow service is better than none. */
static bool is_receiver(uint32_t hart) {
    return hb_crew_size() != 0 ? hb_crew_has(hart) : hart == hb_master();
}

/* It is running one; the others wait. */
static void trace_requests(uint32_t hart) {
    uint32_t requests = partners[hart].givens;
    HB_TRACE(HB_TP_QUEUE_LENGTH, hart, requests > 1 ? requests - 1 : 0);
}

/* ---- Taking back ----------------------------------------------------------------------------------------------- */

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

/* All in a list; returns how many wait again. */
static uint32_t hand_back_all(uint32_t *list, uint32_t *length) {
    uint32_t waiting = 0;
    while (*length > 0)
        waiting += hand_back(list[--*length]);
    return waiting;
}

/* It has told of all that it has: its other requests were in its ring, and went with the term. */
static void welcome(uint32_t hart) {
    hand_back_all(partners[hart].asked, &partners[hart].askeds);
    partners[hart].is_away = false;
}

/* ---- Collecting ------------------------------------------------------------------------------------------------ */

/* Remove `task` from a list in which it may be. */
static void strike_off(uint32_t *list, uint32_t *length, uint32_t task) {
    uint32_t i = 0;
    while (i < *length && list[i] != task)
        i++;
    if (i < *length)
        list[i] = list[--*length];
}

static void keep(const struct hb_message *answer) {
    if (answer->kind == HB_MESSAGE_DONE) {
        hb_task_done(answer->task, answer->value);
        return;
    }
    hb_print("amp: task %u is stopped: cause %x\n", (uint64_t)answer->task, answer->value);
    hb_task_lost(answer->task);
}

/* Where a master may die, a worker keeps its answer until it hears that it is in the books. There is room for that: it
 * hears once for each request, and takes all that there is before it answers the next. */
static void acknowledge(uint32_t hart, const struct hb_message *answer) {
    struct hb_message kept = {.kind = HB_MESSAGE_KEPT, .task = answer->task, .attempt = answer->attempt};
    if (hb_has_failover())
        hb_ring_send(&hb_cell(hart)->to_hart, &partners[hart].requests, &kept);
}

/* In a later term, the answer may be in the books already: the master before this one has died between the books and
 * its word that it is. */
static void hear_answer(uint32_t hart, const struct hb_message *answer) {
    struct partner *partner = &partners[hart];
    HB_TRACE(HB_TP_MAIL_TAKE, answer->task, hart);
    if (hb_task_is_with(answer->task, answer->attempt, hart))
        keep(answer);
    else
        hb_assert(hb_reign_term(hb_reign.word) > 0);
    acknowledge(hart, answer);
    strike_off(partner->given, &partner->givens, answer->task);
    strike_off(partner->asked, &partner->askeds, answer->task);
    trace_requests(hart);
}

static void hear_held(uint32_t hart, const struct hb_message *held) {
    struct partner *partner = &partners[hart];
    if (!hb_task_is_with(held->task, held->attempt, hart))
        return;
    if (held->value)
        hb_task_begun(held->task);
    strike_off(partner->asked, &partner->askeds, held->task);
    partner->given[partner->givens++] = held->task;
    trace_requests(hart);
}

static void hear_begun(uint32_t hart, const struct hb_message *begun) {
    hb_assert(hb_task_is_with(begun->task, begun->attempt, hart));
    hb_task_begun(begun->task);
}

static void hear(uint32_t hart, const struct hb_message *message) {
    switch (message->kind) {
    case HB_MESSAGE_BEGUN: hear_begun(hart, message); break;
    case HB_MESSAGE_HOLDS: hear_held(hart, message); break;
    case HB_MESSAGE_JOINED: welcome(hart); break;
    default: hear_answer(hart, message); break;
    }
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
    if (hart != hb_hart_id())
        hb_send_interrupt(hart);
}

static bool may_send(uint32_t hart, uint32_t have) {
    struct partner *partner = &partners[hart];
    return is_receiver(hart) && partner->givens <= have && !partner->is_away &&
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

/* The dead worker's ring needs no repair: what it had sent stands there like any other message, and what it had not is
 * as if it had never been. */
uint32_t hb_master_give_up(uint32_t hart) {
    struct partner *partner = &partners[hart];
    uint32_t waiting = 0;
    collect(hart);
    hb_crew_remove(hart);
    if (hb_params.recovery_queues != HB_QUEUES_NONE)
        hb_waiting_deal_out(hart);
    waiting += hand_back_all(partner->given, &partner->givens);
    waiting += hand_back_all(partner->asked, &partner->askeds);
    trace_requests(hart);
    return waiting;
}

/* ---- Succeeding ------------------------------------------------------------------------------------------------ */

/* The same for its own rings, through which it may come to work itself (worker.h). */
void hb_master_begin(uint64_t term) {
    for (uint32_t hart = 0; hart < hb_board.harts; hart++) {
        struct partner *partner = &partners[hart];
        *partner = (struct partner){.is_away = hb_crew_has(hart)};
        hb_ring_begin(NULL, &partner->requests, term);
        hb_ring_begin(&hb_cell(hart)->to_master, &partner->answers, term);
        hb_breathe();
    }
}

uint32_t hb_master_inherit(uint32_t task, uint32_t hart) {
    struct partner *partner = &partners[hart];
    if (!hb_crew_has(hart) || partner->askeds == HB_REQUESTS_AT_ONCE)
        return hand_back(task);
    partner->asked[partner->askeds++] = task;
    return 0;
}

void hb_master_keep_own(const struct hb_message *answer) {
    if (hb_task_is_with(answer->task, answer->attempt, hb_hart_id()))
        keep(answer);
}
