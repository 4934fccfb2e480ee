/* Symbols: which name an address belongs to, and which address a name. */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "memory/symbols.h"

static struct hb_symbols symbols;

static void set_up(void) {
    symbols = (struct hb_symbols){0};
}

static void tear_down(void) {
    hb_symbols_free(&symbols);
}

static void add(const char *name, enum hb_symbol_kind kind, uint64_t address, uint64_t size_bytes,
                uint64_t section_end) {
    struct hb_symbol symbol = {
        .address = address, .size_bytes = size_bytes, .end = section_end, .kind = (uint8_t)kind, .global = true};
    ck_assert(hb_symbols_add(&symbols, &symbol, name));
}

static void add_local(const char *name, uint64_t address) {
    struct hb_symbol symbol = {.address = address, .size_bytes = 4, .kind = HB_SYMBOL_FUNCTION};
    ck_assert(hb_symbols_add(&symbols, &symbol, name));
}

static void finish(void) {
    ck_assert(hb_symbols_finish(&symbols));
}

static void check_at(uint64_t address, const char *name, uint64_t offset_bytes) {
    uint64_t offset = 0;
    const char *found = hb_symbols_at(&symbols, address, &offset);
    if (name == NULL) {
        ck_assert_msg(found == NULL, "0x%lx is in %s", (unsigned long)address, found);
        return;
    }
    ck_assert_msg(found != NULL, "0x%lx is nowhere", (unsigned long)address);
    ck_assert_str_eq(found, name);
    ck_assert_uint_eq(offset, offset_bytes);
}

static void check_text(uint64_t address, const char *text) {
    char buffer[64];
    hb_symbols_text(&symbols, address, buffer, sizeof buffer);
    ck_assert_str_eq(buffer, text);
}

START_TEST(nothing_is_found_in_nothing) {
    finish();
    check_at(0, NULL, 0);
    check_at(UINT64_MAX, NULL, 0);
    check_text(0x80001234, "0x80001234");
    ck_assert(!hb_symbols_find(&symbols, "main", NULL, NULL));
}
END_TEST

START_TEST(a_function_spans_its_size) {
    add("main", HB_SYMBOL_FUNCTION, 0x1000, 0x20, 0x2000);
    add("table", HB_SYMBOL_OBJECT, 0x1040, 8, 0x2000);
    finish();
    check_at(0xfff, NULL, 0);
    check_at(0x1000, "main", 0);
    check_at(0x101f, "main", 0x1f);
    check_at(0x1020, NULL, 0);
    check_at(0x1047, "table", 7);
    check_at(0x1048, NULL, 0);
    check_text(0x1000, "main");
    check_text(0x101c, "main+0x1c");
    check_text(0x1020, "0x1020");
}
END_TEST

START_TEST(the_innermost_wins) {
    add("outer", HB_SYMBOL_OBJECT, 0x1000, 0x100, 0);
    add("middle", HB_SYMBOL_OBJECT, 0x1010, 0x40, 0);
    add("inner", HB_SYMBOL_OBJECT, 0x1020, 8, 0);
    add("whole", HB_SYMBOL_OBJECT, 0x1000, 0x200, 0); /* at one address the narrower */
    finish();
    check_at(0x1000, "outer", 0);
    check_at(0x1015, "middle", 5);
    check_at(0x1027, "inner", 7);
    check_at(0x1028, "middle", 0x18);
    check_at(0x1050, "outer", 0x50);
    check_at(0x1100, "whole", 0x100);
    check_at(0x1200, NULL, 0);
}
END_TEST

START_TEST(labels_reach_to_the_next_place_or_their_sections_end) {
    add("_start", HB_SYMBOL_LABEL, 0x1000, 0, 0x1100);
    add("loop", HB_SYMBOL_LABEL, 0x1010, 0, 0x1100);
    add("f", HB_SYMBOL_FUNCTION, 0x1020, 0x10, 0x1100);
    add("after", HB_SYMBOL_LABEL, 0x1030, 0, 0x1100);
    add("a_number", HB_SYMBOL_VALUE, 0x1038, 0, 0x1100);
    finish();
    check_at(0x100f, "_start", 0xf);
    check_at(0x1010, "loop", 0);
    check_at(0x101f, "loop", 0xf);
    check_at(0x1020, "f", 0);
    check_at(0x10ff, "after", 0xcf); /* a number is no place and ends nothing */
    check_at(0x1100, NULL, 0);
}
END_TEST

START_TEST(labels_inside_a_function_are_found_by_name_only) {
    add("f", HB_SYMBOL_FUNCTION, 0x1000, 0x20, 0x2000);
    add("f_alias", HB_SYMBOL_LABEL, 0x1000, 0, 0x2000);
    add("f_inside", HB_SYMBOL_LABEL, 0x1010, 0, 0x2000);
    add("f_end", HB_SYMBOL_LABEL, 0x1020, 0, 0x2000);
    finish();
    check_at(0x1000, "f", 0);
    check_at(0x1018, "f", 0x18);
    check_at(0x1020, "f_end", 0);
    uint64_t address = 0, size = 1;
    ck_assert(hb_symbols_find(&symbols, "f_inside", &address, &size));
    ck_assert_uint_eq(address, 0x1010);
    ck_assert_uint_eq(size, 0);
}
END_TEST

START_TEST(a_label_at_its_sections_end_spans_nothing) {
    add("_end", HB_SYMBOL_LABEL, 0x2000, 0, 0x2000);
    add("beyond", HB_SYMBOL_LABEL, 0x3000, 0, 0x2800);
    finish();
    check_at(0x2000, NULL, 0);
    check_at(0x3000, NULL, 0);
    ck_assert(hb_symbols_find(&symbols, "_end", NULL, NULL));
}
END_TEST

START_TEST(at_one_address_functions_go_before_objects_and_labels) {
    add("object", HB_SYMBOL_OBJECT, 0x1000, 8, 0);
    add("function", HB_SYMBOL_FUNCTION, 0x1000, 8, 0);
    add("label", HB_SYMBOL_LABEL, 0x1000, 0, 0x2000);
    add_local("local", 0x1000);
    add("late", HB_SYMBOL_FUNCTION, 0x2000, 4, 0);
    add("later", HB_SYMBOL_FUNCTION, 0x2000, 4, 0); /* equal in everything: the one that came first */
    finish();
    check_at(0x1000, "local", 0); /* the narrower of two functions */
    check_at(0x1004, "function", 4);
    check_at(0x2000, "late", 0);
}
END_TEST

START_TEST(a_name_that_several_have_is_the_global_ones_else_the_lowest) {
    add_local("count", 0x100);
    add_local("count", 0x300);
    add("count", HB_SYMBOL_OBJECT, 0x200, 8, 0);
    add_local("twice", 0x500);
    add_local("twice", 0x400);
    finish();
    uint64_t address, size;
    ck_assert(hb_symbols_find(&symbols, "count", &address, &size));
    ck_assert_uint_eq(address, 0x200);
    ck_assert_uint_eq(size, 8);
    ck_assert(hb_symbols_find(&symbols, "twice", &address, NULL));
    ck_assert_uint_eq(address, 0x400);
    ck_assert(!hb_symbols_find(&symbols, "coun", NULL, NULL));
    ck_assert(!hb_symbols_find(&symbols, "count2", NULL, NULL));
    ck_assert(!hb_symbols_find(&symbols, "zzz", NULL, NULL));
    ck_assert(!hb_symbols_find(&symbols, "", NULL, NULL));
}
END_TEST

START_TEST(sizes_to_the_end_of_the_world_do_not_wrap) {
    add("huge", HB_SYMBOL_FUNCTION, 0xfffffffffffff000, 0x2000, 0);
    add("top", HB_SYMBOL_LABEL, UINT64_MAX, 0, UINT64_MAX);
    finish();
    check_at(0xfffffffffffffffe, "huge", 0xffe);
    check_at(0, NULL, 0);
    check_at(0xfff, NULL, 0);
}
END_TEST

START_TEST(text_is_cut_to_its_room) {
    add("a_rather_long_name", HB_SYMBOL_FUNCTION, 0x1000, 0x20, 0);
    finish();
    char text[8];
    memset(text, '#', sizeof text);
    hb_symbols_text(&symbols, 0x1004, text, 6);
    ck_assert_str_eq(text, "a_rat");
    ck_assert_int_eq(text[6], '#');
}
END_TEST

/* Every address and every name among thousands, against a plain search. */
START_TEST(many_are_all_found) {
    char name[32];
    for (uint32_t i = 0; i < 5000; i++) {
        uint32_t shuffled = i * 7919 % 5000;
        snprintf(name, sizeof name, "symbol_%u", shuffled);
        add(name, shuffled % 3 ? HB_SYMBOL_FUNCTION : HB_SYMBOL_LABEL, 0x1000 + 16 * (uint64_t)shuffled,
            shuffled % 3 ? 8 : 0, UINT64_MAX);
    }
    finish();
    for (uint32_t i = 0; i < 5000; i++) {
        snprintf(name, sizeof name, "symbol_%u", i);
        uint64_t address = 0;
        ck_assert(hb_symbols_find(&symbols, name, &address, NULL));
        ck_assert_uint_eq(address, 0x1000 + 16 * (uint64_t)i);
        check_at(address + 7, name, 7);
        check_at(address + 12, i % 3 ? NULL : name, 12);
    }
}
END_TEST

START_TEST(freed_is_empty_and_can_be_used_again) {
    add("f", HB_SYMBOL_FUNCTION, 0x1000, 8, 0);
    finish();
    hb_symbols_free(&symbols);
    check_at(0x1000, NULL, 0);
    add("g", HB_SYMBOL_FUNCTION, 0x1000, 8, 0);
    finish();
    check_at(0x1000, "g", 0);
}
END_TEST

int main(void) {
    Suite *suite = suite_create("symbols");
    TCase *tests = tcase_create("symbols");
    tcase_add_checked_fixture(tests, set_up, tear_down);
    tcase_add_test(tests, nothing_is_found_in_nothing);
    tcase_add_test(tests, a_function_spans_its_size);
    tcase_add_test(tests, the_innermost_wins);
    tcase_add_test(tests, labels_reach_to_the_next_place_or_their_sections_end);
    tcase_add_test(tests, labels_inside_a_function_are_found_by_name_only);
    tcase_add_test(tests, a_label_at_its_sections_end_spans_nothing);
    tcase_add_test(tests, at_one_address_functions_go_before_objects_and_labels);
    tcase_add_test(tests, a_name_that_several_have_is_the_global_ones_else_the_lowest);
    tcase_add_test(tests, sizes_to_the_end_of_the_world_do_not_wrap);
    tcase_add_test(tests, text_is_cut_to_its_room);
    tcase_add_test(tests, many_are_all_found);
    tcase_add_test(tests, freed_is_empty_and_can_be_used_again);
    suite_add_tcase(suite, tests);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
