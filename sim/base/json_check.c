#include "sim/base/json_check.h"

#include <string.h>

enum state {
    VALUE,        /* a value must come */
    VALUE_OR_END, /* a value, or the end of the list that has just begun */
    NAME,         /* the name of a member must come */
    NAME_OR_END,  /* a name, or the end of the object that has just begun */
    COLON,        /* after a name */
    COMMA_OR_END, /* after a value */
};

struct scanner {
    const char *text;
    size_t n, at;
    enum state state;
    unsigned depth;
    char open[HB_JSON_DEPTH_MAX]; /* '[' or '{' */
};

/* The next byte; 0 at the end, since a NUL is not part of JSON either. */
static char peek(const struct scanner *scanner) {
    return scanner->at < scanner->n ? scanner->text[scanner->at] : 0;
}

static void skip_blanks(struct scanner *scanner) {
    while (peek(scanner) != 0 && strchr(" \t\r\n", peek(scanner)))
        scanner->at++;
}

static bool is_digit(char c) {
    return c >= '0' && c <= '9';
}

static bool is_hex(char c) {
    return is_digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}

/* ---- Scalars: each moves past what it has found, or returns what is wrong with the byte at `at` ---------------- */

static const char *scan_escape(struct scanner *scanner) {
    static const char *const unknown = "a backslash takes one of \" \\ / b f n r t, or u and four hexadecimal digits";
    unsigned digits = 0, zeros = 0;
    scanner->at++;
    char c = peek(scanner);
    if (c == 0 || !strchr("\"\\/bfnrtu", c))
        return unknown;
    scanner->at++;
    if (c != 'u')
        return NULL;
    for (; digits < 4 && is_hex(peek(scanner)); digits++, scanner->at++)
        zeros += peek(scanner) == '0';
    if (digits < 4)
        return unknown;
    return zeros == 4 ? "\\u0000 is not allowed" : NULL;
}

static const char *scan_string(struct scanner *scanner) {
    scanner->at++;
    while (peek(scanner) != '"') {
        const char *wrong = NULL;
        if (scanner->at >= scanner->n)
            wrong = "this string has no closing quote";
        else if ((unsigned char)peek(scanner) < ' ')
            wrong = "a string may hold no line break or control character, but \\n";
        else if (peek(scanner) == '\\')
            wrong = scan_escape(scanner);
        else
            scanner->at++;
        if (wrong)
            return wrong;
    }
    scanner->at++;
    return NULL;
}

static bool scan_digits(struct scanner *scanner) {
    size_t from = scanner->at;
    while (is_digit(peek(scanner)))
        scanner->at++;
    return scanner->at > from;
}

static const char *scan_number(struct scanner *scanner) {
    static const char *const digit = "expected a digit";
    scanner->at += peek(scanner) == '-';
    if (peek(scanner) == '0') {
        scanner->at++;
        if (is_digit(peek(scanner)))
            return "a number does not begin with 0";
    } else if (!scan_digits(scanner)) {
        return digit;
    }
    if (peek(scanner) == '.') {
        scanner->at++;
        if (!scan_digits(scanner))
            return digit;
    }
    if (peek(scanner) != 'e' && peek(scanner) != 'E')
        return NULL;
    scanner->at++;
    scanner->at += peek(scanner) == '-' || peek(scanner) == '+';
    return scan_digits(scanner) ? NULL : digit;
}

static const char *scan_word(struct scanner *scanner) {
    static const char *const words[] = {"true", "false", "null"};
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) {
        size_t n = strlen(words[i]);
        if (scanner->n - scanner->at < n || memcmp(scanner->text + scanner->at, words[i], n) != 0)
            continue;
        scanner->at += n;
        return NULL;
    }
    return "expected a value (a string in \"quotes\", a number, true, false, null, [ or {)";
}

/* ---- Structure ------------------------------------------------------------------------------------------------- */

static const char *open(struct scanner *scanner, char bracket) {
    if (scanner->depth == HB_JSON_DEPTH_MAX)
        return "nested too deeply (64 levels at most)";
    scanner->open[scanner->depth++] = bracket;
    scanner->at++;
    scanner->state = bracket == '{' ? NAME_OR_END : VALUE_OR_END;
    return NULL;
}

static const char *scan_value(struct scanner *scanner) {
    char c = peek(scanner);
    if (c == '[' || c == '{')
        return open(scanner, c);
    scanner->state = COMMA_OR_END;
    if (c == '"')
        return scan_string(scanner);
    return c == '-' || is_digit(c) ? scan_number(scanner) : scan_word(scanner);
}

static const char *scan_name(struct scanner *scanner) {
    scanner->state = COLON;
    return peek(scanner) == '"' ? scan_string(scanner) : "expected a name in \"quotes\"";
}

static const char *scan_colon(struct scanner *scanner) {
    if (peek(scanner) != ':')
        return "expected ':'";
    scanner->at++;
    scanner->state = VALUE;
    return NULL;
}

/* Does the container that is open end here? */
static bool ends(const struct scanner *scanner) {
    char bracket = scanner->open[scanner->depth - 1];
    return peek(scanner) == (bracket == '{' ? '}' : ']');
}

static const char *close(struct scanner *scanner) {
    scanner->depth--;
    scanner->at++;
    scanner->state = COMMA_OR_END;
    return NULL;
}

static const char *scan_comma_or_end(struct scanner *scanner) {
    bool in_object = scanner->open[scanner->depth - 1] == '{';
    if (ends(scanner))
        return close(scanner);
    if (peek(scanner) != ',')
        return in_object ? "expected ',' or '}'" : "expected ',' or ']'";
    scanner->at++;
    scanner->state = in_object ? NAME : VALUE;
    return NULL;
}

static const char *scan_next(struct scanner *scanner) {
    switch (scanner->state) {
    case VALUE_OR_END: return ends(scanner) ? close(scanner) : scan_value(scanner);
    case NAME_OR_END: return ends(scanner) ? close(scanner) : scan_name(scanner);
    case NAME: return scan_name(scanner);
    case COLON: return scan_colon(scanner);
    case COMMA_OR_END: return scan_comma_or_end(scanner);
    default: return scan_value(scanner);
    }
}

bool hb_json_check(const char *text, size_t n, size_t *at, const char **what) {
    struct scanner scanner = {.text = text, .n = n, .state = VALUE};
    *what = NULL;
    do {
        skip_blanks(&scanner);
        *what = scan_next(&scanner);
    } while (!*what && (scanner.depth > 0 || scanner.state != COMMA_OR_END));
    if (!*what)
        skip_blanks(&scanner);
    if (!*what && scanner.at < n)
        *what = "expected the end of the text";
    *at = scanner.at;
    return *what == NULL;
}
