/* The session over the real machine with the bundled SMP kernel: what it tells is what the machine
 * and its kernel did. */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "sim/experiment/experiment.h"
#include "ui/dashboard/source/machine_session.h"

#define EXPERIMENT   HB_SOURCE_DIR "/configs/smp4.json"
#define KILL_CYCLE   400000
#define LIMIT_CYCLES 2000000
#define EVENTS       4096

static struct hb_experiment experiment;
static struct hb_session *session;
static void *self;
static const struct hb_session_ops *ops;

static void setup(void) {
    static const char *const sets[] = {"os.workload.tasks=200", "os.workload.work=5"};
    struct hb_error error;
    ck_assert_msg(hb_experiment_load(EXPERIMENT, sets, 2, &experiment, &error), "%s", error.text);
    session = hb_session_open(&experiment.variant[0].config, &error);
    ck_assert_msg(session != NULL, "%s", error.text);
    self = session->self;
    ops = session->ops;
}

static void teardown(void) {
    hb_session_close(session);
    hb_experiment_free(&experiment);
}

/* Runs on in steps and gives all that is told. */
static size_t run_and_listen(uint64_t cycle, struct hb_happening *event) {
    size_t count = ops->events(self, event, EVENTS);
    while (ops->cycle(self) < cycle && ops->status(self) == HB_VIEW_GOING) {
        ops->run_to(self, ops->cycle(self) + 5000 < cycle ? ops->cycle(self) + 5000 : cycle);
        count += ops->events(self, event + count, EVENTS - count);
    }
    return count;
}

/* Place of the first happening of this kind, -1: none. */
static int place_of(const struct hb_happening *event, size_t count, enum hb_happening_kind kind) {
    for (size_t i = 0; i < count; i++)
        if (event[i].kind == kind)
            return (int)i;
    return -1;
}

START_TEST(every_cycle_is_accounted_for) {
    struct hb_counters counters, last = {0};
    for (uint64_t cycle = 1; cycle < 200000; cycle += 977) {
        ops->run_to(self, cycle);
        ops->counters(self, &counters);
        ck_assert_uint_eq(counters.cycle, cycle);
        for (int hart = 0; hart < 4; hart++) {
            const struct hb_counters_hart *now = &counters.hart[hart], *then = &last.hart[hart];
            uint64_t sum = now->busy + now->idle;
            for (int i = 0; i < HB_VIEW_CAUSES; i++)
                sum += now->stalled[i];
            ck_assert_uint_eq(sum, cycle);
            ck_assert_uint_ge(now->busy, then->busy);
            ck_assert_uint_ge(now->idle, then->idle);
            ck_assert_uint_ge(now->instructions, now->user_instructions);
        }
        ck_assert_uint_le(counters.bus_busy, cycle);
        last = counters;
    }
}
END_TEST

START_TEST(a_kill_is_told_stage_by_stage) {
    static struct hb_happening event[EVENTS];
    size_t count = run_and_listen(KILL_CYCLE, event);
    ck_assert_int_ge(place_of(event, count, HB_HAPPENED_ALL_UP), 0);
    ck_assert_int_ge(place_of(event, count, HB_HAPPENED_TASK_DONE), 0);
    ck_assert_int_eq(place_of(event, count, HB_HAPPENED_KILLED), -1);
    ops->kill(self, 2, false);
    count = run_and_listen(LIMIT_CYCLES, event);
    static const enum hb_happening_kind stages[] = {HB_HAPPENED_KILLED, HB_HAPPENED_SUSPECTED, HB_HAPPENED_FENCED,
                                                    HB_HAPPENED_RECOVERED, HB_HAPPENED_FIRST_WORK};
    int before = -1;
    for (size_t i = 0; i < sizeof stages / sizeof *stages; i++) {
        int at = place_of(event, count, stages[i]);
        ck_assert_msg(at > before, "stage %zu is told at place %d, the one before at %d", i, at, before);
        ck_assert_uint_eq(event[at].hart, 2);
        before = at;
    }
    ck_assert_uint_eq(event[place_of(event, count, HB_HAPPENED_KILLED)].cycle, KILL_CYCLE);
    for (size_t i = 1; i < count; i++)
        ck_assert_uint_ge(event[i].cycle, event[i - 1].cycle);
    static struct hb_view view;
    ops->fill(self, &view);
    ck_assert_int_eq(view.hart[2].state, HB_VIEW_FENCED);
    ck_assert_uint_eq(view.hart[2].stopped_cycle, KILL_CYCLE);
}
END_TEST

START_TEST(what_was_asked_comes_again_unless_forgotten) {
    static struct hb_happening event[EVENTS];
    ops->run_to(self, KILL_CYCLE);
    void *before = ops->snapshot(self);
    ops->kill(self, 1, true);
    ops->run_to(self, KILL_CYCLE + 100000);
    uint64_t state = ops->hash(self);
    ops->restore(self, before);
    ck_assert_uint_eq(ops->events(self, event, EVENTS), 0); /* what was not given yet has not happened yet */
    ck_assert_uint_eq(ops->cycle(self), KILL_CYCLE);
    size_t count = run_and_listen(KILL_CYCLE + 100000, event);
    ck_assert(ops->hash(self) == state);
    int killed = place_of(event, count, HB_HAPPENED_KILLED);
    ck_assert_int_ge(killed, 0);
    ck_assert_uint_eq(event[killed].by, 1);
    ops->restore(self, before);
    ops->forget_ahead(self);
    count = run_and_listen(KILL_CYCLE + 100000, event);
    ck_assert_int_eq(place_of(event, count, HB_HAPPENED_KILLED), -1);
    ck_assert(ops->hash(self) != state);
    ops->release(self, before);
}
END_TEST

START_TEST(with_recovery_off_nobody_notices) {
    static struct hb_happening event[EVENTS];
    ops->run_to(self, KILL_CYCLE);
    ops->events(self, event, EVENTS);
    ops->set_switch(self, HB_SWITCH_DETECT, false);
    ops->kill(self, 2, false);
    size_t count = run_and_listen(KILL_CYCLE + 400000, event);
    ck_assert_int_ge(place_of(event, count, HB_HAPPENED_KILLED), 0);
    ck_assert_int_eq(place_of(event, count, HB_HAPPENED_SUSPECTED), -1);
    ops->set_switch(self, HB_SWITCH_DETECT, true);
    count = run_and_listen(KILL_CYCLE + 800000, event);
    ck_assert_int_ge(place_of(event, count, HB_HAPPENED_SUSPECTED), 0);
}
END_TEST

START_TEST(lines_are_those_of_the_caches) {
    static struct hb_view view;
    const struct hb_machine *machine = hb_session_machine(session);
    view.lines.wanted = true;
    ops->run_to(self, KILL_CYCLE);
    ops->fill(self, &view);
    ck_assert_uint_eq(view.lines.count, HB_VIEW_LINES);
    uint32_t held = 0, stale = 0;
    for (uint32_t i = 0; i < view.lines.count; i++) {
        const struct hb_view_line *line = &view.lines.line[i];
        for (uint32_t j = 0; j < i; j++)
            ck_assert_uint_ne(line->address, view.lines.line[j].address);
        for (uint32_t hart = 0; hart < 4; hart++) {
            const struct hb_line *copy = hb_cache_find(&machine->bus.l1d[hart], line->address);
            ck_assert_int_eq(line->state[hart] != ' ', copy != NULL);
            ck_assert(copy == NULL || strchr("MES", line->state[hart]) != NULL);
            held += copy != NULL;
        }
        ck_assert_msg(line->memory_stale == (memchr(line->state, 'M', 4) != NULL), "line %llx",
                      (unsigned long long)line->address);
        stale += line->memory_stale;
    }
    ck_assert_uint_ge(held, view.lines.count);
    ck_assert_uint_gt(stale, 0);
    ck_assert_uint_ge(view.lines.total, view.lines.count);
}
END_TEST

START_TEST(the_view_says_what_runs) {
    static struct hb_view view;
    ops->machine(self, &view.machine);
    ck_assert_str_eq(view.machine.name, "smp4");
    ck_assert_str_eq(view.machine.summary, "SMP, 4 CPUs, MESI, seed 1");
    ck_assert_uint_eq(view.machine.tasks, 200);
    ck_assert_uint_gt(view.machine.heartbeat_timeout_cycles, 0);
    ops->run_to(self, KILL_CYCLE);
    ops->fill(self, &view);
    int tasks = 0;
    for (int hart = 0; hart < 4; hart++) {
        ck_assert_str_ne(view.hart[hart].symbol, "");
        ck_assert_int_ge(view.hart[hart].queue, 0);
        ck_assert_int_ge((int)view.hart[hart].beat_age_cycles, 0);
        tasks += view.hart[hart].task >= 0;
    }
    ck_assert_int_gt(tasks, 0);
    ck_assert_uint_gt(view.bus.count[0], 0);
}
END_TEST

int main(void) {
    if (access(HB_BINARY_DIR "/images/smp.elf", R_OK) != 0) {
        puts("images/smp.elf is not built: there is no guest to run");
        return 77;
    }
    TCase *tests = tcase_create("session");
    tcase_set_timeout(tests, 120);
    tcase_add_checked_fixture(tests, setup, teardown);
    tcase_add_test(tests, every_cycle_is_accounted_for);
    tcase_add_test(tests, a_kill_is_told_stage_by_stage);
    tcase_add_test(tests, what_was_asked_comes_again_unless_forgotten);
    tcase_add_test(tests, with_recovery_off_nobody_notices);
    tcase_add_test(tests, lines_are_those_of_the_caches);
    tcase_add_test(tests, the_view_says_what_runs);
    Suite *suite = suite_create("session");
    suite_add_tcase(suite, tests);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed != 0;
}
