/* The walls round a worker: whatever its kernel does, it reaches nothing of another's, and stops alone. */
#include <check.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim/engine/run.h"
#include "sim/machine/machine.h"
#include "sim/result/gather.h"
#include "tests/guest/amp/rogue/rogue.h"

#define TASKS 24u

struct story {
    uint64_t deed_cycle;    /* it was not stopped; 0: it was */
    uint64_t stopped_cycle; /* it has stopped itself; 0: it has not */
    uint32_t cause;
};

static void note(void *context, const struct hb_trace_record *record) {
    struct story *story = context;
    if (record->kind != HB_TRACE_POINT || record->hart != ROGUE_HART)
        return;
    if (record->id == ROGUE_TRACEPOINT)
        story->deed_cycle = record->cycle;
    if (record->id == HB_TP_HART_STOPPED) {
        story->stopped_cycle = record->cycle;
        story->cause = (uint32_t)(record->value >> 32);
    }
}

/* The caller frees what it gets. */
static struct hb_run_result *run_under(enum rogue_deed deed, bool locked, uint64_t failover, struct story *story) {
    struct hb_config config;
    struct hb_error error = {.text = ""};
    hb_config_defaults(&config);
    snprintf(config.image, sizeof config.image, "%s/images/amp_rogue.elf", HB_BINARY_DIR);
    config.harts = 4;
    config.os.workload_tasks = config.os.group[0].tasks = TASKS;
    config.os.group[0].work = 30;
    config.os.group[0].sets = HB_SETS_SMALL;
    config.os.group[0].locks = deed;
    config.os.amp_locked = locked;
    config.os.recovery_failover = failover;
    config.stop_cycles = 20000000;
    config.stop_quiet_cycles = 2000000;
    struct hb_machine *machine = hb_machine_create(&config, &error);
    ck_assert_msg(machine != NULL, "%s", error.text);
    memset(story, 0, sizeof *story);
    struct hb_watcher watcher = {.context = story, .record = note};
    hb_machine_watch_add(machine, &watcher);
    hb_machine_run(machine, UINT64_MAX);
    struct hb_run_result *result = hb_result_gather(machine);
    hb_machine_destroy(machine);
    return result;
}

static struct hb_run_result *run(enum rogue_deed deed, bool locked, struct story *story) {
    return run_under(deed, locked, HB_FAILOVER_NONE, story);
}

/* ---- Locked ---------------------------------------------------------------------------------------------------- */

static uint32_t cause_of(enum rogue_deed deed) {
    return deed == ROGUE_READS_RING || deed == ROGUE_FORGES ? 5 : 7; /* load or store access fault */
}

/* Its own interrupt, timer and memory; and the master's interrupt, or its own reset where it may become the master. */
static bool is_allowed(enum rogue_deed deed, uint64_t failover) {
    return deed == ROGUE_NOTHING || deed == (failover == HB_FAILOVER_NONE ? ROGUE_RINGS : ROGUE_RESETS);
}

static void check_all_is_right(const struct hb_run_result *result, enum rogue_deed deed, uint64_t failover) {
    ck_assert_msg(result->outcome == HB_OUTCOME_PASSED, "deed %d: %s: %s", deed, hb_outcome_name(result->outcome),
                  result->reason);
    ck_assert_uint_eq(result->os.tasks_completed, TASKS);
    ck_assert_uint_eq(result->os.tasks_wrong, 0);
    ck_assert_uint_eq(result->os.false_alarms, 0);
    for (uint32_t hart = 0; hart < result->harts; hart++) {
        bool fenced = result->hart[hart].run_state == HB_HART_FENCED;
        ck_assert_msg(fenced == (hart == ROGUE_HART && !is_allowed(deed, failover)), "deed %d: hart %" PRIu32, deed,
                      hart);
    }
}

static void check_rogue(enum rogue_deed deed, uint64_t failover) {
    struct story story;
    struct hb_run_result *result = run_under(deed, true, failover, &story);
    bool allowed = is_allowed(deed, failover);
    check_all_is_right(result, deed, failover);
    ck_assert_msg((story.stopped_cycle == 0) == allowed, "deed %d", deed);
    ck_assert_msg((story.deed_cycle != 0) == (allowed && deed != ROGUE_RESETS), "deed %d", deed);
    if (!allowed)
        ck_assert_msg(story.cause == cause_of(deed), "deed %d: cause %" PRIu32, deed, story.cause);
    ck_assert_uint_eq(result->failover.term, 0);
    hb_result_free(result);
}

START_TEST(test_a_rogue_is_stopped_alone) {
    for (int deed = ROGUE_NOTHING; deed < ROGUE_DEEDS; deed++)
        check_rogue((enum rogue_deed)deed, HB_FAILOVER_NONE);
}
END_TEST

/* Its way out leads back in, as long as the master is well. */
START_TEST(test_so_is_one_that_may_succeed) {
    for (int deed = ROGUE_NOTHING; deed < ROGUE_DEEDS; deed++)
        check_rogue((enum rogue_deed)deed, HB_FAILOVER_ELECTION);
}
END_TEST

/* ---- The controls: not locked ---------------------------------------------------------------------------------- */

/* Whatever comes of it: it is done. */
START_TEST(test_unlocked_every_deed_is_done) {
    struct story story;
    for (int deed = ROGUE_NOTHING; deed < ROGUE_DEEDS; deed++) {
        if (deed == ROGUE_FINISHES || deed == ROGUE_RESETS)
            continue; /* nothing comes after it */
        struct hb_run_result *result = run((enum rogue_deed)deed, false, &story);
        ck_assert_msg(story.deed_cycle != 0, "deed %d was not done", deed);
        hb_result_free(result);
    }
}
END_TEST

START_TEST(test_unlocked_a_forged_answer_counts) {
    struct story story;
    struct hb_run_result *result = run(ROGUE_FORGES, false, &story);
    ck_assert_uint_eq(story.stopped_cycle, 0);
    ck_assert_uint_ge(result->os.tasks_wrong, 1);
    hb_result_free(result);
}
END_TEST

START_TEST(test_unlocked_a_worker_ends_the_run) {
    struct story story;
    struct hb_run_result *result = run(ROGUE_FINISHES, false, &story);
    ck_assert_int_eq(result->guest_outcome, HB_GUEST_PASSED);
    ck_assert_uint_lt(result->os.tasks_completed, TASKS);
    hb_result_free(result);
}
END_TEST

START_TEST(test_unlocked_the_living_can_be_fenced) {
    struct story story;
    struct hb_run_result *result = run(ROGUE_FENCES, false, &story);
    ck_assert_int_eq(result->hart[ROGUE_VICTIM].run_state, HB_HART_FENCED);
    hb_result_free(result);
}
END_TEST

int main(void) {
    TCase *walls = tcase_create("walls");
    tcase_set_timeout(walls, 120);
    tcase_add_test(walls, test_a_rogue_is_stopped_alone);
    tcase_add_test(walls, test_so_is_one_that_may_succeed);
    tcase_add_test(walls, test_unlocked_every_deed_is_done);
    tcase_add_test(walls, test_unlocked_a_forged_answer_counts);
    tcase_add_test(walls, test_unlocked_a_worker_ends_the_run);
    tcase_add_test(walls, test_unlocked_the_living_can_be_fenced);
    Suite *suite = suite_create("walls");
    suite_add_tcase(suite, walls);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
