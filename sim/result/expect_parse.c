/* The parser of expectations: by recursive descent, one function per level of precedence. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim/result/expect.h"
#include "sim/result/expect_tree.h"

#define DIGITS  "0123456789"
#define LETTERS "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_"

enum token { END, NUMBER, STRING, WORD, SIGN };

struct parser {
    const char *text;
    const char *at; /* the next token */
    size_t n;       /* its length */
    enum token token;
    unsigned depth;
    bool failed;
    struct hb_expect *expect;
    struct hb_error *error;
};

static const char *const words[] = {"and", "or", "not", "min", "max", "abs", "true", "false", "null"};

static uint32_t fail(struct parser *parser, const char *what) {
    if (!parser->failed && parser->token == END)
        hb_error_set(parser->error, "column %zu: %s, but the text ends", (size_t)(parser->at - parser->text) + 1, what);
    else if (!parser->failed)
        hb_error_set(parser->error, "column %zu: %s, not \"%.*s\"", (size_t)(parser->at - parser->text) + 1, what,
                     parser->n < 40 ? (int)parser->n : 40, parser->at);
    parser->failed = true;
    return HB_EXPECT_NONE;
}

/* ---- Tokens ---------------------------------------------------------------------------------------------------- */

/* A word, or a path: NAME.NAME.0. A '-' belongs to the first name when a letter or digit follows it at once. */
static size_t word_length(const char *at) {
    size_t n = strspn(at, LETTERS DIGITS);
    while (at[n] == '-' && strspn(at + n + 1, LETTERS DIGITS) > 0)
        n += 1 + strspn(at + n + 1, LETTERS DIGITS);
    while (at[n] == '.' && strspn(at + n + 1, LETTERS DIGITS) > 0)
        n += 1 + strspn(at + n + 1, LETTERS DIGITS);
    return n;
}

static size_t number_length(const char *at) {
    size_t n = strspn(at, DIGITS);
    if (at[n] == '.')
        n += 1 + strspn(at + n + 1, DIGITS);
    if (at[n] == 'e' || at[n] == 'E') {
        size_t sign = at[n + 1] == '-' || at[n + 1] == '+';
        size_t digits = strspn(at + n + 1 + sign, DIGITS);
        n += digits ? 1 + sign + digits : 0;
    }
    return n;
}

/* The length of a string with its quotes; 0: it does not end. */
static size_t string_length(const char *at) {
    const char *end = strchr(at + 1, at[0]);
    return end ? (size_t)(end - at) + 1 : 0;
}

static bool is_in(char c, const char *set) {
    return c != 0 && strchr(set, c) != NULL;
}

static void next(struct parser *parser) {
    const char *at = parser->at + parser->n;
    at += strspn(at, " \t\r\n");
    parser->at = at;
    parser->n = 1;
    if (*at == 0) {
        parser->token = END;
        parser->n = 0;
    } else if (is_in(*at, LETTERS)) {
        parser->token = WORD;
        parser->n = word_length(at);
    } else if (is_in(*at, DIGITS)) {
        parser->token = NUMBER;
        parser->n = number_length(at);
    } else if (*at == '"' || *at == '\'') {
        parser->token = STRING;
        parser->n = string_length(at);
        if (parser->n == 0) {
            parser->n = strlen(at);
            fail(parser, "this string has no closing quote");
        }
    } else {
        parser->token = SIGN;
        parser->n = is_in(*at, "<>=!") && at[1] == '=' ? 2 : 1;
    }
}

static bool is(const struct parser *parser, const char *text) {
    return (parser->token == SIGN || parser->token == WORD) && strlen(text) == parser->n &&
           strncmp(parser->at, text, parser->n) == 0;
}

/* If `text` is next, move past it. */
static bool take(struct parser *parser, const char *text) {
    if (parser->failed || !is(parser, text))
        return false;
    next(parser);
    return true;
}

/* ---- Nodes ----------------------------------------------------------------------------------------------------- */

static uint32_t make(struct parser *parser, enum hb_expect_kind kind, uint32_t left, uint32_t right) {
    struct hb_expect *expect = parser->expect;
    if (parser->failed)
        return HB_EXPECT_NONE;
    if (expect->nodes == HB_EXPECT_NODES_MAX)
        return fail(parser, "the expectation is too long");
    expect->node[expect->nodes] = (struct hb_expect_node){.kind = kind, .left = left, .right = right};
    return expect->nodes++;
}

static uint32_t make_leaf(struct parser *parser, enum hb_expect_kind kind) {
    uint32_t leaf = make(parser, kind, HB_EXPECT_NONE, HB_EXPECT_NONE);
    size_t quote = kind == HB_EXPECT_STRING;
    if (leaf == HB_EXPECT_NONE)
        return leaf;
    struct hb_expect_node *node = &parser->expect->node[leaf];
    if (kind == HB_EXPECT_NUMBER)
        node->number = strtod(parser->at, NULL);
    if (kind == HB_EXPECT_STRING || kind == HB_EXPECT_PATH)
        node->text = strndup(parser->at + quote, parser->n - 2 * quote);
    if (node->text == NULL && kind != HB_EXPECT_NUMBER && (kind == HB_EXPECT_STRING || kind == HB_EXPECT_PATH))
        return fail(parser, "the host does not have enough memory");
    next(parser);
    return leaf;
}

/* ---- The levels, the tightest first ---------------------------------------------------------------------------- */

static uint32_t parse_or(struct parser *parser);

static uint32_t parse_nested(struct parser *parser) {
    if (++parser->depth > HB_EXPECT_DEPTH_MAX)
        return fail(parser, "nested too deeply");
    uint32_t node = parse_or(parser);
    parser->depth--;
    return node;
}

/* min(a, b, c) is min(min(a, b), c). */
static uint32_t parse_arguments(struct parser *parser, enum hb_expect_kind kind) {
    if (!take(parser, "("))
        return fail(parser, "expected '('");
    uint32_t node = parse_nested(parser);
    if (kind == HB_EXPECT_ABS)
        node = make(parser, kind, node, HB_EXPECT_NONE);
    while (kind != HB_EXPECT_ABS && take(parser, ","))
        node = make(parser, kind, node, parse_nested(parser));
    return take(parser, ")") ? node : fail(parser, "expected ')'");
}

static uint32_t parse_word(struct parser *parser) {
    static const struct {
        const char *name;
        enum hb_expect_kind kind;
        bool is_function;
    } known[] = {
        {"min", HB_EXPECT_MIN, true},    {"max", HB_EXPECT_MAX, true},      {"abs", HB_EXPECT_ABS, true},
        {"true", HB_EXPECT_TRUE, false}, {"false", HB_EXPECT_FALSE, false}, {"null", HB_EXPECT_NULL, false},
    };
    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++) {
        if (!is(parser, known[i].name))
            continue;
        if (!known[i].is_function)
            return make_leaf(parser, known[i].kind);
        next(parser);
        return parse_arguments(parser, known[i].kind);
    }
    if (is(parser, "and") || is(parser, "or") || is(parser, "not"))
        return fail(parser, "expected a value");
    return make_leaf(parser, HB_EXPECT_PATH);
}

static uint32_t parse_value(struct parser *parser) {
    if (parser->token == NUMBER)
        return make_leaf(parser, HB_EXPECT_NUMBER);
    if (parser->token == STRING)
        return make_leaf(parser, HB_EXPECT_STRING);
    if (parser->token == WORD)
        return parse_word(parser);
    if (!take(parser, "("))
        return fail(parser, "expected a value");
    uint32_t node = parse_nested(parser);
    return take(parser, ")") ? node : fail(parser, "expected ')'");
}

static uint32_t parse_unary(struct parser *parser) {
    bool negative = false;
    while (take(parser, "-"))
        negative = !negative;
    uint32_t node = parser->failed ? HB_EXPECT_NONE : parse_value(parser);
    return negative ? make(parser, HB_EXPECT_NEGATE, node, HB_EXPECT_NONE) : node;
}

static uint32_t parse_product(struct parser *parser) {
    uint32_t node = parse_unary(parser);
    for (;;)
        if (take(parser, "*"))
            node = make(parser, HB_EXPECT_MULTIPLY, node, parse_unary(parser));
        else if (take(parser, "/"))
            node = make(parser, HB_EXPECT_DIVIDE, node, parse_unary(parser));
        else
            return node;
}

static uint32_t parse_sum(struct parser *parser) {
    uint32_t node = parse_product(parser);
    for (;;)
        if (take(parser, "+"))
            node = make(parser, HB_EXPECT_ADD, node, parse_product(parser));
        else if (take(parser, "-"))
            node = make(parser, HB_EXPECT_SUBTRACT, node, parse_product(parser));
        else
            return node;
}

static uint32_t parse_comparison(struct parser *parser) {
    static const struct {
        const char *sign;
        enum hb_expect_kind kind;
    } known[] = {{"<", HB_EXPECT_LESS},           {"<=", HB_EXPECT_LESS_EQUAL}, {">", HB_EXPECT_GREATER},
                 {">=", HB_EXPECT_GREATER_EQUAL}, {"==", HB_EXPECT_EQUAL},      {"!=", HB_EXPECT_UNEQUAL}};
    uint32_t node = parse_sum(parser);
    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++)
        if (take(parser, known[i].sign))
            return make(parser, known[i].kind, node, parse_sum(parser));
    return node;
}

static uint32_t parse_not(struct parser *parser) {
    bool negated = false;
    while (take(parser, "not"))
        negated = !negated;
    uint32_t node = parser->failed ? HB_EXPECT_NONE : parse_comparison(parser);
    return negated ? make(parser, HB_EXPECT_NOT, node, HB_EXPECT_NONE) : node;
}

static uint32_t parse_and(struct parser *parser) {
    uint32_t node = parse_not(parser);
    while (take(parser, "and"))
        node = make(parser, HB_EXPECT_AND, node, parse_not(parser));
    return node;
}

static uint32_t parse_or(struct parser *parser) {
    uint32_t node = parse_and(parser);
    while (take(parser, "or"))
        node = make(parser, HB_EXPECT_OR, node, parse_and(parser));
    return node;
}

/* ---- Whole expressions ----------------------------------------------------------------------------------------- */

/* A value by itself, such as a sum, can neither hold nor fail. */
static bool is_statement(enum hb_expect_kind kind) {
    return kind == HB_EXPECT_PATH || kind == HB_EXPECT_TRUE || kind == HB_EXPECT_FALSE ||
           (kind >= HB_EXPECT_OR && kind <= HB_EXPECT_UNEQUAL);
}

static void parse(struct parser *parser, bool statement) {
    next(parser);
    parser->expect->top = parser->failed ? HB_EXPECT_NONE : parse_or(parser);
    if (!parser->failed && parser->token != END)
        fail(parser, "expected an operator or the end");
    if (parser->failed)
        return;
    const enum hb_expect_kind kind = parser->expect->node[parser->expect->top].kind;
    parser->failed = statement ? !is_statement(kind) : kind != HB_EXPECT_PATH && is_statement(kind);
    if (parser->failed)
        hb_error_set(parser->error,
                     statement ? "column 1: this is a value, which cannot hold or fail: compare it with something"
                               : "column 1: this holds or fails; it should be an expression that gives a number");
}

static struct hb_expect *parse_text(const char *text, bool statement, struct hb_error *error) {
    if (strlen(text) > HB_EXPECT_TEXT_MAX) {
        hb_error_set(error, "column %u: the expectation is too long", HB_EXPECT_TEXT_MAX);
        return NULL;
    }
    struct hb_expect *expect = calloc(1, sizeof *expect);
    if (!expect) {
        hb_error_set(error, "the host does not have enough memory");
        return NULL;
    }
    struct parser parser = {.text = text, .at = text, .expect = expect, .error = error};
    parse(&parser, statement);
    if (!parser.failed)
        return expect;
    hb_expect_free(expect);
    return NULL;
}

struct hb_expect *hb_expect_parse(const char *text, struct hb_error *error) {
    return parse_text(text, true, error);
}

struct hb_expect *hb_expect_parse_number(const char *text, struct hb_error *error) {
    return parse_text(text, false, error);
}

void hb_expect_free(struct hb_expect *expect) {
    if (!expect)
        return;
    for (uint32_t i = 0; i < expect->nodes; i++)
        free(expect->node[i].text);
    free(expect);
}

bool hb_expect_is_name(const char *name) {
    if (!is_in(name[0], LETTERS) || name[strspn(name, LETTERS DIGITS "-")] != 0 || name[strlen(name) - 1] == '-' ||
        strstr(name, "--"))
        return false;
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
        if (strcmp(words[i], name) == 0)
            return false;
    return true;
}
