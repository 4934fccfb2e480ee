/* Snapshots on disk that someone forged: what the loader takes must not harm the machine that goes on from it.
 *
 * An input is one of
 *
 *     0xff BODY    the body of a snapshot (sim/state/snapshot_body.h), as it is
 *     0xfe FILE    a snapshot file, as it is; 0xfd: with the right hash at its end
 *     MACHINE PLACE EDIT...   a good body, taken in the middle of a run, with changes
 *
 * An edit is 12 bytes: part of the body, where in it (2), width and kind, value (8).
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "memory/hash.h"
#include "sim/engine/run.h"
#include "sim/machine/state_hash.h"
#include "sim/result/gather.h"
#include "sim/state/snapshot_body.h"
#include "sim/state/snapshot_file.h"
#include "tests/fuzz/fuzz.h"

#define MACHINES   4u
#define PLACES     16u
#define APART      41017u /* cycles from one place to the next */
#define RUN_CYCLES 3000u
#define EDIT_BYTES 12u
#define DISK_BYTES 32768u
#define HARTS      2u

static struct hb_machine *machine[MACHINES];
static struct hb_bytes good[MACHINES][PLACES];

/* ---- Good machines --------------------------------------------------------------------------------------------- */

static void choose(struct hb_config *config, uint32_t which) {
    hb_config_defaults(config);
    snprintf(config->image, sizeof config->image, "%s/tests/snapshot/busy.elf", HB_IMAGES_DIR);
    config->harts = HARTS;
    config->memory.size_bytes = 2u << 20;
    config->stop_quiet_cycles = 0;
    static const uint8_t protocols[MACHINES] = {HB_PROTOCOL_MESI, HB_PROTOCOL_MOESI, HB_PROTOCOL_VI,
                                                HB_PROTOCOL_DRAGON};
    config->bus.protocol = protocols[which];
    config->bus.split = which % 2;
    config->bus.store_depth = which >= 1 ? 4 : 0;
    config->bus.store_order = which == 1 ? HB_STORES_ANY : HB_STORES_FIFO;
    if (which == 1)
        config->l2 = (struct hb_cache_config){.size_bytes = 16384, .ways = 16, .line_bytes = 64, .hit_cycles = 1};
    for (uint32_t h = 0; h < HB_HARTS_LIMIT; h++) {
        config->hart[h].l1d.size_bytes = 1024;
        config->hart[h].l1d.ways = 2;
        config->hart[h].l1i.size_bytes = 1024;
        config->hart[h].l1i.ways = 2;
        config->hart[h].l1d.write_through = which == 2;
    }
}

static char *make_disk(void) {
    static char path[] = "/tmp/hartbeat-fuzz-XXXXXX";
    static const uint8_t zeros[DISK_BYTES];
    int file = mkstemp(path);
    if (file < 0 || write(file, zeros, sizeof zeros) != (ssize_t)sizeof zeros)
        abort();
    close(file);
    return path;
}

int LLVMFuzzerInitialize(int *argc, char ***argv) {
    struct hb_config *config = malloc(sizeof *config);
    char *disk = make_disk();
    (void)argc;
    (void)argv;
    for (uint32_t m = 0; m < MACHINES; m++) {
        struct hb_error error = {.text = ""};
        choose(config, m);
        config->disk = m < 2 ? disk : NULL;
        machine[m] = hb_machine_create(config, &error);
        if (!machine[m]) {
            fprintf(stderr, "%s\n", error.text);
            exit(1);
        }
        for (uint32_t p = 0; p < PLACES; p++) {
            hb_machine_run(machine[m], 300 + p * (APART + m));
            hb_snapshot_body_put(&good[m][p], machine[m], false);
        }
    }
    free(config);
    unlink(disk); /* it stays open */
    return 0;
}

/* ---- Changes --------------------------------------------------------------------------------------------------- */

struct part {
    size_t from, bytes;
};

/* Places in a body, which begins with the size of its arena. */
static struct part part_of(const struct hb_machine *m, const struct hb_bytes *body, uint32_t which) {
    const size_t bus = 8 + offsetof(struct hb_saved, bus), arena_end = 8 + m->arena_bytes;
    const size_t caches = 8 + (size_t)(m->bus.l1d[0].block - m->arena);
    const struct part parts[] = {
        {8, offsetof(struct hb_saved, bus)},
        {bus, (HARTS + 1) * sizeof(struct hb_port)},
        {bus + offsetof(struct hb_bus_state, transaction), 4 * sizeof(struct hb_transaction)},
        {bus + offsetof(struct hb_bus_state, outstanding),
         sizeof(struct hb_bus_state) - offsetof(struct hb_bus_state, outstanding)},
        {8 + offsetof(struct hb_saved, devices), sizeof(struct hb_devices)},
        {8 + offsetof(struct hb_saved, devices) + offsetof(struct hb_devices, virtio_blk), 512},
        {8 + (size_t)((const uint8_t *)m->hart - m->arena), HARTS * sizeof(struct hb_hart)},
        {caches, arena_end - caches},
        {8 + offsetof(struct hb_saved, os), sizeof(struct hb_os_view)},
        {arena_end, body->n - arena_end},
        {0, body->n},
    };
    return parts[which % (sizeof parts / sizeof parts[0])];
}

static void edit(const struct hb_machine *m, struct hb_bytes *body, const uint8_t *how) {
    struct part part = part_of(m, body, how[0]);
    size_t width = (size_t)1 << (how[3] & 3);
    size_t at = (size_t)how[1] | (size_t)how[2] << 8;
    if (how[3] & 4)
        at *= width;
    at %= part.bytes;
    for (size_t i = 0; i < width && part.from + at + i < body->n; i++) {
        uint8_t *byte = &body->at[part.from + at + i];
        *byte = how[3] & 8 ? *byte ^ how[4 + i] : how[4 + i];
    }
}

/* ---- An input -------------------------------------------------------------------------------------------------- */

static bool take_body(struct hb_machine *m, struct hb_bytes *body) {
    struct hb_error error;
    body->read = 0;
    if (!hb_snapshot_body_take(m, body, false, &error))
        return false;
    hb_machine_run(m, m->saved->cycle + RUN_CYCLES);
    struct hb_run_result *result = hb_result_gather(m);
    free(hb_result_json(result, NULL, 0));
    hb_result_free(result);
    return true;
}

static void take_changed(const uint8_t *data, size_t n) {
    struct hb_machine *m = machine[data[0] % MACHINES];
    const struct hb_bytes *from = &good[data[0] % MACHINES][data[1] % PLACES];
    static struct hb_bytes body; /* kept: to allocate it anew takes longer than all the rest */
    body.n = 0;
    hb_bytes_put(&body, from->at, from->n);
    for (size_t at = 2; at + EDIT_BYTES <= n; at += EDIT_BYTES)
        edit(m, &body, data + at);
    if (!take_body(m, &body) && n < 2 + EDIT_BYTES)
        abort(); /* nothing was changed */
}

static void take_file(const uint8_t *data, size_t n, bool right_hash) {
    struct hb_bytes file = {0};
    struct hb_error error;
    hb_bytes_put(&file, data, n);
    if (right_hash)
        hb_bytes_put_u64(&file, hb_hash_bytes(HB_HASH_SEED, file.at, file.n));
    if (hb_snapshot_read(machine[0], fuzz_file(file.at, file.n), &error))
        hb_machine_run(machine[0], machine[0]->saved->cycle + RUN_CYCLES);
    free(file.at);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n) {
    struct hb_bytes body = {0};
    if (n < 2)
        return 0;
    switch (data[0]) {
    case 0xff:
        hb_bytes_put(&body, data + 1, n - 1);
        take_body(machine[0], &body);
        free(body.at);
        break;
    case 0xfe:
    case 0xfd: take_file(data + 1, n - 1, data[0] == 0xfd); break;
    default: take_changed(data, n); break;
    }
    return 0;
}
