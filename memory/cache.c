#include "memory/cache.h"

#include <string.h>

#include "memory/hash.h"

static uint32_t log2_of(uint32_t power_of_two) {
    uint32_t shift = 0;
    while ((1u << shift) < power_of_two)
        shift++;
    return shift;
}

size_t hb_cache_block_bytes(const struct hb_cache_config *config) {
    size_t lines = config->size_bytes / config->line_bytes;
    return lines * (sizeof(struct hb_line) + config->line_bytes);
}

void hb_cache_init(struct hb_cache *cache, const struct hb_cache_config *config, uint8_t *block) {
    *cache = (struct hb_cache){
        .block = block,
        .sets = config->size_bytes / config->line_bytes / config->ways,
        .ways = config->ways,
        .line_bytes = config->line_bytes,
        .line_shift = log2_of(config->line_bytes),
        .stride = (uint32_t)sizeof(struct hb_line) + config->line_bytes,
        .replacement = config->replacement,
    };
    memset(block, 0, hb_cache_block_bytes(config));
    for (uint32_t i = 0; i < cache->sets * cache->ways; i++)
        hb_line_invalidate(hb_cache_line(cache, i));
}

static uint64_t last_touch(const struct hb_line *line) {
    return line->last_read > line->last_write ? line->last_read : line->last_write;
}

/* Invalid before valid, then by age: the order in which lines are evicted. */
static bool goes_before(const struct hb_line *a, const struct hb_line *b) {
    if (a->address == HB_NO_LINE || b->address == HB_NO_LINE)
        return a->address == HB_NO_LINE && b->address != HB_NO_LINE;
    return last_touch(a) < last_touch(b);
}

/* ---- Replacement ----------------------------------------------------------------------------------------------- */

static uint32_t first_of_set(const struct hb_cache *cache, uint64_t address) {
    return (uint32_t)(address >> cache->line_shift & (cache->sets - 1)) * cache->ways;
}

/* Or an invalid one. In steps and without calls, for this is what misses are made of. */
static inline struct hb_line *least_recently_touched(const struct hb_cache *cache, uint32_t first) {
    struct hb_line *line = hb_cache_line(cache, first), *victim = line;
    uint64_t first_touch = UINT64_MAX;
    for (uint32_t ways = cache->ways; ways; ways--) {
        if (line->address == HB_NO_LINE)
            return line;
        uint64_t touch = last_touch(line);
        victim = touch < first_touch ? line : victim;
        first_touch = touch < first_touch ? touch : first_touch;
        line = (struct hb_line *)(void *)((uint8_t *)line + cache->stride);
    }
    return victim;
}

static uint64_t latest_touch(const struct hb_cache *cache, uint32_t first, uint32_t ways) {
    uint64_t latest = 0;
    for (uint32_t way = 0; way < ways; way++) {
        uint64_t touch = last_touch(hb_cache_line(cache, first + way));
        latest = touch > latest ? touch : latest;
    }
    return latest;
}

static struct hb_line *down_the_tree(const struct hb_cache *cache, uint32_t first) {
    for (uint32_t half = cache->ways / 2; half; half /= 2)
        if (latest_touch(cache, first, half) > latest_touch(cache, first + half, half))
            first += half;
    return hb_cache_line(cache, first);
}

static struct hb_line *first_come(const struct hb_cache *cache, uint32_t first) {
    struct hb_line *victim = hb_cache_line(cache, first);
    for (uint32_t way = 1; way < cache->ways; way++)
        if (hb_cache_line(cache, first + way)->turn < victim->turn)
            victim = hb_cache_line(cache, first + way);
    return victim;
}

static uint32_t arrivals(const struct hb_cache *cache, uint32_t first) {
    const uint8_t *at = (const uint8_t *)hb_cache_line(cache, first);
    uint32_t latest = 0;
    for (uint32_t way = 0; way < cache->ways; way++, at += cache->stride) {
        uint32_t turn = ((const struct hb_line *)(const void *)at)->turn;
        latest = turn > latest ? turn : latest;
    }
    return latest;
}

static struct hb_line *drawn(const struct hb_cache *cache, uint32_t first) {
    return hb_cache_line(cache,
                         first + (uint32_t)(hb_choice(cache->seed, first, arrivals(cache, first)) % cache->ways));
}

static __attribute__((noinline)) struct hb_line *otherwise_chosen(const struct hb_cache *cache, uint32_t first) {
    switch (cache->replacement) {
    case HB_REPLACE_PLRU: return down_the_tree(cache, first);
    case HB_REPLACE_FIFO: return first_come(cache, first);
    default: return drawn(cache, first);
    }
}

struct hb_line *hb_cache_victim(const struct hb_cache *cache, uint64_t address) {
    uint32_t first = first_of_set(cache, address);
    struct hb_line *line = least_recently_touched(cache, first);
    if (line->address == HB_NO_LINE || cache->replacement == HB_REPLACE_LRU)
        return line;
    return otherwise_chosen(cache, first);
}

void hb_cache_note_arrival(const struct hb_cache *cache, struct hb_line *line) {
    if (cache->replacement == HB_REPLACE_FIFO || cache->replacement == HB_REPLACE_RANDOM)
        line->turn = arrivals(cache, first_of_set(cache, line->address)) + 1;
}

/* ---- Lines ----------------------------------------------------------------------------------------------------- */

static bool stands_before(const struct hb_cache *cache, const struct hb_line *a, const struct hb_line *b) {
    return cache->replacement == HB_REPLACE_FIFO ? a->turn < b->turn : goes_before(a, b);
}

uint32_t hb_cache_rank(const struct hb_cache *cache, uint32_t index) {
    uint32_t first = index / cache->ways * cache->ways;
    struct hb_line *line = hb_cache_line(cache, index);
    uint32_t rank = 0;
    if (cache->replacement == HB_REPLACE_RANDOM)
        return line->turn;
    for (uint32_t way = 0; way < cache->ways; way++)
        rank += stands_before(cache, hb_cache_line(cache, first + way), line);
    return rank;
}
