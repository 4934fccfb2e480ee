/* The table of keys: consistent in itself, complete, and the source of the committed schema and reference page.
 *
 *     HB_REGENERATE=1 unit_keys      writes both anew
 */
#include <check.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim/config/key_text.h"
#include "sim/config/keys.h"
#include "sim/experiment/experiment.h"

/* ---- The table ------------------------------------------------------------------------------------------------- */

static bool is_number(const struct hb_key *key) {
    return key->type != HB_KEY_STRING && key->type != HB_KEY_STRINGS && key->type != HB_KEY_NUMBERS &&
           key->type != HB_KEY_WEIBULL && key->place != HB_PLACE_NONE;
}

static void check_default(const struct hb_key *key) {
    uint64_t value;
    if (!key->fallback)
        return;
    ck_assert_msg(hb_key_default(key, &value), "%s", key->path);
    if (key->type == HB_KEY_ENUM || key->type == HB_KEY_PROTOCOL) {
        ck_assert_msg(hb_key_name_of(key->names, value) != NULL, "%s: the default is not built", key->path);
        ck_assert_str_eq(hb_key_name_of(key->names, value), key->fallback);
    } else if (key->type != HB_KEY_BOOL) {
        ck_assert_msg(value >= key->minimum && value <= key->maximum, "%s", key->path);
        ck_assert_msg(!key->power_of_two || (value & (value - 1)) == 0, "%s", key->path);
    }
}

/* The group that a key stands in has a row before it. */
static void check_parent(size_t i) {
    char parent[HB_KEY_PATH_BYTES];
    snprintf(parent, sizeof parent, "%s", hb_keys[i].path);
    char *dot = strrchr(parent, '.');
    if (!dot)
        return;
    *dot = 0;
    const struct hb_key *group = hb_key_find(parent);
    ck_assert_msg(group && group < &hb_keys[i], "%s", hb_keys[i].path);
    ck_assert(group->type == HB_KEY_GROUP || group->type == HB_KEY_LIST || group->type == HB_KEY_GROUPS);
}

START_TEST(is_consistent) {
    for (size_t i = 0; i < hb_keys_n; i++) {
        const struct hb_key *key = &hb_keys[i];
        ck_assert_msg(hb_key_find(key->path) == key, "%s is there twice", key->path);
        ck_assert_msg(key->help && key->help[strlen(key->help) - 1] == '.', "%s", key->path);
        ck_assert_msg(strchr(key->help, '|') == NULL, "%s: '|' would end a cell of the reference page", key->path);
        ck_assert_msg(!is_number(key) || key->bytes == 1 || key->bytes == 2 || key->bytes == 4 || key->bytes == 8, "%s",
                      key->path);
        bool named = key->type == HB_KEY_ENUM || key->type == HB_KEY_PROTOCOL || key->type == HB_KEY_NUMBERED;
        ck_assert_msg(named == (key->names != NULL), "%s", key->path);
        check_parent(i);
        check_default(key);
    }
}
END_TEST

static bool is_reached(enum hb_key_place place, size_t offset) {
    for (size_t i = 0; i < hb_keys_n; i++)
        if (hb_keys[i].place == place && hb_keys[i].offset == offset)
            return true;
    return false;
}

START_TEST(reaches_every_parameter) {
    static const struct {
        const char *name;
        size_t offset;
    } parameters[] = {
#define PARAMETER(name) {#name, offsetof(struct hb_config, os.name)},
        HB_PARAMS(PARAMETER)
#undef PARAMETER
    };
    for (size_t i = 0; i < sizeof parameters / sizeof parameters[0]; i++) {
        bool follows = strncmp(parameters[i].name, "workload_", strlen("workload_")) == 0 ||
                       strncmp(parameters[i].name, "amp_no_", strlen("amp_no_")) == 0;
        bool elsewhere = strcmp(parameters[i].name, "seed") == 0 || strcmp(parameters[i].name, "cycles_per_tick") == 0;
        ck_assert_msg((elsewhere || follows) != is_reached(HB_PLACE_CONFIG, parameters[i].offset), "%s",
                      parameters[i].name);
    }
}
END_TEST

START_TEST(reaches_every_parameter_of_a_group) {
    static const struct {
        const char *name;
        size_t offset;
    } parameters[] = {
#define PARAMETER(name) {#name, offsetof(struct hb_group, name)},
        HB_GROUP_PARAMS(PARAMETER)
#undef PARAMETER
    };
    for (size_t i = 0; i < sizeof parameters / sizeof parameters[0]; i++) {
        bool follows = strcmp(parameters[i].name, "first") == 0;
        ck_assert_msg(follows != is_reached(HB_PLACE_TASKS, parameters[i].offset), "%s", parameters[i].name);
    }
}
END_TEST

/* The names that design fixes are all known; what of them is built is for their own tests. */
START_TEST(knows_every_fixed_name) {
    static const struct {
        const char *path, *names[12];
    } fixed[] = {
        {"machine.bus.protocol",
         {"vi", "write-once", "msi", "mesi", "mesif", "moesi", "berkeley", "firefly", "dragon", "none"}},
        {"machine.bus.arbiter", {"fixed", "round-robin", "fcfs", "tdma", "lottery", "random", "script"}},
        {"os.scheduler", {"fifo", "round-robin", "priority", "mlfq", "sjf", "lottery", "fair", "gang"}},
        {"os.balance", {"steal", "none", "push", "global"}},
        {"faults.*.model", {"fail_stop", "freeze", "hang", "fail_slow", "restart", "bit_flip", "stuck_at"}},
        {"faults.*.cache_on_death", {"snoopable", "lost"}},
        {"machine.l1d.write", {"back", "through"}},
        {"os.recovery.detect", {"none", "ring", "agree"}},
        {"os.recovery.locks", {"none", "steal"}},
        {"os.recovery.queues", {"none", "rebuild"}},
        {"os.recovery.restart", {"none", "start", "checkpoint"}},
        {"os.recovery.kernel_data", {"cached", "flushed", "flushed_alone"}},
        {"os.recovery.failover", {"none", "static", "election"}},
    };
    for (size_t i = 0; i < sizeof fixed / sizeof fixed[0]; i++) {
        const struct hb_key *key = hb_key_find(fixed[i].path);
        ck_assert_msg(key != NULL, "%s", fixed[i].path);
        for (size_t n = 0; fixed[i].names[n]; n++)
            ck_assert_str_eq(hb_key_nearest_name(key->names, fixed[i].names[n]), fixed[i].names[n]);
    }
}
END_TEST

/* What is told of a name is told of one that there is, and each that is built is told of. */
START_TEST(tells_of_every_name) {
    const char *path, *name, *told = "";
    for (size_t i = 0; hb_key_about_at(i, &path, &name); i++) {
        const struct hb_key *key = hb_key_find(path);
        ck_assert_msg(key != NULL, "%s", path);
        ck_assert_str_eq(hb_key_nearest_name(key->names, name), name);
        const bool seen = strcmp(told, path) == 0;
        told = path;
        for (const struct hb_key_name *each = key->names; !seen && each->name; each++)
            ck_assert_msg(!each->built || hb_key_about_name(path, each->name), "%s: %s", path, each->name);
    }
    ck_assert_str_ne(told, "");
}
END_TEST

/* ---- Defaults -------------------------------------------------------------------------------------------------- */

START_TEST(gives_defaults) {
    struct hb_config config;
    memset(&config, 0x5a, sizeof config);
    hb_config_defaults(&config);
    ck_assert_uint_eq(config.harts, 4);
    ck_assert_uint_eq(config.cycles_per_tick, 10);
    ck_assert_uint_eq(config.bus.protocol, HB_PROTOCOL_MESI);
    ck_assert_uint_eq(config.bus.arbiter, HB_ARBITER_ROUND_ROBIN);
    ck_assert_uint_eq(config.bus.width_bytes, 8);
    ck_assert_uint_eq(config.memory.size_bytes, 128u << 20);
    ck_assert_uint_eq(config.memory.latency_cycles, 40);
    ck_assert_uint_eq(config.os.cycles_per_tick, 10);
    ck_assert_uint_eq(config.os.seed, config.seed);
    ck_assert_uint_eq(config.os.scheduler, HB_SCHED_ROUND_ROBIN);
    ck_assert_uint_eq(config.os.recovery_fence, 1);
    ck_assert_uint_eq(config.os.recovery_detect, HB_DETECT_RING);
    ck_assert_uint_eq(config.stop_quiet_cycles, 20000000);
    ck_assert_uint_eq(config.n_faults, 0);
    ck_assert_uint_eq(config.n_inputs, 0);
    ck_assert(config.host_lookups && !config.check_coherence);
    for (uint32_t h = 0; h < HB_HARTS_LIMIT; h++) {
        const struct hb_hart_config *hart = &config.hart[h];
        ck_assert_uint_eq(hart->l1d.size_bytes, 16384);
        ck_assert_uint_eq(hart->l1i.ways, 4);
        ck_assert_uint_eq(hart->l1d.line_bytes, 64);
        ck_assert_uint_eq(hart->l1d.hit_cycles, 1);
        ck_assert_uint_eq(hart->l1d.write_through, 0);
        ck_assert_uint_eq(hart->cpu.div_cycles, 20);
        ck_assert_uint_eq(hart->cpu.load_use_cycles, 1);
    }
}
END_TEST

/* ---- Sizes and nearest keys ------------------------------------------------------------------------------------ */

START_TEST(parses_sizes) {
    static const struct {
        const char *text;
        uint64_t bytes;
    } good[] = {{"0", 0}, {"4096", 4096}, {"7B", 7}, {"32KiB", 32768}, {"1 MiB", 1 << 20}, {"4GiB", 4ull << 30}};
    static const char *const bad[] = {"",
                                      "KiB",
                                      "-1",
                                      "1.5KiB",
                                      "32KB",
                                      "32kib",
                                      "1KiB ",
                                      " 1KiB",
                                      "1  KiB",
                                      "0x10",
                                      "9999999999999999",
                                      "99999999999999GiB"};
    uint64_t bytes;
    for (size_t i = 0; i < sizeof good / sizeof good[0]; i++) {
        ck_assert_msg(hb_key_parse_size(good[i].text, &bytes), "%s", good[i].text);
        ck_assert_uint_eq(bytes, good[i].bytes);
    }
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        ck_assert_msg(!hb_key_parse_size(bad[i], &bytes), "%s", bad[i]);
}
END_TEST

START_TEST(finds_nearest) {
    static const struct {
        const char *path, *name, *nearest;
    } cases[] = {
        {"machine.l1d", "wayz", "ways"},
        {"machine.l1d", "sise", "size"},
        {"machine.l1i", "hit_cylces", "hit_cycles"},
        {"", "machin", "machine"},
        {"", "fault", "faults"},
        {"os.heartbeat", "timeout", "timeout_cycles"},
        {"faults.*", "cache_on_deth", "cache_on_death"},
        {"faults.*.trigger", "cycles", "cycle"},
        {"", "harts", "machine.harts"},
        {"machine", "protocol", "machine.bus.protocol"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        ck_assert_str_eq(hb_key_nearest(cases[i].path, cases[i].name), cases[i].nearest);
}
END_TEST

/* ---- What is made from the table ------------------------------------------------------------------------------- */

static char *read_whole(const char *path) {
    FILE *file = fopen(path, "rb");
    char *text = calloc(1, 1 << 20);
    ck_assert_msg(file && text, "%s cannot be read", path);
    size_t n = fread(text, 1, (1 << 20) - 1, file);
    ck_assert_uint_gt(n, 0);
    (void)fclose(file);
    return text;
}

static void check_committed(const char *path, char *made) {
    ck_assert_ptr_nonnull(made);
    if (getenv("HB_REGENERATE")) {
        FILE *file = fopen(path, "wb");
        ck_assert_msg(file && fputs(made, file) >= 0 && fclose(file) == 0, "%s cannot be written", path);
    }
    char *committed = read_whole(path);
    ck_assert_msg(strcmp(committed, made) == 0,
                  "%s is not what the table of keys gives: HB_REGENERATE=1 ./test unit_keys", path);
    free(committed);
    free(made);
}

START_TEST(matches_schema) {
    check_committed(HB_SOURCE_DIR "/configs/schema/experiment.schema.json", hb_experiment_schema());
}
END_TEST

START_TEST(matches_reference) {
    check_committed(HB_SOURCE_DIR "/docs/experiments.md", hb_experiment_reference());
}
END_TEST

int main(void) {
    Suite *suite = suite_create("keys");
    TCase *tests = tcase_create("keys");
    tcase_add_test(tests, is_consistent);
    tcase_add_test(tests, reaches_every_parameter);
    tcase_add_test(tests, reaches_every_parameter_of_a_group);
    tcase_add_test(tests, knows_every_fixed_name);
    tcase_add_test(tests, tells_of_every_name);
    tcase_add_test(tests, gives_defaults);
    tcase_add_test(tests, parses_sizes);
    tcase_add_test(tests, finds_nearest);
    tcase_add_test(tests, matches_schema);
    tcase_add_test(tests, matches_reference);
    suite_add_tcase(suite, tests);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed != 0;
}
