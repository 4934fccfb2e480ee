#include "sim/machine/boot.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "bus/devices/bootrom.h"
#include "cpu/isa.h"
#include "memory/hash.h"
#include "osmodel/guest/workloads/groups.h"
#include "osmodel/guest/workloads/threads.h"
#include "sim/board/devicetree.h"
#include "sim/config/image_fits.h"
#include "sim/config/images.h"

#define INITRD_DISTANCE_MAX (128ull << 20)

/* A stretch of RAM that something fills. */
struct place {
    const char *what; /* the file */
    uint64_t from, to;
};

static bool write_ram(void *context, uint64_t address, const void *bytes, uint64_t n) {
    struct hb_machine *machine = context;
    if (!hb_ram_contains(&machine->ram, address - HB_RAM_BASE, n))
        return false;
    hb_ram_write(&machine->ram, address - HB_RAM_BASE, bytes, n);
    return true;
}

static uint64_t ram_end(const struct hb_machine *machine) {
    return HB_RAM_BASE + machine->ram.size_bytes;
}

static uint64_t device_tree_address(const struct hb_machine *machine) {
    return ram_end(machine) - HB_DEVICETREE_BYTES;
}

/* ---- Raw files ------------------------------------------------------------------------------------------------- */

static bool copy_into_ram(struct hb_machine *machine, FILE *file, uint64_t address, uint64_t *end) {
    static const size_t step = 65536;
    uint8_t *bytes = malloc(step);
    size_t n = 0;
    bool fits = bytes != NULL;
    for (*end = address; fits && (n = fread(bytes, 1, step, file)) > 0; *end += n)
        fits = write_ram(machine, *end, bytes, n);
    free(bytes);
    return fits;
}

static bool is_folder(FILE *file) {
    struct stat status;
    return fstat(fileno(file), &status) == 0 && S_ISDIR(status.st_mode);
}

/* Put the file at `address`. */
static bool load_raw(struct hb_machine *machine, const char *path, uint64_t address, struct place *place,
                     struct hb_error *error) {
    FILE *file = fopen(path, "rb");
    if (!file || is_folder(file)) {
        hb_error_set(error, "%s: cannot be read: %s", path, file ? "is a folder" : strerror(errno));
        if (file)
            (void)fclose(file);
        return false;
    }
    uint64_t end;
    bool fits = copy_into_ram(machine, file, address, &end);
    bool failed = ferror(file);
    (void)fclose(file); /* it was only read */
    *place = (struct place){path, address, end};
    if (failed)
        hb_error_set(error, "%s: cannot be read", path);
    else if (!fits)
        hb_error_set(error, "%s: reaches from 0x%" PRIx64 " beyond the end of RAM; machine.memory.size must be larger",
                     path, address);
    else if (end == address)
        hb_error_set(error, "%s: is empty", path);
    return !failed && fits && end > address;
}

/* ---- Images ---------------------------------------------------------------------------------------------------- */

/* An ELF at its own addresses, or anything else at `raw_address` (0: it must be an ELF). */
static bool load_image(struct hb_machine *machine, const char *path, uint64_t raw_address, struct hb_elf *elf,
                       struct hb_symbols *symbols, struct hb_error *error) {
    char message[256];
    const struct hb_elf_target target = hb_image_target(machine->ram.size_bytes, write_ram, machine);
    enum hb_elf_status status = hb_elf_load(path, &target, elf, symbols, message, sizeof message);
    if (status == HB_ELF_OK)
        return true;
    if (status == HB_ELF_NOT_ELF && raw_address != 0) {
        struct place place;
        if (!load_raw(machine, path, raw_address, &place, error))
            return false;
        *elf = (struct hb_elf){.entry = place.from, .lowest = place.from, .highest = place.to};
        return true;
    }
    hb_error_set(error, "%s", message);
    return false;
}

static bool apart(const struct place *a, const struct place *b, struct hb_error *error) {
    if (a->to <= b->from || b->to <= a->from)
        return true;
    hb_error_set(error, "%s (0x%" PRIx64 " to 0x%" PRIx64 ") lies over %s (0x%" PRIx64 " to 0x%" PRIx64 ")", a->what,
                 a->from, a->to, b->what, b->from, b->to);
    return false;
}

/* That it is there has been seen (sim/config/image_fits.h). Of a variable of 4 bytes the next one is no part. */
static void know_stop_word(struct hb_machine *machine) {
    const char *name = machine->config.stop_word;
    uint64_t address, bytes = 0;
    if (!name[0] || hb_symbols_place(&machine->symbols, name, &address))
        return;
    hb_symbols_find(&machine->symbols, name, NULL, &bytes);
    machine->stop_word_bytes = bytes && bytes < 8 ? (uint32_t)bytes : 8;
    machine->cores.tohost = address;
    machine->cores.fromhost = HB_NO_LINE;
}

static void know_image(struct hb_machine *machine) {
    machine->cores.tohost = machine->elf.tohost ? machine->elf.tohost : HB_NO_LINE;
    machine->cores.fromhost = machine->elf.fromhost ? machine->elf.fromhost : HB_NO_LINE;
    know_stop_word(machine);
    machine->cores.trace_points = machine->elf.has_note;
    hb_symbols_find(&machine->symbols, "hb_params", &machine->params_address, NULL);
    hb_symbols_find(&machine->symbols, "hb_results", &machine->results_address, NULL);
}

static struct place place_of(const char *path, const struct hb_elf *elf) {
    return (struct place){path, elf->lowest, elf->highest};
}

/* ---- Names for the memory of tasks ----------------------------------------------------------------------------- */

static bool name_object(struct hb_machine *machine, uint64_t address, uint64_t bytes, const char *what, uint64_t number,
                        uint64_t of) {
    char name[48];
    const struct hb_symbol symbol = {
        .address = address, .size_bytes = bytes, .end = address + bytes, .kind = HB_SYMBOL_OBJECT, .global = true};
    if (of > 1)
        snprintf(name, sizeof name, "%s_%" PRIu64, what, number);
    else
        snprintf(name, sizeof name, "%s", what);
    return hb_symbols_add(&machine->symbols, &symbol, name);
}

/* The words that tasks raise, and after them the locks of those who spin; in memory that no linker has seen. */
static bool name_words(struct hb_machine *machine, const struct hb_group *group, uint64_t begin) {
    uint64_t locks = begin + (group->locks * HB_SHARED_COUNTER_BYTES + HB_USER_LINE - 1) / HB_USER_LINE * HB_USER_LINE;
    bool spins = group->lock >= HB_USER_LOCK_TAS, named = true;
    for (uint64_t i = 0; i < group->locks && named; i++) {
        named =
            name_object(machine, begin + i * HB_SHARED_COUNTER_BYTES, sizeof(uint64_t), "shared_word", i, group->locks);
        if (spins && named)
            named = name_object(machine, locks + i * HB_USER_LOCK_BYTES, HB_USER_LOCK_BYTES, "shared_lock", i,
                                group->locks);
    }
    return named;
}

/* What the tasks of a group share has a name, so that lines, watches and traces can say it. */
static bool name_shared_memory(struct hb_machine *machine) {
    const struct hb_params *os = &machine->config.os;
    uint64_t begin;
    if (!machine->elf.has_note || !hb_symbols_find(&machine->symbols, "hb_user_memory", &begin, NULL))
        return true;
    for (uint32_t i = 0; i < os->workload_groups && i < HB_GROUPS_MAX; i++) {
        uint64_t at = begin + hb_group_offset(os, i), bytes = hb_group_shared_bytes(&os->group[i]);
        bool named = os->group[i].kind == HB_KIND_SHARE
                         ? name_words(machine, &os->group[i], at)
                         : bytes == 0 || name_object(machine, at, bytes, "shared", i, os->workload_groups);
        if (!named)
            return false;
    }
    return hb_symbols_finish(&machine->symbols);
}

/* Sets the boot ROM's entry and next address. */
static bool load_images(struct hb_machine *machine, struct hb_bootrom_config *rom, struct hb_error *error) {
    const struct hb_config *config = &machine->config;
    if (!load_image(machine, config->image, config->bios ? HB_BOOT_NEXT_ADDRESS : 0, &machine->elf, &machine->symbols,
                    error) ||
        !hb_image_fits(config, &machine->elf, &machine->symbols, error))
        return false;
    know_image(machine);
    if (!name_shared_memory(machine)) {
        hb_error_set(error, "the host does not have enough memory");
        return false;
    }
    rom->entry = machine->elf.entry;
    if (!config->bios)
        return true;
    struct hb_elf *firmware = &machine->firmware;
    struct hb_symbols symbols = {0};
    if (!load_image(machine, config->bios, HB_RAM_BASE, firmware, &symbols, error))
        return false;
    hb_symbols_free(&symbols);
    rom->next_address = machine->elf.entry;
    rom->entry = firmware->entry;
    struct place low = place_of(config->bios, firmware), high = place_of(config->image, &machine->elf);
    return apart(&low, &high, error);
}

/* ---- RAM disk -------------------------------------------------------------------------------------------------- */

static uint64_t initrd_address(const struct hb_machine *machine) {
    uint64_t distance = machine->ram.size_bytes / 2;
    uint64_t address = machine->elf.entry + (distance < INITRD_DISTANCE_MAX ? distance : INITRD_DISTANCE_MAX);
    uint64_t lowest = machine->elf.highest > address ? machine->elf.highest : address;
    return (lowest + HB_PAGE_BYTES - 1) & ~(uint64_t)(HB_PAGE_BYTES - 1);
}

static bool load_initrd(struct hb_machine *machine, struct hb_devicetree_desc *desc, struct hb_error *error) {
    struct place place, tree = {"the device tree", device_tree_address(machine), ram_end(machine)};
    const char *path = machine->config.initrd;
    if (!path)
        return true;
    if (!load_raw(machine, path, initrd_address(machine), &place, error) || !apart(&place, &tree, error))
        return false;
    desc->initrd_start = place.from;
    desc->initrd_end = place.to;
    return true;
}

/* ---- Device tree ----------------------------------------------------------------------------------------------- */

#define ANY_LINE_BYTES 64u

/* What is booted, apart from the one fact about caches in the tree: the length of a line. */
static uint64_t hash_of(struct hb_machine *machine, const struct hb_devicetree_desc *desc, uint8_t *tree,
                        size_t bytes) {
    struct hb_devicetree_desc any = *desc;
    size_t used = 0;
    any.cbom_block_bytes = any.cboz_block_bytes = ANY_LINE_BYTES;
    (void)hb_devicetree_build(&any, tree, bytes, &used); /* as long as the real one, which is about to be built */
    return hb_hash_bytes(hb_ram_hash(&machine->ram), tree, used);
}

/* The tree is at the top of RAM; the space after it is left for whoever extends it. */
static bool place_device_tree(struct hb_machine *machine, const struct hb_devicetree_desc *desc, uint64_t *at,
                              struct hb_error *error) {
    static uint8_t tree[HB_DEVICETREE_BYTES];
    size_t used;
    *at = device_tree_address(machine);
    machine->boot_hash = hash_of(machine, desc, tree, sizeof tree);
    if (!hb_devicetree_build(desc, tree, sizeof tree, &used)) {
        const char *append = desc->bootargs;
        hb_error_set(error, "the device tree does not fit into %u bytes%s", HB_DEVICETREE_BYTES,
                     append && strlen(append) > 1024 ? "; the text of --append is too long" : "");
        return false;
    }
    if (machine->elf.highest > *at) {
        hb_error_set(error,
                     "%s: ends at 0x%" PRIx64 " and leaves no room for the device tree below the end of RAM; "
                     "machine.memory.size must be larger",
                     machine->config.image, machine->elf.highest);
        return false;
    }
    return write_ram(machine, *at, tree, used);
}

/* With the protocol none, only the tasks' memory is left incoherent unless the configuration says all. */
static bool find_incoherent_memory(struct hb_machine *machine, struct hb_error *error) {
    const struct hb_bus_config *bus = &machine->config.bus;
    uint64_t from;
    if (bus->protocol != HB_PROTOCOL_NONE || bus->incoherent_all)
        return true;
    if (!hb_symbols_find(&machine->symbols, "hb_user_memory", &from, NULL)) {
        hb_error_set(error, "machine.bus.incoherent: \"user\" needs an image with the symbol hb_user_memory, where its "
                            "tasks' memory begins; \"all\" leaves all memory incoherent");
        return false;
    }
    hb_bus_set_incoherent(&machine->bus, from, ram_end(machine) - from);
    return true;
}

bool hb_boot_load(struct hb_machine *machine, struct hb_error *error) {
    const struct hb_config *config = &machine->config;
    struct hb_bootrom_config rom = {0};
    if (!load_images(machine, &rom, error) || !find_incoherent_memory(machine, error))
        return false;
    char isa[HB_ISA_STRING_BYTES];
    hb_isa_string(isa);
    struct hb_devicetree_desc desc = {
        .harts = config->harts,
        .cycles_per_tick = config->cycles_per_tick,
        .memory_bytes = machine->ram.size_bytes,
        .isa = isa,
        .mmu_type = "riscv,sv39",
        .cbom_block_bytes = machine->bus.line_bytes,
        .cboz_block_bytes = machine->bus.line_bytes,
        .has_power = true,
        .params = machine->elf.has_note ? &config->os : NULL,
        .bootargs = config->append,
    };
    if (!load_initrd(machine, &desc, error) || !place_device_tree(machine, &desc, &rom.device_tree, error))
        return false;
    hb_bootrom_build(&rom, machine->rom);
    return true;
}
