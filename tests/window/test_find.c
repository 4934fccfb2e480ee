/* Events of a line, a lock, a task and a CPU: found where an unbroken run had them, forward and back; and causes. */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "sim/experiment/experiment.h"
#include "sim/machine/state_hash.h"
#include "ui/dashboard/app/app.h"
#include "ui/dashboard/source/machine_session.h"

#define START 900000
#define END   1500000
#define MOST  20000

static struct hb_experiment experiment;
static struct hb_session *session;
static struct hb_machine *machine;
static struct hb_app *app;
static struct hb_metrics metrics;

/* What happened between START and END, seen by a listener of this test's own. */
static struct seen {
    uint64_t cycle[MOST];
    uint32_t count;
} seen;

static struct hb_view_subject subject;

static void note(uint64_t cycle) {
    if (seen.count > 0 && seen.cycle[seen.count - 1] == cycle)
        return;
    ck_assert_uint_lt(seen.count, MOST);
    seen.cycle[seen.count++] = cycle;
}

static void see_access(void *context, const struct hb_bus *bus, uint32_t hart, const struct hb_request *request,
                       uint64_t value, enum hb_access_way way, uint64_t now) {
    const uint64_t line = request->address & ~(uint64_t)(bus->line_bytes - 1);
    (void)context, (void)hart, (void)way;
    if (subject.kind == HB_SUBJECT_LINE && line == subject.id && hb_access_writes(request->kind) &&
        !(request->kind == HB_ACCESS_SC && value != 0))
        note(now);
}

static void see_record(void *context, const struct hb_trace_record *record) {
    (void)context;
    if (record->kind != HB_TRACE_POINT || record->privilege == HB_PRIV_U)
        return;
    const uint32_t id = record->id, of = (uint32_t)record->value;
    const bool lock = id == HB_TP_LOCK_WAIT || id == HB_TP_LOCK_ACQUIRE || id == HB_TP_LOCK_RELEASE;
    const bool task =
        (id >= HB_TP_TASK_CREATE && id <= HB_TP_TASK_RESTART) || (id >= HB_TP_SAVE_BEGIN && id <= HB_TP_RESTORED);
    if ((subject.kind == HB_SUBJECT_LOCK && lock && of == subject.id) ||
        (subject.kind == HB_SUBJECT_TASK && task && of == subject.id) ||
        (subject.kind == HB_SUBJECT_CPU && record->hart == subject.id && (task || id == HB_TP_IDLE_ENTER)))
        note(record->cycle);
}

static void open_it(const char *name) {
    struct hb_error error;
    char path[200];
    hb_metrics_fixed(&metrics, 18);
    snprintf(path, sizeof path, HB_SOURCE_DIR "/configs/%s.json", name);
    ck_assert_msg(hb_experiment_load(path, NULL, 0, &experiment, &error), "%s", error.text);
    session = hb_session_open(&experiment.variant[0].config, &error);
    ck_assert_msg(session != NULL, "%s", error.text);
    machine = hb_session_machine(session);
    app = calloc(1, sizeof *app);
    ck_assert(app != NULL && hb_app_begin(app, session, &metrics));
    app->search.active = false;
    app->ui.playing = false;
}

static void close_it(void) {
    hb_app_close(app);
    hb_session_close(session);
    free(app);
    hb_experiment_free(&experiment);
}

static void listen(void) {
    struct hb_watcher watcher = {.record = see_record};
    seen.count = 0;
    if (subject.kind == HB_SUBJECT_LINE) {
        watcher.bus.access = see_access;
        watcher.accesses = true;
    }
    hb_app_run_to(app, START, 0);
    hb_machine_watch_add(machine, &watcher);
    hb_app_run_to(app, END, 0);
    hb_machine_watch_remove(machine, &watcher);
}

static void follow(void) {
    struct hb_command command = hb_command_of(HB_COMMAND_FOLLOW, (int64_t)subject.id);
    command.value = subject.kind;
    hb_app_execute(app, command);
}

static void go(enum hb_command_kind kind) {
    hb_app_execute(app, hb_command_of(kind, 0));
}

/* The last five, one after the other; then forward again to the last. */
static void check_way(void) {
    const uint32_t last = seen.count - 1, steps = last < 5 ? last : 5;
    ck_assert_uint_gt(seen.count, 2);
    const uint64_t end = hb_app_cycle(app), hash = hb_state_hash(machine);
    follow();
    for (uint32_t i = 0; i <= steps; i++) {
        ck_assert_msg(hb_app_cycle(app) == seen.cycle[last - i] + 1, "%u back: cycle %llu, should be after %llu: %s", i,
                      (unsigned long long)hb_app_cycle(app), (unsigned long long)seen.cycle[last - i], app->ui.notice);
        if (i < steps)
            go(HB_COMMAND_BEFORE);
    }
    for (uint32_t i = steps; i-- > 0;) {
        go(HB_COMMAND_AFTER);
        ck_assert_msg(hb_app_cycle(app) == seen.cycle[last - i] + 1, "on to %u: cycle %llu, should be after %llu", i,
                      (unsigned long long)hb_app_cycle(app), (unsigned long long)seen.cycle[last - i]);
    }
    hb_app_seek(app, end);
    ck_assert(hb_state_hash(machine) == hash);
}

START_TEST(who_wrote_this_last) {
    uint64_t address, size;
    open_it("smp4");
    ck_assert(hb_symbols_find(&machine->symbols, "hb_queues", &address, &size));
    subject = (struct hb_view_subject){HB_SUBJECT_LINE, address & ~63ull};
    listen();
    check_way();
    ck_assert_ptr_nonnull(strstr(app->ui.notice, "writes"));
    ck_assert_ptr_nonnull(strstr(app->ui.notice, ".h:"));
    close_it();
}
END_TEST

START_TEST(what_happened_to_this_lock) {
    open_it("contend4");
    hb_app_run_to(app, START, 0);
    const struct hb_machine_session *self = session->self;
    subject = (struct hb_view_subject){HB_SUBJECT_LOCK, self->lane[self->lanes - 1].address};
    listen();
    check_way();
    close_it();
}
END_TEST

START_TEST(what_this_task_did) {
    open_it("smp4");
    subject = (struct hb_view_subject){HB_SUBJECT_TASK, 5};
    listen();
    check_way();
    close_it();
}
END_TEST

START_TEST(what_this_cpu_did) {
    open_it("smp4");
    subject = (struct hb_view_subject){HB_SUBJECT_CPU, 2};
    listen();
    follow();
    ck_assert_uint_eq(app->ui.selected, 2);
    ck_assert_uint_ge(hb_app_cycle(app), seen.cycle[seen.count - 1] + 1);
    ck_assert_uint_lt(hb_app_cycle(app), END);
    close_it();
}
END_TEST

/* A death has no tracepoint, and is in the row of what the CPU did all the same: last, before nothing. */
START_TEST(a_death_is_the_last_that_a_cpu_did) {
    open_it("smp4");
    subject = (struct hb_view_subject){HB_SUBJECT_CPU, 2};
    hb_app_run_to(app, START, 0);
    hb_app_execute(app, hb_command_of(HB_COMMAND_KILL, 2));
    hb_app_run_to(app, END, 0);
    const uint64_t death = machine->hart[2].halted_at;
    follow();
    ck_assert_uint_eq(hb_app_cycle(app), death + 1);
    go(HB_COMMAND_BEFORE);
    const uint64_t before = hb_app_cycle(app);
    ck_assert_uint_lt(before, death);
    go(HB_COMMAND_AFTER);
    ck_assert_uint_eq(hb_app_cycle(app), death + 1);
    close_it();
}
END_TEST

/* The cause of a death is the fault; of a CPU that spins, whoever took the lock. */
START_TEST(causes_are_gone_to) {
    bool spun = false;
    open_it("contend4");
    hb_app_run_to(app, START, 0);
    for (int i = 0; i < 4000 && !spun; i++) {
        hb_app_run_to(app, hb_app_cycle(app) + 37, 0);
        for (uint32_t h = 0; h < 4 && !spun; h++) {
            const uint32_t wanted = machine->saved->os.harts[h].lock_wanted;
            const int32_t owner = wanted != 0 ? hb_view_lock_owner(machine, wanted) : -1;
            spun = hb_view_spins(machine, h) && owner >= 0;
            if (spun) {
                hb_app_draw(app, 1600, 900);
                hb_app_execute(app, hb_command_of(HB_COMMAND_CAUSE, h));
                ck_assert_uint_eq(app->ui.subject.kind, HB_SUBJECT_LOCK);
                ck_assert_uint_eq(app->ui.subject.id, wanted);
            }
        }
    }
    ck_assert(spun);
    const uint64_t death = hb_app_cycle(app);
    hb_app_execute(app, hb_command_of(HB_COMMAND_KILL, 1));
    hb_app_run_to(app, death + 300000, 0);
    hb_app_execute(app, hb_command_of(HB_COMMAND_CAUSE, 1));
    ck_assert_uint_eq(hb_app_cycle(app), death + 1);
    close_it();
}
END_TEST

/* A search that takes long stops, says how far it has come, and goes on from there when it is asked again. */
START_TEST(a_long_search_back_goes_on) {
    uint64_t address, size;
    open_it("smp4");
    ck_assert(hb_symbols_find(&machine->symbols, "hb_live", &address, &size));
    app->ui.subject = (struct hb_view_subject){HB_SUBJECT_LINE, address};
    app->frames.interval = 50000;
    for (uint64_t cycle = 50000; cycle <= END; cycle += 50000)
        hb_app_run_to(app, cycle, 0);
    ck_assert_uint_gt(app->frames.count, 10);
    app->back_seconds = 0;
    int asked = 0;
    for (uint64_t reached = END; asked < 1000; asked++) {
        hb_app_find(app, true);
        if (hb_app_cycle(app) != END)
            break;
        ck_assert_ptr_nonnull(strstr(app->ui.notice, "< looks further back"));
        ck_assert_uint_lt(app->sought.reached, reached);
        reached = app->sought.reached;
    }
    const uint64_t found = hb_app_cycle(app);
    ck_assert_int_gt(asked, 2);
    hb_app_seek(app, END);
    app->back_seconds = 60;
    hb_app_find(app, true);
    ck_assert_uint_eq(hb_app_cycle(app), found);
    close_it();
}
END_TEST

int main(void) {
    if (access(HB_BINARY_DIR "/images/smp.elf", R_OK) != 0) {
        puts("images/smp.elf is not built: there is no guest to run");
        return 77;
    }
    TCase *tests = tcase_create("find");
    tcase_set_timeout(tests, 60);
    tcase_add_test(tests, who_wrote_this_last);
    tcase_add_test(tests, a_long_search_back_goes_on);
    tcase_add_test(tests, what_happened_to_this_lock);
    tcase_add_test(tests, what_this_task_did);
    tcase_add_test(tests, what_this_cpu_did);
    tcase_add_test(tests, a_death_is_the_last_that_a_cpu_did);
    tcase_add_test(tests, causes_are_gone_to);
    Suite *suite = suite_create("find");
    suite_add_tcase(suite, tests);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed != 0;
}
