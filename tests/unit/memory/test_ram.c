/* RAM: bounds, page marks and the hash that follows from the contents alone. */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "memory/hash.h"
#include "memory/ram.h"

#define PAGES 4u

static struct hb_ram ram;

static void set_up(void) {
    ck_assert(hb_ram_init(&ram, PAGES * HB_PAGE_BYTES));
}

static void tear_down(void) {
    hb_ram_free(&ram);
}

/* The hash of another RAM with the same bytes, built in one go. */
static uint64_t hash_afresh(void) {
    struct hb_ram other;
    ck_assert(hb_ram_init(&other, ram.size_bytes));
    hb_ram_write(&other, 0, ram.bytes, ram.size_bytes);
    uint64_t hash = hb_ram_hash(&other);
    hb_ram_free(&other);
    return hash;
}

START_TEST(bounds_do_not_overflow) {
    ck_assert(hb_ram_contains(&ram, 0, PAGES * HB_PAGE_BYTES));
    ck_assert(hb_ram_contains(&ram, PAGES * HB_PAGE_BYTES, 0));
    ck_assert(!hb_ram_contains(&ram, 1, PAGES * HB_PAGE_BYTES));
    ck_assert(!hb_ram_contains(&ram, PAGES * HB_PAGE_BYTES - 7, 8));
    ck_assert(!hb_ram_contains(&ram, UINT64_MAX - 3, 8));
    ck_assert(!hb_ram_contains(&ram, 8, UINT64_MAX));
    ck_assert(!hb_ram_contains(&ram, UINT64_MAX, UINT64_MAX));
}
END_TEST

START_TEST(what_was_written_is_read_across_pages) {
    uint8_t out[100], in[100];
    for (uint32_t i = 0; i < sizeof out; i++)
        out[i] = (uint8_t)(i + 1);
    hb_ram_write(&ram, HB_PAGE_BYTES - 50, out, sizeof out);
    hb_ram_read(&ram, HB_PAGE_BYTES - 50, in, sizeof in);
    ck_assert_mem_eq(in, out, sizeof out);
    ck_assert_uint_eq(ram.bytes[HB_PAGE_BYTES - 51], 0);
    ck_assert_uint_eq(ram.bytes[HB_PAGE_BYTES + 50], 0);
}
END_TEST

START_TEST(a_write_marks_its_pages_and_no_other) {
    uint8_t byte = 1, two[2] = {1, 2};
    hb_ram_hash(&ram);
    memset(ram.page_marks, 0, PAGES);
    hb_ram_write(&ram, 0, &byte, 0);
    ck_assert_uint_eq(ram.page_marks[0], 0);
    hb_ram_write(&ram, HB_PAGE_BYTES - 1, &byte, 1);
    ck_assert_uint_eq(ram.page_marks[0], HB_PAGE_UNHASHED | HB_PAGE_UNSAVED);
    ck_assert_uint_eq(ram.page_marks[1], 0);
    hb_ram_write(&ram, 3 * HB_PAGE_BYTES - 1, two, 2);
    ck_assert_uint_eq(ram.page_marks[1], 0);
    ck_assert_uint_eq(ram.page_marks[2], HB_PAGE_UNHASHED | HB_PAGE_UNSAVED);
    ck_assert_uint_eq(ram.page_marks[3], HB_PAGE_UNHASHED | HB_PAGE_UNSAVED);
    hb_ram_hash(&ram); /* hashing is not saving */
    ck_assert_uint_eq(ram.page_marks[2], HB_PAGE_UNSAVED);
}
END_TEST

START_TEST(the_hash_follows_every_write) {
    uint64_t empty = hb_ram_hash(&ram);
    ck_assert_uint_eq(empty, 0);
    uint64_t seen[64];
    for (uint64_t i = 0; i < 64; i++) {
        hb_ram_write(&ram, i * 251, &i, sizeof i);
        seen[i] = hb_ram_hash(&ram);
        ck_assert_uint_eq(seen[i], hash_afresh());
        for (uint64_t earlier = 1; earlier < i; earlier++)
            ck_assert_uint_ne(seen[i], seen[earlier]);
    }
    uint8_t zeros[HB_PAGE_BYTES] = {0};
    for (uint64_t page = 0; page < PAGES; page++)
        hb_ram_write(&ram, page * HB_PAGE_BYTES, zeros, sizeof zeros);
    ck_assert_uint_eq(hb_ram_hash(&ram), empty);
}
END_TEST

START_TEST(the_same_bytes_in_another_page_are_another_content) {
    uint8_t byte = 1;
    hb_ram_write(&ram, 5, &byte, 1);
    uint64_t first = hb_ram_hash(&ram);
    byte = 0;
    hb_ram_write(&ram, 5, &byte, 1);
    byte = 1;
    hb_ram_write(&ram, HB_PAGE_BYTES + 5, &byte, 1);
    ck_assert_uint_ne(hb_ram_hash(&ram), first);
    byte = 9; /* behind the hash's back: what is not marked is not looked at again */
    uint64_t second = ram.hash;
    ram.bytes[0] = byte;
    ck_assert_uint_eq(hb_ram_hash(&ram), second);
}
END_TEST

START_TEST(freed_is_empty) {
    hb_ram_free(&ram);
    ck_assert_ptr_null(ram.bytes);
    ck_assert_uint_eq(ram.size_bytes, 0);
}
END_TEST

START_TEST(hashes_depend_on_order_length_and_every_byte) {
    uint8_t bytes[24] = {0};
    uint64_t all_zero = hb_hash_bytes(HB_HASH_SEED, bytes, sizeof bytes);
    ck_assert_uint_ne(all_zero, hb_hash_bytes(HB_HASH_SEED, bytes, 16));
    for (uint32_t i = 0; i < sizeof bytes; i++) {
        bytes[i] = 1;
        ck_assert_uint_ne(hb_hash_bytes(HB_HASH_SEED, bytes, sizeof bytes), all_zero);
        bytes[i] = 0;
    }
    ck_assert_uint_ne(hb_hash_u64(hb_hash_u64(HB_HASH_SEED, 1), 2), hb_hash_u64(hb_hash_u64(HB_HASH_SEED, 2), 1));
}
END_TEST

int main(void) {
    Suite *suite = suite_create("ram");
    TCase *tests = tcase_create("ram");
    tcase_add_checked_fixture(tests, set_up, tear_down);
    tcase_add_test(tests, bounds_do_not_overflow);
    tcase_add_test(tests, what_was_written_is_read_across_pages);
    tcase_add_test(tests, a_write_marks_its_pages_and_no_other);
    tcase_add_test(tests, the_hash_follows_every_write);
    tcase_add_test(tests, the_same_bytes_in_another_page_are_another_content);
    tcase_add_test(tests, freed_is_empty);
    tcase_add_test(tests, hashes_depend_on_order_length_and_every_byte);
    suite_add_tcase(suite, tests);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
