/* Jobs spread over processes. */
#include <check.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "sim/base/pool.h"

#define JOBS 40

struct seen {
    uint32_t taken[JOBS];
    uint64_t sum;
    uint64_t *shared; /* one for each job */
    uint32_t ticks;
    uint32_t bad; /* the job that goes wrong */
};

/* Long answers must not fill a pipe for ever. */
static bool run(void *context, uint32_t job, FILE *answer, struct hb_error *error) {
    struct seen *seen = context;
    (void)error;
    seen->shared[job] = job + 1;
    for (uint32_t i = 0; i < 20000 + job; i++)
        fprintf(answer, "%08u", job);
    return true;
}

static bool take(void *context, uint32_t job, const char *bytes, size_t n, struct hb_error *error) {
    struct seen *seen = context;
    char wanted[16];
    (void)error;
    snprintf(wanted, sizeof wanted, "%08u", job);
    ck_assert_uint_eq(n, (20000 + job) * 8);
    ck_assert(memcmp(bytes, wanted, 8) == 0 && memcmp(bytes + n - 8, wanted, 8) == 0);
    seen->taken[job]++;
    return true;
}

static void tick(void *context) {
    ((struct seen *)context)->ticks++;
}

static bool no_child_is_left(void) {
    return waitpid(-1, NULL, WNOHANG) < 0;
}

START_TEST(runs_every_job_once) {
    static const uint32_t workers[] = {1, 2, 7, 1000};
    struct seen seen = {.shared = hb_pool_share(JOBS * sizeof(uint64_t))};
    struct hb_pool pool = {
        .jobs = JOBS, .workers = workers[_i], .run = run, .take = take, .tick = tick, .context = &seen};
    struct hb_error error = {""};
    ck_assert_msg(hb_pool_run(&pool, &error), "%s", error.text);
    for (uint32_t i = 0; i < JOBS; i++) {
        ck_assert_uint_eq(seen.taken[i], 1);
        ck_assert_uint_eq(seen.shared[i], i + 1);
    }
    ck_assert_uint_gt(seen.ticks, 0);
    ck_assert(no_child_is_left());
    hb_pool_unshare(seen.shared, JOBS * sizeof(uint64_t));
}
END_TEST

static bool refuse(void *context, uint32_t job, FILE *answer, struct hb_error *error) {
    const struct seen *seen = context;
    fputs("half an answer", answer);
    if (job == seen->bad)
        hb_error_set(error, "job %u: has no machine", job);
    return job != seen->bad;
}

static bool die(void *context, uint32_t job, FILE *answer, struct hb_error *error) {
    const struct seen *seen = context;
    (void)answer;
    (void)error;
    if (job == seen->bad)
        raise(SIGKILL);
    else
        sleep(30); /* the others are not waited for */
    return true;
}

static bool leave(void *context, uint32_t job, FILE *answer, struct hb_error *error) {
    const struct seen *seen = context;
    (void)answer;
    (void)error;
    if (job == seen->bad)
        _exit(7);
    return true;
}

static bool ignore(void *context, uint32_t job, const char *bytes, size_t n, struct hb_error *error) {
    (void)context;
    (void)job;
    (void)bytes;
    (void)n;
    (void)error;
    return true;
}

static const char *name(void *context, uint32_t job) {
    static char text[16];
    (void)context;
    snprintf(text, sizeof text, "variant %c", (char)('a' + job));
    return text;
}

static const struct {
    bool (*run)(void *context, uint32_t job, FILE *answer, struct hb_error *error);
    const char *error;
    bool hosts; /* else the user's */
} broken[] = {
    {refuse, "job 2: has no machine", false},
    {die, "variant c: its worker was ended by signal 9 (Killed)", true},
    {leave, "variant c: its worker ended with status 7", true},
};

START_TEST(reports_a_worker_that_fails) {
    struct seen seen = {.bad = 2};
    struct hb_pool pool = {
        .jobs = 8, .workers = 4, .run = broken[_i].run, .take = ignore, .name = name, .context = &seen};
    struct hb_error error = {""};
    ck_assert(!hb_pool_run(&pool, &error));
    ck_assert_str_eq(error.text, broken[_i].error);
    ck_assert(hb_error_is_the_hosts(&error) == broken[_i].hosts);
    ck_assert(no_child_is_left());
}
END_TEST

int main(void) {
    Suite *suite = suite_create("pool");
    TCase *tests = tcase_create("pool");
    tcase_add_loop_test(tests, runs_every_job_once, 0, 4);
    tcase_add_loop_test(tests, reports_a_worker_that_fails, 0, 3);
    suite_add_tcase(suite, tests);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
