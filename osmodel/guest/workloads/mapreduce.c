#include "osmodel/guest/workloads/threads.h"

/* Marsaglia's xorshift, as in batch.c. */
static uint64_t next_random(uint64_t x) {
    x ^= x << 13;
    x ^= x >> 7;
    return x ^ x << 17;
}

/* Some words are frequent: of two that come up, the one with the smaller number is on the page. */
void hb_map_page(uint64_t seed, uint64_t page, uint64_t *counts) {
    uint64_t x = ((seed + page * 2654435761u) ^ 0x9e3779b97f4a7c15u) | 1;
    for (uint64_t i = 0; i < HB_MAP_PAGE; i++) {
        x = next_random(x);
        uint64_t one = x >> 20 & (HB_MAP_WORDS - 1);
        uint64_t other = x >> 40 & (HB_MAP_WORDS - 1);
        counts[one < other ? one : other]++;
    }
}

uint64_t hb_reduce_words(const uint64_t *tables, uint64_t threads, struct hb_part words) {
    uint64_t sum = words.from;
    for (uint64_t word = words.from; word < words.to; word++) {
        uint64_t total = 0;
        for (uint64_t thread = 0; thread < threads; thread++)
            total += tables[thread * HB_MAP_WORDS + word];
        sum = (sum << 9 | sum >> 55) + total;
    }
    return sum;
}
