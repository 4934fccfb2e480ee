/* Atomic changes of shared words, by LR.D/SC.D and AMOs, and the ordering between them.
 *
 * A hart may be killed between any two instructions. Therefore whatever must not be seen half done is one aligned
 * 64-bit word that changes by one store, one SC or one AMO. */
#ifndef HB_GUEST_ATOMIC_H
#define HB_GUEST_ATOMIC_H

#include <stdbool.h>
#include <stdint.h>

#include "osmodel/guest/machine/clean.h"

/* Read a word that others write. */
static inline uint64_t hb_load(const uint64_t *word) {
    return *(const volatile uint64_t *)word;
}

static inline void hb_store_cached(uint64_t *word, uint64_t value) {
    __asm__ volatile("fence rw, w" ::: "memory");
    *(volatile uint64_t *)word = value;
}

/* Write a word that others read (release): earlier writes are seen first. */
static inline void hb_store(uint64_t *word, uint64_t value) {
    if (hb_flushes())
        hb_store_kept(word, value);
    else
        hb_store_cached(word, value);
}

static inline bool hb_compare_and_swap_cached(uint64_t *word, uint64_t expected, uint64_t desired) {
    uint64_t seen;
    uint64_t failed;
    __asm__ volatile("1: lr.d.aqrl %0, %2\n"
                     "   bne %0, %3, 2f\n"
                     "   sc.d.rl %1, %4, %2\n"
                     "   bnez %1, 1b\n"
                     "2:"
                     : "=&r"(seen), "=&r"(failed), "+A"(*word)
                     : "r"(expected), "r"(desired)
                     : "memory");
    return seen == expected;
}

/* If *word is `expected`, make it `desired` in one step. Returns whether it did. */
static inline bool hb_compare_and_swap(uint64_t *word, uint64_t expected, uint64_t desired) {
    return hb_flushes() ? hb_compare_and_swap_kept(word, expected, desired)
                        : hb_compare_and_swap_cached(word, expected, desired);
}

static inline uint64_t hb_fetch_add(uint64_t *word, uint64_t addend) {
    uint64_t before;
    if (hb_flushes())
        return hb_fetch_add_kept(word, addend);
    __asm__ volatile("amoadd.d.aqrl %0, %2, %1" : "=r"(before), "+A"(*word) : "r"(addend) : "memory");
    return before;
}

/* Bits of hints, and of sets to which each hart adds itself alone: where data are flushed, one that is lost is noticed
 * by nobody. */
static inline uint64_t hb_fetch_or(uint64_t *word, uint64_t bits) {
    uint64_t before;
    __asm__ volatile("amoor.d.aqrl %0, %2, %1" : "=r"(before), "+A"(*word) : "r"(bits) : "memory");
    if (hb_flushes())
        hb_clean(word, sizeof *word);
    return before;
}

static inline uint64_t hb_fetch_and(uint64_t *word, uint64_t bits) {
    uint64_t before;
    __asm__ volatile("amoand.d.aqrl %0, %2, %1" : "=r"(before), "+A"(*word) : "r"(bits) : "memory");
    if (hb_flushes())
        hb_clean(word, sizeof *word);
    return before;
}

/* Reads keep their order: of a message, first the word that says that it is there, then the rest. */
static inline void hb_fence_reads(void) {
    __asm__ volatile("fence r, r" ::: "memory");
}

/* Everything before is seen before everything after, by harts and devices alike. */
static inline void hb_fence(void) {
    __asm__ volatile("fence iorw, iorw" ::: "memory");
}

#endif
