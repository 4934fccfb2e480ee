/* A cache's arrays: tags, state numbers, stamps and DATA. A line's newest bytes live here, not in RAM.
 *
 * A line is a `struct hb_line` followed by its bytes. What a state number means is up to the protocol tables in bus/;
 * here it comes with attribute bits that say what may be done with the line without asking anyone. LRU follows from the
 * stamps, so touching the most recent line of a set changes nothing else.
 *
 * The lines are one block of plain memory that the owner provides (it is part of the machine's saved state); struct
 * hb_cache only finds things in it.
 *
 *     struct hb_cache cache;
 *     hb_cache_init(&cache, &config, block);       // block: hb_cache_block_bytes(&config) zeroed bytes
 *     struct hb_line *line = hb_cache_find(&cache, address);
 */
#ifndef HB_MEMORY_CACHE_H
#define HB_MEMORY_CACHE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "memory/config.h"

#define HB_NO_LINE UINT64_MAX /* address of a slot that holds nothing; no line has it */

#define HB_LINE_READABLE 1u
#define HB_LINE_WRITABLE 2u /* a store needs no bus transaction */
#define HB_LINE_DIRTY    4u /* this cache must write it back: memory may be stale */

struct hb_line {
    uint64_t address;    /* physical, of its first byte; HB_NO_LINE when invalid */
    uint64_t last_read;  /* cycle */
    uint64_t last_write; /* cycle */
    uint8_t state;       /* 0: invalid */
    uint8_t attributes;  /* HB_LINE_* */
    uint8_t unused[2];
    uint32_t turn; /* fifo, random: its number among the lines that came into this set; stays when it goes */
};

struct hb_cache {
    uint8_t *block;
    uint32_t sets;
    uint32_t ways;
    uint32_t line_bytes;
    uint32_t line_shift;
    uint32_t stride;     /* from one line to the next, in bytes */
    uint8_t replacement; /* enum hb_replacement */
    uint64_t seed;       /* random replacement: of this cache; set after hb_cache_init() */
};

/* Size of the block that holds the lines, in bytes. */
size_t hb_cache_block_bytes(const struct hb_cache_config *config);

/* Use `block` for the lines of a cache of this geometry and make every line invalid. */
void hb_cache_init(struct hb_cache *cache, const struct hb_cache_config *config, uint8_t *block);

/* The line at `index` (set * ways + way). */
static inline struct hb_line *hb_cache_line(const struct hb_cache *cache, uint32_t index) {
    return (struct hb_line *)(void *)(cache->block + (size_t)index * cache->stride);
}

/* The index of a line: the inverse. */
static inline uint32_t hb_cache_index(const struct hb_cache *cache, const struct hb_line *line) {
    return (uint32_t)((size_t)((const uint8_t *)line - cache->block) / cache->stride);
}

static inline uint8_t *hb_line_data(struct hb_line *line) {
    return (uint8_t *)(line + 1);
}

static inline uint64_t hb_cache_line_address(const struct hb_cache *cache, uint64_t address) {
    return address & ~(uint64_t)(cache->line_bytes - 1);
}

/* The valid line that holds the byte at `address`, or NULL. */
static inline struct hb_line *hb_cache_find(const struct hb_cache *cache, uint64_t address) {
    uint64_t wanted = hb_cache_line_address(cache, address);
    uint32_t first = (uint32_t)(address >> cache->line_shift & (cache->sets - 1)) * cache->ways;
    const uint8_t *at = cache->block + (size_t)first * cache->stride; /* steps, for this is what misses are made of */
    for (uint32_t way = 0; way < cache->ways; way++, at += cache->stride) {
        struct hb_line *line = (struct hb_line *)(void *)at;
        if (line->address == wanted)
            return line;
    }
    return NULL;
}

/* The line that a new one at `address` would replace: an invalid one (the lowest way), else by the policy:
 * lru     the least recently touched
 * plru    down the binary tree whose nodes point away from the half that was touched last; since stamps tell which half
 *         that was, there are no bits to keep. (After an invalidation, stored bits would remember more.)
 * fifo    the one that came first
 * random  a hash of the cache's seed, the set and how many lines have come into it
 *
 * Ties go to the lowest way. */
struct hb_line *hb_cache_victim(const struct hb_cache *cache, uint64_t address);

/* A new line, whose address it has by now, has taken the place `line`: its turn is counted, if the policy asks. */
void hb_cache_note_arrival(const struct hb_cache *cache, struct hb_line *line);

/* Make a line invalid. Its data are gone. */
static inline void hb_line_invalidate(struct hb_line *line) {
    line->address = HB_NO_LINE;
    line->state = 0;
    line->attributes = 0;
    line->last_read = 0;
    line->last_write = 0;
}

/* Replacement state of a line as a number: with lru and plru how many lines of its set were touched before it (invalid
 * ones count as first), with fifo how many came before it, with random its turn. */
uint32_t hb_cache_rank(const struct hb_cache *cache, uint32_t index);

#endif
