/* A state as a few words: the harts' records sorted, since harts are interchangeable, and of two lines in the order
 * that gives the lower key. */
#include <string.h>

#include "bus/verify/model.h"

/* Widths in bits. */
#define STATE  3u /* HB_STATES_MAX */
#define ACCESS 4u /* HB_ACCESSES */
#define WANTED 3u /* up to HB_ACCESS_AMO */
#define PHASE  2u

struct bits {
    uint64_t word;
    uint32_t n;
};

static void put(struct bits *bits, uint64_t value, uint32_t width) {
    bits->word |= value << bits->n;
    bits->n += width;
}

static uint32_t get(struct bits *bits, uint32_t width) {
    uint32_t value = (uint32_t)(bits->word & ((1u << width) - 1));
    bits->word >>= width;
    return value;
}

/* ---- Records --------------------------------------------------------------------------------------------------- */

static void put_copies(const struct hb_model *model, const struct hb_model_state *state, uint32_t hart, bool swap,
                       struct bits *bits) {
    for (uint32_t i = 0; i < model->lines; i++) {
        uint32_t line = swap ? 1 - i : i;
        put(bits, state->l1d[hart][line].state, STATE);
        put(bits, state->l1d[hart][line].newest, 1);
        put(bits, state->l1i[hart][line].state, 1);
        put(bits, state->l1i[hart][line].newest, 1);
    }
}

static void put_port(const struct hb_model *model, const struct hb_model_port *port, bool swap, struct bits *bits) {
    bool flip = swap && port->kind != HB_ACCESS_NONE;
    put(bits, port->kind, ACCESS);
    put(bits, port->phase, PHASE);
    put(bits, port->before, STATE);
    put(bits, port->shared, 1);
    put(bits, port->broadcast, 1);
    put(bits, port->memory_takes, 1);
    put(bits, port->carries, 1);
    put(bits, port->newest, 1);
    if (model->lines == 1)
        return;
    put(bits, flip ? 1u - port->line : port->line, 1);
    put(bits, port->wanted, WANTED);
}

static uint64_t record_of(const struct hb_model *model, const struct hb_model_state *state, uint32_t hart, bool swap) {
    const struct hb_model_port *port = &state->port[hart];
    struct bits bits = {0, 0};
    uint32_t reserved = swap && port->reserved ? 3u - port->reserved : port->reserved;
    put_copies(model, state, hart, swap, &bits);
    put_port(model, port, swap, &bits);
    put(&bits, reserved, model->lines);
    put(&bits, port->overtaken, 1);
    if (model->protocol->flaws & HB_FLAW_STALE_GRANT)
        put(&bits, port->posted, STATE);
    return bits.word;
}

/* The device's port and memory. */
static uint64_t rest_of(const struct hb_model *model, const struct hb_model_state *state, bool swap) {
    struct bits bits = {0, 0};
    put_port(model, &state->port[model->caches], swap, &bits);
    for (uint32_t i = 0; i < model->lines; i++)
        put(&bits, state->memory_newest[swap ? 1 - i : i], 1);
    return bits.word;
}

static uint32_t port_bits(const struct hb_model *model) {
    return ACCESS + PHASE + STATE + 5 + (model->lines == 2 ? 1 + WANTED : 0);
}

static uint32_t record_bits(const struct hb_model *model) {
    bool posted = model->protocol->flaws & HB_FLAW_STALE_GRANT;
    return model->lines * (STATE + 3) + port_bits(model) + model->lines + 1 + (posted ? STATE : 0);
}

/* ---- Keys ------------------------------------------------------------------------------------------------------ */

uint32_t hb_model_key_words(const struct hb_model *model) {
    return (model->caches * record_bits(model) + port_bits(model) + model->lines + 63) / 64;
}

/* Insertion: there are six at most. */
static void sort(uint64_t *record, uint8_t *hart, uint32_t n) {
    for (uint32_t i = 1; i < n; i++) {
        uint64_t r = record[i];
        uint8_t h = hart[i];
        uint32_t at = i;
        for (; at > 0 && record[at - 1] > r; at--) {
            record[at] = record[at - 1];
            hart[at] = hart[at - 1];
        }
        record[at] = r;
        hart[at] = h;
    }
}

static void append(uint64_t *key, uint32_t *at, uint64_t value, uint32_t width) {
    uint32_t word = *at / 64, bit = *at % 64;
    key[word] |= value << bit;
    if (bit + width > 64)
        key[word + 1] |= value >> (64 - bit);
    *at += width;
}

static void pack(const struct hb_model *model, const struct hb_model_state *state, uint64_t key[HB_MODEL_KEY_WORDS],
                 struct hb_renaming *renaming) {
    uint64_t record[HB_MODEL_CACHES_MAX];
    uint32_t at = 0, width = record_bits(model);
    for (uint32_t h = 0; h < model->caches; h++) {
        record[h] = record_of(model, state, h, renaming->lines_swapped);
        renaming->hart[h] = (uint8_t)h;
    }
    if (!model->names_count)
        sort(record, renaming->hart, model->caches);
    memset(key, 0, HB_MODEL_KEY_WORDS * sizeof *key);
    for (uint32_t h = 0; h < model->caches; h++)
        append(key, &at, record[h], width);
    append(key, &at, rest_of(model, state, renaming->lines_swapped), port_bits(model) + model->lines);
}

void hb_model_pack(const struct hb_model *model, const struct hb_model_state *state, uint64_t key[HB_MODEL_KEY_WORDS],
                   struct hb_renaming *renaming) {
    struct hb_renaming as_it_is = {.lines_swapped = false}, swapped = {.lines_swapped = true};
    uint64_t other[HB_MODEL_KEY_WORDS];
    pack(model, state, key, &as_it_is);
    bool lower = false;
    if (model->lines == 2 && !model->names_count) {
        pack(model, state, other, &swapped);
        lower = memcmp(other, key, sizeof other) < 0;
    }
    if (lower)
        memcpy(key, other, sizeof other);
    if (renaming)
        *renaming = lower ? swapped : as_it_is;
}

/* ---- And back -------------------------------------------------------------------------------------------------- */

static uint64_t extract(const uint64_t *key, uint32_t *at, uint32_t width) {
    uint32_t word = *at / 64, bit = *at % 64;
    uint64_t value = key[word] >> bit;
    if (bit + width > 64)
        value |= key[word + 1] << (64 - bit);
    *at += width;
    return value & ((1ull << width) - 1);
}

static void get_port(const struct hb_model *model, struct bits *bits, struct hb_model_port *port) {
    port->kind = (uint8_t)get(bits, ACCESS);
    port->phase = (uint8_t)get(bits, PHASE);
    port->before = (uint8_t)get(bits, STATE);
    port->shared = get(bits, 1);
    port->broadcast = get(bits, 1);
    port->memory_takes = get(bits, 1);
    port->carries = get(bits, 1);
    port->newest = get(bits, 1);
    if (model->lines == 1)
        return;
    port->line = (uint8_t)get(bits, 1);
    port->wanted = (uint8_t)get(bits, WANTED);
}

static void get_record(const struct hb_model *model, struct bits bits, uint32_t hart, struct hb_model_state *state) {
    struct hb_model_port *port = &state->port[hart];
    for (uint32_t line = 0; line < model->lines; line++) {
        state->l1d[hart][line].state = (uint8_t)get(&bits, STATE);
        state->l1d[hart][line].newest = get(&bits, 1);
        state->l1i[hart][line].state = (uint8_t)get(&bits, 1);
        state->l1i[hart][line].newest = get(&bits, 1);
    }
    get_port(model, &bits, port);
    port->reserved = (uint8_t)get(&bits, model->lines);
    port->overtaken = get(&bits, 1);
    if (model->protocol->flaws & HB_FLAW_STALE_GRANT)
        port->posted = (uint8_t)get(&bits, STATE);
}

void hb_model_unpack(const struct hb_model *model, const uint64_t key[HB_MODEL_KEY_WORDS],
                     struct hb_model_state *state) {
    uint32_t at = 0, width = record_bits(model);
    memset(state, 0, sizeof *state);
    for (uint32_t h = 0; h < model->caches; h++)
        get_record(model, (struct bits){extract(key, &at, width), 0}, h, state);
    struct bits rest = {extract(key, &at, port_bits(model) + model->lines), 0};
    get_port(model, &rest, &state->port[model->caches]);
    for (uint32_t line = 0; line < model->lines; line++)
        state->memory_newest[line] = get(&rest, 1);
}
