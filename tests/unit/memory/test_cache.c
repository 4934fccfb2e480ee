/* Cache arrays: finding, replacing, ranking lines. */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "memory/cache.h"

static struct hb_cache cache;
static _Alignas(struct hb_line) uint8_t block[4096];

static void set_up_ways(uint32_t ways) {
    const struct hb_cache_config config = {.size_bytes = 1024, .ways = ways, .line_bytes = 32, .hit_cycles = 1};
    ck_assert_uint_le(hb_cache_block_bytes(&config), sizeof block);
    memset(block, 0xa5, sizeof block);
    hb_cache_init(&cache, &config, block);
}

static void set_up(void) {
    set_up_ways(4);
} /* 8 sets */

static struct hb_line *fill(uint64_t address, uint64_t read, uint64_t written) {
    struct hb_line *line = hb_cache_victim(&cache, address);
    line->address = hb_cache_line_address(&cache, address);
    line->last_read = read;
    line->last_write = written;
    return line;
}

START_TEST(a_new_cache_holds_nothing) {
    ck_assert_uint_eq(cache.sets, 8);
    for (uint32_t i = 0; i < 32; i++) {
        ck_assert_uint_eq(hb_cache_line(&cache, i)->address, HB_NO_LINE);
        ck_assert_uint_eq(hb_cache_line(&cache, i)->state, 0);
        ck_assert_uint_eq(hb_cache_line(&cache, i)->attributes, 0);
    }
    for (uint64_t address = 0; address < 4096; address += 32)
        ck_assert_ptr_null(hb_cache_find(&cache, address));
}
END_TEST

START_TEST(lines_lie_apart_with_their_data) {
    ck_assert_uint_eq(cache.stride, sizeof(struct hb_line) + 32);
    for (uint32_t i = 0; i < 32; i++)
        memset(hb_line_data(hb_cache_line(&cache, i)), (int)i, 32);
    for (uint32_t i = 0; i < 32; i++) {
        ck_assert_uint_eq(hb_cache_line(&cache, i)->address, HB_NO_LINE);
        ck_assert_uint_eq(hb_line_data(hb_cache_line(&cache, i))[0], i);
        ck_assert_uint_eq(hb_line_data(hb_cache_line(&cache, i))[31], i);
    }
}
END_TEST

START_TEST(a_line_is_found_by_each_of_its_bytes_and_no_other) {
    struct hb_line *line = fill(0x80000440, 1, 0);
    ck_assert_ptr_eq(hb_cache_find(&cache, 0x80000440), line);
    ck_assert_ptr_eq(hb_cache_find(&cache, 0x8000045f), line);
    ck_assert_ptr_null(hb_cache_find(&cache, 0x80000460));
    ck_assert_ptr_null(hb_cache_find(&cache, 0x8000043f));
    ck_assert_ptr_null(hb_cache_find(&cache, 0x80000540)); /* the same set */
    ck_assert_ptr_eq(hb_cache_line(&cache, 2 * 4), line);  /* 0x440 / 32 = 34, set 34 % 8 = 2 */
}
END_TEST

START_TEST(invalid_lines_go_first_then_the_least_recently_touched) {
    struct hb_line *way[4];
    for (uint64_t i = 0; i < 4; i++)
        way[i] = fill(0x100 * i, 10 + i, 0);
    for (uint32_t i = 0; i < 4; i++)
        ck_assert_ptr_eq(way[i], hb_cache_line(&cache, i)); /* lowest way first */
    ck_assert_ptr_eq(hb_cache_victim(&cache, 0x1000), way[0]);
    way[0]->last_write = 20; /* written is touched, too */
    ck_assert_ptr_eq(hb_cache_victim(&cache, 0x1000), way[1]);
    way[1]->last_read = 21;
    ck_assert_ptr_eq(hb_cache_victim(&cache, 0x1000), way[2]);
    hb_line_invalidate(way[3]);
    ck_assert_ptr_eq(hb_cache_victim(&cache, 0x1000), way[3]);
    ck_assert_ptr_null(hb_cache_find(&cache, 0x300));
}
END_TEST

START_TEST(among_equals_the_lowest_way_goes) {
    for (uint64_t i = 0; i < 4; i++)
        fill(0x100 * i, 7, 0);
    ck_assert_ptr_eq(hb_cache_victim(&cache, 0x1000), hb_cache_line(&cache, 0));
}
END_TEST

START_TEST(the_rank_counts_who_goes_before) {
    fill(0x000, 30, 0);
    fill(0x100, 10, 0);
    fill(0x200, 5, 20);                             /* last touched by its write */
    ck_assert_uint_eq(hb_cache_rank(&cache, 3), 0); /* invalid */
    ck_assert_uint_eq(hb_cache_rank(&cache, 1), 1);
    ck_assert_uint_eq(hb_cache_rank(&cache, 2), 2);
    ck_assert_uint_eq(hb_cache_rank(&cache, 0), 3);
    hb_cache_line(&cache, 0)->last_read = 40; /* touching the most recent line changes no rank */
    ck_assert_uint_eq(hb_cache_rank(&cache, 0), 3);
    ck_assert_uint_eq(hb_cache_rank(&cache, 1), 1);
    fill(0x020, 60, 0); /* another set: its lines count by themselves */
    fill(0x120, 50, 0);
    ck_assert_uint_eq(hb_cache_rank(&cache, 4), 3);
    ck_assert_uint_eq(hb_cache_rank(&cache, 5), 2);
}
END_TEST

START_TEST(sets_do_not_mix) {
    for (uint64_t i = 0; i < 8; i++)
        fill(0x80000000 + 32 * i, 1, 0);
    for (uint32_t set = 0; set < 8; set++)
        ck_assert_uint_eq(hb_cache_line(&cache, set * 4)->address, 0x80000000 + 32 * set);
}
END_TEST

START_TEST(direct_mapped_and_fully_associative_work) {
    set_up_ways(1);
    struct hb_line *only = fill(0x400, 9, 9);
    ck_assert_ptr_eq(hb_cache_victim(&cache, 0x800), only);
    set_up_ways(32);
    ck_assert_uint_eq(cache.sets, 1);
    for (uint64_t i = 0; i < 32; i++)
        fill(0x1000 * i + 32 * i, 100 - i, 0);
    for (uint64_t i = 0; i < 32; i++)
        ck_assert_ptr_nonnull(hb_cache_find(&cache, 0x1000 * i + 32 * i));
    ck_assert_uint_eq(hb_cache_victim(&cache, 0)->address, 0x1000 * 31 + 32 * 31);
}
END_TEST

int main(void) {
    Suite *suite = suite_create("cache");
    TCase *tests = tcase_create("arrays");
    tcase_add_checked_fixture(tests, set_up, NULL);
    tcase_add_test(tests, a_new_cache_holds_nothing);
    tcase_add_test(tests, lines_lie_apart_with_their_data);
    tcase_add_test(tests, a_line_is_found_by_each_of_its_bytes_and_no_other);
    tcase_add_test(tests, invalid_lines_go_first_then_the_least_recently_touched);
    tcase_add_test(tests, among_equals_the_lowest_way_goes);
    tcase_add_test(tests, the_rank_counts_who_goes_before);
    tcase_add_test(tests, sets_do_not_mix);
    tcase_add_test(tests, direct_mapped_and_fully_associative_work);
    suite_add_tcase(suite, tests);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
