#include "osmodel/guest/smp/queue.h"

#include "osmodel/guest/lib/params.h"
#include "osmodel/guest/lib/tracepoint.h"
#include "osmodel/guest/smp/heartbeat.h"

struct hb_queue hb_queues[HB_HARTS_MAX];

static void trace_length(uint32_t q) {
    HB_TRACE(HB_TP_QUEUE_LENGTH, q, hb_queues[q].tail - hb_queues[q].head);
}

void hb_queue_append(uint32_t q, uint32_t task) {
    struct hb_queue *queue = &hb_queues[q];
    queue->tasks[queue->tail++ % HB_TASKS_MAX] = (uint16_t)task;
}

static void prepend(uint32_t q, uint32_t task) {
    struct hb_queue *queue = &hb_queues[q];
    queue->tasks[--queue->head % HB_TASKS_MAX] = (uint16_t)task;
}

static bool put_by(void (*insert)(uint32_t q, uint32_t task), uint32_t task, uint64_t word, uint64_t ready) {
    uint32_t q = hb_hart_id();
    hb_lock_acquire(&hb_queues[q].lock);
    bool put = hb_compare_and_swap(&hb_task_words[task], word, ready);
    if (put) {
        insert(q, task);
        HB_TRACE(HB_TP_TASK_READY, task, q);
        trace_length(q);
    }
    hb_lock_release(&hb_queues[q].lock);
    if (put)
        hb_wake_idle_hart();
    return put;
}

bool hb_queue_put(uint32_t task, uint64_t word, uint64_t ready) {
    return put_by(hb_queue_append, task, word, ready);
}

bool hb_queue_put_first(uint32_t task, uint64_t word, uint64_t ready) {
    return put_by(prepend, task, word, ready);
}

/* An entry that the table does not confirm is skipped: with recovery_queues "none" a queue may have some. */
static uint32_t take_locked(uint32_t q, enum hb_task_state state, uint64_t *was) {
    struct hb_queue *queue = &hb_queues[q];
    while (queue->head != queue->tail) {
        uint32_t task = queue->tasks[queue->head % HB_TASKS_MAX];
        uint64_t word = hb_load(&hb_task_words[task]);
        uint64_t mine = hb_task_word(word, state, hb_hart_id(), hb_task_detail(word));
        bool taken = hb_task_is(word, HB_TASK_READY, q) && hb_compare_and_swap(&hb_task_words[task], word, mine);
        queue->head++;
        if (taken) {
            *was = word;
            trace_length(q);
            return task;
        }
    }
    return HB_NO_TASK;
}

uint32_t hb_queue_take(uint32_t q, enum hb_task_state state, uint64_t *was) {
    hb_lock_acquire(&hb_queues[q].lock);
    uint32_t task = take_locked(q, state, was);
    hb_lock_release(&hb_queues[q].lock);
    return task;
}

uint32_t hb_queue_try_take(uint32_t q, enum hb_task_state state, uint64_t *was) {
    if (hb_lock_try(&hb_queues[q].lock) != 0)
        return HB_NO_TASK;
    uint32_t task = take_locked(q, state, was);
    hb_lock_release(&hb_queues[q].lock);
    return task;
}

void hb_queue_rebuild(uint32_t q) {
    hb_queues[q].head = 0;
    hb_queues[q].tail = 0;
    for (uint32_t task = 0; task < hb_params.workload_tasks; task++) {
        if (hb_task_is(hb_load(&hb_task_words[task]), HB_TASK_READY, q))
            hb_queue_append(q, task);
        hb_breathe_in_loop(task);
    }
    trace_length(q);
}

bool hb_queue_looks_empty(uint32_t q) {
    const volatile struct hb_queue *queue = &hb_queues[q];
    return queue->head == queue->tail;
}
