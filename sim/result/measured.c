#include "sim/result/measured.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "osmodel/abi.h"
#include "sim/machine/machine.h"
#include "sim/result/line_name.h"

static void *allocate(size_t n, size_t bytes) {
    void *memory = calloc(n ? n : 1, bytes);
    if (!memory)
        abort();
    return memory;
}

/* ---- Lines ----------------------------------------------------------------------------------------------------- */

struct naming {
    const struct hb_machine *machine;
    const struct hb_source *source;
};

/* What the bytes hold: "counter[1]", or "a, b"; cut, with dots, to what fits. */
static void name_uses(const struct naming *naming, uint64_t line, struct hb_line_hart *hart) {
    char place[HB_SOURCE_BYTES], name[HB_SOURCE_NAME_BYTES], last[HB_SOURCE_NAME_BYTES] = "";
    struct hb_byte_set set = hart->read;
    hb_byte_set_add(&set, &hart->written);
    for (uint32_t byte = 0; byte < naming->machine->bus.line_bytes; byte++) {
        size_t used = strlen(hart->uses), room = sizeof hart->uses - used;
        if (!hb_byte_set_has(&set, byte) ||
            !hb_source_of_data(naming->source, line + byte, place, sizeof place, name, sizeof name) ||
            strcmp(name, last) == 0)
            continue;
        memcpy(last, name, sizeof last);
        if (strlen(name) + sizeof ", , ..." > room) {
            snprintf(hart->uses + used, room, "%s...", used ? ", " : "");
            return;
        }
        snprintf(hart->uses + used, room, "%s%s", used ? ", " : "", name);
    }
}

static void gather_hart(const struct naming *naming, uint64_t line, const struct hb_line_touch *touch,
                        struct hb_line_hart *hart) {
    uint64_t pc = hb_line_touch_pc(touch);
    *hart = (struct hb_line_hart){
        .hart = touch->hart, .read = touch->read, .written = touch->written, .transactions = touch->transactions};
    name_uses(naming, line, hart);
    if (!pc)
        return;
    hb_symbols_text(&naming->machine->symbols, pc, hart->symbol, sizeof hart->symbol);
    (void)hb_source_of_code(naming->source, pc, hart->source, sizeof hart->source);
}

static void gather_line(const struct naming *naming, const struct hb_line_counts *counts, struct hb_line_result *line) {
    const struct hb_observer *observer = &naming->machine->measure->observer;
    const struct hb_line_touch *touch[HB_HARTS_LIMIT];
    char name[HB_SOURCE_NAME_BYTES];
    *line = (struct hb_line_result){
        .address = counts->address,
        .all_transactions = counts->all_transactions,
        .updates = counts->updates,
        .interventions = counts->interventions,
        .reservations_lost = counts->reservations_lost,
        .device_writes = counts->device_writes,
        .updates_used = hb_misses_updates_used(observer->misses, counts->address),
    };
    memcpy(line->taken, counts->taken, sizeof line->taken);
    memcpy(line->transactions, counts->transactions, sizeof line->transactions);
    hb_misses_of_line(observer->misses, counts->address, line->misses);
    hb_line_name(naming->machine, line->address, line->symbol, sizeof line->symbol);
    for (uint32_t byte = 0; byte < naming->machine->bus.line_bytes && !line->source[0]; byte += 4)
        (void)hb_source_of_data(naming->source, line->address + byte, line->source, sizeof line->source, name,
                                sizeof name);
    if (!line->source[0])
        (void)hb_source_of_code(naming->source, line->address, line->source, sizeof line->source);
    line->harts = hb_lines_touches(observer->lines, counts, touch, HB_HARTS_LIMIT);
    line->hart = allocate(line->harts, sizeof *line->hart);
    for (uint32_t i = 0; i < line->harts; i++)
        gather_hart(naming, line->address, touch[i], &line->hart[i]);
    hb_sharing_judge(line);
}

static void gather_lines(const struct hb_machine *machine, struct hb_measured *measured) {
    const struct hb_measure *measure = machine->measure;
    if (!measure->config.lines)
        return;
    const struct hb_line_counts **hottest = allocate(measure->config.lines, sizeof(const struct hb_line_counts *));
    struct hb_source *source = hb_source_open(machine->config.image, machine->elf.bias);
    const struct naming naming = {machine, source};
    measured->has_lines = true;
    measured->invalidations = measure->observer.invalidations;
    measured->updates = measure->observer.updates;
    measured->interventions = measure->observer.interventions;
    measured->memory_updates = measure->observer.memory_updates;
    measured->lines = hb_lines_hottest(measure->observer.lines, hottest, measure->config.lines);
    measured->line = allocate(measured->lines, sizeof *measured->line);
    for (uint32_t i = 0; i < measured->lines; i++)
        gather_line(&naming, hottest[i], &measured->line[i]);
    hb_source_close(source);
    free((void *)hottest);
}

/* ---- Misses, locks, series ------------------------------------------------------------------------------------- */

static void gather_misses(const struct hb_machine *machine, struct hb_measured *measured) {
    const struct hb_observer *observer = &machine->measure->observer;
    if (!observer->misses)
        return;
    measured->has_misses = true;
    for (uint32_t agent = 0; agent < 2 * machine->bus.harts; agent++)
        hb_observer_misses(observer, (uint8_t)agent, measured->misses[agent]);
}

static bool has_counts(const struct hb_lock *lock) {
    return lock->acquisitions || lock->recovered || lock->held.n;
}

static void gather_locks(const struct hb_machine *machine, struct hb_measured *measured) {
    const struct hb_measure *measure = machine->measure;
    if (!measure->config.locks)
        return;
    measured->has_locks = true;
    memcpy(measured->reservations_lost, measure->observer.reservations_lost, sizeof measured->reservations_lost);
    struct hb_lock *sorted = allocate(measure->locks.locks, sizeof *sorted);
    if (measure->locks.locks)
        memcpy(sorted, measure->locks.lock, measure->locks.locks * sizeof *sorted);
    hb_locks_sort(sorted, measure->locks.locks);
    measured->lock = allocate(measure->locks.locks, sizeof *measured->lock);
    for (uint32_t i = 0; i < measure->locks.locks; i++) {
        struct hb_lock_result *lock = &measured->lock[measured->locks];
        if (!has_counts(&sorted[i]))
            continue;
        lock->counts = sorted[i];
        hb_symbols_text(&machine->symbols, sorted[i].address, lock->symbol, sizeof lock->symbol);
        measured->locks++;
    }
    free(sorted);
}

static void add_interval(struct hb_measured *measured, const struct hb_series_point *from, const uint64_t *from_done,
                         const struct hb_series_point *to, const uint64_t *to_done, uint32_t harts) {
    uint64_t *instructions = measured->instructions + (size_t)measured->intervals * harts;
    struct hb_interval *interval = &measured->interval[measured->intervals++];
    *interval = (struct hb_interval){
        .from_cycle = from->cycle,
        .to_cycle = to->cycle,
        .misses = to->misses - from->misses,
        .bus_busy_cycles = to->bus_busy_cycles - from->bus_busy_cycles,
    };
    for (uint32_t i = 0; i < HB_TXNS; i++)
        interval->transactions[i] = to->transactions[i] - from->transactions[i];
    for (uint32_t h = 0; h < harts; h++)
        instructions[h] = to_done[h] - from_done[h];
}

static void gather_series(const struct hb_machine *machine, struct hb_measured *measured) {
    const struct hb_measure *measure = machine->measure;
    const uint32_t harts = machine->bus.harts, points = measure->points;
    if (!measure->config.interval_cycles)
        return;
    measured->has_series = true;
    measured->interval = allocate(points, sizeof *measured->interval);
    measured->instructions = allocate((size_t)points * harts, sizeof *measured->instructions);
    for (uint32_t i = 1; i < points; i++)
        add_interval(measured, &measure->point[i - 1], measure->instructions + (size_t)(i - 1) * harts,
                     &measure->point[i], measure->instructions + (size_t)i * harts, harts);
    if (measure->phase != HB_REGION_WITHIN || measure->point[points - 1].cycle == machine->saved->cycle)
        return;
    struct hb_series_point now;
    uint64_t done[HB_HARTS_LIMIT];
    hb_measure_point(machine, &now, done);
    add_interval(measured, &measure->point[points - 1], measure->instructions + (size_t)(points - 1) * harts, &now,
                 done, harts);
}

/* ---- Everything ------------------------------------------------------------------------------------------------ */

static void gather_region(const struct hb_machine *machine, struct hb_measured *measured) {
    const struct hb_measure *measure = machine->measure;
    measured->has_region = !measure->whole;
    measured->began = measure->phase != HB_REGION_BEFORE;
    measured->ended = measure->phase == HB_REGION_AFTER;
    measured->from_cycle = measure->base.cycle;
    measured->to_cycle = measured->ended ? measure->end.cycle : machine->saved->cycle;
}

struct hb_measured *hb_measured_gather(const struct hb_machine *machine) {
    if (!machine->measure)
        return NULL;
    struct hb_measured *measured = allocate(1, sizeof *measured);
    gather_region(machine, measured);
    gather_misses(machine, measured);
    gather_lines(machine, measured);
    gather_locks(machine, measured);
    gather_series(machine, measured);
    return measured;
}

void hb_measured_free(struct hb_measured *measured) {
    if (!measured)
        return;
    for (uint32_t i = 0; i < measured->lines; i++)
        free(measured->line[i].hart);
    free(measured->line);
    free(measured->lock);
    free(measured->interval);
    free(measured->instructions);
    free(measured);
}
