/* From the address of a cache line to a number: the index of its record in the caller's table. Grows as it fills.
 *
 *     struct hb_line_map map = {0};
 *     uint32_t *place = hb_line_map_at(&map, line);   // *place is HB_LINE_MAP_NONE when the line is new
 *     hb_line_map_free(&map);
 *
 * Belongs to the host. Nothing depends on its internal order. Running out of memory aborts.
 */
#ifndef HB_SIM_LINE_MAP_H
#define HB_SIM_LINE_MAP_H

#include <stdint.h>

#define HB_LINE_MAP_NONE UINT32_MAX

struct hb_line_slot {
    uint64_t line;
    uint32_t place;
    uint32_t used; /* 0: the slot is empty */
};

struct hb_line_map {
    struct hb_line_slot *slot;
    uint32_t capacity; /* a power of two, or 0 */
    uint32_t lines;
};

/* The number of `line`, to be set when it is HB_LINE_MAP_NONE. Valid until the next call. */
uint32_t *hb_line_map_at(struct hb_line_map *map, uint64_t line);

/* The same without adding the line: HB_LINE_MAP_NONE if it is not there. */
uint32_t hb_line_map_find(const struct hb_line_map *map, uint64_t line);

/* Free what it holds; it is then empty. */
void hb_line_map_free(struct hb_line_map *map);

#endif
