/* Bit manipulation that C has no operator for (unprivileged specification, chapter "B", Zba, Zbb, Zbs).
 *
 * Inline and free of calls: cpu/execute.c relies on that. */
#ifndef HB_CPU_BITS_H
#define HB_CPU_BITS_H

#include <stdint.h>

/* Rotations: only the lowest bits of `amount` count, log2 of the width. */
static inline uint64_t hb_rotate_left(uint64_t a, uint64_t amount) {
    return a << (amount & 63) | a >> (-amount & 63);
}
static inline uint64_t hb_rotate_right(uint64_t a, uint64_t amount) {
    return hb_rotate_left(a, -amount);
}
static inline uint32_t hb_rotate_word_left(uint32_t a, uint64_t amount) {
    return a << (amount & 31) | a >> (-amount & 31);
}
static inline uint32_t hb_rotate_word_right(uint32_t a, uint64_t amount) {
    return hb_rotate_word_left(a, -amount);
}

/* Zeros above the highest 1, below the lowest 1; of 0 the whole width. */
static inline uint64_t hb_leading_zeros(uint64_t a) {
    return a ? (uint64_t)__builtin_clzll(a) : 64;
}
static inline uint64_t hb_trailing_zeros(uint64_t a) {
    return a ? (uint64_t)__builtin_ctzll(a) : 64;
}
static inline uint64_t hb_leading_zeros_of_word(uint32_t a) {
    return a ? (uint64_t)__builtin_clz(a) : 32;
}
static inline uint64_t hb_trailing_zeros_of_word(uint32_t a) {
    return a ? (uint64_t)__builtin_ctz(a) : 32;
}

/* Ones: summed in fields of 2, 4 and 8 bits; the highest byte of the product is the sum of all bytes. The compiler's
 * builtin becomes a call for hosts that may lack the instruction. */
static inline uint64_t hb_count_ones(uint64_t a) {
    a -= a >> 1 & 0x5555555555555555;
    a = (a & 0x3333333333333333) + (a >> 2 & 0x3333333333333333);
    a = (a + (a >> 4)) & 0x0f0f0f0f0f0f0f0f;
    return a * 0x0101010101010101 >> 56;
}

/* Each byte 0xff, or 0 if it was 0: the sum of its lower bits and 0x7f carries into its highest bit. */
static inline uint64_t hb_or_combine_bytes(uint64_t a) {
    const uint64_t lower = 0x7f7f7f7f7f7f7f7f;
    uint64_t highest = (((a & lower) + lower) | a) & ~lower;
    return (highest >> 7) * 0xff;
}

/* The bit that `amount` names; only its lowest six bits count. */
static inline uint64_t hb_single_bit(uint64_t amount) {
    return 1ull << (amount & 63);
}

#endif
