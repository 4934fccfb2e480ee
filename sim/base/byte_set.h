/* A set of bytes of one cache line, one bit per byte. */
#ifndef HB_SIM_BYTE_SET_H
#define HB_SIM_BYTE_SET_H

#include <stdbool.h>
#include <stdint.h>

#include "memory/config.h"

struct hb_byte_set {
    uint64_t bits[HB_LINE_BYTES_MAX / 64];
};

#define HB_BYTE_SET_WORDS (HB_LINE_BYTES_MAX / 64)

/* Bytes `first` to `first + n - 1`, all of them below HB_LINE_BYTES_MAX. */
static inline struct hb_byte_set hb_byte_set_of(uint32_t first, uint32_t n) {
    struct hb_byte_set set = {{0}};
    for (uint32_t i = first; i < first + n; i++)
        set.bits[i / 64] |= 1ull << (i % 64);
    return set;
}

static inline bool hb_byte_set_has(const struct hb_byte_set *set, uint32_t byte) {
    return set->bits[byte / 64] >> (byte % 64) & 1;
}

static inline void hb_byte_set_add(struct hb_byte_set *set, const struct hb_byte_set *more) {
    for (uint32_t i = 0; i < HB_BYTE_SET_WORDS; i++)
        set->bits[i] |= more->bits[i];
}

static inline bool hb_byte_set_meets(const struct hb_byte_set *a, const struct hb_byte_set *b) {
    uint64_t common = 0;
    for (uint32_t i = 0; i < HB_BYTE_SET_WORDS; i++)
        common |= a->bits[i] & b->bits[i];
    return common != 0;
}

static inline bool hb_byte_set_is_empty(const struct hb_byte_set *set) {
    return !hb_byte_set_meets(set, set);
}

#endif
