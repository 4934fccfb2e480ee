/* Watchers: in the order in which they came, each by itself, and nobody's affair but their own. */
#include "sim/engine/run.h"
#include "sim/trace/trace.h"
#include "tests/unit/guest.h"

static char mix[HB_PATH_BYTES];
static struct hb_config config;
static char order[4096]; /* the names of those who were told, one after the other */

struct who {
    char name;
    uint64_t points, retired, accesses;
    struct hb_watcher watcher;
};

static void sign(const struct who *who) {
    size_t n = strlen(order);
    if (n + 1 < sizeof order)
        order[n] = who->name;
}

static void see(void *context, const struct hb_trace_record *record) {
    struct who *who = context;
    who->points += record->kind == HB_TRACE_POINT;
    who->retired += record->kind == HB_TRACE_RETIRE;
    sign(who);
}

static void hear(void *context, const char *text, size_t n) {
    (void)text, (void)n;
    sign(context);
}

static void see_access(void *context, const struct hb_bus *bus, uint32_t hart, const struct hb_request *request,
                       uint64_t value, enum hb_access_way way, uint64_t now) {
    (void)bus, (void)hart, (void)request, (void)value, (void)way, (void)now;
    struct who *who = context;
    who->accesses++;
    sign(who);
}

static void finished(void *context, const struct hb_bus *bus, const struct hb_transaction *t, uint64_t now) {
    (void)bus, (void)t, (void)now;
    sign(context);
}

static struct hb_machine *start(void) {
    guest_config(&config, mix, 4);
    memset(order, 0, sizeof order);
    return guest_machine(&config);
}

static void add(struct hb_machine *machine, struct who *who, struct hb_watcher wants) {
    who->watcher = wants;
    who->watcher.context = who;
    hb_machine_watch_add(machine, &who->watcher);
}

/* ---- Order ----------------------------------------------------------------------------------------------------- */

/* What happens from now on is told to these in this order, and to nobody else. */
static void is_told_to(struct hb_machine *machine, const char *names) {
    size_t all = strlen(names);
    memset(order, 0, sizeof order);
    for (int i = 0; i < 100 || strlen(order) < 10; i++) {
        hb_machine_run(machine, machine->saved->cycle + 1);
        hb_machine_show(machine, "x", 1);
    }
    ck_assert_uint_eq(strlen(order) % all, 0);
    for (size_t i = 0; order[i]; i++)
        ck_assert_msg(order[i] == names[i % all], "%.20s, and not %s", order, names);
}

static const struct hb_watcher each_wants[] = {
    {.record = see, .retired = true}, {.bus.finished = finished}, {.console = hear}};

START_TEST(in_the_order_in_which_they_came) {
    struct hb_machine *machine = start();
    struct who a = {.name = 'a'}, b = {.name = 'b'}, c = {.name = 'c'};
    add(machine, &a, each_wants[_i]);
    add(machine, &b, each_wants[_i]);
    add(machine, &c, each_wants[_i]);
    is_told_to(machine, "abc");
    hb_machine_watch_switch(machine, &a.watcher, false);
    is_told_to(machine, "bc");
    hb_machine_watch_switch(machine, &a.watcher, true);
    is_told_to(machine, "abc");
    hb_machine_watch_remove(machine, &b.watcher);
    is_told_to(machine, "ac");
    hb_machine_watch_remove(machine, &b.watcher);
    hb_machine_watch_add(machine, &b.watcher);
    is_told_to(machine, "acb");
    hb_machine_destroy(machine);
}
END_TEST

/* ---- Wishes ---------------------------------------------------------------------------------------------------- */

static void takes_the_slow_way(const struct hb_machine *machine, bool retired, bool accesses) {
    ck_assert(machine->cores.trace_retire == retired);
    ck_assert(machine->cores.host_lookups == !accesses);
    for (uint32_t h = 0; h < machine->bus.harts; h++)
        ck_assert(!(machine->hart[h].attention & HB_ATTEND_WATCH) == !retired);
}

START_TEST(what_is_slow_lasts_as_long_as_one_wants_it) {
    struct hb_machine *machine = start();
    struct who a = {.name = 'a'}, b = {.name = 'b'}, c = {.name = 'c'};
    takes_the_slow_way(machine, false, false);
    add(machine, &a, (struct hb_watcher){.record = see, .retired = true});
    takes_the_slow_way(machine, true, false);
    add(machine, &b, (struct hb_watcher){.bus.access = see_access, .accesses = true});
    add(machine, &c, (struct hb_watcher){.bus.access = see_access, .accesses = true});
    takes_the_slow_way(machine, true, true);
    hb_machine_run(machine, 5000);
    ck_assert_uint_gt(a.retired, 100);
    ck_assert_uint_gt(b.accesses, a.retired); /* fetches alone are as many */
    hb_machine_watch_remove(machine, &b.watcher);
    takes_the_slow_way(machine, true, true);
    hb_machine_watch_switch(machine, &a.watcher, false);
    takes_the_slow_way(machine, false, true);
    hb_machine_watch_remove(machine, &c.watcher);
    takes_the_slow_way(machine, false, false);
    hb_machine_destroy(machine);
}
END_TEST

START_TEST(a_trigger_goes_on_waiting) {
    guest_config(&config, mix, 4);
    config.n_faults = 1;
    config.faults[0] = (struct hb_fault_config){.trigger = HB_TRIGGER_INSTRUCTIONS, .count = 2000};
    struct hb_machine *machine = guest_machine(&config);
    struct who a = {.name = 'a'};
    add(machine, &a, (struct hb_watcher){.record = see, .retired = true});
    hb_machine_watch_remove(machine, &a.watcher);
    takes_the_slow_way(machine, true, false);
    hb_machine_run(machine, 100000);
    ck_assert(machine->saved->fault[0].done);
    hb_machine_destroy(machine);
}
END_TEST

START_TEST(who_is_not_asked) {
    struct hb_machine *machine = start();
    struct who a = {.name = 'a'}, b = {.name = 'b'}, c = {.name = 'c'}, d = {.name = 'd'};
    add(machine, &a, (struct hb_watcher){.console = hear});
    ck_assert(!hb_machine_is_watched(machine) && !hb_bus_is_watched(&machine->bus));
    add(machine, &b, (struct hb_watcher){.record = see});
    ck_assert(hb_machine_is_watched(machine) && !hb_bus_is_watched(&machine->bus));
    add(machine, &c, (struct hb_watcher){.bus.finished = finished});
    ck_assert(hb_bus_is_watched(&machine->bus));
    hb_machine_watch_switch(machine, &b.watcher, false);
    ck_assert(!hb_machine_is_watched(machine));
    add(machine, &d, (struct hb_watcher){.record = see, .aloof = true});
    ck_assert(!hb_machine_is_watched(machine) && machine->watchers.records);
    hb_machine_watch_remove(machine, &c.watcher);
    ck_assert(!hb_bus_is_watched(&machine->bus));
    hb_machine_destroy(machine);
}
END_TEST

/* ---- Beside a trace -------------------------------------------------------------------------------------------- */

static struct hb_trace *trace_of(struct hb_machine *machine) {
    char path[HB_PATH_BYTES];
    struct hb_error error = {.text = ""};
    snprintf(path, sizeof path, "%s/beside.csv", guest_folder());
    struct hb_trace *trace = hb_trace_open(machine, path, &error);
    ck_assert_msg(trace != NULL, "%s", error.text);
    return trace;
}

static void run_traced(struct hb_machine *machine, struct hb_trace *trace, uint64_t cycles) {
    struct hb_error error;
    struct hb_save_request save = {0};
    ck_assert(hb_trace_run(trace, &save, machine->saved->cycle + cycles, &error));
}

/* A trace ends: who came after it looks on, who went before its end does not. */
START_TEST(a_trace_brings_nobody_back) {
    struct hb_error error;
    struct hb_machine *machine = start();
    machine->config.trace.accesses = true;
    struct who before = {.name = 'a'}, after = {.name = 'b'};
    add(machine, &before, (struct hb_watcher){.record = see, .bus.access = see_access, .accesses = true});
    struct hb_trace *trace = trace_of(machine);
    run_traced(machine, trace, 1000);
    add(machine, &after, (struct hb_watcher){.record = see, .bus.access = see_access, .accesses = true});
    run_traced(machine, trace, 1000);
    hb_machine_watch_remove(machine, &before.watcher);
    uint64_t before_seen = before.accesses + before.points, after_seen = after.accesses;
    ck_assert(hb_trace_close(trace, &error));
    takes_the_slow_way(machine, false, true);
    hb_machine_run(machine, 200000);
    ck_assert_uint_eq(before.accesses + before.points, before_seen);
    ck_assert_uint_gt(after.accesses, 10 * after_seen);
    ck_assert_uint_gt(after.points, 0);
    hb_machine_watch_remove(machine, &after.watcher);
    takes_the_slow_way(machine, false, false);
    hb_machine_destroy(machine);
}
END_TEST

static Suite *watchers(void) {
    Suite *suite = suite_create("watchers");
    TCase *tests = tcase_create("watchers");
    tcase_add_loop_test(tests, in_the_order_in_which_they_came, 0, sizeof each_wants / sizeof each_wants[0]);
    tcase_add_test(tests, what_is_slow_lasts_as_long_as_one_wants_it);
    tcase_add_test(tests, a_trigger_goes_on_waiting);
    tcase_add_test(tests, who_is_not_asked);
    tcase_add_test(tests, a_trace_brings_nobody_back);
    suite_add_tcase(suite, tests);
    return suite;
}

int main(void) {
    guest_need_compiler();
    guest_make("mix", "", "mix", mix);
    SRunner *runner = srunner_create(watchers());
    srunner_run_all(runner, CK_ENV);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    guest_clean_up();
    return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
