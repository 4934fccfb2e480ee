/* Experiments: files become configurations, and what is wrong with a file is said in one line. */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "sim/config/fault_models.h"
#include "sim/config/heartbeat.h"
#include "sim/config/images.h"
#include "sim/config/keys.h"
#include "sim/experiment/experiment.h"

/* ---- A folder with one experiment and an image ----------------------------------------------------------------- */

static char folder[32], file[64], image[64];

static void write_text(const char *path, const char *text) {
    FILE *out = fopen(path, "wb");
    ck_assert_ptr_nonnull(out);
    ck_assert_int_ge(fputs(text, out), 0);
    ck_assert_int_eq(fclose(out), 0);
}

static void set_up(void) {
    snprintf(folder, sizeof folder, "/tmp/hb-experiment-XXXXXX");
    ck_assert_ptr_nonnull(mkdtemp(folder));
    snprintf(file, sizeof file, "%s/x.json", folder);
    snprintf(image, sizeof image, "%s/image.elf", folder);
    write_text(image, "not looked into\n");
}

static void tear_down(void) {
    unlink(file);
    unlink(image);
    ck_assert_int_eq(rmdir(folder), 0);
}

#define SETS_MAX 4

/* Load `text` as a file, with sets up to the first NULL. */
static bool load(const char *text, const char *const *sets, struct hb_experiment *experiment, struct hb_error *error) {
    size_t n = 0;
    while (sets && n < SETS_MAX && sets[n])
        n++;
    write_text(file, text);
    return hb_experiment_load(file, sets, n, experiment, error);
}

static void load_good(const char *text, const char *const *sets, struct hb_experiment *experiment) {
    struct hb_error error = {.text = ""};
    ck_assert_msg(load(text, sets, experiment, &error), "%s: %s", text, error.text);
}

/* ---- Good files ------------------------------------------------------------------------------------------------ */

static const char full[] =
    "{\"$schema\": \"s.json\", \"name\": \"n\", \"seed\": 7, \"engine\": \"lockstep\",\n"
    " \"machine\": {\"harts\": 3, \"cycles_per_tick\": 5, \"check\": \"transactions\", \"cpu\": {\"mul_cycles\": "
    "9},\n"
    "   \"l1i\": {\"size\": \"8KiB\", \"hit_cycles\": 2},\n"
    "   \"l1d\": {\"size\": 4096, \"ways\": 1, \"write\": \"through\"}, \"store_buffer\": {\"depth\": 0},\n"
    "   \"bus\": {\"protocol\": \"vi\", \"arbiter\": \"round-robin\", \"width_bytes\": 16, \"arbitration_cycles\": "
    "0,\n"
    "     \"address_cycles\": 3, \"cache_supply_cycles\": 6, \"device_cycles\": 7, \"split\": false},\n"
    "   \"memory\": {\"size\": \"16MiB\", \"latency_cycles\": 80}},\n"
    " \"image\": \"image.elf\",\n"
    " \"os\": {\"scheduler\": \"fifo\", \"quantum_cycles\": 9999,\n"
    "   \"workload\": {\"kind\": \"contend\", \"tasks\": 11, \"work\": 12, \"set_bytes\": \"1KiB\", \"locks\": "
    "13},\n"
    "   \"heartbeat\": {\"period_cycles\": 0, \"timeout_cycles\": 15, \"check_cycles\": 16},\n"
    "   \"recovery\": {\"detect\": \"none\", \"fence\": false, \"locks\": \"none\", \"queues\": \"none\",\n"
    "     \"restart\": \"none\", \"kernel_data\": \"cached\", \"failover\": \"none\"}},\n"
    " \"stop\": {\"cycles\": 17, \"quiet_cycles\": 18}, \"stats\": {\"window_cycles\": 19,\n"
    "   \"misses\": true, \"lines\": 20, \"locks\": true, \"interval_cycles\": 100,\n"
    "   \"roi\": {\"from\": {\"cycle\": 22}, \"to\": {\"tracepoint\": \"panic\", \"count\": 23}}}}";

/* The parameters in it. */
static const struct hb_params full_os = {.cycles_per_tick = 5,
                                         .seed = 7,
                                         .scheduler = HB_SCHED_FIFO,
                                         .quantum_cycles = 9999,
                                         .workload_tasks = 11,
                                         .workload_groups = 1,
                                         .heartbeat_timeout_cycles = 15,
                                         .heartbeat_check_cycles = 16,
                                         .recovery_ipi_retry = 1,
                                         .checkpoint_cycles = 100000,
                                         .amp_locked = 1,
                                         .group = {{.kind = HB_KIND_CONTEND,
                                                    .tasks = 11,
                                                    .work = 12,
                                                    .set_bytes = 1024,
                                                    .locks = 13,
                                                    .weight = 1,
                                                    .size = 16,
                                                    .forks = HB_FORKS_ORDERED,
                                                    .placement = HB_PLACE_ANY,
                                                    .long_every = 1,
                                                    .long_times = 1,
                                                    .bursts = 100,
                                                    .sleep_cycles = 100000,
                                                    .requests = 1000,
                                                    .gap_cycles = 100000,
                                                    .room = 8192}}};

START_TEST(fills_the_configuration) {
    struct hb_experiment experiment;
    load_good(full, NULL, &experiment);
    ck_assert_uint_eq(experiment.variants, 1);
    ck_assert(!experiment.has_variants);
    ck_assert_str_eq(experiment.name, "n");
    ck_assert_str_eq(experiment.variant[0].name, "");
    const struct hb_config *c = &experiment.variant[0].config;
    ck_assert_str_eq(c->name, "n");
    ck_assert_str_eq(c->image, image);
    ck_assert_uint_eq(c->seed, 7);
    ck_assert_uint_eq(c->harts, 3);
    ck_assert_uint_eq(c->cycles_per_tick, 5);
    ck_assert(c->check_coherence && c->host_lookups);
    ck_assert_uint_eq(c->bus.protocol, HB_PROTOCOL_VI);
    ck_assert_uint_eq(c->bus.width_bytes, 16);
    ck_assert(c->bus.arbitration_cycles == 0 && c->bus.address_cycles == 3);
    ck_assert_uint_eq(c->bus.cache_supply_cycles, 6);
    ck_assert_uint_eq(c->bus.device_cycles, 7);
    ck_assert_uint_eq(c->memory.size_bytes, 16u << 20);
    ck_assert_uint_eq(c->memory.latency_cycles, 80);
    ck_assert_int_eq(memcmp(&c->os, &full_os, sizeof full_os), 0);
    ck_assert_uint_eq(c->stop_cycles, 17);
    ck_assert(c->stop_quiet_cycles == 18 && c->window_cycles == 19);
    ck_assert(c->stats.misses && c->stats.locks);
    ck_assert_uint_eq(c->stats.lines, 20);
    ck_assert_uint_eq(c->stats.interval_cycles, 100);
    ck_assert_uint_eq(c->stats.from.kind, HB_MARK_CYCLE);
    ck_assert_uint_eq(c->stats.from.cycle, 22);
    ck_assert_uint_eq(c->stats.to.kind, HB_MARK_TRACEPOINT);
    ck_assert_uint_eq(c->stats.to.tracepoint, HB_TP_PANIC);
    ck_assert_uint_eq(c->stats.to.count, 23);
    hb_experiment_free(&experiment);
}
END_TEST

START_TEST(tasks_are_one_group_or_a_list_of_them) {
    static const char two[] = "{\"image\": \"image.elf\", \"os\": {\"workload\": [\n"
                              "  {\"tasks\": 3, \"arrival_cycles\": 500},\n"
                              "  {\"name\": \"late\", \"kind\": \"share\", \"tasks\": 4}]}}";
    static const char *const sets[] = {"os.workload.1.work=77", NULL};
    struct hb_experiment experiment;
    load_good(two, sets, &experiment);
    const struct hb_config *c = &experiment.variant[0].config;
    ck_assert_uint_eq(c->os.workload_groups, 2);
    ck_assert_uint_eq(c->os.workload_tasks, 7);
    ck_assert_str_eq(c->group_name[0], "batch");
    ck_assert_str_eq(c->group_name[1], "late");
    ck_assert_uint_eq(c->os.group[0].arrival_cycles, 500);
    ck_assert_uint_eq(c->os.group[0].work, 100);
    ck_assert_uint_eq(c->os.group[1].first, 3);
    ck_assert_uint_eq(c->os.group[1].kind, HB_KIND_SHARE);
    ck_assert_uint_eq(c->os.group[1].work, 77);
    ck_assert_uint_eq(c->os.group[2].tasks, 0);
    hb_experiment_free(&experiment);
}
END_TEST

/* Keys of a workload that the file does not have make it an object, or a list where they begin with a number. */
START_TEST(sets_make_one_group_or_a_list) {
    static const char none[] = "{\"image\": \"image.elf\"}";
    static const char *const one[] = {"os.workload.kind=contend", NULL};
    static const char *const list[] = {"os.workload.0.kind=contend", "os.workload.1.tasks=5", NULL};
    struct hb_experiment experiment;
    load_good(none, one, &experiment);
    ck_assert_uint_eq(experiment.variant[0].config.os.workload_groups, 1);
    ck_assert_uint_eq(experiment.variant[0].config.os.group[0].kind, HB_KIND_CONTEND);
    hb_experiment_free(&experiment);
    load_good(none, list, &experiment);
    ck_assert_uint_eq(experiment.variant[0].config.os.workload_groups, 2);
    ck_assert_str_eq(experiment.variant[0].config.group_name[0], "contend");
    ck_assert_uint_eq(experiment.variant[0].config.os.group[1].tasks, 5);
    hb_experiment_free(&experiment);
}
END_TEST

START_TEST(fills_every_hart) {
    struct hb_experiment experiment;
    load_good(full, NULL, &experiment);
    const struct hb_config *c = &experiment.variant[0].config;
    for (uint32_t h = 0; h < 3; h++) {
        ck_assert_uint_eq(c->hart[h].cpu.mul_cycles, 9);
        ck_assert_uint_eq(c->hart[h].l1i.size_bytes, 8192);
        ck_assert_uint_eq(c->hart[h].l1i.hit_cycles, 2);
        ck_assert_uint_eq(c->hart[h].l1d.size_bytes, 4096);
        ck_assert_uint_eq(c->hart[h].l1d.ways, 1);
        ck_assert_uint_eq(c->hart[h].l1d.write_through, 1);
        ck_assert_uint_eq(c->hart[h].l1i.write_through, 0);
    }
    hb_experiment_free(&experiment);
}
END_TEST

START_TEST(needs_an_image_alone) {
    struct hb_experiment experiment;
    struct hb_config defaults;
    load_good("{\"image\": \"image.elf\"}", NULL, &experiment);
    const struct hb_config *c = &experiment.variant[0].config;
    hb_config_defaults(&defaults);
    hb_heartbeat_settle(&defaults);
    ck_assert_str_eq(c->name, "x");
    ck_assert_str_eq(c->image, image);
    ck_assert_uint_eq(c->n_faults, 0);
    ck_assert_uint_eq(c->n_inputs, 0);
    for (size_t i = 0; i < hb_keys_n; i++) {
        const struct hb_key *key = &hb_keys[i];
        size_t at = key->offset;
        if (key->place == HB_PLACE_CONFIG && key->type != HB_KEY_STRING)
            ck_assert_msg(memcmp((const char *)c + at, (const char *)&defaults + at, key->bytes) == 0, "%s", key->path);
    }
    hb_experiment_free(&experiment);
}
END_TEST

START_TEST(reads_faults_and_input) {
    static const char text[] =
        "{\"image\": \"image.elf\", \"faults\": [\n"
        " {\"model\": \"fail_stop\", \"target\": {\"hart\": 2}, \"trigger\": {\"cycle\": 2000000}, \"cache_on_death\": "
        "\"lost\"},\n"
        " {\"target\": {\"hart\": 1}, \"trigger\": {\"tracepoint\": \"task_run\", \"count\": 5}},\n"
        " {\"target\": {\"hart\": 0}, \"trigger\": {\"tracepoint\": 70}},\n"
        " {\"target\": {\"hart\": 3}, \"trigger\": {\"lock_held\": \"big_lock\"}},\n"
        " {\"target\": {\"hart\": 3}, \"trigger\": {\"symbol\": \"main\", \"count\": 2}},\n"
        " {\"target\": {\"hart\": 3}, \"trigger\": {\"instructions\": 99}}],\n"
        " \"input\": [{\"cycle\": 100, \"text\": \"b\\n\"}, {\"text\": \"a\"}, {\"cycle\": 100, \"text\": \"c\"}]}";
    struct hb_experiment experiment;
    load_good(text, NULL, &experiment);
    const struct hb_config *c = &experiment.variant[0].config;
    ck_assert_uint_eq(c->n_faults, 6);
    static const struct {
        uint32_t hart;
        enum hb_trigger trigger;
        uint64_t count;
    } expected[] = {{2, HB_TRIGGER_CYCLE, 1},     {1, HB_TRIGGER_TRACEPOINT, 5}, {0, HB_TRIGGER_TRACEPOINT, 1},
                    {3, HB_TRIGGER_LOCK_HELD, 1}, {3, HB_TRIGGER_SYMBOL, 2},     {3, HB_TRIGGER_INSTRUCTIONS, 1}};
    for (uint32_t i = 0; i < 6; i++) {
        ck_assert_uint_eq(c->faults[i].hart, expected[i].hart);
        ck_assert_uint_eq(c->faults[i].trigger, expected[i].trigger);
        ck_assert_uint_eq(c->faults[i].count, expected[i].count);
        ck_assert_int_eq(c->faults[i].terms.lost, i == 0);
    }
    ck_assert_uint_eq(c->faults[0].cycle, 2000000);
    ck_assert_uint_eq(c->faults[1].tracepoint, HB_TP_TASK_RUN);
    ck_assert_uint_eq(c->faults[2].tracepoint, 70);
    ck_assert_str_eq(c->faults[3].symbol, "big_lock");
    ck_assert_str_eq(c->faults[4].symbol, "main");
    ck_assert_uint_eq(c->faults[5].instructions, 99);
    ck_assert_uint_eq(c->n_inputs, 3);
    ck_assert_str_eq(c->inputs[0].text, "a");
    ck_assert_str_eq(c->inputs[1].text, "b\n");
    ck_assert_str_eq(c->inputs[2].text, "c");
    ck_assert_uint_eq(c->inputs[2].cycle, 100);
    hb_experiment_free(&experiment);
}
END_TEST

/* A block overrides what is common, wherever in the file either of them stands. */
START_TEST(overrides_single_harts) {
    static const char text[] = "{\"image\": \"image.elf\", \"machine\": {\n"
                               " \"harts\": [{}, {\"l1d\": {\"ways\": 8}, \"cpu\": {\"div_cycles\": 3}}],\n"
                               " \"l1d\": {\"ways\": 2, \"size\": \"4KiB\"}}}";
    struct hb_experiment experiment;
    load_good(text, NULL, &experiment);
    const struct hb_config *c = &experiment.variant[0].config;
    ck_assert_uint_eq(c->harts, 2);
    ck_assert_uint_eq(c->hart[0].l1d.ways, 2);
    ck_assert_uint_eq(c->hart[1].l1d.ways, 8);
    ck_assert_uint_eq(c->hart[1].l1d.size_bytes, 4096);
    ck_assert_uint_eq(c->hart[0].cpu.div_cycles, 20);
    ck_assert_uint_eq(c->hart[1].cpu.div_cycles, 3);
    hb_experiment_free(&experiment);
}
END_TEST

START_TEST(lets_write_follow_the_protocol) {
    static const char *const sets[] = {"machine.bus.protocol=vi", NULL};
    struct hb_experiment experiment;
    load_good("{\"image\": \"image.elf\"}", sets, &experiment);
    ck_assert_uint_eq(experiment.variant[0].config.hart[3].l1d.write_through, 1);
    hb_experiment_free(&experiment);
}
END_TEST

START_TEST(reads_values_of_machine_check) {
    struct hb_experiment experiment;
    load_good("{\"image\": \"image.elf\", \"machine\": {\"check\": \"values\"}}", NULL, &experiment);
    ck_assert(experiment.variant[0].config.check_coherence && !experiment.variant[0].config.host_lookups);
    hb_experiment_free(&experiment);
}
END_TEST

START_TEST(reads_what_a_trace_shows) {
    static const char *const sets[] = {"trace.lines.1=0x80001000", NULL};
    struct hb_experiment experiment;
    load_good("{\"image\": \"image.elf\", \"trace\": {\"from_cycle\": 5, \"to_cycle\": 9, \"functions\": true, "
              "\"lines\": [\"counter\"]}}",
              sets, &experiment);
    const struct hb_trace_config *trace = &experiment.variant[0].config.trace;
    ck_assert_uint_eq(trace->from_cycle, 5);
    ck_assert_uint_eq(trace->to_cycle, 9);
    ck_assert(trace->functions && !trace->accesses);
    ck_assert_uint_eq(trace->lines, 2);
    ck_assert_str_eq(trace->line[0], "counter");
    ck_assert_str_eq(trace->line[1], "0x80001000");
    hb_experiment_free(&experiment);
}
END_TEST

START_TEST(takes_zero_for_no_limit) {
    struct hb_experiment experiment;
    load_good("{\"image\": \"image.elf\", \"stop\": {\"cycles\": 0}}", NULL, &experiment);
    ck_assert_uint_eq(experiment.variant[0].config.stop_cycles, UINT64_MAX);
    hb_experiment_free(&experiment);
}
END_TEST

/* ---- Variants and sets ----------------------------------------------------------------------------------------- */

static const char with_variants[] =
    "{\"image\": \"image.elf\", \"seed\": 3,\n"
    " \"faults\": [{\"target\": {\"hart\": 0}, \"trigger\": {\"cycle\": 5}}],\n"
    " \"variants\": {\"one\": {\"machine.harts\": 1}, \"many\": {\"machine.harts\": 8, \"seed\": 9,\n"
    "   \"faults.0.trigger.cycle\": 6, \"faults.1\": {\"target\": {\"hart\": 7}, \"trigger\": {\"cycle\": 7}},\n"
    "   \"input.0.text\": \"hi\"}},\n"
    " \"expect\": [{\"that\": \"many.os.goodput > one.os.goodput\", \"because\": \"more is more\"},\n"
    "   {\"that\": \"one.cycles > 0\"}]}";

START_TEST(makes_variants) {
    struct hb_experiment experiment;
    load_good(with_variants, NULL, &experiment);
    ck_assert(experiment.has_variants);
    ck_assert_uint_eq(experiment.variants, 2);
    const struct hb_variant *one = &experiment.variant[0], *many = &experiment.variant[1];
    ck_assert_str_eq(experiment.name, "x");
    ck_assert_str_eq(one->name, "one");
    ck_assert_str_eq(many->name, "many");
    ck_assert_uint_eq(one->config.harts, 1);
    ck_assert_uint_eq(one->config.seed, 3);
    ck_assert_uint_eq(one->config.n_faults, 1);
    ck_assert_uint_eq(one->config.faults[0].cycle, 5);
    ck_assert_uint_eq(one->config.n_inputs, 0);
    ck_assert_uint_eq(many->config.harts, 8);
    ck_assert_uint_eq(many->config.seed, 9);
    ck_assert_uint_eq(many->config.n_faults, 2);
    ck_assert_uint_eq(many->config.faults[0].cycle, 6);
    ck_assert_uint_eq(many->config.faults[1].hart, 7);
    ck_assert_str_eq(many->config.inputs[0].text, "hi");
    ck_assert_uint_eq(experiment.expectations, 2);
    ck_assert_str_eq(experiment.expectation[0].because, "more is more");
    ck_assert_str_eq(experiment.expectation[1].that, "one.cycles > 0");
    ck_assert_str_eq(experiment.expectation[1].because, "");
    hb_experiment_free(&experiment);
}
END_TEST

START_TEST(applies_sets_last) {
    static const char *const sets[] = {"seed=11", "machine.l1d.size=32KiB", "faults.0.trigger.cycle=77", "expect=[]"};
    struct hb_experiment experiment;
    load_good(with_variants, sets, &experiment);
    for (uint32_t i = 0; i < 2; i++) {
        ck_assert_uint_eq(experiment.variant[i].config.seed, 11);
        ck_assert_uint_eq(experiment.variant[i].config.os.seed, 11);
        ck_assert_uint_eq(experiment.variant[i].config.hart[0].l1d.size_bytes, 32768);
        ck_assert_uint_eq(experiment.variant[i].config.faults[0].cycle, 77);
    }
    ck_assert_uint_eq(experiment.expectations, 0);
    hb_experiment_free(&experiment);
}
END_TEST

START_TEST(makes_what_a_set_needs) {
    static const char *const sets[] = {"faults.0.target.hart=1", "faults.0.trigger.cycle=9", "input.0.text=7x",
                                       "os.workload.kind=\"contend\""};
    struct hb_experiment experiment;
    load_good("{\"image\": \"image.elf\"}", sets, &experiment);
    const struct hb_config *c = &experiment.variant[0].config;
    ck_assert_uint_eq(c->n_faults, 1);
    ck_assert_uint_eq(c->faults[0].hart, 1);
    ck_assert_str_eq(c->inputs[0].text, "7x");
    ck_assert_uint_eq(c->os.group[0].kind, HB_KIND_CONTEND);
    hb_experiment_free(&experiment);
}
END_TEST

/* ---- Bad files ------------------------------------------------------------------------------------------------- */

#define IMAGE         "\"image\": \"image.elf\""
#define MACHINE(text) "{" IMAGE ", \"machine\": {" text "}}"
#define OS(text)      "{" IMAGE ", \"os\": {" text "}}"
#define STATS(text)   "{" IMAGE ", \"stats\": {" text "}}"
#define AIMED         "\"target\": {\"hart\": 1}, \"trigger\": {\"cycle\": 5}, "
#define FAULT(text)   "{" IMAGE ", \"faults\": [{" text "}]}"

static const struct {
    const char *text, *message; /* behind "FILE: " */
} bad[] = {
    {"{\"image\" \"smp\"}", "line 1, column 10: not JSON"},
    {"[]", "is a list, should be an object"},
    {"{}", "image: is missing: \"smp\", \"amp\" or the path of an ELF"},
    {"{\"image\": 5}", "image: 5 is a number, should be a string"},
    {"{\"image\": \"none.elf\"}", "image: /tmp/hb-experiment-"},
    {"{" IMAGE ", \"machin\": {}}", "machin: unknown key (did you mean \"machine\"?)"},
    {MACHINE("\"l1d\": {\"wayz\": 4}"), "machine.l1d.wayz: unknown key (did you mean \"ways\"?)"},
    {"{" IMAGE ", \"machine.harts\": 4}", "machine.harts: unknown key (did you mean \"machine\"?)"},
    {MACHINE("\"l1d\": {\"ways\": 3}"), "machine.l1d.ways: 3 is not a power of two (1, 2, 4, 8, 16)"},
    {MACHINE("\"l1d\": {\"ways\": 32}"), "machine.l1d.ways: 32 is out of range (1, 2, 4, 8, 16)"},
    {MACHINE("\"l1d\": {\"ways\": \"4\"}"), "machine.l1d.ways: \"4\" is a string, should be a whole number"},
    {MACHINE("\"l1d\": {\"size\": 3000}"), "machine.l1d.size: 3000 is not a power of two (64 to 1048576 bytes)"},
    {MACHINE("\"l1d\": {\"size\": \"3KiB\"}"), "machine.l1d.size: \"3KiB\" is not a power of two"},
    {MACHINE("\"l1d\": {\"size\": \"big\"}"), "machine.l1d.size: \"big\" is not a size, such as"},
    {MACHINE("\"l1d\": {\"size\": 64}"), "machine.l1d.size: 64 bytes are less than one set (4 ways of 64 bytes)"},
    {MACHINE("\"l1i\": {\"line\": 32}"), "machine.l1i.line: 32 bytes differ from the 64 of machine.l1d.line"},
    {MACHINE("\"harts\": [{}, {\"l1d\": {\"line\": 32}}]"), "machine.harts.1.l1d.line: 32 bytes differ from the 64"},
    {MACHINE("\"harts\": 0"), "machine.harts: 0 is out of range (1 to 64)"},
    {MACHINE("\"harts\": 65"), "machine.harts: 65 is out of range (1 to 64)"},
    {MACHINE("\"harts\": -1"), "machine.harts: -1 is out of range"},
    {MACHINE("\"harts\": 1.5"), "machine.harts: 1.5 is out of range: it should be a whole number"},
    {MACHINE("\"harts\": \"four\""), "machine.harts: \"four\" is a string, should be a whole number (1 to 64)"},
    {MACHINE("\"harts\": null"), "machine.harts: null is null, should be a whole number"},
    {MACHINE("\"harts\": []"), "machine.harts: has 0 blocks (1 to 64)"},
    {MACHINE("\"harts\": [4]"), "machine.harts.0: 4 is a number, should be an object with cpu, l1i, l1d"},
    {MACHINE("\"harts\": [{\"bus\": {}}]"), "machine.harts.0.bus: unknown key (did you mean"},
    {MACHINE("\"harts\": [{\"l1d\": {\"wayz\": 1}}]"),
     "machine.harts.0.l1d.wayz: unknown key (did you mean \"ways\"?)"},
    {MACHINE("\"l1d\": 5"), "machine.l1d: 5 is a number, should be an object"},
    {MACHINE("\"bus\": {\"arbitration_cycles\": 0, \"address_cycles\": 0}"), "machine.bus.address_cycles: 0 and"},
    {MACHINE("\"bus\": {\"protocol\": \"mesy\"}"), "machine.bus.protocol: \"mesy\" is unknown; did you mean \"mesi\"?"},
    {MACHINE("\"bus\": {\"split\": 1}"), "machine.bus.split: 1 is a number, should be true or false"},
    {MACHINE("\"memory\": {\"size\": 1050000}"), "machine.memory.size: is not a multiple of 4KiB"},
    {MACHINE("\"memory\": {\"size\": \"8GiB\"}"), "machine.memory.size: \"8GiB\" is out of range"},
    {MACHINE("\"l1d\": {\"write\": \"through\"}"),
     "machine.l1d.write: \"through\" does not go with the protocol \"mesi\", which needs \"back\""},
    {MACHINE("\"bus\": {\"protocol\": \"vi\"}, \"l1d\": {\"write\": \"back\"}"),
     "machine.l1d.write: \"back\" does not go"},
    {MACHINE("\"harts\": [{}, {\"l1d\": {\"write\": \"through\"}}]"),
     "machine.harts.1.l1d.write: \"through\" does not go"},
    {OS("\"workload\": {\"tasks\": 0}"), "os.workload.tasks: 0 is out of range (1 to 2048)"},
    {OS("\"workload\": {\"set_bytes\": 10}"),
     "os.workload.set_bytes: 10 bytes are less than a task works on at a time (128 or more, or 0)"},
    {OS("\"workload\": {\"tasks\": 2049}"), "os.workload.tasks: 2049 is out of range (1 to 2048)"},
    {"{" IMAGE ", \"seed\": 1e300}", "seed: 1e+300 is out of range"},
    {"{" IMAGE ", \"name\": \"\"}", "name: is empty"},
    {"{" IMAGE ", \"name\": \"0123456789012345678901234567890123456789012345678901234567890123\"}", "name: \"01"},
    {MACHINE("\"bus\": {\"incoherent\": \"user\"}"), "machine.bus.incoherent: goes with the protocol \"none\" only"},
    {MACHINE("\"bus\": {\"outstanding\": 4}"), "machine.bus.outstanding: goes with split: true only"},
    {MACHINE("\"bus\": {\"split\": true, \"outstanding\": 17}"),
     "machine.bus.outstanding: 17 is out of range (1 to 16)"},
    {MACHINE("\"bus\": {\"slot_cycles\": 64}"), "machine.bus.slot_cycles: goes with the arbiter \"tdma\" only"},
    {MACHINE("\"bus\": {\"tickets\": [1]}"), "machine.bus.tickets: goes with the arbiter \"lottery\" only"},
    {MACHINE("\"bus\": {\"arbiter\": \"lottery\", \"tickets\": [1, 0]}"),
     "machine.bus.tickets.1: 0 should be a whole number (1 to 1000000)"},
    {MACHINE("\"bus\": {\"arbiter\": \"lottery\", \"tickets\": 3}"),
     "machine.bus.tickets: 3 is a number, should be a list of whole numbers"},
    {MACHINE("\"bus\": {\"script\": [0]}"), "machine.bus.script: goes with the arbiter \"script\" only"},
    {MACHINE("\"bus\": {\"arbiter\": \"script\"}"), "machine.bus.arbiter: \"script\" needs machine.bus.script"},
    {MACHINE("\"bus\": {\"arbiter\": \"script\", \"script\": [0, 3, 4]}"),
     "machine.bus.script.2: there is no CPU 4 (the machine has 0 to 3)"},
    {MACHINE("\"bus\": {\"protocol\": \"none\"}, \"l1d\": {\"write\": \"back\"}"),
     "machine.l1d.write: \"back\" does not go"},
    {"{" IMAGE ", \"trace\": {\"lines\": \"counter\"}}",
     "trace.lines: \"counter\" is a string, should be a list of strings"},
    {"{" IMAGE ", \"trace\": {\"lines\": [\"a\", 2]}}", "trace.lines.1: 2 is a number, should be a string"},
    {"{" IMAGE ", \"trace\": {\"lines\": [\"\"]}}", "trace.lines.0: \"\" is empty or too long (at most 63 bytes)"},
    {"{" IMAGE
     ", \"trace\": {\"lines\": [\"1\", \"2\", \"3\", \"4\", \"5\", \"6\", \"7\", \"8\", \"9\", \"10\", \"11\", "
     "\"12\", \"13\", \"14\", \"15\", \"16\", \"17\"]}}",
     "trace.lines: has 17 entries (at most 16)"},
    {"{" IMAGE ", \"trace\": {\"from_cycle\": 100, \"to_cycle\": 100}}",
     "trace.to_cycle: nothing is traced: it is not after trace.from_cycle"},
    {MACHINE("\"store_buffer\": {\"depth\": 17}"), "machine.store_buffer.depth: 17 is out of range (0 to 16)"},
    {MACHINE("\"store_buffer\": {\"order\": \"lifo\"}"), "machine.store_buffer.order: \"lifo\" is unknown"},
    {MACHINE("\"l2\": {\"size\": 3000}"), "machine.l2.size: is not a power of two (0 to 64MiB)"},
    {MACHINE("\"l2\": {\"size\": 512}"), "machine.l2.size: 512 bytes are less than one set (16 ways of 64 bytes)"},
    {MACHINE("\"l2\": {\"size\": \"64KiB\", \"ways\": 4}, \"bus\": {\"split\": true}"),
     "machine.l2.ways: 4 is less than machine.bus.outstanding, 8"},
    {OS("\"scheduler\": \"cfs\""), "os.scheduler: \"cfs\" is unknown"},
    {OS("\"scheduler\": \"gang\""), "os.scheduler: \"gang\" needs groups"},
    {OS("\"balance\": \"stael\""), "os.balance: \"stael\" is unknown"},
    /* What has a name but is not built. */
    {FAULT("\"model\": \"bit_flip\""), "faults.0.model: \"bit_flip\" is not built yet"},
    {FAULT(AIMED "\"model\": \"freeze\""), "faults.0: model \"freeze\" needs duration"},
    {FAULT(AIMED "\"model\": \"fail_slow\""), "faults.0: model \"fail_slow\" needs factor"},
    {FAULT(AIMED "\"model\": \"freeze\", \"duration\": {\"cycles\": 0}"),
     "faults.0.duration.cycles: 0 is out of range (1 to 9007199254740991 cycles)"},
    {FAULT(AIMED "\"model\": \"freeze\", \"duration\": {}"), "faults.0.duration: has no \"cycles\""},
    {FAULT(AIMED "\"model\": \"fail_slow\", \"factor\": 1"), "faults.0.factor: 1 is out of range (2 to 1000)"},
    {FAULT(AIMED "\"duration\": {\"cycles\": 5}"), "faults.0.duration: means nothing to model \"fail_stop\""},
    {FAULT(AIMED "\"model\": \"freeze\", \"duration\": {\"cycles\": 5}, \"cache_on_death\": \"lost\""),
     "faults.0.cache_on_death: means nothing to model \"freeze\""},
    /* Faults and input. */
    {"{" IMAGE ", \"faults\": {}}", "faults: {} is an object, should be a list"},
    {FAULT("\"trigger\": {\"cycle\": 1}"), "faults.0: has no \"target\""},
    {FAULT("\"target\": {}, \"trigger\": {\"cycle\": 1}"), "faults.0.target: should have exactly one of hart, harts"},
    {FAULT("\"target\": {\"hart\": 1}"), "faults.0: has no \"trigger\""},
    {FAULT("\"target\": {\"hart\": 4}, \"trigger\": {\"cycle\": 1}"),
     "faults.0.target.hart: there is no hart 4 (the machine has 0 to 3)"},
    {FAULT("\"target\": {\"hart\": 99}, \"trigger\": {\"cycle\": 1}"),
     "faults.0.target.hart: 99 is out of range (0 to 63)"},
    {FAULT("\"target\": {\"hart\": 1}, \"trigger\": {}"), "faults.0.trigger: should have exactly one of"},
    {"{" IMAGE ", \"faults\": [{\"target\": {\"hart\": 1}, \"trigger\": {\"cycle\": 1}}, {\"target\": {\"hart\": "
     "\"recoverer\"}, \"after\": 0, \"rate\": {\"exponential\": 5}}]}",
     "faults.1.rate: goes with a CPU that is named by its number"},
    {FAULT("\"target\": {\"hart\": 1}"), "faults.0: has no \"trigger\" and no \"rate\": when does it strike?"},
    {FAULT("\"target\": {\"hart\": 1}, \"trigger\": {\"instructions\": 1}, \"rate\": {\"exponential\": 5}"),
     "faults.0.trigger: with rate it can only be a cycle, in which the clock begins"},
    {FAULT("\"target\": {\"harts\": []}, \"trigger\": {\"cycle\": 1}"), "faults.0.target.harts: is empty"},
    {FAULT("\"target\": {\"harts\": [1, 2, 1]}, \"trigger\": {\"cycle\": 1}"),
     "faults.0.target.harts: hart 1 is named twice"},
    {FAULT("\"target\": {\"harts\": [1, 5]}, \"trigger\": {\"cycle\": 1}"),
     "faults.0.target.harts: there is no hart 5 (the machine has 0 to 3)"},
    {FAULT("\"target\": {\"hart\": 1}, \"common\": true, \"trigger\": {\"cycle\": 1}"),
     "faults.0.common: goes with target.harts: whom does it strike in one cycle?"},
    {FAULT("\"target\": {\"hart\": 1}, \"rate\": {\"stream\": 5}"),
     "faults.0.rate: should have exactly one of exponential, weibull"},
    {FAULT("\"target\": {\"hart\": 1}, \"rate\": {\"weibull\": [5]}"),
     "faults.0.rate.weibull: [5] should be [SCALE, SHAPE], two numbers, such as [2000000, 1.5]"},
    {FAULT("\"target\": {\"hart\": 1}, \"rate\": {\"weibull\": [1.5, 2]}"),
     "faults.0.rate.weibull.0: 1.5 should be a whole number of cycles, at least 1"},
    {FAULT("\"target\": {\"hart\": 1}, \"rate\": {\"weibull\": [5, 0.01]}"),
     "faults.0.rate.weibull.1: 0.01 should be a number from 0.1 to 100"},
    {FAULT("\"target\": {\"hart\": 1}, \"rate\": {\"exponential\": 0}"),
     "faults.0.rate.exponential: 0 is out of range (1 to "},
    {FAULT("\"target\": {\"hart\": 1}, \"trigger\": {\"cycle\": 1, \"symbol\": \"x\"}"),
     "faults.0.trigger: should have exactly one of"},
    {FAULT("\"target\": {\"hart\": 1}, \"trigger\": {\"cycle\": 1, \"count\": 2}"),
     "faults.0.trigger: count goes with"},
    {FAULT("\"target\": {\"hart\": 1}, \"trigger\": {\"tracepoint\": \"task_ran\"}"),
     "faults.0.trigger.tracepoint: \"task_ran\" is unknown; did you mean \"task_run\"?"},
    {FAULT("\"target\": {\"hart\": 1}, \"trigger\": {\"tracepoint\": 128}"),
     "faults.0.trigger.tracepoint: 128 is out of"},
    {"{" IMAGE ", \"input\": [{\"cycle\": 4}]}", "input.0: has no \"text\""},
    {"{" IMAGE ", \"input\": [{\"text\": \"a\"}, {\"text\": 4}]}", "input.1.text: 4 is a number, should be a string"},
#define CHANGE(key, value) "{" IMAGE ", \"changes\": [{\"cycle\": 4, \"key\": \"" key "\", \"value\": " value "}]}"
    {"{" IMAGE ", \"changes\": [{\"cycle\": 4}]}", "changes.0: has no \"key\""},
    {"{" IMAGE ", \"changes\": [{\"cycle\": 4, \"key\": \"os.balance\"}]}", "changes.0: has no \"value\""},
    {CHANGE("os.recovry.detect", "\"none\""),
     "changes.0.key: \"os.recovry.detect\" is unknown; did you mean \"os.recovery.detect\"?"},
    {CHANGE("machine.harts", "2"), "changes.0.key: \"machine.harts\" is unknown"},
    {CHANGE("os.recovery.detect", "\"non\""), "changes.0.value: \"non\" is unknown; did you mean \"none\"?"},
    {CHANGE("os.recovery.fence", "1"), "changes.0.value: 1 is a number, should be true or false"},
    {CHANGE("os.quantum_cycles", "0"), "changes.0.value: 0 should be at least 1000 once the run goes on"},
    {CHANGE("os.heartbeat.check_cycles", "0"), "changes.0.value: 0 should be at least 1 once the run goes on"},
    {CHANGE("os.recovery.checkpoint_cycles", "4999"), "changes.0.value: 4999 is out of range (5000 to"},
    {CHANGE("os.recovery.replug_cycles", "7"), "changes.0.value: 7 should be 0 or at least 50000"},
    /* Variants. */
    {"{" IMAGE ", \"variants\": {}}", "variants: should be an object of 1 to"},
    {"{" IMAGE ", \"variants\": {\"1\": {}}}", "variants: \"1\" is not a name for a variant"},
    {"{" IMAGE ", \"variants\": {\"min\": {}}}", "variants: \"min\" is not a name for a variant"},
    {"{" IMAGE ", \"variants\": {\"a\": 4}}", "variants: \"a\" should be an object of dotted keys and values"},
    {"{" IMAGE ", \"variants\": {\"a\": {\"machine.hart\": 1}}}",
     "variants.a: machine.hart: unknown key (did you mean"},
    {"{" IMAGE ", \"variants\": {\"a\": {\"machine.harts\": 65}}}", "variants.a: machine.harts: 65 is out of range"},
    {"{" IMAGE ", \"variants\": {\"a\": {\"faults.1.target.hart\": 1}}}",
     "variants.a: faults.1.target.hart: there is no such place"},
    {"{" IMAGE ", \"variants\": {\"a\": {\"expect\": []}}}", "variants.a: expect: cannot be set by a variant"},
    {"{" IMAGE ", \"seed\": -1, \"variants\": {\"a\": {}}}", "seed: -1 is out of range"},
    {"{" IMAGE ", \"faults\": [{\"target\": {\"hart\": 1}, \"trigger\": {\"cycle\": 1}}],"
     " \"variants\": {\"a\": {\"machine.harts\": 1}}}",
     "variants.a: faults.0.target.hart: there is no hart 1 (the machine has 0 to 0)"},
    /* Expectations. */
    {"{" IMAGE ", \"expect\": {}}", "expect: should be a list"},
    {"{" IMAGE ", \"expect\": [4]}", "expect.0: should be {\"that\""},
    {"{" IMAGE ", \"expect\": [{\"because\": \"x\"}]}", "expect.0: has no \"that\""},
    {"{" IMAGE ", \"expect\": [{\"that\": \"cycles > 0\"}, {\"this\": \"x\"}]}", "expect.1: unknown key"},
    {"{" IMAGE ", \"expect\": [{\"that\": 4}]}", "expect.0: \"that\" and \"because\" should be strings"},
    {"{" IMAGE ", \"expect\": [{\"that\": \"cycles > \"}]}", "expect.0.that: column 10: expected a value"},
    {"{" IMAGE ", \"expect\": [{\"that\": \"four.cycles > 0\"}]}",
     "expect.0.that: \"four.cycles\": \"four\" is not a key of a result"},
    {"{" IMAGE ", \"variants\": {\"a\": {}}, \"expect\": [{\"that\": \"b.cycles > 0\"}]}",
     "expect.0.that: \"b.cycles\": \"b\" is not a variant (a)"},
    {STATS("\"missses\": true"), "stats.missses: unknown key (did you mean \"misses\"?)"},
    {STATS("\"misses\": 1"), "stats.misses: 1 is a number, should be true or false"},
    {STATS("\"lines\": 1001"), "stats.lines: 1001 is out of range (0 to 1000 lines)"},
    {STATS("\"interval_cycles\": 99"), "stats.interval_cycles: 99 is out of range: it should be 0, or at least 100"},
    {STATS("\"roi\": {\"from\": {}}"), "stats.roi.from: should have exactly one of cycle, tracepoint"},
    {STATS("\"roi\": {\"to\": {\"cycle\": 5, \"tracepoint\": 64}}"),
     "stats.roi.to: should have exactly one of cycle, tracepoint"},
    {STATS("\"roi\": {\"from\": {\"cycle\": 5, \"count\": 2}}"), "stats.roi.from: count goes with tracepoint"},
    {STATS("\"roi\": {\"from\": {\"cycle\": 5}, \"to\": {\"cycle\": 5}}"),
     "stats.roi.to.cycle: is not after the beginning of the region"},
    {STATS("\"roi\": {\"to\": {\"cycle\": 0}}"), "stats.roi.to.cycle: is not after the beginning of the region"},
    {STATS("\"roi\": {\"from\": {\"tracepoint\": 200}}"), "stats.roi.from.tracepoint: 200 is out of range"},
    {STATS("\"roi\": {\"from\": {\"tracepoint\": \"panick\"}}"), "stats.roi.from.tracepoint: \"panick\" is unknown"},
};

START_TEST(refuses) {
    struct hb_experiment experiment;
    struct hb_error error = {.text = ""};
    ck_assert_msg(!load(bad[_i].text, NULL, &experiment, &error), "accepted: %s", bad[_i].text);
    size_t n = strlen(file);
    bool is_named = strncmp(error.text, file, n) == 0 && strncmp(error.text + n, ": ", 2) == 0;
    ck_assert_msg(is_named && strncmp(error.text + n + 2, bad[_i].message, strlen(bad[_i].message)) == 0, "%s: %s",
                  bad[_i].text, error.text);
    ck_assert_ptr_null(strchr(error.text, '\n'));
    ck_assert_uint_eq(experiment.variants, 0);
    ck_assert_ptr_null(experiment.variant);
    hb_experiment_free(&experiment);
}
END_TEST

static const struct {
    const char *set, *message;
} bad_sets[] = {
    {"machine.l1d.wayz=4", "--set: machine.l1d.wayz: unknown key (did you mean \"ways\"?)"},
    {"harts=4", "--set: harts: unknown key (did you mean \"machine.harts\"?)"},
    {"machine.harts=four", "--set: machine.harts: \"four\" is a string"},
    {"machine.harts", "--set: \"machine.harts\" should be KEY=VALUE"},
    {"=4", "--set: \"=4\" should be KEY=VALUE"},
    {"machine.harts.0=4", "--set: machine.harts.0: there is no such place"},
    {"faults.1.target.hart=1", "--set: faults.1.target.hart: there is no such place"},
    {"machine..harts=1", "--set: machine."},
    {"variants.a.seed=1", "--set: variants cannot be set"},
    {"expect.0.that=1 +", "expect.0.that: column 4"},
    {"machine.l1d=[[[[[", "--set: machine.l1d: \"[[[[[\" is a string, should be an object"},
};

START_TEST(refuses_sets) {
    struct hb_experiment experiment;
    struct hb_error error = {.text = ""};
    ck_assert_msg(!load("{" IMAGE ", \"machine\": {\"harts\": 4}}", (const char *const[]){bad_sets[_i].set, NULL},
                        &experiment, &error),
                  "accepted: %s", bad_sets[_i].set);
    ck_assert_msg(strstr(error.text, bad_sets[_i].message) != NULL, "%s: %s", bad_sets[_i].set, error.text);
}
END_TEST

START_TEST(refuses_missing_files) {
    struct hb_experiment experiment;
    struct hb_error error = {.text = ""};
    ck_assert(!hb_experiment_load(file, NULL, 0, &experiment, &error));
    ck_assert_msg(strstr(error.text, "cannot be read: No such file") != NULL, "%s", error.text);
    ck_assert(!hb_experiment_load("configs/no-such-experiment.json", NULL, 0, &experiment, &error));
}
END_TEST

/* Whatever byte of a good file is missing or turned, there is a line of text or a good experiment, never a crash. */
START_TEST(survives_damage) {
    struct hb_error error = {.text = ""};
    struct hb_experiment experiment;
    char text[sizeof with_variants];
    for (size_t i = 0; i + 1 < sizeof with_variants; i++)
        for (unsigned change = 0; change < 3; change++) {
            memcpy(text, with_variants, sizeof text);
            text[i] = (char)(change == 0 ? text[i] ^ 1 : change == 1 ? '0' : 0);
            error.text[0] = 0;
            if (load(text, NULL, &experiment, &error))
                hb_experiment_free(&experiment);
            else
                ck_assert_uint_gt(strlen(error.text), 0);
        }
}
END_TEST

/* ---- Programs -------------------------------------------------------------------------------------------------- */

START_TEST(runs_programs) {
    static const char *const sets[] = {"machine.harts=2"};
    struct hb_experiment experiment;
    struct hb_error error = {.text = ""};
    ck_assert_msg(hb_experiment_for_program(image, NULL, sets, 1, &experiment, &error), "%s", error.text);
    const struct hb_config *c = &experiment.variant[0].config;
    ck_assert_str_eq(experiment.name, "image");
    ck_assert_str_eq(c->image, image);
    ck_assert_uint_eq(c->harts, 2);
    ck_assert_uint_eq(c->stop_cycles, UINT64_MAX);
    ck_assert_uint_eq(c->stop_quiet_cycles, 0);
    ck_assert_uint_eq(experiment.variants, 1);
    hb_experiment_free(&experiment);
    ck_assert_msg(hb_experiment_for_program(image, NULL, NULL, 0, &experiment, &error), "%s", error.text);
    ck_assert_uint_eq(experiment.variant[0].config.harts, 1);
    hb_experiment_free(&experiment);
    write_text(file, "{\"bus\": {\"protocol\": \"vi\"}}");
    ck_assert_msg(hb_experiment_for_program(image, file, NULL, 0, &experiment, &error), "%s", error.text);
    ck_assert_uint_eq(experiment.variant[0].config.harts, 1);
    hb_experiment_free(&experiment);
}
END_TEST

START_TEST(takes_machines) {
    static const char *const machines[] = {
        "{\"harts\": 3, \"bus\": {\"protocol\": \"vi\"}}",
        "{\"machine\": {\"harts\": 3, \"bus\": {\"protocol\": \"vi\"}}, \"image\": \"none\", \"stop\": {\"cycles\": "
        "5}}",
    };
    struct hb_experiment experiment;
    struct hb_error error = {.text = ""};
    write_text(file, machines[_i]);
    ck_assert_msg(hb_experiment_for_program(image, file, NULL, 0, &experiment, &error), "%s", error.text);
    ck_assert_uint_eq(experiment.variant[0].config.harts, 3);
    ck_assert_uint_eq(experiment.variant[0].config.hart[2].l1d.write_through, 1);
    ck_assert_uint_eq(experiment.variant[0].config.stop_cycles, UINT64_MAX);
    hb_experiment_free(&experiment);
}
END_TEST

START_TEST(refuses_programs) {
    static const char *const stop[] = {"stop.cycles=9"}, *const other[] = {"image=smp"},
                             *const wrong[] = {"machine.harts=0"};
    struct hb_experiment experiment;
    struct hb_error error = {.text = ""};
    ck_assert(hb_experiment_for_program(image, NULL, stop, 1, &experiment, &error));
    ck_assert_uint_eq(experiment.variant[0].config.stop_cycles, 9);
    hb_experiment_free(&experiment);
    ck_assert(!hb_experiment_for_program(image, NULL, other, 1, &experiment, &error));
    ck_assert(!hb_experiment_for_program(image, NULL, wrong, 1, &experiment, &error));
    ck_assert_str_eq(error.text, "--set: machine.harts: 0 is out of range (1 to 64)");
    ck_assert(!hb_experiment_for_program(image, "/nowhere/m.json", NULL, 0, &experiment, &error));
    ck_assert(!hb_experiment_for_program("/nowhere/p.elf", NULL, NULL, 0, &experiment, &error));
    ck_assert_str_eq(error.text, "/nowhere/p.elf: cannot be read: No such file or directory");
    write_text(file, "{\"l1d\": {\"wayz\": 1}}");
    ck_assert(!hb_experiment_for_program(image, file, NULL, 0, &experiment, &error));
    ck_assert_msg(strstr(error.text, "machine.l1d.wayz: unknown key") != NULL, "%s", error.text);
    write_text(file, "[]");
    ck_assert(!hb_experiment_for_program(image, file, NULL, 0, &experiment, &error));
}
END_TEST

/* ---- What is bundled ------------------------------------------------------------------------------------------- */

static const char *const bundled[] = {"smp1",
                                      "smp2",
                                      "smp4",
                                      "smp4-kill",
                                      "smp4-kill-lost",
                                      "contend4",
                                      "amp4",
                                      "amp4-kill-worker",
                                      "amp4-kill-master",
                                      "amp4-failover",
                                      "amp4-election",
                                      "speedup",
                                      "false-sharing"};

START_TEST(loads_what_is_bundled) {
    struct hb_experiment experiment;
    struct hb_error error = {.text = ""};
    ck_assert_msg(hb_experiment_load(bundled[_i], NULL, 0, &experiment, &error), "%s", error.text);
    ck_assert_str_eq(experiment.name, bundled[_i]);
    ck_assert_uint_gt(experiment.expectations, 0);
    ck_assert_msg(hb_experiment_check_images(&experiment, &error), "%s", error.text);
    char *warnings = hb_experiment_warnings(&experiment);
    ck_assert_str_eq(warnings, "");
    free(warnings);
    hb_experiment_free(&experiment);
}
END_TEST

START_TEST(finds_what_is_bundled) {
    char path[HB_PATH_BYTES], other[HB_PATH_BYTES];
    ck_assert_int_eq(chdir(folder), 0);
    ck_assert(hb_experiment_find("smp4", path));
    ck_assert(hb_experiment_find("configs/smp4.json", other));
    ck_assert_str_eq(path, other);
    ck_assert(hb_experiment_find("smp4.json", other));
    ck_assert_str_eq(path, other);
    ck_assert(!hb_experiment_find("smp5", path));
    ck_assert_str_eq(path, "smp5");
    ck_assert(!hb_experiment_find("other/smp4.json", path));
    ck_assert(!hb_experiment_find("", path));
    write_text("smp4.json", "{}");
    ck_assert(hb_experiment_find("smp4.json", path));
    ck_assert_str_eq(path, "smp4.json");
    unlink("smp4.json");
    ck_assert_int_eq(mkdir("smp4", 0700), 0);
    ck_assert(hb_experiment_find("smp4", path));
    ck_assert_str_ne(path, "smp4");
    ck_assert_int_eq(rmdir("smp4"), 0);
    ck_assert(hb_image_is_bundled("smp") && hb_image_is_bundled("amp") && !hb_image_is_bundled("smp.elf"));
    struct hb_error error = {.text = ""};
    ck_assert_msg(hb_image_find("smp", path, &error), "%s", error.text);
    ck_assert(!hb_image_find("none", path, &error));
    ck_assert_msg(strstr(error.text, "the bundled image \"none\" is neither in") != NULL, "%s", error.text);
}
END_TEST

START_TEST(warns) {
    static const char *const sets[] = {"os.heartbeat.timeout_cycles=10000", "faults.0.trigger.cycle=50",
                                       "stop.cycles=50", "machine.harts=3"};
    static const char *const silent[] = {"os.heartbeat.period_cycles=0"};
    struct hb_experiment experiment;
    struct hb_error error = {.text = ""};
    ck_assert_msg(hb_experiment_load("smp4-kill", sets, 4, &experiment, &error), "%s", error.text);
    char *warnings = hb_experiment_warnings(&experiment);
    ck_assert_msg(strstr(warnings, "os.heartbeat.timeout_cycles: 10000 is less than") != NULL, "%s", warnings);
    ck_assert_msg(strstr(warnings, "faults.0.trigger.cycle: 50 is not reached") != NULL, "%s", warnings);
    free(warnings);
    hb_experiment_free(&experiment);
    ck_assert_msg(hb_experiment_load("smp4-kill", silent, 1, &experiment, &error), "%s", error.text);
    warnings = hb_experiment_warnings(&experiment);
    ck_assert_msg(strstr(warnings, "0 turns heartbeats off") != NULL, "%s", warnings);
    free(warnings);
    hb_experiment_free(&experiment);
}
END_TEST

static void check_warnings(const char *harts, const char *bus, const char *timeout, const char *expected) {
    const char *const sets[] = {harts, bus, timeout};
    struct hb_experiment experiment;
    struct hb_error error = {.text = ""};
    ck_assert_msg(hb_experiment_load("smp4", sets, timeout ? 3 : 2, &experiment, &error), "%s", error.text);
    char *warnings = hb_experiment_warnings(&experiment);
    ck_assert_msg(expected ? strstr(warnings, expected) != NULL : !warnings[0], "%s %s: %s", harts, bus, warnings);
    free(warnings);
    hb_experiment_free(&experiment);
}

/* 30000 cycles are right for the default machine. */
START_TEST(timeouts_follow_harts_and_bus) {
    const char *timeout = "os.heartbeat.timeout_cycles=30000";
    check_warnings("machine.harts=4", "machine.bus.arbiter=round-robin", timeout, NULL);
    check_warnings("machine.harts=8", "machine.bus.arbiter=round-robin", timeout, "is less than 37200");
    check_warnings("machine.harts=4", "machine.bus.arbiter=tdma", timeout, "is less than 35600");
    check_warnings("machine.harts=4", "machine.memory.latency_cycles=80", timeout, "is less than 34480");
    check_warnings("machine.harts=4", "machine.bus.width_bytes=1", timeout, "is less than 36272");
    check_warnings("machine.harts=4", "os.heartbeat.period_cycles=20000", timeout, "is less than 50000");
    check_warnings("machine.harts=1", "machine.bus.arbiter=tdma", NULL, NULL);
    check_warnings("machine.harts=64", "machine.bus.arbiter=tdma", NULL, NULL);
    check_warnings("machine.harts=64", "machine.bus.arbiter=lottery", NULL, NULL);
    check_warnings("machine.harts=4", "machine.bus.arbiter=fixed", NULL, NULL);
    check_warnings("machine.harts=5", "machine.bus.arbiter=fixed", NULL, "without a bound");
}
END_TEST

/* Nobody dies of a fault that freezes; nothing is counted by a batch. */
START_TEST(warns_of_increments_that_count_twice) {
    static const char *const kinds[] = {"os.workload.kind=share", "os.workload.kind=batch"};
    static const char *const models[] = {"faults.0.cache_on_death=snoopable",
                                         "faults.0={\"model\": \"freeze\", \"target\": {\"hart\": 1}, "
                                         "\"duration\": {\"cycles\": 500}, \"trigger\": {\"cycle\": 50}}"};
    for (int i = 0; i < 4; i++) {
        const char *const sets[] = {kinds[i & 1], models[i >> 1]};
        struct hb_experiment experiment;
        struct hb_error error = {.text = ""};
        ck_assert_msg(hb_experiment_load("smp4-kill", sets, 2, &experiment, &error), "%s", error.text);
        char *warnings = hb_experiment_warnings(&experiment);
        ck_assert_msg((strstr(warnings, "share: a task that is started again") != NULL) == (i == 0), "%s", warnings);
        free(warnings);
        hb_experiment_free(&experiment);
    }
}
END_TEST

START_TEST(looks_into_images) {
    static const char *const sets[] = {"faults.0.trigger={\"symbol\": \"no_such_symbol\"}"};
    struct hb_experiment experiment;
    struct hb_error error = {.text = ""};
    load_good("{" IMAGE "}", NULL, &experiment);
    ck_assert(!hb_experiment_check_images(&experiment, &error));
    ck_assert_msg(strncmp(error.text, image, strlen(image)) == 0, "%s", error.text);
    hb_experiment_free(&experiment);
    ck_assert_msg(hb_experiment_load("smp4-kill", sets, 1, &experiment, &error), "%s", error.text);
    ck_assert(!hb_experiment_check_images(&experiment, &error));
    ck_assert_msg(strstr(error.text, "\"no_such_symbol\" is not a symbol of the image") != NULL, "%s", error.text);
    hb_experiment_free(&experiment);
}
END_TEST

int main(void) {
    Suite *suite = suite_create("experiment");
    TCase *tests = tcase_create("experiment");
    tcase_add_checked_fixture(tests, set_up, tear_down);
    tcase_set_timeout(tests, 60);
    tcase_add_test(tests, fills_the_configuration);
    tcase_add_test(tests, tasks_are_one_group_or_a_list_of_them);
    tcase_add_test(tests, sets_make_one_group_or_a_list);
    tcase_add_test(tests, fills_every_hart);
    tcase_add_test(tests, needs_an_image_alone);
    tcase_add_test(tests, reads_faults_and_input);
    tcase_add_test(tests, overrides_single_harts);
    tcase_add_test(tests, lets_write_follow_the_protocol);
    tcase_add_test(tests, reads_values_of_machine_check);
    tcase_add_test(tests, reads_what_a_trace_shows);
    tcase_add_test(tests, takes_zero_for_no_limit);
    tcase_add_test(tests, makes_variants);
    tcase_add_test(tests, applies_sets_last);
    tcase_add_test(tests, makes_what_a_set_needs);
    tcase_add_loop_test(tests, refuses, 0, sizeof bad / sizeof bad[0]);
    tcase_add_loop_test(tests, refuses_sets, 0, sizeof bad_sets / sizeof bad_sets[0]);
    tcase_add_test(tests, refuses_missing_files);
    tcase_add_test(tests, survives_damage);
    tcase_add_test(tests, runs_programs);
    tcase_add_loop_test(tests, takes_machines, 0, 2);
    tcase_add_test(tests, refuses_programs);
    tcase_add_loop_test(tests, loads_what_is_bundled, 0, sizeof bundled / sizeof bundled[0]);
    tcase_add_test(tests, finds_what_is_bundled);
    tcase_add_test(tests, warns);
    tcase_add_test(tests, timeouts_follow_harts_and_bus);
    tcase_add_test(tests, warns_of_increments_that_count_twice);
    tcase_add_test(tests, looks_into_images);
    suite_add_tcase(suite, tests);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed != 0;
}
