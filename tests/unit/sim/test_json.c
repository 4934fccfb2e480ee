/* Reading JSON: what is accepted, and where each mistake is said to be. */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "sim/base/json.h"
#include "sim/base/json_check.h"

/* ---- Texts that are JSON --------------------------------------------------------------------------------------- */

static const char *const good[] = {
    "{}",
    "[]",
    "0",
    "-0.5e+10",
    " \t\r\n true ",
    "null",
    "\"\"",
    "\"a \\\" \\\\ \\/ \\b\\f\\n\\r\\t \\u00e9 \xc3\xa9 }]\"",
    "{\"a\":1,\"b\":[1,2,{\"c\":false}],\"d\":{\"a\":1}}",
    "[[[[]]],[{}]]",
    "\xef\xbb\xbf{}",
};

START_TEST(accepts) {
    struct hb_error error = {.text = ""};
    cJSON *root = hb_json_parse("f", good[_i], strlen(good[_i]), &error);
    ck_assert_msg(root != NULL, "%s: %s", good[_i], error.text);
    cJSON_Delete(root);
}
END_TEST

/* ---- Texts that are not ---------------------------------------------------------------------------------------- */

static const struct {
    const char *text, *message;
} bad[] = {
    {"", "f: line 1, column 1: not JSON: expected a value"},
    {"  \n ", "f: line 2, column 2: not JSON: expected a value"},
    {"{\"a\":1,}", "f: line 1, column 8: not JSON: expected a name in \"quotes\"; found }"},
    {"[1,]", "f: line 1, column 4: not JSON: expected a value"},
    {"{\n  \"a\": 1\n  \"b\": 2\n}", "f: line 3, column 3: not JSON: expected ',' or '}'; found \""},
    {"[1 2]", "f: line 1, column 4: not JSON: expected ',' or ']'; found 2"},
    {"{\"a\" 1}", "f: line 1, column 6: not JSON: expected ':'; found 1"},
    {"{\"a\":1", "f: line 1, column 7: not JSON: expected ',' or '}'; the text ends"},
    {"{\"a\":", "f: line 1, column 6: not JSON: expected a value"},
    {"{a:1}", "f: line 1, column 2: not JSON: expected a name in \"quotes\"; found a"},
    {"[1}", "f: line 1, column 3: not JSON: expected ',' or ']'; found }"},
    {"{\"a\":tru}", "f: line 1, column 6: not JSON: expected a value"},
    {"{} x", "f: line 1, column 4: not JSON: expected the end of the text; found x"},
    {"{}}", "f: line 1, column 3: not JSON: expected the end of the text; found }"},
    {"// no\n{}", "f: line 1, column 1: not JSON: expected a value"},
    {"[01]", "f: line 1, column 3: not JSON: a number does not begin with 0"},
    {"[1.]", "f: line 1, column 4: not JSON: expected a digit"},
    {"[-]", "f: line 1, column 3: not JSON: expected a digit"},
    {"[1e]", "f: line 1, column 4: not JSON: expected a digit"},
    {"[+1]", "f: line 1, column 2: not JSON: expected a value"},
    {"\"abc", "f: line 1, column 5: not JSON: this string has no closing quote; the text ends"},
    {"[\"a\nb\"]", "f: line 1, column 4: not JSON: a string may hold no line break"},
    {"\"\\q\"", "f: line 1, column 3: not JSON: a backslash takes"},
    {"\"\\u12g4\"", "f: line 1, column 6: not JSON: a backslash takes"},
    {"\"\\u0000\"", "not JSON: \\u0000 is not allowed"},
    {"\"\\", "f: line 1, column 3: not JSON: a backslash takes"},
    {"\x01", "found byte 0x01"},
    {"{\"a\":1,\"a\":2}", "f: a: this key appears twice"},
    {"{\"x\":[{},{\"a\":{\"b\":1,\"c\":2,\"b\":3}}]}", "f: x.1.a.b: this key appears twice"},
};

START_TEST(refuses) {
    struct hb_error error = {.text = ""};
    cJSON *root = hb_json_parse("f", bad[_i].text, strlen(bad[_i].text), &error);
    ck_assert_msg(root == NULL, "accepted: %s", bad[_i].text);
    ck_assert_msg(strstr(error.text, bad[_i].message) != NULL, "%s: %s", bad[_i].text, error.text);
    ck_assert_ptr_null(strchr(error.text, '\n'));
}
END_TEST

START_TEST(refuses_nul) {
    struct hb_error error = {.text = ""};
    ck_assert_ptr_null(hb_json_parse("f", "[1,\0 2]", 7, &error));
    ck_assert_str_eq(error.text, "f: line 1, column 4: not JSON: expected a value (a string in \"quotes\", a "
                                 "number, true, false, null, [ or {); found byte 0x00");
}
END_TEST

/* The text ends where `n` says, whatever stands behind. */
START_TEST(reads_no_further) {
    struct hb_error error = {.text = ""};
    cJSON *root = hb_json_parse("f", "[12]34", 4, &error);
    ck_assert_ptr_nonnull(root);
    cJSON_Delete(root);
    for (size_t n = 0; n < 4; n++)
        ck_assert_ptr_null(hb_json_parse("f", "[12]34", n, &error));
}
END_TEST

/* ---- Depth ----------------------------------------------------------------------------------------------------- */

static char *nested(const char *opening, size_t depth, const char *closing) {
    char *text = malloc(depth * (strlen(opening) + strlen(closing)) + 2), *at = text;
    ck_assert_ptr_nonnull(text);
    for (size_t i = 0; i < depth; i++)
        at += sprintf(at, "%s", opening);
    at += sprintf(at, "1");
    for (size_t i = 0; i < depth; i++)
        at += sprintf(at, "%s", closing);
    return text;
}

START_TEST(bounds_depth) {
    static const char *const opening[] = {"[", "{\"a\":"}, *const closing[] = {"]", "}"};
    static const size_t depths[] = {HB_JSON_DEPTH_MAX, HB_JSON_DEPTH_MAX + 1, 1000000};
    for (size_t i = 0; i < sizeof depths / sizeof depths[0]; i++) {
        struct hb_error error = {.text = ""};
        char *text = nested(opening[_i], depths[i], closing[_i]);
        cJSON *root = hb_json_parse("f", text, strlen(text), &error);
        ck_assert_int_eq(root != NULL, depths[i] <= HB_JSON_DEPTH_MAX);
        if (!root)
            ck_assert_msg(strstr(error.text, "nested too deeply") != NULL, "%s", error.text);
        cJSON_Delete(root);
        free(text);
    }
}
END_TEST

/* ---- Files ----------------------------------------------------------------------------------------------------- */

START_TEST(reads_files) {
    char path[] = "/tmp/hb-json-XXXXXX";
    struct hb_error error = {.text = ""};
    int file = mkstemp(path);
    ck_assert_int_ge(file, 0);
    ck_assert_int_eq(write(file, "{\"a\":\n[}", 8), 8);
    ck_assert_ptr_null(hb_json_read(path, &error));
    ck_assert_msg(strncmp(error.text, path, strlen(path)) == 0, "%s", error.text);
    ck_assert_ptr_nonnull(strstr(error.text, ": line 2, column 2: "));
    ck_assert_int_eq(ftruncate(file, (off_t)HB_JSON_BYTES_MAX + 1), 0);
    ck_assert_ptr_null(hb_json_read(path, &error));
    ck_assert_ptr_nonnull(strstr(error.text, "too large"));
    ck_assert_int_eq(ftruncate(file, 0), 0);
    ck_assert_int_eq(pwrite(file, "{\"a\":7}", 7, 0), 7);
    cJSON *root = hb_json_read(path, &error);
    ck_assert_ptr_nonnull(root);
    cJSON_Delete(root);
    close(file);
    unlink(path);
    ck_assert_ptr_null(hb_json_read(path, &error));
    ck_assert_ptr_nonnull(strstr(error.text, "No such file"));
    ck_assert_ptr_null(hb_json_read("/tmp", &error));
    ck_assert_ptr_nonnull(strstr(error.text, "/tmp: cannot be read"));
}
END_TEST

/* ---- Looking --------------------------------------------------------------------------------------------------- */

START_TEST(finds) {
    static const char text[] = "{\"a\":{\"b\":[10,{\"c\":\"x\"}]},\"0\":5}";
    cJSON *root = hb_json_parse("f", text, strlen(text), NULL);
    ck_assert_ptr_eq(hb_json_find(root, ""), root);
    ck_assert_int_eq(hb_json_find(root, "a.b.0")->valueint, 10);
    ck_assert_str_eq(hb_json_find(root, "a.b.1.c")->valuestring, "x");
    ck_assert_int_eq(hb_json_find(root, "0")->valueint, 5);
    static const char *const absent[] = {"b",       "a.c", "a.b.2", "a.b.-1", "a.b.1x", "a.b.99999999999999999999",
                                         "a.b.0.0", "A"};
    for (size_t i = 0; i < sizeof absent / sizeof absent[0]; i++)
        ck_assert_msg(hb_json_find(root, absent[i]) == NULL, "%s", absent[i]);
    cJSON_Delete(root);
}
END_TEST

START_TEST(shows) {
    char shown[16];
    cJSON *root = hb_json_parse("f", "[\"a\\nb\", \"a long text that is cut\"]", 35, NULL);
    ck_assert_str_eq(hb_json_show(hb_json_find(root, "0"), shown, sizeof shown), "\"a\\nb\"");
    ck_assert_str_eq(hb_json_show(hb_json_find(root, "1"), shown, sizeof shown), "\"a long text...");
    cJSON_Delete(root);
}
END_TEST

int main(void) {
    Suite *suite = suite_create("json");
    TCase *tests = tcase_create("json");
    tcase_add_loop_test(tests, accepts, 0, sizeof good / sizeof good[0]);
    tcase_add_loop_test(tests, refuses, 0, sizeof bad / sizeof bad[0]);
    tcase_add_test(tests, refuses_nul);
    tcase_add_test(tests, reads_no_further);
    tcase_add_loop_test(tests, bounds_depth, 0, 2);
    tcase_add_test(tests, reads_files);
    tcase_add_test(tests, finds);
    tcase_add_test(tests, shows);
    suite_add_tcase(suite, tests);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed != 0;
}
