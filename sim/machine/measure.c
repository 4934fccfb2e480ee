#include "sim/machine/measure.h"

#include <stdlib.h>
#include <string.h>

#include "memory/hash.h"
#include "sim/machine/machine.h"

bool hb_measure_needs_every_access(const struct hb_stats_config *config) {
    return config->misses || config->lines;
}

static bool asks_for_anything(const struct hb_stats_config *config) {
    return config->misses || config->lines || config->locks || config->interval_cycles ||
           config->from.kind != HB_MARK_NONE || config->to.kind != HB_MARK_NONE;
}

/* ---- The series ------------------------------------------------------------------------------------------------ */

static void make_room(struct hb_measure *measure, uint32_t harts) {
    if (measure->points < measure->points_capacity)
        return;
    measure->points_capacity = measure->points_capacity ? 2 * measure->points_capacity : 64;
    measure->point = realloc(measure->point, measure->points_capacity * sizeof *measure->point);
    size_t bytes = (size_t)measure->points_capacity * harts * sizeof *measure->instructions;
    measure->instructions = realloc(measure->instructions, bytes ? bytes : 1);
    if (!measure->point || !measure->instructions)
        abort();
}

void hb_measure_point(const struct hb_machine *machine, struct hb_series_point *point, uint64_t *instructions) {
    struct hb_counts counts;
    hb_counts_take(machine, &counts);
    *point = (struct hb_series_point){.cycle = counts.cycle, .bus_busy_cycles = counts.bus.busy_cycles};
    memcpy(point->transactions, counts.bus.transactions, sizeof point->transactions);
    for (uint32_t h = 0; h < machine->bus.harts; h++) {
        point->misses += counts.l1d[h].misses + counts.l1i[h].misses;
        instructions[h] = counts.hart[h].instructions;
    }
}

static void add_point(struct hb_machine *machine) {
    struct hb_measure *measure = machine->measure;
    make_room(measure, machine->bus.harts);
    hb_measure_point(machine, &measure->point[measure->points],
                     measure->instructions + (size_t)measure->points * machine->bus.harts);
    measure->points++;
}

static uint64_t next_point(const struct hb_measure *measure) {
    if (!measure->config.interval_cycles || measure->phase != HB_REGION_WITHIN || measure->points >= HB_SERIES_MAX)
        return HB_NEVER;
    return measure->point[measure->points - 1].cycle + measure->config.interval_cycles;
}

/* ---- The region ------------------------------------------------------------------------------------------------ */

/* For both ends of the region: 0 when neither is a tracepoint. */
static uint64_t marks_of(const struct hb_stats_config *config) {
    const struct hb_mark_config *mark[2] = {&config->from, &config->to};
    uint64_t marks = 0;
    for (int i = 0; i < 2; i++)
        if (mark[i]->kind == HB_MARK_TRACEPOINT)
            marks = hb_hash_u64(hb_hash_u64(marks + 1 + (uint64_t)i, mark[i]->tracepoint), mark[i]->count);
    return marks;
}

/* The awaited mark; NULL: none. */
static const struct hb_mark_config *awaited(const struct hb_measure *measure) {
    switch (measure->phase) {
    case HB_REGION_BEFORE: return &measure->config.from;
    case HB_REGION_WITHIN: return &measure->config.to;
    default: return NULL;
    }
}

static bool is_due(const struct hb_measure *measure, uint64_t cycle) {
    const struct hb_mark_config *mark = awaited(measure);
    if (!mark)
        return false;
    if (mark->kind == HB_MARK_CYCLE)
        return mark->cycle <= cycle;
    return mark->kind == HB_MARK_TRACEPOINT ? measure->tracepoint_seen
                                            : measure->phase == HB_REGION_BEFORE; /* from the first cycle on */
}

/* A wait continues across a snapshot, if the snapshot waits for the same. */
static void remember(const struct hb_machine *machine) {
    const struct hb_measure *measure = machine->measure;
    machine->saved->region = (struct hb_region_state){
        .marks = marks_of(&measure->config), .seen = measure->times_seen, .phase = (uint8_t)measure->phase};
}

static void pass_mark(const struct hb_machine *machine, enum hb_region_phase phase) {
    struct hb_measure *measure = machine->measure;
    measure->phase = phase;
    measure->observer.counts = phase == HB_REGION_WITHIN;
    measure->tracepoint_seen = false;
    measure->times_seen = 0;
    remember(machine);
}

static void begin(struct hb_machine *machine) {
    struct hb_measure *measure = machine->measure;
    pass_mark(machine, HB_REGION_WITHIN);
    hb_counts_take(machine, &measure->base);
    if (measure->config.interval_cycles)
        add_point(machine);
}

static void end(struct hb_machine *machine) {
    struct hb_measure *measure = machine->measure;
    pass_mark(machine, HB_REGION_AFTER);
    hb_counts_take(machine, &measure->end);
    if (measure->points && measure->point[measure->points - 1].cycle < measure->end.cycle)
        add_point(machine);
}

uint64_t hb_measure_next(const struct hb_measure *measure) {
    const struct hb_mark_config *mark = awaited(measure);
    uint64_t at = mark && mark->kind == HB_MARK_CYCLE ? mark->cycle : HB_NEVER, point = next_point(measure);
    return point < at ? point : at;
}

void hb_measure_reach(struct hb_machine *machine) {
    struct hb_measure *measure = machine->measure;
    uint64_t cycle = machine->saved->cycle;
    if (measure->phase == HB_REGION_BEFORE && is_due(measure, cycle))
        begin(machine);
    if (next_point(measure) <= cycle)
        add_point(machine);
    if (measure->phase == HB_REGION_WITHIN && is_due(measure, cycle))
        end(machine);
}

/* ---- Tracepoints ----------------------------------------------------------------------------------------------- */

static uint64_t alive(const struct hb_machine *machine) {
    uint64_t harts = 0;
    for (uint32_t h = 0; h < machine->bus.harts; h++)
        if (machine->hart[h].run_state == HB_HART_RUNNING || machine->hart[h].run_state == HB_HART_IDLE)
            harts |= 1ull << h;
    return harts;
}

bool hb_measure_seen(struct hb_machine *machine, const struct hb_trace_record *record) {
    struct hb_measure *measure = machine->measure;
    const struct hb_mark_config *mark = awaited(measure);
    if (measure->config.locks)
        hb_locks_see(&measure->locks, record->cycle, record->hart, record->id, record->value, alive(machine),
                     measure->phase == HB_REGION_WITHIN);
    if (!mark || mark->kind != HB_MARK_TRACEPOINT || mark->tracepoint != record->id)
        return false;
    measure->tracepoint_seen |= ++measure->times_seen == mark->count;
    remember(machine);
    return measure->tracepoint_seen;
}

void hb_measure_hart_started(struct hb_machine *machine, uint32_t hart) {
    if (machine->measure)
        hb_observer_hart_started(&machine->measure->observer, hart);
}

/* ---- Its life -------------------------------------------------------------------------------------------------- */

/* From a snapshot: tracepoints passed before it stay passed. Counts are not in it, so a region that contains it begins
 * anew. */
static void go_on_from(struct hb_machine *machine) {
    struct hb_measure *measure = machine->measure;
    const struct hb_region_state region = machine->saved->region;
    if (machine->saved->cycle == 0 || region.marks == 0 || region.marks != marks_of(&measure->config))
        return;
    if (region.phase >= HB_REGION_WITHIN)
        begin(machine);
    if (region.phase == HB_REGION_AFTER)
        end(machine);
    measure->times_seen = region.seen;
    remember(machine);
}

void hb_measure_start(struct hb_machine *machine) {
    const struct hb_stats_config *config = &machine->config.stats;
    hb_measure_stop(machine);
    if (!asks_for_anything(config))
        return;
    struct hb_measure *measure = calloc(1, sizeof *measure);
    if (!measure)
        abort();
    measure->config = *config;
    measure->whole = machine->saved->cycle == 0 && config->from.kind == HB_MARK_NONE && config->to.kind == HB_MARK_NONE;
    /* Only classes say which misses are false sharing, so lines need them. */
    const struct hb_hart *hart = machine->config.mem_trace ? NULL : machine->hart; /* a trace has no program */
    hb_observer_start(&measure->observer, &machine->bus, hart, config->misses || config->lines, config->lines != 0);
    machine->measure = measure;
    go_on_from(machine);
    hb_measure_reach(machine);
}

void hb_measure_stop(struct hb_machine *machine) {
    struct hb_measure *measure = machine->measure;
    if (!measure)
        return;
    hb_observer_stop(&measure->observer);
    hb_locks_free(&measure->locks);
    free(measure->point);
    free(measure->instructions);
    free(measure);
    machine->measure = NULL;
}

void hb_measure_counts(const struct hb_machine *machine, struct hb_counts *counts) {
    const struct hb_measure *measure = machine->measure;
    *counts = measure->end;
    if (measure->phase != HB_REGION_AFTER)
        hb_counts_take(machine, counts);
    hb_counts_subtract(counts, measure->phase == HB_REGION_BEFORE ? counts : &measure->base, machine->bus.harts);
    for (uint32_t h = 0; h < machine->bus.harts; h++) {
        const struct hb_port *port = &machine->saved->bus.port[h];
        bool waits = measure->phase == HB_REGION_WITHIN && port->request.kind != HB_ACCESS_NONE && !port->granted;
        uint64_t waited = waits ? machine->saved->cycle - port->request.posted_cycle : 0;
        uint64_t longest = measure->observer.wait_max_cycles[h];
        counts->wait[h].max_cycles = waited > longest ? waited : longest;
    }
}
