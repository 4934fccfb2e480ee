/* result.json: "roi", "lines", "locks", "series". */
#include <stdio.h>

#include "bus/protocol/protocol.h"
#include "sim/base/json_write.h"
#include "sim/result/measured.h"

void hb_measured_write_region(struct hb_json_writer *json, const struct hb_measured *measured) {
    if (!measured || !measured->has_region)
        return;
    hb_json_open(json, "roi", '{');
    hb_json_cycle(json, "from_cycle", measured->began ? measured->from_cycle : UINT64_MAX);
    hb_json_cycle(json, "to_cycle", measured->began ? measured->to_cycle : UINT64_MAX);
    hb_json_close(json, '}');
}

static void write_transactions(struct hb_json_writer *json, const uint64_t *transactions) {
    hb_json_open(json, "transactions", '{');
    for (uint32_t i = HB_TXN_NONE + 1; i < HB_TXNS; i++)
        hb_json_number(json, hb_txn_name(i), transactions[i]);
    hb_json_close(json, '}');
}

/* ---- Lines ----------------------------------------------------------------------------------------------------- */

/* As ranges: [[0, 7], [16, 16]]. */
static void write_bytes(struct hb_json_writer *json, const char *key, const struct hb_byte_set *set) {
    hb_json_open(json, key, '[');
    for (uint32_t byte = 0; byte < HB_LINE_BYTES_MAX; byte++) {
        uint32_t last = byte;
        if (!hb_byte_set_has(set, byte))
            continue;
        while (last + 1 < HB_LINE_BYTES_MAX && hb_byte_set_has(set, last + 1))
            last++;
        hb_json_open(json, NULL, '[');
        hb_json_number(json, NULL, byte);
        hb_json_number(json, NULL, last);
        hb_json_close(json, ']');
        byte = last;
    }
    hb_json_close(json, ']');
}

static void write_line_harts(struct hb_json_writer *json, const struct hb_line_result *line) {
    hb_json_open(json, "harts", '[');
    for (uint32_t i = 0; i < line->harts; i++) {
        const struct hb_line_hart *hart = &line->hart[i];
        hb_json_open(json, NULL, '{');
        hb_json_number(json, "hart", hart->hart);
        write_bytes(json, "read_bytes", &hart->read);
        write_bytes(json, "written_bytes", &hart->written);
        hb_json_text(json, "uses", hart->uses);
        hb_json_number(json, "transactions", hart->transactions);
        hb_json_text(json, "symbol", hart->symbol);
        hb_json_text(json, "source", hart->source);
        hb_json_close(json, '}');
    }
    hb_json_close(json, ']');
}

static void write_line_misses(struct hb_json_writer *json, const struct hb_line_result *line) {
    hb_json_open(json, "misses", '{');
    hb_json_number(json, "total", hb_misses_sum(line->misses));
    for (uint32_t i = 0; i < HB_MISSES; i++)
        hb_json_number(json, hb_miss_key(i), line->misses[i]);
    hb_json_close(json, '}');
}

static void write_line(struct hb_json_writer *json, const struct hb_line_result *line) {
    hb_json_open(json, NULL, '{');
    hb_json_address(json, "address", line->address);
    hb_json_text(json, "symbol", line->symbol);
    hb_json_text(json, "source", line->source);
    write_transactions(json, line->transactions);
    hb_json_number(json, "invalidations", hb_lines_invalidations(line->taken));
    hb_json_number(json, "updates", line->updates);
    hb_json_number(json, "interventions", line->interventions);
    hb_json_number(json, "reservations_lost", line->reservations_lost);
    write_line_misses(json, line);
    write_line_harts(json, line);
    hb_json_bool(json, "false_sharing", line->false_sharing);
    hb_json_string(json, "why", line->why);
    hb_json_close(json, '}');
}

static void write_lines(struct hb_json_writer *json, const struct hb_measured *measured) {
    hb_json_open(json, "lines", '[');
    for (uint32_t i = 0; i < measured->lines; i++)
        write_line(json, &measured->line[i]);
    hb_json_close(json, ']');
}

/* ---- Locks ----------------------------------------------------------------------------------------------------- */

static void write_times(struct hb_json_writer *json, const char *key, const struct hb_lock_times *times) {
    hb_json_open(json, key, '{');
    hb_json_number(json, "total", times->cycles);
    hb_json_quotient(json, "mean", times->cycles, times->n);
    hb_json_number(json, "max", times->max_cycles);
    hb_json_close(json, '}');
}

static void write_lock(struct hb_json_writer *json, const struct hb_lock_result *lock) {
    hb_json_open(json, NULL, '{');
    hb_json_address(json, "address", lock->counts.address);
    hb_json_text(json, "symbol", lock->symbol);
    hb_json_number(json, "acquisitions", lock->counts.acquisitions);
    hb_json_number(json, "contended", lock->counts.wait.n);
    hb_json_number(json, "recovered", lock->counts.recovered);
    hb_json_number(json, "handovers", lock->counts.handover.n);
    write_times(json, "wait_cycles", &lock->counts.wait);
    write_times(json, "held_cycles", &lock->counts.held);
    write_times(json, "handover_cycles", &lock->counts.handover);
    hb_json_close(json, '}');
}

static void write_locks(struct hb_json_writer *json, const struct hb_measured *measured) {
    hb_json_open(json, "locks", '[');
    for (uint32_t i = 0; i < measured->locks; i++)
        write_lock(json, &measured->lock[i]);
    hb_json_close(json, ']');
}

/* ---- Series ---------------------------------------------------------------------------------------------------- */

static void write_interval(struct hb_json_writer *json, const struct hb_interval *interval,
                           const uint64_t *instructions, uint32_t harts) {
    uint64_t cycles = interval->to_cycle - interval->from_cycle;
    /* A split bus counts a transfer when it is planned, and that may be an interval before it happens. */
    uint64_t busy = interval->bus_busy_cycles < cycles ? interval->bus_busy_cycles : cycles;
    hb_json_open(json, NULL, '{');
    hb_json_number(json, "from_cycle", interval->from_cycle);
    hb_json_number(json, "to_cycle", interval->to_cycle);
    hb_json_open(json, "instructions", '[');
    for (uint32_t h = 0; h < harts; h++)
        hb_json_number(json, NULL, instructions[h]);
    hb_json_close(json, ']');
    hb_json_number(json, "misses", interval->misses);
    hb_json_quotient(json, "bus_utilisation", busy, cycles);
    write_transactions(json, interval->transactions);
    hb_json_close(json, '}');
}

static void write_series(struct hb_json_writer *json, const struct hb_measured *measured, uint32_t harts) {
    hb_json_open(json, "series", '[');
    for (uint32_t i = 0; i < measured->intervals; i++)
        write_interval(json, &measured->interval[i], measured->instructions + (size_t)i * harts, harts);
    hb_json_close(json, ']');
}

void hb_measured_write(struct hb_json_writer *json, const struct hb_measured *measured, uint32_t harts) {
    if (measured && measured->has_lines)
        write_lines(json, measured);
    if (measured && measured->has_locks)
        write_locks(json, measured);
    if (measured && measured->has_series)
        write_series(json, measured, harts);
}
