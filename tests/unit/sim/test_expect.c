/* Expectations: what parses, what names are allowed, what holds and why not. */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim/base/json.h"
#include "sim/result/expect.h"
#include "sim/result/result.h"

static const char result[] =
    "{\"outcome\":\"passed\",\"cycles\":1000,\"crash\":null,\"state_hash\":\"00ff\","
    "\"harts\":[{\"ipc\":0.5},{\"ipc\":0.25}],\"os\":{\"goodput\":1.5,\"tasks_lost\":0},"
    "\"faults\":[{\"cycle\":10,\"fenced_cycle\":null,\"activated\":true,\"false_alarm\":false}]}";

static cJSON *read_result(void) {
    cJSON *root = hb_json_parse("result", result, strlen(result), NULL);
    ck_assert_ptr_nonnull(root);
    return root;
}

/* ---- What holds ------------------------------------------------------------------------------------------------ */

static const struct {
    const char *text;
    bool holds;
    const char *values; /* a part of what is told; NULL: anything */
} cases[] = {
    {"os.tasks_lost == 0", true, "os.tasks_lost = 0"},
    {"os.tasks_lost != 0", false, "os.tasks_lost = 0"},
    {"cycles < 1000", false, NULL},
    {"cycles <= 1000", true, NULL},
    {"cycles > 1000", false, NULL},
    {"cycles >= 1000", true, NULL},
    {"outcome == 'passed'", true, "outcome = \"passed\""},
    {"outcome == \"hang\"", false, NULL},
    {"outcome != 'hang'", true, NULL},
    {"state_hash == '00ff'", true, NULL},
    {"harts.1.ipc < harts.0.ipc", true, "harts.1.ipc = 0.25, harts.0.ipc = 0.5"},
    {"faults.0.activated", true, "faults.0.activated = true"},
    {"faults.0.false_alarm == false", true, NULL},
    {"not faults.0.false_alarm", true, NULL},
    {"not not faults.0.activated", true, NULL},
    /* Binding. */
    {"1 + 2 * 3 == 7", true, NULL},
    {"(1 + 2) * 3 == 9", true, NULL},
    {"10 - 4 - 3 == 3", true, NULL},
    {"24 / 4 / 2 == 3", true, NULL},
    {"-2 + 3 == 1", true, NULL},
    {"- -2 == 2", true, NULL},
    {"2 * -3 == -6", true, NULL},
    {"1 == 2 or 1 == 1 and 2 == 2", true, NULL},
    {"(1 == 1 or 1 == 1) and 1 == 2", false, NULL},
    {"1 == 1 or 1 == 1 and 1 == 2", true, NULL},
    {"not 1 == 2 and 2 == 2", true, NULL},
    {"not (1 == 1 and 2 == 2)", false, NULL},
    {"min(3, 1, 2) == 1 and max(3, 1, 2) == 3 and min(4) == 4", true, NULL},
    {"abs(2 - 5) == 3 and abs(3) == 3", true, NULL},
    {"1.5e3 == 1500 and 0.5 == 1 / 2", true, NULL},
    {"cycles-1 == 999", false, NULL}, /* a name with a '-' */
    {"cycles - 1 == 999", true, "cycles = 1000; 999 == 999"},
    {"os.goodput >= 3.5 * harts.1.ipc", true, "os.goodput = 1.5, harts.1.ipc = 0.25; 1.5 >= 0.875"},
    {"not (cycles + cycles > 1 and cycles < 5)", true, "cycles = 1000; not (2000 > 1 and 1000 < 5)"},
    /* Null, and what is not there. */
    {"crash == null", true, "crash = null"},
    {"null != crash", false, NULL},
    {"faults.0.fenced_cycle == null", true, NULL},
    {"cycles == null", false, NULL},
    {"cycles != null", true, NULL},
    {"faults.0.fenced_cycle > 5", false, "does not decide it: faults.0.fenced_cycle is null"},
    {"faults.0.fenced_cycle <= 5", false, "faults.0.fenced_cycle is null"},
    {"faults.0.fenced_cycle == 5", false, "faults.0.fenced_cycle is null"},
    {"faults.0.fenced_cycle != 5", false, "faults.0.fenced_cycle is null"},
    {"not (faults.0.fenced_cycle > 5)", false, "faults.0.fenced_cycle is null"},
    {"crash == faults.0.fenced_cycle", false, "crash is null"},
    {"os.nothing == null", false, "os.nothing = ?; does not decide it: os.nothing is not in the result"},
    {"os.nothing != 3", false, "os.nothing is not in the result"},
    {"faults.1.cycle > 0", false, "faults.1.cycle is not in the result"},
    {"os.nothing > 0 or cycles > 0", false, "os.nothing is not in the result"},
    {"cycles > 0 or os.nothing > 0", true, NULL},
    {"cycles < 0 and os.nothing > 0", false, NULL},
    /* Kinds that do not go together. */
    {"outcome == 5", false, "a string is compared with a number"},
    {"outcome < 'z'", false, "outcome is a string, should be a number"},
    {"outcome + 1 > 0", false, "outcome is a string, should be a number"},
    {"os == 1", false, "os is an object"},
    {"cycles", false, "cycles is a number, should be true or false"},
    {"cycles / os.tasks_lost > 1", false, "division by zero"},
    {"cycles and true", false, "cycles is a number, should be true or false"},
};

START_TEST(holds) {
    struct hb_error error = {.text = ""};
    char values[HB_EXPECT_VALUES_BYTES];
    cJSON *root = read_result();
    struct hb_expect *expect = hb_expect_parse(cases[_i].text, &error);
    ck_assert_msg(expect != NULL, "%s: %s", cases[_i].text, error.text);
    bool held = hb_expect_holds(expect, root, values, sizeof values);
    ck_assert_msg(held == cases[_i].holds, "%s: %s", cases[_i].text, values);
    ck_assert_msg(!cases[_i].values || strstr(values, cases[_i].values), "%s: %s", cases[_i].text, values);
    ck_assert_int_eq(hb_expect_holds(expect, root, NULL, 0), cases[_i].holds);
    hb_expect_free(expect);
    cJSON_Delete(root);
}
END_TEST

START_TEST(cuts_values) {
    char values[12];
    cJSON *root = read_result();
    struct hb_expect *expect = hb_expect_parse("os.tasks_lost + cycles > 5", NULL);
    memset(values, 'x', sizeof values);
    ck_assert(hb_expect_holds(expect, root, values, sizeof values - 1));
    ck_assert_str_eq(values, "os.tasks_l");
    ck_assert_int_eq(values[11], 'x');
    hb_expect_free(expect);
    cJSON_Delete(root);
}
END_TEST

START_TEST(finds_variants) {
    char values[HB_EXPECT_VALUES_BYTES];
    static const char text[] = "{\"four\":{\"os\":{\"goodput\":3.6}},\"one-x\":{\"os\":{\"goodput\":1}}}";
    cJSON *root = hb_json_parse("variants", text, strlen(text), NULL);
    struct hb_expect *expect = hb_expect_parse("four.os.goodput >= 3.5 * one-x.os.goodput", NULL);
    ck_assert(hb_expect_holds(expect, root, values, sizeof values));
    ck_assert_str_eq(values, "four.os.goodput = 3.6, one-x.os.goodput = 1; 3.6 >= 3.5");
    hb_expect_free(expect);
    cJSON_Delete(root);
}
END_TEST

/* ---- What does not parse --------------------------------------------------------------------------------------- */

static const struct {
    const char *text, *message;
} bad[] = {
    {"", "column 1: expected a value, but the text ends"},
    {"cycles >", "column 9: expected a value, but the text ends"},
    {"cycles > > 1", "column 10: expected a value, not \">\""},
    {"(cycles > 1", "column 12: expected ')', but the text ends"},
    {"cycles > 1)", "column 11: expected an operator or the end, not \")\""},
    {"cycles = 1", "column 8: expected an operator or the end, not \"=\""},
    {"1 < cycles < 3", "column 12: expected an operator or the end, not \"<\""},
    {"cycles > 1 cycles", "column 12: expected an operator or the end, not \"cycles\""},
    {"outcome == 'passed", "column 12: this string has no closing quote"},
    {"min cycles", "column 5: expected '(', not \"cycles\""},
    {"abs(1, 2) == 1", "column 6: expected ')', not \",\""},
    {"max() > 1", "column 5: expected a value"},
    {"1 == and", "column 6: expected a value, not \"and\""},
    {"cycles $ 1", "column 8: expected an operator or the end, not \"$\""},
    {"cycles > 1 and", "column 15: expected a value"},
    {"1 + 2", "column 1: this is a value"},
    {"'passed'", "column 1: this is a value"},
    {"min(cycles, 1)", "column 1: this is a value"},
    {"os. goodput > 1", "column 3: expected an operator or the end"},
};

START_TEST(refuses) {
    struct hb_error error = {.text = ""};
    struct hb_expect *expect = hb_expect_parse(bad[_i].text, &error);
    ck_assert_msg(expect == NULL, "accepted: %s", bad[_i].text);
    ck_assert_msg(strstr(error.text, bad[_i].message) == error.text, "%s: %s", bad[_i].text, error.text);
}
END_TEST

/* Whatever comes in, neither stack nor table runs over. */
START_TEST(bounds_size) {
    static const char *const parts[] = {"(", "not ", "-", "abs(", "1 + ", "1 == 1 or ", "min(1, "};
    struct hb_error error = {.text = ""};
    for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++)
        for (size_t n = 100; n <= 1000000; n *= 100) {
            char *text = malloc(n * strlen(parts[i]) + 8), *at = text;
            ck_assert_ptr_nonnull(text);
            for (size_t k = 0; k < n; k++)
                at += sprintf(at, "%s", parts[i]);
            struct hb_expect *expect = hb_expect_parse(text, &error);
            ck_assert_ptr_null(expect);
            free(text);
        }
}
END_TEST

START_TEST(bounds_depth) {
    struct hb_error error = {.text = ""};
    for (int depth = 40; depth <= 60; depth += 20) {
        char text[256];
        snprintf(text, sizeof text, "%.*s1 == 1%.*s", depth,
                 "((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((", depth,
                 "))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))");
        struct hb_expect *expect = hb_expect_parse(text, &error);
        ck_assert_int_eq(expect != NULL, depth == 40);
        hb_expect_free(expect);
    }
    ck_assert_msg(strstr(error.text, "nested too deeply") != NULL, "%s", error.text);
}
END_TEST

/* ---- Names ----------------------------------------------------------------------------------------------------- */

static bool names_fit(const char *text, const char *const *variants, size_t n, struct hb_error *error) {
    struct hb_expect *expect = hb_expect_parse(text, error);
    ck_assert_ptr_nonnull(expect);
    bool fit = hb_expect_check_names(expect, variants, n, error);
    hb_expect_free(expect);
    return fit;
}

START_TEST(checks_names) {
    static const char *const variants[] = {"one", "four"};
    struct hb_error error = {.text = ""};
    ck_assert(names_fit("four.os.goodput > one.os.goodput", variants, 2, &error));
    ck_assert(names_fit("os.goodput > 1 and outcome == 'passed'", NULL, 0, &error));
    ck_assert(!names_fit("four.os.goodput > five.os.goodput", variants, 2, &error));
    ck_assert_str_eq(error.text, "\"five.os.goodput\": \"five\" is not a variant (one, four)");
    ck_assert(!names_fit("os.goodput > 1", variants, 2, &error));
    ck_assert_str_eq(error.text, "\"os.goodput\": \"os\" is not a variant (one, four)");
    ck_assert(!names_fit("fou.os.goodput > 1", variants, 2, &error));
    ck_assert(!names_fit("four.oz.goodput > 1", variants, 2, &error));
    ck_assert_msg(strstr(error.text, "\"oz\" is not a key of a result") != NULL, "%s", error.text);
    ck_assert(!names_fit("four", variants, 2, &error));
    ck_assert(!names_fit("four.os.goodput > 1", NULL, 0, &error));
    ck_assert_msg(strstr(error.text, "\"four\" is not a key of a result") != NULL, "%s", error.text);
}
END_TEST

START_TEST(knows_every_path_of_a_result) {
    static const struct {
        const char *text, *wrong;
    } paths[] = {
        {"harts.3.cycles_stalled.branch > 1", NULL},
        {"caches.0.misses.cold + caches.8.back_invalidations > 1", NULL},
        {"lines.2.harts.1.written_bytes.0.1 > 1", NULL},
        {"faults.0.lost.0.symbol == 'x' and crash.last.3.pc == '0x1'", NULL},
        {"crash == null", NULL},
        {"os.task_lost == 0", "\"os.task_lost\": \"task_lost\" is not a key of os (did you mean \"os.tasks_lost\"?)"},
        {"bus.transactions.DevRead > 1", "(did you mean \"bus.transactions.DevRd\"?)"},
        {"harts.one.id == 1", "harts is a list: \"one\" should be a place in it"},
        {"harts.0.ipc.mean > 1", "harts.0.ipc is a value: there is no \"mean\" in it"},
        {"os.goodput_series.0.task_completed > 1", "(did you mean \"os.goodput_series.0.tasks_completed\"?)"},
    };
    for (size_t i = 0; i < sizeof paths / sizeof paths[0]; i++) {
        struct hb_error error = {.text = ""};
        bool fits = names_fit(paths[i].text, NULL, 0, &error);
        ck_assert_msg(fits == (paths[i].wrong == NULL), "%s: %s", paths[i].text, error.text);
        ck_assert_msg(fits || strstr(error.text, paths[i].wrong), "%s: %s", paths[i].text, error.text);
    }
}
END_TEST

START_TEST(knows_names) {
    static const char *const fit[] = {"a", "_", "one", "four_2", "a-b-c", "x9"};
    static const char *const unfit[] = {"", "1a", "-a", "a-", "a--b", "a.b", "a b", "and", "min", "null", "\xc3\xa4"};
    for (size_t i = 0; i < sizeof fit / sizeof fit[0]; i++)
        ck_assert_msg(hb_expect_is_name(fit[i]), "%s", fit[i]);
    for (size_t i = 0; i < sizeof unfit / sizeof unfit[0]; i++)
        ck_assert_msg(!hb_expect_is_name(unfit[i]), "%s", unfit[i]);
}
END_TEST

int main(void) {
    Suite *suite = suite_create("expect");
    TCase *tests = tcase_create("expect");
    tcase_add_loop_test(tests, holds, 0, sizeof cases / sizeof cases[0]);
    tcase_add_test(tests, cuts_values);
    tcase_add_test(tests, finds_variants);
    tcase_add_loop_test(tests, refuses, 0, sizeof bad / sizeof bad[0]);
    tcase_add_test(tests, bounds_size);
    tcase_add_test(tests, bounds_depth);
    tcase_add_test(tests, checks_names);
    tcase_add_test(tests, knows_every_path_of_a_result);
    tcase_add_test(tests, knows_names);
    suite_add_tcase(suite, tests);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed != 0;
}
