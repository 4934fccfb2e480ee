/* A disk: an image file that is only read, and in memory the pages that have been written over it.
 *
 * What is written is the machine's state: a snapshot holds it (pages are shared until one side writes), the state hash
 * covers it. The image file is the host's. It is changed only by hb_disk_write_back().
 *
 *     struct hb_disk disk;
 *     if (!hb_disk_open(&disk, path, false, message, sizeof message)) ...one line of text in message...
 *     hb_disk_read(&disk, sector, bytes);
 *     hb_disk_close(&disk);
 */
#ifndef HB_MEMORY_DISK_H
#define HB_MEMORY_DISK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define HB_SECTOR_BYTES    512u
#define HB_DISK_PAGE_BYTES 4096u

struct hb_disk_page;

/* The written pages, as a value: the disk's own, or what a snapshot keeps of them. */
struct hb_disk_overlay {
    struct hb_disk_page **page;
    uint64_t *number; /* page[i] stands at number[i] * HB_DISK_PAGE_BYTES; in the order of their first writing */
    uint64_t pages;
    uint64_t capacity;
};

struct hb_disk {
    int file; /* descriptor */
    char *path;
    uint64_t sectors;
    uint32_t *place; /* of each page of the image in the overlay, + 1; 0: it was never written */
    struct hb_disk_overlay overlay;
};

/* Open the image at `path`; `writable`: it must be possible to write back. False: `message` says what is wrong with it:
 * missing, not a file, empty, or not a multiple of 512 bytes. */
bool hb_disk_open(struct hb_disk *disk, const char *path, bool writable, char *message, size_t message_bytes);
void hb_disk_close(struct hb_disk *disk);

/* Read or write one sector; `sector` is below disk->sectors. False: the host cannot read the image (any more). */
bool hb_disk_read(const struct hb_disk *disk, uint64_t sector, uint8_t to[HB_SECTOR_BYTES]);
bool hb_disk_write(struct hb_disk *disk, uint64_t sector, const uint8_t from[HB_SECTOR_BYTES]);

/* The sum of the written pages' hashes. */
uint64_t hb_disk_hash(const struct hb_disk *disk);

/* The image alone, as it stands in the file. False: it cannot be read. */
bool hb_disk_image_hash(const struct hb_disk *disk, uint64_t *hash);

/* Take what has been written so far, go back to what was taken, forget what was taken. */
void hb_disk_save(const struct hb_disk *disk, struct hb_disk_overlay *saved);
void hb_disk_restore(struct hb_disk *disk, const struct hb_disk_overlay *saved);
void hb_disk_overlay_free(struct hb_disk_overlay *saved);

/* For snapshots on disk: the bytes of written page `i` of `overlay`, and one more page for the disk. False: there is no
 * page of that number. */
const uint8_t *hb_disk_overlay_bytes(const struct hb_disk_overlay *overlay, uint64_t i);
bool hb_disk_put_page(struct hb_disk *disk, uint64_t number, const uint8_t bytes[HB_DISK_PAGE_BYTES]);
void hb_disk_forget_written(struct hb_disk *disk);

/* Put everything that was written into the image file. False: it cannot be written; `message` says so. */
bool hb_disk_write_back(const struct hb_disk *disk, char *message, size_t message_bytes);

#endif
