#include "sim/config/image_fits.h"

#include <inttypes.h>
#include <string.h>

#include "bus/devices/memory_map.h"
#include "osmodel/guest/workloads/groups.h"

#define PART_ALIGN 4096u

static bool is_amp(const struct hb_elf *elf) {
    struct hb_note note = {0};
    memcpy(&note, elf->note, elf->note_bytes < sizeof note ? elf->note_bytes : sizeof note);
    return note.amp != 0;
}

/* ---- What is not the kernel's own -------------------------------------------------------------------------------- */

static bool wants_lock(const struct hb_params *os) {
    for (uint32_t g = 0; g < os->workload_groups; g++)
        if (os->group[g].kind == HB_KIND_SHARE && os->group[g].lock == HB_USER_LOCK_MINE)
            return true;
    return false;
}

static bool has_mine(const struct hb_config *config, const struct hb_symbols *symbols, struct hb_error *error) {
    const char *key = NULL, *what = NULL;
    if (wants_lock(&config->os) && !hb_symbols_find(symbols, "hb_lock_mine", NULL, NULL)) {
        key = "os.workload.lock";
        what = "lock";
    }
    if (config->os.scheduler == HB_SCHED_MINE && !hb_symbols_find(symbols, "hb_mine", NULL, NULL)) {
        key = "os.scheduler";
        what = "scheduler";
    }
    if (key)
        hb_error_set(error, "%s: \"mine\" needs an image with a %s of yours, as ./lab makes one", key, what);
    return !key;
}

/* ---- Memory ------------------------------------------------------------------------------------------------------ */

static bool refuse_memory(uint64_t needs, uint64_t has, const char *of, struct hb_error *error) {
    hb_error_set(error,
                 "os.workload: %s %" PRIu64 " KiB of memory, and beside the image there are %" PRIu64
                 " KiB: fewer tasks, smaller sets, or more of machine.memory.size",
                 of, (needs + 1023) / 1024, has / 1024);
    return false;
}

static uint64_t largest_room_bytes(const struct hb_params *os) {
    uint64_t most = 0;
    for (uint32_t g = 0; g < os->workload_groups; g++) {
        uint64_t bytes = hb_group_room_bytes(&os->group[g]);
        most = bytes > most ? bytes : most;
    }
    return most;
}

/* As osmodel/guest/amp/opening.c divides it. */
static bool fits_amp(const struct hb_config *config, uint64_t free_bytes, struct hb_error *error) {
    uint64_t part_bytes = free_bytes / config->harts / PART_ALIGN * PART_ALIGN;
    uint64_t needs_bytes = HB_REQUESTS_AT_ONCE * largest_room_bytes(&config->os);
    return part_bytes >= needs_bytes || refuse_memory(needs_bytes * config->harts, free_bytes,
                                                      "the two tasks that each CPU has at a time need", error);
}

static bool fits_smp(const struct hb_config *config, uint64_t free_bytes, struct hb_error *error) {
    uint64_t needs_bytes =
        hb_group_offset(&config->os, (uint32_t)config->os.workload_groups) + hb_checkpoints_bytes(&config->os);
    return needs_bytes <= free_bytes || refuse_memory(needs_bytes, free_bytes, "the tasks need", error);
}

/* ---- Where it ends ----------------------------------------------------------------------------------------------- */

static bool has_stop_word(const struct hb_config *config, const struct hb_symbols *symbols, struct hb_error *error) {
    uint64_t address;
    const char *wrong = config->stop_word[0] ? hb_symbols_place(symbols, config->stop_word, &address) : NULL;
    if (config->stop_word[0] && !wrong && address - HB_RAM_BASE >= config->memory.size_bytes)
        wrong = "is not in RAM";
    if (wrong)
        hb_error_set(error, "stop.word: \"%s\" %s (%.200s)", config->stop_word, wrong, config->image);
    return !wrong;
}

bool hb_image_fits(const struct hb_config *config, const struct hb_elf *elf, const struct hb_symbols *symbols,
                   struct hb_error *error) {
    uint64_t end;
    if (!has_stop_word(config, symbols, error))
        return false;
    if (!elf->has_note || !hb_symbols_find(symbols, "hb_image_end", &end, NULL))
        return true;
    uint64_t ram_end = HB_RAM_BASE + config->memory.size_bytes;
    uint64_t free_bytes = end < ram_end ? ram_end - end : 0;
    return has_mine(config, symbols, error) &&
           (is_amp(elf) ? fits_amp(config, free_bytes, error) : fits_smp(config, free_bytes, error));
}
