/* What the formats of traces share. Inside sim/trace/ only.
 *
 * A format is a struct of functions, any of which may be NULL. sim/trace/trace.c looks at harts and chosen lines when a
 * cycle is closed and reports changes; bus events go to `watch` as they happen, tracepoints to `point`. Within a cycle
 * the order is: bus events, tracepoints, changes of harts, functions and lines, `look`.
 */
#ifndef HB_SIM_TRACE_FORMAT_H
#define HB_SIM_TRACE_FORMAT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "bus/shared/watch.h"
#include "sim/base/output.h"
#include "sim/trace/trace.h"

#define HB_TRACE_NAME_BYTES 96

/* What a hart is doing when a cycle is closed. */
struct hb_activity {
    uint8_t run_state; /* enum hb_run_state */
    uint8_t privilege; /* of a running hart */
    bool waits;        /* for the bus ... */
    uint8_t cause;     /* ... enum hb_stall */
};

struct hb_trace_hart {
    struct hb_activity activity;
    uint64_t since;     /* cycle */
    uint64_t waits_for; /* the address that it asked for when it began to wait */
    const char *function;
    uint64_t function_since;
    uint64_t pc; /* of which `function` was found */
};

struct hb_trace_line {
    char name[HB_NAME_BYTES]; /* as the user gave it */
    uint64_t address;
    uint8_t state[HB_HARTS_LIMIT]; /* in each L1D */
    uint64_t since[HB_HARTS_LIMIT];
};

struct hb_trace_format {
    const char *suffix;
    size_t own_bytes;          /* of trace->own, zeroed */
    struct hb_bus_watch watch; /* its functions; context is the trace */
    void (*begin)(struct hb_trace *trace, uint64_t now);
    void (*point)(struct hb_trace *trace, const struct hb_trace_record *record);
    /* The new state is in trace->hart[h], trace->line[i]; `was` and `since` are the old one and its first cycle. */
    void (*hart)(struct hb_trace *trace, uint32_t h, const struct hb_trace_hart *was, uint64_t now);
    void (*function)(struct hb_trace *trace, uint32_t h, const char *was, uint64_t since, uint64_t now);
    void (*line)(struct hb_trace *trace, uint32_t i, uint32_t h, uint8_t was, uint64_t since, uint64_t now);
    void (*look)(struct hb_trace *trace, uint64_t now);
    void (*end)(struct hb_trace *trace, uint64_t now);
};

extern const struct hb_trace_format hb_trace_json;
extern const struct hb_trace_format hb_trace_vcd;
extern const struct hb_trace_format hb_trace_csv;
extern const struct hb_trace_format hb_trace_grants;

struct hb_trace {
    struct hb_machine *machine;
    const struct hb_trace_format *format;
    void *own; /* the format's */
    uint64_t begun_cycle;
    uint64_t ended_cycle;
    bool on;   /* from begin() to end() */
    bool over; /* after end() */
    struct hb_watcher watcher;
    struct hb_trace_hart hart[HB_HARTS_LIMIT];
    uint32_t lines;
    struct hb_trace_line line[HB_TRACE_LINES_MAX];
    struct hb_output out;
};

/* Write, as printf does. */
void hb_trace_print(struct hb_trace *trace, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* "counter+0x8"; empty if nothing spans the address. Returns `to`, at most HB_TRACE_NAME_BYTES. */
const char *hb_trace_symbol(const struct hb_trace *trace, uint64_t address, char to[HB_TRACE_NAME_BYTES]);

/* The symbol, or the address as a number. */
const char *hb_trace_place(const struct hb_trace *trace, uint64_t address, char to[HB_TRACE_NAME_BYTES]);

/* "memory", "CPU 2 L1D", or "-" for a transaction without a supplier. */
const char *hb_trace_supplier(const struct hb_transaction *t, char to[HB_TRACE_NAME_BYTES]);

/* "CPU 2", or "disk". */
const char *hb_trace_port(const struct hb_bus *bus, uint32_t port, char to[HB_TRACE_NAME_BYTES]);

/* "load", "store", ...: what a request is. */
const char *hb_trace_access(uint8_t kind);

/* "U mode", "waits: load_miss", "dead", ... */
const char *hb_trace_activity(const struct hb_trace *trace, const struct hb_activity *activity,
                              char to[HB_TRACE_NAME_BYTES]);

/* The sentence for a tracepoint. */
const char *hb_trace_sentence(const struct hb_trace *trace, const struct hb_trace_record *record, char *to, size_t n);

/* The letter of a line's state in the L1D's protocol. */
char hb_trace_letter(const struct hb_trace *trace, uint64_t address, uint8_t state);

#endif
