#include "sim/gdb/gdb_packet.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

enum state { OUTSIDE, INSIDE, FIRST_DIGIT, SECOND_DIGIT };

#define ESCAPE       '}'
#define ESCAPE_FLIPS 0x20u

static int digit_of(char c) {
    if (c >= '0' && c <= '9')
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    if (c >= 'A' && c <= 'F')
        return c - 'A' + 10;
    return -1;
}

/* ---- Reading --------------------------------------------------------------------------------------------------- */

static void begin(struct hb_gdb_reader *reader) {
    reader->state = INSIDE;
    reader->sum = reader->said = 0;
    reader->escaped = reader->unfit = false;
    reader->length = 0;
}

static enum hb_gdb_received outside(struct hb_gdb_reader *reader, uint8_t byte) {
    switch (byte) {
    case '$': begin(reader); return HB_GDB_NOTHING;
    case '-': return HB_GDB_AGAIN;
    case 3: return HB_GDB_INTERRUPT;
    default: return HB_GDB_NOTHING; /* '+', and noise */
    }
}

static void inside(struct hb_gdb_reader *reader, uint8_t byte) {
    if (byte == '$') { /* the end of the previous packet was lost */
        begin(reader);
        return;
    }
    if (byte == '#') {
        reader->state = FIRST_DIGIT;
        return;
    }
    reader->sum = (uint8_t)(reader->sum + byte);
    if (byte == ESCAPE && !reader->escaped) {
        reader->escaped = true;
        return;
    }
    reader->unfit |= reader->length == HB_GDB_PACKET_MAX;
    if (!reader->unfit)
        reader->data[reader->length++] = (char)(reader->escaped ? byte ^ ESCAPE_FLIPS : byte);
    reader->escaped = false;
}

static void checksum_digit(struct hb_gdb_reader *reader, uint8_t byte) {
    int digit = digit_of((char)byte);
    reader->unfit |= digit < 0;
    reader->said = (uint8_t)(reader->said << 4 | (digit & 15));
}

enum hb_gdb_received hb_gdb_reader_take(struct hb_gdb_reader *reader, uint8_t byte) {
    switch (reader->state) {
    case OUTSIDE: return outside(reader, byte);
    case INSIDE: inside(reader, byte); return HB_GDB_NOTHING;
    case FIRST_DIGIT:
        checksum_digit(reader, byte);
        reader->state = SECOND_DIGIT;
        return HB_GDB_NOTHING;
    default:
        checksum_digit(reader, byte);
        reader->state = OUTSIDE;
        reader->data[reader->length] = 0;
        return reader->unfit || reader->said != reader->sum ? HB_GDB_BAD : HB_GDB_PACKET;
    }
}

/* ---- Writing --------------------------------------------------------------------------------------------------- */

void hb_gdb_put_bytes(struct hb_gdb_text *text, const char *bytes, size_t n) {
    if (n > HB_GDB_PACKET_MAX - text->length) {
        text->cut = true;
        return;
    }
    memcpy(text->data + text->length, bytes, n);
    text->length += n;
    text->data[text->length] = 0;
}

void hb_gdb_put(struct hb_gdb_text *text, const char *format, ...) {
    char piece[256];
    va_list arguments;
    va_start(arguments, format);
    int n = vsnprintf(piece, sizeof piece, format, arguments);
    va_end(arguments);
    if (n >= 0 && (size_t)n < sizeof piece)
        hb_gdb_put_bytes(text, piece, (size_t)n);
    else
        text->cut = true;
}

void hb_gdb_put_hex(struct hb_gdb_text *text, const void *bytes, size_t n) {
    static const char digits[] = "0123456789abcdef";
    for (size_t i = 0; i < n; i++) {
        uint8_t byte = ((const uint8_t *)bytes)[i];
        hb_gdb_put_bytes(text, (const char[]){digits[byte >> 4], digits[byte & 15]}, 2);
    }
}

size_t hb_gdb_frame(const struct hb_gdb_text *text, char out[HB_GDB_FRAME_MAX]) {
    size_t n = 0;
    uint8_t sum = 0;
    out[n++] = '$';
    for (size_t i = 0; i < text->length; i++) {
        char c = text->data[i];
        bool special = c == '$' || c == '#' || c == ESCAPE || c == '*';
        if (special)
            out[n++] = ESCAPE;
        out[n++] = (char)(special ? c ^ (char)ESCAPE_FLIPS : c);
    }
    for (size_t i = 1; i < n; i++)
        sum = (uint8_t)(sum + (uint8_t)out[i]);
    out[n++] = '#';
    out[n++] = "0123456789abcdef"[sum >> 4];
    out[n++] = "0123456789abcdef"[sum & 15];
    return n;
}

/* ---- Numbers --------------------------------------------------------------------------------------------------- */

bool hb_gdb_number(const char **at, uint64_t *number) {
    int digits = 0;
    *number = 0;
    for (; digit_of(**at) >= 0; (*at)++, digits++) {
        if (digits == 16)
            return false;
        *number = *number << 4 | (uint64_t)digit_of(**at);
    }
    return digits > 0;
}

bool hb_gdb_number_then(const char **at, char separator, uint64_t *number) {
    if (!hb_gdb_number(at, number) || **at != separator)
        return false;
    (*at)++;
    return true;
}

bool hb_gdb_bytes(const char **at, void *bytes, size_t n) {
    for (size_t i = 0; i < n; i++, *at += 2) {
        int high = digit_of((*at)[0]);
        int low = high < 0 ? -1 : digit_of((*at)[1]);
        if (low < 0)
            return false;
        ((uint8_t *)bytes)[i] = (uint8_t)(high << 4 | low);
    }
    return true;
}
