#include "osmodel/guest/amp/tasks.h"

#include "osmodel/guest/amp/beat.h"
#include "osmodel/guest/amp/reign.h"
#include "osmodel/guest/amp/waiting.h"
#include "osmodel/guest/lib/params.h"
#include "osmodel/guest/machine/atomic.h"
#include "osmodel/guest/machine/console.h"
#include "osmodel/guest/machine/devices.h"
#include "osmodel/guest/machine/tracepoint.h"

enum { EXIT_PASSED = 0, EXIT_TASKS_LOST = 1 };

/* Bits 0..7: state; 8..15: hart; 32..47: attempt. */
static uint64_t table[HB_TASKS_MAX] __attribute__((aligned(HB_LINE_ALIGN)));

static struct {
    uint32_t tasks;
    uint32_t done;
    uint32_t lost;
} books __attribute__((aligned(HB_LINE_ALIGN)));

static uint64_t word_of(enum hb_amp_task_state state, uint32_t hart, uint32_t attempt) {
    return (uint64_t)attempt << 32 | hart << 8 | state;
}

static void set(uint32_t task, uint64_t word) {
    hb_store(&table[task], word);
    hb_keep_safe(&table[task], sizeof table[task]);
}

static void trace_waiting(void) {
    HB_TRACE(HB_TP_QUEUE_LENGTH, hb_hart_id(), hb_waiting());
}

/* There may be thousands, so the loop is short. */
static void create_group(const struct hb_group *group) {
    for (uint32_t task = (uint32_t)group->first; task < group->first + group->tasks; task++) {
        HB_TRACE(HB_TP_TASK_CREATE, task, group->kind);
        hb_store(&table[task], word_of(HB_TASK_WAITING, 0, 0));
        hb_waiting_add_new(task, (uint32_t)group->role);
        HB_TRACE(HB_TP_TASK_READY, task, hb_hart_id());
    }
}

void hb_tasks_create(void) {
    books.tasks = (uint32_t)hb_params.workload_tasks;
    for (uint32_t i = 0; i < hb_params.workload_groups; i++) {
        const struct hb_group group = hb_params.group[i];
        create_group(&group);
    }
    hb_keep_safe(table, books.tasks * sizeof *table);
    trace_waiting();
}

void hb_tasks_reopen(void) {
    books.tasks = (uint32_t)hb_params.workload_tasks;
    books.done = books.lost = 0;
}

void hb_task_recount(uint32_t task) {
    books.done += hb_task_state(task) == HB_TASK_DONE;
    books.lost += hb_task_state(task) == HB_TASK_LOST;
}

enum hb_amp_task_state hb_task_state(uint32_t task) {
    return (enum hb_amp_task_state)(table[task] & 0xff);
}

uint32_t hb_task_hart(uint32_t task) {
    return table[task] >> 8 & 0xff;
}

uint32_t hb_task_attempt(uint32_t task) {
    return table[task] >> 32 & 0xffff;
}

bool hb_task_is_with(uint32_t task, uint32_t attempt, uint32_t hart) {
    return task < books.tasks && (table[task] == word_of(HB_TASK_SENT, hart, attempt) ||
                                  table[task] == word_of(HB_TASK_BEGUN, hart, attempt));
}

void hb_task_begun(uint32_t task) {
    set(task, word_of(HB_TASK_BEGUN, hb_task_hart(task), hb_task_attempt(task)));
}

bool hb_task_has_begun(uint32_t task) {
    return hb_task_state(task) == HB_TASK_BEGUN;
}

uint32_t hb_task_send(uint32_t hart) {
    uint32_t task = hb_waiting_take(hart);
    if (task == HB_NO_TASK)
        return task;
    set(task, word_of(HB_TASK_SENT, hart, hb_task_attempt(task)));
    HB_TRACE(HB_TP_TASK_READY, task, hart);
    trace_waiting();
    return task;
}

void hb_task_done(uint32_t task, uint64_t checksum) {
    uint32_t attempt = hb_task_attempt(task);
    hb_store(&hb_results[task].checksum, checksum);
    hb_store(&hb_results[task].attempt_plus_1, attempt + 1);
    hb_keep_safe(&hb_results[task], sizeof hb_results[task]);
    set(task, word_of(HB_TASK_DONE, 0, attempt));
    books.done++;
    HB_TRACE(HB_TP_TASK_DONE, task, attempt);
}

void hb_task_lost(uint32_t task) {
    uint32_t attempt = hb_task_attempt(task);
    set(task, word_of(HB_TASK_LOST, 0, attempt));
    books.lost++;
    HB_TRACE(HB_TP_TASK_LOST, task, attempt);
}

static void wait_first(uint32_t task, uint32_t attempt) {
    hb_waiting_add_first(task);
    set(task, word_of(HB_TASK_WAITING, 0, attempt));
    trace_waiting();
}

void hb_task_restart(uint32_t task) {
    uint32_t attempt = hb_task_attempt(task) + 1;
    HB_TRACE(HB_TP_TASK_RESTART, task, attempt);
    wait_first(task, attempt);
}

void hb_task_take_back(uint32_t task) {
    HB_TRACE(HB_TP_TASK_READY, task, hb_hart_id());
    wait_first(task, hb_task_attempt(task));
}

bool hb_tasks_have_ended(void) {
    return books.done + books.lost == books.tasks;
}

static uint64_t results_hash(void) {
    uint64_t hash = books.tasks;
    for (uint32_t task = 0; task < books.tasks; task++) {
        hash = hb_results_mix(hash, hb_results[task].checksum);
        hb_breathe();
    }
    return hash;
}

_Noreturn void hb_tasks_finish(void) {
    uint64_t hash = results_hash();
    hb_print("amp: %u tasks done, %u lost, results %x\n", (uint64_t)books.done, (uint64_t)books.lost, hash);
    hb_finish(books.lost == 0 ? EXIT_PASSED : EXIT_TASKS_LOST);
}
