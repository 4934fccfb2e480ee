/* The table of statistics: names are unique, and docs/results.md has the sentence of each. */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim/machine/stats.h"

#define PAGE    HB_SOURCE_DIR "/docs/results.md"
#define HEADING "| key | unit | meaning |\n| --- | --- | --- |\n"

static char page[1 << 16], table[1 << 14];

static void make_table(void) {
    size_t n = (size_t)snprintf(table, sizeof table, HEADING);
    for (int of = 0; of < HB_OFS; of++)
        for (const struct hb_statistic *statistic = hb_statistics[of]; statistic->name; statistic++)
            n += (size_t)snprintf(table + n, sizeof table - n, "| `%s.%s` | %s | %s |\n", hb_statistics_path(of),
                                  statistic->name, statistic->unit ? statistic->unit : "", statistic->meaning);
}

static void read_page(void) {
    FILE *file = fopen(PAGE, "r");
    ck_assert_ptr_nonnull(file);
    page[fread(page, 1, sizeof page - 1, file)] = 0;
    ck_assert_int_eq(fclose(file), 0);
}

/* Between the heading of its columns and the next empty line. */
static void write_page(void) {
    char *from = strstr(page, HEADING);
    ck_assert_ptr_nonnull(from);
    char *rest = strstr(from, "\n\n");
    FILE *file = fopen(PAGE, "w");
    ck_assert(rest && file);
    ck_assert_int_gt(fprintf(file, "%.*s%s%s", (int)(from - page), page, table, rest + 1), 0);
    ck_assert_int_eq(fclose(file), 0);
}

START_TEST(the_page_has_them_all) {
    make_table();
    read_page();
    if (getenv("HB_REGENERATE"))
        write_page();
    read_page();
    ck_assert_msg(strstr(page, table) != NULL,
                  "%s is not what the table of statistics gives: HB_REGENERATE=1 ./test "
                  "unit_statistics",
                  PAGE);
}
END_TEST

START_TEST(names_are_unique) {
    for (int of = 0; of < HB_OFS; of++)
        for (const struct hb_statistic *a = hb_statistics[of]; a->name; a++)
            for (const struct hb_statistic *b = a + 1; b->name; b++)
                ck_assert_str_ne(a->name, b->name);
}
END_TEST

int main(void) {
    Suite *suite = suite_create("statistics");
    TCase *tests = tcase_create("statistics");
    tcase_add_test(tests, the_page_has_them_all);
    tcase_add_test(tests, names_are_unique);
    suite_add_tcase(suite, tests);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_ENV);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
