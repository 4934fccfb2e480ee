/* The bundled kernels under all that must not change a run: cut into pieces, snapshots, the order of harts, the slow
 * way, a recording. One short experiment each, killed in the middle. */
#include <stddef.h>

#include "memory/hash.h"
#include "sim/engine/run.h"
#include "sim/experiment/experiment.h"
#include "sim/machine/snapshot.h"
#include "sim/machine/state_hash.h"
#include "sim/result/gather.h"
#include "sim/state/recording.h"
#include "tests/unit/guest.h"

static const char *const files[] = {"smp4-kill.json", "smp4-kill-lost.json", "amp4-kill-worker.json", "contend4.json"};

enum { FILES = sizeof files / sizeof files[0] };

static const char *const settings[FILES][5] = {
    {"os.workload.tasks=40", "os.workload.work=15", "os.workload.sets=fresh", "faults.0.trigger.cycle=150000",
     "stats.window_cycles=100000"},
    {"os.workload.tasks=40", "os.workload.work=15", "os.workload.sets=fresh", "faults.0.trigger.cycle=160000",
     "stats.window_cycles=100000"},
    {"os.workload.tasks=40", "os.workload.work=15", "os.workload.sets=fresh", "faults.0.trigger.cycle=150000",
     "stats.window_cycles=100000"},
    {"os.workload.tasks=16", "os.workload.work=40", "os.workload.sets=mixed", "os.workload.locks=4",
     "stats.window_cycles=100000"},
};

static struct hb_experiment experiment;
static struct hb_config config;

static void load(int i) {
    char path[HB_PATH_BYTES];
    struct hb_error error;
    snprintf(path, sizeof path, "%s/configs/%s", HB_SOURCE_DIR, files[i]);
    ck_assert_msg(hb_experiment_load(path, settings[i], 5, &experiment, &error), "%s", error.text);
    config = experiment.variant[0].config;
    config.stop_cycles = 30000000;
}

static void forget(void) {
    hb_experiment_free(&experiment);
}

static char *result_of(struct hb_machine *machine) {
    struct hb_run_result *result = hb_result_gather(machine);
    result->engine_notes = 0; /* what is watched closely is run by lockstep */
    char *json = hb_result_json(result, NULL, 0);
    hb_result_free(result);
    hb_machine_destroy(machine);
    return json;
}

static char *plain_run(void) {
    struct hb_machine *machine = guest_machine(&config);
    hb_machine_run(machine, UINT64_MAX);
    ck_assert(config.n_faults == 0 || machine->saved->fault[0].activated);
    return result_of(machine);
}

static void same(char *left, char *right) {
    ck_assert_msg(strcmp(left, right) == 0, "the results differ");
    free(left);
    free(right);
}

START_TEST(cut_into_pieces) {
    load(_i);
    struct hb_machine *machine = guest_machine(&config);
    for (uint64_t n = 0; machine->saved->outcome == HB_OUTCOME_RUNNING; n++)
        hb_machine_run(machine, machine->saved->cycle + 1 + hb_choice(1, 1, n) % 20000);
    same(plain_run(), result_of(machine));
    forget();
}
END_TEST

START_TEST(restored_from_snapshots_on_the_way) {
    load(_i);
    struct hb_machine *machine = guest_machine(&config);
    for (uint64_t n = 0; machine->saved->outcome == HB_OUTCOME_RUNNING; n++) {
        struct hb_snapshot *snapshot = hb_snapshot_take(machine);
        uint64_t next = machine->saved->cycle + 1 + hb_choice(2, 2, n) % 100000;
        hb_machine_run(machine, next);
        uint64_t hash = hb_state_hash(machine);
        hb_machine_run(machine, next + hb_choice(3, 3, n) % 100000);
        hb_snapshot_restore(machine, snapshot);
        hb_machine_run(machine, next);
        ck_assert_msg(hb_state_hash(machine) == hash, "by cycle %llu", (unsigned long long)next);
        hb_snapshot_free(snapshot);
    }
    same(plain_run(), result_of(machine));
    forget();
}
END_TEST

START_TEST(harts_in_another_order) {
    load(_i);
    struct hb_machine *left = guest_machine(&config), *right = guest_machine(&config);
    for (uint32_t h = 0; h < config.harts; h++)
        right->order[h] = (uint8_t)(config.harts - 1 - h);
    for (uint64_t cycle = 0; left->saved->outcome == HB_OUTCOME_RUNNING;) {
        cycle += 50021;
        hb_machine_run(left, cycle);
        hb_machine_run(right, cycle);
        ck_assert_msg(hb_state_hash(left) == hb_state_hash(right), "by cycle %llu", (unsigned long long)cycle);
    }
    same(result_of(left), result_of(right));
    forget();
}
END_TEST

START_TEST(without_host_lookups) {
    load(_i);
    char *wanted = plain_run();
    config.host_lookups = false;
    same(wanted, plain_run());
    forget();
}
END_TEST

START_TEST(every_cycle_is_accounted_for) {
    load(_i);
    struct hb_machine *machine = guest_machine(&config);
    while (machine->saved->outcome == HB_OUTCOME_RUNNING) {
        hb_machine_run(machine, machine->saved->cycle + 7919);
        for (uint32_t h = 0; h < config.harts; h++) {
            struct hb_hart_stats hart;
            const struct hb_hart *raw = &machine->hart[h];
            hb_stats_hart(machine, h, &hart);
            ck_assert_uint_eq(hart.busy_cycles + hb_stats_stalled(&hart) + hart.idle_cycles,
                              raw->run_state == HB_HART_DEAD ? raw->halted_at : machine->saved->cycle);
        }
    }
    hb_machine_destroy(machine);
    forget();
}
END_TEST

/* A kill and a change of policy in mid-run, then the same from the recording. */
START_TEST(from_a_recording) {
    char path[HB_PATH_BYTES], *json[2];
    struct hb_error error;
    const uint32_t restart = offsetof(struct hb_params, recovery_restart) / sizeof(uint64_t);
    load(0);
    config.n_faults = 0;
    snprintf(path, sizeof path, "%s/kill.txt", guest_folder());
    for (int i = 0; i < 2; i++) {
        struct hb_machine *machine = guest_machine(&config);
        if (i == 0) {
            hb_machine_run(machine, 150000);
            hb_machine_input(machine, &(struct hb_input){.cycle = 150000, .kind = HB_INPUT_FAULT, .hart = 1});
            hb_machine_input(machine, &(struct hb_input){.cycle = 150000,
                                                         .kind = HB_INPUT_PARAMETER,
                                                         .parameter = restart,
                                                         .value = HB_RESTART_NONE});
        } else {
            ck_assert_msg(hb_recording_read(machine, path, &error), "%s", error.text);
        }
        hb_machine_run(machine, UINT64_MAX);
        if (i == 0)
            ck_assert_msg(hb_recording_write(machine, path, &error), "%s", error.text);
        json[i] = result_of(machine);
    }
    ck_assert_ptr_nonnull(strstr(json[0], "\"state\": \"dead\""));
    ck_assert_ptr_nonnull(strstr(json[0], "\"tasks_restarted\": 0")); /* the new policy was in force */
    same(json[0], json[1]);
    forget();
}
END_TEST

static Suite *runs(void) {
    Suite *suite = suite_create("kernel runs");
    TCase *tests = tcase_create("kernel runs");
    tcase_set_timeout(tests, 120);
    tcase_add_loop_test(tests, cut_into_pieces, 0, FILES);
    tcase_add_loop_test(tests, restored_from_snapshots_on_the_way, 0, FILES);
    tcase_add_loop_test(tests, harts_in_another_order, 0, FILES);
    tcase_add_loop_test(tests, without_host_lookups, 0, FILES);
    tcase_add_loop_test(tests, every_cycle_is_accounted_for, 0, FILES);
    tcase_add_test(tests, from_a_recording);
    suite_add_tcase(suite, tests);
    return suite;
}

int main(void) {
    if (access(HB_BINARY_DIR "/images/smp.elf", R_OK) != 0 || access(HB_BINARY_DIR "/images/amp.elf", R_OK) != 0) {
        puts("skipped: the images are not built (" HB_BINARY_DIR "/images)");
        return 77;
    }
    SRunner *runner = srunner_create(runs());
    (void)guest_folder();
    srunner_run_all(runner, CK_ENV);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    guest_clean_up();
    return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
