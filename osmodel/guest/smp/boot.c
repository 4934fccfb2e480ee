/* Start: hart 0 reads the device tree, waits for the others, creates the tasks and lets all harts start. */
#include "osmodel/guest/lib/devicetree.h"
#include "osmodel/guest/lib/note.h"
#include "osmodel/guest/lib/panic.h"
#include "osmodel/guest/lib/params.h"
#include "osmodel/guest/lib/tasks_memory.h"
#include "osmodel/guest/machine/atomic.h"
#include "osmodel/guest/machine/board.h"
#include "osmodel/guest/machine/console.h"
#include "osmodel/guest/machine/devices.h"
#include "osmodel/guest/machine/protection.h"
#include "osmodel/guest/machine/tracepoint.h"
#include "osmodel/guest/smp/counter.h"
#include "osmodel/guest/smp/group.h"
#include "osmodel/guest/smp/heartbeat.h"
#include "osmodel/guest/smp/io/interrupts.h"
#include "osmodel/guest/smp/queue.h"
#include "osmodel/guest/smp/recovery/checkpoint.h"
#include "osmodel/guest/smp/recovery/replug.h"
#include "osmodel/guest/smp/rollcall.h"
#include "osmodel/guest/smp/schedule.h"
#include "osmodel/guest/smp/server.h"
#include "osmodel/guest/smp/sleep.h"
#include "osmodel/guest/smp/sync/sync.h"
#include "osmodel/guest/smp/task.h"
#include "osmodel/guest/workloads/kinds.h"

HB_IMAGE_NOTE(0, 0);

static void init_hart(uint32_t hart) {
    struct hb_smp_hart *self = hb_self();
    self->current = HB_NO_TASK;
    self->adopted = HB_NO_TASK;
    self->next_wake = UINT64_MAX;
    self->timer = UINT64_MAX;
    hb_set_timer(hart, UINT64_MAX);
    HB_CSR_WRITE(mcounteren, 0);
    HB_CSR_WRITE(mie, HB_IRQ_SOFTWARE | HB_IRQ_TIMER | HB_IRQ_EXTERNAL);
    hb_protection_init();
}

static void check_group(const volatile struct hb_group *group) {
    if (!hb_kinds[group->kind].counts)
        return;
    if (group->locks < 1 || group->locks > HB_LOCKS_MAX)
        hb_panic("the number of locks is not 1 to 64");
    if (group->work >= HB_INCREMENTS_MAX)
        hb_panic("a task makes less than 2^20 increments");
}

static void check_params(void) {
    if (hb_board.harts < 1 || hb_board.harts > HB_HARTS_MAX)
        hb_panic("the number of harts is not 1 to 64");
    if (hb_params.cycles_per_tick == 0)
        hb_panic("cycles_per_tick is 0");
    if (hb_flushes() != (hb_params.recovery_kernel_data != HB_KERNEL_DATA_CACHED))
        hb_panic("this kernel was not compiled for this os.recovery.kernel_data (osmodel/guest/CMakeLists.txt)");
    if (hb_flushes() && hb_board.clean_bytes == 0)
        hb_panic("os.recovery.kernel_data needs harts with Zicbom");
    if (hb_checkpoints_are_on() && hb_board.clean_bytes == 0)
        hb_panic("os.recovery.restart \"checkpoint\" needs harts with Zicbom");
    if (hb_params.scheduler >= HB_SCHEDULERS || !hb_scheduler())
        hb_panic("there is no such scheduler");
    hb_groups_check();
    for (uint32_t i = 0; i < hb_params.workload_groups; i++)
        check_group(&hb_params.group[i]);
    if (hb_group_objects_before(&hb_params, (uint32_t)hb_params.workload_groups) > HB_OBJECTS_MAX)
        hb_panic("the groups have more than 256 mutexes, conditions, semaphores and barriers together");
    hb_tasks_memory_check();
}

static inline void make_ready(const struct hb_scheduler *scheduler, uint32_t task, uint32_t q, bool pinned) {
    hb_queue_join(scheduler, q, task, pinned, HB_WHY_NEW);
    HB_TRACE(HB_TP_TASK_READY, task, q);
}

static void clear_shared_memory(void) {
    for (uint32_t group = 0; group < hb_params.workload_groups; group++)
        for (uint64_t at = 0; at < hb_shared_memory_bytes(group); at += sizeof(uint64_t))
            hb_store((uint64_t *)(hb_shared_memory(group) + at), 0);
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

/* Tasks are dealt to the harts like cards. */
struct deal {
    const struct hb_scheduler *scheduler;
    uint64_t live;
    uint32_t harts;
    uint32_t turn; /* place in order[] */
    uint8_t order[HB_HARTS_MAX];
};

/* The hart that a group is pinned to, or the next one that is there. */
static uint32_t place_of(const struct hb_group *group, uint64_t live) {
    uint32_t hart = (uint32_t)group->placement;
    return live & hb_bit(hart) ? hart : hb_next_in(live, hart);
}

/* There may be thousands, so the loop is short. Tasks that arrive later sleep until then. */
static void create_group(uint32_t number, struct deal *deal) {
    const struct hb_group group = hb_params.group[number];
    const struct hb_scheduler *scheduler = deal->scheduler;
    bool pinned = group.placement != HB_PLACE_ANY, sleeps = group.arrival_cycles != 0;
    uint32_t q = pinned ? place_of(&group, deal->live) : 0, turn = deal->turn, harts = deal->harts;
    uint32_t end = (uint32_t)(group.first + group.tasks);
    for (uint32_t task = (uint32_t)group.first; task < end; task++) {
        if (!pinned) {
            q = deal->order[turn];
            turn = turn + 1 < harts ? turn + 1 : 0;
        }
        hb_task_groups[task] = (uint8_t)number;
        HB_TRACE(HB_TP_TASK_CREATE, task, group.kind);
        hb_task_words[task] = hb_task_word(0, sleeps ? HB_TASK_SLEEPING : HB_TASK_READY, q, HB_TASK_FRESH);
        if (!sleeps)
            make_ready(scheduler, task, q, pinned);
        hb_breathe_in_loop(task);
    }
    deal->turn = turn;
}

static void create_tasks(uint64_t live) {
    struct deal deal = {.scheduler = hb_scheduler(), .live = live};
    deal.harts = prepare_queues(live, deal.order);
    for (uint32_t group = 0; group < hb_params.workload_groups; group++)
        create_group(group, &deal);
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
            hb_task_words[task] = hb_task_word(0, HB_TASK_READY, q, HB_TASK_FRESH);
            make_ready(scheduler, task, q, hb_task_place(task) != HB_PLACE_ANY);
            q = hb_next_in(live, q);
        }
        hb_breathe();
    }
}

/* The tasks of a group sleep until `ticks`. The last comes first, so that each next one is the first to wake. */
static void set_arrival(const volatile struct hb_group *group, uint64_t ticks, uint64_t live) {
    for (uint32_t task = (uint32_t)(group->first + group->tasks); task-- > group->first;) {
        uint32_t hart = hb_task_hart(hb_task_words[task]);
        hb_sleep_until_arrival(task, live & hb_bit(hart) ? hart : hb_next_in(live, hart), ticks);
        hb_breathe_in_loop(task);
    }
}

/* Arrivals count from here: the others are let go as soon as this is done. */
static void set_arrivals(uint64_t live) {
    uint64_t now = hb_now_ticks();
    for (uint32_t i = 0; i < hb_params.workload_groups; i++)
        if (hb_params.group[i].arrival_cycles != 0)
            set_arrival(&hb_params.group[i], now + hb_ticks(hb_params.group[i].arrival_cycles), live);
}

static void trace_queues(uint64_t live) {
    for (uint32_t hart = 0; hart < hb_board.harts; hart++)
        HB_TRACE(HB_TP_QUEUE_LENGTH, hart, live & hb_bit(hart) ? hb_queues[hart].waiting : 0);
}

/* What boot has written without cleaning it. */
static void clean_tables(void) {
    hb_clean(&hb_params, sizeof hb_params);
    hb_clean(&hb_board, sizeof hb_board);
    hb_clean(hb_group_facts, sizeof hb_group_facts);
    hb_breathe();
    hb_clean(hb_task_words, hb_params.workload_tasks * sizeof *hb_task_words);
    hb_breathe();
    hb_clean(hb_task_groups, hb_params.workload_tasks * sizeof *hb_task_groups);
    for (uint32_t hart = 0; hart < hb_board.harts; hart++) {
        hb_clean(&hb_queues[hart], sizeof hb_queues[hart]);
        hb_breathe();
    }
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
    hb_server_open(hb_now_ticks());
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
    hb_server_prepare();
    hb_sync_init();
    hb_group_facts_init();
    hb_checkpoints_prepare();
    create_tasks(arrived);
    uint64_t live = hb_roll_call_second(arrived);
    if (live != arrived)
        hand_over_tasks(arrived & ~live, live);
    trace_queues(live);
    hb_interrupts_begin(live);
    set_arrivals(live);
    if (hb_flushes())
        clean_tables();
    let_go(live);
}

_Noreturn void hb_start(uint32_t hart, const void *tree) {
    bool is_back = hb_replug_is_called();
    if (is_back)
        *hb_self() = (struct hb_smp_hart){0};
    init_hart(hart);
    if (is_back)
        hb_replug_answer();
    else if (hart == HB_BOOT_HART)
        boot(tree);
    else
        hb_roll_call_answer(hart);
    hb_self()->entered = hb_now_ticks();
    hb_schedule();
}
