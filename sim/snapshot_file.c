#include "sim/snapshot_file.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <zstd.h>

#include "memory/hash.h"
#include "sim/keys.h"
#include "sim/protocol_file.h"
#include "sim/machine.h"

#define MAGIC   0x0a0d50414e534248ull /* "HBSNAP\r\n" */
#define VERSION 1u /* of the file's own format; the layout of the arena is told apart by layout_of_arena() */
#define LEVEL   3  /* of zstd: about as fast as a disk */

enum header_word { AT_MAGIC, AT_VERSION, AT_LAYOUT, AT_CONFIG, AT_BIRTH, AT_DISK, AT_BODY_BYTES, HEADER_WORDS };

#define HEADER_BYTES (8u * HEADER_WORDS)
#define HASH_BYTES   8u

/* ---- Bytes ------------------------------------------------------------------------------------------------------ */

struct bytes {
    uint8_t *at;
    size_t n, capacity;
    size_t read; /* what get() has taken */
};

static void put(struct bytes *to, const void *from, size_t n) {
    if (n > to->capacity - to->n) {
        to->capacity = 2 * to->capacity + n + 4096;
        to->at = realloc(to->at, to->capacity);
        if (!to->at)
            abort(); /* half a snapshot is of no use */
    }
    if (n)
        memcpy(to->at + to->n, from, n);
    to->n += n;
}

static void store_u64(uint8_t to[8], uint64_t value) {
    for (uint32_t i = 0; i < 8; i++)
        to[i] = (uint8_t)(value >> 8 * i);
}

static uint64_t load_u64(const uint8_t from[8]) {
    uint64_t value = 0;
    for (uint32_t i = 0; i < 8; i++)
        value |= (uint64_t)from[i] << 8 * i;
    return value;
}

static void put_u64(struct bytes *to, uint64_t value) {
    uint8_t word[8];
    store_u64(word, value);
    put(to, word, sizeof word);
}

/* The next `n` bytes, or NULL: there are not so many. */
static const uint8_t *get(struct bytes *from, uint64_t n) {
    if (n > from->n - from->read)
        return NULL;
    from->read += n;
    return from->at + from->read - n;
}

static bool get_u64(struct bytes *from, uint64_t *value) {
    const uint8_t *word = get(from, 8);
    if (word)
        *value = load_u64(word);
    return word != NULL;
}

/* ---- Which machine it is of -------------------------------------------------------------------------------------- */

/* Changes with the structs that the arena consists of, so that no file is taken for what it is not. */
static uint64_t layout_of_arena(void) {
    static const uint64_t sizes[] = {
        sizeof(struct hb_saved),
        sizeof(struct hb_hart),
        sizeof(struct hb_devices),
        sizeof(struct hb_os_view),
        sizeof(struct hb_bus_state),
        sizeof(struct hb_port),
        sizeof(struct hb_transaction),
        sizeof(struct hb_fault_state),
        sizeof(struct hb_in_flight),
        sizeof(struct hb_tlb_entry),
        sizeof(struct hb_line),
        offsetof(struct hb_saved, bus),
        offsetof(struct hb_saved, os),
        offsetof(struct hb_saved, devices),
        offsetof(struct hb_hart, in_flight),
        offsetof(struct hb_hart, mstatus),
    };
    const uint16_t one = 1; /* the order of bytes */
    uint64_t hash = hb_hash_bytes(HB_HASH_SEED, (const uint8_t *)&one, sizeof one);
    for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++)
        hash = hb_hash_u64(hash, sizes[i]);
    return hash;
}

/* A key's number; what is no number is part of the birth (the image), or names things only. */
static uint64_t hash_key(uint64_t hash, const struct hb_key *key, const void *object) {
    uint64_t value = 0;
    const uint8_t *field = (const uint8_t *)object + key->offset;
    if (key->type == HB_KEY_STRING || key->bytes > sizeof value)
        return hash;
    for (uint32_t i = 0; i < key->bytes; i++) /* of no interest but that it is the same */
        value |= (uint64_t)field[i] << 8 * i;
    return hb_hash_u64(hash, value);
}

/* When a run ends and what is reported of it may differ. */
static bool shapes_the_machine(const struct hb_key *key) {
    return strncmp(key->path, "stop.", 5) != 0 && strncmp(key->path, "stats.", 6) != 0 &&
           strncmp(key->path, "trace.", 6) != 0;
}

static uint64_t hash_fault(uint64_t hash, const struct hb_fault_config *fault) {
    const uint64_t values[] = {fault->hart,  fault->trigger,      fault->lost,  fault->tracepoint,
                               fault->cycle, fault->instructions, fault->count, fault->address};
    for (size_t i = 0; i < sizeof values / sizeof values[0]; i++)
        hash = hb_hash_u64(hash, values[i]);
    return hash;
}

static uint64_t hash_config(const struct hb_config *config) {
    uint64_t hash = hb_hash_u64(HB_HASH_SEED, config->n_faults);
    for (size_t i = 0; i < hb_keys_n; i++) {
        const struct hb_key *key = &hb_keys[i];
        if (!shapes_the_machine(key))
            continue;
        if (key->place == HB_PLACE_CONFIG)
            hash = hash_key(hash, key, config);
        for (uint32_t h = 0; key->place == HB_PLACE_HART && h < config->harts; h++)
            hash = hash_key(hash, key, &config->hart[h]);
    }
    for (uint32_t i = 0; i < config->n_faults; i++)
        hash = hash_fault(hash, &config->faults[i]);
    if (config->bus.mutation)
        hash = hb_hash_u64(hash, config->bus.mutation);
    if (config->bus.protocol == HB_PROTOCOL_GIVEN)
        hash = hb_hash_u64(hash, hb_protocol_hash(config->bus.given));
    return hash;
}

static bool describe(const struct hb_machine *machine, uint64_t header[HEADER_WORDS], struct hb_error *error) {
    header[AT_MAGIC] = MAGIC;
    header[AT_VERSION] = VERSION;
    header[AT_LAYOUT] = layout_of_arena();
    header[AT_CONFIG] = hash_config(&machine->config);
    header[AT_BIRTH] = machine->birth;
    header[AT_DISK] = 0;
    if (!machine->bus.disk || hb_disk_image_hash(machine->bus.disk, &header[AT_DISK]))
        return true;
    hb_error_set(error, "%s: cannot be read", machine->config.disk);
    return false;
}

/* ---- Writing ----------------------------------------------------------------------------------------------------- */

static void put_arena(struct bytes *body, const struct hb_machine *machine) {
    size_t at = body->n + 8;
    put_u64(body, machine->arena_bytes);
    put(body, machine->arena, machine->arena_bytes);
    if (machine->saved->outcome == HB_OUTCOME_LIMIT)
        body->at[at + offsetof(struct hb_saved, outcome)] = HB_OUTCOME_RUNNING;
}

static bool is_zero(const uint8_t *page) {
    return page[0] == 0 && memcmp(page, page + 1, HB_PAGE_BYTES - 1) == 0;
}

/* Each as its number and its bytes; the number of pages is the end. */
static void put_ram(struct bytes *body, const struct hb_ram *ram) {
    uint64_t pages = ram->size_bytes / HB_PAGE_BYTES;
    for (uint64_t i = 0; i < pages; i++) {
        const uint8_t *page = ram->bytes + i * HB_PAGE_BYTES;
        if (is_zero(page))
            continue;
        put_u64(body, i);
        put(body, page, HB_PAGE_BYTES);
    }
    put_u64(body, pages);
}

static void put_disk(struct bytes *body, const struct hb_disk *disk) {
    put_u64(body, disk ? disk->overlay.pages : 0);
    for (uint64_t i = 0; disk && i < disk->overlay.pages; i++) {
        put_u64(body, disk->overlay.number[i]);
        put(body, hb_disk_overlay_bytes(&disk->overlay, i), HB_DISK_PAGE_BYTES);
    }
}

static void put_log(struct bytes *body, const struct hb_input_log *log) {
    put_u64(body, log->inputs);
    for (uint32_t i = 0; i < log->inputs; i++) {
        const struct hb_input *input = &log->input[i];
        put_u64(body, input->cycle);
        put_u64(body, (uint64_t)input->kind | (uint64_t)input->byte << 8 | (uint64_t)input->hart << 16 |
                          (uint64_t)input->lost << 24 | (uint64_t)input->parameter << 32);
        put_u64(body, input->value);
    }
}

static void put_body(struct bytes *body, const struct hb_machine *machine) {
    put_arena(body, machine);
    put_ram(body, &machine->ram);
    put_disk(body, machine->bus.disk);
    put_u64(body, machine->saved->console_bytes);
    put(body, machine->console, machine->saved->console_bytes);
    put_log(body, &machine->log);
}

static void compress(struct bytes *file, const struct bytes *body) {
    size_t room = ZSTD_compressBound(body->n);
    uint8_t *to = malloc(room);
    size_t n = to ? ZSTD_compress(to, room, body->at, body->n, LEVEL) : 0;
    if (!to || ZSTD_isError(n))
        abort(); /* out of memory: there is no other reason */
    put(file, to, n);
    free(to);
}

static bool write_file(const char *path, const struct bytes *bytes, struct hb_error *error) {
    FILE *file = fopen(path, "wb");
    bool ok = file && fwrite(bytes->at, 1, bytes->n, file) == bytes->n;
    ok = file && fclose(file) == 0 && ok;
    if (!ok)
        hb_error_set(error, "%s: cannot be written: %s", path, strerror(errno));
    return ok;
}

bool hb_snapshot_write(struct hb_machine *machine, const char *path, struct hb_error *error) {
    struct bytes body = {0}, file = {0};
    uint64_t header[HEADER_WORDS];
    if (!describe(machine, header, error))
        return false;
    put_body(&body, machine);
    header[AT_BODY_BYTES] = body.n;
    for (uint32_t i = 0; i < HEADER_WORDS; i++)
        put_u64(&file, header[i]);
    compress(&file, &body);
    put_u64(&file, hb_hash_bytes(HB_HASH_SEED, file.at, file.n));
    bool ok = write_file(path, &file, error);
    free(body.at);
    free(file.at);
    return ok;
}

/* ---- Reading ------------------------------------------------------------------------------------------------------
 */

static bool read_file(const char *path, struct bytes *bytes, struct hb_error *error) {
    uint8_t step[16384];
    size_t n;
    FILE *file = fopen(path, "rb");
    while (file && (n = fread(step, 1, sizeof step, file)) > 0)
        put(bytes, step, n);
    bool ok = file && !ferror(file);
    if (!ok)
        hb_error_set(error, "%s: cannot be read: %s", path, strerror(errno));
    if (file)
        (void)fclose(file); /* it was only read */
    return ok;
}

static uint64_t header_word(const struct bytes *file, enum header_word word) {
    return load_u64(file->at + 8 * word);
}

/* NULL: the file is whole and of this machine. */
static const char *unfit(const struct bytes *file, const uint64_t mine[HEADER_WORDS]) {
    if (file->n < 8 || header_word(file, AT_MAGIC) != MAGIC)
        return "is not a snapshot";
    if (file->n < HEADER_BYTES + HASH_BYTES)
        return "is cut or damaged";
    if (header_word(file, AT_VERSION) != mine[AT_VERSION])
        return "is a snapshot of another version of hartbeat";
    uint64_t hash = hb_hash_bytes(HB_HASH_SEED, file->at, file->n - HASH_BYTES);
    if (hash != load_u64(file->at + file->n - HASH_BYTES))
        return "is cut or damaged";
    if (header_word(file, AT_LAYOUT) != mine[AT_LAYOUT])
        return "is a snapshot of another version of hartbeat";
    if (header_word(file, AT_CONFIG) != mine[AT_CONFIG])
        return "is a snapshot of another machine: its configuration differs";
    if (header_word(file, AT_BIRTH) != mine[AT_BIRTH])
        return "is a snapshot of another machine: what it booted (image, firmware, RAM disk, disk) differs";
    if (header_word(file, AT_DISK) != mine[AT_DISK])
        return "is a snapshot of another machine: its disk image differs, or was written since";
    return NULL;
}

static bool decompress(const struct bytes *file, struct bytes *body) {
    uint64_t n = header_word(file, AT_BODY_BYTES);
    size_t compressed = file->n - HEADER_BYTES - HASH_BYTES;
    if (ZSTD_getFrameContentSize(file->at + HEADER_BYTES, compressed) != n)
        return false;
    body->at = malloc(n ? n : 1);
    body->n = n;
    return body->at && ZSTD_decompress(body->at, n, file->at + HEADER_BYTES, compressed) == n;
}

/* Where the parts of a body stand. */
struct parts {
    const uint8_t *arena, *ram, *disk, *console, *log;
    uint64_t disk_pages, console_bytes, inputs;
};

static bool find_ram(struct bytes *body, const struct hb_machine *machine, struct parts *parts) {
    uint64_t pages = machine->ram.size_bytes / HB_PAGE_BYTES, number, next = 0;
    parts->ram = body->at + body->read;
    while (get_u64(body, &number) && number >= next && number <= pages) {
        if (number == pages)
            return true;
        next = number + 1;
        if (!get(body, HB_PAGE_BYTES))
            return false;
    }
    return false;
}

static bool find_disk(struct bytes *body, const struct hb_machine *machine, struct parts *parts) {
    const struct hb_disk *disk = machine->bus.disk;
    uint64_t most = disk ? (disk->sectors * HB_SECTOR_BYTES + HB_DISK_PAGE_BYTES - 1) / HB_DISK_PAGE_BYTES : 0;
    if (!get_u64(body, &parts->disk_pages) || parts->disk_pages > most)
        return false;
    parts->disk = get(body, parts->disk_pages * (8 + HB_DISK_PAGE_BYTES));
    return parts->disk != NULL;
}

#define INPUT_WORDS 3u

static bool find_parts(struct bytes *body, const struct hb_machine *machine, struct parts *parts) {
    uint64_t arena_bytes;
    if (!get_u64(body, &arena_bytes) || arena_bytes != machine->arena_bytes)
        return false;
    parts->arena = get(body, arena_bytes);
    if (!parts->arena || !find_ram(body, machine, parts) || !find_disk(body, machine, parts))
        return false;
    if (!get_u64(body, &parts->console_bytes))
        return false;
    parts->console = get(body, parts->console_bytes);
    if (!parts->console || !get_u64(body, &parts->inputs) || parts->inputs > UINT32_MAX)
        return false;
    parts->log = get(body, parts->inputs * 8 * INPUT_WORDS);
    return parts->log && body->read == body->n;
}

static void take_ram(struct hb_ram *ram, const uint8_t *from) {
    static const uint8_t zeros[HB_PAGE_BYTES];
    for (uint64_t i = 0; i < ram->size_bytes / HB_PAGE_BYTES; i++) {
        bool here = load_u64(from) == i;
        if (here || !is_zero(ram->bytes + i * HB_PAGE_BYTES))
            hb_ram_write(ram, i * HB_PAGE_BYTES, here ? from + 8 : zeros, HB_PAGE_BYTES);
        from += here ? 8 + HB_PAGE_BYTES : 0;
    }
}

static void take_disk(struct hb_disk *disk, const struct parts *parts) {
    hb_disk_forget_written(disk);
    for (uint64_t i = 0; i < parts->disk_pages; i++) {
        const uint8_t *at = parts->disk + i * (8 + HB_DISK_PAGE_BYTES);
        (void)hb_disk_put_page(disk, load_u64(at), at + 8); /* refuses what is no page of this disk */
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
        const uint8_t *at = parts->log + i * 8 * INPUT_WORDS;
        uint64_t packed = load_u64(at + 8);
        hb_machine_input(machine, &(struct hb_input){.cycle = load_u64(at),
                                                     .kind = (uint8_t)packed,
                                                     .byte = (uint8_t)(packed >> 8),
                                                     .hart = (uint8_t)(packed >> 16),
                                                     .lost = packed >> 24 & 1,
                                                     .parameter = (uint32_t)(packed >> 32),
                                                     .value = load_u64(at + 16)});
    }
}

static bool fits_itself(const struct parts *parts) {
    struct hb_saved *saved = malloc(sizeof *saved);
    if (!saved)
        abort();
    memcpy(saved, parts->arena, sizeof *saved);
    bool fits = saved->console_bytes == parts->console_bytes && saved->next_input <= parts->inputs;
    free(saved);
    return fits;
}

static bool take_body(struct hb_machine *machine, struct bytes *body) {
    struct parts parts;
    if (!find_parts(body, machine, &parts) || !fits_itself(&parts))
        return false;
    take_log(machine, &parts); /* before the arena, which knows how much of it has been taken in */
    memcpy(machine->arena, parts.arena, machine->arena_bytes);
    take_ram(&machine->ram, parts.ram);
    if (machine->bus.disk)
        take_disk(machine->bus.disk, &parts);
    take_console(machine, &parts);
    hb_machine_rederive(machine);
    return true;
}

bool hb_snapshot_read(struct hb_machine *machine, const char *path, struct hb_error *error) {
    struct bytes file = {0}, body = {0};
    uint64_t mine[HEADER_WORDS];
    bool ok = describe(machine, mine, error) && read_file(path, &file, error);
    const char *why = ok ? unfit(&file, mine) : NULL;
    if (ok && !why && !(decompress(&file, &body) && take_body(machine, &body)))
        why = "is cut or damaged";
    if (why)
        hb_error_set(error, "%s: %s", path, why);
    free(file.at);
    free(body.at);
    return ok && !why;
}

/* ---- In mid-run ---------------------------------------------------------------------------------------------------
 */

bool hb_save_run(struct hb_machine *machine, struct hb_save_request *save, uint64_t until, struct hb_error *error) {
    const struct hb_saved *saved = machine->saved;
    bool due = save->path && !save->done;
    if (due && save->cycle < saved->cycle) {
        hb_error_set(error, "--save-at: cycle %" PRIu64 " lies before cycle %" PRIu64 ", which comes next", save->cycle,
                     saved->cycle);
        return false;
    }
    if (due && save->cycle <= until) {
        if (saved->cycle < save->cycle)
            hb_machine_run(machine, save->cycle);
        if (saved->cycle < save->cycle)
            return true; /* it has ended, or waits for input */
        if (saved->outcome != HB_OUTCOME_RUNNING && saved->outcome != HB_OUTCOME_LIMIT)
            return true;
        if (!hb_snapshot_write(machine, save->path, error))
            return false;
        save->done = true;
    }
    if (saved->outcome == HB_OUTCOME_RUNNING)
        hb_machine_run(machine, until);
    return true;
}

bool hb_save_was_done(const struct hb_machine *machine, const struct hb_save_request *save, struct hb_error *error) {
    if (!save->path || save->done)
        return true;
    hb_error_set(error, "--save-at: cycle %" PRIu64 " was not reached: the run ended in cycle %" PRIu64, save->cycle,
                 machine->saved->cycle);
    return false;
}
