/* Fail-stop: when it strikes, and what is left. */
#include "memory/hash.h"
#include "sim/engine/run.h"
#include "sim/machine/snapshot.h"
#include "sim/result/gather.h"
#include "tests/unit/guest.h"

static char mix[HB_PATH_BYTES], heir[HB_PATH_BYTES];
static struct hb_config config;

static void start(void) {
    guest_config(&config, mix, 4);
}

static struct hb_fault_config *add_fault(uint32_t hart, enum hb_trigger trigger) {
    struct hb_fault_config *fault = &config.faults[config.n_faults++];
    *fault = (struct hb_fault_config){.hart = hart, .trigger = (uint8_t)trigger, .count = 1};
    return fault;
}

/* ---- Triggers -------------------------------------------------------------------------------------------------- */

/* What a watcher has seen of one kind of event on one hart. */
struct sighting {
    uint8_t kind, hart;
    uint16_t id;
    uint64_t address, owner;
    uint64_t wanted; /* the how many-th is looked for */
    uint64_t seen, cycle;
    struct hb_watcher watcher;
    uint64_t last_retired_cycle;
};

static void watch(void *context, const struct hb_trace_record *record) {
    struct sighting *sighting = context;
    if (record->kind == HB_TRACE_RETIRE && record->hart == sighting->hart)
        sighting->last_retired_cycle = record->cycle;
    if (record->kind != sighting->kind)
        return;
    bool hit = sighting->kind == HB_TRACE_SC
                   ? record->address == sighting->address && (uint32_t)record->value == sighting->owner
                   : record->hart == sighting->hart &&
                         (sighting->kind == HB_TRACE_POINT ? record->id == sighting->id
                                                           : record->address == sighting->address);
    if (hit && ++sighting->seen == sighting->wanted)
        sighting->cycle = record->cycle;
}

static void look_on(struct hb_machine *machine, struct sighting *sighting, bool retired) {
    sighting->watcher = (struct hb_watcher){.context = sighting, .record = watch, .retired = retired};
    hb_machine_watch_add(machine, &sighting->watcher);
}

static struct hb_machine *run_watched(struct sighting *sighting) {
    struct hb_machine *machine = guest_machine(&config);
    look_on(machine, sighting, false);
    hb_machine_run(machine, 400000);
    ck_assert_msg(machine->saved->fault[0].done, "the trigger never came");
    ck_assert(machine->saved->fault[0].activated);
    ck_assert_int_eq(machine->hart[sighting->hart].run_state, HB_HART_DEAD);
    return machine;
}

START_TEST(a_cycle_is_the_cycle) {
    add_fault(2, HB_TRIGGER_CYCLE)->cycle = (uint64_t[]){0, 1, 2, 777, 30001}[_i];
    struct hb_machine *machine = guest_machine(&config);
    hb_machine_run(machine, config.faults[0].cycle);
    ck_assert_int_ne(machine->hart[2].run_state, HB_HART_DEAD);
    uint64_t instructions = machine->hart[2].instructions;
    hb_machine_run(machine, config.faults[0].cycle + 1);
    ck_assert_int_eq(machine->hart[2].run_state, HB_HART_DEAD);
    ck_assert_uint_eq(machine->saved->fault[0].cycle, config.faults[0].cycle);
    ck_assert_uint_eq(machine->saved->fault[0].instructions_at_death, instructions);
    hb_machine_destroy(machine);
}
END_TEST

START_TEST(a_tracepoint_is_counted_on_its_hart) {
    struct hb_fault_config *fault = add_fault(1, HB_TRIGGER_TRACEPOINT);
    fault->tracepoint = HB_TP_USER;
    fault->count = (uint64_t)_i;
    struct sighting sighting = {.kind = HB_TRACE_POINT, .hart = 1, .id = HB_TP_USER, .wanted = (uint64_t)_i};
    struct hb_machine *machine = run_watched(&sighting);
    ck_assert_uint_eq(sighting.seen, (uint64_t)_i);
    ck_assert_uint_eq(machine->saved->fault[0].cycle, sighting.cycle + 1);
    hb_machine_destroy(machine);
}
END_TEST

START_TEST(a_symbol_is_counted_on_its_hart) {
    struct hb_fault_config *fault = add_fault(3, HB_TRIGGER_SYMBOL);
    snprintf(fault->symbol, sizeof fault->symbol, "take_lock");
    fault->count = (uint64_t)_i;
    struct sighting sighting = {.kind = HB_TRACE_RETIRE, .hart = 3, .wanted = (uint64_t)_i};
    struct hb_machine *probe = guest_machine(&config);
    ck_assert(hb_symbols_find(&probe->symbols, "take_lock", &sighting.address, NULL));
    hb_machine_destroy(probe);
    struct hb_machine *machine = run_watched(&sighting);
    ck_assert_uint_eq(sighting.seen, (uint64_t)_i);
    ck_assert_uint_eq(machine->saved->fault[0].cycle, sighting.cycle + 1);
    ck_assert_uint_eq(sighting.last_retired_cycle, sighting.cycle);
    hb_machine_destroy(machine);
}
END_TEST

/* A place can be written as a symbol, with an offset, and as an address: the same machine in all three ways. */
START_TEST(a_place_has_three_spellings) {
    static const char *const symbol[] = {"take_lock", "the_lock"};
    struct hb_fault_config *fault = add_fault(3, _i ? HB_TRIGGER_LOCK_HELD : HB_TRIGGER_SYMBOL);
    uint64_t address, cycle = 0;
    struct hb_machine *probe;
    snprintf(fault->symbol, sizeof fault->symbol, "%s", symbol[_i]);
    fault->count = 2;
    probe = guest_machine(&config);
    ck_assert(hb_symbols_find(&probe->symbols, symbol[_i], &address, NULL));
    hb_machine_destroy(probe);
    for (int spelling = 0; spelling < 3; spelling++) {
        if (spelling == 1) /* from the symbol before it */
            snprintf(fault->symbol, sizeof fault->symbol, "%s+0x%llx", "_start",
                     (unsigned long long)(address - HB_RAM_BASE));
        if (spelling == 2)
            snprintf(fault->symbol, sizeof fault->symbol, "0x%llx", (unsigned long long)address);
        struct hb_machine *machine = guest_machine(&config);
        hb_machine_run(machine, UINT64_MAX);
        ck_assert(machine->saved->fault[0].activated);
        ck_assert(spelling == 0 || machine->saved->fault[0].cycle == cycle);
        cycle = machine->saved->fault[0].cycle;
        hb_machine_destroy(machine);
    }
}
END_TEST

START_TEST(a_symbol_that_is_not_there_is_refused) {
    struct hb_error error;
    snprintf(add_fault(3, _i ? HB_TRIGGER_LOCK_HELD : HB_TRIGGER_SYMBOL)->symbol, HB_NAME_BYTES, "no_such_lock");
    ck_assert_ptr_null(hb_machine_create(&config, &error));
    ck_assert_ptr_nonnull(strstr(error.text, "no_such_lock"));
}
END_TEST

START_TEST(instructions_are_those_retired) {
    add_fault(0, HB_TRIGGER_INSTRUCTIONS)->instructions = (uint64_t[]){1, 100, 5000}[_i];
    struct sighting sighting = {.kind = HB_TRACE_RETIRE, .hart = 0};
    struct hb_machine *machine = run_watched(&sighting);
    ck_assert_uint_eq(machine->hart[0].instructions, config.faults[0].instructions);
    ck_assert_uint_eq(machine->saved->fault[0].instructions_at_death, config.faults[0].instructions);
    ck_assert_uint_eq(machine->saved->fault[0].cycle, sighting.last_retired_cycle + 1);
    hb_machine_destroy(machine);
}
END_TEST

START_TEST(a_lock_is_held_in_the_cycle_after_its_sc) {
    struct hb_fault_config *fault = add_fault(2, HB_TRIGGER_LOCK_HELD);
    snprintf(fault->symbol, sizeof fault->symbol, "the_lock");
    fault->count = (uint64_t)_i;
    fault->terms.lost = _i == 2;
    struct sighting sighting = {.kind = HB_TRACE_SC, .hart = 2, .owner = 3, .wanted = (uint64_t)_i};
    struct hb_machine *probe = guest_machine(&config);
    ck_assert(hb_symbols_find(&probe->symbols, "the_lock", &sighting.address, NULL));
    hb_machine_destroy(probe);
    struct hb_machine *machine = run_watched(&sighting);
    ck_assert_uint_eq(machine->saved->fault[0].cycle, sighting.cycle + 1);
    uint64_t word = 0;
    ck_assert(hb_bus_debug_read(&machine->bus, sighting.address, &word, sizeof word));
    if (!fault->terms.lost) /* the dead hart owns it for ever */
        ck_assert_uint_eq(HB_LOCK_OWNER(word), 3);
    hb_machine_destroy(machine);
}
END_TEST

/* ---- What a death leaves --------------------------------------------------------------------------------------- */

START_TEST(a_dead_hart_retires_nothing) {
    add_fault(1, HB_TRIGGER_CYCLE)->cycle = 20000 + 131 * (uint64_t)_i;
    config.faults[0].terms.lost = _i & 1;
    struct sighting sighting = {.kind = HB_TRACE_RETIRE, .hart = 1};
    struct hb_machine *machine = guest_machine(&config);
    look_on(machine, &sighting, true);
    hb_machine_run(machine, 100000);
    ck_assert_uint_lt(sighting.last_retired_cycle, config.faults[0].cycle);
    ck_assert_uint_eq(machine->hart[1].instructions, machine->saved->fault[0].instructions_at_death);
    for (uint32_t h = 0; h < 4; h++)
        ck_assert(h == 1 || machine->hart[h].run_state != HB_HART_DEAD);
    hb_machine_destroy(machine);
}
END_TEST

START_TEST(a_snoopable_cache_answers_and_a_lost_one_does_not) {
    guest_config(&config, heir, 2);
    struct hb_fault_config *fault = add_fault(1, HB_TRIGGER_CYCLE);
    fault->cycle = 10000;
    fault->terms.lost = _i;
    struct hb_machine *machine = guest_machine(&config);
    hb_machine_run(machine, UINT64_MAX);
    ck_assert_int_eq(machine->saved->outcome, HB_OUTCOME_FAILED);
    ck_assert_uint_eq(machine->saved->exit_code, _i ? 7 : 42); /* and the power controller still says "started" */
    uint64_t address, value = 0;
    ck_assert(hb_symbols_find(&machine->symbols, "legacy", &address, NULL));
    ck_assert(hb_bus_debug_read(&machine->bus, address, &value, sizeof value));
    ck_assert_uint_eq(value, _i ? 7 : 42);
    hb_machine_destroy(machine);
}
END_TEST

START_TEST(the_power_controller_is_no_oracle) {
    for (uint64_t cycle = 1000; cycle < 40000; cycle += 3333) {
        start();
        add_fault(3, HB_TRIGGER_CYCLE)->cycle = cycle;
        config.faults[0].terms.lost = cycle & 1;
        struct hb_machine *machine = guest_machine(&config);
        hb_machine_run(machine, cycle);
        uint64_t before[4][4], after[4][4];
        const uint32_t bytes[4] = {4, 4, 8, 8},
                       offset[4] = {HB_POWER_COMMAND, HB_POWER_STATE, HB_POWER_ENTRY, HB_POWER_ARGUMENT};
        for (int pass = 0; pass < 2; pass++) {
            for (uint32_t i = 0; i < 16; i++)
                ck_assert(hb_devices_read(&machine->saved->devices,
                                          HB_POWER_BASE + HB_POWER_STRIDE * (i / 4) + offset[i % 4], bytes[i % 4],
                                          cycle, pass ? &after[i / 4][i % 4] : &before[i / 4][i % 4]));
            uint32_t pending = machine->hart[0].mip_lines | machine->hart[1].mip_lines | machine->hart[2].mip_lines;
            hb_machine_run(machine, cycle + 1);
            if (pass == 0) /* and no interrupt is raised */
                ck_assert_uint_eq(
                    (machine->hart[0].mip_lines | machine->hart[1].mip_lines | machine->hart[2].mip_lines) & ~pending &
                        ~HB_MIP_MTIP,
                    0);
        }
        ck_assert_int_eq(memcmp(before, after, sizeof before), 0);
        ck_assert(machine->saved->fault[0].activated);
        hb_machine_destroy(machine);
    }
}
END_TEST

START_TEST(nobody_dies_twice) {
    add_fault(1, HB_TRIGGER_CYCLE)->cycle = 3000;
    add_fault(1, HB_TRIGGER_CYCLE)->cycle = 4000;
    add_fault(2, HB_TRIGGER_CYCLE)->cycle = 4000;
    config.faults[1].terms.lost = true;
    struct hb_machine *machine = guest_machine(&config);
    hb_machine_run(machine, 5000);
    const struct hb_fault_state *fault = machine->saved->fault;
    ck_assert(fault[0].activated && !fault[1].activated && fault[2].activated);
    ck_assert(fault[1].done && fault[1].lines_lost == 0);
    ck_assert(!machine->saved->bus.port[1].lost);
    hb_machine_destroy(machine);
}
END_TEST

/* ---- Lost lines ------------------------------------------------------------------------------------------------ */

/* The lines in state M of a hart's L1D, counted here from the arrays and the protocol's letters. */
static uint32_t modified_lines(const struct hb_machine *machine, uint32_t hart, uint64_t *addresses) {
    const struct hb_cache *cache = &machine->bus.l1d[hart];
    uint32_t n = 0;
    for (uint32_t i = 0; i < cache->sets * cache->ways; i++) {
        const struct hb_line *line = hb_cache_line(cache, i);
        if (line->address != HB_NO_LINE && machine->bus.protocol->state[line->state].letter == 'M')
            addresses[n++] = line->address;
    }
    return n;
}

/* How many of these lines are not as RAM has them. */
static uint32_t differing_lines(const struct hb_machine *machine, uint32_t hart, const uint64_t *addresses,
                                uint32_t n) {
    const struct hb_cache *cache = &machine->bus.l1d[hart];
    uint32_t differing = 0;
    for (uint32_t i = 0; i < n; i++) {
        const uint8_t *cached = hb_line_data(hb_cache_find(cache, addresses[i]));
        bool same = true;
        for (uint32_t k = 0; k < machine->bus.line_bytes; k++)
            same &= cached[k] == machine->ram.bytes[addresses[i] - HB_RAM_BASE + k];
        differing += !same;
    }
    return differing;
}

static void check_lost(struct hb_machine *machine, uint32_t hart, uint64_t *total) {
    uint64_t addresses[64];
    uint64_t cycle = machine->saved->cycle;
    uint32_t n = modified_lines(machine, hart, addresses);
    *total += n;
    const uint32_t differing = differing_lines(machine, hart, addresses, n);
    hb_machine_input(
        machine, &(struct hb_input){.cycle = cycle, .kind = HB_INPUT_FAULT, .hart = (uint8_t)hart, .terms.lost = true});
    hb_machine_run(machine, cycle + 500);
    const struct hb_fault_state *fault = &machine->saved->fault[0];
    ck_assert(fault->activated);
    ck_assert_uint_eq(fault->cycle, cycle);
    ck_assert_uint_eq(fault->lines_lost, n);
    struct hb_run_result *result = hb_result_gather(machine);
    ck_assert_uint_eq(result->fault[0].lost_listed, n);
    ck_assert_uint_eq(result->fault[0].lines_differing, differing);
    for (uint32_t i = 0; i < n; i++) {
        bool listed = false;
        for (uint32_t k = 0; k < n; k++)
            listed |= result->fault[0].lost[k].address == addresses[i];
        ck_assert_msg(listed, "line 0x%llx", (unsigned long long)addresses[i]);
    }
    hb_result_free(result);
}

START_TEST(lines_lost_are_those_in_m_at_the_start_of_the_cycle) {
    uint64_t total = 0;
    struct hb_machine *machine = guest_machine(&config);
    for (uint32_t i = 0; i < 100; i++) {
        uint64_t cycle = machine->saved->cycle + 1 + hb_choice(5, (uint64_t)_i, i) % 1500;
        hb_machine_run(machine, cycle);
        ck_assert_int_eq(machine->saved->outcome, HB_OUTCOME_RUNNING);
        struct hb_snapshot *snapshot = hb_snapshot_take(machine);
        check_lost(machine, (uint32_t)_i, &total);
        hb_snapshot_restore(machine, snapshot);
        hb_machine_forget_inputs(machine, 0);
        hb_snapshot_free(snapshot);
    }
    ck_assert_uint_gt(total, 100);
    hb_machine_destroy(machine);
}
END_TEST

START_TEST(write_through_loses_no_line) {
    config.bus.protocol = HB_PROTOCOL_VI;
    for (uint32_t h = 0; h < 4; h++)
        config.hart[h].l1d.write_through = 1;
    add_fault(2, HB_TRIGGER_CYCLE)->cycle = 25000;
    config.faults[0].terms.lost = true;
    struct hb_machine *machine = guest_machine(&config);
    hb_machine_run(machine, 26000);
    ck_assert(machine->saved->fault[0].activated);
    ck_assert_uint_eq(machine->saved->fault[0].lines_lost, 0);
    hb_machine_destroy(machine);
}
END_TEST

static Suite *faults(void) {
    Suite *suite = suite_create("faults");
    TCase *tests = tcase_create("faults");
    tcase_set_timeout(tests, 120);
    tcase_add_checked_fixture(tests, start, NULL);
    tcase_add_loop_test(tests, a_cycle_is_the_cycle, 0, 5);
    tcase_add_loop_test(tests, a_tracepoint_is_counted_on_its_hart, 1, 6);
    tcase_add_loop_test(tests, a_symbol_is_counted_on_its_hart, 1, 5);
    tcase_add_loop_test(tests, a_place_has_three_spellings, 0, 2);
    tcase_add_loop_test(tests, a_symbol_that_is_not_there_is_refused, 0, 2);
    tcase_add_loop_test(tests, instructions_are_those_retired, 0, 3);
    tcase_add_loop_test(tests, a_lock_is_held_in_the_cycle_after_its_sc, 1, 5);
    tcase_add_loop_test(tests, a_dead_hart_retires_nothing, 0, 20);
    tcase_add_loop_test(tests, a_snoopable_cache_answers_and_a_lost_one_does_not, 0, 2);
    tcase_add_test(tests, the_power_controller_is_no_oracle);
    tcase_add_test(tests, nobody_dies_twice);
    tcase_add_loop_test(tests, lines_lost_are_those_in_m_at_the_start_of_the_cycle, 0, 4);
    tcase_add_test(tests, write_through_loses_no_line);
    suite_add_tcase(suite, tests);
    return suite;
}

int main(void) {
    guest_need_compiler();
    guest_make("mix", "", "mix", mix);
    guest_make("heir", "", "heir", heir);
    SRunner *runner = srunner_create(faults());
    srunner_run_all(runner, CK_ENV);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    guest_clean_up();
    return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
