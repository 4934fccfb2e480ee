/* RAM: the bytes behind the caches, stale wherever a cache holds a modified line.
 *
 * Offsets are from the start of RAM, not physical addresses. Every write marks its page, so that a snapshot copies, and
 * a state hash reads, only what changed. RAM knows no time: latency is the bus's concern.
 *
 *     struct hb_ram ram;
 *     if (!hb_ram_init(&ram, size_bytes)) ...out of memory...
 *     hb_ram_write(&ram, offset, data, 64);
 */
#ifndef HB_MEMORY_RAM_H
#define HB_MEMORY_RAM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define HB_PAGE_BYTES 4096u

#define HB_PAGE_UNHASHED 1u /* written since its hash was taken */
#define HB_PAGE_UNSAVED  2u /* written since the last snapshot was taken or restored */

struct hb_ram {
    uint8_t *bytes;
    uint64_t size_bytes;
    uint8_t *page_marks;   /* HB_PAGE_* per page */
    uint64_t *page_hashes; /* 0 for a page of zeros */
    uint64_t hash;         /* sum of page_hashes; exact after hb_ram_hash() */
};

/* Allocate `size_bytes` (a multiple of HB_PAGE_BYTES) of zeros. False: the host does not have that much memory. */
bool hb_ram_init(struct hb_ram *ram, uint64_t size_bytes);

void hb_ram_free(struct hb_ram *ram);

/* True if [offset, offset + n) lies inside. */
static inline bool hb_ram_contains(const struct hb_ram *ram, uint64_t offset, uint64_t n) {
    return n <= ram->size_bytes && offset <= ram->size_bytes - n;
}

/* Read or write `n` bytes inside one page or across pages; the range must lie inside. */
void hb_ram_read(const struct hb_ram *ram, uint64_t offset, void *to, uint64_t n);
void hb_ram_write(struct hb_ram *ram, uint64_t offset, const void *from, uint64_t n);

/* The sum of the page hashes, each of the page's number and bytes; pages of zeros count 0. Only pages written since the
 * last call are looked at. */
uint64_t hb_ram_hash(struct hb_ram *ram);

#endif
