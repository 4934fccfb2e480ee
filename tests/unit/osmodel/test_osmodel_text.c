/* Tracepoints as sentences. */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "osmodel/abi.h"
#include "osmodel/os_text.h"

static const char *name_of_lock(void *context, uint32_t address) {
    (void)context;
    return address == 0x80001000 ? "run_queue[2].lock" : NULL;
}

START_TEST(events_are_sentences) {
    const struct hb_os_words words = {.cycles_per_tick = 10, .symbol = name_of_lock};
    const struct {
        uint32_t id, subject, argument;
        const char *text;
    } cases[] = {
        {HB_TP_BEAT, 3, 71235, "CPU 3 reports that it is alive, stamp 71235"},
        {HB_TP_LOOK, 2, 412, "CPU 0 looks at CPU 2, silent for 4,120 cycles when that was due"},
        {HB_TP_LOOK, 2, (uint32_t)-30, "CPU 0 looks at CPU 2, silent for -300 cycles when that was due"},
        {HB_TP_LOOK, 2, 0, "CPU 0 looks at CPU 2, which has just reported"},
        {HB_TP_SUSPECT, 2, 4120, "CPU 0 suspects CPU 2: no heartbeat for 41,200 cycles"},
        {HB_TP_TASK_RUN, 17, 0, "CPU 0 runs task 17"},
        {HB_TP_TASK_RUN, 17, 1, "CPU 0 runs task 17 (attempt 2)"},
        {HB_TP_TASK_STOP, 17, HB_STOP_PREEMPTED, "CPU 0 stops task 17: its time slice is over"},
        {HB_TP_TASK_STOP, 17, 77, "CPU 0 stops task 17: for an unknown reason"},
        {HB_TP_TASK_MIGRATE, 9, 2 | 3 << 16, "Task 9 moves from CPU 2 to CPU 3"},
        {HB_TP_LOCK_WAIT, 0x80001000, 3, "CPU 0 waits for lock run_queue[2].lock, held by CPU 2"},
        {HB_TP_LOCK_ACQUIRE, 0x80002000, 3, "CPU 0 takes the lock at 0x80002000"},
        {HB_TP_RECOVERY_BEGIN, 2, 4, "CPU 0 takes over the recovery of CPU 2 from CPU 3"},
        {HB_TP_RESTORED, 9, 3, "Task 9 goes on from its checkpoint 3"},
        {HB_TP_USER + 1, 5, 0, "CPU 0 passes tracepoint 65 with 0x5"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char text[HB_OS_TEXT_BYTES];
        hb_os_event_text(&words, 0, cases[i].id, cases[i].subject | (uint64_t)cases[i].argument << 32, text,
                         sizeof text);
        ck_assert_str_eq(text, cases[i].text);
    }
}
END_TEST

START_TEST(every_tracepoint_of_the_kernel_has_its_sentence_and_short_buffers_hold) {
    const struct hb_os_words words = {.cycles_per_tick = 10};
    for (uint32_t id = HB_TP_HART_UP; id <= HB_TP_RESTORED; id++) {
        char text[HB_OS_TEXT_BYTES];
        ck_assert_str_ne(hb_os_event_name(id), "tracepoint");
        for (size_t size = 1; size <= sizeof text; size += 13) {
            hb_os_event_text(&words, 63, id, UINT64_MAX, text, size);
            ck_assert_uint_lt(strlen(text), size);
        }
    }
}
END_TEST

START_TEST(numbers_are_grouped) {
    char text[HB_OS_GROUPED_BYTES];
    ck_assert_str_eq(hb_os_grouped(0, text), "0");
    ck_assert_str_eq(hb_os_grouped(999, text), "999");
    ck_assert_str_eq(hb_os_grouped(1000, text), "1,000");
    ck_assert_str_eq(hb_os_grouped(UINT64_MAX, text), "18,446,744,073,709,551,615");
}
END_TEST

int main(void) {
    Suite *suite = suite_create("os text");
    TCase *tests = tcase_create("os text");
    tcase_add_test(tests, events_are_sentences);
    tcase_add_test(tests, every_tracepoint_of_the_kernel_has_its_sentence_and_short_buffers_hold);
    tcase_add_test(tests, numbers_are_grouped);
    suite_add_tcase(suite, tests);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_ENV);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
