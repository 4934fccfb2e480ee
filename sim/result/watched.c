#include "sim/result/watched.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bus/devices/memory_map.h"
#include "sim/base/json_write.h"
#include "sim/machine/machine.h"
#include "sim/machine/measure.h"

/* The doubleword at `address`, or what of it lies in this line. */
static uint64_t value_in(const struct hb_machine *machine, struct hb_line *line, uint64_t address) {
    uint64_t offset = address - line->address, left = machine->bus.line_bytes - offset, value = 0;
    memcpy(&value, hb_line_data(line) + offset, left < sizeof value ? left : sizeof value);
    return value;
}

static void look(const struct hb_machine *machine, struct hb_watched_variable *variable) {
    uint64_t size;
    variable->found = hb_symbols_find(&machine->symbols, variable->name, &variable->address, &size) &&
                      hb_ram_contains(&machine->ram, variable->address - HB_RAM_BASE, sizeof variable->memory);
    if (!variable->found)
        return;
    hb_ram_read(&machine->ram, variable->address - HB_RAM_BASE, &variable->memory, sizeof variable->memory);
    uint64_t at = variable->address - variable->address % machine->bus.line_bytes;
    for (uint32_t h = 0; h < machine->bus.harts; h++) {
        struct hb_line *line = hb_cache_find(&machine->bus.l1d[h], at);
        if (line)
            variable->copy[h] = (struct hb_watched_copy){machine->bus.protocol->state[line->state].letter,
                                                         value_in(machine, line, variable->address)};
    }
    if (machine->measure && machine->measure->observer.lines)
        variable->transactions = hb_lines_at(machine->measure->observer.lines, at)->all_transactions;
}

struct hb_watched *hb_watched_gather(const struct hb_machine *machine) {
    const struct hb_stats_config *config = &machine->config.stats;
    if (!config->watches)
        return NULL;
    struct hb_watched *watched = calloc(1, sizeof *watched);
    if (!watched)
        abort();
    watched->harts = machine->bus.harts;
    watched->variables = config->watches;
    watched->has_transactions = machine->measure && machine->measure->observer.lines;
    for (uint32_t i = 0; i < config->watches; i++) {
        snprintf(watched->variable[i].name, HB_NAME_BYTES, "%s", config->watch[i]);
        look(machine, &watched->variable[i]);
    }
    return watched;
}

static void write_copy(struct hb_json_writer *json, const struct hb_watched_copy *copy) {
    const char state[2] = {copy->state ? copy->state : 'I', 0};
    hb_json_open(json, NULL, '{');
    hb_json_string(json, "state", state);
    if (copy->state)
        hb_json_number(json, "value", copy->value);
    else
        hb_json_null(json, "value");
    hb_json_close(json, '}');
}

static void write_variable(struct hb_json_writer *json, const struct hb_watched *watched,
                           const struct hb_watched_variable *variable) {
    if (!variable->found) {
        hb_json_null(json, variable->name);
        return;
    }
    hb_json_open(json, variable->name, '{');
    hb_json_address(json, "address", variable->address);
    hb_json_number(json, "memory", variable->memory);
    if (watched->has_transactions)
        hb_json_number(json, "transactions", variable->transactions);
    hb_json_open(json, "harts", '[');
    for (uint32_t h = 0; h < watched->harts; h++)
        write_copy(json, &variable->copy[h]);
    hb_json_close(json, ']');
    hb_json_close(json, '}');
}

void hb_watched_write(struct hb_json_writer *json, const struct hb_watched *watched) {
    if (!watched)
        return;
    hb_json_open(json, "watched", '{');
    for (uint32_t i = 0; i < watched->variables; i++)
        write_variable(json, watched, &watched->variable[i]);
    hb_json_close(json, '}');
}

void hb_watched_free(struct hb_watched *watched) {
    free(watched);
}
