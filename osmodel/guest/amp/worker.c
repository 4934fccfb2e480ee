#include "osmodel/guest/amp/worker.h"

#include <stddef.h>

#include "osmodel/guest/amp/beat.h"
#include "osmodel/guest/amp/cell.h"
#include "osmodel/guest/amp/opening.h"
#include "osmodel/guest/amp/reign.h"
#include "osmodel/guest/amp/walls.h"
#include "osmodel/guest/lib/attempt.h"
#include "osmodel/guest/lib/params.h"
#include "osmodel/guest/lib/tasks_memory.h"
#include "osmodel/guest/machine/devices.h"
#include "osmodel/guest/machine/protection.h"
#include "osmodel/guest/machine/tracepoint.h"
#include "osmodel/guest/user/syscall.h"
#include "osmodel/guest/user/user.h"

#define ECALL_BYTES 4u

static struct hb_worker *self(void) {
    return &hb_own_cell()->worker;
}

/* ---- Requests -------------------------------------------------------------------------------------------------- */

static bool is_in_use(const struct hb_worker *worker, uint64_t room) {
    for (uint32_t i = 0; i < HB_REQUESTS_AT_ONCE; i++)
        if (worker->work[i].taken && worker->work[i].room == room)
            return true;
    return false;
}

/* In turn, and there are as many as requests or more. */
static uint64_t next_room(struct hb_worker *worker) {
    uint64_t room;
    do {
        room = worker->next_room;
        worker->next_room = room + 1 < hb_opening.rooms ? room + 1 : 0;
    } while (is_in_use(worker, room));
    return room;
}

/* The memory of a request's task: laid out as its plan says, in this hart's part. */
static struct hb_task_memory memory_of(const struct hb_work *work) {
    uint32_t group = hb_group_of(&hb_params, work->task);
    uint64_t room = hb_part_begin(hb_hart_id()) + work->room * hb_opening.room_bytes;
    return hb_task_memory_at(work->task, group, hb_shared_memory(group), room);
}

static void accept(struct hb_worker *worker, struct hb_work *work, const struct hb_message *request) {
    work->task = request->task;
    work->attempt = request->attempt;
    work->room = next_room(worker);
    work->begun = work->ended = false;
    work->taken = true;
    HB_TRACE(HB_TP_MAIL_TAKE, work->task, hb_master());
}

/* The master has the answer: its place is free. */
static void forget(struct hb_worker *worker, const struct hb_message *kept) {
    for (uint32_t i = 0; i < HB_REQUESTS_AT_ONCE; i++) {
        struct hb_work *work = &worker->work[i];
        if (work->ended && work->task == kept->task && work->attempt == kept->attempt)
            work->taken = work->ended = false;
    }
}

static void take_requests(struct hb_worker *worker) {
    struct hb_message request;
    for (uint32_t i = 0; i < HB_REQUESTS_AT_ONCE; i++) {
        struct hb_work *work = &worker->work[i];
        if (!work->taken && hb_ring_take(&hb_own_cell()->to_hart, &worker->requests, &request))
            accept(worker, work, &request);
    }
}

static struct hb_work *free_place(struct hb_worker *worker) {
    uint32_t i = 0;
    while (i + 1 < HB_REQUESTS_AT_ONCE && worker->work[i].taken)
        i++;
    return &worker->work[i];
}

/* The same where the master also sends word of answers. It does so before it sends the next request, so that there is a
 * free place for that. */
static void take_messages(struct hb_worker *worker) {
    struct hb_message message;
    while (hb_ring_take(&hb_own_cell()->to_hart, &worker->requests, &message))
        if (message.kind == HB_MESSAGE_KEPT)
            forget(worker, &message);
        else
            accept(worker, free_place(worker), &message);
}

/* ---- Answers --------------------------------------------------------------------------------------------------- */

static struct hb_message message_of(enum hb_message_kind kind, const struct hb_work *work, uint64_t value) {
    return (struct hb_message){.kind = kind, .task = work->task, .attempt = work->attempt, .value = value};
}

/* There is always room: the master takes what a request has brought before it sends another, and each brings two. Only
 * a dead master's ring may seem full, and what is sent to it does not matter: the next one is told once more. */
static void send(struct hb_worker *worker, enum hb_message_kind kind, const struct hb_work *work, uint64_t value) {
    struct hb_message message = message_of(kind, work, value);
    hb_ring_send(&hb_own_cell()->to_master, &worker->answers, &message);
}

/* With failover there is no bell: in its place, the walls leave a way out (walls.h), and the master looks at its rings
 * from time to time. */
static void ring_the_bell(void) {
    if (!hb_has_failover() && !hb_is_master())
        hb_send_interrupt(HB_FIRST_MASTER);
}

static void report(struct hb_worker *worker, const struct hb_work *work) {
    HB_TRACE(HB_TP_MAIL_SEND, work->task, hb_master());
    send(worker, work->outcome, work, work->value);
}

/* ---- Tasks ----------------------------------------------------------------------------------------------------- */

static void stop(struct hb_worker *worker, uint32_t reason) {
    HB_TRACE(HB_TP_TASK_STOP, worker->present->task, reason);
    worker->present = NULL;
}

static void end_slice_if_over(struct hb_worker *worker) {
    if (worker->present && hb_now_ticks() >= hb_worker_slice_end())
        stop(worker, HB_STOP_PREEMPTED);
}

/* The beginning is announced before its first instruction: a task that had not begun need not count as another attempt.
 * Nobody has to hear of it at once. */
static void begin(struct hb_worker *worker, struct hb_work *work, const struct hb_task_memory *memory) {
    send(worker, HB_MESSAGE_BEGUN, work, 0);
    hb_attempt_begin(&work->context, work->task, hb_group_of(&hb_params, work->task), 0, memory);
    work->begun = true;
}

/* The master, which works only when nobody else does, has no walls. */
static void admit(const struct hb_task_memory *memory) {
    if (hb_is_master())
        hb_protection_set(memory->begin, memory->end);
    else
        hb_walls_set_room(memory->begin, memory->end);
}

static void run(struct hb_worker *worker, struct hb_work *work) {
    struct hb_task_memory memory = memory_of(work);
    hb_breathe();
    if (!work->begun) {
        begin(worker, work, &memory);
        hb_breathe();
    }
    admit(&memory);
    worker->present = work;
    worker->slice_end = hb_now_ticks() + hb_period_ticks(hb_params.quantum_cycles);
    HB_TRACE(HB_TP_TASK_RUN, work->task, work->attempt);
}

/* In turn; the one that has just run comes last. */
static void choose(struct hb_worker *worker) {
    uint32_t last = worker->last;
    for (uint32_t i = 1; i <= HB_REQUESTS_AT_ONCE && !worker->present; i++) {
        uint32_t place = (last + i) % HB_REQUESTS_AT_ONCE;
        if (worker->work[place].taken && !worker->work[place].ended) {
            worker->last = place;
            run(worker, &worker->work[place]);
        }
    }
}

/* The master sleeps, too, but not for lack of tasks: it does not count as idle. */
static void note_idle(struct hb_worker *worker) {
    bool idle = worker->present == NULL;
    if (idle == worker->idle || hb_is_master())
        return;
    worker->idle = idle;
    if (idle)
        HB_TRACE(HB_TP_IDLE_ENTER, hb_hart_id(), 0);
    else
        HB_TRACE(HB_TP_IDLE_LEAVE, hb_hart_id(), 0);
}

bool hb_worker_prepare(void) {
    struct hb_worker *worker = self();
    if (hb_has_failover())
        take_messages(worker);
    else
        take_requests(worker);
    hb_breathe();
    end_slice_if_over(worker);
    choose(worker);
    note_idle(worker);
    return worker->present != NULL;
}

_Noreturn void hb_worker_resume(void) {
    hb_context_resume(&self()->present->context);
}

uint64_t hb_worker_slice_end(void) {
    struct hb_worker *worker = self();
    return worker->present && hb_params.scheduler == HB_SCHED_ROUND_ROBIN ? worker->slice_end : UINT64_MAX;
}

/* The store of the message's word is the report: before it nothing has happened, after it everything has. */
static void answer(struct hb_worker *worker, enum hb_message_kind kind, uint64_t value, uint32_t reason) {
    struct hb_work *work = worker->present;
    stop(worker, reason);
    work->outcome = kind;
    work->value = value;
    work->ended = work->taken = hb_has_failover();
    report(worker, work);
    ring_the_bell();
}

void hb_worker_fault(uint64_t cause) {
    struct hb_work *work = self()->present;
    if (hb_fp_begin(&work->context, &work->fp, cause))
        return;
    answer(self(), HB_MESSAGE_FAULTED, cause, HB_STOP_FAULTED);
}

void hb_worker_syscall(void) {
    struct hb_worker *worker = self();
    struct hb_context *context = &worker->present->context;
    context->pc += ECALL_BYTES;
    switch (context->x[HB_REG_A7]) {
    case HB_SYS_EXIT: answer(worker, HB_MESSAGE_DONE, context->x[HB_REG_A0], HB_STOP_EXITED); break;
    case HB_SYS_YIELD: stop(worker, HB_STOP_YIELDED); break;
    case HB_SYS_TIME: context->x[HB_REG_A0] = hb_now_ticks(); break;
    default: hb_worker_fault(HB_CAUSE_ECALL_U); break;
    }
}

/* ---- Another master -------------------------------------------------------------------------------------------- */

void hb_worker_pause(void) {
    if (self()->present)
        stop(self(), HB_STOP_PREEMPTED);
    self()->idle = false; /* it will be told anew */
}

void hb_worker_turn_to(uint64_t term) {
    hb_ring_begin(&hb_own_cell()->to_hart, &self()->requests, term);
}

void hb_worker_join(uint64_t term) {
    struct hb_worker *worker = self();
    hb_ring_begin(NULL, &worker->answers, term);
    for (uint32_t i = 0; i < HB_REQUESTS_AT_ONCE; i++) {
        const struct hb_work *work = &worker->work[i];
        if (work->ended)
            report(worker, work);
        else if (work->taken)
            send(worker, HB_MESSAGE_HOLDS, work, work->begun);
    }
    hb_ring_send(&hb_own_cell()->to_master, &worker->answers, &(struct hb_message){.kind = HB_MESSAGE_JOINED});
}

uint32_t hb_worker_retire(uint64_t term, struct hb_message answers[HB_REQUESTS_AT_ONCE]) {
    struct hb_worker *worker = self();
    uint32_t n = 0;
    for (uint32_t i = 0; i < HB_REQUESTS_AT_ONCE; i++) {
        struct hb_work *work = &worker->work[i];
        if (work->ended)
            answers[n++] = message_of(work->outcome, work, work->value);
        work->taken = work->ended = false;
    }
    hb_worker_turn_to(term);
    hb_ring_begin(NULL, &worker->answers, term);
    return n;
}
