#include "sim/state/snapshot_body.h"

#include <stdlib.h>
#include <string.h>

#include "bus/shared/quiet.h"
#include "sim/machine/debug.h"
#include "sim/machine/machine.h"
#include "sim/state/soundness.h"

#define PAGE_ENTRY_BYTES      (8ull + HB_PAGE_BYTES)
#define DISK_PAGE_ENTRY_BYTES (8ull + HB_DISK_PAGE_BYTES)
#define INPUT_BYTES           (32ull + 8 * HB_FAULT_TERMS)

static uint64_t ram_pages(const struct hb_machine *machine) {
    return machine->ram.size_bytes / HB_PAGE_BYTES;
}

static uint64_t disk_pages(const struct hb_machine *machine) {
    const struct hb_disk *disk = machine->bus.disk;
    return disk ? (disk->sectors * HB_SECTOR_BYTES + HB_DISK_PAGE_BYTES - 1) / HB_DISK_PAGE_BYTES : 0;
}

uint64_t hb_snapshot_body_most(const struct hb_machine *machine) {
    return machine->arena_bytes + ram_pages(machine) * PAGE_ENTRY_BYTES + disk_pages(machine) * DISK_PAGE_ENTRY_BYTES +
           (1ull << 30);
}

/* How much of the arena is there: all of it, or the part before the caches. */
static uint64_t arena_bytes(const struct hb_machine *machine, bool clean) {
    return clean ? (uint64_t)(machine->bus.l1d[0].block - machine->arena) : machine->arena_bytes;
}

/* ---- Putting --------------------------------------------------------------------------------------------------- */

static void put_arena(struct hb_bytes *body, const struct hb_machine *machine, bool clean) {
    size_t at = body->n + 8;
    hb_bytes_put_u64(body, arena_bytes(machine, clean));
    hb_bytes_put(body, machine->arena, arena_bytes(machine, clean));
    if (machine->saved->outcome == HB_OUTCOME_LIMIT)
        body->at[at + offsetof(struct hb_saved, outcome)] = HB_OUTCOME_RUNNING;
}

static bool is_zero(const uint8_t *page) {
    return page[0] == 0 && memcmp(page, page + 1, HB_PAGE_BYTES - 1) == 0;
}

/* Each as its number and its bytes; the number of pages marks the end. */
static void put_ram(struct hb_bytes *body, const struct hb_machine *machine) {
    for (uint64_t i = 0; i < ram_pages(machine); i++) {
        const uint8_t *page = machine->ram.bytes + i * HB_PAGE_BYTES;
        if (is_zero(page))
            continue;
        hb_bytes_put_u64(body, i);
        hb_bytes_put(body, page, HB_PAGE_BYTES);
    }
    hb_bytes_put_u64(body, ram_pages(machine));
}

static void put_disk(struct hb_bytes *body, const struct hb_disk *disk) {
    hb_bytes_put_u64(body, disk ? disk->overlay.pages : 0);
    for (uint64_t i = 0; disk && i < disk->overlay.pages; i++) {
        hb_bytes_put_u64(body, disk->overlay.number[i]);
        hb_bytes_put(body, hb_disk_overlay_bytes(&disk->overlay, i), HB_DISK_PAGE_BYTES);
    }
}

static void put_log(struct hb_bytes *body, const struct hb_input_log *log) {
    hb_bytes_put_u64(body, log->inputs);
    for (uint32_t i = 0; i < log->inputs; i++) {
        const struct hb_input *input = &log->input[i];
        hb_bytes_put_u64(body, input->cycle);
        hb_bytes_put_u64(body, (uint64_t)input->kind | (uint64_t)input->byte << 8 | (uint64_t)input->hart << 16 |
                                   (uint64_t)input->terms.model << 24 | (uint64_t)input->parameter << 32);
        hb_bytes_put_u64(body, input->value);
        hb_bytes_put_u64(body, input->address);
        for (size_t k = 0; k < HB_FAULT_TERMS; k++)
            hb_bytes_put_u64(body, hb_fault_term_get(&hb_fault_term[k], &input->terms));
    }
}

void hb_snapshot_body_put(struct hb_bytes *body, const struct hb_machine *machine, bool clean) {
    put_arena(body, machine, clean);
    put_ram(body, machine);
    put_disk(body, machine->bus.disk);
    hb_bytes_put_u64(body, machine->saved->console_bytes);
    hb_bytes_put(body, machine->console, machine->saved->console_bytes);
    put_log(body, &machine->log);
}

/* ---- Finding the parts ----------------------------------------------------------------------------------------- */

struct parts {
    const uint8_t *arena, *ram, *disk, *console, *log;
    uint64_t arena_bytes, disk_pages, console_bytes, inputs;
};

static bool find_ram(struct hb_bytes *body, uint64_t pages, struct parts *parts) {
    uint64_t number, next = 0;
    parts->ram = body->at + body->read;
    while (hb_bytes_get_u64(body, &number) && number >= next && number <= pages) {
        if (number == pages)
            return true;
        next = number + 1;
        if (!hb_bytes_get(body, HB_PAGE_BYTES))
            return false;
    }
    return false;
}

static bool find_disk(struct hb_bytes *body, uint64_t most, struct parts *parts) {
    if (!hb_bytes_get_u64(body, &parts->disk_pages) || parts->disk_pages > most)
        return false;
    parts->disk = hb_bytes_get(body, parts->disk_pages * DISK_PAGE_ENTRY_BYTES);
    for (uint64_t i = 0; parts->disk && i < parts->disk_pages; i++)
        if (hb_load_u64(parts->disk + i * DISK_PAGE_ENTRY_BYTES) >= most)
            return false;
    return parts->disk != NULL;
}

static struct hb_input input_at(const struct parts *parts, uint64_t i) {
    const uint8_t *at = parts->log + i * INPUT_BYTES;
    uint64_t packed = hb_load_u64(at + 8);
    struct hb_input input = {.cycle = hb_load_u64(at),
                             .kind = (uint8_t)packed,
                             .byte = (uint8_t)(packed >> 8),
                             .hart = (uint8_t)(packed >> 16),
                             .terms.model = (uint8_t)(packed >> 24),
                             .parameter = (uint32_t)(packed >> 32),
                             .value = hb_load_u64(at + 16),
                             .address = hb_load_u64(at + 24)};
    for (size_t k = 0; k < HB_FAULT_TERMS; k++)
        hb_fault_term_set(&hb_fault_term[k], &input.terms, hb_load_u64(at + 32 + 8 * k));
    return input;
}

static bool terms_fit(const struct parts *parts, uint64_t i) {
    for (size_t k = 0; k < HB_FAULT_TERMS; k++)
        if (hb_load_u64(parts->log + i * INPUT_BYTES + 32 + 8 * k) > hb_fault_term[k].maximum)
            return false;
    return true;
}

static bool is_fit(const struct hb_input *input, uint32_t harts) {
    bool known = input->kind < HB_INPUTS && input->hart < harts && input->terms.model < HB_FAULTS_KNOWN;
    bool parameter = input->parameter < sizeof(struct hb_params) / sizeof(uint64_t);
    return known && (parameter || input->kind != HB_INPUT_PARAMETER) && hb_debug_is_fit(input, harts);
}

static bool find_log(struct hb_bytes *body, uint32_t harts, struct parts *parts) {
    uint64_t cycle = 0;
    if (!hb_bytes_get_u64(body, &parts->inputs) || parts->inputs > UINT32_MAX / 2)
        return false;
    parts->log = hb_bytes_get(body, parts->inputs * INPUT_BYTES);
    for (uint64_t i = 0; parts->log && i < parts->inputs; i++) {
        struct hb_input input = input_at(parts, i);
        if (!terms_fit(parts, i) || !is_fit(&input, harts) || input.cycle < cycle)
            return false;
        cycle = input.cycle;
    }
    return parts->log != NULL;
}

static bool find_parts(struct hb_bytes *body, const struct hb_machine *machine, bool clean, struct parts *parts) {
    if (!hb_bytes_get_u64(body, &parts->arena_bytes) || parts->arena_bytes != arena_bytes(machine, clean))
        return false;
    parts->arena = hb_bytes_get(body, parts->arena_bytes);
    if (!parts->arena || !find_ram(body, ram_pages(machine), parts) || !find_disk(body, disk_pages(machine), parts) ||
        !hb_bytes_get_u64(body, &parts->console_bytes))
        return false;
    parts->console = hb_bytes_get(body, parts->console_bytes);
    return parts->console && find_log(body, machine->bus.harts, parts) && body->read == body->n;
}

/* ---- Checking the arena ---------------------------------------------------------------------------------------- */

/* The machine with `arena` in place of its own: for inspection, not for running. */
static void put_on(struct hb_machine *machine, uint8_t *arena) {
    const uint8_t *before = machine->arena;
    machine->arena = arena;
    machine->saved = (struct hb_saved *)(void *)arena;
    machine->hart = (struct hb_hart *)(void *)(arena + ((const uint8_t *)machine->hart - before));
    machine->bus.state = &machine->saved->bus;
    machine->bus.devices = &machine->saved->devices;
    for (uint32_t h = 0; h < machine->bus.harts; h++) {
        machine->bus.l1d[h].block = arena + (machine->bus.l1d[h].block - before);
        machine->bus.l1i[h].block = arena + (machine->bus.l1i[h].block - before);
    }
    if (machine->bus.l2.block)
        machine->bus.l2.block = arena + (machine->bus.l2.block - before);
}

/* A complete copy of the arena: what a clean body leaves out is empty. `dressed` becomes the machine with this
 * arena. */
static uint8_t *try_on(const struct hb_machine *machine, const struct parts *parts, struct hb_machine *dressed) {
    uint8_t *arena = aligned_alloc(64, machine->arena_bytes);
    if (!arena)
        abort();
    memcpy(arena, parts->arena, parts->arena_bytes);
    memset(arena + parts->arena_bytes, 0, machine->arena_bytes - parts->arena_bytes);
    *dressed = *machine;
    put_on(dressed, arena);
    if (parts->arena_bytes < machine->arena_bytes)
        hb_bus_empty_caches(&dressed->bus);
    return arena;
}

static bool is_sound(const struct hb_machine *dressed, const struct parts *parts, struct hb_error *error) {
    struct hb_soundness soundness = {.machine = dressed};
    if (!hb_is_sound(&soundness)) {
        hb_error_set(error, "holds a state that no machine can be in (%s)", soundness.found);
        return false;
    }
    if (dressed->saved->console_bytes == parts->console_bytes && dressed->saved->next_input <= parts->inputs)
        return true;
    hb_error_set(error, "is cut or damaged");
    return false;
}

/* ---- Taking ---------------------------------------------------------------------------------------------------- */

static void take_ram(struct hb_ram *ram, const uint8_t *from) {
    static const uint8_t zeros[HB_PAGE_BYTES];
    for (uint64_t i = 0; i < ram->size_bytes / HB_PAGE_BYTES; i++) {
        bool here = hb_load_u64(from) == i;
        if (here || !is_zero(ram->bytes + i * HB_PAGE_BYTES))
            hb_ram_write(ram, i * HB_PAGE_BYTES, here ? from + 8 : zeros, HB_PAGE_BYTES);
        from += here ? PAGE_ENTRY_BYTES : 0;
    }
}

static void take_disk(struct hb_disk *disk, const struct parts *parts) {
    hb_disk_forget_written(disk);
    for (uint64_t i = 0; i < parts->disk_pages; i++) {
        const uint8_t *at = parts->disk + i * DISK_PAGE_ENTRY_BYTES;
        (void)hb_disk_put_page(disk, hb_load_u64(at), at + 8); /* it is a page of this disk: find_disk() has checked */
    }
}

static void take_console(struct hb_machine *machine, const struct parts *parts) {
    if (parts->console_bytes > machine->console_capacity) {
        machine->console = realloc(machine->console, parts->console_bytes);
        machine->console_capacity = parts->console_bytes;
        if (!machine->console)
            abort();
    }
    if (parts->console_bytes)
        memcpy(machine->console, parts->console, parts->console_bytes);
}

static void take_log(struct hb_machine *machine, const struct parts *parts) {
    machine->saved->next_input = 0;
    hb_machine_forget_inputs(machine, 0);
    machine->had_fault = machine->config.n_faults > 0;
    for (uint64_t i = 0; i < parts->inputs; i++) {
        struct hb_input input = input_at(parts, i);
        hb_machine_input(machine, &input);
    }
}

bool hb_snapshot_body_take(struct hb_machine *machine, struct hb_bytes *body, bool clean, struct hb_error *error) {
    struct parts parts;
    if (!find_parts(body, machine, clean, &parts)) {
        hb_error_set(error, "is cut or damaged");
        return false;
    }
    struct hb_machine *dressed = malloc(sizeof *dressed);
    if (!dressed)
        abort();
    uint8_t *arena = try_on(machine, &parts, dressed);
    bool sound = is_sound(dressed, &parts, error);
    free(dressed);
    if (sound) {
        take_log(machine, &parts); /* before the arena, which records how much of it has been taken in */
        memcpy(machine->arena, arena, machine->arena_bytes);
        take_ram(&machine->ram, parts.ram);
        if (machine->bus.disk)
            take_disk(machine->bus.disk, &parts);
        take_console(machine, &parts);
        hb_machine_rederive(machine);
    }
    free(arena);
    return sound;
}
