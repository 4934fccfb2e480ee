#include "osmodel/guest/smp/syscall.h"

#include "osmodel/guest/lib/params.h"
#include "osmodel/guest/machine/protection.h"
#include "osmodel/guest/machine/tracepoint.h"
#include "osmodel/guest/smp/counter.h"
#include "osmodel/guest/smp/io/input.h"
#include "osmodel/guest/smp/io/output.h"
#include "osmodel/guest/smp/queue.h"
#include "osmodel/guest/smp/recovery/doubt.h"
#include "osmodel/guest/smp/schedule.h"
#include "osmodel/guest/smp/server.h"
#include "osmodel/guest/smp/sleep.h"
#include "osmodel/guest/smp/sync/barrier.h"
#include "osmodel/guest/smp/sync/condition.h"
#include "osmodel/guest/smp/sync/life.h"
#include "osmodel/guest/smp/sync/mutex.h"
#include "osmodel/guest/smp/sync/semaphore.h"
#include "osmodel/guest/smp/sync/sweep.h"
#include "osmodel/guest/smp/task.h"
#include "osmodel/guest/user/syscall.h"

#define ECALL_BYTES     4u
#define SLEEP_TICKS_MAX (1ull << 48)

/* What it has computed is about to count. */
HB_INLINE void settle(uint32_t task) {
    if (hb_flushes())
        hb_doubt_settle(task);
}

/* The task's mutexes have lapsed with the change of its word; those who wait for them must be woken. */
static _Noreturn void end(uint32_t task, enum hb_task_state state, uint32_t trace_reason) {
    uint64_t word = hb_load(&hb_task_words[task]);
    HB_TRACE(HB_TP_TASK_STOP, task, trace_reason);
    if (hb_compare_and_swap(&hb_task_words[task], word, hb_task_word(word, state, hb_hart_id(), 0))) {
        if (state == HB_TASK_DONE)
            HB_TRACE(HB_TP_TASK_DONE, task, hb_task_attempt(word));
        else
            HB_TRACE(HB_TP_TASK_LOST, task, hb_task_attempt(word));
    }
    hb_sync_sweep(&hb_tasks[task].things);
    hb_schedule();
}

/* An attempt that counts no more begins again, whatever it does: its group's mutexes and memory have been made new
 * under it, and the interrupt that says so may come after the call. */
_Noreturn void hb_task_fault(uint64_t cause, uint64_t value) {
    uint32_t task = hb_self()->current;
    if (hb_is_outdated(task, hb_load(&hb_task_words[task])))
        hb_begin_again();
    settle(task);
    hb_output_fault(task, cause, hb_tasks[task].context.pc, value);
    end(task, HB_TASK_LOST, HB_STOP_FAULTED);
}

/* The result first, then "done": a task that is done has delivered its result. */
static _Noreturn void do_exit(uint32_t task, uint64_t checksum) {
    struct hb_result *result = &hb_results[task];
    settle(task);
    uint64_t word = hb_load(&hb_task_words[task]);
    hb_store(&result->checksum, checksum);
    hb_store(&result->attempt_plus_1, hb_task_attempt(word) + 1);
    if (hb_has_lives(hb_task_group(task)))
        hb_life_complete(task);
    end(task, HB_TASK_DONE, HB_STOP_EXITED);
}

/* The kernel reads only what the task itself could. */
static bool may_read(uint32_t task, uint64_t from, uint64_t bytes) {
    const struct hb_task_reach *reach = &hb_tasks[task].reach;
    uint64_t text = (uint64_t)hb_user_text;
    uint64_t text_end = (uint64_t)hb_user_text_end;
    return (from >= reach->begin && from <= reach->end && bytes <= reach->end - from) ||
           (from >= text && from <= text_end && bytes <= text_end - from);
}

static void do_write(uint32_t task, struct hb_context *context) {
    uint64_t from = context->x[HB_REG_A0];
    uint64_t bytes = context->x[HB_REG_A1];
    if (!may_read(task, from, bytes))
        hb_task_fault(HB_CAUSE_ECALL_U, from);
    settle(task);
    hb_output((const char *)from, bytes);
    context->x[HB_REG_A0] = bytes;
}

/* ---- What tasks wait for --------------------------------------------------------------------------------------- */

/* The object that the task calls `number`, of those that its group has: mutexes, or others. */
static uint32_t object_of(uint32_t task, uint64_t number, bool is_mutex) {
    const struct hb_group_facts *facts = hb_task_facts(task);
    if (number >= facts->objects || is_mutex != (number < facts->mutexes))
        hb_task_fault(HB_CAUSE_ECALL_U, number);
    return facts->first_object + (uint32_t)number;
}

static uint32_t owned_mutex(uint32_t task, uint64_t number) {
    uint32_t mutex = object_of(task, number, true);
    if (!hb_mutex_is_owner(mutex, task))
        hb_task_fault(HB_CAUSE_ECALL_U, number);
    return mutex;
}

/* The call is made again when the task, having waited, runs next. */
static uint64_t lock(uint32_t task, struct hb_context *context, uint64_t number) {
    uint32_t mutex = object_of(task, number, true);
    if (hb_mutex_is_owner(mutex, task))
        hb_task_fault(HB_CAUSE_ECALL_U, number);
    if (hb_mutex_looks_taken(mutex))
        hb_charge_current();
    context->pc -= ECALL_BYTES;
    bool owner_died = hb_mutex_lock(mutex, task);
    context->pc += ECALL_BYTES;
    return owner_died;
}

static void do_lock(uint32_t task, struct hb_context *context) {
    context->x[HB_REG_A0] = lock(task, context, context->x[HB_REG_A0]);
}

/* Waits, makes the call again, and then waits for the mutex. */
static void do_wait(uint32_t task, struct hb_context *context) {
    uint32_t condition = object_of(task, context->x[HB_REG_A0], false);
    if (!hb_tasks[task].has_waited) {
        uint32_t mutex = owned_mutex(task, context->x[HB_REG_A1]);
        hb_charge_current();
        hb_tasks[task].has_waited = true;
        context->pc -= ECALL_BYTES;
        hb_condition_wait(condition, mutex, task);
        context->pc += ECALL_BYTES;
    }
    context->x[HB_REG_A0] = lock(task, context, context->x[HB_REG_A1]);
    hb_tasks[task].has_waited = false;
}

static void do_down(uint32_t task, struct hb_context *context) {
    uint32_t semaphore = object_of(task, context->x[HB_REG_A0], false);
    hb_charge_current();
    context->pc -= ECALL_BYTES;
    hb_semaphore_down(semaphore, task);
    context->pc += ECALL_BYTES;
}

static void do_barrier(uint32_t task, struct hb_context *context) {
    uint32_t barrier = object_of(task, context->x[HB_REG_A0], false);
    hb_charge_current();
    hb_barrier_arrive(barrier, task);
}

static void do_increment(uint32_t task, struct hb_context *context) {
    uint32_t counter = owned_mutex(task, context->x[HB_REG_A0]);
    context->x[HB_REG_A0] = hb_counter_increment(counter, task, context->x[HB_REG_A1]);
}

/* Like do_lock. */
static void do_take_line(uint32_t task, struct hb_context *context) {
    const struct hb_task_reach *reach = &hb_tasks[task].reach;
    uint64_t to = context->x[HB_REG_A0];
    uint64_t bytes = context->x[HB_REG_A1];
    if (bytes == 0 || to < reach->begin || to > reach->end || bytes > reach->end - to)
        hb_task_fault(HB_CAUSE_ECALL_U, to);
    context->pc -= ECALL_BYTES;
    uint64_t length = hb_input_take(task, (uint8_t *)to, bytes);
    if (length == 0)
        hb_schedule();
    context->pc += ECALL_BYTES;
    context->x[HB_REG_A0] = length;
}

static void do_answer(uint32_t task, struct hb_context *context) {
    uint64_t from = context->x[HB_REG_A0];
    uint64_t bytes = context->x[HB_REG_A1];
    settle(task);
    if (!may_read(task, from, bytes) || !hb_input_answer(task, (const char *)from, bytes))
        hb_task_fault(HB_CAUSE_ECALL_U, from);
}

static _Noreturn void do_sleep(uint32_t task, uint64_t ticks) {
    uint64_t limited = ticks < SLEEP_TICKS_MAX ? ticks : SLEEP_TICKS_MAX;
    hb_sleep_until(task, hb_now_ticks() + limited);
    hb_schedule();
}

static _Noreturn void do_pause(uint32_t task, uint64_t cycles, uint64_t units) {
    HB_TRACE(HB_TP_PROGRESS, task, units);
    do_sleep(task, hb_ticks(cycles));
}

/* A worker that finds nothing to do makes the call again when it wakes. */
static void do_take(uint32_t task, struct hb_context *context) {
    uint64_t look_ticks = UINT64_MAX;
    if (hb_params.group[hb_task_group(task)].kind != HB_KIND_SERVER)
        hb_task_fault(HB_CAUSE_ECALL_U, 0);
    uint64_t request = hb_server_take(task, &look_ticks);
    if (request == HB_NO_REQUEST && look_ticks != UINT64_MAX) {
        context->pc -= ECALL_BYTES;
        hb_sleep_until(task, look_ticks);
        hb_schedule();
    }
    context->x[HB_REG_A0] = request == HB_NO_REQUEST ? HB_NO_MORE_REQUESTS : request;
}

static void do_reply(uint32_t task, uint64_t answer) {
    settle(task);
    if (hb_params.group[hb_task_group(task)].kind != HB_KIND_SERVER || !hb_server_reply(task, answer))
        hb_task_fault(HB_CAUSE_ECALL_U, 0);
}

void hb_syscall_serve(void) {
    uint32_t task = hb_self()->current;
    struct hb_context *context = &hb_tasks[task].context;
    uint64_t argument = context->x[HB_REG_A0];
    context->pc += ECALL_BYTES;
    switch (context->x[HB_REG_A7]) {
    case HB_SYS_EXIT: do_exit(task, argument);
    case HB_SYS_YIELD: hb_yield(HB_STOP_YIELDED);
    case HB_SYS_SLEEP: do_sleep(task, argument);
    case HB_SYS_WRITE: do_write(task, context); break;
    case HB_SYS_TIME: context->x[HB_REG_A0] = hb_now_ticks(); break;
    case HB_SYS_LOCK: do_lock(task, context); break;
    case HB_SYS_UNLOCK: hb_mutex_unlock(owned_mutex(task, argument), task); break;
    case HB_SYS_RESUME: context->x[HB_REG_A0] = hb_counter_progress(task); break;
    case HB_SYS_INCREMENT: do_increment(task, context); break;
    case HB_SYS_WAIT: do_wait(task, context); break;
    case HB_SYS_SIGNAL: hb_condition_signal(object_of(task, argument, false), task); break;
    case HB_SYS_BROADCAST: hb_condition_broadcast(object_of(task, argument, false), task); break;
    case HB_SYS_DOWN: do_down(task, context); break;
    case HB_SYS_UP: hb_semaphore_up(object_of(task, argument, false), task); break;
    case HB_SYS_BARRIER: do_barrier(task, context); break;
    case HB_SYS_TAKE: do_take(task, context); break;
    case HB_SYS_REPLY: do_reply(task, argument); break;
    case HB_SYS_PAUSE: do_pause(task, argument, context->x[HB_REG_A1]);
    case HB_SYS_TAKE_LINE: do_take_line(task, context); break;
    case HB_SYS_ANSWER: do_answer(task, context); break;
    case HB_SYS_ANSWERED: context->x[HB_REG_A0] = hb_input_answered(task); break;
    default: hb_task_fault(HB_CAUSE_ECALL_U, context->x[HB_REG_A7]);
    }
}
