/* Expectations: what must hold of results, as in the `expect` block of an experiment.
 *
 *     four.os.goodput >= 3.5 * one.os.goodput
 *     os.tasks_lost == 0 and outcome == 'passed'
 *     faults.0.fenced_cycle == null or max(bus.utilisation, 0.5) < 0.9
 *
 * There are numbers, strings ("..." or '...'), true, false, null, and dotted paths into the result, with numbers for
 * indices in arrays; with variants a path begins with the variant's name. In order of binding, the loosest first: or;
 * and; not; one of < <= > >= == !=; + -; * /; -x; parentheses, abs(x), min(x, ...), max(x, ...). A '-' that follows a
 * variant's name without a space belongs to the name.
 *
 * What a path does not find, and a null that is not compared with the word null, decides nothing: the expectation then
 * does not hold, and its text says why.
 *
 *     struct hb_expect *expect = hb_expect_parse(text, &error);
 *     if (!expect || !hb_expect_check_names(expect, names, n, &error)) ... error.text ...
 *     bool holds = hb_expect_holds(expect, root, values, sizeof values);
 *     hb_expect_free(expect);
 */
#ifndef HB_SIM_EXPECT_H
#define HB_SIM_EXPECT_H

#include <stdbool.h>
#include <stddef.h>

#include "sim/base/error.h"

struct cJSON; /* a cJSON of <cjson/cJSON.h>, which only sim/ may see */
struct hb_expect;

/* NULL: `error` says "column N: what is wrong"; columns count bytes from 1. */
struct hb_expect *hb_expect_parse(const char *text, struct hb_error *error);

/* The same for an expression that gives a number, such as "faults.0.fenced_cycle - faults.0.cycle". */
struct hb_expect *hb_expect_parse_number(const char *text, struct hb_error *error);

void hb_expect_free(struct hb_expect *expect);

/* Every path begins with one of the `n` variants' names (n is 0: there are none), and what follows is a path that a
 * result can have (sim/result/known.h). False: `error` says which is not, and what exists. */
bool hb_expect_check_names(const struct hb_expect *expect, const char *const *variants, size_t n,
                           struct hb_error *error);

/* The same where a path may, but need not, begin with one of the names. */
bool hb_expect_check_paths(const struct hb_expect *expect, const char *const *names, size_t n, struct hb_error *error);

/* Does it name a path that begins with this name and a dot? */
bool hb_expect_begins(const struct hb_expect *expect, const char *name);

/* Does it name exactly this path? */
bool hb_expect_names(const struct hb_expect *expect, const char *path);

/* Can a variant have this name: [A-Za-z_][A-Za-z0-9_-]*, none of the words of expectations. */
bool hb_expect_is_name(const char *name);

/* Does it hold? `root` is the result, or with variants an object {name of variant: result}. `values` (may be NULL, 0)
 * gets one line: the value of every path and the expression with its sides worked out, or why it decides nothing. */
bool hb_expect_holds(const struct hb_expect *expect, const struct cJSON *root, char *values, size_t size);

/* The number that it gives. False: none, and `why` (may be NULL, 0) says what is missing. */
bool hb_expect_number(const struct hb_expect *expect, const struct cJSON *root, double *number, char *why, size_t size);

#endif
