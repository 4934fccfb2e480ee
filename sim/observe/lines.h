/* What happened to each line of memory: bus transactions by type, copies lost and updated, and which bytes each hart
 * has touched, and from where in the program.
 *
 *     struct hb_lines *lines = hb_lines_new(line_bytes);
 *     hb_lines_touch(lines, hart, address, bytes, true, false);
 *     hb_lines_transaction(lines, line, HB_TXN_READ, hart, pc);
 *     uint32_t n = hb_lines_hottest(lines, hottest, 10);       // those with the most transactions
 *     hb_lines_free(lines);
 *
 * Belongs to the host. Running out of memory aborts.
 */
#ifndef HB_SIM_LINES_H
#define HB_SIM_LINES_H

#include <stdbool.h>
#include <stdint.h>

#include "bus/protocol/protocol.h"
#include "sim/base/byte_set.h"

#define HB_LINES_NOBODY UINT8_MAX /* not a hart: a device */
#define HB_LINE_PCS     4         /* places in the program remembered for each hart and line */

/* Who takes copies of a line away, so that its caches have none any more. */
enum hb_taker {
    HB_TAKER_OTHER,    /* an access of another hart */
    HB_TAKER_OWN,      /* a store of the same hart, from its own L1I */
    HB_TAKER_SOFTWARE, /* cbo.flush, cbo.inval */
    HB_TAKER_DEVICE,   /* DMA */
    HB_TAKERS
};

/* One hart's part in a line. */
struct hb_line_touch {
    struct hb_byte_set read, written; /* fetches read */
    uint64_t transactions;            /* that it asked for */
    /* Where its transactions came from, 0: unused. A new place replaces the one with the lowest count and takes over
     * its count, so frequent places stay (the space-saving algorithm of Metwally, Agrawal, El Abbadi, ICDT 2005). */
    uint64_t pc[HB_LINE_PCS];
    uint64_t times[HB_LINE_PCS];
    uint64_t buffered_pc; /* of its last store to the line that went into the store buffer */
    uint32_t next;        /* the next hart's of the same line */
    uint8_t hart;
};

struct hb_line_counts {
    uint64_t address;
    uint64_t transactions[HB_TXNS];
    uint64_t all_transactions;
    uint64_t taken[HB_TAKERS]; /* copies taken from L1s */
    uint64_t updates;          /* copies that received the bytes of another's store */
    uint64_t interventions;    /* times that a cache, and not memory, gave the line to a reader or writer */
    uint64_t reservations_lost;
    uint64_t device_writes;
    uint32_t first_touch;
};

struct hb_lines;

struct hb_lines *hb_lines_new(uint32_t line_bytes);
void hb_lines_free(struct hb_lines *lines);

/* The counts of the line that holds `address`, created if it is new. Valid until the next call with another line. */
struct hb_line_counts *hb_lines_at(struct hb_lines *lines, uint64_t address);

/* The hart has touched these bytes. */
void hb_lines_touch(struct hb_lines *lines, uint8_t hart, uint64_t address, uint32_t bytes, bool reads, bool writes);

/* A transaction has ended; the hart asked for it (or HB_LINES_NOBODY), with the instruction at `pc` (0: not of
 * interest). */
void hb_lines_transaction(struct hb_lines *lines, uint64_t line, enum hb_txn kind, uint8_t hart, uint64_t pc);

/* The instruction at `pc` has put a store to this line into the hart's store buffer; its later transaction, when it
 * drains, is attributed to that place. */
void hb_lines_buffered(struct hb_lines *lines, uint8_t hart, uint64_t address, uint64_t pc);
void hb_lines_drained(struct hb_lines *lines, uint64_t line, enum hb_txn kind, uint8_t hart);

/* The harts that have touched a line, in order: at most `most`. Returns how many. */
uint32_t hb_lines_touches(const struct hb_lines *lines, const struct hb_line_counts *line,
                          const struct hb_line_touch **touch, uint32_t most);

/* The `most` lines with the most transactions, the hottest first, the lower address first among equals. Returns how
 * many; lines without a transaction are left out. */
uint32_t hb_lines_hottest(const struct hb_lines *lines, const struct hb_line_counts **line, uint32_t most);

/* Copies taken away, by whomever. */
uint64_t hb_lines_invalidations(const uint64_t taken[HB_TAKERS]);

/* The place from which most of a hart's transactions came; 0: unknown. */
uint64_t hb_line_touch_pc(const struct hb_line_touch *touch);

#endif
