/* The runner: files, variants, expectations, exit statuses, recordings. */
#include <cjson/cJSON.h>
#include <fcntl.h>

#include "sim/engine/run.h"
#include "sim/experiment/runner.h"
#include "sim/result/gather.h"
#include "sim/state/recording.h"
#include "tests/unit/guest.h"

static char passes[HB_PATH_BYTES], fails[HB_PATH_BYTES], sleeps[HB_PATH_BYTES], spins[HB_PATH_BYTES];
static char nowhere[HB_PATH_BYTES], mix[HB_PATH_BYTES], echo[HB_PATH_BYTES];

/* ---- An experiment by hand ------------------------------------------------------------------------------------- */

#define VARIANTS_MAX 4

static struct hb_variant variant[VARIANTS_MAX];
static struct hb_expectation expectation[4];
static struct hb_experiment experiment;
static struct hb_run_options options;
static struct hb_run_report *report;
static struct hb_error error;
static char console_text[256];

static void add(const char *name, const char *image, uint32_t harts) {
    struct hb_variant *new = &variant[experiment.variants++];
    snprintf(new->name, sizeof new->name, "%s", name);
    guest_config(&new->config, image, harts);
    snprintf(new->config.name, sizeof new->config.name, "probe");
    new->config.stop_cycles = 1000000;
    experiment.has_variants = *name != 0;
}

static void expect(const char *that) {
    static char texts[4][128], nothing[1];
    char *text = texts[experiment.expectations];
    snprintf(text, sizeof texts[0], "%s", that);
    expectation[experiment.expectations++] = (struct hb_expectation){.that = text, .because = nothing};
}

static void keep_console(void *context, const char *text, size_t n) {
    (void)context;
    strncat(console_text, text, n < 100 ? n : 100);
}

static void start(void) {
    experiment = (struct hb_experiment){.name = "probe", .variant = variant, .expectation = expectation};
    options = (struct hb_run_options){.console = keep_console};
    report = NULL;
    console_text[0] = 0;
    error.text[0] = 0;
}

static void end(void) {
    hb_report_free(report);
}

static int run(void) {
    hb_report_free(report);
    report = NULL;
    return hb_run_experiment(&experiment, &options, &report, &error);
}

/* ---- Files ----------------------------------------------------------------------------------------------------- */

static const char *folder(const char *name) {
    static char path[4][HB_PATH_BYTES];
    static int next;
    char *at = path[next++ % 4];
    snprintf(at, HB_PATH_BYTES, "%s/%s", guest_folder(), name);
    return at;
}

static char *read_whole(const char *path) {
    FILE *file = fopen(path, "rb");
    ck_assert_msg(file != NULL, "%s is not there", path);
    char *text = calloc(1, 1 << 20);
    ck_assert_uint_lt(fread(text, 1, (1 << 20) - 1, file), (1 << 20) - 1);
    (void)fclose(file);
    return text;
}

static char *read_in(const char *dir, const char *name) {
    char path[HB_PATH_BYTES];
    ck_assert_int_lt(snprintf(path, sizeof path, "%s/%s", dir, name), (int)sizeof path);
    return read_whole(path);
}

static bool exists(const char *dir, const char *name) {
    char path[HB_PATH_BYTES];
    ck_assert_int_lt(snprintf(path, sizeof path, "%s/%s", dir, name), (int)sizeof path);
    return access(path, F_OK) == 0;
}

/* ---- Exit statuses --------------------------------------------------------------------------------------------- */

START_TEST(the_outcome_decides_without_expectations) {
    static const struct {
        const char *image;
        int status;
        enum hb_outcome outcome;
    } cases[] = {{passes, 0, HB_OUTCOME_PASSED},
                 {fails, 1, HB_OUTCOME_FAILED},
                 {nowhere, 1, HB_OUTCOME_CRASH},
                 {sleeps, 3, HB_OUTCOME_HANG},
                 {spins, 3, HB_OUTCOME_LIMIT}};
    add("", cases[_i].image, 2);
    ck_assert_int_eq(run(), cases[_i].status);
    ck_assert_ptr_nonnull(report);
    ck_assert_int_eq(report->exit_status, cases[_i].status);
    ck_assert_int_eq(report->variant[0].result->outcome, cases[_i].outcome);
}
END_TEST

START_TEST(the_worst_variant_decides) {
    add("one", passes, 1);
    add("two", spins, 1);
    ck_assert_int_eq(run(), 3);
    add("three", fails, 1);
    ck_assert_int_eq(run(), 1);
}
END_TEST

START_TEST(expectations_alone_decide) {
    add("", fails, 1);
    expect("outcome == 'failed' and exit_code == 5");
    ck_assert_int_eq(run(), 0);
    ck_assert(report->expectation[0].holds);
    ck_assert_ptr_nonnull(strstr(report->expectation[0].values, "5"));
    expect("cycles < 1");
    ck_assert_int_eq(run(), 1);
    ck_assert(!report->expectation[1].holds);
}
END_TEST

static void kill_in(struct hb_variant *of, uint64_t cycle) {
    of->config.faults[of->config.n_faults++] =
        (struct hb_fault_config){.hart = 1, .trigger = HB_TRIGGER_CYCLE, .cycle = cycle, .count = 1};
}

START_TEST(a_fault_that_never_struck_is_told_and_expected) {
    add("", passes, 2);
    kill_in(&variant[0], 900000);
    ck_assert_int_eq(run(), 0);
    char *warnings = hb_report_warnings(report), *table = hb_report_table(report);
    ck_assert_ptr_nonnull(strstr(warnings, "warning: faults.0: CPU 1 never failed"));
    ck_assert_ptr_nonnull(strstr(table, "NEVER DID"));
    free(warnings);
    free(table);
    expect("outcome == 'passed'");
    ck_assert_int_eq(run(), 1);
    ck_assert_uint_eq(report->expectations, 2);
    ck_assert_str_eq(report->expectation[1].that, "faults.0.activated");
    expect("not faults.0.activated");
    ck_assert_int_eq(run(), 0);
    ck_assert_uint_eq(report->expectations, 2);
}
END_TEST

START_TEST(a_fault_that_struck_is_no_warning) {
    add("", passes, 2);
    kill_in(&variant[0], 10);
    expect("faults.0.cycle == 10");
    ck_assert_int_eq(run(), 0);
    char *warnings = hb_report_warnings(report);
    ck_assert_str_eq(warnings, "");
    free(warnings);
    kill_in(&variant[0], 20); /* of a hart that is dead */
    ck_assert_int_eq(run(), 1);
    ck_assert_str_eq(report->expectation[1].that, "faults.1.activated");
}
END_TEST

/* Of a CPU that died under the workload share, and of nothing else. */
START_TEST(increments_that_count_twice_are_told) {
    struct hb_fault_result fault = {.activated = (_i & 1) != 0, .struck = true};
    struct hb_run_result result = {.has_increments = (_i & 2) != 0, .faults = 1, .fault = &fault};
    struct hb_run_variant of = {.result = &result};
    struct hb_run_report told = {.variants = 1, .variant = &of};
    char *warnings = hb_report_warnings(&told);
    ck_assert_msg((strstr(warnings, "os.increments_counted") != NULL) == (_i == 3), "%s", warnings);
    free(warnings);
}
END_TEST

START_TEST(a_run_that_was_cut_short_is_not_expected) {
    add("one", passes, 1);
    add("two", spins, 1);
    expect("one.outcome == 'passed' and two.cycles > 0");
    ck_assert_int_eq(run(), 1);
    ck_assert_uint_eq(report->expectations, 2);
    ck_assert_str_eq(report->expectation[1].that, "two.outcome != 'limit' and two.outcome != 'interrupted'");
    expect("two.outcome == 'limit'");
    ck_assert_int_eq(run(), 0);
}
END_TEST

START_TEST(expectations_see_all_variants) {
    add("one", passes, 1);
    add("two", passes, 2);
    expect("one.cycles > 0 and two.harts.1.instructions > 0");
    expect("one.cycles == two.cycles + 1000000");
    ck_assert_int_eq(run(), 1);
    ck_assert(report->expectation[0].holds);
    ck_assert(!report->expectation[1].holds);
}
END_TEST

static pid_t caller;

/* In each worker; the caller would ask its workers to end by a signal. */
static bool after_three(void *context) {
    (void)context;
    static int asked;
    return getpid() != caller && ++asked > 3;
}

START_TEST(an_interrupted_run_says_how_far_it_came) {
    char *dir = strdup(folder("interrupted"));
    add("one", passes, 1);
    add("two", spins, 1);
    add("three", passes, 1);
    expect("two.cycles == 0");
    options.out_dir = dir;
    options.interrupted = after_three;
    caller = getpid();
    ck_assert_int_eq(run(), 3);
    ck_assert(report->interrupted);
    ck_assert_int_eq(report->variant[2].result->outcome, HB_OUTCOME_PASSED); /* it ends before it is asked */
    ck_assert_int_eq(report->variant[1].result->outcome, HB_OUTCOME_INTERRUPTED);
    ck_assert_uint_eq(report->variant[1].result->cycles, 300000);
    char *json = read_in(dir, "result.json");
    ck_assert_ptr_nonnull(strstr(json, "\"two\": \"interrupted\""));
    ck_assert(exists(dir, "two/result.json"));
    free(json);
    free(dir);
}
END_TEST

START_TEST(the_limit_can_be_lowered) {
    add("", spins, 1);
    options.cycles_limit = 5000;
    ck_assert_int_eq(run(), 3);
    ck_assert_uint_eq(report->variant[0].result->cycles, 5000);
}
END_TEST

/* ---- The folder ------------------------------------------------------------------------------------------------ */

START_TEST(one_run_leaves_result_and_console) {
    const char *dir = folder("a/deep/one");
    add("", passes, 1);
    expect("outcome == 'passed'");
    options.out_dir = dir;
    ck_assert_int_eq(run(), 0);
    char *json = read_in(dir, "result.json"), *console = read_in(dir, "console.txt");
    cJSON *result = cJSON_Parse(json);
    ck_assert_str_eq(console, "hello\n");
    ck_assert_str_eq(console_text, "hello\n");
    const cJSON *expected = cJSON_GetArrayItem(cJSON_GetObjectItem(result, "expect"), 0);
    ck_assert_str_eq(cJSON_GetObjectItem(expected, "that")->valuestring, "outcome == 'passed'");
    ck_assert(cJSON_IsTrue(cJSON_GetObjectItem(expected, "holds")));
    ck_assert_ptr_nonnull(cJSON_GetObjectItem(expected, "values"));
    ck_assert_ptr_null(strstr(json, guest_folder())); /* nothing of the host */
    cJSON_Delete(result);
    free(json);
    free(console);
}
END_TEST

START_TEST(variants_leave_a_folder_each_and_their_outcomes) {
    const char *dir = folder("variants");
    add("good", passes, 1);
    add("bad", fails, 1);
    expect("good.exit_code == 0");
    options.out_dir = dir;
    ck_assert_int_eq(run(), 0);
    char *json = read_in(dir, "result.json");
    cJSON *common = cJSON_Parse(json), *variants = cJSON_GetObjectItem(common, "variants");
    ck_assert_int_eq(cJSON_GetArraySize(common), 3);
    ck_assert_str_eq(cJSON_GetObjectItem(common, "schema")->valuestring, "hartbeat-result/1");
    ck_assert_str_eq(cJSON_GetObjectItem(variants, "good")->valuestring, "passed");
    ck_assert_str_eq(cJSON_GetObjectItem(variants, "bad")->valuestring, "failed");
    ck_assert_int_eq(cJSON_GetArraySize(cJSON_GetObjectItem(common, "expect")), 1);
    ck_assert(exists(dir, "good/result.json") && exists(dir, "good/console.txt") && exists(dir, "bad/result.json"));
    char *one = read_in(dir, "good/result.json");
    ck_assert_ptr_null(strstr(one, "\"expect\""));
    cJSON_Delete(common);
    free(json);
    free(one);
}
END_TEST

START_TEST(two_runs_leave_the_same_bytes) {
    char *json[2];
    for (int i = 0; i < 2; i++) {
        end();
        start();
        add("", mix, 4);
        options.out_dir = folder(i ? "second" : "first");
        ck_assert_int_eq(run(), 0);
        json[i] = read_in(options.out_dir, "result.json");
    }
    ck_assert_str_eq(json[0], json[1]);
    free(json[0]);
    free(json[1]);
}
END_TEST

START_TEST(a_folder_that_cannot_be_written_stops_before_the_run) {
    const char *file = folder("a-file");
    (void)close(open(file, O_CREAT | O_WRONLY, 0644));
    char below[HB_PATH_BYTES];
    ck_assert_int_lt(snprintf(below, sizeof below, "%s/out", file), (int)sizeof below);
    const char *bad[] = {below, file, "/proc/none/here", ""};
    add("", passes, 1);
    options.out_dir = bad[_i];
    ck_assert_int_eq(run(), 2);
    ck_assert_ptr_null(report);
    ck_assert_ptr_nonnull(strstr(error.text, *bad[_i] ? "cannot be written" : "not a folder"));
    ck_assert_str_eq(console_text, ""); /* nothing has run */
}
END_TEST

START_TEST(an_image_that_is_missing_stops_before_the_run) {
    add("one", passes, 1);
    add("two", "/nowhere/there.elf", 1);
    ck_assert_int_eq(run(), 2);
    ck_assert_ptr_nonnull(strstr(error.text, "there.elf"));
    ck_assert_str_eq(console_text, "");
}
END_TEST

/* ---- Recordings ------------------------------------------------------------------------------------------------ */

static struct hb_input_config typed[] = {{.cycle = 3000, .text = "ab"}, {.cycle = 9000, .text = "c\n"}};

START_TEST(a_recorded_run_replays_to_the_same_hash) {
    const char *record = folder("inputs.txt");
    add("", echo, 1);
    variant[0].config.inputs = typed;
    variant[0].config.n_inputs = 2;
    options.record = record;
    ck_assert_int_eq(run(), 0);
    ck_assert_str_eq(console_text, "abc\n");
    uint64_t hash = report->variant[0].result->state_hash, cycles = report->variant[0].result->cycles;
    options.record = NULL;
    options.replay = record;
    for (int i = 0; i < 2; i++) { /* the experiment's own input is not added to the recording */
        console_text[0] = 0;
        ck_assert_int_eq(run(), 0);
        ck_assert_str_eq(console_text, "abc\n");
        ck_assert_uint_eq(report->variant[0].result->state_hash, hash);
        ck_assert_uint_eq(report->variant[0].result->cycles, cycles);
        variant[0].config.n_inputs = 0;
    }
}
END_TEST

START_TEST(typing_takes_its_time) {
    struct hb_config config;
    struct hb_input_config slowly = {.cycle = 100, .every_cycles = 50, .text = "abc"};
    guest_config(&config, mix, 1);
    config.inputs = &slowly;
    config.n_inputs = 1;
    struct hb_machine *machine = guest_machine(&config);
    ck_assert_uint_eq(machine->log.inputs, 3);
    for (uint32_t i = 0; i < 3; i++) {
        ck_assert_uint_eq(machine->log.input[i].cycle, 100 + 50 * i);
        ck_assert_uint_eq(machine->log.input[i].byte, 'a' + i);
    }
    hb_machine_destroy(machine);
}
END_TEST

START_TEST(faults_and_policies_in_mid_run_are_replayed) {
    const char *record = folder("faults.txt");
    uint64_t hash[2];
    struct hb_config config;
    guest_config(&config, mix, 4);
    config.stop_cycles = 60000;
    for (int i = 0; i < 2; i++) {
        struct hb_machine *machine = guest_machine(&config);
        if (i == 0) {
            hb_machine_run(machine, 20000);
            hb_machine_input(machine,
                             &(struct hb_input){.cycle = 20000, .kind = HB_INPUT_FAULT, .hart = 2, .terms.lost = true});
            hb_machine_input(machine, &(struct hb_input){.cycle = 30000, .kind = HB_INPUT_TEXT, .byte = 'x'});
            hb_machine_input(machine, &(struct hb_input){.cycle = 25000, .kind = HB_INPUT_FAULT, .hart = 1});
        } else {
            ck_assert_msg(hb_recording_read(machine, record, &error), "%s", error.text);
        }
        hb_machine_run(machine, UINT64_MAX);
        if (i == 0)
            ck_assert_msg(hb_recording_write(machine, record, &error), "%s", error.text);
        struct hb_run_result *result = hb_result_gather(machine);
        ck_assert_uint_eq(result->faults, 2);
        ck_assert(result->fault[0].hart == 2 && result->fault[0].cycle == 20000 && result->fault[0].terms.lost);
        ck_assert(result->fault[1].hart == 1 && result->fault[1].cycle == 25000 && !result->fault[1].terms.lost);
        hash[i] = result->state_hash;
        hb_result_free(result);
        hb_machine_destroy(machine);
    }
    ck_assert_uint_eq(hash[0], hash[1]);
}
END_TEST

START_TEST(a_recording_that_is_none_is_refused) {
    const char *text[] = {"",
                          "hartbeat-inputs 2\n",
                          "hartbeat-inputs 1\n5 fault 9 lost\n",
                          "hartbeat-inputs 1\n5 sing\n",
                          "hartbeat-inputs 1\n5 set no_such_thing 1\n",
                          "hartbeat-inputs 1\n5 text 100\n"};
    const char *path = folder("bad.txt");
    FILE *file = fopen(path, "w");
    fputs(text[_i], file);
    (void)fclose(file);
    add("", passes, 2);
    options.replay = path;
    ck_assert_int_eq(run(), 2);
    ck_assert_ptr_nonnull(strstr(error.text, "bad.txt: line"));
    ck_assert_str_eq(console_text, "");
}
END_TEST

START_TEST(a_recording_is_of_one_run) {
    add("one", passes, 1);
    options.record = folder("never.txt");
    ck_assert_int_eq(run(), 2);
    ck_assert_ptr_nonnull(strstr(error.text, "variants"));
}
END_TEST

/* ---- The table ------------------------------------------------------------------------------------------------- */

START_TEST(the_table_names_what_happened) {
    add("one", passes, 1);
    add("two", nowhere, 2);
    expect("one.cycles > 1");
    expect("two.outcome == 'passed'");
    ck_assert_int_eq(run(), 1);
    char *text = hb_report_table(report);
    static const char *const wanted[] = {"one: passed after",
                                         "two: crash after",
                                         "instruction access fault",
                                         "leap",
                                         "holds          one.cycles > 1",
                                         "DOES NOT HOLD  two.outcome == 'passed'",
                                         "variant"};
    for (size_t i = 0; i < sizeof wanted / sizeof wanted[0]; i++)
        ck_assert_msg(strstr(text, wanted[i]) != NULL, "\"%s\" is missing", wanted[i]);
    free(text);
}
END_TEST

static uint64_t told_cycles, told_times;

static void tell(void *context, uint64_t cycle, uint64_t limit, uint64_t done, uint64_t tasks) {
    (void)context;
    ck_assert_uint_eq(limit, 2000000);
    ck_assert_uint_eq(done, 0);
    ck_assert_uint_eq(tasks, 0);
    ck_assert_uint_gt(cycle, told_cycles);
    told_cycles = cycle;
    told_times++;
}

START_TEST(progress_is_told) {
    add("", spins, 1);
    variant[0].config.stop_cycles = 2000000;
    options.progress = tell;
    ck_assert_int_eq(run(), 3);
    ck_assert_uint_eq(told_cycles, 2000000);
    ck_assert_uint_ge(told_times, 2);
}
END_TEST

static Suite *runners(void) {
    Suite *suite = suite_create("runner");
    TCase *tests = tcase_create("runner");
    tcase_set_timeout(tests, 60);
    tcase_add_checked_fixture(tests, start, end);
    tcase_add_loop_test(tests, the_outcome_decides_without_expectations, 0, 5);
    tcase_add_test(tests, the_worst_variant_decides);
    tcase_add_test(tests, expectations_alone_decide);
    tcase_add_test(tests, a_fault_that_never_struck_is_told_and_expected);
    tcase_add_test(tests, a_fault_that_struck_is_no_warning);
    tcase_add_loop_test(tests, increments_that_count_twice_are_told, 0, 4);
    tcase_add_test(tests, a_run_that_was_cut_short_is_not_expected);
    tcase_add_test(tests, expectations_see_all_variants);
    tcase_add_test(tests, an_interrupted_run_says_how_far_it_came);
    tcase_add_test(tests, the_limit_can_be_lowered);
    tcase_add_test(tests, one_run_leaves_result_and_console);
    tcase_add_test(tests, variants_leave_a_folder_each_and_their_outcomes);
    tcase_add_test(tests, two_runs_leave_the_same_bytes);
    tcase_add_loop_test(tests, a_folder_that_cannot_be_written_stops_before_the_run, 0, 4);
    tcase_add_test(tests, an_image_that_is_missing_stops_before_the_run);
    tcase_add_test(tests, a_recorded_run_replays_to_the_same_hash);
    tcase_add_test(tests, typing_takes_its_time);
    tcase_add_test(tests, faults_and_policies_in_mid_run_are_replayed);
    tcase_add_loop_test(tests, a_recording_that_is_none_is_refused, 0, 6);
    tcase_add_test(tests, a_recording_is_of_one_run);
    tcase_add_test(tests, the_table_names_what_happened);
    tcase_add_test(tests, progress_is_told);
    suite_add_tcase(suite, tests);
    return suite;
}

int main(void) {
    guest_need_compiler();
    guest_make("ends", "-DENDS=0x5555", "passes", passes);
    guest_make("ends", "-DENDS=0x53333", "fails", fails);
    guest_make("ends", "-DENDS=0", "sleeps", sleeps);
    guest_make("ends", "-DENDS=1", "spins", spins);
    guest_make("nowhere", "", "nowhere", nowhere);
    guest_make("echo", "", "echo", echo);
    guest_make("mix", "", "mix", mix);
    SRunner *runner = srunner_create(runners());
    srunner_run_all(runner, CK_ENV);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    guest_clean_up();
    return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
