/* Numbers out of a guest are never trusted: programs that report random tracepoints, with random subjects and
 * arguments, random results and, as inputs of the run, random parameters. Results, statistics, traces and the dashboard
 * are made of each; whatever they say, hartbeat goes on.
 *
 *     golden_untrusted [FIRST [CASES]]
 */
#include "tests/unit/guest.h"

#include <stddef.h>

#include "memory/hash.h"
#include "sim/engine/run.h"
#include "sim/experiment/runner.h"
#include "sim/result/gather.h"
#include "sim/trace/trace.h"
#include "tests/golden/scenes.h"
#include "ui/dashboard/source/machine_session.h"

#define SPEAKERS   4
#define CODE       2048
#define VALUES     1024
#define EVENTS_MAX 600
#define LOAD       0x00053583u /* ld a1, 0(a0) */
#define STEP       0x00850513u /* addi a0, a0, 8 */
#define SAY        0x0005a013u /* slti x0, a1, 0 */
#define RETURN     0x00008067u

static char image[HB_PATH_BYTES];
static uint64_t number, drawn; /* of the case; how many draws it has made */
static uint64_t first = 0, cases = 40;

static uint64_t draw(uint64_t below) {
    uint64_t x = hb_choice(77, number, drawn++);
    return below ? x % below : x;
}

/* Small numbers, limits and what lies just beyond them, and anything. */
static uint64_t any_number(void) {
    static const uint64_t nasty[] = {0,          1,    2,          3,          7,          10,         63,
                                     64,         65,   127,        128,        255,        256,        257,
                                     2047,       2048, 2049,       0x7fffffff, 0x80000000, 0x80000001, 0xfffffffe,
                                     0xffffffff, 4096, 1ull << 31, 1ull << 32, 1ull << 63, INT64_MAX,  UINT64_MAX};
    switch (draw(4)) {
    case 0: return draw(6);
    case 1: return draw(70);
    case 2: return nasty[draw(sizeof nasty / sizeof nasty[0])];
    default: return draw(0);
    }
}

static uint32_t any_id(void) {
    return (uint32_t)(draw(8) ? 1 + draw(HB_TP_INTERRUPT) : draw(4096));
}

/* ---- The guest ---- */

static void put(struct hb_machine *machine, const char *symbol, uint64_t offset, const void *bytes, uint64_t n) {
    uint64_t at;
    ck_assert(hb_symbols_find(&machine->symbols, symbol, &at, NULL));
    ck_assert(hb_bus_debug_write(&machine->bus, at + offset, bytes, n));
}

static void put_events(struct hb_machine *machine, uint32_t hart) {
    static uint32_t code[CODE];
    static uint64_t values[VALUES];
    uint32_t n = 0, events = (uint32_t)draw(EVENTS_MAX);
    for (uint32_t i = 0; i < events; i++) {
        values[i] = (uint32_t)any_number() | (draw(3) ? any_number() << 32 : 0);
        code[n++] = LOAD;
        code[n++] = STEP;
        code[n++] = SAY | (any_id() & 0xfff) << 20;
    }
    code[n] = RETURN;
    put(machine, "code", (uint64_t)hart * sizeof code, code, sizeof code);
    put(machine, "values", (uint64_t)hart * sizeof values, values, sizeof values);
}

static void put_results(struct hb_machine *machine) {
    static struct hb_result slots[HB_TASKS_MAX];
    uint64_t one_in = 1 + draw(64);
    for (uint32_t i = 0; i < HB_TASKS_MAX; i++)
        slots[i] = draw(one_in) ? (struct hb_result){0, 0} : (struct hb_result){any_number(), any_number()};
    put(machine, "hb_results", 0, slots, sizeof slots);
}

/* As the inputs of a recording, or the dashboard's buttons, would set them. The work stays what it was: how long a run
 * takes is the user's own affair. */
static void set_parameters(struct hb_machine *machine) {
    const uint32_t first_work = offsetof(struct hb_params, group[0].work) / sizeof(uint64_t);
    const uint32_t period = sizeof(struct hb_group) / sizeof(uint64_t);
    for (uint64_t i = draw(12); i > 0; i--) {
        uint32_t parameter = (uint32_t)draw(sizeof(struct hb_params) / sizeof(uint64_t));
        if (parameter < first_work || (parameter - first_work) % period != 0)
            hb_machine_input(machine, &(struct hb_input){.cycle = draw(5000),
                                                         .kind = HB_INPUT_PARAMETER,
                                                         .parameter = parameter,
                                                         .value = any_number()});
    }
}

static void choose_config(struct hb_config *config) {
    guest_config(config, image, 1 + (uint32_t)draw(SPEAKERS));
    config->memory.size_bytes = 4u << 20;
    config->stop_cycles = 20000 + draw(200000);
    config->stop_quiet_cycles = draw(2) ? 0 : 1000 + draw(50000);
    config->window_cycles = draw(3) ? 1 + draw(5000) : 0;
    config->os.group[0].kind = draw(3);
    config->os.group[0].work = draw(4);
    config->stats.misses = draw(2);
    config->stats.lines = (uint32_t)draw(9);
    config->stats.locks = draw(2);
    config->stats.interval_cycles = draw(2) ? 0 : 100 + draw(3000);
}

static void prepare(struct hb_machine *machine) {
    uint64_t harts = machine->config.harts;
    put(machine, "harts", 0, &harts, sizeof harts);
    for (uint32_t h = 0; h < harts; h++)
        put_events(machine, h);
    put_results(machine);
    set_parameters(machine);
}

/* ---- What is made of it ---- */

static void run(struct hb_machine *machine, const char *suffix) {
    char path[HB_PATH_BYTES];
    struct hb_error error = {""};
    struct hb_save_request save = {0};
    if (!suffix) {
        hb_machine_run(machine, UINT64_MAX);
        return;
    }
    snprintf(path, sizeof path, "%s/trace%s", guest_folder(), suffix);
    struct hb_trace *trace = hb_trace_open(machine, path, &error);
    ck_assert_msg(trace != NULL, "%s", error.text);
    ck_assert_msg(hb_trace_run(trace, &save, UINT64_MAX, &error), "%s", error.text);
    ck_assert_msg(hb_trace_close(trace, &error), "%s", error.text);
}

static void look_at_result(struct hb_machine *machine) {
    struct hb_run_result *result = hb_result_gather(machine);
    struct hb_run_variant variant = {.result = result};
    struct hb_run_report report = {.variants = 1, .variant = &variant};
    char *json = hb_result_json(result, NULL, 0), *table = hb_report_table(&report);
    ck_assert(json != NULL && table != NULL);
    free(json);
    free(table);
    hb_result_free(result);
}

static void on_the_command_line(const struct hb_config *config) {
    static const char *const suffixes[] = {NULL, ".json", ".csv", ".vcd"};
    struct hb_machine *machine = guest_machine(config);
    prepare(machine);
    run(machine, suffixes[draw(4)]);
    look_at_result(machine);
    hb_machine_destroy(machine);
}

static void in_the_dashboard(const struct hb_config *config) {
    struct hb_error error = {""};
    struct hb_metrics metrics;
    struct hb_session *session = hb_session_open(config, &error);
    struct hb_app *app = calloc(1, sizeof *app);
    ck_assert_msg(session && app, "%s", error.text);
    prepare(hb_session_machine(session));
    hb_metrics_fixed(&metrics, 18);
    ck_assert(hb_app_open(app, session, &metrics));
    for (int i = 0; i < 4; i++) {
        hb_app_run_to(app, hb_app_cycle(app) + draw(20000), 100);
        hb_app_take_events(app, true);
        hb_app_draw(app, 1600, 900);
        if (i == 1)
            hb_app_execute(app, hb_command_of(HB_COMMAND_KILL, (int64_t)draw(config->harts)));
    }
    look_at_result(hb_session_machine(session));
    hb_app_close(app);
    hb_session_close(session);
    free(app);
}

START_TEST(whatever_a_guest_says) {
    struct hb_config config;
    number = first + (uint64_t)_i;
    drawn = 0;
    choose_config(&config);
    if (number % 4 == 3)
        in_the_dashboard(&config);
    else
        on_the_command_line(&config);
}
END_TEST

int main(int argc, char **argv) {
    guest_need_compiler();
    first = argc > 1 ? strtoull(argv[1], NULL, 10) : first;
    cases = argc > 2 ? strtoull(argv[2], NULL, 10) : cases;
    guest_make("chatter", "", "chatter", image);
    Suite *suite = suite_create("untrusted");
    TCase *test_case = tcase_create("untrusted");
    tcase_set_timeout(test_case, 60);
    tcase_add_loop_test(test_case, whatever_a_guest_says, 0, (int)cases);
    suite_add_tcase(suite, test_case);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    guest_clean_up();
    return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
