/* Traces as a value change dump (IEEE 1364, section 18), one time step per cycle of 10 ns.
 *
 * Everything is sampled when a cycle is closed, so a value at #c is that of cycle c. Besides wires there are strings,
 * which are not in the standard but which GTKWave reads: "sTEXT IDENTIFIER", without spaces in TEXT.
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "bus/protocol/protocol.h"
#include "sim/trace/trace_format.h"

#define HART_SIGNALS 3
#define WORD_BYTES   48

enum bus_signal {
    BUS_BUSY,
    BUS_OUTSTANDING,
    BUS_GRANT,
    ADDRESS_ACTIVE,
    ADDRESS_PORT,
    ADDRESS_KIND,
    ADDRESS_LINE,
    ADDRESS_SYMBOL,
    DATA_ACTIVE,
    DATA_PORT,
    DATA_KIND,
    DATA_LINE,
    DATA_SYMBOL,
    DATA_SUPPLIER,
    BUS_SIGNALS
};

enum hart_signal { HART_STATE, HART_WAITS, HART_FUNCTION };

/* A value: a number of `bits` bits (UINT64_MAX: x, unknown), or a string. */
struct value {
    uint64_t number;
    char word[WORD_BYTES];
};

/* What the bus signals are derived from: while it is the same, so are they. */
struct phases {
    const struct hb_transaction *address, *data;
    uint64_t address_grant, data_grant; /* which one it is, since the memory of transactions is reused */
    uint8_t outstanding;
    bool granted; /* in this very cycle */
};

struct own {
    struct phases phases;
    uint64_t time;                   /* the last one that was written */
    bool timed;                      /* ... and there was one */
    struct value value[BUS_SIGNALS]; /* as written last */
};

static const struct {
    const char *scope, *name;
    uint8_t bits; /* 0: a string */
} bus_signals[BUS_SIGNALS] = {
    [BUS_BUSY] = {NULL, "busy", 1},           [BUS_OUTSTANDING] = {NULL, "outstanding", 5},
    [BUS_GRANT] = {NULL, "grant", 8},         [ADDRESS_ACTIVE] = {"address", "active", 1},
    [ADDRESS_PORT] = {"address", "port", 8},  [ADDRESS_KIND] = {"address", "kind", 0},
    [ADDRESS_LINE] = {"address", "line", 64}, [ADDRESS_SYMBOL] = {"address", "symbol", 0},
    [DATA_ACTIVE] = {"data", "active", 1},    [DATA_PORT] = {"data", "port", 8},
    [DATA_KIND] = {"data", "kind", 0},        [DATA_LINE] = {"data", "line", 64},
    [DATA_SYMBOL] = {"data", "symbol", 0},    [DATA_SUPPLIER] = {"data", "supplier", 0},
};

/* ---- Words ----------------------------------------------------------------------------------------------------- */

/* The identifier of signal `number`: printable characters, the lowest digit first. */
static const char *identifier(uint32_t number, char to[8]) {
    size_t n = 0;
    do {
        to[n++] = (char)('!' + number % 94);
        number /= 94;
    } while (number);
    to[n] = 0;
    return to;
}

static uint32_t hart_identifier(uint32_t h, enum hart_signal signal) {
    return BUS_SIGNALS + h * HART_SIGNALS + signal;
}

static uint32_t line_identifier(const struct hb_trace *trace, uint32_t i, uint32_t h) {
    return BUS_SIGNALS + trace->machine->bus.harts * (HART_SIGNALS + i) + h;
}

/* Without spaces, and never empty. */
static void set_word(struct value *value, const char *word) {
    snprintf(value->word, sizeof value->word, "%s", *word ? word : "-");
    for (char *at = value->word; *at; at++)
        if (*at <= ' ' || *at > '~')
            *at = '_';
}

/* ---- Values ---------------------------------------------------------------------------------------------------- */

static void write_time(struct hb_trace *trace, uint64_t now) {
    struct own *own = trace->own;
    if (own->timed && own->time == now)
        return;
    own->timed = true;
    own->time = now;
    hb_trace_print(trace, "#%" PRIu64 "\n", now);
}

static void write_binary(struct hb_trace *trace, uint64_t number, const char *id) {
    char digits[65], *at = digits + 64;
    *at = 0;
    do
        *--at = (char)('0' + (number & 1));
    while (number >>= 1);
    hb_trace_print(trace, "b%s %s\n", at, id);
}

static void write_value(struct hb_trace *trace, uint32_t number, uint8_t bits, const struct value *value) {
    char id[8];
    identifier(number, id);
    if (bits == 0)
        hb_trace_print(trace, "s%s %s\n", value->word, id);
    else if (value->number == UINT64_MAX)
        hb_trace_print(trace, bits == 1 ? "x%s\n" : "bx %s\n", id);
    else if (bits == 1)
        hb_trace_print(trace, "%u%s\n", (unsigned)value->number, id);
    else
        write_binary(trace, value->number, id);
}

static void write_word(struct hb_trace *trace, uint32_t number, const char *word) {
    struct value value = {0};
    set_word(&value, word);
    write_value(trace, number, 0, &value);
}

/* ---- The bus --------------------------------------------------------------------------------------------------- */

/* Signals of a transaction in one of its phases, from `first` on; NULL: there is none. */
static void set_phase(const struct hb_trace *trace, struct value *value, enum bus_signal first,
                      const struct hb_transaction *t) {
    char symbol[HB_TRACE_NAME_BYTES] = "";
    value[first].number = t != NULL;
    value[first + 1].number = t ? t->port : UINT64_MAX;
    set_word(&value[first + 2], t ? hb_txn_name(t->kind) : "");
    value[first + 3].number = t ? t->line : UINT64_MAX;
    set_word(&value[first + 4], t ? hb_trace_symbol(trace, t->line, symbol) : "");
}

/* The transactions in their address phase and in their data phase at the close of `now`. */
static struct phases find_phases(const struct hb_bus *bus, uint64_t now) {
    struct phases phases = {.outstanding = bus->state->outstanding};
    for (uint32_t i = 0; phases.outstanding && i < bus->limit; i++) {
        const struct hb_transaction *t = &bus->state->transaction[i];
        if (!t->active)
            continue;
        if (!t->snooped) {
            phases.address = t;
            phases.address_grant = t->grant_cycle;
            phases.granted = t->grant_cycle == now;
        } else if (t->data_cycles && now + t->data_cycles >= t->finish_cycle) {
            phases.data = t;
            phases.data_grant = t->grant_cycle;
        }
    }
    return phases;
}

static bool are_same(const struct phases *a, const struct phases *b) {
    return a->address == b->address && a->data == b->data && a->address_grant == b->address_grant &&
           a->data_grant == b->data_grant && a->outstanding == b->outstanding && a->granted == b->granted;
}

static void set_bus(const struct hb_trace *trace, const struct phases *phases, struct value *value) {
    const struct hb_transaction *address = phases->address, *data = phases->data;
    char supplier[HB_TRACE_NAME_BYTES];
    value[BUS_BUSY].number = phases->outstanding > 0;
    value[BUS_OUTSTANDING].number = phases->outstanding;
    value[BUS_GRANT].number = phases->granted ? address->port : UINT64_MAX;
    set_phase(trace, value, ADDRESS_ACTIVE, address);
    set_phase(trace, value, DATA_ACTIVE, data);
    set_word(&value[DATA_SUPPLIER], data ? hb_trace_supplier(data, supplier) : "");
}

static void look(struct hb_trace *trace, uint64_t now) {
    struct own *own = trace->own;
    struct value value[BUS_SIGNALS] = {{0}};
    struct phases phases = find_phases(&trace->machine->bus, now);
    if (are_same(&phases, &own->phases))
        return;
    own->phases = phases;
    set_bus(trace, &phases, value);
    for (uint32_t i = 0; i < BUS_SIGNALS; i++) {
        bool same = bus_signals[i].bits ? value[i].number == own->value[i].number
                                        : strcmp(value[i].word, own->value[i].word) == 0;
        if (same)
            continue;
        write_time(trace, now);
        write_value(trace, i, bus_signals[i].bits, &value[i]);
        own->value[i] = value[i];
    }
}

/* ---- Harts and lines ------------------------------------------------------------------------------------------- */

static void write_hart(struct hb_trace *trace, uint32_t h) {
    const struct hb_trace_hart *hart = &trace->hart[h];
    char word[HB_TRACE_NAME_BYTES];
    bool waits = hart->activity.waits;
    write_word(trace, hart_identifier(h, HART_STATE),
               waits ? "waits" : hb_trace_activity(trace, &hart->activity, word));
    write_word(trace, hart_identifier(h, HART_WAITS),
               waits ? hb_trace_activity(trace, &hart->activity, word) + strlen("waits: ") : "");
}

static void hart(struct hb_trace *trace, uint32_t h, const struct hb_trace_hart *was, uint64_t now) {
    (void)was;
    write_time(trace, now);
    write_hart(trace, h);
}

static void write_function(struct hb_trace *trace, uint32_t h) {
    if (trace->machine->config.trace.functions)
        write_word(trace, hart_identifier(h, HART_FUNCTION), trace->hart[h].function ? trace->hart[h].function : "");
}

static void function(struct hb_trace *trace, uint32_t h, const char *was, uint64_t since, uint64_t now) {
    (void)was, (void)since;
    write_time(trace, now);
    write_function(trace, h);
}

static void write_line(struct hb_trace *trace, uint32_t i, uint32_t h) {
    const struct hb_trace_line *line = &trace->line[i];
    char word[2] = {hb_trace_letter(trace, line->address, line->state[h]), 0};
    write_word(trace, line_identifier(trace, i, h), word);
}

static void line(struct hb_trace *trace, uint32_t i, uint32_t h, uint8_t was, uint64_t since, uint64_t now) {
    (void)was, (void)since;
    write_time(trace, now);
    write_line(trace, i, h);
}

/* ---- The header ------------------------------------------------------------------------------------------------ */

static void declare(struct hb_trace *trace, uint32_t number, uint8_t bits, const char *name) {
    char id[8];
    hb_trace_print(trace, "$var %s %u %s %s $end\n", bits ? "wire" : "string", bits ? bits : 1u, identifier(number, id),
                   name);
}

static void open_scope(struct hb_trace *trace, const char *name) {
    hb_trace_print(trace, "$scope module %s $end\n", name);
}

static void close_scope(struct hb_trace *trace) {
    hb_trace_print(trace, "$upscope $end\n");
}

static void declare_bus(struct hb_trace *trace) {
    const char *scope = NULL;
    open_scope(trace, "bus");
    for (uint32_t i = 0; i < BUS_SIGNALS; i++) {
        if (scope && scope != bus_signals[i].scope)
            close_scope(trace);
        if (bus_signals[i].scope && scope != bus_signals[i].scope)
            open_scope(trace, bus_signals[i].scope);
        scope = bus_signals[i].scope;
        declare(trace, i, bus_signals[i].bits, bus_signals[i].name);
    }
    close_scope(trace);
    close_scope(trace);
}

static void declare_harts(struct hb_trace *trace) {
    char name[16];
    for (uint32_t h = 0; h < trace->machine->bus.harts; h++) {
        snprintf(name, sizeof name, "cpu%" PRIu32, h);
        open_scope(trace, name);
        declare(trace, hart_identifier(h, HART_STATE), 0, "state");
        declare(trace, hart_identifier(h, HART_WAITS), 0, "waits_for");
        if (trace->machine->config.trace.functions)
            declare(trace, hart_identifier(h, HART_FUNCTION), 0, "function");
        close_scope(trace);
    }
}

static void declare_line(struct hb_trace *trace, uint32_t i) {
    char name[HB_NAME_BYTES + 8], cpu[16];
    snprintf(name, sizeof name, "line_%s", trace->line[i].name);
    for (char *at = name; *at; at++)
        if (!strchr("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_", *at))
            *at = '_';
    open_scope(trace, name);
    for (uint32_t h = 0; h < trace->machine->bus.harts; h++) {
        snprintf(cpu, sizeof cpu, "cpu%" PRIu32, h);
        declare(trace, line_identifier(trace, i, h), 0, cpu);
    }
    close_scope(trace);
}

static void dump_first_values(struct hb_trace *trace, uint64_t now) {
    struct own *own = trace->own;
    write_time(trace, now);
    hb_trace_print(trace, "$dumpvars\n");
    own->phases = find_phases(&trace->machine->bus, now);
    set_bus(trace, &own->phases, own->value);
    for (uint32_t i = 0; i < BUS_SIGNALS; i++)
        write_value(trace, i, bus_signals[i].bits, &own->value[i]);
    for (uint32_t h = 0; h < trace->machine->bus.harts; h++) {
        write_hart(trace, h);
        write_function(trace, h);
        for (uint32_t i = 0; i < trace->lines; i++)
            write_line(trace, i, h);
    }
    hb_trace_print(trace, "$end\n");
}

static void begin(struct hb_trace *trace, uint64_t now) {
    hb_trace_print(trace, "$version hartbeat $end\n$comment a step is a cycle of 10 ns $end\n$timescale 10 ns $end\n");
    open_scope(trace, "machine");
    declare_bus(trace);
    declare_harts(trace);
    for (uint32_t i = 0; i < trace->lines; i++)
        declare_line(trace, i);
    close_scope(trace);
    hb_trace_print(trace, "$enddefinitions $end\n");
    dump_first_values(trace, now);
}

static void end(struct hb_trace *trace, uint64_t now) {
    write_time(trace, now);
}

const struct hb_trace_format hb_trace_vcd = {
    .suffix = ".vcd",
    .own_bytes = sizeof(struct own),
    .begin = begin,
    .hart = hart,
    .function = function,
    .line = line,
    .look = look,
    .end = end,
};
