#include "sim/base/json_write.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MILLION 1000000u

__extension__ typedef unsigned __int128 uint128;

static void append(struct hb_json_writer *json, const char *text, size_t n) {
    if (json->used + n + 1 > json->capacity) {
        json->capacity = 2 * (json->used + n) + 1024;
        json->text = realloc(json->text, json->capacity);
        if (!json->text)
            abort();
    }
    memcpy(json->text + json->used, text, n);
    json->used += n;
    json->text[json->used] = 0;
}

static void append_text(struct hb_json_writer *json, const char *text) {
    append(json, text, strlen(text));
}

static void append_quoted(struct hb_json_writer *json, const char *text) {
    append(json, "\"", 1);
    for (; *text; text++) {
        char escaped[8];
        unsigned char byte = (unsigned char)*text;
        if (byte == '"' || byte == '\\')
            snprintf(escaped, sizeof escaped, "\\%c", byte);
        else if (byte < 0x20 || byte == 0x7f)
            snprintf(escaped, sizeof escaped, "\\u%04x", byte);
        else
            snprintf(escaped, sizeof escaped, "%c", byte);
        append_text(json, escaped);
    }
    append(json, "\"", 1);
}

static void break_line(struct hb_json_writer *json) {
    append(json, "\n", 1);
    for (uint32_t i = 0; i < json->depth; i++)
        append(json, "  ", 2);
}

/* What precedes a value: comma, line break, key. */
static void begin(struct hb_json_writer *json, const char *key) {
    if (json->follows)
        append(json, ",", 1);
    if (json->depth > 0 && json->depth <= json->broken)
        break_line(json);
    else if (json->follows)
        append(json, " ", 1);
    json->follows = true;
    if (!key)
        return;
    append_quoted(json, key);
    append(json, ": ", 2);
}

static void put(struct hb_json_writer *json, const char *key, const char *value) {
    begin(json, key);
    append_text(json, value);
}

void hb_json_open(struct hb_json_writer *json, const char *key, char bracket) {
    begin(json, key);
    append(json, &bracket, 1);
    json->depth++;
    json->follows = false;
}

void hb_json_close(struct hb_json_writer *json, char bracket) {
    bool breaks = json->follows && json->depth <= json->broken;
    json->depth--;
    if (breaks)
        break_line(json);
    append(json, &bracket, 1);
    json->follows = true;
}

void hb_json_number(struct hb_json_writer *json, const char *key, uint64_t value) {
    char text[24];
    snprintf(text, sizeof text, "%" PRIu64, value);
    put(json, key, text);
}

void hb_json_string(struct hb_json_writer *json, const char *key, const char *value) {
    begin(json, key);
    append_quoted(json, value);
}

void hb_json_bool(struct hb_json_writer *json, const char *key, bool value) {
    put(json, key, value ? "true" : "false");
}

void hb_json_null(struct hb_json_writer *json, const char *key) {
    put(json, key, "null");
}

static void put_millionths(struct hb_json_writer *json, const char *key, bool below, uint64_t millionths) {
    char text[40];
    snprintf(text, sizeof text, "%s%" PRIu64 ".%06u", below && millionths ? "-" : "", millionths / MILLION,
             (unsigned)(millionths % MILLION));
    put(json, key, text);
}

void hb_json_quotient(struct hb_json_writer *json, const char *key, uint64_t numerator, uint64_t denominator) {
    if (denominator)
        put_millionths(json, key, false, (uint64_t)(((uint128)numerator * MILLION + denominator / 2) / denominator));
    else
        hb_json_null(json, key);
}

void hb_json_ratio(struct hb_json_writer *json, const char *key, double value) {
    put_millionths(json, key, value < 0, (uint64_t)llround(fabs(value) * MILLION));
}

void hb_json_address(struct hb_json_writer *json, const char *key, uint64_t address) {
    char text[24];
    snprintf(text, sizeof text, "\"0x%" PRIx64 "\"", address);
    put(json, key, text);
}

void hb_json_cycle(struct hb_json_writer *json, const char *key, uint64_t cycle) {
    if (cycle == UINT64_MAX)
        hb_json_null(json, key);
    else
        hb_json_number(json, key, cycle);
}

void hb_json_text(struct hb_json_writer *json, const char *key, const char *value) {
    if (*value)
        hb_json_string(json, key, value);
    else
        hb_json_null(json, key);
}

char *hb_json_take(struct hb_json_writer *json) {
    append(json, "\n", 1);
    char *text = json->text;
    json->text = NULL;
    json->used = json->capacity = 0;
    return text;
}
