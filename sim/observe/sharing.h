/* What became of one line of memory, and what that means: is it falsely shared, truly shared, contended, or simply too
 * much for a cache? Explained in a sentence, from counts alone. The largest class of the line's misses comes first,
 * whatever else there is to say.
 *
 * A line is called falsely shared when harts took copies from each other (or updated them) and
 *
 *     no hart has written a byte that another has touched, or
 *     more of its misses were of false than of true sharing (sim/observe/misses.h): who fills the line with zeros at
 * the start     does not hide what comes after, or
 *     copies received updates and not one was ever read.
 *
 * Pure functions: they know no machine.
 */
#ifndef HB_SIM_SHARING_H
#define HB_SIM_SHARING_H

#include <stdbool.h>
#include <stdint.h>

#include "bus/protocol/protocol.h"
#include "memory/source.h"
#include "sim/base/byte_set.h"
#include "sim/observe/lines.h"
#include "sim/observe/misses.h"

#define HB_SHARING_WHY_BYTES    600
#define HB_SHARING_SYMBOL_BYTES 80

/* A hart's part in it. */
struct hb_line_hart {
    uint32_t hart;
    struct hb_byte_set read, written;
    uint64_t transactions;
    char uses[HB_SOURCE_NAME_BYTES];      /* "counter[1]": what its bytes hold; empty: not known */
    char symbol[HB_SHARING_SYMBOL_BYTES]; /* where most of its transactions came from: "add+0x1c"; empty: not known */
    char source[HB_SOURCE_BYTES];         /* ... "counter.c:17" */
};

struct hb_line_result {
    uint64_t address;
    char symbol[HB_SHARING_SYMBOL_BYTES]; /* of what it holds */
    char source[HB_SOURCE_BYTES];         /* where that is declared; for code, its source line */
    uint64_t transactions[HB_TXNS];
    uint64_t all_transactions;
    uint64_t taken[HB_TAKERS];
    uint64_t updates, interventions, reservations_lost, device_writes;
    uint64_t updates_used;      /* times that an access found what an update had brought */
    uint64_t misses[HB_MISSES]; /* of all L1s */
    uint32_t harts;             /* that touched it or asked for it */
    struct hb_line_hart *hart;  /* in their order */
    bool false_sharing;
    char why[HB_SHARING_WHY_BYTES]; /* a sentence without a full stop */
};

/* Fill in false_sharing and why from the rest. */
void hb_sharing_judge(struct hb_line_result *line);

/* "0-7, 16": the bytes of a set as ranges. */
void hb_byte_set_text(const struct hb_byte_set *set, char *text, uint32_t n);

#endif
