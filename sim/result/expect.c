#include "sim/result/expect.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "sim/base/json.h"
#include "sim/result/expect_tree.h"
#include "sim/result/known.h"

#define REASON_BYTES 256

/* ---- Names ----------------------------------------------------------------------------------------------------- */

static bool is_one_of(const char *name, size_t n, const char *const *names, size_t count) {
    for (size_t i = 0; i < count; i++)
        if (strlen(names[i]) == n && strncmp(names[i], name, n) == 0)
            return true;
    return false;
}

/* "one, two, four" */
static void list_names(const char *const *names, size_t count, char *text, size_t size) {
    size_t used = 0;
    text[0] = 0;
    for (size_t i = 0; i < count && used < size; i++)
        used += (size_t)snprintf(text + used, size - used, "%s%s", i ? ", " : "", names[i]);
}

/* Where the path into a result begins; NULL: no such variant, as `error` says. */
static const char *skip_variant(const char *path, const char *const *variants, size_t n, struct hb_error *error) {
    char list[240];
    const size_t first = strcspn(path, ".");
    if (n == 0)
        return path;
    if (is_one_of(path, first, variants, n)) {
        if (path[first] == '.')
            return path + first + 1;
        hb_error_set(error, "\"%.60s\" is a variant: a path into its result should follow", path);
        return NULL;
    }
    list_names(variants, n, list, sizeof list);
    hb_error_set(error, "\"%.60s\": \"%.*s\" is not a variant (%s)", path, first < 60 ? (int)first : 60, path, list);
    return NULL;
}

/* The same where the path may begin with a result's own key. */
static const char *skip_name(const char *path, const char *const *names, size_t n, struct hb_error *error) {
    return is_one_of(path, strcspn(path, "."), names, n) ? skip_variant(path, names, n, error) : path;
}

typedef const char *skip_first(const char *path, const char *const *names, size_t n, struct hb_error *error);

static bool check_paths(const struct hb_expect *expect, skip_first *skip, const char *const *names, size_t n,
                        struct hb_error *error) {
    cJSON *specimen = hb_result_specimen();
    bool ok = true;
    for (uint32_t i = 0; i < expect->nodes && ok; i++) {
        if (expect->node[i].kind != HB_EXPECT_PATH)
            continue;
        const char *path = skip(expect->node[i].text, names, n, error);
        ok = path && hb_result_can_have(specimen, path, error);
    }
    cJSON_Delete(specimen);
    return ok;
}

bool hb_expect_check_names(const struct hb_expect *expect, const char *const *variants, size_t n,
                           struct hb_error *error) {
    return check_paths(expect, skip_variant, variants, n, error);
}

bool hb_expect_check_paths(const struct hb_expect *expect, const char *const *names, size_t n, struct hb_error *error) {
    return check_paths(expect, skip_name, names, n, error);
}

bool hb_expect_begins(const struct hb_expect *expect, const char *name) {
    const size_t length = strlen(name);
    for (uint32_t i = 0; i < expect->nodes; i++)
        if (expect->node[i].kind == HB_EXPECT_PATH && strncmp(expect->node[i].text, name, length) == 0 &&
            expect->node[i].text[length] == '.')
            return true;
    return false;
}

bool hb_expect_names(const struct hb_expect *expect, const char *path) {
    for (uint32_t i = 0; i < expect->nodes; i++)
        if (expect->node[i].kind == HB_EXPECT_PATH && strcmp(expect->node[i].text, path) == 0)
            return true;
    return false;
}

/* ---- Values ---------------------------------------------------------------------------------------------------- */

enum kind { UNDECIDED, NUMBER, STRING, BOOL, NOTHING };

struct value {
    enum kind kind;
    double number; /* of a BOOL: 0 or 1 */
    const char *string;
};

struct evaluation {
    const struct hb_expect *expect;
    const cJSON *root;
    char reason[REASON_BYTES]; /* why the first thing that could not be decided could not */
};

static const char *const kind_names[] = {"nothing", "a number", "a string", "true or false", "null"};

static struct value undecided(struct evaluation *evaluation, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

static struct value undecided(struct evaluation *evaluation, const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    if (evaluation->reason[0] == 0)
        vsnprintf(evaluation->reason, sizeof evaluation->reason, format, arguments);
    va_end(arguments);
    return (struct value){.kind = UNDECIDED};
}

static struct value of_number(double number) {
    return (struct value){.kind = NUMBER, .number = number};
}
static struct value of_bool(bool holds) {
    return (struct value){.kind = BOOL, .number = holds};
}

static struct value of_path(struct evaluation *evaluation, const char *path) {
    const cJSON *found = hb_json_find(evaluation->root, path);
    if (!found)
        return undecided(evaluation, "%s is not in the result", path);
    if (cJSON_IsNumber(found))
        return of_number(found->valuedouble);
    if (cJSON_IsString(found))
        return (struct value){.kind = STRING, .string = found->valuestring};
    if (cJSON_IsBool(found))
        return of_bool(cJSON_IsTrue(found));
    if (cJSON_IsNull(found))
        return (struct value){.kind = NOTHING};
    return undecided(evaluation, "%s is %s", path, hb_json_kind(found));
}

/* Whole numbers in full, others to six digits. */
static void show_number(double number, char *text, size_t size) {
    if (floor(number) == number && fabs(number) < 1e15)
        snprintf(text, size, "%.0f", number);
    else
        snprintf(text, size, "%.6g", number);
}

static void show(struct value value, char *text, size_t size) {
    switch (value.kind) {
    case UNDECIDED: snprintf(text, size, "?"); break;
    case NUMBER: show_number(value.number, text, size); break;
    case STRING: snprintf(text, size, "\"%s\"", value.string); break;
    case BOOL: snprintf(text, size, "%s", value.number != 0 ? "true" : "false"); break;
    case NOTHING: snprintf(text, size, "null"); break;
    }
}

/* ---- Evaluation ------------------------------------------------------------------------------------------------ */

static struct value evaluate(struct evaluation *evaluation, uint32_t index);

static const struct hb_expect_node *node_at(const struct evaluation *evaluation, uint32_t index) {
    return &evaluation->expect->node[index];
}

/* Why a value is not of the required kind. */
static struct value unfit(struct evaluation *evaluation, uint32_t index, struct value value, const char *needed) {
    const struct hb_expect_node *node = node_at(evaluation, index);
    const char *name = node->kind == HB_EXPECT_PATH ? node->text : "a part";
    if (value.kind == NOTHING)
        return undecided(evaluation, "%s is null", name);
    return undecided(evaluation, "%s is %s, should be %s", name, kind_names[value.kind], needed);
}

static struct value need(struct evaluation *evaluation, uint32_t index, enum kind kind) {
    struct value value = evaluate(evaluation, index);
    if (value.kind == kind || value.kind == UNDECIDED)
        return value;
    return unfit(evaluation, index, value, kind_names[kind]);
}

static struct value calculate(struct evaluation *evaluation, const struct hb_expect_node *node) {
    struct value left = need(evaluation, node->left, NUMBER);
    struct value right = node->right == HB_EXPECT_NONE ? of_number(0) : need(evaluation, node->right, NUMBER);
    double a = left.number, b = right.number;
    if (left.kind == UNDECIDED || right.kind == UNDECIDED)
        return (struct value){.kind = UNDECIDED};
    switch (node->kind) {
    case HB_EXPECT_ADD: return of_number(a + b);
    case HB_EXPECT_SUBTRACT: return of_number(a - b);
    case HB_EXPECT_MULTIPLY: return of_number(a * b);
    case HB_EXPECT_DIVIDE: return b == 0 ? undecided(evaluation, "division by zero") : of_number(a / b);
    case HB_EXPECT_NEGATE: return of_number(-a);
    case HB_EXPECT_ABS: return of_number(fabs(a));
    case HB_EXPECT_MIN: return of_number(a < b ? a : b);
    default: return of_number(a > b ? a : b);
    }
}

static struct value order(struct evaluation *evaluation, const struct hb_expect_node *node) {
    struct value left = need(evaluation, node->left, NUMBER), right = need(evaluation, node->right, NUMBER);
    if (left.kind == UNDECIDED || right.kind == UNDECIDED)
        return (struct value){.kind = UNDECIDED};
    switch (node->kind) {
    case HB_EXPECT_LESS: return of_bool(left.number < right.number);
    case HB_EXPECT_LESS_EQUAL: return of_bool(left.number <= right.number);
    case HB_EXPECT_GREATER: return of_bool(left.number > right.number);
    default: return of_bool(left.number >= right.number);
    }
}

/* A null equals null, but only next to the word null: otherwise a missing value could prove a point. */
static struct value equal(struct evaluation *evaluation, const struct hb_expect_node *node) {
    struct value left = evaluate(evaluation, node->left), right = evaluate(evaluation, node->right);
    bool asks_null = node_at(evaluation, node->left)->kind == HB_EXPECT_NULL ||
                     node_at(evaluation, node->right)->kind == HB_EXPECT_NULL;
    if (left.kind == UNDECIDED || right.kind == UNDECIDED)
        return (struct value){.kind = UNDECIDED};
    if (asks_null)
        return of_bool((left.kind == right.kind) == (node->kind == HB_EXPECT_EQUAL));
    if (left.kind == NOTHING)
        return unfit(evaluation, node->left, left, "");
    if (right.kind == NOTHING)
        return unfit(evaluation, node->right, right, "");
    if (left.kind != right.kind)
        return undecided(evaluation, "%s is compared with %s", kind_names[left.kind], kind_names[right.kind]);
    bool same = left.kind == STRING ? strcmp(left.string, right.string) == 0 : left.number == right.number;
    return of_bool(same == (node->kind == HB_EXPECT_EQUAL));
}

/* The right side is not evaluated when the left one decides. */
static struct value both(struct evaluation *evaluation, const struct hb_expect_node *node) {
    struct value left = need(evaluation, node->left, BOOL);
    bool decides = left.kind == UNDECIDED || (left.number != 0) == (node->kind == HB_EXPECT_OR);
    return decides ? left : need(evaluation, node->right, BOOL);
}

static struct value evaluate(struct evaluation *evaluation, uint32_t index) {
    const struct hb_expect_node *node = node_at(evaluation, index);
    struct value value;
    switch (node->kind) {
    case HB_EXPECT_NUMBER: return of_number(node->number);
    case HB_EXPECT_STRING: return (struct value){.kind = STRING, .string = node->text};
    case HB_EXPECT_PATH: return of_path(evaluation, node->text);
    case HB_EXPECT_TRUE:
    case HB_EXPECT_FALSE: return of_bool(node->kind == HB_EXPECT_TRUE);
    case HB_EXPECT_NULL: return (struct value){.kind = NOTHING};
    case HB_EXPECT_OR:
    case HB_EXPECT_AND: return both(evaluation, node);
    case HB_EXPECT_NOT:
        value = need(evaluation, node->left, BOOL);
        return value.kind == BOOL ? of_bool(value.number == 0) : value;
    case HB_EXPECT_EQUAL:
    case HB_EXPECT_UNEQUAL: return equal(evaluation, node);
    case HB_EXPECT_LESS:
    case HB_EXPECT_LESS_EQUAL:
    case HB_EXPECT_GREATER:
    case HB_EXPECT_GREATER_EQUAL: return order(evaluation, node);
    default: return calculate(evaluation, node);
    }
}

/* ---- Showing --------------------------------------------------------------------------------------------------- */

struct teller {
    char *text;
    size_t size, used;
};

static void tell(struct teller *teller, const char *text) {
    if (teller->used >= teller->size)
        return;
    int n = snprintf(teller->text + teller->used, teller->size - teller->used, "%s", text);
    teller->used += n > 0 ? (size_t)n : 0;
}

static bool is_told(const struct hb_expect *expect, uint32_t index) {
    for (uint32_t i = 0; i < index; i++)
        if (expect->node[i].kind == HB_EXPECT_PATH && strcmp(expect->node[i].text, expect->node[index].text) == 0)
            return true;
    return false;
}

/* "four.os.goodput = 3.31, one.os.goodput = 0.91" */
static void tell_paths(const struct evaluation *evaluation, struct teller *teller) {
    const struct hb_expect *expect = evaluation->expect;
    for (uint32_t i = 0; i < expect->nodes; i++) {
        struct evaluation here = {.expect = expect, .root = evaluation->root};
        char text[REASON_BYTES];
        if (expect->node[i].kind != HB_EXPECT_PATH || is_told(expect, i))
            continue;
        tell(teller, teller->used ? ", " : "");
        tell(teller, expect->node[i].text);
        tell(teller, " = ");
        show(evaluate(&here, i), text, sizeof text);
        tell(teller, text);
    }
}

static bool has_arithmetic(const struct hb_expect *expect) {
    for (uint32_t i = 0; i < expect->nodes; i++)
        if (expect->node[i].kind >= HB_EXPECT_ADD)
            return true;
    return false;
}

/* The statement with both sides of each comparison worked out: "3.31 >= 3.185". */
static void tell_statement(const struct evaluation *evaluation, uint32_t index, struct teller *teller) {
    static const char *const signs[] = {
        [HB_EXPECT_OR] = " or ",         [HB_EXPECT_AND] = " and ",    [HB_EXPECT_LESS] = " < ",
        [HB_EXPECT_LESS_EQUAL] = " <= ", [HB_EXPECT_GREATER] = " > ",  [HB_EXPECT_GREATER_EQUAL] = " >= ",
        [HB_EXPECT_EQUAL] = " == ",      [HB_EXPECT_UNEQUAL] = " != ",
    };
    const struct hb_expect_node *node = node_at(evaluation, index);
    struct evaluation here = {.expect = evaluation->expect, .root = evaluation->root};
    char text[REASON_BYTES];
    if (node->kind == HB_EXPECT_NOT) {
        tell(teller, "not (");
        tell_statement(evaluation, node->left, teller);
        tell(teller, ")");
    } else if (node->kind >= HB_EXPECT_OR && node->kind <= HB_EXPECT_UNEQUAL) {
        tell_statement(evaluation, node->left, teller);
        tell(teller, signs[node->kind]);
        tell_statement(evaluation, node->right, teller);
    } else {
        show(evaluate(&here, index), text, sizeof text);
        tell(teller, text);
    }
}

bool hb_expect_holds(const struct hb_expect *expect, const cJSON *root, char *values, size_t size) {
    struct evaluation evaluation = {.expect = expect, .root = root};
    struct teller teller = {.text = values, .size = size};
    struct value value = need(&evaluation, expect->top, BOOL);
    if (size)
        values[0] = 0;
    tell_paths(&evaluation, &teller);
    if (value.kind == UNDECIDED) {
        tell(&teller, "; does not decide it: ");
        tell(&teller, evaluation.reason);
    } else if (has_arithmetic(expect)) {
        tell(&teller, "; ");
        tell_statement(&evaluation, expect->top, &teller);
    }
    return value.kind == BOOL && value.number != 0;
}

bool hb_expect_number(const struct hb_expect *expect, const cJSON *root, double *number, char *why, size_t size) {
    struct evaluation evaluation = {.expect = expect, .root = root};
    struct value value = need(&evaluation, expect->top, NUMBER);
    if (size)
        snprintf(why, size, "%s", evaluation.reason);
    *number = value.number;
    return value.kind == NUMBER;
}
