/* Start: hart 0 reads the device tree, waits for the others, creates the tasks and lets all harts start. */
#include "osmodel/guest/lib/atomic.h"
#include "osmodel/guest/lib/board.h"
#include "osmodel/guest/lib/console.h"
#include "osmodel/guest/lib/devices.h"
#include "osmodel/guest/lib/note.h"
#include "osmodel/guest/lib/panic.h"
#include "osmodel/guest/lib/params.h"
#include "osmodel/guest/lib/protection.h"
#include "osmodel/guest/lib/tasks_memory.h"
#include "osmodel/guest/lib/tracepoint.h"
#include "osmodel/guest/smp/counter.h"
#include "osmodel/guest/smp/heartbeat.h"
#include "osmodel/guest/smp/queue.h"
#include "osmodel/guest/smp/rollcall.h"
#include "osmodel/guest/smp/schedule.h"
#include "osmodel/guest/smp/task.h"

HB_IMAGE_NOTE(0, 0);

static void init_hart(uint32_t hart) {
    struct hb_smp_hart *self = hb_self();
    self->current = HB_NO_TASK;
    self->next_wake = UINT64_MAX;
    self->timer = UINT64_MAX;
    hb_set_timer(hart, UINT64_MAX);
    HB_CSR_WRITE(mcounteren, 0);
    HB_CSR_WRITE(mie, HB_IRQ_SOFTWARE | HB_IRQ_TIMER);
    hb_protection_init();
}

static void check_params(void) {
    if (hb_board.harts < 1 || hb_board.harts > HB_HARTS_MAX)
        hb_panic("the number of harts is not 1 to 64");
    if (hb_params.cycles_per_tick == 0)
        hb_panic("cycles_per_tick is 0");
    if (hb_params.workload_tasks < 1 || hb_params.workload_tasks > HB_TASKS_MAX)
        hb_panic("the number of tasks is not 1 to 2048");
    if (hb_params.workload_kind != HB_KIND_BATCH) {
        if (hb_params.workload_locks < 1 || hb_params.workload_locks > HB_MUTEXES_MAX)
            hb_panic("the number of locks is not 1 to 256");
        if (hb_params.workload_work >= HB_INCREMENTS_MAX)
            hb_panic("a task makes less than 2^20 increments");
    }
    if (hb_params.scheduler >= HB_SCHEDULERS)
        hb_panic("there is no such scheduler");
    hb_tasks_memory_check((uint32_t)hb_params.workload_tasks);
}

static inline void make_ready(const struct hb_scheduler *scheduler, uint32_t task, uint32_t q) {
    hb_task_words[task] = hb_task_word(0, HB_TASK_READY, q, HB_TASK_FRESH);
    hb_queue_join(scheduler, q, task, HB_WHY_NEW);
    HB_TRACE(HB_TP_TASK_READY, task, q);
}

static void clear_shared_memory(void) {
    for (uint64_t at = 0; at < hb_shared_memory_bytes(); at += sizeof(uint64_t))
        hb_store((uint64_t *)(hb_shared_memory() + at), 0);
}

/* All queues begin empty. Gives how many get tasks, and which, in this order: those of `live`, or the one that all
 * share. */
static uint32_t prepare_queues(uint64_t live, uint8_t *order) {
    uint32_t harts = 0;
    for (uint32_t hart = 0; hart < hb_board.harts; hart++) {
        hb_queue_clear(hart);
        if (live & hb_bit(hart))
            order[harts++] = (uint8_t)hart;
    }
    return hb_params.balance == HB_BALANCE_GLOBAL ? 1 : harts;
}

/* Tasks are dealt to the harts like cards. There may be thousands, so the loop is short. */
static void create_tasks(uint64_t live) {
    uint8_t order[HB_HARTS_MAX];
    uint32_t harts = prepare_queues(live, order);
    const struct hb_scheduler *scheduler = hb_scheduler();
    uint32_t tasks = (uint32_t)hb_params.workload_tasks;
    uint32_t turn = 0;
    for (uint32_t task = 0; task < tasks; task++) {
        HB_TRACE(HB_TP_TASK_CREATE, task, hb_params.workload_kind);
        make_ready(scheduler, task, order[turn]);
        turn = turn + 1 < harts ? turn + 1 : 0;
        hb_breathe_in_loop(task);
    }
}

/* Tasks that wait for a hart that is gone are dealt to the others. */
static void hand_over_tasks(uint64_t gone, uint64_t live) {
    const struct hb_scheduler *scheduler = hb_scheduler();
    uint32_t q = HB_BOOT_HART;
    for (uint32_t hart = hb_next_in(gone, HB_BOOT_HART); gone != 0; hart = hb_next_in(gone, hart)) {
        uint64_t was;
        uint32_t task = hb_queue_take(hart, HB_TASK_WAKING, &was);
        if (task == HB_NO_TASK) {
            gone &= ~hb_bit(hart);
        } else {
            make_ready(scheduler, task, q);
            q = hb_next_in(live, q);
        }
        hb_breathe();
    }
}

static void trace_queues(uint64_t live) {
    for (uint32_t hart = 0; hart < hb_board.harts; hart++)
        HB_TRACE(HB_TP_QUEUE_LENGTH, hart, live & hb_bit(hart) ? hb_queues[hart].waiting : 0);
}

/* By the first tracepoint "all harts up", everything that a later death could leave undone is done. */
static void let_go(uint64_t live) {
    uint32_t up = hb_count(live);
    for (uint32_t hart = 0; hart < hb_board.harts; hart++) {
        hb_beat_first(hart);
        hb_breathe();
    }
    hb_store(&hb_live, live);
    hb_roll_call_let_go();
    HB_TRACE(HB_TP_ALL_HARTS_UP, up, hb_board.harts - up);
}

static void boot(const void *tree) {
    hb_devicetree_read(tree);
    check_params();
    HB_TRACE(HB_TP_HART_UP, HB_BOOT_HART, 0);
    uint64_t arrived = hb_roll_call_first();
    hb_print("smp: %u of %u harts up, %u tasks\n", (uint64_t)hb_count(arrived), (uint64_t)hb_board.harts,
             hb_params.workload_tasks);
    clear_shared_memory();
    create_tasks(arrived);
    uint64_t live = hb_roll_call_second(arrived);
    if (live != arrived)
        hand_over_tasks(arrived & ~live, live);
    trace_queues(live);
    let_go(live);
}

_Noreturn void hb_start(uint32_t hart, const void *tree) {
    init_hart(hart);
    if (hart == HB_BOOT_HART)
        boot(tree);
    else
        hb_roll_call_answer(hart);
    if (hb_shared_memory_bytes() != 0)
        hb_protection_share(hb_shared_memory(), hb_shared_memory() + hb_shared_memory_bytes());
    hb_self()->entered = hb_now_ticks();
    hb_schedule();
}
