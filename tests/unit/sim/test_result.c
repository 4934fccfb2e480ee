/* Results: every cycle and every access is accounted for, and result.json says what happened. */
#include <cjson/cJSON.h>

#include "osmodel/expected.h"
#include "sim/engine/run.h"
#include "sim/machine/snapshot.h"
#include "sim/result/gather.h"
#include "tests/unit/guest.h"

static char mix[HB_PATH_BYTES], nowhere[HB_PATH_BYTES], toy[HB_PATH_BYTES], toy_panics[HB_PATH_BYTES];
static char toy_bound[HB_PATH_BYTES], toy_late[HB_PATH_BYTES], toy_beats[HB_PATH_BYTES], toy_amp[HB_PATH_BYTES];
static char passes[HB_PATH_BYTES], fails[HB_PATH_BYTES], sleeps[HB_PATH_BYTES], spins[HB_PATH_BYTES];

/* ---- Helpers --------------------------------------------------------------------------------------------------- */

static uint64_t sum_of(const struct hb_hart_stats *hart) {
    return hart->busy_cycles + hb_stats_stalled(hart) + hart->idle_cycles;
}

static char *json_of(struct hb_machine *machine) {
    struct hb_run_result *result = hb_result_gather(machine);
    char *json = hb_result_json(result, NULL, 0);
    hb_result_free(result);
    return json;
}

/* Run an image to its end and give its result as a document. */
static cJSON *result_of(const char *image, uint32_t harts, const struct hb_fault_config *fault) {
    struct hb_config config;
    guest_config(&config, image, harts);
    if (fault) {
        config.faults[0] = *fault;
        config.n_faults = 1;
    }
    config.stop_cycles = 2000000;
    struct hb_machine *machine = guest_machine(&config);
    hb_machine_run(machine, UINT64_MAX);
    char *json = json_of(machine);
    cJSON *document = cJSON_Parse(json);
    ck_assert_ptr_nonnull(document);
    free(json);
    hb_machine_destroy(machine);
    return document;
}

static const cJSON *at(const cJSON *root, const char *key) {
    const cJSON *found = cJSON_GetObjectItemCaseSensitive(root, key);
    ck_assert_msg(found != NULL, "%s is missing", key);
    return found;
}

static const cJSON *place(const cJSON *list, int index) {
    const cJSON *found = cJSON_GetArrayItem(list, index);
    ck_assert_ptr_nonnull(found);
    return found;
}

static double number(const cJSON *root, const char *key) {
    ck_assert_msg(cJSON_IsNumber(at(root, key)), "%s is no number", key);
    return at(root, key)->valuedouble;
}

static void is_text(const cJSON *root, const char *key, const char *text) {
    ck_assert_msg(cJSON_IsString(at(root, key)), "%s is no string", key);
    ck_assert_str_eq(at(root, key)->valuestring, text);
}

static bool is_null(const cJSON *root, const char *key) {
    return cJSON_IsNull(at(root, key));
}

static bool has(const cJSON *root, const char *key) {
    return cJSON_GetObjectItemCaseSensitive(root, key) != NULL;
}

/* ---- Accounting ------------------------------------------------------------------------------------------------ */

static void check_accounts(const struct hb_machine *machine, bool slow_l1) {
    for (uint32_t h = 0; h < machine->bus.harts; h++) {
        const struct hb_hart *hart = &machine->hart[h];
        struct hb_hart_stats stats;
        hb_stats_hart(machine, h, &stats);
        uint64_t end = hart->run_state == HB_HART_DEAD ? hart->halted_at : machine->saved->cycle;
        ck_assert_msg(sum_of(&stats) == end, "hart %u: %llu of %llu cycles", h, (unsigned long long)sum_of(&stats),
                      (unsigned long long)end);
        for (uint32_t i = 0; i < HB_STALLS; i++)
            ck_assert_msg(stats.stalled_cycles[i] <= end, "hart %u: %s", h, hb_stall_key(i));
        ck_assert(slow_l1 || stats.stalled_cycles[HB_STALL_HIT] == 0);
        for (int l1i = 0; l1i < 2; l1i++) {
            struct hb_cache_stats cache;
            hb_stats_cache(machine, h, l1i, &cache);
            ck_assert_uint_eq(cache.hits + cache.misses, cache.accesses);
            ck_assert_uint_le(cache.misses, cache.accesses);
        }
    }
}

static void set_hits(struct hb_config *config, uint32_t l1i_cycles, uint32_t l1d_cycles) {
    for (uint32_t h = 0; h < config->harts; h++) {
        config->hart[h].l1i.hit_cycles = l1i_cycles;
        config->hart[h].l1d.hit_cycles = l1d_cycles;
    }
}

START_TEST(every_cycle_of_a_hart_is_accounted_for) {
    static const uint8_t protocols[] = {HB_PROTOCOL_MESI, HB_PROTOCOL_VI};
    struct hb_config config;
    guest_config(&config, mix, 4);
    config.bus.protocol = protocols[_i & 1];
    for (uint32_t h = 0; h < 4; h++)
        config.hart[h].l1d.write_through = _i & 1;
    bool slow = _i & 2;
    set_hits(&config, slow ? 2 : 1, slow ? 3 : 1);
    config.host_lookups = !(_i & 4);
    config.faults[0] =
        (struct hb_fault_config){.hart = 3, .trigger = HB_TRIGGER_CYCLE, .cycle = 20011, .terms.lost = true};
    config.n_faults = 1;
    struct hb_machine *machine = guest_machine(&config);
    for (uint64_t cycle = 1; cycle < 60000; cycle += cycle < 300 ? 1 : 37) {
        hb_machine_run(machine, cycle);
        check_accounts(machine, slow);
    }
    ck_assert_int_eq(machine->hart[3].run_state, HB_HART_DEAD);
    hb_machine_destroy(machine);
}
END_TEST

START_TEST(accounts_are_complete_at_every_kind_of_end) {
    const char *images[] = {mix, nowhere, toy, passes, sleeps};
    struct hb_config config;
    guest_config(&config, images[_i], 4);
    struct hb_machine *whole = guest_machine(&config), *steps = guest_machine(&config);
    hb_machine_run(whole, UINT64_MAX);
    check_accounts(whole, false);
    while (steps->saved->outcome == HB_OUTCOME_RUNNING)
        hb_machine_run(steps, steps->saved->cycle + 1);
    ck_assert_uint_eq(steps->saved->cycle, whole->saved->cycle);
    hb_machine_destroy(whole);
    hb_machine_destroy(steps);
}
END_TEST

START_TEST(the_bus_is_busy_while_a_transaction_is_under_way) {
    struct hb_config config;
    uint64_t busy = 0;
    guest_config(&config, mix, 3);
    struct hb_machine *machine = guest_machine(&config);
    for (uint64_t cycle = 1; cycle < 8000; cycle++) {
        struct hb_bus_stats bus;
        hb_machine_run(machine, cycle);
        busy += machine->saved->bus.transaction[0].active;
        hb_stats_bus(machine, &bus);
        ck_assert_uint_eq(bus.busy_cycles, busy);
    }
    ck_assert_uint_gt(busy, 1000);
    hb_machine_destroy(machine);
}
END_TEST

/* What retires, read from the instructions' bits: accesses to lines of 64 bytes, and what mix does around traps. */
struct counted {
    uint64_t retired, fetched, returns, mepc_writes;
};

static void count_retired(void *context, const struct hb_trace_record *record) {
    struct counted *counted = (struct counted *)context + record->hart;
    if (record->kind != HB_TRACE_RETIRE)
        return;
    bool crosses = (record->value & 3) == 3 && record->address % 64 == 62;
    counted->retired++;
    counted->fetched += 1 + crosses;
    counted->returns += record->value == 0x30200073;
    counted->mepc_writes += (record->value & 0xfff0707f) == 0x34101073;
}

START_TEST(instructions_and_fetches_are_those_that_were_executed) {
    struct hb_config config;
    struct counted counted[4] = {{0}};
    guest_config(&config, mix, 4);
    struct hb_machine *machine = guest_machine(&config);
    struct hb_watcher watcher = {.context = counted, .record = count_retired, .retired = true};
    hb_machine_watch_add(machine, &watcher);
    hb_machine_run(machine, UINT64_MAX);
    for (uint32_t h = 0; h < 4; h++) {
        struct hb_hart_stats hart;
        struct hb_cache_stats l1i;
        hb_stats_hart(machine, h, &hart);
        hb_stats_cache(machine, h, true, &l1i);
        ck_assert_uint_eq(hart.instructions, counted[h].retired);
        /* The handler writes mepc after an exception, a visit to U mode before it; a trapping
         * instruction is fetched. */
        uint64_t visits = counted[h].returns - hart.traps, exceptions = counted[h].mepc_writes - visits;
        ck_assert_uint_gt(exceptions, 10);
        ck_assert_uint_ge(l1i.accesses, counted[h].fetched + exceptions);
        ck_assert_uint_le(l1i.accesses, counted[h].fetched + 2 * exceptions + 2);
    }
    hb_machine_destroy(machine);
}
END_TEST

/* Every miss and every upgrade is one transaction; toy has no SC that could fail. */
START_TEST(misses_are_what_the_bus_has_seen) {
    struct hb_config config;
    guest_config(&config, toy, 2);
    struct hb_machine *machine = guest_machine(&config);
    hb_machine_run(machine, UINT64_MAX);
    uint64_t asked = 0, writebacks = 0;
    struct hb_bus_stats bus;
    for (uint32_t i = 0; i < 4; i++) {
        struct hb_cache_stats cache;
        hb_stats_cache(machine, i / 2, i % 2, &cache);
        asked += cache.misses + cache.upgrades;
        writebacks += cache.writebacks;
    }
    hb_stats_bus(machine, &bus);
    ck_assert_uint_gt(bus.transactions[HB_TXN_UPGRADE] + bus.transactions[HB_TXN_READ_X], 0);
    ck_assert_uint_eq(asked, bus.transactions[HB_TXN_READ] + bus.transactions[HB_TXN_READ_X] +
                                 bus.transactions[HB_TXN_UPGRADE]);
    ck_assert_uint_eq(writebacks, bus.transactions[HB_TXN_WRITE_BACK]);
    hb_machine_destroy(machine);
}
END_TEST

/* What a hart has fetched is not undone by its death, whatever it was in the middle of. */
START_TEST(a_death_takes_no_access_back) {
    struct hb_config config;
    guest_config(&config, mix, 4);
    config.host_lookups = _i;
    struct hb_machine *machine = guest_machine(&config);
    for (uint64_t cycle = 500; cycle < 3000; cycle += 13) {
        struct hb_cache_stats before, after;
        hb_machine_run(machine, cycle);
        hb_stats_cache(machine, 2, true, &before);
        struct hb_snapshot *snapshot = hb_snapshot_take(machine);
        hb_machine_input(machine, &(struct hb_input){.cycle = cycle, .kind = HB_INPUT_FAULT, .hart = 2});
        hb_machine_run(machine, cycle + 1);
        hb_stats_cache(machine, 2, true, &after);
        ck_assert_uint_eq(before.accesses, after.accesses);
        hb_snapshot_restore(machine, snapshot);
        hb_machine_forget_inputs(machine, 0);
        hb_snapshot_free(snapshot);
    }
    hb_machine_destroy(machine);
}
END_TEST

/* The slow way is the definition: what is counted must not depend on it. */
START_TEST(host_lookups_change_no_result) {
    char *json[2];
    for (int i = 0; i < 2; i++) {
        struct hb_config config;
        guest_config(&config, mix, 4);
        config.host_lookups = i;
        config.window_cycles = 10000;
        config.faults[0] = (struct hb_fault_config){.hart = 1, .trigger = HB_TRIGGER_CYCLE, .cycle = 30007};
        config.n_faults = 1;
        config.stop_cycles = _i ? 31234 : 20000;
        struct hb_machine *machine = guest_machine(&config);
        hb_machine_run(machine, UINT64_MAX);
        machine->engine_notes = 0; /* without lookups it was lockstep */
        json[i] = json_of(machine);
        hb_machine_destroy(machine);
    }
    ck_assert_str_eq(json[0], json[1]);
    free(json[0]);
    free(json[1]);
}
END_TEST

/* What looks at everything is run by lockstep, which the result says where the fast engine was asked for. */
START_TEST(what_lockstep_had_to_do_is_noted) {
    static const struct {
        uint8_t engine;
        bool misses, retired, accesses;
        const char *note;
    } cases[] = {
        {HB_ENGINE_FAST, false, false, false, NULL},
        {HB_ENGINE_FAST_INTERPRETED, true, false, false, "stats.misses and stats.lines look at every access"},
        {HB_ENGINE_FAST, false, true, false, "a log of commits or a fault's trigger looks at every instruction"},
        {HB_ENGINE_FAST, false, false, true, "a trace of accesses looks at every access"},
        {HB_ENGINE_LOCKSTEP, true, true, true, NULL},
    };
    struct hb_watcher watcher = {.retired = cases[_i].retired, .accesses = cases[_i].accesses};
    struct hb_config config;
    guest_config(&config, passes, 2);
    config.engine = cases[_i].engine;
    config.stats.misses = cases[_i].misses;
    struct hb_machine *machine = guest_machine(&config);
    hb_machine_watch_add(machine, &watcher);
    hb_machine_run(machine, UINT64_MAX);
    char *json = json_of(machine);
    cJSON *result = cJSON_Parse(json);
    ck_assert(has(result, "engine_notes") == (cases[_i].note != NULL));
    if (cases[_i].note) {
        ck_assert_int_eq(cJSON_GetArraySize(at(result, "engine_notes")), 1);
        ck_assert_str_eq(place(at(result, "engine_notes"), 0)->valuestring, cases[_i].note);
    }
    cJSON_Delete(result);
    free(json);
    hb_machine_destroy(machine);
}
END_TEST

START_TEST(two_runs_give_the_same_bytes) {
    char *json[2];
    for (int i = 0; i < 2; i++) {
        struct hb_config config;
        guest_config(&config, mix, 4);
        struct hb_machine *machine = guest_machine(&config);
        for (uint64_t cycle = 0; machine->saved->outcome == HB_OUTCOME_RUNNING;)
            hb_machine_run(machine, cycle += i ? 777 : 1000000); /* however it is cut into pieces */
        json[i] = json_of(machine);
        ck_assert_int_eq(machine->saved->outcome, HB_OUTCOME_PASSED);
        hb_machine_destroy(machine);
    }
    ck_assert_str_eq(json[0], json[1]);
    free(json[0]);
    free(json[1]);
}
END_TEST

/* ---- Keys ------------------------------------------------------------------------------------------------------ */

START_TEST(a_bare_image_has_no_os) {
    cJSON *result = result_of(passes, 2, NULL);
    is_text(result, "schema", "hartbeat-result/1");
    is_text(result, "engine", "fast");
    is_text(result, "outcome", "passed");
    ck_assert_double_eq(number(result, "exit_code"), 0);
    ck_assert(is_null(result, "reason"));
    ck_assert(is_null(result, "crash"));
    ck_assert(!has(result, "os"));
    ck_assert_int_eq(cJSON_GetArraySize(at(result, "harts")), 2);
    ck_assert_int_eq(cJSON_GetArraySize(at(result, "caches")), 4);
    ck_assert_int_eq(cJSON_GetArraySize(at(result, "faults")), 0);
    ck_assert_uint_eq(strlen(at(result, "state_hash")->valuestring), 16);
    is_text(place(at(result, "harts"), 1), "role", "hart");
    is_text(place(at(result, "harts"), 1), "state", "idle");
    is_text(place(at(result, "caches"), 0), "kind", "l1i");
    const cJSON *misses = at(place(at(result, "caches"), 0), "misses");
    ck_assert(has(misses, "total") && !has(misses, "cold"));
    const cJSON *bus = at(result, "bus");
    ck_assert(number(bus, "utilisation") > 0 && number(bus, "utilisation") < 1);
    ck_assert(number(at(bus, "transactions"), "BusRd") > 0);
    ck_assert_int_eq(cJSON_GetArraySize(at(at(bus, "wait_cycles"), "per_hart")), 2);
    cJSON_Delete(result);
}
END_TEST

START_TEST(coherence_is_null_only_if_somebody_looked) {
    struct hb_config config;
    guest_config(&config, passes, 1);
    for (int checked = 0; checked < 2; checked++) {
        config.check_coherence = checked;
        struct hb_machine *machine = guest_machine(&config);
        hb_machine_run(machine, UINT64_MAX);
        char *json = json_of(machine);
        ck_assert_int_eq(strstr(json, "\"coherence_violation\": null") != NULL, checked);
        free(json);
        hb_machine_destroy(machine);
    }
}
END_TEST

START_TEST(a_violation_is_told) {
    struct hb_config config;
    guest_config(&config, passes, 1);
    config.check_coherence = true;
    struct hb_machine *machine = guest_machine(&config);
    hb_machine_run(machine, UINT64_MAX);
    machine->checker.first =
        (struct hb_violation){.found = true, .cycle = 7, .address = 0x80000040, .what = "two owners"};
    char *json = json_of(machine);
    cJSON *result = cJSON_Parse(json);
    const cJSON *violation = at(result, "coherence_violation");
    ck_assert_double_eq(number(violation, "cycle"), 7);
    is_text(violation, "address", "0x80000040");
    is_text(violation, "what", "two owners");
    cJSON_Delete(result);
    free(json);
    hb_machine_destroy(machine);
}
END_TEST

START_TEST(outcomes_have_their_reasons) {
    cJSON *failed = result_of(fails, 1, NULL), *hung = result_of(sleeps, 2, NULL), *cut = result_of(spins, 1, NULL);
    is_text(failed, "outcome", "failed");
    ck_assert_double_eq(number(failed, "exit_code"), 5);
    is_text(failed, "reason", "the guest failed with code 5");
    is_text(failed, "guest_outcome", "failed");
    is_text(hung, "outcome", "hang");
    ck_assert(is_null(hung, "guest_outcome"));
    ck_assert(is_null(hung, "exit_code"));
    ck_assert_ptr_nonnull(strstr(at(hung, "reason")->valuestring, "no hart can ever run again"));
    is_text(cut, "outcome", "limit");
    ck_assert_double_eq(number(cut, "cycles"), 2000000);
    cJSON_Delete(failed);
    cJSON_Delete(hung);
    cJSON_Delete(cut);
}
END_TEST

START_TEST(a_crash_has_its_report) {
    cJSON *result = result_of(nowhere, 2, NULL);
    is_text(result, "outcome", "crash");
    const cJSON *crash = at(result, "crash"), *last = at(crash, "last");
    ck_assert_double_eq(number(crash, "hart"), 1);
    is_text(crash, "pc", "0x123456789abc");
    ck_assert(is_null(crash, "symbol"));
    ck_assert_ptr_nonnull(strstr(at(crash, "cause")->valuestring, "instruction access fault at 0x123456789abc"));
    int n = cJSON_GetArraySize(last);
    ck_assert_int_ge(n, 4);
    ck_assert_int_le(n, HB_CRASH_LAST);
    is_text(place(last, n - 2), "pc", "0x123456789abc");
    const cJSON *leap = place(last, n - 3);
    ck_assert_ptr_nonnull(strstr(at(leap, "symbol")->valuestring, "leap"));
    ck_assert_ptr_nonnull(strstr(at(leap, "instruction")->valuestring, "jalr"));
    bool in_main = false;
    for (int i = 0; i < n; i++)
        in_main |= cJSON_IsString(at(place(last, i), "symbol")) &&
                   strstr(at(place(last, i), "symbol")->valuestring, "main") != NULL;
    ck_assert(in_main);
    cJSON_Delete(result);
}
END_TEST

/* ---- The operating system -------------------------------------------------------------------------------------- */

static const struct hb_fault_config kill_hart_1 = {.hart = 1, .trigger = HB_TRIGGER_CYCLE, .cycle = 15000, .count = 1};

START_TEST(tasks_are_judged_by_the_hosts_sums) {
    cJSON *result = result_of(toy, 2, &kill_hart_1);
    const cJSON *os = at(result, "os");
    is_text(result, "outcome", "failed"); /* whatever the guest says */
    is_text(result, "guest_outcome", "passed");
    ck_assert_double_eq(number(result, "exit_code"), 0);
    ck_assert_ptr_nonnull(
        strstr(at(result, "reason")->valuestring, "of 4 tasks 1 brought home a wrong checksum and 1 were lost"));
    ck_assert_double_eq(number(os, "tasks_created"), 4);
    ck_assert_double_eq(number(os, "tasks_completed"), 2);
    ck_assert_double_eq(number(os, "tasks_wrong"), 1);
    ck_assert_double_eq(number(os, "tasks_lost"), 1);
    ck_assert_double_eq(number(os, "tasks_unfinished"), 0);
    ck_assert_double_eq(number(os, "tasks_restarted"), 1);
    ck_assert(number(os, "harts_up_cycle") < number(os, "last_completion_cycle"));
    is_text(place(at(result, "harts"), 0), "role", "equal");
    cJSON_Delete(result);
}
END_TEST

START_TEST(a_death_has_its_timeline) {
    cJSON *result = result_of(toy, 2, &kill_hart_1);
    const cJSON *fault = place(at(result, "faults"), 0), *dead = place(at(result, "harts"), 1);
    is_text(fault, "model", "fail_stop");
    ck_assert_double_eq(number(fault, "cycle"), 15000);
    ck_assert(cJSON_IsTrue(at(fault, "activated")));
    ck_assert(cJSON_IsFalse(at(fault, "false_alarm")));
    ck_assert(number(fault, "suspected_cycle") > 15000);
    ck_assert(number(fault, "fenced_cycle") > number(fault, "suspected_cycle"));
    ck_assert(number(fault, "recovered_cycle") > number(fault, "fenced_cycle"));
    ck_assert(number(fault, "first_work_cycle") > number(fault, "recovered_cycle"));
    ck_assert_double_eq(number(fault, "tasks_requeued"), 1);
    ck_assert_double_eq(number(fault, "locks_recovered"), 1);
    ck_assert_double_eq(number(fault, "lines_lost"), 0);
    ck_assert_double_eq(number(fault, "instructions_at_death"), number(dead, "instructions"));
    is_text(dead, "state", "dead");
    double stalled = 0;
    for (const cJSON *cause = at(dead, "cycles_stalled")->child; cause; cause = cause->next)
        stalled += cause->valuedouble;
    ck_assert_double_eq(number(dead, "cycles_busy") + stalled + number(dead, "cycles_idle"), 15000);
    cJSON_Delete(result);
}
END_TEST

START_TEST(lost_lines_are_listed_with_their_symbols) {
    struct hb_fault_config fault = kill_hart_1;
    fault.terms.lost = true;
    cJSON *result = result_of(toy, 2, &fault);
    const cJSON *entry = place(at(result, "faults"), 0), *lost = at(entry, "lost");
    ck_assert_int_eq(cJSON_GetArraySize(lost), (int)number(entry, "lines_lost"));
    ck_assert_double_ge(number(entry, "lines_lost"), 4);
    bool found = false;
    for (const cJSON *line = lost->child; line; line = line->next) {
        ck_assert_int_eq(strncmp(at(line, "address")->valuestring, "0x80", 4), 0);
        found |= cJSON_IsString(at(line, "symbol")) && strncmp(at(line, "symbol")->valuestring, "scratch", 7) == 0;
    }
    ck_assert(found);
    cJSON_Delete(result);
}
END_TEST

START_TEST(a_suspicion_of_a_living_hart_is_a_false_alarm) {
    struct hb_fault_config fault = kill_hart_1;
    fault.cycle = 1900000; /* the run is over before */
    cJSON *result = result_of(toy, 2, &fault);
    const cJSON *entry = place(at(result, "faults"), 0);
    ck_assert(is_null(entry, "cycle"));
    ck_assert(cJSON_IsFalse(at(entry, "activated")));
    ck_assert(cJSON_IsTrue(at(entry, "false_alarm")));
    ck_assert(is_null(entry, "suspected_cycle"));
    ck_assert(is_null(entry, "lines_lost"));
    is_text(place(at(result, "harts"), 1), "state", "fenced");
    is_text(result, "outcome", "failed");
    ck_assert_double_eq(number(at(result, "os"), "false_alarms"), 1);
    ck_assert_ptr_nonnull(strstr(at(result, "reason")->valuestring, "1 suspicion of a CPU that was alive"));
    cJSON_Delete(result);
}
END_TEST

START_TEST(a_panic_is_a_crash) {
    cJSON *result = result_of(toy_panics, 2, NULL);
    is_text(result, "outcome", "crash");
    ck_assert_double_eq(number(result, "exit_code"), 7);
    ck_assert_double_eq(number(at(result, "crash"), "hart"), 0);
    ck_assert_ptr_nonnull(strstr(at(at(result, "crash"), "cause")->valuestring, "panic 7"));
    ck_assert_double_eq(number(at(result, "os"), "tasks_lost"), 4); /* the guest has come to its end */
    cJSON_Delete(result);
}
END_TEST

START_TEST(a_run_that_exceeds_its_images_bound_fails) {
    cJSON *bound = result_of(toy_bound, 2, NULL), *late = result_of(toy_late, 2, NULL);
    const cJSON *os = at(bound, "os");
    ck_assert_ptr_null(strstr(at(bound, "reason")->valuestring, "J was"));
    ck_assert_double_gt(number(os, "harts_up_cycle"), 5000); /* boot is a longer gap, and does not count */
    ck_assert_double_eq(number(os, "jitter_bound_cycles"), 5000);
    ck_assert_double_gt(number(os, "jitter_cycles"), 0);
    ck_assert_double_le(number(os, "jitter_cycles"), 5000);
    is_text(late, "outcome", "failed");
    ck_assert_double_eq(number(late, "exit_code"), 0);
    ck_assert_double_gt(number(at(late, "os"), "jitter_cycles"), 5000);
    ck_assert_ptr_nonnull(strstr(at(late, "reason")->valuestring, "at most 5000 are allowed"));
    cJSON_Delete(bound);
    cJSON_Delete(late);
}
END_TEST

/* The same loop, with interrupts off all the time. */
START_TEST(beats_in_a_loop_shorten_j_and_not_the_stretch_with_interrupts_off) {
    cJSON *late = result_of(toy_late, 2, NULL), *beats = result_of(toy_beats, 2, NULL);
    double off = number(at(late, "os"), "max_irq_off_cycles");
    ck_assert_double_gt(off, 5000);
    ck_assert_double_ge(number(at(beats, "os"), "max_irq_off_cycles"), off);
    ck_assert_double_lt(number(at(beats, "os"), "jitter_cycles"), 5000);
    ck_assert_ptr_null(strstr(at(beats, "reason")->valuestring, "J was"));
    cJSON_Delete(late);
    cJSON_Delete(beats);
}
END_TEST

START_TEST(an_amp_image_has_a_master) {
    cJSON *result = result_of(toy_amp, 2, NULL);
    is_text(place(at(result, "harts"), 0), "role", "master");
    is_text(place(at(result, "harts"), 1), "role", "worker");
    cJSON_Delete(result);
}
END_TEST

/* ---- Images ---------------------------------------------------------------------------------------------------- */

static void make_toys(void) {
    struct hb_config config;
    char options[256], sums[160];
    guest_config(&config, "", 2);
    snprintf(sums, sizeof sums, "-DSUM_0=%lluull -DSUM_3=%lluull",
             (unsigned long long)hb_os_expected_checksum(&config.os, 0),
             (unsigned long long)hb_os_expected_checksum(&config.os, 3));
    guest_make("toy", sums, "toy", toy);
    snprintf(options, sizeof options, "%s -DPANIC", sums);
    guest_make("toy", options, "toy_panics", toy_panics);
    snprintf(options, sizeof options, "%s -DJITTER=5000", sums);
    guest_make("toy", options, "toy_bound", toy_bound);
    snprintf(options, sizeof options, "%s -DJITTER=5000 -DIRQ_OFF=2000", sums);
    guest_make("toy", options, "toy_late", toy_late);
    snprintf(options, sizeof options, "%s -DJITTER=5000 -DIRQ_OFF=2000 -DBEATS=9", sums);
    guest_make("toy", options, "toy_beats", toy_beats);
    snprintf(options, sizeof options, "%s -DAMP=1", sums);
    guest_make("toy", options, "toy_amp", toy_amp);
}

static void make_images(void) {
    guest_make("mix", "", "mix", mix);
    guest_make("nowhere", "", "nowhere", nowhere);
    guest_make("ends", "-DENDS=0x5555", "passes", passes);
    guest_make("ends", "-DENDS=0x53333", "fails", fails);
    guest_make("ends", "-DENDS=0", "sleeps", sleeps);
    guest_make("ends", "-DENDS=1", "spins", spins);
    make_toys();
}

static Suite *results(void) {
    Suite *suite = suite_create("result");
    TCase *tests = tcase_create("result");
    tcase_set_timeout(tests, 120);
    tcase_add_loop_test(tests, every_cycle_of_a_hart_is_accounted_for, 0, 8);
    tcase_add_loop_test(tests, accounts_are_complete_at_every_kind_of_end, 0, 5);
    tcase_add_test(tests, the_bus_is_busy_while_a_transaction_is_under_way);
    tcase_add_test(tests, instructions_and_fetches_are_those_that_were_executed);
    tcase_add_test(tests, misses_are_what_the_bus_has_seen);
    tcase_add_loop_test(tests, a_death_takes_no_access_back, 0, 2);
    tcase_add_loop_test(tests, host_lookups_change_no_result, 0, 2);
    tcase_add_loop_test(tests, what_lockstep_had_to_do_is_noted, 0, 5);
    tcase_add_test(tests, two_runs_give_the_same_bytes);
    tcase_add_test(tests, a_bare_image_has_no_os);
    tcase_add_test(tests, coherence_is_null_only_if_somebody_looked);
    tcase_add_test(tests, a_violation_is_told);
    tcase_add_test(tests, outcomes_have_their_reasons);
    tcase_add_test(tests, a_crash_has_its_report);
    tcase_add_test(tests, tasks_are_judged_by_the_hosts_sums);
    tcase_add_test(tests, a_death_has_its_timeline);
    tcase_add_test(tests, lost_lines_are_listed_with_their_symbols);
    tcase_add_test(tests, a_suspicion_of_a_living_hart_is_a_false_alarm);
    tcase_add_test(tests, a_panic_is_a_crash);
    tcase_add_test(tests, a_run_that_exceeds_its_images_bound_fails);
    tcase_add_test(tests, beats_in_a_loop_shorten_j_and_not_the_stretch_with_interrupts_off);
    tcase_add_test(tests, an_amp_image_has_a_master);
    suite_add_tcase(suite, tests);
    return suite;
}

int main(void) {
    guest_need_compiler();
    make_images();
    SRunner *runner = srunner_create(results());
    srunner_run_all(runner, CK_ENV);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    guest_clean_up();
    return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
