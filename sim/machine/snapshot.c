#include "sim/machine/snapshot.h"

#include <stdlib.h>
#include <string.h>

#include "sim/machine/machine.h"

struct hb_page {
    uint32_t holders;
    uint8_t bytes[HB_PAGE_BYTES];
};

struct hb_snapshot {
    uint8_t *arena;
    struct hb_page **page; /* NULL: a page of zeros */
    uint64_t pages;
    struct hb_disk_overlay disk; /* what was written to it; empty without a disk */
    uint64_t cycle;
    uint64_t own_bytes;   /* without the pages */
    uint64_t *held_bytes; /* the machine's sum */
};

static struct hb_page *hold(struct hb_page *page) {
    if (page)
        page->holders++;
    return page;
}

static void release(struct hb_page *page, uint64_t *held_bytes) {
    if (!page || --page->holders > 0)
        return;
    *held_bytes -= sizeof *page;
    free(page);
}

static uint64_t pages_of(const struct hb_machine *machine) {
    return machine->ram.size_bytes / HB_PAGE_BYTES;
}

static struct hb_page *save_page(const struct hb_ram *ram, uint64_t index) {
    struct hb_page *page = malloc(sizeof *page);
    if (!page)
        abort(); /* out of memory for 4 KiB: half a snapshot would be of no use */
    page->holders = 1;
    memcpy(page->bytes, ram->bytes + index * HB_PAGE_BYTES, HB_PAGE_BYTES);
    return page;
}

/* Bring the base up to date with the present RAM. */
static bool save_changed_pages(struct hb_machine *machine) {
    uint64_t pages = pages_of(machine);
    if (!machine->base_page)
        machine->base_page = calloc(pages, sizeof(struct hb_page *));
    if (!machine->base_page)
        return false;
    for (uint64_t i = 0; i < pages; i++) {
        if (!(machine->ram.page_marks[i] & HB_PAGE_UNSAVED))
            continue;
        release(machine->base_page[i], &machine->snapshots_bytes);
        machine->base_page[i] = save_page(&machine->ram, i);
        machine->snapshots_bytes += sizeof(struct hb_page);
        machine->ram.page_marks[i] &= (uint8_t)~HB_PAGE_UNSAVED;
    }
    return true;
}

static uint64_t bytes_without_pages(const struct hb_machine *machine) {
    return sizeof(struct hb_snapshot) + machine->arena_bytes + pages_of(machine) * sizeof(struct hb_page *);
}

struct hb_snapshot *hb_snapshot_take(struct hb_machine *machine) {
    struct hb_snapshot *snapshot = calloc(1, sizeof *snapshot);
    if (!snapshot)
        return NULL;
    snapshot->pages = pages_of(machine);
    snapshot->held_bytes = &machine->snapshots_bytes;
    snapshot->own_bytes = bytes_without_pages(machine);
    machine->snapshots_bytes += snapshot->own_bytes;
    snapshot->arena = malloc(machine->arena_bytes);
    snapshot->page = calloc(snapshot->pages, sizeof(struct hb_page *));
    if (!snapshot->arena || !snapshot->page || !save_changed_pages(machine)) {
        hb_snapshot_free(snapshot);
        return NULL;
    }
    memcpy(snapshot->arena, machine->arena, machine->arena_bytes);
    for (uint64_t i = 0; i < snapshot->pages; i++)
        snapshot->page[i] = hold(machine->base_page[i]);
    if (machine->bus.disk)
        hb_disk_save(machine->bus.disk, &snapshot->disk);
    snapshot->cycle = machine->saved->cycle;
    return snapshot;
}

static void restore_page(struct hb_ram *ram, uint64_t index, const struct hb_page *page) {
    uint8_t *to = ram->bytes + index * HB_PAGE_BYTES;
    if (page)
        memcpy(to, page->bytes, HB_PAGE_BYTES);
    else
        memset(to, 0, HB_PAGE_BYTES);
    ram->page_marks[index] = HB_PAGE_UNHASHED;
}

void hb_snapshot_restore(struct hb_machine *machine, const struct hb_snapshot *snapshot) {
    memcpy(machine->arena, snapshot->arena, machine->arena_bytes);
    for (uint64_t i = 0; i < snapshot->pages; i++) {
        bool changed = machine->ram.page_marks[i] & HB_PAGE_UNSAVED;
        if (!changed && machine->base_page[i] == snapshot->page[i])
            continue;
        restore_page(&machine->ram, i, snapshot->page[i]);
        struct hb_page *before = machine->base_page[i];
        machine->base_page[i] = hold(snapshot->page[i]);
        release(before, &machine->snapshots_bytes);
    }
    if (machine->bus.disk)
        hb_disk_restore(machine->bus.disk, &snapshot->disk);
    hb_machine_rederive(machine);
}

uint64_t hb_snapshots_bytes(const struct hb_machine *machine) {
    return machine->snapshots_bytes;
}

uint64_t hb_snapshot_cycle(const struct hb_snapshot *snapshot) {
    return snapshot->cycle;
}

void hb_snapshot_free(struct hb_snapshot *snapshot) {
    if (!snapshot)
        return;
    if (snapshot->page)
        for (uint64_t i = 0; i < snapshot->pages; i++)
            release(snapshot->page[i], snapshot->held_bytes);
    *snapshot->held_bytes -= snapshot->own_bytes;
    hb_disk_overlay_free(&snapshot->disk);
    free(snapshot->page);
    free(snapshot->arena);
    free(snapshot);
}

void hb_snapshot_release_base(struct hb_machine *machine) {
    if (!machine->base_page)
        return;
    for (uint64_t i = 0; i < pages_of(machine); i++)
        release(machine->base_page[i], &machine->snapshots_bytes);
    free(machine->base_page);
    machine->base_page = NULL;
}
