#include "sim/base/line_map.h"

#include <stdlib.h>

#include "memory/hash.h"

#define FIRST_CAPACITY 1024u

/* The slot of `line`, or the empty one where it would go. Some slot is always empty. */
static struct hb_line_slot *slot_of(const struct hb_line_map *map, uint64_t line) {
    uint32_t at = (uint32_t)hb_mix64(line) & (map->capacity - 1);
    while (map->slot[at].used && map->slot[at].line != line)
        at = (at + 1) & (map->capacity - 1);
    return &map->slot[at];
}

static void grow(struct hb_line_map *map) {
    struct hb_line_map larger = {.capacity = map->capacity ? 2 * map->capacity : FIRST_CAPACITY, .lines = map->lines};
    larger.slot = calloc(larger.capacity, sizeof *larger.slot);
    if (!larger.slot)
        abort();
    for (uint32_t i = 0; i < map->capacity; i++)
        if (map->slot[i].used)
            *slot_of(&larger, map->slot[i].line) = map->slot[i];
    free(map->slot);
    *map = larger;
}

uint32_t *hb_line_map_at(struct hb_line_map *map, uint64_t line) {
    if (4 * (uint64_t)map->lines >= 3 * (uint64_t)map->capacity)
        grow(map);
    struct hb_line_slot *slot = slot_of(map, line);
    if (!slot->used) {
        *slot = (struct hb_line_slot){.line = line, .place = HB_LINE_MAP_NONE, .used = 1};
        map->lines++;
    }
    return &slot->place;
}

uint32_t hb_line_map_find(const struct hb_line_map *map, uint64_t line) {
    if (map->capacity == 0)
        return HB_LINE_MAP_NONE;
    const struct hb_line_slot *slot = slot_of(map, line);
    return slot->used ? slot->place : HB_LINE_MAP_NONE;
}

void hb_line_map_free(struct hb_line_map *map) {
    free(map->slot);
    *map = (struct hb_line_map){0};
}
