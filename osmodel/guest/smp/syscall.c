#include "osmodel/guest/smp/syscall.h"

#include "osmodel/guest/lib/params.h"
#include "osmodel/guest/lib/protection.h"
#include "osmodel/guest/lib/tracepoint.h"
#include "osmodel/guest/smp/counter.h"
#include "osmodel/guest/smp/mutex.h"
#include "osmodel/guest/smp/output.h"
#include "osmodel/guest/smp/queue.h"
#include "osmodel/guest/smp/schedule.h"
#include "osmodel/guest/smp/sleep.h"
#include "osmodel/guest/smp/task.h"
#include "osmodel/guest/user/syscall.h"

#define ECALL_BYTES     4u
#define SLEEP_TICKS_MAX (1ull << 48)

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
    hb_mutexes_sweep(&hb_tasks[task].things);
    hb_schedule();
}

_Noreturn void hb_task_fault(uint64_t cause, uint64_t value) {
    uint32_t task = hb_self()->current;
    hb_output_fault(task, cause, hb_tasks[task].context.pc, value);
    end(task, HB_TASK_LOST, HB_STOP_FAULTED);
}

/* The result first, then "done": a task that is done has delivered its result. */
static _Noreturn void do_exit(uint32_t task, uint64_t checksum) {
    struct hb_result *result = &hb_results[task];
    uint64_t word = hb_load(&hb_task_words[task]);
    hb_store(&result->checksum, checksum);
    hb_store(&result->attempt_plus_1, hb_task_attempt(word) + 1);
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
    hb_output((const char *)from, bytes);
    context->x[HB_REG_A0] = bytes;
}

/* The mutex that the task calls `number`: each group counts its own from 0. */
static uint32_t mutex_of(uint32_t task, uint64_t number) {
    const struct hb_task_reach *reach = &hb_tasks[task].reach;
    if (number >= reach->mutexes)
        hb_task_fault(HB_CAUSE_ECALL_U, number);
    return reach->first_mutex + (uint32_t)number;
}

/* A task that is blocked makes the call again when it runs next. */
static void do_lock(uint32_t task, struct hb_context *context) {
    uint32_t mutex = mutex_of(task, context->x[HB_REG_A0]);
    if (hb_mutex_is_owner(mutex, task))
        hb_task_fault(HB_CAUSE_ECALL_U, mutex);
    context->pc -= ECALL_BYTES;
    if (hb_mutex_looks_taken(mutex))
        hb_charge_current();
    if (!hb_mutex_lock(mutex, task))
        hb_schedule();
    context->pc += ECALL_BYTES;
}

static uint32_t owned_mutex(uint32_t task, uint64_t number) {
    uint32_t mutex = mutex_of(task, number);
    if (!hb_mutex_is_owner(mutex, task))
        hb_task_fault(HB_CAUSE_ECALL_U, mutex);
    return mutex;
}

static void do_increment(uint32_t task, struct hb_context *context) {
    uint32_t counter = owned_mutex(task, context->x[HB_REG_A0]);
    context->x[HB_REG_A0] = hb_counter_increment(counter, task, context->x[HB_REG_A1]);
}

static _Noreturn void do_sleep(uint32_t task, uint64_t ticks) {
    uint64_t limited = ticks < SLEEP_TICKS_MAX ? ticks : SLEEP_TICKS_MAX;
    hb_sleep_until(task, hb_now_ticks() + limited);
    hb_schedule();
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
    default: hb_task_fault(HB_CAUSE_ECALL_U, context->x[HB_REG_A7]);
    }
}
