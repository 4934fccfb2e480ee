/* What a debugger does to a machine: harts that are held stay as they are, and all of it happens again in a replay. */
#include "memory/hash.h"
#include "sim/engine/run.h"
#include "sim/machine/debug.h"
#include "sim/machine/state_hash.h"
#include "sim/machine/stats.h"
#include "sim/result/gather.h"
#include "sim/state/recording.h"
#include "sim/state/snapshot_file.h"
#include "tests/unit/guest.h"

#define HARTS      4u
#define END_CYCLES 60000u
#define ACTIONS    40u

static char mix[HB_PATH_BYTES], file[HB_PATH_BYTES];
static struct hb_config config;

/* Two harts die meanwhile, held or not. */
static void set_up(void) {
    guest_config(&config, mix, HARTS);
    config.stop_cycles = END_CYCLES;
    config.check_coherence = true;
    config.faults[0] = (struct hb_fault_config){.hart = 3, .trigger = HB_TRIGGER_CYCLE, .cycle = 50000};
    config.faults[1] =
        (struct hb_fault_config){.hart = 1, .trigger = HB_TRIGGER_CYCLE, .cycle = 55000, .terms.lost = true};
    config.n_faults = 2;
}

/* Every cycle of a hart that lives is busy, stalled or idle. */
static void books_are_closed(const struct hb_machine *machine) {
    for (uint32_t h = 0; h < HARTS; h++) {
        struct hb_hart_stats stats;
        hb_stats_hart(machine, h, &stats);
        if (stats.run_state != HB_HART_DEAD)
            ck_assert_uint_eq(stats.busy_cycles + hb_stats_stalled(&stats) + stats.idle_cycles, machine->saved->cycle);
    }
}

static bool write_something(struct hb_machine *machine, uint64_t seed) {
    static const uint32_t numbers[] = {28, 31, HB_REGISTER_F + 7, HB_REGISTER_CSR + 0x340, HB_REGISTER_CSR + 0x344};
    uint64_t value = hb_hash_u64(seed, 4);
    uint32_t hart = (uint32_t)hb_choice(5, seed, 0) % HARTS;
    if (hb_choice(6, seed, 0) % 2)
        return hb_debug_write(machine, 0x80200000u + hb_choice(7, seed, 0) % 5000, &value, 1 + value % 8);
    return hb_debug_set_register(machine, hart, numbers[hb_choice(8, seed, 0) % 5], value);
}

/* Random holds and writes at random cycles. A machine that hangs because all that could go on are held is let go. */
static void play(struct hb_machine *machine, uint64_t seed) {
    for (uint32_t i = 0; i < ACTIONS; i++) {
        uint64_t one = hb_hash_u64(seed, i);
        hb_machine_run(machine, machine->saved->cycle + 1 + hb_choice(1, one, 0) % (2 * END_CYCLES / ACTIONS));
        books_are_closed(machine);
        if (machine->saved->outcome == HB_OUTCOME_LIMIT)
            return;
        if (hb_choice(2, one, 0) % 2)
            write_something(machine, one);
        else
            hb_debug_hold(machine, hb_choice(3, one, 0) % 15);
    }
}

static char *end_of(struct hb_machine *machine, uint64_t *hash) {
    hb_machine_run(machine, UINT64_MAX);
    *hash = hb_state_hash(machine);
    struct hb_run_result *result = hb_result_gather(machine);
    char *json = hb_result_json(result, NULL, 0);
    hb_result_free(result);
    hb_machine_destroy(machine);
    return json;
}

/* 30 runs with 40 actions each. */
START_TEST(a_recording_and_a_snapshot_go_on_alike) {
    struct hb_error error = {""};
    for (uint32_t i = 0; i < 10; i++) {
        uint64_t seed = hb_hash_u64((uint64_t)_i, i), hash[3];
        char *json[3];
        struct hb_machine *machine = guest_machine(&config), *replayed = guest_machine(&config);
        play(machine, seed);
        ck_assert_msg(hb_recording_write(machine, file, &error), "%s", error.text);
        ck_assert_msg(hb_recording_read(replayed, file, &error), "%s", error.text);
        json[0] = end_of(machine, &hash[0]);
        struct hb_machine *saved = guest_machine(&config), *loaded = guest_machine(&config);
        ck_assert_msg(hb_recording_read(saved, file, &error), "%s", error.text);
        hb_machine_run(saved, hb_choice(9, seed, 0) % END_CYCLES);
        if (saved->saved->outcome == HB_OUTCOME_RUNNING) {
            ck_assert_msg(hb_snapshot_write(saved, file, false, &error), "%s", error.text);
            ck_assert_msg(hb_snapshot_read(loaded, file, &error), "%s", error.text);
        } else {
            hb_machine_destroy(loaded);
            loaded = guest_machine(&config);
            ck_assert_msg(hb_recording_read(loaded, file, &error), "%s", error.text);
        }
        hb_machine_destroy(saved);
        json[1] = end_of(replayed, &hash[1]);
        json[2] = end_of(loaded, &hash[2]);
        for (uint32_t j = 1; j < 3; j++) {
            ck_assert_uint_eq(hash[j], hash[0]);
            ck_assert_str_eq(json[j], json[0]);
        }
        for (uint32_t j = 0; j < 3; j++)
            free(json[j]);
    }
}
END_TEST

START_TEST(held_harts_stay_as_they_are) {
    struct hb_machine *machine = guest_machine(&config);
    for (uint64_t i = 0; i < 200; i++) {
        uint64_t held = hb_choice(11, i, 0) % 15;
        struct hb_hart before[HARTS];
        hb_debug_hold(machine, held);
        ck_assert_uint_eq(hb_debug_held(machine), held);
        memcpy(before, machine->hart, sizeof before);
        hb_machine_run(machine, machine->saved->cycle + 1 + hb_choice(12, i, 0) % 300);
        ck_assert_uint_eq(machine->saved->held, held);
        for (uint32_t h = 0; h < HARTS; h++) {
            const struct hb_hart *hart = &machine->hart[h];
            if (!(held >> h & 1))
                continue;
            ck_assert_mem_eq(hart->x, before[h].x, sizeof hart->x);
            ck_assert(hart->pc == before[h].pc && hart->instructions == before[h].instructions &&
                      hart->traps == before[h].traps && hart->in_flight.active == before[h].in_flight.active);
        }
    }
    hb_machine_destroy(machine);
}
END_TEST

START_TEST(unfit_writes_are_refused) {
    static const uint32_t unfit[] = {HB_REGISTER_MODE + 1, HB_REGISTER_CSR + 0xf14, HB_REGISTER_CSR + 0xc00,
                                     HB_REGISTER_CSR + 0x7ff};
    struct hb_machine *machine = guest_machine(&config);
    uint64_t hash = hb_state_hash(machine);
    for (uint32_t i = 0; i < sizeof unfit / sizeof unfit[0]; i++)
        ck_assert(!hb_debug_set_register(machine, 1, unfit[i], 0));
    ck_assert(!hb_debug_set_register(machine, 1, 0, 1));
    ck_assert(!hb_debug_set_register(machine, 1, HB_REGISTER_MODE, 2));
    ck_assert(!hb_debug_write(machine, 0x80fffffe, "abcd", 4));
    ck_assert(!hb_debug_write(machine, 0x10000000, "a", 1));
    ck_assert_uint_eq(machine->log.inputs, 0);
    ck_assert_uint_eq(hb_state_hash(machine), hash);
    for (uint64_t n = 0; n < 5000; n++) {
        hb_machine_run(machine, machine->saved->cycle + 1);
        ck_assert(hb_debug_set_register(machine, 2, 30, n) == !machine->hart[2].in_flight.active);
    }
    hb_machine_destroy(machine);
}
END_TEST

START_TEST(the_mode_is_a_register) {
    struct hb_machine *machine = guest_machine(&config);
    hb_machine_run(machine, 100);
    hb_debug_hold(machine, 14);
    while (machine->hart[0].in_flight.active)
        hb_machine_run(machine, machine->saved->cycle + 1);
    ck_assert(hb_debug_set_register(machine, 0, HB_REGISTER_MODE, HB_PRIV_U));
    ck_assert_uint_eq(machine->hart[0].privilege, HB_PRIV_U);
    hb_machine_destroy(machine);
}
END_TEST

START_TEST(unfit_recordings_are_refused) {
    static const char *const unfit[] = {"10 hold 10",
                                        "10 hold",
                                        "10 hold x",
                                        "10 register 4 x1 0",
                                        "10 register 0 x0 1",
                                        "10 register 0 x32 0",
                                        "10 register 0 pc1 0",
                                        "10 register 0 csrf14 0",
                                        "10 register 0 y1 0",
                                        "10 register 0 csr10000 0",
                                        "10 register 0 f1",
                                        "10 memory 80000000 9 0",
                                        "10 memory 80000000 0 0",
                                        "10 memory 80000000 1"};
    struct hb_machine *machine = guest_machine(&config);
    for (uint32_t i = 0; i < sizeof unfit / sizeof unfit[0]; i++) {
        struct hb_error error = {""};
        FILE *out = fopen(file, "w");
        ck_assert_ptr_nonnull(out);
        fprintf(out, "hartbeat-inputs 1\n%s\n", unfit[i]);
        fclose(out);
        ck_assert_msg(!hb_recording_read(machine, file, &error), "%s", unfit[i]);
        ck_assert_ptr_nonnull(strstr(error.text, "line 2"));
    }
    hb_machine_destroy(machine);
}
END_TEST

int main(void) {
    guest_need_compiler();
    guest_folder();
    guest_make("mix", "", "mix", mix);
    snprintf(file, sizeof file, "%s/file", guest_folder());
    TCase *tests = tcase_create("debug");
    tcase_add_checked_fixture(tests, set_up, NULL);
    tcase_set_timeout(tests, 120);
    tcase_add_loop_test(tests, a_recording_and_a_snapshot_go_on_alike, 0, 3);
    tcase_add_test(tests, held_harts_stay_as_they_are);
    tcase_add_test(tests, unfit_writes_are_refused);
    tcase_add_test(tests, the_mode_is_a_register);
    tcase_add_test(tests, unfit_recordings_are_refused);
    Suite *suite = suite_create("debug");
    suite_add_tcase(suite, tests);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    guest_clean_up();
    return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
