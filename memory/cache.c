#include "memory/cache.h"

#include <string.h>

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
    };
    memset(block, 0, hb_cache_block_bytes(config));
    for (uint32_t i = 0; i < cache->sets * cache->ways; i++)
        hb_line_invalidate(hb_cache_line(cache, i));
}

static uint64_t last_touch(const struct hb_line *line) {
    return line->last_read > line->last_write ? line->last_read : line->last_write;
}

/* Invalid before valid, then by age: the order in which lines are given up. */
static bool goes_before(const struct hb_line *a, const struct hb_line *b) {
    bool a_valid = a->address != HB_NO_LINE;
    bool b_valid = b->address != HB_NO_LINE;
    if (a_valid != b_valid)
        return b_valid;
    return a_valid && last_touch(a) < last_touch(b);
}

struct hb_line *hb_cache_victim(const struct hb_cache *cache, uint64_t address) {
    uint32_t first = (uint32_t)(address >> cache->line_shift & (cache->sets - 1)) * cache->ways;
    struct hb_line *victim = hb_cache_line(cache, first);
    for (uint32_t way = 1; way < cache->ways; way++) {
        struct hb_line *line = hb_cache_line(cache, first + way);
        if (goes_before(line, victim))
            victim = line;
    }
    return victim;
}

void hb_line_invalidate(struct hb_line *line) {
    line->address = HB_NO_LINE;
    line->state = 0;
    line->attributes = 0;
    line->last_read = 0;
    line->last_write = 0;
}

uint32_t hb_cache_rank(const struct hb_cache *cache, uint32_t index) {
    uint32_t first = index / cache->ways * cache->ways;
    struct hb_line *line = hb_cache_line(cache, index);
    uint32_t rank = 0;
    for (uint32_t way = 0; way < cache->ways; way++)
        rank += goes_before(hb_cache_line(cache, first + way), line);
    return rank;
}
