#include "memory/ram.h"

#include <stdlib.h>
#include <string.h>

#include "memory/copy.h"
#include "memory/hash.h"

bool hb_ram_init(struct hb_ram *ram, uint64_t size_bytes) {
    uint64_t pages = size_bytes / HB_PAGE_BYTES;
    *ram = (struct hb_ram){.size_bytes = size_bytes};
    ram->bytes = calloc(pages, HB_PAGE_BYTES);
    ram->page_marks = calloc(pages, sizeof *ram->page_marks);
    ram->page_hashes = calloc(pages, sizeof *ram->page_hashes);
    if (ram->bytes && ram->page_marks && ram->page_hashes)
        return true;
    hb_ram_free(ram);
    return false;
}

void hb_ram_free(struct hb_ram *ram) {
    free(ram->bytes);
    free(ram->page_marks);
    free(ram->page_hashes);
    *ram = (struct hb_ram){0};
}

void hb_ram_read(const struct hb_ram *ram, uint64_t offset, void *to, uint64_t n) {
    hb_copy_line(to, ram->bytes + offset, n);
}

void hb_ram_write(struct hb_ram *ram, uint64_t offset, const void *from, uint64_t n) {
    if (n == 0)
        return;
    hb_copy_line(ram->bytes + offset, from, n);
    for (uint64_t page = offset / HB_PAGE_BYTES; page <= (offset + n - 1) / HB_PAGE_BYTES; page++)
        ram->page_marks[page] = HB_PAGE_UNHASHED | HB_PAGE_UNSAVED;
}

static bool is_zero(const uint8_t *page) {
    return page[0] == 0 && memcmp(page, page + 1, HB_PAGE_BYTES - 1) == 0;
}

static uint64_t page_hash(const struct hb_ram *ram, uint64_t page) {
    const uint8_t *bytes = ram->bytes + page * HB_PAGE_BYTES;
    return is_zero(bytes) ? 0 : hb_hash_bytes(hb_hash_u64(HB_HASH_SEED, page), bytes, HB_PAGE_BYTES);
}

uint64_t hb_ram_hash(struct hb_ram *ram) {
    for (uint64_t page = 0; page < ram->size_bytes / HB_PAGE_BYTES; page++) {
        if (!(ram->page_marks[page] & HB_PAGE_UNHASHED))
            continue;
        uint64_t now = page_hash(ram, page);
        ram->hash += now - ram->page_hashes[page];
        ram->page_hashes[page] = now;
        ram->page_marks[page] &= (uint8_t)~HB_PAGE_UNHASHED;
    }
    return ram->hash;
}
