/* Measuring a machine: nothing but what is asked for changes; classes add up; regions and series are the differences of
 * what runs count that are cut there. */
#include <cjson/cJSON.h>

#include "osmodel/os_view.h"
#include "sim/engine/run.h"
#include "sim/machine/measure.h"
#include "sim/machine/snapshot.h"
#include "sim/machine/state_hash.h"
#include "sim/result/gather.h"
#include "tests/unit/guest.h"

static char mix[HB_PATH_BYTES], drain[HB_PATH_BYTES], sleeps[HB_PATH_BYTES];

static const struct hb_stats_config everything = {.misses = true, .locks = true, .lines = 10, .interval_cycles = 1000};

/* The program `mix`, which does a bit of everything, with the id of its tracepoints. */
static void mix_config(struct hb_config *config, enum hb_protocol_id protocol) {
    guest_config(config, mix, 4);
    config->bus.protocol = (uint8_t)protocol;
    config->bus.incoherent_all = 1;
    for (uint32_t h = 0; h < 4; h++)
        config->hart[h].l1d.write_through = protocol == HB_PROTOCOL_VI || protocol == HB_PROTOCOL_NONE;
}

/* With a store buffer under every second protocol, and an L2 under every third. */
static void mix_of(struct hb_config *config, int number) {
    mix_config(config, (enum hb_protocol_id)number);
    config->bus.store_depth = number % 2 ? 4 : 0;
    config->bus.store_order = HB_STORES_ANY;
    config->bus.l2_latency_cycles = 6;
    if (number % 3 == 0)
        config->l2 = (struct hb_cache_config){.size_bytes = 8192, .ways = 16, .line_bytes = 64};
}

static void smp_config(struct hb_config *config, uint32_t harts) {
    hb_config_defaults(config);
    snprintf(config->image, sizeof config->image, "%s/images/smp.elf", HB_BINARY_DIR);
    config->harts = harts;
    config->memory.size_bytes = 16u << 20;
}

static struct hb_run_result *result_at(const struct hb_config *config, uint64_t cycle) {
    struct hb_machine *machine = guest_machine(config);
    hb_machine_run(machine, cycle);
    struct hb_run_result *result = hb_result_gather(machine);
    hb_machine_destroy(machine);
    return result;
}

/* ---- Nothing else changes -------------------------------------------------------------------------------------- */

/* What is there only because it was asked for; `misses` becomes the total alone. */
static void drop_what_was_asked_for(cJSON *root) {
    static const char *const keys[] = {"lines", "locks", "series", "roi"};
    for (size_t i = 0; i < sizeof keys / sizeof keys[0]; i++)
        cJSON_DeleteItemFromObjectCaseSensitive(root, keys[i]);
    for (cJSON *item = cJSON_GetObjectItemCaseSensitive(root, "harts")->child; item; item = item->next)
        cJSON_DeleteItemFromObjectCaseSensitive(item, "reservations_lost");
    cJSON *bus = cJSON_GetObjectItemCaseSensitive(root, "bus");
    cJSON_DeleteItemFromObjectCaseSensitive(bus, "invalidations");
    cJSON_DeleteItemFromObjectCaseSensitive(bus, "updates");
    cJSON_DeleteItemFromObjectCaseSensitive(bus, "interventions");
    cJSON_DeleteItemFromObjectCaseSensitive(bus, "memory_updates");
    for (cJSON *item = cJSON_GetObjectItemCaseSensitive(root, "caches")->child; item; item = item->next) {
        cJSON *misses = cJSON_GetObjectItemCaseSensitive(item, "misses");
        for (uint32_t i = 0; i < HB_MISSES; i++)
            cJSON_DeleteItemFromObjectCaseSensitive(misses, hb_miss_key(i));
    }
}

static char *common_part(const struct hb_run_result *result) {
    char *json = hb_result_json(result, NULL, 0);
    cJSON *root = cJSON_Parse(json);
    ck_assert_ptr_nonnull(root);
    free(json);
    drop_what_was_asked_for(root);
    json = cJSON_Print(root);
    cJSON_Delete(root);
    return json;
}

static void have_the_same_results(struct hb_machine *left, struct hb_machine *right) {
    struct hb_run_result *a = hb_result_gather(left), *b = hb_result_gather(right);
    a->engine_notes = b->engine_notes = 0; /* what is measured closely is run by lockstep */
    char *text = common_part(a), *other = common_part(b);
    ck_assert_str_eq(text, other);
    ck_assert_ptr_null(strstr(text, "series")); /* it really was dropped, or was not there */
    free(text);
    free(other);
    hb_result_free(a);
    hb_result_free(b);
}

START_TEST(measuring_changes_nothing) {
    struct hb_config config;
    mix_of(&config, _i);
    config.faults[0] =
        (struct hb_fault_config){.hart = 3, .trigger = HB_TRIGGER_CYCLE, .cycle = 20011, .terms.lost = true};
    config.n_faults = _i % 2;
    config.stop_cycles = 300000; /* who waits for a dead hart waits for ever */
    struct hb_machine *plain = guest_machine(&config);
    config.stats = everything;
    struct hb_machine *measured = guest_machine(&config);
    for (uint64_t cycle = 777; plain->saved->outcome == HB_OUTCOME_RUNNING && cycle < 100000; cycle += 777) {
        hb_machine_run(plain, cycle);
        hb_machine_run(measured, cycle);
        ck_assert_uint_eq(hb_state_hash(plain), hb_state_hash(measured));
    }
    hb_machine_run(plain, UINT64_MAX);
    hb_machine_run(measured, UINT64_MAX);
    have_the_same_results(plain, measured);
    hb_machine_destroy(plain);
    hb_machine_destroy(measured);
}
END_TEST

/* All harts sleep for ever: the hang comes in its cycle, whatever interval would end later. And a machine in which only
 * a key can wake somebody returns to who may press one. */
START_TEST(measuring_moves_no_end) {
    struct hb_config config;
    guest_config(&config, sleeps, 2);
    struct hb_machine *plain = guest_machine(&config);
    config.stats = everything;
    struct hb_machine *measured = guest_machine(&config);
    plain->input_may_come = measured->input_may_come = _i;
    plain->saved->devices.uart.ier = measured->saved->devices.uart.ier = (uint8_t)_i;
    hb_machine_run(plain, UINT64_MAX);
    hb_machine_run(measured, UINT64_MAX);
    ck_assert_int_eq(plain->saved->outcome, _i ? HB_OUTCOME_RUNNING : HB_OUTCOME_HANG);
    ck_assert_int_eq(measured->waits_for_input, _i);
    ck_assert_uint_eq(plain->saved->cycle, measured->saved->cycle);
    have_the_same_results(plain, measured);
    hb_machine_destroy(plain);
    hb_machine_destroy(measured);
}
END_TEST

/* ---- Classes --------------------------------------------------------------------------------------------------- */

static uint64_t sum_of(const uint64_t classes[HB_MISSES]) {
    uint64_t sum = 0;
    for (uint32_t i = 0; i < HB_MISSES; i++)
        sum += classes[i];
    return sum;
}

static void classes_add_up(const struct hb_run_result *result) {
    ck_assert(result->measured && result->measured->has_misses);
    for (uint32_t h = 0; h < result->harts; h++) {
        ck_assert_uint_eq(sum_of(result->measured->misses[hb_agent_l1d(h)]), result->l1d[h].misses);
        ck_assert_uint_eq(sum_of(result->measured->misses[hb_agent_l1i(h)]), result->l1i[h].misses);
    }
}

/* At any cycle, also in the middle of misses, with and without a dead hart. */
START_TEST(classes_are_all_the_misses) {
    struct hb_config config;
    mix_of(&config, _i);
    config.stats = everything;
    config.faults[0] = (struct hb_fault_config){.hart = 2, .trigger = HB_TRIGGER_CYCLE, .cycle = 30011};
    config.n_faults = 1;
    struct hb_machine *machine = guest_machine(&config);
    for (uint64_t cycle = 1; cycle < 60000; cycle += 191) {
        hb_machine_run(machine, cycle);
        struct hb_run_result *result = hb_result_gather(machine);
        classes_add_up(result);
        hb_result_free(result);
    }
    hb_machine_destroy(machine);
}
END_TEST

/* Who asks for classes, or for lines, has every access looked at, whatever else was said. */
START_TEST(classes_are_the_same_with_and_without_lookups) {
    struct hb_config config;
    mix_config(&config, HB_PROTOCOL_MESI);
    config.stats = (struct hb_stats_config){.misses = _i == 0, .lines = _i ? 10 : 0};
    struct hb_run_result *fast = result_at(&config, UINT64_MAX);
    config.host_lookups = false;
    struct hb_run_result *slow = result_at(&config, UINT64_MAX);
    ck_assert_int_eq(memcmp(fast->measured->misses, slow->measured->misses, sizeof slow->measured->misses), 0);
    ck_assert_uint_gt(slow->measured->misses[0][HB_MISS_TRUE_SHARING], 0);
    hb_result_free(fast);
    hb_result_free(slow);
}
END_TEST

START_TEST(lines_account_for_the_bus) {
    struct hb_config config;
    uint64_t by_line[HB_TXNS] = {0}, invalidations = 0, updates = 0, interventions = 0, received[2] = {0};
    mix_config(&config, _i ? HB_PROTOCOL_DRAGON : HB_PROTOCOL_MESI);
    config.stats = (struct hb_stats_config){.lines = 1000};
    struct hb_run_result *result = result_at(&config, UINT64_MAX);
    const struct hb_measured *measured = result->measured;
    ck_assert_uint_lt(measured->lines, 1000); /* so these are all that there are */
    for (uint32_t i = 0; i < measured->lines; i++) {
        const struct hb_line_result *line = &measured->line[i];
        for (uint32_t kind = 0; kind < HB_TXNS; kind++)
            by_line[kind] += line->transactions[kind];
        invalidations += hb_lines_invalidations(line->taken);
        updates += line->updates;
        interventions += line->interventions;
        ck_assert(i == 0 || line->all_transactions <= line[-1].all_transactions);
        ck_assert_uint_gt(strlen(line->why), 10);
    }
    for (uint32_t kind = 0; kind < HB_TXNS; kind++)
        ck_assert_uint_eq(by_line[kind], kind == HB_TXN_DEVICE_READ || kind == HB_TXN_DEVICE_WRITE
                                             ? 0
                                             : result->bus.transactions[kind]);
    for (uint32_t h = 0; h < 4; h++) {
        received[0] += result->l1d[h].invalidations_received + result->l1i[h].invalidations_received;
        received[1] += result->l1d[h].updates_received;
    }
    ck_assert_uint_eq(invalidations, received[0]);
    ck_assert_uint_eq(updates, received[1]);
    ck_assert_uint_eq(measured->invalidations, invalidations);
    ck_assert_uint_eq(measured->updates, updates);
    ck_assert_uint_eq(measured->interventions, interventions);
    ck_assert_uint_gt(interventions, 100);
    /* Beside write-backs and what software cleans, MESI's memory takes modified lines that others read; Dragon's does
     * not. */
    const uint64_t *transactions = result->bus.transactions;
    uint64_t cleaned = transactions[HB_TXN_WRITE_BACK] + transactions[HB_TXN_CLEAN] + transactions[HB_TXN_FLUSH];
    if (_i)
        ck_assert_uint_le(measured->memory_updates, cleaned);
    else
        ck_assert_uint_gt(measured->memory_updates, transactions[HB_TXN_WRITE_BACK] + 100);
    ck_assert_uint_ge(measured->memory_updates, transactions[HB_TXN_WRITE_BACK]);
    ck_assert_uint_gt(_i ? updates : invalidations, 100);
    hb_result_free(result);
}
END_TEST

START_TEST(lines_have_names) {
    struct hb_config config;
    mix_config(&config, HB_PROTOCOL_MESI);
    config.stats = (struct hb_stats_config){.lines = 1000};
    struct hb_run_result *result = result_at(&config, UINT64_MAX);
    const struct hb_line_result *lock = NULL;
    for (uint32_t i = 0; i < result->measured->lines; i++)
        if (strncmp(result->measured->line[i].symbol, "the_lock", 8) == 0)
            lock = &result->measured->line[i];
    ck_assert_ptr_nonnull(lock);
    ck_assert_ptr_nonnull(strstr(lock->source, "mix.c:"));
    ck_assert_uint_eq(lock->harts, 4);
    ck_assert_uint_gt(lock->reservations_lost, 0);
    ck_assert(!lock->false_sharing);
    ck_assert_ptr_nonnull(strstr(lock->hart[1].source, "mix.c:"));
    ck_assert_ptr_nonnull(strstr(lock->hart[1].uses, "the_lock"));
    hb_result_free(result);
}
END_TEST

/* When a store comes out of its buffer the hart is somewhere else. */
START_TEST(stores_that_waited_come_from_where_they_were) {
    struct hb_config config;
    guest_config(&config, drain, 2);
    config.bus.store_depth = 4;
    config.bus.store_drain_cycles = 100;
    for (uint32_t h = 0; h < 2; h++)
        config.hart[h].l1i.size_bytes = 4096; /* the whole program */
    config.stats = (struct hb_stats_config){.lines = 1000};
    struct hb_run_result *result = result_at(&config, UINT64_MAX);
    const struct hb_line_result *line = result->measured->line; /* the hottest */
    ck_assert_int_eq(result->outcome, HB_OUTCOME_PASSED);
    ck_assert_str_eq(line->symbol, "common_words");
    ck_assert(line->false_sharing);
    ck_assert_uint_eq(line->harts, 2);
    for (uint32_t i = 0; i < 2; i++) {
        ck_assert_str_eq(line->hart[i].uses, i ? "common_words[1]" : "common_words[0]");
        ck_assert_msg(strncmp(line->hart[i].symbol, "put", 3) == 0, "%s", line->hart[i].symbol);
    }
    hb_result_free(result);
}
END_TEST

/* What the caches had before a reset they never had. Instructions show it: after it they are those of before. */
START_TEST(a_reset_machine_is_cold) {
    uint64_t before[HB_MISSES], after[HB_MISSES];
    struct hb_config config;
    mix_config(&config, HB_PROTOCOL_MESI);
    config.stats = everything;
    struct hb_machine *machine = guest_machine(&config);
    hb_machine_run(machine, 20000);
    hb_observer_misses(&machine->measure->observer, hb_agent_l1i(0), before);
    hb_machine_restart(machine, 20000);
    hb_machine_run(machine, 21500);
    hb_observer_misses(&machine->measure->observer, hb_agent_l1i(0), after);
    ck_assert_uint_ge(after[HB_MISS_COLD], before[HB_MISS_COLD] + 4);
    struct hb_run_result *result = hb_result_gather(machine);
    classes_add_up(result);
    hb_result_free(result);
    hb_machine_destroy(machine);
}
END_TEST

/* ---- Regions --------------------------------------------------------------------------------------------------- */

static void is_difference(uint64_t part, uint64_t to, uint64_t from, const char *what) {
    ck_assert_msg(part == to - from, "%s: %lu, should be %lu - %lu", what, (unsigned long)part, (unsigned long)to,
                  (unsigned long)from);
}

/* `part` counts from the end of `before` to the end of `upto`. */
static void is_between(const struct hb_run_result *part, const struct hb_run_result *before,
                       const struct hb_run_result *upto) {
    for (uint32_t h = 0; h < part->harts; h++) {
        const struct hb_hart_stats *a = &part->hart[h], *b = &before->hart[h], *c = &upto->hart[h];
        is_difference(a->instructions, c->instructions, b->instructions, "instructions");
        is_difference(a->user_instructions, c->user_instructions, b->user_instructions, "user instructions");
        is_difference(a->traps, c->traps, b->traps, "traps");
        is_difference(a->idle_cycles, c->idle_cycles, b->idle_cycles, "idle");
        for (uint32_t i = 0; i < HB_STALLS; i++)
            is_difference(a->stalled_cycles[i], c->stalled_cycles[i], b->stalled_cycles[i], hb_stall_key(i));
        is_difference(part->l1d[h].accesses, upto->l1d[h].accesses, before->l1d[h].accesses, "accesses");
        is_difference(part->l1d[h].misses, upto->l1d[h].misses, before->l1d[h].misses, "misses");
        is_difference(part->l1i[h].hits, upto->l1i[h].hits, before->l1i[h].hits, "fetches");
        is_difference(part->l1d[h].upgrades, upto->l1d[h].upgrades, before->l1d[h].upgrades, "upgrades");
        is_difference(part->l1d[h].writebacks, upto->l1d[h].writebacks, before->l1d[h].writebacks, "write-backs");
        is_difference(part->wait[h].cycles, upto->wait[h].cycles, before->wait[h].cycles, "wait");
        is_difference(part->wait[h].grants, upto->wait[h].grants, before->wait[h].grants, "grants");
        ck_assert_uint_eq(a->busy_cycles + hb_stats_stalled(a) + a->idle_cycles, part->counted_cycles);
        ck_assert_uint_le(part->wait[h].max_cycles, upto->wait[h].max_cycles);
    }
    is_difference(part->bus.busy_cycles, upto->bus.busy_cycles, before->bus.busy_cycles, "bus");
    for (uint32_t i = 0; i < HB_TXNS; i++)
        is_difference(part->bus.transactions[i], upto->bus.transactions[i], before->bus.transactions[i],
                      hb_txn_name(i));
    is_difference(part->counted_cycles, upto->cycles, before->cycles, "cycles");
    ck_assert_uint_eq(part->measured->from_cycle, before->cycles);
    ck_assert_uint_eq(part->measured->to_cycle, upto->cycles);
}

static const struct {
    uint64_t from, to;
} regions[] = {{0, 1}, {1, 2}, {0, 7001}, {9000, 9001}, {12345, 43210}, {20000, UINT64_MAX}, {0, 30000}};

START_TEST(a_region_between_cycles) {
    const uint64_t from = regions[_i].from, to = regions[_i].to;
    struct hb_config config;
    mix_config(&config, HB_PROTOCOL_MESI);
    struct hb_run_result *before = result_at(&config, from), *upto = result_at(&config, to);
    config.stats = everything;
    if (from)
        config.stats.from = (struct hb_mark_config){.kind = HB_MARK_CYCLE, .cycle = from};
    if (to != UINT64_MAX)
        config.stats.to = (struct hb_mark_config){.kind = HB_MARK_CYCLE, .cycle = to};
    struct hb_run_result *part = result_at(&config, UINT64_MAX);
    is_between(part, before, upto);
    classes_add_up(part);
    ck_assert_int_eq(part->measured->ended, to != UINT64_MAX);
    hb_result_free(before);
    hb_result_free(upto);
    hb_result_free(part);
}
END_TEST

/* The cycles in which tracepoint HB_TP_USER was passed. */
static uint64_t passed[256];
static uint32_t times_passed;

static void note(void *context, const struct hb_trace_record *record) {
    (void)context;
    if (record->kind == HB_TRACE_POINT && record->id == HB_TP_USER)
        passed[times_passed++] = record->cycle;
}

/* A tracepoint belongs to the cycle in which it is passed; the region begins and ends behind it. */
START_TEST(a_region_between_tracepoints) {
    struct hb_config config;
    mix_config(&config, HB_PROTOCOL_MESI);
    struct hb_machine *machine = guest_machine(&config);
    struct hb_watcher watcher = {.record = note};
    hb_machine_watch_add(machine, &watcher);
    times_passed = 0;
    hb_machine_run(machine, UINT64_MAX);
    hb_machine_destroy(machine);
    ck_assert_uint_gt(times_passed, 40);
    struct hb_run_result *before = result_at(&config, passed[9] + 1), *upto = result_at(&config, passed[34] + 1);
    config.stats = everything;
    config.stats.from = (struct hb_mark_config){.kind = HB_MARK_TRACEPOINT, .tracepoint = HB_TP_USER, .count = 10};
    config.stats.to = (struct hb_mark_config){.kind = HB_MARK_TRACEPOINT, .tracepoint = HB_TP_USER, .count = 25};
    struct hb_run_result *part = result_at(&config, UINT64_MAX);
    is_between(part, before, upto);
    classes_add_up(part);
    hb_result_free(before);
    hb_result_free(upto);
    hb_result_free(part);
}
END_TEST

START_TEST(a_region_that_never_begins) {
    struct hb_config config;
    mix_config(&config, HB_PROTOCOL_MESI);
    config.stats = everything;
    config.stats.from = (struct hb_mark_config){.kind = HB_MARK_TRACEPOINT, .tracepoint = 99, .count = 1};
    struct hb_run_result *result = result_at(&config, UINT64_MAX);
    char *json = hb_result_json(result, NULL, 0);
    cJSON *root = cJSON_Parse(json), *region = cJSON_GetObjectItemCaseSensitive(root, "roi");
    ck_assert(cJSON_IsNull(cJSON_GetObjectItemCaseSensitive(region, "from_cycle")));
    ck_assert(cJSON_IsNull(cJSON_GetObjectItemCaseSensitive(region, "to_cycle")));
    ck_assert_int_eq(cJSON_GetArraySize(cJSON_GetObjectItemCaseSensitive(root, "lines")), 0);
    ck_assert_int_eq(cJSON_GetArraySize(cJSON_GetObjectItemCaseSensitive(root, "series")), 0);
    cJSON_Delete(root);
    ck_assert_uint_eq(result->hart[1].instructions, 0);
    ck_assert_uint_eq(result->bus.transactions[HB_TXN_READ], 0);
    classes_add_up(result);
    free(json);
    hb_result_free(result);
}
END_TEST

/* What belongs to the run, and not to what happens in it, is not cut. */
START_TEST(the_system_is_judged_by_the_whole_run) {
    struct hb_config config;
    smp_config(&config, 2);
    config.os.workload_tasks = config.os.group[0].tasks = 4;
    struct hb_run_result *whole = result_at(&config, UINT64_MAX);
    config.stats.from = (struct hb_mark_config){.kind = HB_MARK_CYCLE, .cycle = whole->cycles - 1000};
    struct hb_run_result *part = result_at(&config, UINT64_MAX);
    ck_assert_int_eq(whole->outcome, HB_OUTCOME_PASSED);
    ck_assert_uint_eq(part->jitter_cycles, whole->jitter_cycles);
    ck_assert_uint_eq(part->os.tasks_completed, 4);
    ck_assert_uint_eq(part->state_hash, whole->state_hash);
    ck_assert_uint_lt(part->hart[0].instructions, 1000);
    hb_result_free(whole);
    hb_result_free(part);
}
END_TEST

/* ---- The series ------------------------------------------------------------------------------------------------ */

START_TEST(a_series_adds_up) {
    struct hb_config config;
    mix_config(&config, HB_PROTOCOL_MOESI);
    config.bus.split = _i;
    config.bus.outstanding = 4;
    config.stats.interval_cycles = 700;
    config.stats.from = (struct hb_mark_config){.kind = HB_MARK_CYCLE, .cycle = 500};
    config.stats.to = (struct hb_mark_config){.kind = HB_MARK_CYCLE, .cycle = 40000};
    struct hb_run_result *result = result_at(&config, 50000);
    const struct hb_measured *measured = result->measured;
    uint64_t instructions[4] = {0}, misses = 0, all_misses = 0, reads = 0, cycle = 500;
    ck_assert_uint_eq(measured->intervals, (40000 - 500 + 699) / 700);
    for (uint32_t i = 0; i < measured->intervals; i++) {
        const struct hb_interval *interval = &measured->interval[i];
        ck_assert_uint_eq(interval->from_cycle, cycle);
        cycle += i + 1 < measured->intervals ? 700 : 40000 - cycle;
        ck_assert_uint_eq(interval->to_cycle, cycle);
        misses += interval->misses;
        reads += interval->transactions[HB_TXN_READ];
        for (uint32_t h = 0; h < 4; h++)
            instructions[h] += measured->instructions[i * 4 + h];
    }
    for (uint32_t h = 0; h < 4; h++) {
        ck_assert_uint_eq(instructions[h], result->hart[h].instructions);
        all_misses += result->l1d[h].misses + result->l1i[h].misses;
    }
    ck_assert_uint_eq(misses, all_misses);
    ck_assert_uint_eq(reads, result->bus.transactions[HB_TXN_READ]);
    hb_result_free(result);
}
END_TEST

START_TEST(a_series_reaches_to_the_end) {
    struct hb_config config;
    mix_config(&config, HB_PROTOCOL_MESI);
    config.stats.interval_cycles = 4000;
    struct hb_run_result *result = result_at(&config, 10001);
    ck_assert_uint_eq(result->measured->intervals, 3);
    ck_assert_uint_eq(result->measured->interval[2].to_cycle, 10001);
    ck_assert(!result->measured->has_region);
    hb_result_free(result);
    result = result_at(&config, 8000); /* exactly at the end of an interval: no empty one follows */
    ck_assert_uint_eq(result->measured->intervals, 2);
    hb_result_free(result);
}
END_TEST

/* ---- Snapshots, locks, reports --------------------------------------------------------------------------------- */

/* A machine that is put back is measured from there on, and says so. */
START_TEST(a_snapshot_is_a_beginning) {
    struct hb_config config;
    mix_config(&config, HB_PROTOCOL_MESI);
    struct hb_run_result *before = result_at(&config, 20000), *upto = result_at(&config, 50000);
    config.stats = everything;
    struct hb_machine *machine = guest_machine(&config);
    hb_machine_run(machine, 20000);
    struct hb_snapshot *snapshot = hb_snapshot_take(machine);
    hb_machine_run(machine, 30000);
    hb_snapshot_restore(machine, snapshot);
    hb_machine_run(machine, 50000);
    struct hb_run_result *part = hb_result_gather(machine);
    ck_assert(part->measured->has_region);
    is_between(part, before, upto);
    classes_add_up(part);
    hb_snapshot_free(snapshot);
    hb_machine_destroy(machine);
    hb_result_free(before);
    hb_result_free(upto);
    hb_result_free(part);
}
END_TEST

START_TEST(locks_of_the_kernel) {
    struct hb_config config;
    smp_config(&config, 4);
    config.os.group[0].kind = HB_KIND_CONTEND;
    config.os.workload_tasks = config.os.group[0].tasks = 12;
    config.os.group[0].locks = 1;
    config.stats.locks = true;
    struct hb_run_result *result = result_at(&config, UINT64_MAX);
    ck_assert_int_eq(result->outcome, HB_OUTCOME_PASSED);
    const struct hb_measured *measured = result->measured;
    ck_assert(!measured->has_misses && !measured->has_lines && measured->has_locks);
    ck_assert_uint_gt(measured->locks, 1);
    ck_assert_str_eq(measured->lock[0].symbol, "hb_syncs"); /* all tasks want it */
    const struct hb_lock *lock = &measured->lock[0].counts;
    ck_assert_uint_gt(lock->acquisitions, 12 * config.os.group[0].work);
    ck_assert_uint_gt(lock->wait.n, 0);
    ck_assert_uint_le(lock->wait.n, lock->acquisitions);
    ck_assert_uint_eq(lock->held.n, lock->acquisitions);
    ck_assert_uint_le(lock->handover.n, lock->acquisitions);
    ck_assert_uint_gt(lock->handover.n, 0);
    ck_assert_uint_ge(lock->wait.max_cycles, lock->handover.max_cycles);
    uint64_t lost = 0;
    for (uint32_t h = 0; h < 4; h++)
        lost += measured->reservations_lost[h];
    ck_assert_uint_gt(lost, 0);
    hb_result_free(result);
}
END_TEST

START_TEST(what_was_not_asked_for_is_absent) {
    static const char *const keys[] = {"\"roi\"",    "\"lines\"", "\"locks\"",
                                       "\"series\"", "\"cold\"",  "reservations_lost"};
    struct hb_config config;
    mix_config(&config, HB_PROTOCOL_MESI);
    config.stats.misses = _i == 1;
    config.stats.locks = _i == 2;
    struct hb_run_result *result = result_at(&config, 5000);
    char *json = hb_result_json(result, NULL, 0);
    for (size_t i = 0; i < sizeof keys / sizeof keys[0]; i++) {
        bool asked = (_i == 1 && i == 4) || (_i == 2 && (i == 2 || i == 5));
        ck_assert_msg((strstr(json, keys[i]) != NULL) == asked, "%s", keys[i]);
    }
    ck_assert_int_eq(result->measured != NULL, _i != 0);
    free(json);
    hb_result_free(result);
}
END_TEST

START_TEST(the_report_tells_it) {
    static const char *const words[] = {"counted from cycle 100 to ",
                                        ", the end of the run",
                                        "conflict",
                                        "true sharing",
                                        "3 L1D",
                                        "hottest lines:",
                                        "line    0x",
                                        "the_lock",
                                        "harts compete for it",
                                        "LR reservations lost, by CPU:"};
    struct hb_config config;
    char *text = NULL;
    size_t n = 0;
    mix_config(&config, HB_PROTOCOL_MESI);
    config.stats = everything;
    config.stats.lines = 1000;
    config.stats.from = (struct hb_mark_config){.kind = HB_MARK_CYCLE, .cycle = 100};
    struct hb_run_result *result = result_at(&config, UINT64_MAX);
    for (uint32_t i = 0; i < result->measured->lines; i++) /* the one with the lock comes first */
        if (strncmp(result->measured->line[i].symbol, "the_lock", 8) == 0) {
            struct hb_line_result line = result->measured->line[0];
            result->measured->line[0] = result->measured->line[i];
            result->measured->line[i] = line;
        }
    FILE *out = open_memstream(&text, &n);
    ck_assert_ptr_nonnull(out);
    hb_measured_print(out, NULL, 4); /* nothing */
    hb_measured_print(out, result->measured, 4);
    (void)fclose(out);
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
        ck_assert_msg(strstr(text, words[i]) != NULL, "%s: %s", words[i], text);
    free(text);
    hb_result_free(result);
}
END_TEST

int main(void) {
    guest_need_compiler();
    guest_make("mix", "", "mix", mix);
    guest_make("drain", "", "drain", drain);
    guest_make("ends", "-DENDS=0", "sleeps", sleeps);
    Suite *suite = suite_create("measure");
    TCase *tests = tcase_create("measure");
    tcase_set_timeout(tests, 120);
    tcase_add_loop_test(tests, measuring_changes_nothing, 0, HB_PROTOCOLS);
    tcase_add_loop_test(tests, measuring_moves_no_end, 0, 2);
    tcase_add_loop_test(tests, classes_are_all_the_misses, 0, HB_PROTOCOLS);
    tcase_add_loop_test(tests, classes_are_the_same_with_and_without_lookups, 0, 2);
    tcase_add_loop_test(tests, lines_account_for_the_bus, 0, 2);
    tcase_add_test(tests, lines_have_names);
    tcase_add_test(tests, stores_that_waited_come_from_where_they_were);
    tcase_add_test(tests, a_reset_machine_is_cold);
    tcase_add_loop_test(tests, a_region_between_cycles, 0, sizeof regions / sizeof regions[0]);
    tcase_add_test(tests, a_region_between_tracepoints);
    tcase_add_test(tests, a_region_that_never_begins);
    tcase_add_test(tests, the_system_is_judged_by_the_whole_run);
    tcase_add_loop_test(tests, a_series_adds_up, 0, 2);
    tcase_add_test(tests, a_series_reaches_to_the_end);
    tcase_add_test(tests, a_snapshot_is_a_beginning);
    tcase_add_test(tests, locks_of_the_kernel);
    tcase_add_loop_test(tests, what_was_not_asked_for_is_absent, 0, 3);
    tcase_add_test(tests, the_report_tells_it);
    suite_add_tcase(suite, tests);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    guest_clean_up();
    return failed != 0;
}
