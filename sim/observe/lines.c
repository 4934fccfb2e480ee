#include "sim/observe/lines.h"

#include <stdlib.h>

#include "sim/base/line_map.h"

#define NONE UINT32_MAX

struct hb_lines {
    uint32_t line_bytes;
    struct hb_line_map places;
    struct hb_line_counts *line;
    uint32_t lines, line_capacity;
    struct hb_line_touch *touch;
    uint32_t touches, touch_capacity;
};

struct hb_lines *hb_lines_new(uint32_t line_bytes) {
    struct hb_lines *lines = calloc(1, sizeof *lines);
    if (!lines)
        abort();
    lines->line_bytes = line_bytes;
    return lines;
}

void hb_lines_free(struct hb_lines *lines) {
    if (!lines)
        return;
    hb_line_map_free(&lines->places);
    free(lines->line);
    free(lines->touch);
    free(lines);
}

/* ---- Finding --------------------------------------------------------------------------------------------------- */

/* Room for one more of `bytes` each. */
static void *make_room(void *records, uint32_t used, uint32_t *capacity, size_t bytes) {
    if (used < *capacity)
        return records;
    *capacity = *capacity ? 2 * *capacity : 1024;
    records = realloc(records, *capacity * bytes);
    if (!records)
        abort();
    return records;
}

struct hb_line_counts *hb_lines_at(struct hb_lines *lines, uint64_t address) {
    uint64_t line = address & ~(uint64_t)(lines->line_bytes - 1);
    uint32_t *place = hb_line_map_at(&lines->places, line);
    if (*place == HB_LINE_MAP_NONE) {
        lines->line = make_room(lines->line, lines->lines, &lines->line_capacity, sizeof *lines->line);
        lines->line[lines->lines] = (struct hb_line_counts){.address = line, .first_touch = NONE};
        *place = lines->lines++;
    }
    return &lines->line[*place];
}

/* Kept in the order of harts. */
static struct hb_line_touch *touch_of(struct hb_lines *lines, struct hb_line_counts *line, uint8_t hart) {
    lines->touch = make_room(lines->touch, lines->touches, &lines->touch_capacity, sizeof *lines->touch);
    uint32_t *link = &line->first_touch;
    while (*link != NONE && lines->touch[*link].hart < hart)
        link = &lines->touch[*link].next;
    if (*link == NONE || lines->touch[*link].hart != hart) {
        lines->touch[lines->touches] = (struct hb_line_touch){.hart = hart, .next = *link};
        *link = lines->touches++;
    }
    return &lines->touch[*link];
}

/* ---- Counting -------------------------------------------------------------------------------------------------- */

void hb_lines_touch(struct hb_lines *lines, uint8_t hart, uint64_t address, uint32_t bytes, bool reads, bool writes) {
    struct hb_line_counts *line = hb_lines_at(lines, address);
    struct hb_line_touch *touch = touch_of(lines, line, hart);
    struct hb_byte_set set = hb_byte_set_of((uint32_t)(address - line->address), bytes);
    if (reads)
        hb_byte_set_add(&touch->read, &set);
    if (writes)
        hb_byte_set_add(&touch->written, &set);
}

static void note_pc(struct hb_line_touch *touch, uint64_t pc) {
    uint32_t least = 0;
    for (uint32_t i = 0; i < HB_LINE_PCS; i++) {
        if (touch->pc[i] == pc) {
            touch->times[i]++;
            return;
        }
        least = touch->times[i] < touch->times[least] ? i : least;
    }
    touch->pc[least] = pc;
    touch->times[least]++;
}

void hb_lines_transaction(struct hb_lines *lines, uint64_t line_address, enum hb_txn kind, uint8_t hart, uint64_t pc) {
    struct hb_line_counts *line = hb_lines_at(lines, line_address);
    line->transactions[kind]++;
    line->all_transactions++;
    line->device_writes += kind == HB_TXN_DMA_WRITE;
    if (hart == HB_LINES_NOBODY)
        return;
    struct hb_line_touch *touch = touch_of(lines, line, hart);
    touch->transactions++;
    if (pc)
        note_pc(touch, pc);
}

void hb_lines_buffered(struct hb_lines *lines, uint8_t hart, uint64_t address, uint64_t pc) {
    touch_of(lines, hb_lines_at(lines, address), hart)->buffered_pc = pc;
}

void hb_lines_drained(struct hb_lines *lines, uint64_t line, enum hb_txn kind, uint8_t hart) {
    hb_lines_transaction(lines, line, kind, hart, touch_of(lines, hb_lines_at(lines, line), hart)->buffered_pc);
}

/* ---- Looking --------------------------------------------------------------------------------------------------- */

uint32_t hb_lines_touches(const struct hb_lines *lines, const struct hb_line_counts *line,
                          const struct hb_line_touch **touch, uint32_t most) {
    uint32_t n = 0;
    for (uint32_t i = line->first_touch; i != NONE && n < most; i = lines->touch[i].next)
        touch[n++] = &lines->touch[i];
    return n;
}

static bool is_hotter(const struct hb_line_counts *a, const struct hb_line_counts *b) {
    if (a->all_transactions != b->all_transactions)
        return a->all_transactions > b->all_transactions;
    return a->address < b->address;
}

uint32_t hb_lines_hottest(const struct hb_lines *lines, const struct hb_line_counts **line, uint32_t most) {
    uint32_t n = 0;
    for (uint32_t i = 0; i < lines->lines; i++) {
        const struct hb_line_counts *one = &lines->line[i];
        if (one->all_transactions == 0 || (n == most && (n == 0 || !is_hotter(one, line[n - 1]))))
            continue;
        uint32_t at = n < most ? n++ : n - 1;
        for (; at > 0 && is_hotter(one, line[at - 1]); at--)
            line[at] = line[at - 1];
        line[at] = one;
    }
    return n;
}

uint64_t hb_line_touch_pc(const struct hb_line_touch *touch) {
    uint32_t best = 0;
    for (uint32_t i = 1; i < HB_LINE_PCS; i++)
        best = touch->times[i] > touch->times[best] ? i : best;
    return touch->pc[best];
}

uint64_t hb_lines_invalidations(const uint64_t taken[HB_TAKERS]) {
    uint64_t sum = 0;
    for (uint32_t taker = 0; taker < HB_TAKERS; taker++)
        sum += taken[taker];
    return sum;
}
