#include "sim/machine/snapshot.h"

#include <stdlib.h>
#include <string.h>

#include "sim/machine/machine.h"

#define GROUP_PAGES 64u /* few groups change from one snapshot to the next */
#define GROUP_BYTES ((uint64_t)GROUP_PAGES * HB_PAGE_BYTES)
#define LINE_BYTES  (HB_PAGE_BYTES / 64) /* a page has as many lines as a word has bits */
#define LINE_WORDS  (LINE_BYTES / 8)

/* A third of what guests write are zeros, and fresh memory costs more than looking for them. */
struct hb_page {
    uint32_t holders;
    uint64_t there; /* the lines that are not all zeros, as bits: only those are kept */
    uint8_t line[][LINE_BYTES];
};

struct hb_page_group {
    uint32_t holders;
    struct hb_page *page[GROUP_PAGES]; /* NULL: a page of zeros */
};

struct hb_snapshot {
    struct hb_machine *machine;   /* whose it is */
    struct hb_page_group **group; /* of RAM, then of the arena; NULL: nothing but zeros */
    struct hb_disk_overlay disk;  /* what was written to it; empty without a disk */
    uint64_t cycle;
};

/* A group's memory in the machine. */
struct memory {
    uint8_t *bytes;
    uint64_t size; /* less than GROUP_BYTES where RAM or the arena ends */
    uint8_t *mark; /* of its pages; NULL: of the arena, which has none */
};

static size_t bytes_of_page(uint64_t there) {
    return sizeof(struct hb_page) + (size_t)__builtin_popcountll(there) * LINE_BYTES;
}

static void release_page(struct hb_machine *machine, struct hb_page *page) {
    if (!page || --page->holders > 0)
        return;
    machine->snapshots_bytes -= bytes_of_page(page->there);
    free(page);
}

static struct hb_page_group *hold(struct hb_page_group *group) {
    if (group)
        group->holders++;
    return group;
}

static void release(struct hb_machine *machine, struct hb_page_group *group) {
    if (!group || --group->holders > 0)
        return;
    for (uint32_t i = 0; i < GROUP_PAGES; i++)
        release_page(machine, group->page[i]);
    machine->snapshots_bytes -= sizeof *group;
    free(group);
}

static uint64_t groups_in(uint64_t bytes) {
    return (bytes + GROUP_BYTES - 1) / GROUP_BYTES;
}

static uint64_t groups_of(const struct hb_machine *machine) {
    return groups_in(machine->ram.size_bytes) + groups_in(machine->arena_bytes);
}

static uint64_t at_most_a_group(uint64_t bytes) {
    return bytes < GROUP_BYTES ? bytes : GROUP_BYTES;
}

static struct memory memory_of(const struct hb_machine *machine, uint64_t group) {
    const uint64_t of_ram = groups_in(machine->ram.size_bytes);
    const uint64_t at = (group < of_ram ? group : group - of_ram) * GROUP_BYTES;
    if (group < of_ram)
        return (struct memory){machine->ram.bytes + at, at_most_a_group(machine->ram.size_bytes - at),
                               machine->ram.page_marks + at / HB_PAGE_BYTES};
    return (struct memory){machine->arena + at, at_most_a_group(machine->arena_bytes - at), NULL};
}

static uint32_t pages_in(const struct memory *memory) {
    return (uint32_t)((memory->size + HB_PAGE_BYTES - 1) / HB_PAGE_BYTES);
}

/* The arena may end within a page; it has whole lines. */
static uint32_t lines_in(const struct memory *memory, uint32_t page) {
    const uint64_t left = memory->size - (uint64_t)page * HB_PAGE_BYTES;
    return (uint32_t)((left < HB_PAGE_BYTES ? left : HB_PAGE_BYTES) / LINE_BYTES);
}

static bool is_zero(const uint8_t *line) {
    uint64_t word[LINE_WORDS], all = 0;
    memcpy(word, line, LINE_BYTES);
    for (uint32_t i = 0; i < LINE_WORDS; i++)
        all |= word[i];
    return all == 0;
}

/* Does the page hold these lines? */
static bool holds(const struct hb_page *page, const uint8_t *bytes, uint32_t lines) {
    uint32_t kept = 0;
    for (uint32_t i = 0; i < lines; i++, bytes += LINE_BYTES)
        if (page->there >> i & 1 ? memcmp(page->line[kept++], bytes, LINE_BYTES) != 0 : !is_zero(bytes))
            return false;
    return true;
}

/* Has the page another content than it had in the last snapshot? In RAM one that was written counts as changed. */
static bool is_page_changed(const struct memory *memory, uint32_t page, const struct hb_page *before) {
    if (memory->mark)
        return memory->mark[page] & HB_PAGE_UNSAVED;
    return !before || !holds(before, memory->bytes + page * HB_PAGE_BYTES, lines_in(memory, page));
}

/* May there be pages in this group that have changed? In the arena there always are some. */
static bool is_changed(const struct memory *memory) {
    const uint32_t pages = pages_in(memory);
    uint8_t all = 0;
    for (uint32_t i = 0; memory->mark && i < pages; i++)
        all |= memory->mark[i];
    return !memory->mark || all & HB_PAGE_UNSAVED;
}

static void *surely(void *allocated) {
    if (!allocated)
        abort(); /* out of memory for 4 KiB: half a snapshot would be of no use */
    return allocated;
}

static struct hb_page *save_page(struct hb_machine *machine, const struct memory *memory, uint32_t index) {
    const uint8_t *from = memory->bytes + index * HB_PAGE_BYTES;
    const uint32_t lines = lines_in(memory, index);
    uint64_t there = 0;
    for (uint32_t i = 0; i < lines; i++)
        there |= (uint64_t)!is_zero(from + i * LINE_BYTES) << i;
    struct hb_page *page = surely(malloc(bytes_of_page(there)));
    *page = (struct hb_page){.holders = 1, .there = there};
    for (uint32_t kept = 0; there != 0; there &= there - 1)
        memcpy(page->line[kept++], from + (size_t)__builtin_ctzll(there) * LINE_BYTES, LINE_BYTES);
    machine->snapshots_bytes += bytes_of_page(page->there);
    return page;
}

/* The group as it is now. Pages that have not changed are shared with the one before. */
static struct hb_page_group *save_group(struct hb_machine *machine, const struct memory *memory,
                                        const struct hb_page_group *before) {
    struct hb_page_group *group = surely(calloc(1, sizeof *group));
    const uint32_t pages = pages_in(memory);
    group->holders = 1;
    machine->snapshots_bytes += sizeof *group;
    for (uint32_t i = 0; i < pages; i++) {
        struct hb_page *shared = before ? before->page[i] : NULL;
        if (is_page_changed(memory, i, shared))
            group->page[i] = save_page(machine, memory, i);
        else if (shared) {
            group->page[i] = shared;
            shared->holders++;
        }
        if (memory->mark)
            memory->mark[i] &= (uint8_t)~HB_PAGE_UNSAVED;
    }
    return group;
}

/* Bring the base up to date with the present machine. */
static bool save_changed_groups(struct hb_machine *machine) {
    const uint64_t groups = groups_of(machine);
    if (!machine->base)
        machine->base = calloc(groups, sizeof(struct hb_page_group *));
    if (!machine->base)
        return false;
    for (uint64_t i = 0; i < groups; i++) {
        const struct memory memory = memory_of(machine, i);
        if (!is_changed(&memory))
            continue;
        struct hb_page_group *before = machine->base[i];
        machine->base[i] = save_group(machine, &memory, before);
        release(machine, before);
    }
    return true;
}

static uint64_t bytes_without_pages(const struct hb_machine *machine) {
    return sizeof(struct hb_snapshot) + groups_of(machine) * sizeof(struct hb_page_group *);
}

struct hb_snapshot *hb_snapshot_take(struct hb_machine *machine) {
    struct hb_snapshot *snapshot = calloc(1, sizeof *snapshot);
    const uint64_t groups = groups_of(machine);
    if (!snapshot)
        return NULL;
    snapshot->machine = machine;
    snapshot->group = calloc(groups, sizeof(struct hb_page_group *));
    machine->snapshots_bytes += bytes_without_pages(machine);
    if (!snapshot->group || !save_changed_groups(machine)) {
        hb_snapshot_free(snapshot);
        return NULL;
    }
    for (uint64_t i = 0; i < groups; i++)
        snapshot->group[i] = hold(machine->base[i]);
    if (machine->bus.disk)
        hb_disk_save(machine->bus.disk, &snapshot->disk);
    snapshot->cycle = machine->saved->cycle;
    return snapshot;
}

static void restore_page(const struct memory *memory, uint32_t index, const struct hb_page *page) {
    uint8_t *to = memory->bytes + index * HB_PAGE_BYTES;
    const uint32_t lines = lines_in(memory, index);
    uint32_t kept = 0;
    for (uint32_t i = 0; i < lines; i++, to += LINE_BYTES)
        if (page && page->there >> i & 1)
            memcpy(to, page->line[kept++], LINE_BYTES);
        else
            memset(to, 0, LINE_BYTES);
    if (memory->mark)
        memory->mark[index] = HB_PAGE_UNHASHED;
}

/* Pages that were not written and that both have in common are left as they are. */
static void restore_group(const struct memory *memory, const struct hb_page_group *before,
                          const struct hb_page_group *group) {
    const uint32_t pages = pages_in(memory);
    for (uint32_t i = 0; i < pages; i++) {
        const struct hb_page *wanted = group ? group->page[i] : NULL;
        const bool written = !memory->mark || memory->mark[i] & HB_PAGE_UNSAVED;
        if (written || (before ? before->page[i] : NULL) != wanted)
            restore_page(memory, i, wanted);
    }
}

void hb_snapshot_restore(struct hb_machine *machine, const struct hb_snapshot *snapshot) {
    const uint64_t groups = groups_of(machine);
    for (uint64_t i = 0; i < groups; i++) {
        const struct memory memory = memory_of(machine, i);
        struct hb_page_group *before = machine->base[i];
        if (before == snapshot->group[i] && !is_changed(&memory))
            continue;
        restore_group(&memory, before, snapshot->group[i]);
        machine->base[i] = hold(snapshot->group[i]);
        release(machine, before);
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
    struct hb_machine *machine = snapshot->machine;
    const uint64_t groups = groups_of(machine);
    for (uint64_t i = 0; snapshot->group && i < groups; i++)
        release(machine, snapshot->group[i]);
    machine->snapshots_bytes -= bytes_without_pages(machine);
    hb_disk_overlay_free(&snapshot->disk);
    free(snapshot->group);
    free(snapshot);
}

void hb_snapshot_release_base(struct hb_machine *machine) {
    for (uint64_t i = 0; machine->base && i < groups_of(machine); i++)
        release(machine, machine->base[i]);
    free(machine->base);
    machine->base = NULL;
}
