#include "memory/disk.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "memory/hash.h"

#define SECTORS_A_PAGE (HB_DISK_PAGE_BYTES / HB_SECTOR_BYTES)

struct hb_disk_page {
    uint32_t holders; /* the disk and snapshots; written only while there is one */
    bool hashed;
    uint64_t hash;
    uint8_t bytes[HB_DISK_PAGE_BYTES];
};

static void *need(void *memory) {
    if (!memory)
        abort(); /* half a disk is of no use */
    return memory;
}

/* ---- Opening --------------------------------------------------------------------------------------------------- */

static bool refuse(char *message, size_t bytes, const char *path, const char *what) {
    snprintf(message, bytes, "%s: %s", path, what);
    return false;
}

/* Why the file is not a disk image; NULL: it is one. */
static const char *unfit(const struct stat *status) {
    if (!S_ISREG(status->st_mode))
        return "is not a file; a disk image is needed";
    if (status->st_size == 0)
        return "is empty; a disk image has at least one sector of 512 bytes";
    return status->st_size % HB_SECTOR_BYTES ? "is not a multiple of 512 bytes long, as a disk image must be" : NULL;
}

bool hb_disk_open(struct hb_disk *disk, const char *path, bool writable, char *message, size_t message_bytes) {
    struct stat status;
    *disk = (struct hb_disk){.file = open(path, (writable ? O_RDWR : O_RDONLY) | O_CLOEXEC | O_NONBLOCK)};
    if (disk->file < 0 || fstat(disk->file, &status) != 0) {
        const char *why = strerror(errno);
        hb_disk_close(disk);
        return refuse(message, message_bytes, path, why);
    }
    const char *what = unfit(&status);
    if (what) {
        hb_disk_close(disk);
        return refuse(message, message_bytes, path, what);
    }
    disk->sectors = (uint64_t)status.st_size / HB_SECTOR_BYTES;
    disk->place = calloc((disk->sectors + SECTORS_A_PAGE - 1) / SECTORS_A_PAGE, sizeof *disk->place);
    disk->path = strdup(path);
    if (disk->place && disk->path)
        return true;
    hb_disk_close(disk);
    return refuse(message, message_bytes, path, "the host does not have enough memory for it");
}

void hb_disk_close(struct hb_disk *disk) {
    if (disk->file >= 0)
        close(disk->file);
    hb_disk_overlay_free(&disk->overlay);
    free(disk->place);
    free(disk->path);
    *disk = (struct hb_disk){.file = -1};
}

/* ---- The image ------------------------------------------------------------------------------------------------- */

/* Read `n` bytes of the image; what lies past its end is zero. */
static bool read_image(const struct hb_disk *disk, uint64_t offset, uint8_t *to, size_t n) {
    uint64_t end = disk->sectors * HB_SECTOR_BYTES;
    if (n > end - offset) {
        memset(to + (end - offset), 0, n - (end - offset));
        n = end - offset;
    }
    while (n > 0) {
        ssize_t got = pread(disk->file, to, n, (off_t)offset);
        if (got < 0 && errno == EINTR)
            continue;
        if (got <= 0)
            return false;
        to += got;
        offset += (uint64_t)got;
        n -= (size_t)got;
    }
    return true;
}

bool hb_disk_image_hash(const struct hb_disk *disk, uint64_t *hash) {
    uint8_t page[HB_DISK_PAGE_BYTES];
    *hash = hb_hash_u64(HB_HASH_SEED, disk->sectors);
    for (uint64_t at = 0; at < disk->sectors * HB_SECTOR_BYTES; at += sizeof page) {
        if (!read_image(disk, at, page, sizeof page))
            return false;
        *hash = hb_hash_bytes(*hash, page, sizeof page);
    }
    return true;
}

/* 0, or the errno of what went wrong. */
static int write_image(const struct hb_disk *disk, uint64_t offset, const uint8_t *from, size_t n) {
    uint64_t end = disk->sectors * HB_SECTOR_BYTES;
    n = n > end - offset ? end - offset : n;
    while (n > 0) {
        ssize_t put = pwrite(disk->file, from, n, (off_t)offset);
        if (put < 0 && errno == EINTR)
            continue;
        if (put <= 0)
            return put < 0 ? errno : EIO;
        from += put;
        offset += (uint64_t)put;
        n -= (size_t)put;
    }
    return 0;
}

bool hb_disk_write_back(const struct hb_disk *disk, char *message, size_t message_bytes) {
    int wrong = 0;
    for (uint64_t i = 0; wrong == 0 && i < disk->overlay.pages; i++)
        wrong = write_image(disk, disk->overlay.number[i] * HB_DISK_PAGE_BYTES, disk->overlay.page[i]->bytes,
                            HB_DISK_PAGE_BYTES);
    if (wrong == 0 && fsync(disk->file) != 0)
        wrong = errno;
    if (wrong)
        snprintf(message, message_bytes, "%s: cannot be written: %s", disk->path, strerror(wrong));
    return wrong == 0;
}

/* ---- The overlay ----------------------------------------------------------------------------------------------- */

static void release(struct hb_disk_page *page) {
    if (--page->holders == 0)
        free(page);
}

static struct hb_disk_page *new_page(void) {
    struct hb_disk_page *page = need(malloc(sizeof *page));
    page->holders = 1;
    page->hashed = false;
    return page;
}

static void grow(struct hb_disk_overlay *overlay, uint64_t capacity) {
    overlay->page = need(realloc(overlay->page, capacity * sizeof(struct hb_disk_page *)));
    overlay->number = need(realloc(overlay->number, capacity * sizeof *overlay->number));
    overlay->capacity = capacity;
}

static void add_page(struct hb_disk *disk, uint64_t number, struct hb_disk_page *page) {
    struct hb_disk_overlay *overlay = &disk->overlay;
    if (overlay->pages == overlay->capacity)
        grow(overlay, overlay->capacity ? 2 * overlay->capacity : 64);
    overlay->page[overlay->pages] = page;
    overlay->number[overlay->pages] = number;
    disk->place[number] = (uint32_t)++overlay->pages;
}

/* The page in the overlay, not shared with any snapshot, or NULL: the image cannot be read. */
static struct hb_disk_page *page_to_write(struct hb_disk *disk, uint64_t number) {
    if (disk->place[number] == 0) {
        struct hb_disk_page *page = new_page();
        if (!read_image(disk, number * HB_DISK_PAGE_BYTES, page->bytes, HB_DISK_PAGE_BYTES)) {
            release(page);
            return NULL;
        }
        add_page(disk, number, page);
        return page;
    }
    struct hb_disk_page **place = &disk->overlay.page[disk->place[number] - 1];
    if ((*place)->holders > 1) {
        struct hb_disk_page *own = new_page();
        memcpy(own->bytes, (*place)->bytes, HB_DISK_PAGE_BYTES);
        release(*place);
        *place = own;
    }
    (*place)->hashed = false;
    return *place;
}

bool hb_disk_read(const struct hb_disk *disk, uint64_t sector, uint8_t to[HB_SECTOR_BYTES]) {
    uint32_t place = disk->place[sector / SECTORS_A_PAGE];
    if (place == 0)
        return read_image(disk, sector * HB_SECTOR_BYTES, to, HB_SECTOR_BYTES);
    memcpy(to, disk->overlay.page[place - 1]->bytes + sector % SECTORS_A_PAGE * HB_SECTOR_BYTES, HB_SECTOR_BYTES);
    return true;
}

bool hb_disk_write(struct hb_disk *disk, uint64_t sector, const uint8_t from[HB_SECTOR_BYTES]) {
    struct hb_disk_page *page = page_to_write(disk, sector / SECTORS_A_PAGE);
    if (!page)
        return false;
    memcpy(page->bytes + sector % SECTORS_A_PAGE * HB_SECTOR_BYTES, from, HB_SECTOR_BYTES);
    return true;
}

uint64_t hb_disk_hash(const struct hb_disk *disk) {
    uint64_t sum = 0;
    for (uint64_t i = 0; i < disk->overlay.pages; i++) {
        struct hb_disk_page *page = disk->overlay.page[i];
        if (!page->hashed)
            page->hash =
                hb_hash_bytes(hb_hash_u64(HB_HASH_SEED, disk->overlay.number[i]), page->bytes, HB_DISK_PAGE_BYTES);
        page->hashed = true;
        sum += page->hash;
    }
    return sum;
}

/* ---- Snapshots ------------------------------------------------------------------------------------------------- */

void hb_disk_overlay_free(struct hb_disk_overlay *saved) {
    for (uint64_t i = 0; i < saved->pages; i++)
        release(saved->page[i]);
    free(saved->page);
    free(saved->number);
    *saved = (struct hb_disk_overlay){0};
}

void hb_disk_save(const struct hb_disk *disk, struct hb_disk_overlay *saved) {
    *saved = (struct hb_disk_overlay){.pages = disk->overlay.pages};
    if (saved->pages == 0)
        return;
    grow(saved, saved->pages);
    memcpy(saved->number, disk->overlay.number, saved->pages * sizeof *saved->number);
    for (uint64_t i = 0; i < saved->pages; i++) {
        saved->page[i] = disk->overlay.page[i];
        saved->page[i]->holders++;
    }
}

void hb_disk_forget_written(struct hb_disk *disk) {
    for (uint64_t i = 0; i < disk->overlay.pages; i++) {
        disk->place[disk->overlay.number[i]] = 0;
        release(disk->overlay.page[i]);
    }
    disk->overlay.pages = 0;
}

void hb_disk_restore(struct hb_disk *disk, const struct hb_disk_overlay *saved) {
    hb_disk_forget_written(disk);
    for (uint64_t i = 0; i < saved->pages; i++) {
        saved->page[i]->holders++;
        add_page(disk, saved->number[i], saved->page[i]);
    }
}

const uint8_t *hb_disk_overlay_bytes(const struct hb_disk_overlay *overlay, uint64_t i) {
    return overlay->page[i]->bytes;
}

bool hb_disk_put_page(struct hb_disk *disk, uint64_t number, const uint8_t bytes[HB_DISK_PAGE_BYTES]) {
    if (number >= (disk->sectors + SECTORS_A_PAGE - 1) / SECTORS_A_PAGE || disk->place[number] != 0)
        return false;
    struct hb_disk_page *page = new_page();
    memcpy(page->bytes, bytes, HB_DISK_PAGE_BYTES);
    add_page(disk, number, page);
    return true;
}
