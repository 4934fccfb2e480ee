#include "sim/machine/snapshot.h"

#include <stdlib.h>
#include <string.h>

#include "sim/machine/machine.h"

#define GROUP_PAGES 64u /* few groups change from one snapshot to the next */

struct hb_page {
    uint32_t holders;
    uint8_t bytes[HB_PAGE_BYTES];
};

struct hb_page_group {
    uint32_t holders;
    struct hb_page *page[GROUP_PAGES]; /* NULL: a page of zeros */
};

struct hb_snapshot {
    uint8_t *arena;
    struct hb_page_group **group; /* NULL: nothing but zeros */
    uint64_t groups;
    struct hb_disk_overlay disk; /* what was written to it; empty without a disk */
    uint64_t cycle;
    uint64_t own_bytes;   /* without pages and groups */
    uint64_t *held_bytes; /* the machine's sum */
};

static void release_page(struct hb_page *page, uint64_t *held_bytes) {
    if (!page || --page->holders > 0)
        return;
    *held_bytes -= sizeof *page;
    free(page);
}

static struct hb_page_group *hold(struct hb_page_group *group) {
    if (group)
        group->holders++;
    return group;
}

static void release(struct hb_page_group *group, uint64_t *held_bytes) {
    if (!group || --group->holders > 0)
        return;
    for (uint32_t i = 0; i < GROUP_PAGES; i++)
        release_page(group->page[i], held_bytes);
    *held_bytes -= sizeof *group;
    free(group);
}

static uint64_t pages_of(const struct hb_machine *machine) {
    return machine->ram.size_bytes / HB_PAGE_BYTES;
}

static uint64_t groups_of(const struct hb_machine *machine) {
    return (pages_of(machine) + GROUP_PAGES - 1) / GROUP_PAGES;
}

static void *surely(void *allocated) {
    if (!allocated)
        abort(); /* out of memory for 4 KiB: half a snapshot would be of no use */
    return allocated;
}

static struct hb_page *save_page(struct hb_machine *machine, uint64_t index) {
    struct hb_page *page = surely(malloc(sizeof *page));
    page->holders = 1;
    memcpy(page->bytes, machine->ram.bytes + index * HB_PAGE_BYTES, HB_PAGE_BYTES);
    machine->snapshots_bytes += sizeof *page;
    return page;
}

/* How many pages the group has: fewer than GROUP_PAGES where RAM ends. */
static uint32_t pages_in(const struct hb_machine *machine, uint64_t group) {
    const uint64_t left = pages_of(machine) - group * GROUP_PAGES;
    return left < GROUP_PAGES ? (uint32_t)left : GROUP_PAGES;
}

/* Are there pages in this group that were written since the last snapshot? */
static bool is_changed(const struct hb_machine *machine, uint64_t group) {
    const uint8_t *marks = machine->ram.page_marks + group * GROUP_PAGES;
    const uint32_t pages = pages_in(machine, group);
    uint8_t all = 0;
    for (uint32_t i = 0; i < pages; i++)
        all |= marks[i];
    return all & HB_PAGE_UNSAVED;
}

/* The group as RAM is now. Pages that were not written are shared with the one before. */
static struct hb_page_group *save_group(struct hb_machine *machine, uint64_t index) {
    const struct hb_page_group *before = machine->base[index];
    struct hb_page_group *group = surely(calloc(1, sizeof *group));
    const uint32_t pages = pages_in(machine, index);
    group->holders = 1;
    machine->snapshots_bytes += sizeof *group;
    for (uint32_t i = 0; i < pages; i++) {
        const uint64_t page = index * GROUP_PAGES + i;
        if (machine->ram.page_marks[page] & HB_PAGE_UNSAVED)
            group->page[i] = save_page(machine, page);
        else if (before && before->page[i]) {
            group->page[i] = before->page[i];
            group->page[i]->holders++;
        }
        machine->ram.page_marks[page] &= (uint8_t)~HB_PAGE_UNSAVED;
    }
    return group;
}

/* Bring the base up to date with the present RAM. */
static bool save_changed_groups(struct hb_machine *machine) {
    const uint64_t groups = groups_of(machine);
    if (!machine->base)
        machine->base = calloc(groups, sizeof(struct hb_page_group *));
    if (!machine->base)
        return false;
    for (uint64_t i = 0; i < groups; i++) {
        if (!is_changed(machine, i))
            continue;
        struct hb_page_group *before = machine->base[i];
        machine->base[i] = save_group(machine, i);
        release(before, &machine->snapshots_bytes);
    }
    return true;
}

static uint64_t bytes_without_pages(const struct hb_machine *machine) {
    return sizeof(struct hb_snapshot) + machine->arena_bytes + groups_of(machine) * sizeof(struct hb_page_group *);
}

struct hb_snapshot *hb_snapshot_take(struct hb_machine *machine) {
    struct hb_snapshot *snapshot = calloc(1, sizeof *snapshot);
    if (!snapshot)
        return NULL;
    snapshot->groups = groups_of(machine);
    snapshot->held_bytes = &machine->snapshots_bytes;
    snapshot->own_bytes = bytes_without_pages(machine);
    machine->snapshots_bytes += snapshot->own_bytes;
    snapshot->arena = malloc(machine->arena_bytes);
    snapshot->group = calloc(snapshot->groups, sizeof(struct hb_page_group *));
    if (!snapshot->arena || !snapshot->group || !save_changed_groups(machine)) {
        hb_snapshot_free(snapshot);
        return NULL;
    }
    memcpy(snapshot->arena, machine->arena, machine->arena_bytes);
    for (uint64_t i = 0; i < snapshot->groups; i++)
        snapshot->group[i] = hold(machine->base[i]);
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

/* Pages that were not written and that both have in common are left as they are. */
static void restore_group(struct hb_machine *machine, uint64_t index, const struct hb_page_group *group) {
    const struct hb_page_group *before = machine->base[index];
    const uint32_t pages = pages_in(machine, index);
    for (uint32_t i = 0; i < pages; i++) {
        const uint64_t page = index * GROUP_PAGES + i;
        const struct hb_page *wanted = group ? group->page[i] : NULL;
        if (machine->ram.page_marks[page] & HB_PAGE_UNSAVED || (before ? before->page[i] : NULL) != wanted)
            restore_page(&machine->ram, page, wanted);
    }
}

void hb_snapshot_restore(struct hb_machine *machine, const struct hb_snapshot *snapshot) {
    memcpy(machine->arena, snapshot->arena, machine->arena_bytes);
    for (uint64_t i = 0; i < snapshot->groups; i++) {
        if (machine->base[i] == snapshot->group[i] && !is_changed(machine, i))
            continue;
        restore_group(machine, i, snapshot->group[i]);
        struct hb_page_group *before = machine->base[i];
        machine->base[i] = hold(snapshot->group[i]);
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
    if (snapshot->group)
        for (uint64_t i = 0; i < snapshot->groups; i++)
            release(snapshot->group[i], snapshot->held_bytes);
    *snapshot->held_bytes -= snapshot->own_bytes;
    hb_disk_overlay_free(&snapshot->disk);
    free(snapshot->group);
    free(snapshot->arena);
    free(snapshot);
}

void hb_snapshot_release_base(struct hb_machine *machine) {
    if (!machine->base)
        return;
    for (uint64_t i = 0; i < groups_of(machine); i++)
        release(machine->base[i], &machine->snapshots_bytes);
    free(machine->base);
    machine->base = NULL;
}
