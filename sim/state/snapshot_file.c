#include "sim/state/snapshot_file.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <zstd.h>

#include "memory/hash.h"
#include "sim/base/output.h"
#include "sim/engine/run.h"
#include "sim/machine/machine.h"
#include "sim/state/clean.h"
#include "sim/state/identity.h"
#include "sim/state/snapshot_body.h"

#define MAGIC   0x0a0d50414e534248ull /* "HBSNAP\r\n" */
#define VERSION 2u                    /* of the file format; the layout of the arena is covered by struct hb_identity */
#define LEVEL   3                     /* of zstd: about as fast as a disk */

enum header_word {
    AT_MAGIC,
    AT_VERSION,
    AT_CLEAN,
    AT_LAYOUT,
    AT_CONFIG, /* of a clean one: what may not differ */
    AT_BIRTH,
    AT_DISK,
    AT_BODY_BYTES,
    HEADER_WORDS
};

#define HEADER_BYTES (8u * HEADER_WORDS)
#define HASH_BYTES   8u

/* ---- Writing --------------------------------------------------------------------------------------------------- */

static void compress(struct hb_bytes *file, const struct hb_bytes *body) {
    size_t room = ZSTD_compressBound(body->n);
    uint8_t *to = malloc(room);
    size_t n = to ? ZSTD_compress(to, room, body->at, body->n, LEVEL) : 0;
    if (!to || ZSTD_isError(n))
        abort(); /* out of memory: there is no other reason */
    hb_bytes_put(file, to, n);
    free(to);
}

static bool describe(const struct hb_machine *machine, bool clean, uint64_t header[HEADER_WORDS],
                     struct hb_error *error) {
    struct hb_identity identity;
    if (!hb_identity_of(machine, clean, &identity)) {
        hb_error_set(error, "%s: cannot be read", machine->config.disk);
        return false;
    }
    header[AT_MAGIC] = MAGIC;
    header[AT_VERSION] = VERSION;
    header[AT_CLEAN] = clean;
    header[AT_LAYOUT] = identity.layout;
    header[AT_CONFIG] = identity.config;
    header[AT_BIRTH] = identity.birth;
    header[AT_DISK] = identity.disk;
    return true;
}

static bool write_machine(const struct hb_machine *machine, const char *path, bool clean, struct hb_error *error) {
    struct hb_bytes body = {0}, file = {0};
    uint64_t header[HEADER_WORDS];
    if (!describe(machine, clean, header, error))
        return false;
    hb_snapshot_body_put(&body, machine, clean);
    header[AT_BODY_BYTES] = body.n;
    for (uint32_t i = 0; i < HEADER_WORDS; i++)
        hb_bytes_put_u64(&file, header[i]);
    compress(&file, &body);
    hb_bytes_put_u64(&file, hb_hash_bytes(HB_HASH_SEED, file.at, file.n));
    bool ok = body.n <= hb_snapshot_body_most(machine);
    if (!ok)
        hb_error_set(error, "%s: cannot be written: the console and the log of inputs have more than 1 GiB", path);
    ok = ok && hb_output_write(path, file.at, file.n, error);
    free(body.at);
    free(file.at);
    return ok;
}

/* A second machine in the same state, without observers. */
static struct hb_machine *twin_of(const struct hb_machine *machine, struct hb_error *error) {
    struct hb_config *config = malloc(sizeof *config);
    struct hb_bytes body = {0};
    if (!config)
        abort();
    *config = machine->config;
    config->stats = (struct hb_stats_config){0};
    config->check_coherence = config->disk_write = false;
    struct hb_machine *twin = hb_machine_create(config, error);
    free(config);
    if (!twin)
        return NULL;
    hb_snapshot_body_put(&body, machine, false);
    bool alike = twin->birth == machine->birth;
    if (!alike)
        hb_error_set(error, "%s: the booted files have changed since", machine->config.image);
    else if (!hb_snapshot_body_take(twin, &body, false, error))
        alike = false;
    free(body.at);
    if (alike)
        return twin;
    hb_machine_destroy(twin);
    return NULL;
}

/* The machine itself continues undisturbed, so a copy is brought to rest. */
static bool write_clean(const struct hb_machine *machine, const char *path, struct hb_error *error) {
    struct hb_machine *twin = twin_of(machine, error);
    bool ok = twin && hb_clean(twin, error) && write_machine(twin, path, true, error);
    hb_machine_destroy(twin);
    return ok;
}

bool hb_snapshot_write(struct hb_machine *machine, const char *path, bool clean, struct hb_error *error) {
    return clean ? write_clean(machine, path, error) : write_machine(machine, path, false, error);
}

/* ---- Reading --------------------------------------------------------------------------------------------------- */

/* No more than `most` bytes: anything larger is not a snapshot of this machine, or never ends. */
static bool read_file(const char *path, uint64_t most, struct hb_bytes *bytes, struct hb_error *error) {
    uint8_t step[16384];
    size_t n;
    FILE *file = fopen(path, "rb");
    while (file && bytes->n <= most && (n = fread(step, 1, sizeof step, file)) > 0)
        hb_bytes_put(bytes, step, n);
    bool ok = file && !ferror(file);
    if (!ok)
        hb_error_set(error, "%s: cannot be read: %s", path, strerror(errno));
    if (file)
        (void)fclose(file); /* it was only read */
    return ok;
}

static uint64_t header_word(const struct hb_bytes *file, enum header_word word) {
    return hb_load_u64(file->at + 8 * word);
}

/* NULL: the file is whole. */
static const char *broken(const struct hb_bytes *file) {
    if (file->n < 8 || header_word(file, AT_MAGIC) != MAGIC)
        return "is not a snapshot";
    if (file->n < HEADER_BYTES + HASH_BYTES)
        return "is cut or damaged";
    if (header_word(file, AT_VERSION) != VERSION)
        return "is a snapshot of another version of hartbeat";
    uint64_t hash = hb_hash_bytes(HB_HASH_SEED, file->at, file->n - HASH_BYTES);
    if (hash != hb_load_u64(file->at + file->n - HASH_BYTES) || header_word(file, AT_CLEAN) > 1)
        return "is cut or damaged";
    return NULL;
}

/* NULL: it is from this machine. */
static const char *foreign(const struct hb_bytes *file, const uint64_t mine[HEADER_WORDS]) {
    if (header_word(file, AT_LAYOUT) != mine[AT_LAYOUT])
        return "is a snapshot of another version of hartbeat";
    if (header_word(file, AT_CONFIG) != mine[AT_CONFIG])
        return mine[AT_CLEAN] ? "is a snapshot of another machine: its configuration differs in more than protocol, "
                                "arbiter and caches"
                              : "is a snapshot of another machine: its configuration differs (one saved with --clean "
                                "may have another protocol, arbiter or other caches)";
    if (header_word(file, AT_BIRTH) != mine[AT_BIRTH])
        return "is a snapshot of another machine: what it booted (image, firmware, RAM disk, disk) differs";
    if (header_word(file, AT_DISK) != mine[AT_DISK])
        return "is a snapshot of another machine: its disk image differs, or was written since";
    return NULL;
}

static bool decompress(const struct hb_bytes *file, uint64_t most, struct hb_bytes *body) {
    uint64_t n = header_word(file, AT_BODY_BYTES);
    size_t compressed = file->n - HEADER_BYTES - HASH_BYTES;
    if (n > most || ZSTD_getFrameContentSize(file->at + HEADER_BYTES, compressed) != n)
        return false;
    body->at = malloc(n ? n : 1);
    body->n = n;
    return body->at && ZSTD_decompress(body->at, n, file->at + HEADER_BYTES, compressed) == n;
}

/* The message comes without the file's name. */
static bool take_file(struct hb_machine *machine, const struct hb_bytes *file, struct hb_error *error) {
    struct hb_bytes body = {0};
    uint64_t mine[HEADER_WORDS];
    const char *why = broken(file);
    bool clean = !why && header_word(file, AT_CLEAN);
    if (!why && !describe(machine, clean, mine, error))
        return false;
    why = why ? why : foreign(file, mine);
    if (!why && !decompress(file, hb_snapshot_body_most(machine), &body))
        why = "is cut or damaged";
    if (why)
        hb_error_set(error, "%s", why);
    bool ok = !why && hb_snapshot_body_take(machine, &body, clean, error);
    free(body.at);
    return ok;
}

bool hb_snapshot_read(struct hb_machine *machine, const char *path, struct hb_error *error) {
    struct hb_bytes file = {0};
    struct hb_error why;
    uint64_t most = hb_snapshot_body_most(machine);
    bool there = read_file(path, HEADER_BYTES + ZSTD_compressBound(most) + HASH_BYTES, &file, error);
    bool ok = there && take_file(machine, &file, &why);
    if (there && !ok)
        hb_error_set(error, "%s: %s", path, why.text);
    free(file.at);
    return ok;
}

/* ---- In mid-run ------------------------------------------------------------------------------------------------ */

bool hb_save_run(struct hb_machine *machine, struct hb_save_request *save, uint64_t until, struct hb_error *error) {
    const struct hb_saved *saved = machine->saved;
    bool due = save->path && !save->done;
    if (due && save->cycle < saved->cycle) {
        hb_error_set(error, "--save-at: cycle %" PRIu64 " is before cycle %" PRIu64 ", which comes next", save->cycle,
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
        if (!hb_snapshot_write(machine, save->path, save->clean, error))
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
