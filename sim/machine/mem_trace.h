/* Memory traces in place of a program: each hart makes the accesses that a file lists, one file a hart, or one file for
 * all in the order in which they happened.
 *
 * A trace knows what a program accessed, not what it computed: there are no instructions, no registers and no devices,
 * and no access waits for what another hart has written. What is left is what trace-driven cache simulators show: hits,
 * misses, transactions, waits. The caches and the bus are those of any other run.
 *
 *     struct hb_mem_trace *trace = hb_mem_trace_read(paths, n, HB_MEM_FORMAT_BY_SUFFIX, ram_bytes, &error);
 *     config.mem_trace = trace;                     // and config.image is empty
 *     machine = hb_machine_create(&config, &error); // hb_machine_run() plays them
 *     hb_mem_trace_free(trace);                     // after the machine
 *
 * Timing is that of the harts: in order and blocking. An access that hits takes a cycle (hit_cycles); one that needs
 * the bus is posted in its cycle, performed by the finish of its transaction, and its hart continues one cycle later. A
 * computation of n cycles is n instructions of one cycle each. An access counts as one instruction; it is a word of 4
 * bytes at the address rounded down to a multiple of 4, and what a write stores is its number in the file. A hart is
 * stopped once its trace is over; the run passes when all are.
 *
 * In one order (format `order`), a hart makes its access when the one before it in the file has been performed (its
 * store buffer is then empty, too), from the next cycle on; until then it is idle. Accesses of a hart that has died are
 * passed over.
 *
 * Formats, one line per access, `label value`; hexadecimal numbers may begin with 0x:
 *
 *     din       0 read, 1 write, 2 fetch; a hexadecimal address; the rest of the line is a comment (Dinero III and IV,
 *               M. D. Hill and J. Edler). Labels 3 and 4, escape records, are refused. Suffix .din
 *     smpcache  0 fetch, 2 read, 3 write; a hexadecimal address (Getting Started with SMPCache 2.0, section 4, "Trace
 *               Files", M. A. Vega-Rodriguez, University of Extremadura). Suffixes .prg and .trc
 *     parsec    0 load, 1 store, each with a hexadecimal address; 2 other instructions, with the number of cycles that
 *               they take, hexadecimal with 0x (the PARSEC traces of courses on multi-core architecture). Suffix .data
 *
 * and, of all harts in one file, a line an access, `cpu r|w address`; # begins a comment:
 *
 *     order      played in the order of the file, one access after the other. Suffix .order
 *     order-bus  each hart plays its own lines in their order; whose comes first the bus decides
 *
 * Addresses are folded into RAM: modulo the largest power of two that fits into its size. Line, set and offset stay
 * what they were, and so does an address in RAM of up to 2 GiB. With 4 GiB, no two 32-bit addresses coincide. Pages of
 * 4 KiB that do are not an error, but are counted.
 */
#ifndef HB_SIM_MEM_TRACE_H
#define HB_SIM_MEM_TRACE_H

#include <stdbool.h>
#include <stdint.h>

#include "bus/config.h"
#include "sim/base/error.h"

enum hb_mem_format {
    HB_MEM_FORMAT_BY_SUFFIX,
    HB_MEM_FORMAT_DIN,
    HB_MEM_FORMAT_SMPCACHE,
    HB_MEM_FORMAT_PARSEC,
    HB_MEM_FORMAT_ORDER,
    HB_MEM_FORMAT_ORDER_BUS
};

enum hb_mem_kind { HB_MEM_READ, HB_MEM_WRITE, HB_MEM_FETCH, HB_MEM_COMPUTE, HB_MEM_KINDS };

/* A line of a file, packed: the kind in the low 2 bits; above them, the offset of the word in RAM, or the cycles. */
static inline enum hb_mem_kind hb_mem_kind_of(uint64_t record) {
    return (enum hb_mem_kind)(record & 3);
}
static inline uint64_t hb_mem_value_of(uint64_t record) {
    return record >> 2;
}
static inline uint64_t hb_mem_record(enum hb_mem_kind kind, uint64_t value) {
    return value << 2 | (uint64_t)kind;
}

struct hb_mem_file {
    uint64_t *record;
    uint64_t records, capacity;
};

struct hb_mem_trace {
    uint32_t files;                          /* with one for all: of harts up to the last that it names */
    struct hb_mem_file file[HB_HARTS_LIMIT]; /* of hart 0, 1, ... */
    uint8_t *order;                          /* whose access comes next, and next, ...; NULL: in no order */
    uint64_t ordered, order_capacity;        /* how many accesses */
    uint64_t pages;                          /* of RAM, 4 KiB each, that are touched */
    uint64_t pages_shared;                   /* of these, those that hold more than one page of the traces */
};

/* Where a hart is in its file. */
struct hb_mem_player {
    uint64_t next;
    uint64_t computed_cycles; /* of the computation in progress */
    uint64_t drains;          /* 1: in an order, its last access still waits for its store buffer */
};

/* Where all are; in the arena. */
struct hb_mem_play {
    uint64_t place; /* in the order: the access that comes next, or is being made */
    struct hb_mem_player player[HB_HARTS_LIMIT];
};

/* Read `n` files (1 to HB_HARTS_LIMIT; in an order 1), each whole. NULL: `error` names the file and its line. */
struct hb_mem_trace *hb_mem_trace_read(const char *const *paths, uint32_t n, enum hb_mem_format format,
                                       uint64_t ram_bytes, struct hb_error *error);
void hb_mem_trace_free(struct hb_mem_trace *trace);

/* "din", "smpcache", "parsec", "order", "order-bus". False: it is none of them. */
bool hb_mem_format_find(const char *name, enum hb_mem_format *format);

/* Of all that it holds: who goes on from a snapshot must have the same files. */
uint64_t hb_mem_trace_hash(const struct hb_mem_trace *trace);

/* The offset in RAM of what a trace calls `address`. */
uint64_t hb_mem_fold(uint64_t address, uint64_t ram_bytes);

struct hb_machine;

/* Prepare a machine with config.mem_trace: harts that have no file are stopped. */
void hb_mem_trace_begin(struct hb_machine *machine);

/* False: no run leads to these places in these files. */
bool hb_mem_play_is_sound(const struct hb_mem_play *play, const struct hb_mem_trace *trace);

/* As hb_lockstep_run(), for traces. */
void hb_mem_trace_run(struct hb_machine *machine, uint64_t until);

#endif
