/* The SMP kernel on the machine: boot, protection, what each policy is good for, and what it promises of J. */
#include <check.h>
#include <inttypes.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim/config/heartbeat.h"
#include "sim/engine/run.h"
#include "sim/machine/machine.h"
#include "sim/result/gather.h"

#define TASKS  32u
#define VICTIM 2u

static void configure(struct hb_config *config) {
    hb_config_defaults(config);
    snprintf(config->image, sizeof config->image, "%s/images/smp.elf", HB_BINARY_DIR);
    config->os.workload_tasks = config->os.group[0].tasks = TASKS;
    config->os.group[0].work = 40;
    config->os.group[0].sets = HB_SETS_SMALL;
    config->stop_cycles = 50000000;
    config->stop_quiet_cycles = 3000000;
}

static void configure_contend(struct hb_config *config) {
    configure(config);
    config->os.group[0].kind = HB_KIND_CONTEND;
    config->os.workload_tasks = config->os.group[0].tasks = 16;
    config->os.group[0].work = 60;
    config->os.group[0].locks = 2;
}

static void add_kill(struct hb_config *config, uint32_t hart, uint64_t cycle) {
    config->faults[config->n_faults++] =
        (struct hb_fault_config){.hart = hart, .trigger = HB_TRIGGER_CYCLE, .cycle = cycle, .count = 1};
}

static struct hb_machine *create(const struct hb_config *config) {
    struct hb_error error = {.text = ""};
    struct hb_machine *machine = hb_machine_create(config, &error);
    ck_assert_msg(machine != NULL, "%s", error.text);
    return machine;
}

static bool console_has(const struct hb_machine *machine, const char *text) {
    size_t n = machine->saved->console_bytes;
    for (size_t i = 0; i + strlen(text) <= n; i++)
        if (memcmp(machine->console + i, text, strlen(text)) == 0)
            return true;
    return false;
}

static struct hb_run_result *finish(struct hb_machine *machine) {
    hb_machine_run(machine, UINT64_MAX);
    struct hb_run_result *result = hb_result_gather(machine);
    hb_machine_destroy(machine);
    return result;
}

static void check_passed(const struct hb_run_result *result, uint64_t tasks) {
    ck_assert_msg(result->outcome == HB_OUTCOME_PASSED, "%s: %s", hb_outcome_name(result->outcome), result->reason);
    ck_assert_uint_eq(result->os.tasks_completed, tasks);
    ck_assert_uint_eq(result->os.false_alarms, 0);
}

static void run_and_check(const struct hb_config *config) {
    struct hb_run_result *result = finish(create(config));
    check_passed(result, config->os.workload_tasks);
    hb_result_free(result);
}

/* ---- Groups ---------------------------------------------------------------------------------------------------- */

#define ARRIVAL 400000u

/* Eight batch tasks; later four that count in the kernel, and four that count in memory of their own. */
static void configure_groups(struct hb_config *config) {
    configure(config);
    config->os.workload_groups = 3;
    config->os.group[0].tasks = 8;
    for (uint32_t g = 1; g < 3; g++) {
        config->os.group[g].kind = g == 1 ? HB_KIND_CONTEND : HB_KIND_SHARE;
        config->os.group[g].tasks = 4;
        config->os.group[g].work = 20;
        config->os.group[g].locks = 1 + g;
        config->os.group[g].arrival_cycles = ARRIVAL;
    }
    hb_config_settle_groups(config);
}

/* A timer is a tick late at most; the kernel then has tasks to put into queues. */
static void check_arrivals(const struct hb_os_view *view, uint64_t latest) {
    for (uint32_t task = 8; task < 16; task++) {
        uint64_t since_up = view->tasks[task].attempt_started_cycle - view->harts_up_cycle;
        ck_assert_uint_ge(since_up, ARRIVAL - 10);
        ck_assert_uint_le(since_up, ARRIVAL + latest);
    }
}

START_TEST(groups_run_at_once_and_each_begins_when_it_arrives) {
    struct hb_config config;
    configure_groups(&config);
    struct hb_machine *machine = create(&config);
    hb_machine_run(machine, UINT64_MAX);
    struct hb_run_result *result = hb_result_gather(machine);
    check_passed(result, 16);
    ck_assert_uint_eq(result->increments_counted, 80);
    check_arrivals(&machine->saved->os, 100000);
    hb_result_free(result);
    hb_machine_destroy(machine);
}
END_TEST

/* A hog and two that sleep in between: each burst is an activation, sleeps are kept, and checksums are right. */
START_TEST(interactive_tasks_work_and_sleep_in_turn) {
    struct hb_config config;
    configure(&config);
    config.harts = 2;
    config.os.workload_groups = 2;
    config.os.group[0].tasks = 1;
    config.os.group[1].kind = HB_KIND_INTERACTIVE;
    config.os.group[1].tasks = 2;
    config.os.group[1].work = 2;
    config.os.group[1].bursts = 10;
    config.os.group[1].sleep_cycles = 30000;
    hb_config_settle_groups(&config);
    struct hb_run_result *result = finish(create(&config));
    const struct hb_os_group *interactive = &result->os.group[1];
    check_passed(result, 3);
    ck_assert_uint_eq(interactive->response.n, 20);
    ck_assert_uint_lt(interactive->response.p95, 20000);
    ck_assert_uint_ge(interactive->turnaround.p50, 9 * 30000);
    ck_assert_uint_lt(interactive->turnaround.max, 9 * 30000 + 10 * 30000);
    hb_result_free(result);
}
END_TEST

/* They had been dealt to its queue: whoever recovers it wakes them. */
START_TEST(what_arrives_at_a_dead_hart_is_run_by_another) {
    struct hb_config config;
    configure_groups(&config);
    config.harts = 2;
    add_kill(&config, 1, 200000);
    struct hb_machine *machine = create(&config);
    hb_machine_run(machine, UINT64_MAX);
    struct hb_run_result *result = hb_result_gather(machine);
    check_passed(result, 16);
    check_arrivals(&machine->saved->os, 400000);
    hb_result_free(result);
    hb_machine_destroy(machine);
}
END_TEST

/* The hart before it is the only one that looks after its sleepers, and another one recovers it. */
START_TEST(who_sleeps_on_a_dead_hart_is_woken_although_others_agreed) {
    struct hb_config config;
    configure(&config);
    config.os.recovery_detect = HB_DETECT_AGREE;
    config.os.group[0].kind = HB_KIND_INTERACTIVE;
    config.os.workload_tasks = config.os.group[0].tasks = 1;
    config.os.group[0].work = 2;
    config.os.group[0].bursts = 2;
    config.os.group[0].sleep_cycles = 400000;
    add_kill(&config, 0, 200000);
    struct hb_run_result *result = finish(create(&config));
    check_passed(result, 1);
    ck_assert_uint_ne(result->fault[0].recovery.recovered_cycle, HB_OS_NONE);
    hb_result_free(result);
}
END_TEST

/* ---- Boot ------------------------------------------------------------------------------------------------------ */

/* With memory that nobody's cache holds yet, so that the bus is busy. */
static void configure_crowd(struct hb_config *config, uint32_t harts) {
    configure(config);
    config->harts = harts;
    config->os.group[0].sets = HB_SETS_FRESH;
    config->os.workload_tasks = config->os.group[0].tasks = harts < 11 ? TASKS : 3 * harts;
    config->os.group[0].work = 20;
}

START_TEST(every_number_of_harts_comes_up_and_keeps_J) {
    static const uint32_t harts[] = {1, 2, 3, 5, 8, 16, HB_HARTS_MAX};
    for (size_t i = 0; i < sizeof harts / sizeof *harts; i++) {
        struct hb_config config;
        configure_crowd(&config, harts[i]);
        struct hb_machine *machine = create(&config);
        hb_machine_run(machine, UINT64_MAX);
        ck_assert_uint_eq(machine->saved->os.harts_up, harts[i]);
        struct hb_run_result *result = finish(machine);
        check_passed(result, config.os.workload_tasks);
        ck_assert_uint_le(result->jitter_cycles, result->jitter_bound_cycles);
        ck_assert_uint_eq(result->os.tasks_restarted, 0);
        hb_result_free(result);
    }
}
END_TEST

/* What is said at the end takes long enough for a neighbour to become suspicious. */
START_TEST(a_slow_bus_makes_nobody_suspicious) {
    static const uint32_t harts[] = {8, 16};
    for (size_t i = 0; i < sizeof harts / sizeof *harts; i++) {
        struct hb_config config;
        configure_crowd(&config, harts[i]);
        config.bus.arbiter = HB_ARBITER_TDMA;
        run_and_check(&config);
    }
}
END_TEST

/* Where the kernel finds nothing again in its caches, one interrupt must not follow another. */
START_TEST(small_caches_are_slow_and_healthy) {
    static const uint32_t sizes[] = {1024, 2048, 4096};
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        struct hb_config config;
        configure_crowd(&config, 16);
        config.os.group[0].work = 1;
        for (uint32_t h = 0; h < config.harts; h++)
            config.hart[h].l1d.size_bytes = config.hart[h].l1i.size_bytes = sizes[i];
        run_and_check(&config);
    }
}
END_TEST

START_TEST(without_beats_there_is_no_J_and_nothing_fails_for_it) {
    struct hb_config config;
    configure(&config);
    config.os.heartbeat_period_cycles = 0;
    struct hb_run_result *result = finish(create(&config));
    check_passed(result, TASKS);
    ck_assert_uint_eq(result->jitter_cycles, HB_OS_NONE);
    ck_assert_uint_ne(result->os.max_irq_off_cycles, HB_OS_NONE);
    hb_result_free(result);
}
END_TEST

START_TEST(as_many_tasks_as_there_can_be_are_ready_before_cycle_300000) {
    struct hb_config config;
    configure(&config);
    config.os.workload_tasks = config.os.group[0].tasks = HB_TASKS_MAX;
    config.os.group[0].work = 1;
    struct hb_run_result *result = finish(create(&config));
    check_passed(result, HB_TASKS_MAX);
    ck_assert_uint_lt(result->os.harts_up_cycle, 300000);
    hb_result_free(result);
}
END_TEST

static struct hb_machine *run_with_boot_kill(uint32_t hart, uint64_t cycle) {
    struct hb_config config;
    configure(&config);
    add_kill(&config, hart, cycle);
    struct hb_machine *machine = create(&config);
    hb_machine_run(machine, UINT64_MAX);
    ck_assert_msg(machine->saved->outcome == HB_OUTCOME_PASSED, "hart %u killed at %" PRIu64, hart, cycle);
    ck_assert_uint_eq(machine->saved->os.tasks_done, TASKS);
    return machine;
}

START_TEST(a_hart_that_dies_while_it_boots_is_left_out) {
    for (uint64_t cycle = 20; cycle < 30000; cycle += 900) {
        uint32_t hart = 1 + (uint32_t)(cycle / 100 % 3);
        struct hb_machine *machine = run_with_boot_kill(hart, cycle);
        char line[80];
        snprintf(line, sizeof line, "smp: hart %u has not reported and is left out\n", hart);
        ck_assert_msg(console_has(machine, line), "hart %u killed at %" PRIu64, hart, cycle);
        ck_assert_uint_eq(machine->saved->os.harts_left_out, 1);
        ck_assert_uint_eq(machine->saved->os.harts[hart].left_out, 1);
        ck_assert_uint_lt(machine->saved->os.harts_up_cycle, 300000);
        ck_assert_uint_eq(machine->saved->devices.power.hart[hart].state, HB_POWER_IS_FENCED);
        hb_machine_destroy(machine);
    }
}
END_TEST

START_TEST(a_hart_that_dies_as_all_are_let_go_is_left_out_or_recovered) {
    for (uint64_t cycle = 30000; cycle < 50000; cycle += 130)
        hb_machine_destroy(run_with_boot_kill(1 + (uint32_t)(cycle / 10 % 3), cycle));
}
END_TEST

/* ---- Tasks ----------------------------------------------------------------------------------------------------- */

START_TEST(a_task_that_pokes_about_is_stopped_and_disturbs_nobody) {
    struct hb_config config;
    configure(&config);
    snprintf(config.image, sizeof config.image, "%s/images/protect.elf", HB_BINARY_DIR);
    struct hb_machine *machine = create(&config);
    hb_machine_run(machine, UINT64_MAX);
    ck_assert_uint_eq(machine->saved->outcome, HB_OUTCOME_FAILED);
    ck_assert(!machine->saved->panicked);
    ck_assert_uint_eq(machine->saved->os.tasks_lost, TASKS / 16 * 12);
    for (uint32_t task = 0; task < TASKS; task++) {
        uint8_t state = machine->saved->os.tasks[task].state;
        ck_assert_msg(state == (task % 16 < 4 ? HB_OS_TASK_DONE : HB_OS_TASK_LOST), "task %u is %s", task,
                      hb_os_task_state_name(state));
    }
    ck_assert(console_has(machine, "hello\n"));
    ck_assert(console_has(machine, "smp: task 4 is stopped: cause 5"));
    ck_assert(console_has(machine, "smp: 8 tasks done, 24 lost"));
    hb_machine_destroy(machine);
}
END_TEST

/* The word of a lock that a hart owns, found by looking in every cycle. */
static uint64_t wait_for_owner(struct hb_machine *machine, uint64_t lock) {
    uint64_t word = 0;
    for (uint64_t cycle = machine->saved->cycle; HB_LOCK_OWNER(word) == 0 && cycle < 1000000; cycle++) {
        hb_machine_run(machine, cycle);
        ck_assert(hb_bus_debug_read(&machine->bus, lock, &word, sizeof word));
    }
    ck_assert_uint_ne(HB_LOCK_OWNER(word), 0);
    return word;
}

/* The host gives the lock to another hart, as a bug might. */
START_TEST(a_lock_that_is_not_ones_own_cannot_be_released) {
    struct hb_config config;
    uint64_t lock;
    configure(&config);
    config.engine = HB_ENGINE_LOCKSTEP;
    struct hb_machine *machine = create(&config);
    ck_assert(hb_symbols_find(&machine->symbols, "hb_queues", &lock, NULL));
    hb_machine_run(machine, 50000);
    uint64_t word = wait_for_owner(machine, lock);
    uint64_t other = HB_LOCK_OWNER(word) == 1 ? word + 1 : word - 1;
    ck_assert(hb_bus_debug_write(&machine->bus, lock, &other, sizeof other));
    hb_machine_run(machine, UINT64_MAX);
    ck_assert_uint_eq(machine->saved->outcome, HB_OUTCOME_CRASH);
    ck_assert(console_has(machine, "a hart releases a lock that it does not own"));
    hb_machine_destroy(machine);
}
END_TEST

START_TEST(fifo_lets_a_task_run_to_its_end) {
    struct hb_config config;
    configure(&config);
    config.os.scheduler = HB_SCHED_FIFO;
    config.os.quantum_cycles = 1000;
    struct hb_run_result *result = finish(create(&config));
    check_passed(result, TASKS);
    ck_assert_uint_lt(result->os.context_switches, TASKS);
    hb_result_free(result);
    config.os.scheduler = HB_SCHED_ROUND_ROBIN;
    result = finish(create(&config));
    check_passed(result, TASKS);
    ck_assert_uint_gt(result->os.context_switches, 5 * TASKS);
    hb_result_free(result);
}
END_TEST

/* Nobody steals them, idle as they are; when their hart dies, the next one that lives serves its queue. */
START_TEST(pinned_tasks_run_on_their_hart_alone_and_then_on_the_next) {
    for (uint32_t dies = 0; dies < 2; dies++) {
        struct hb_config config;
        configure(&config);
        config.os.group[0].placement = VICTIM;
        config.os.balance = (uint64_t)_i;
        if (dies)
            add_kill(&config, VICTIM, 400000);
        struct hb_machine *machine = create(&config);
        hb_machine_run(machine, UINT64_MAX);
        ck_assert_int_eq(machine->saved->outcome, HB_OUTCOME_PASSED);
        ck_assert_uint_eq(machine->saved->os.tasks_done, TASKS);
        ck_assert_uint_eq(machine->saved->os.harts[0].dispatches + machine->saved->os.harts[1].dispatches, 0);
        ck_assert_uint_gt(machine->saved->os.harts[VICTIM].dispatches, 0);
        ck_assert_int_eq(machine->saved->os.harts[VICTIM + 1].dispatches > 0, dies == 1);
        hb_machine_destroy(machine);
    }
}
END_TEST

static void configure_share(struct hb_config *config, uint32_t protocol) {
    configure(config);
    config->os.group[0].kind = HB_KIND_SHARE;
    config->os.workload_tasks = config->os.group[0].tasks = 12;
    config->os.group[0].work = 20;
    config->os.group[0].locks = 2;
    config->bus.protocol = (uint8_t)protocol;
    for (uint32_t hart = 0; hart < config->harts; hart++)
        config->hart[hart].l1d.write_through = hb_protocol_find((enum hb_protocol_id)protocol)->write_through;
}

/* Sequentially consistent, TSO, weak; on both buses. The tasks' stores reach the next owner of the mutex in time only
 * because the kernel's locks order them. */
START_TEST(a_task_that_never_ends_is_a_hang_although_it_uses_its_slices) {
    struct hb_config config;
    configure(&config);
    config.harts = 2;
    config.os.workload_tasks = config.os.group[0].tasks = 3;
    config.os.group[0].work = 100000000;
    config.stop_cycles = 8000000;
    struct hb_run_result *result = finish(create(&config));
    ck_assert_uint_eq(result->outcome, HB_OUTCOME_HANG);
    ck_assert_uint_lt(result->cycles, 4000000);
    ck_assert_ptr_nonnull(strstr(result->reason, "no task was completed"));
    hb_result_free(result);
}
END_TEST

START_TEST(tasks_that_share_memory_count_right_where_caches_are_coherent) {
    struct hb_config config;
    configure_share(&config, (uint32_t)_i);
    for (uint32_t model = 0; model < 3; model++) {
        config.bus.split = (_i + model) % 2 != 0;
        config.bus.store_depth = model == 0 ? 0 : 8;
        config.bus.store_order = model == 2 ? HB_STORES_ANY : HB_STORES_FIFO;
        config.bus.store_drain_cycles = 30;
        struct hb_run_result *result = finish(create(&config));
        check_passed(result, 12);
        ck_assert_uint_eq(result->increments_counted, 240);
        hb_result_free(result);
    }
}
END_TEST

START_TEST(without_coherence_of_tasks_memory_increments_are_missing_and_nothing_hangs) {
    struct hb_config config;
    configure_share(&config, HB_PROTOCOL_NONE);
    struct hb_machine *machine = create(&config);
    hb_machine_run(machine, UINT64_MAX);
    ck_assert(console_has(machine, "smp: 12 tasks done, 0 lost"));
    ck_assert(console_has(machine, "smp: counters wrong: "));
    struct hb_run_result *result = finish(machine);
    ck_assert_uint_eq(result->outcome, HB_OUTCOME_FAILED);
    ck_assert_uint_eq(result->exit_code, 2);
    ck_assert_uint_eq(result->os.tasks_completed, 12);
    ck_assert_uint_eq(result->increments_expected, 240);
    ck_assert_uint_lt(result->increments_counted, 240);
    hb_result_free(result);
}
END_TEST

/* ---- Deaths and policies --------------------------------------------------------------------------------------- */

/* A hart dies as it begins to run its fifth task: it has that one in its hands, and others in its queue. */
static void add_kill_with_task(struct hb_config *config) {
    config->faults[config->n_faults++] = (struct hb_fault_config){
        .hart = VICTIM, .trigger = HB_TRIGGER_TRACEPOINT, .tracepoint = HB_TP_TASK_RUN, .count = 5};
}

static struct hb_run_result *run_with_kill(struct hb_config *config) {
    add_kill_with_task(config);
    struct hb_run_result *result = finish(create(config));
    ck_assert_uint_eq(result->os.tasks_wrong, 0);
    return result;
}

START_TEST(a_death_is_found_in_time_fenced_and_recovered) {
    struct hb_config config;
    configure(&config);
    hb_heartbeat_settle(&config);
    struct hb_run_result *result = run_with_kill(&config);
    check_passed(result, TASKS);
    const struct hb_os_recovery *recovery = &result->fault[0].recovery;
    uint64_t bound =
        config.os.heartbeat_timeout_cycles + config.os.heartbeat_check_cycles + result->jitter_bound_cycles;
    ck_assert_uint_le(recovery->suspected_cycle, result->fault[0].cycle + bound);
    ck_assert_uint_gt(recovery->fenced_cycle, recovery->suspected_cycle);
    ck_assert_uint_gt(recovery->recovered_cycle, recovery->fenced_cycle);
    ck_assert_uint_ne(recovery->first_work_cycle, HB_OS_NONE);
    ck_assert_uint_eq(result->os.tasks_restarted, 1);
    hb_result_free(result);
}
END_TEST

static void check_unnoticed(struct hb_config *config) {
    struct hb_run_result *result = run_with_kill(config);
    ck_assert_uint_eq(result->outcome, HB_OUTCOME_HANG);
    ck_assert_uint_eq(result->fault[0].recovery.suspected_cycle, HB_OS_NONE);
    hb_result_free(result);
}

START_TEST(without_heartbeats_or_watching_nobody_notices) {
    struct hb_config config;
    configure(&config);
    config.os.recovery_detect = HB_DETECT_NONE;
    check_unnoticed(&config);
    configure(&config);
    config.os.heartbeat_period_cycles = 0;
    check_unnoticed(&config);
}
END_TEST

START_TEST(without_restarts_the_dead_harts_task_is_lost) {
    struct hb_config config;
    configure(&config);
    config.os.recovery_restart = HB_RESTART_NONE;
    struct hb_run_result *result = run_with_kill(&config);
    ck_assert_uint_eq(result->outcome, HB_OUTCOME_FAILED);
    ck_assert_uint_eq(result->os.tasks_lost, 1);
    ck_assert_uint_eq(result->os.tasks_completed, TASKS - 1);
    hb_result_free(result);
}
END_TEST

START_TEST(without_queue_recovery_what_waits_there_waits_for_ever) {
    struct hb_config config;
    configure(&config);
    config.os.recovery_queues = HB_QUEUES_NONE;
    struct hb_run_result *result = run_with_kill(&config);
    ck_assert_uint_eq(result->outcome, HB_OUTCOME_HANG);
    ck_assert_uint_gt(result->os.tasks_lost, 0);
    hb_result_free(result);
}
END_TEST

START_TEST(without_a_fence_recovery_goes_on_but_fences_nobody) {
    struct hb_config config;
    configure(&config);
    config.os.recovery_fence = 0;
    struct hb_run_result *result = run_with_kill(&config);
    check_passed(result, TASKS);
    ck_assert_uint_eq(result->fault[0].recovery.fenced_cycle, HB_OS_NONE);
    hb_result_free(result);
}
END_TEST

/* Kill a hart when it has just taken the lock of its own run queue. */
static struct hb_run_result *run_with_kill_in_lock(struct hb_config *config) {
    struct hb_fault_config *fault = &config->faults[config->n_faults++];
    *fault = (struct hb_fault_config){.hart = 0, .trigger = HB_TRIGGER_LOCK_HELD, .count = 5};
    snprintf(fault->symbol, sizeof fault->symbol, "hb_queues"); /* the lock of queue 0 is its first word */
    return finish(create(config));
}

START_TEST(a_lock_of_the_dead_is_freed_if_locks_are_stolen) {
    struct hb_config config;
    configure(&config);
    struct hb_run_result *result = run_with_kill_in_lock(&config);
    check_passed(result, TASKS);
    ck_assert(result->fault[0].activated);
    ck_assert_uint_ge(result->os.locks_recovered, 1);
    hb_result_free(result);
    configure(&config);
    config.os.recovery_locks = HB_LOCKS_NONE;
    result = run_with_kill_in_lock(&config);
    ck_assert_uint_eq(result->outcome, HB_OUTCOME_HANG);
    ck_assert_uint_eq(result->os.locks_recovered, 0);
    hb_result_free(result);
}
END_TEST

/* It dies holding the lock of a long queue, and another in the middle of filling that again. */
START_TEST(a_long_queue_is_filled_again_although_another_dies_meanwhile) {
    struct hb_config config;
    configure(&config);
    config.os.workload_tasks = config.os.group[0].tasks = 400;
    config.os.group[0].work = 1;
    config.n_faults = 2;
    config.faults[0] = (struct hb_fault_config){
        .hart = VICTIM, .trigger = HB_TRIGGER_TRACEPOINT, .tracepoint = HB_TP_QUEUE_LENGTH, .count = 8};
    config.faults[1] = (struct hb_fault_config){
        .hart = 1, .trigger = HB_TRIGGER_SYMBOL, .symbol = "hb_refill_next", .count = (uint64_t)_i};
    struct hb_run_result *result = finish(create(&config));
    check_passed(result, 400);
    ck_assert_uint_eq(result->fault[0].recovery.locks_recovered, 1);
    ck_assert_uint_eq(result->fault[1].recovery.locks_recovered, 1);
    hb_result_free(result);
}
END_TEST

/* One queue for all, and short slices: tasks that it has not got back yet come back by themselves. */
START_TEST(what_joins_a_queue_while_it_is_filled_again_is_in_it_once) {
    struct hb_config config;
    configure(&config);
    config.os.workload_tasks = config.os.group[0].tasks = 200;
    config.os.group[0].work = 10;
    config.os.balance = HB_BALANCE_GLOBAL;
    config.os.quantum_cycles = 2000;
    config.n_faults = 1;
    config.faults[0] = (struct hb_fault_config){
        .hart = VICTIM, .trigger = HB_TRIGGER_TRACEPOINT, .tracepoint = HB_TP_QUEUE_LENGTH, .count = 40};
    struct hb_run_result *result = finish(create(&config));
    check_passed(result, 200);
    ck_assert_uint_eq(result->fault[0].recovery.locks_recovered, 1);
    hb_result_free(result);
}
END_TEST

START_TEST(a_policy_that_is_switched_on_in_mid_run_counts) {
    struct hb_config config;
    configure(&config);
    config.os.recovery_detect = HB_DETECT_NONE;
    add_kill_with_task(&config);
    struct hb_machine *machine = create(&config);
    hb_machine_input(machine, &(struct hb_input){
                                  .cycle = 1000000,
                                  .kind = HB_INPUT_PARAMETER,
                                  .parameter = offsetof(struct hb_params, recovery_detect) / sizeof(uint64_t),
                                  .value = HB_DETECT_RING,
                              });
    struct hb_run_result *result = finish(machine);
    check_passed(result, TASKS);
    ck_assert_uint_gt(result->fault[0].recovery.suspected_cycle, 1000000);
    hb_result_free(result);
}
END_TEST

START_TEST(contending_tasks_lose_and_double_no_increment) {
    for (uint64_t cycle = 70000; cycle < 400000; cycle += 17000) {
        struct hb_config config;
        configure_contend(&config);
        add_kill(&config, (uint32_t)(cycle / 1000 % 4), cycle);
        run_and_check(&config);
    }
}
END_TEST

START_TEST(one_hart_of_four_is_enough) {
    struct hb_config config;
    configure_contend(&config);
    add_kill(&config, 3, 100000);
    add_kill(&config, 0, 125000);
    add_kill(&config, 1, 131000);
    run_and_check(&config);
}
END_TEST

int main(void) {
    Suite *suite = suite_create("smp");
    TCase *tests = tcase_create("smp");
    tcase_set_timeout(tests, 120);
    tcase_add_test(tests, every_number_of_harts_comes_up_and_keeps_J);
    tcase_add_test(tests, a_slow_bus_makes_nobody_suspicious);
    tcase_add_test(tests, small_caches_are_slow_and_healthy);
    tcase_add_test(tests, without_beats_there_is_no_J_and_nothing_fails_for_it);
    tcase_add_test(tests, as_many_tasks_as_there_can_be_are_ready_before_cycle_300000);
    tcase_add_test(tests, a_hart_that_dies_while_it_boots_is_left_out);
    tcase_add_test(tests, a_hart_that_dies_as_all_are_let_go_is_left_out_or_recovered);
    tcase_add_test(tests, a_task_that_pokes_about_is_stopped_and_disturbs_nobody);
    tcase_add_test(tests, a_lock_that_is_not_ones_own_cannot_be_released);
    tcase_add_test(tests, fifo_lets_a_task_run_to_its_end);
    tcase_add_loop_test(tests, pinned_tasks_run_on_their_hart_alone_and_then_on_the_next, 0, HB_BALANCE_GLOBAL);
    tcase_add_test(tests, a_task_that_never_ends_is_a_hang_although_it_uses_its_slices);
    tcase_add_loop_test(tests, tasks_that_share_memory_count_right_where_caches_are_coherent, 0, HB_PROTOCOL_NONE);
    tcase_add_test(tests, without_coherence_of_tasks_memory_increments_are_missing_and_nothing_hangs);
    tcase_add_test(tests, a_death_is_found_in_time_fenced_and_recovered);
    tcase_add_test(tests, without_heartbeats_or_watching_nobody_notices);
    tcase_add_test(tests, without_restarts_the_dead_harts_task_is_lost);
    tcase_add_test(tests, without_queue_recovery_what_waits_there_waits_for_ever);
    tcase_add_test(tests, without_a_fence_recovery_goes_on_but_fences_nobody);
    tcase_add_test(tests, a_lock_of_the_dead_is_freed_if_locks_are_stolen);
    tcase_add_loop_test(tests, a_long_queue_is_filled_again_although_another_dies_meanwhile, 7, 9);
    tcase_add_test(tests, what_joins_a_queue_while_it_is_filled_again_is_in_it_once);
    tcase_add_test(tests, groups_run_at_once_and_each_begins_when_it_arrives);
    tcase_add_test(tests, interactive_tasks_work_and_sleep_in_turn);
    tcase_add_test(tests, what_arrives_at_a_dead_hart_is_run_by_another);
    tcase_add_test(tests, who_sleeps_on_a_dead_hart_is_woken_although_others_agreed);
    tcase_add_test(tests, a_policy_that_is_switched_on_in_mid_run_counts);
    tcase_add_test(tests, contending_tasks_lose_and_double_no_increment);
    tcase_add_test(tests, one_hart_of_four_is_enough);
    suite_add_tcase(suite, tests);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_ENV);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
