/* Counting by line and by lock, and what is said of a line: all by hand. */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "osmodel/abi.h"
#include "sim/observe/lines.h"
#include "sim/observe/locks.h"
#include "sim/observe/sharing.h"

#define LINE 64u

/* ---- Sets of bytes --------------------------------------------------------------------------------------------- */

START_TEST(bytes_are_told_as_ranges) {
    struct hb_byte_set set = hb_byte_set_of(0, 8), more = hb_byte_set_of(62, 4), last = hb_byte_set_of(127, 1);
    char text[32];
    ck_assert(!hb_byte_set_meets(&set, &more));
    hb_byte_set_add(&set, &more);
    hb_byte_set_add(&set, &last);
    ck_assert(hb_byte_set_meets(&set, &more));
    hb_byte_set_text(&set, text, sizeof text);
    ck_assert_str_eq(text, "0-7, 62-65, 127");
    hb_byte_set_text(&set, text, 6);
    ck_assert_str_eq(text, "0-7, ");
    set = hb_byte_set_of(9, 0);
    ck_assert(hb_byte_set_is_empty(&set));
    ck_assert(hb_byte_set_has(&more, 63) && !hb_byte_set_has(&more, 66));
}
END_TEST

/* ---- Lines ----------------------------------------------------------------------------------------------------- */

START_TEST(the_hottest_lines_come_first) {
    const struct hb_line_counts *hottest[3];
    struct hb_lines *lines = hb_lines_new(LINE);
    for (uint32_t i = 0; i < 5000; i++) /* more than fit at first; line i has i % 7 transactions */
        for (uint32_t n = 0; n < i % 7; n++)
            hb_lines_transaction(lines, i * LINE, n ? HB_TXN_READ : HB_TXN_UPGRADE, 0, 0);
    hb_lines_transaction(lines, 700 * LINE, HB_TXN_DMA_WRITE, HB_LINES_NOBODY, 0);
    ck_assert_uint_eq(hb_lines_hottest(lines, hottest, 3), 3);
    ck_assert_uint_eq(hottest[0]->address, 6 * LINE); /* of those with 6 the lowest */
    ck_assert_uint_eq(hottest[1]->address, 13 * LINE);
    ck_assert_uint_eq(hottest[2]->address, 20 * LINE);
    ck_assert_uint_eq(hottest[0]->transactions[HB_TXN_READ], 5);
    ck_assert_uint_eq(hottest[0]->transactions[HB_TXN_UPGRADE], 1);
    ck_assert_uint_eq(hb_lines_at(lines, 700 * LINE + 5)->device_writes, 1);
    ck_assert_uint_eq(hb_lines_hottest(lines, hottest, 0), 0);
    hb_lines_free(lines);
    lines = hb_lines_new(LINE);
    hb_lines_at(lines, 64); /* known, but without a transaction */
    ck_assert_uint_eq(hb_lines_hottest(lines, hottest, 3), 0);
    hb_lines_free(lines);
}
END_TEST

START_TEST(each_hart_has_its_own_bytes) {
    const struct hb_line_touch *touch[3];
    struct hb_lines *lines = hb_lines_new(LINE);
    char text[32];
    hb_lines_touch(lines, 5, 0x1038, 8, true, true);
    hb_lines_touch(lines, 2, 0x1000, 4, true, false);
    hb_lines_touch(lines, 2, 0x1008, 1, false, true);
    hb_lines_touch(lines, 2, 0x1040, 8, true, false); /* the next line */
    ck_assert_uint_eq(hb_lines_touches(lines, hb_lines_at(lines, 0x1000), touch, 3), 2);
    ck_assert_uint_eq(touch[0]->hart, 2);
    ck_assert_uint_eq(touch[1]->hart, 5);
    hb_byte_set_text(&touch[0]->read, text, sizeof text);
    ck_assert_str_eq(text, "0-3");
    hb_byte_set_text(&touch[0]->written, text, sizeof text);
    ck_assert_str_eq(text, "8");
    hb_byte_set_text(&touch[1]->written, text, sizeof text);
    ck_assert_str_eq(text, "56-63");
    hb_lines_free(lines);
}
END_TEST

/* Twenty places each once, and one that comes again and again, among them. */
START_TEST(the_place_that_comes_most_often_is_kept) {
    const struct hb_line_touch *touch;
    struct hb_lines *lines = hb_lines_new(LINE);
    for (uint64_t i = 0; i < 20; i++) {
        hb_lines_transaction(lines, 0, HB_TXN_READ, 1, 0x4444);
        hb_lines_transaction(lines, 0, HB_TXN_READ, 1, 0x8000 + i);
    }
    hb_lines_transaction(lines, 0, HB_TXN_WRITE_BACK, 1, 0);
    ck_assert_uint_eq(hb_lines_touches(lines, hb_lines_at(lines, 0), &touch, 1), 1);
    ck_assert_uint_eq(hb_line_touch_pc(touch), 0x4444);
    ck_assert_uint_eq(touch->transactions, 41);
    hb_lines_free(lines);
}
END_TEST

/* What is drained later comes from where the store was; what is drained without one having been seen, from nowhere. */
START_TEST(drained_stores_come_from_their_place) {
    const struct hb_line_touch *touch;
    struct hb_lines *lines = hb_lines_new(LINE);
    hb_lines_drained(lines, 0x1000, HB_TXN_READ_X, 1);
    hb_lines_touches(lines, hb_lines_at(lines, 0x1000), &touch, 1);
    ck_assert_uint_eq(hb_line_touch_pc(touch), 0);
    hb_lines_buffered(lines, 1, 0x1008, 0x7000);
    hb_lines_buffered(lines, 1, 0x1040, 0x8000); /* another line */
    hb_lines_buffered(lines, 2, 0x1008, 0x9000); /* another hart */
    hb_lines_drained(lines, 0x1000, HB_TXN_READ_X, 1);
    hb_lines_touches(lines, hb_lines_at(lines, 0x1000), &touch, 1);
    ck_assert_uint_eq(hb_line_touch_pc(touch), 0x7000);
    ck_assert_uint_eq(touch->transactions, 2);
    hb_lines_free(lines);
}
END_TEST

/* ---- What is said of a line ------------------------------------------------------------------------------------ */

static struct hb_line_hart hart[10];
static struct hb_line_result line;

static void no_line(void) {
    memset(hart, 0, sizeof hart);
    line = (struct hb_line_result){.hart = hart};
}

static struct hb_line_hart *uses(uint32_t number, uint32_t first, uint32_t bytes, bool writes) {
    struct hb_line_hart *user = &hart[line.harts++];
    user->hart = number;
    user->read = hb_byte_set_of(first, bytes);
    if (writes)
        user->written = user->read;
    return user;
}

static uint64_t next(uint64_t *random) { /* xorshift64 */
    *random ^= *random << 13;
    *random ^= *random >> 7;
    *random ^= *random << 17;
    return *random;
}

static void says(bool false_sharing, const char *words) {
    hb_sharing_judge(&line);
    ck_assert_msg(strstr(line.why, words) != NULL, "\"%s\" is not in \"%s\"", words, line.why);
    ck_assert_msg(line.false_sharing == false_sharing, "%s", line.why);
}

START_TEST(disjoint_bytes_are_false_sharing) {
    strcpy(uses(0, 0, 8, true)->uses, "counter[0]");
    strcpy(uses(3, 8, 8, true)->uses, "counter[1]");
    line.taken[HB_TAKER_OTHER] = 40;
    says(true, "false sharing: no hart writes a byte that another uses (hart 0: counter[0] (bytes 0-7); hart 3: "
               "counter[1] (bytes 8-15)), and yet they took the line from each other 40 times");
}
END_TEST

/* One only reads, but what it reads nobody writes. */
START_TEST(a_reader_of_other_bytes_suffers_too) {
    uses(0, 0, 8, true);
    uses(1, 8, 8, false);
    line.taken[HB_TAKER_OTHER] = 1;
    says(true, "took the line from each other 1 time;");
}
END_TEST

START_TEST(disjoint_bytes_that_do_no_harm_are_not_called_so) {
    uses(0, 0, 8, true);
    uses(1, 8, 8, true);
    says(false, "2 harts use it, and nobody took it from another");
}
END_TEST

START_TEST(one_common_byte_is_true_sharing) {
    uses(0, 0, 8, true);
    uses(1, 7, 8, false);
    line.taken[HB_TAKER_OTHER] = 5;
    line.misses[HB_MISS_TRUE_SHARING] = 3;
    line.misses[HB_MISS_FALSE_SHARING] = 3;
    says(false, "true sharing: 3 of 6 misses (they bring what another wrote); harts use bytes that others write (hart "
                "0: bytes 0-7; hart 1: bytes 7-14), and took the "
                "line from each other 5 times; 3 of 6 misses of sharing brought what was needed");
}
END_TEST

/* Hart 0 fills the line with zeros at first. */
START_TEST(misses_tell_what_bytes_hide) {
    uses(0, 0, 64, true);
    uses(1, 8, 8, true);
    line.taken[HB_TAKER_OTHER] = 90;
    line.misses[HB_MISS_TRUE_SHARING] = 1;
    line.misses[HB_MISS_FALSE_SHARING] = 80;
    says(true, "false sharing: 80 of 81 misses (they bring nothing new that is used); 80 of 81 misses of sharing "
               "brought nothing new that was used");
}
END_TEST

START_TEST(updates_that_nobody_looks_at_are_false_sharing) {
    uses(0, 0, 64, true);
    uses(1, 8, 8, true);
    line.updates = 70;
    line.updates_used = (uint64_t)_i;
    if (_i)
        says(false, "updated each other's copies 70 times");
    else
        says(true, "of 70 updates of copies not one was ever read");
}
END_TEST

START_TEST(harts_that_do_the_same_are_named_together) {
    for (uint32_t i = 0; i < 10; i++)
        uses(i, i == 2 ? 8 : 0, 8, true);
    line.taken[HB_TAKER_OTHER] = 5;
    says(false, "(harts 0, 1, 3, 4, 5, 6, 7, 8, ...: bytes 0-7; hart 2: bytes 8-15)");
    for (uint32_t i = 0; i < 10; i++)
        hart[i].read = hart[i].written = hb_byte_set_of(6 * i, 6);
    says(true, "; hart 3: bytes 18-23; and 6 more)");
}
END_TEST

START_TEST(other_lines_have_other_sentences) {
    uses(2, 0, 8, true);
    line.misses[HB_MISS_CAPACITY] = 3;
    line.misses[HB_MISS_CONFLICT] = 4;
    says(false, "conflict: 4 of 7 misses (other lines of its set drive it out); hart 2 alone uses it");
    uses(3, 0, 8, false);
    hart[0].written = hb_byte_set_of(0, 0);
    says(false, "2 harts use it, and none writes it");
    line.reservations_lost = 1;
    says(false, "harts compete for it with LR and SC: 1 reservation was lost; ");
    line.device_writes = 6;
    says(false, "; a device wrote it 6 times");
    line.harts = 0;
    says(false, "no hart touches it");
}
END_TEST

/* Copies that nobody took from another: that nobody writes the line is not said without the reason. */
START_TEST(copies_that_go_are_accounted_for) {
    static const char *const words[HB_TAKERS] = {
        [HB_TAKER_OTHER] = "2 harts use it; accesses that were not performed took it away 191 times",
        [HB_TAKER_OWN] = "stores of the same hart took it from an instruction cache 191 times",
        [HB_TAKER_SOFTWARE] = "cbo.flush or cbo.inval took it away 191 times",
        [HB_TAKER_DEVICE] = "a device took copies away 191 times",
    };
    uses(0, 0, 8, false);
    uses(1, 8, 8, false);
    line.taken[_i] = 191;
    says(false, words[_i]);
    ck_assert(_i == HB_TAKER_OTHER || strstr(line.why, "took the line from each other") == NULL);
    for (uint32_t h = 0; h < 2; h++)
        hart[h].written = hart[h].read;
    says(_i == HB_TAKER_OTHER, _i == HB_TAKER_OTHER ? "took the line from each other 191 times" : words[_i]);
}
END_TEST

START_TEST(the_largest_class_comes_first) {
    uses(0, 0, 8, true);
    uses(1, 8, 8, true);
    line.taken[HB_TAKER_OTHER] = 7;
    line.misses[HB_MISS_FALSE_SHARING] = 7;
    line.misses[HB_MISS_CONFLICT] = 196;
    says(true, "conflict: 196 of 203 misses (other lines of its set drive it out); false sharing: no hart");
    ck_assert_ptr_eq(strstr(line.why, "conflict"), line.why);
    line.reservations_lost = 300;
    line.taken[HB_TAKER_OTHER] = 0;
    says(false, "conflict: 196 of 203 misses (other lines of its set drive it out); harts compete");
}
END_TEST

/* Of random counts, and of random bytes: the class that a sentence names first has the most misses. */
START_TEST(of_random_lines_the_largest_class_comes_first) {
    uint64_t random = 88172645463325252u;
    for (uint32_t n = 0; n < 20000; n++) {
        uint64_t total = 0, told, of, most = 0, named = 0;
        char *rest;
        no_line();
        for (uint32_t h = 0; h < n % 4; h++)
            uses(h, (uint32_t)(next(&random) % 8), 1 + (uint32_t)(next(&random) % 8), next(&random) % 2);
        for (uint32_t i = 0; i < HB_MISSES; i++) {
            line.misses[i] = next(&random) % 3 ? next(&random) % 200 : 0;
            total += line.misses[i];
            most = line.misses[i] > most ? line.misses[i] : most;
        }
        for (uint32_t i = 0; i < HB_TAKERS; i++)
            line.taken[i] = next(&random) % 3 ? 0 : next(&random) % 200;
        line.updates = next(&random) % 4 ? 0 : next(&random) % 50;
        line.reservations_lost = next(&random) % 4 ? 0 : next(&random) % 50;
        hb_sharing_judge(&line);
        if (total == 0)
            continue;
        for (uint32_t i = 0; i < HB_MISSES; i++)
            if (strncmp(line.why, hb_miss_name(i), strlen(hb_miss_name(i))) == 0)
                named = line.misses[i];
        ck_assert_msg((rest = strchr(line.why, ':')) != NULL, "%s", line.why);
        told = strtoull(rest + 1, &rest, 10);
        ck_assert_msg(strncmp(rest, " of ", 4) == 0, "%s", line.why);
        of = strtoull(rest + 4, NULL, 10);
        ck_assert_msg(told == most && named == most && of == total, "%s", line.why);
    }
}
END_TEST

/* Whatever is in it, a sentence ends in its room. */
START_TEST(long_sentences_are_cut) {
    for (uint32_t i = 0; i < 10; i++)
        memset(uses(i, 6 * i, 5, true)->uses, 'x', sizeof hart[0].uses - 1);
    line.taken[HB_TAKER_OTHER] = 5;
    says(true, "false sharing");
    ck_assert_uint_eq(strlen(line.why), sizeof line.why - 1);
}
END_TEST

/* ---- Locks ----------------------------------------------------------------------------------------------------- */

static struct hb_locks locks;

static void no_locks(void) {
    locks = (struct hb_locks){0};
}

static void free_locks(void) {
    hb_locks_free(&locks);
}

static void see(uint64_t cycle, uint8_t number, uint32_t id) {
    hb_locks_see(&locks, cycle, number, id, 0x80001000, UINT64_MAX, true);
}

static void are(const struct hb_lock_times *times, uint64_t n, uint64_t cycles, uint64_t max_cycles) {
    ck_assert_uint_eq(times->n, n);
    ck_assert_uint_eq(times->cycles, cycles);
    ck_assert_uint_eq(times->max_cycles, max_cycles);
}

/* Hart 0 holds it from 10 to 30; 1 waits from 15 and has it from 34 to 50; 2 waits from 20 and has it from 53. */
START_TEST(a_contended_lock) {
    see(10, 0, HB_TP_LOCK_ACQUIRE);
    see(15, 1, HB_TP_LOCK_WAIT);
    see(20, 2, HB_TP_LOCK_WAIT);
    see(30, 0, HB_TP_LOCK_RELEASE);
    see(34, 1, HB_TP_LOCK_ACQUIRE);
    see(50, 1, HB_TP_LOCK_RELEASE);
    see(53, 2, HB_TP_LOCK_ACQUIRE);
    see(54, 2, HB_TP_LOCK_RELEASE);
    see(90, 0, HB_TP_LOCK_ACQUIRE);
    see(91, 0, HB_TP_BEAT);
    ck_assert_uint_eq(locks.locks, 1);
    ck_assert_uint_eq(locks.lock[0].acquisitions, 4);
    are(&locks.lock[0].wait, 2, 19 + 33, 33);
    are(&locks.lock[0].held, 3, 20 + 16 + 1, 20);
    are(&locks.lock[0].handover, 2, 4 + 3, 4); /* at 54 nobody waits any more */
}
END_TEST

/* Who comes by when it is free takes it from the one who waits. */
START_TEST(a_hand_over_may_go_to_another) {
    see(10, 0, HB_TP_LOCK_ACQUIRE);
    see(11, 1, HB_TP_LOCK_WAIT);
    see(20, 0, HB_TP_LOCK_RELEASE);
    see(22, 2, HB_TP_LOCK_ACQUIRE);
    see(30, 2, HB_TP_LOCK_RELEASE);
    see(37, 1, HB_TP_LOCK_ACQUIRE);
    are(&locks.lock[0].wait, 1, 26, 26);
    are(&locks.lock[0].handover, 2, 2 + 7, 7);
}
END_TEST

START_TEST(the_dead_wait_no_more) {
    see(10, 0, HB_TP_LOCK_ACQUIRE);
    see(11, 1, HB_TP_LOCK_WAIT);
    hb_locks_see(&locks, 20, 0, HB_TP_LOCK_RELEASE, 0x80001000, 1, true);
    see(40, 0, HB_TP_LOCK_ACQUIRE);
    are(&locks.lock[0].handover, 0, 0, 0);
}
END_TEST

START_TEST(a_recovered_lock_is_held_by_the_recoverer) {
    see(10, 0, HB_TP_LOCK_ACQUIRE);
    see(15, 1, HB_TP_LOCK_WAIT);
    see(500, 2, HB_TP_LOCK_RECOVERED);
    see(520, 2, HB_TP_LOCK_RELEASE);
    see(521, 1, HB_TP_LOCK_ACQUIRE);
    ck_assert_uint_eq(locks.lock[0].recovered, 1);
    ck_assert_uint_eq(locks.lock[0].acquisitions, 2);
    are(&locks.lock[0].held, 1, 20, 20);
    are(&locks.lock[0].handover, 1, 1, 1);
    are(&locks.lock[0].wait, 1, 506, 506);
}
END_TEST

/* Outside the region of interest it is followed how the locks stand. */
START_TEST(what_ends_in_the_region_counts) {
    hb_locks_see(&locks, 10, 0, HB_TP_LOCK_ACQUIRE, 0x80001000, UINT64_MAX, false);
    hb_locks_see(&locks, 12, 1, HB_TP_LOCK_WAIT, 0x80001000, UINT64_MAX, false);
    see(30, 0, HB_TP_LOCK_RELEASE);
    see(31, 1, HB_TP_LOCK_ACQUIRE);
    hb_locks_see(&locks, 44, 1, HB_TP_LOCK_RELEASE, 0x80001000, UINT64_MAX, false);
    ck_assert_uint_eq(locks.lock[0].acquisitions, 1);
    are(&locks.lock[0].held, 1, 20, 20);
    are(&locks.lock[0].wait, 1, 19, 19);
    are(&locks.lock[0].handover, 1, 1, 1);
}
END_TEST

START_TEST(locks_are_sorted_by_the_time_waited) {
    for (uint32_t i = 0; i < 40; i++) {
        uint64_t where = 0x80000000 + 64 * i;
        hb_locks_see(&locks, 1, 1, HB_TP_LOCK_WAIT, where, UINT64_MAX, true);
        hb_locks_see(&locks, 1 + i % 3, 1, HB_TP_LOCK_ACQUIRE, where, UINT64_MAX, true);
    }
    hb_locks_see(&locks, 9, 1, HB_TP_LOCK_ACQUIRE, 0x80000000 + 64 * 39, UINT64_MAX, true); /* waited 0, twice */
    hb_locks_sort(locks.lock, locks.locks);
    ck_assert_uint_eq(locks.locks, 40);
    ck_assert_uint_eq(locks.lock[0].address, 0x80000000 + 64 * 2);
    ck_assert_uint_eq(locks.lock[12].address, 0x80000000 + 64 * 38);
    ck_assert_uint_eq(locks.lock[13].address, 0x80000000 + 64 * 1);
    ck_assert_uint_eq(locks.lock[26].address, 0x80000000 + 64 * 39);
    ck_assert_uint_eq(locks.lock[27].address, 0x80000000);
}
END_TEST

static TCase *of_lines(void) {
    TCase *tests = tcase_create("lines");
    tcase_add_test(tests, bytes_are_told_as_ranges);
    tcase_add_test(tests, the_hottest_lines_come_first);
    tcase_add_test(tests, each_hart_has_its_own_bytes);
    tcase_add_test(tests, the_place_that_comes_most_often_is_kept);
    tcase_add_test(tests, drained_stores_come_from_their_place);
    return tests;
}

static TCase *of_sentences(void) {
    TCase *tests = tcase_create("sentences");
    tcase_add_checked_fixture(tests, no_line, NULL);
    tcase_add_test(tests, disjoint_bytes_are_false_sharing);
    tcase_add_test(tests, a_reader_of_other_bytes_suffers_too);
    tcase_add_test(tests, disjoint_bytes_that_do_no_harm_are_not_called_so);
    tcase_add_test(tests, one_common_byte_is_true_sharing);
    tcase_add_test(tests, misses_tell_what_bytes_hide);
    tcase_add_loop_test(tests, updates_that_nobody_looks_at_are_false_sharing, 0, 2);
    tcase_add_test(tests, harts_that_do_the_same_are_named_together);
    tcase_add_test(tests, other_lines_have_other_sentences);
    tcase_add_loop_test(tests, copies_that_go_are_accounted_for, 0, HB_TAKERS);
    tcase_add_test(tests, the_largest_class_comes_first);
    tcase_add_test(tests, of_random_lines_the_largest_class_comes_first);
    tcase_add_test(tests, long_sentences_are_cut);
    return tests;
}

static TCase *of_locks(void) {
    TCase *tests = tcase_create("locks");
    tcase_add_checked_fixture(tests, no_locks, free_locks);
    tcase_add_test(tests, a_contended_lock);
    tcase_add_test(tests, a_hand_over_may_go_to_another);
    tcase_add_test(tests, the_dead_wait_no_more);
    tcase_add_test(tests, a_recovered_lock_is_held_by_the_recoverer);
    tcase_add_test(tests, what_ends_in_the_region_counts);
    tcase_add_test(tests, locks_are_sorted_by_the_time_waited);
    return tests;
}

int main(void) {
    Suite *suite = suite_create("sharing");
    suite_add_tcase(suite, of_lines());
    suite_add_tcase(suite, of_sentences());
    suite_add_tcase(suite, of_locks());
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed != 0;
}
