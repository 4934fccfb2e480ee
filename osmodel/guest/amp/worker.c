#include "osmodel/guest/amp/worker.h"

#include <stddef.h>

#include "osmodel/guest/amp/beat.h"
#include "osmodel/guest/amp/cell.h"
#include "osmodel/guest/amp/opening.h"
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

static void take_request(struct hb_worker *worker, struct hb_work *work) {
    struct hb_message message;
    if (!hb_ring_take(&hb_own_cell()->to_hart, &worker->requests, &message))
        return;
    work->task = message.task;
    work->attempt = message.attempt;
    work->room = next_room(worker);
    work->begun = false;
    work->taken = true;
    HB_TRACE(HB_TP_MAIL_TAKE, work->task, HB_MASTER);
}

static void take_requests(struct hb_worker *worker) {
    for (uint32_t i = 0; i < HB_REQUESTS_AT_ONCE; i++)
        if (!worker->work[i].taken)
            take_request(worker, &worker->work[i]);
}

/* ---- Answers --------------------------------------------------------------------------------------------------- */

/* There is always room: the master takes what a request has brought before it sends another, and each brings two. Only
 * a dead master's ring may seem full, and what is sent to it does not matter. */
static void send(struct hb_worker *worker, enum hb_message_kind kind, const struct hb_work *work, uint64_t value) {
    struct hb_message message = {.kind = kind, .task = work->task, .attempt = work->attempt, .value = value};
    hb_ring_send(&hb_own_cell()->to_master, &worker->answers, &message);
}

static void ring_the_bell(void) {
    if (hb_hart_id() != HB_MASTER)
        hb_send_interrupt(HB_MASTER);
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
    if (hb_hart_id() == HB_MASTER)
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
        if (worker->work[place].taken) {
            worker->last = place;
            run(worker, &worker->work[place]);
        }
    }
}

/* The master sleeps, too, but not for lack of tasks: it does not count as idle. */
static void note_idle(struct hb_worker *worker) {
    bool idle = worker->present == NULL;
    if (idle == worker->idle || hb_hart_id() == HB_MASTER)
        return;
    worker->idle = idle;
    if (idle)
        HB_TRACE(HB_TP_IDLE_ENTER, hb_hart_id(), 0);
    else
        HB_TRACE(HB_TP_IDLE_LEAVE, hb_hart_id(), 0);
}

bool hb_worker_prepare(void) {
    struct hb_worker *worker = self();
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
    HB_TRACE(HB_TP_MAIL_SEND, work->task, HB_MASTER);
    send(worker, kind, work, value);
    work->taken = false;
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
