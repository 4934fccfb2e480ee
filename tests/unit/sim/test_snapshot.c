/* Snapshots, state hashes, and the order of harts within a cycle. */
#include "memory/hash.h"
#include "sim/engine/run.h"
#include "sim/machine/snapshot.h"
#include "sim/machine/state_hash.h"
#include "sim/result/gather.h"
#include "tests/unit/guest.h"

#define LONG_CYCLES 60000u

static char mix[HB_PATH_BYTES];
static struct hb_config config;

static char *result_of(struct hb_machine *machine) {
    struct hb_run_result *result = hb_result_gather(machine);
    char *json = hb_result_json(result, NULL, 0);
    hb_result_free(result);
    return json;
}

/* A machine with all that a snapshot must keep: faults that wait for their count, input to come, a slow L1. */
static void start(void) {
    guest_config(&config, mix, 4);
    config.hart[2].l1d.hit_cycles = 2;
    config.stop_cycles = LONG_CYCLES;
    config.check_coherence = true;
    config.faults[0] = (struct hb_fault_config){
        .hart = 1, .trigger = HB_TRIGGER_TRACEPOINT, .tracepoint = HB_TP_USER, .count = 12, .terms.lost = true};
    config.faults[1] = (struct hb_fault_config){.hart = 3, .trigger = HB_TRIGGER_CYCLE, .cycle = 50000};
    config.n_faults = 2;
}

static struct hb_machine *machine_with_input(void) {
    struct hb_machine *machine = guest_machine(&config);
    for (uint64_t cycle = 5000; cycle < LONG_CYCLES; cycle += 11111)
        hb_machine_input(machine, &(struct hb_input){.cycle = cycle, .kind = HB_INPUT_TEXT, .byte = 'x'});
    return machine;
}

/* The hash at the end, and the whole result, of a run that nobody disturbed. */
static uint64_t undisturbed(char **json) {
    struct hb_machine *machine = machine_with_input();
    hb_machine_run(machine, UINT64_MAX);
    *json = result_of(machine);
    uint64_t hash = hb_state_hash(machine);
    hb_machine_destroy(machine);
    return hash;
}

START_TEST(a_snapshot_of_any_cycle_continues_alike) {
    char *wanted, *json;
    uint64_t hash = undisturbed(&wanted);
    for (uint32_t i = 0; i < 25; i++) {
        struct hb_machine *machine = machine_with_input();
        hb_machine_run(machine, hb_choice(7, (uint64_t)_i, i) % LONG_CYCLES);
        uint64_t then = hb_state_hash(machine), cycle = machine->saved->cycle;
        struct hb_snapshot *snapshot = hb_snapshot_take(machine);
        hb_machine_run(machine, cycle + hb_choice(8, (uint64_t)_i, i) % LONG_CYCLES);
        hb_snapshot_restore(machine, snapshot);
        ck_assert_uint_eq(hb_snapshot_cycle(snapshot), cycle);
        ck_assert_uint_eq(machine->saved->cycle, cycle);
        ck_assert_uint_eq(hb_state_hash(machine), then);
        hb_machine_run(machine, UINT64_MAX);
        ck_assert_msg(hb_state_hash(machine) == hash, "from cycle %llu", (unsigned long long)cycle);
        json = result_of(machine);
        ck_assert_msg(strcmp(json, wanted) == 0, "the result differs, from cycle %llu", (unsigned long long)cycle);
        free(json);
        hb_snapshot_free(snapshot);
        hb_machine_destroy(machine);
    }
    free(wanted);
}
END_TEST

#define KEPT 12

START_TEST(snapshots_can_be_restored_in_any_order) {
    struct hb_snapshot *snapshot[KEPT];
    uint64_t hash[KEPT];
    struct hb_machine *machine = machine_with_input();
    for (uint32_t i = 0; i < KEPT; i++) {
        hb_machine_run(machine, 4111ull * i);
        snapshot[i] = hb_snapshot_take(machine);
        hash[i] = hb_state_hash(machine);
    }
    for (uint32_t round = 0; round < 60; round++) {
        uint32_t i = (uint32_t)(hb_choice(3, 0, round) % KEPT);
        hb_snapshot_restore(machine, snapshot[i]);
        ck_assert_uint_eq(hb_state_hash(machine), hash[i]);
        if (i + 1 == KEPT)
            continue;
        hb_machine_run(machine, hb_snapshot_cycle(snapshot[i + 1]));
        ck_assert_uint_eq(hb_state_hash(machine), hash[i + 1]);
    }
    for (uint32_t i = 0; i < KEPT; i++)
        hb_snapshot_free(snapshot[i]);
    hb_machine_destroy(machine);
}
END_TEST

START_TEST(another_future_can_be_tried_from_a_snapshot) {
    struct hb_machine *machine = machine_with_input();
    hb_machine_run(machine, 20000);
    struct hb_snapshot *snapshot = hb_snapshot_take(machine);
    hb_machine_run(machine, 40000);
    uint64_t hash = hb_state_hash(machine);
    hb_snapshot_restore(machine, snapshot);
    hb_machine_forget_inputs(machine, 20000);
    hb_machine_input(machine, &(struct hb_input){.cycle = 20000, .kind = HB_INPUT_FAULT, .hart = 0});
    hb_machine_run(machine, 40000);
    ck_assert_uint_ne(hb_state_hash(machine), hash);
    ck_assert_int_eq(machine->hart[0].run_state, HB_HART_DEAD);
    ck_assert_uint_eq(machine->saved->fault[2].cycle, 20000);
    hb_snapshot_free(snapshot);
    hb_machine_destroy(machine);
}
END_TEST

/* ---- Order of harts -------------------------------------------------------------------------------------------- */

static void shuffle(struct hb_machine *machine, uint64_t seed) {
    for (uint32_t i = machine->bus.harts - 1; i > 0; i--) {
        uint32_t j = (uint32_t)(hb_choice(seed, 1, i) % (i + 1));
        uint8_t kept = machine->order[i];
        machine->order[i] = machine->order[j];
        machine->order[j] = kept;
    }
}

START_TEST(the_order_of_harts_within_a_cycle_changes_nothing) {
    config.bus.protocol = _i % 2 ? HB_PROTOCOL_VI : HB_PROTOCOL_MESI;
    for (uint32_t h = 0; h < config.harts; h++)
        config.hart[h].l1d.write_through = _i % 2;
    struct hb_machine *plain = machine_with_input(), *mixed = machine_with_input();
    for (uint64_t cycle = 997; plain->saved->cycle < LONG_CYCLES; cycle += 997) {
        shuffle(mixed, cycle + (uint64_t)_i);
        hb_machine_run(plain, cycle);
        hb_machine_run(mixed, cycle);
        ck_assert_msg(hb_state_hash(plain) == hb_state_hash(mixed), "by cycle %llu", (unsigned long long)cycle);
        if (plain->saved->outcome != HB_OUTCOME_RUNNING)
            break;
    }
    char *left = result_of(plain), *right = result_of(mixed);
    ck_assert_msg(strcmp(left, right) == 0, "the results differ");
    free(left);
    free(right);
    hb_machine_destroy(plain);
    hb_machine_destroy(mixed);
}
END_TEST

/* ---- The hash sees everything ---------------------------------------------------------------------------------- */

START_TEST(the_hash_sees_every_kind_of_state) {
    struct hb_machine *machine = machine_with_input();
    hb_machine_run(machine, 30000);
    const uint64_t hash = hb_state_hash(machine);
    uint8_t byte = 0;
    struct hb_line *line = NULL;
    for (uint32_t i = 0; !line; i++)
        if (hb_cache_line(&machine->bus.l1d[0], i)->address != HB_NO_LINE)
            line = hb_cache_line(&machine->bus.l1d[0], i);
    uint64_t *const words[] = {&machine->hart[2].x[9],
                               &machine->hart[0].pc,
                               &machine->hart[1].mepc,
                               &machine->hart[3].pmp_address[1],
                               &machine->saved->devices.clint.mtimecmp[1],
                               &machine->saved->bus.port[2].reservation,
                               &machine->saved->devices.power.hart[3].argument,
                               (uint64_t *)(void *)hb_line_data(line)};
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) {
        *words[i] ^= 1ull << 17;
        ck_assert_msg(hb_state_hash(machine) != hash, "word %zu", i);
        *words[i] ^= 1ull << 17;
        ck_assert_uint_eq(hb_state_hash(machine), hash);
    }
    hb_ram_read(&machine->ram, 0x123456, &byte, 1);
    byte ^= 1;
    hb_ram_write(&machine->ram, 0x123456, &byte, 1);
    ck_assert_uint_ne(hb_state_hash(machine), hash);
    hb_machine_destroy(machine);
}
END_TEST

START_TEST(the_hash_does_not_see_what_is_counted) {
    struct hb_machine *machine = machine_with_input();
    hb_machine_run(machine, 30000);
    const uint64_t hash = hb_state_hash(machine);
    machine->hart[1].stalled_cycles[HB_STALL_LOAD]++;
    machine->hart[1].traps++;
    machine->saved->bus.port[0].stats.requests++;
    machine->saved->bus.busy_cycles++;
    machine->saved->os.context_switches++;
    ck_assert_uint_eq(hb_state_hash(machine), hash);
    hb_cores_drop_lookups(&machine->cores);
    ck_assert_uint_eq(hb_state_hash(machine), hash);
    hb_machine_destroy(machine);
}
END_TEST

static Suite *snapshots(void) {
    Suite *suite = suite_create("snapshot");
    TCase *tests = tcase_create("snapshot");
    tcase_set_timeout(tests, 120);
    tcase_add_checked_fixture(tests, start, NULL);
    tcase_add_loop_test(tests, a_snapshot_of_any_cycle_continues_alike, 0, 4);
    tcase_add_test(tests, snapshots_can_be_restored_in_any_order);
    tcase_add_test(tests, another_future_can_be_tried_from_a_snapshot);
    tcase_add_loop_test(tests, the_order_of_harts_within_a_cycle_changes_nothing, 0, 4);
    tcase_add_test(tests, the_hash_sees_every_kind_of_state);
    tcase_add_test(tests, the_hash_does_not_see_what_is_counted);
    suite_add_tcase(suite, tests);
    return suite;
}

int main(void) {
    guest_need_compiler();
    guest_make("mix", "", "mix", mix);
    SRunner *runner = srunner_create(snapshots());
    srunner_run_all(runner, CK_ENV);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    guest_clean_up();
    return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
