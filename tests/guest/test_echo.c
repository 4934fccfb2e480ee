/* Lines typed on the console, and the interrupts that bring them: every line is answered, whoever is interrupted, and
 * whoever dies. */
#include <check.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "memory/hash.h"
#include "sim/engine/run.h"
#include "sim/machine/machine.h"
#include "sim/result/gather.h"

#define TASKS        4u
#define LINES        20u
#define LINE_BYTES   10u
#define FIRST_CYCLE  150000u
#define EVERY_CYCLES 3000u

static char typed[LINES * LINE_BYTES + 1];
static char console[8192];
static size_t console_bytes;

static void listen(void *context, const char *text, size_t n) {
    (void)context;
    if (console_bytes + n < sizeof console)
        memcpy(console + console_bytes, text, n);
    console_bytes += n;
    console[console_bytes < sizeof console ? console_bytes : 0] = '\0';
}

static struct hb_input_config typing = {.cycle = FIRST_CYCLE, .every_cycles = EVERY_CYCLES, .text = typed};

static void configure(struct hb_config *config, uint64_t irq) {
    hb_config_defaults(config);
    snprintf(config->image, sizeof config->image, "%s/images/smp.elf", HB_BINARY_DIR);
    config->harts = 4;
    config->os.group[0].kind = HB_KIND_ECHO;
    config->os.group[0].tasks = TASKS;
    config->os.group[0].work = LINES / TASKS;
    hb_config_settle_groups(config);
    config->os.irq = irq;
    config->inputs = &typing;
    config->n_inputs = 1;
    config->stop_cycles = 20000000;
    config->stop_quiet_cycles = 2000000;
    for (uint32_t i = 0; i < LINES; i++)
        snprintf(typed + (size_t)i * LINE_BYTES, LINE_BYTES + 1, "%09" PRIu32 "\n", i);
}

/* The caller frees what it gets. */
static struct hb_run_result *run(const struct hb_config *config) {
    struct hb_error error = {.text = ""};
    struct hb_machine *machine = hb_machine_create(config, &error);
    ck_assert_msg(machine != NULL, "%s", error.text);
    struct hb_watcher watcher = {.console = listen};
    console_bytes = 0;
    hb_machine_watch_add(machine, &watcher);
    hb_machine_run(machine, UINT64_MAX);
    struct hb_run_result *result = hb_result_gather(machine);
    hb_machine_destroy(machine);
    return result;
}

/* `at`: where a run is found, when it is not as it should be. */
static void check_passed(const struct hb_run_result *result, const char *at) {
    ck_assert_msg(result->outcome == HB_OUTCOME_PASSED, "%s: %s: %s", at, hb_outcome_name(result->outcome),
                  result->reason);
    ck_assert_msg(result->os.tasks_completed == TASKS, "%s", at);
}

static void check_answers(const struct hb_run_result *result, const char *at) {
    char line[LINE_BYTES + 1];
    check_passed(result, at);
    for (uint32_t i = 0; i < LINES; i++) {
        snprintf(line, sizeof line, "%.*s", (int)LINE_BYTES, typed + (size_t)i * LINE_BYTES);
        ck_assert_msg(strstr(console, line) != NULL, "%s: line %" PRIu32 " is not answered: %s", at, i, console);
    }
}

static uint64_t sum_of(const uint64_t *interrupts) {
    uint64_t sum = 0;
    for (uint32_t hart = 0; hart < HB_HARTS_MAX; hart++)
        sum += interrupts[hart];
    return sum;
}

START_TEST(test_every_line_is_answered_once) {
    for (uint64_t irq = HB_IRQ_ONE; irq <= HB_IRQ_ALL; irq++) {
        struct hb_config config;
        configure(&config, irq);
        struct hb_run_result *result = run(&config);
        check_answers(result, "undisturbed");
        ck_assert_ptr_eq(strstr(strstr(console, "000000007\n") + 1, "000000007\n"), NULL);
        ck_assert_uint_eq(result->overruns, 0);
        ck_assert_uint_le(sum_of(result->os.interrupts), LINES * LINE_BYTES);
        ck_assert_uint_ge(sum_of(result->os.interrupts), LINES * LINE_BYTES * 9 / 10);
        ck_assert_msg((result->os.spurious_interrupts > LINES) == (irq == HB_IRQ_ALL), "irq %" PRIu64, irq);
        hb_result_free(result);
    }
}
END_TEST

/* Longer than a slot of the kernel's, and more lines at once than it has slots: what does not fit waits in the UART. */
START_TEST(test_a_flood_is_answered_too) {
    static char flood[4096];
    struct hb_input_config at_once = {.cycle = FIRST_CYCLE, .text = flood};
    struct hb_config config;
    configure(&config, HB_IRQ_ONE);
    for (uint32_t i = 0; i < 400; i++)
        snprintf(flood + (size_t)i * LINE_BYTES, LINE_BYTES + 1, "%09" PRIu32 "\n", i);
    config.inputs = &at_once;
    config.os.group[0].work = 400 / TASKS;
    struct hb_run_result *result = run(&config);
    check_answers(result, "flood");
    ck_assert_uint_eq(result->overruns, 400 * LINE_BYTES - 16);
    hb_result_free(result);
}
END_TEST

/* An answer that was being printed goes on where it ended, perhaps after another line: so lines are counted. One byte
 * may have been printed twice. The kernel's own two lines count as well. */
static void check_lines(const struct hb_run_result *result, const char *at) {
    uint32_t lines = 0;
    check_passed(result, at);
    for (const char *c = console; *c; c++)
        lines += *c == '\n';
    ck_assert_msg(lines == LINES + 2 || lines == LINES + 3, "%s: %" PRIu32 " lines: %s", at, lines, console);
}

START_TEST(test_whoever_dies_every_line_is_answered) {
    char at[64];
    for (uint32_t i = 0; i < 36; i++) {
        struct hb_config config;
        configure(&config, i % 3);
        uint64_t cycle = FIRST_CYCLE + hb_choice(1, 7, i) % (LINES * LINE_BYTES * EVERY_CYCLES);
        config.faults[config.n_faults++] =
            (struct hb_fault_config){.hart = i / 3 % 4, .trigger = HB_TRIGGER_CYCLE, .cycle = cycle, .count = 1};
        struct hb_run_result *result = run(&config);
        snprintf(at, sizeof at, "irq %" PRIu64 ", hart %" PRIu32 " killed at %" PRIu64, config.os.irq,
                 config.faults[0].hart, cycle);
        ck_assert(result->fault[0].activated);
        check_lines(result, at);
        hb_result_free(result);
    }
}
END_TEST

START_TEST(test_without_recovery_nobody_reads) {
    struct hb_config config;
    configure(&config, HB_IRQ_ONE);
    config.os.recovery_detect = HB_DETECT_NONE;
    config.faults[config.n_faults++] =
        (struct hb_fault_config){.hart = 0, .trigger = HB_TRIGGER_CYCLE, .cycle = 2 * FIRST_CYCLE, .count = 1};
    struct hb_run_result *result = run(&config);
    ck_assert_int_eq(result->outcome, HB_OUTCOME_HANG);
    ck_assert_uint_gt(result->overruns, 0);
    hb_result_free(result);
}
END_TEST

int main(void) {
    TCase *tests = tcase_create("echo");
    tcase_set_timeout(tests, 120);
    tcase_add_test(tests, test_every_line_is_answered_once);
    tcase_add_test(tests, test_a_flood_is_answered_too);
    tcase_add_test(tests, test_whoever_dies_every_line_is_answered);
    tcase_add_test(tests, test_without_recovery_nobody_reads);
    Suite *suite = suite_create("echo");
    suite_add_tcase(suite, tests);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
