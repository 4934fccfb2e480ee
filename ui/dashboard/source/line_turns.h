/* What last happened to a line: how it went from state to state in every cache, and because of which transaction. It is
 * followed while the scene of the lines is open, for those lines that the bus carries most. */
#ifndef HB_DASHBOARD_LINE_TURNS_H
#define HB_DASHBOARD_LINE_TURNS_H

#include "sim/observe/watcher.h"
#include "ui/dashboard/model/view_scenes.h"

#define HB_LINES_SEEN   256 /* of all lines: the one with the fewest transactions makes room */
#define HB_LINES_CHAINS 512 /* in which they are found: a power of two */
#define HB_LINES_NONE   UINT16_MAX

struct hb_line_seen {
    uint64_t address, transactions;
    uint64_t cause; /* of the turn: equal for all that one transaction brings about */
    struct hb_view_turn turn;
    uint16_t next; /* in its chain */
};

struct hb_line_turns {
    struct hb_watcher watcher;
    bool on; /* it is on the machine's list */
    uint64_t since_cycle;
    uint32_t lines;
    struct hb_line_seen line[HB_LINES_SEEN];
    uint16_t chain[HB_LINES_CHAINS]; /* the first of each; HB_LINES_NONE: it is empty */
    uint64_t least;                  /* none has fewer transactions ... */
    uint32_t hand;                   /* ... and those before this one have more */
};

/* Forget everything; from `cycle` on it is counted anew. */
void hb_line_turns_reset(struct hb_line_turns *turns, uint64_t cycle);

/* Make the watcher, which is on no list yet. */
void hb_line_turns_begin(struct hb_line_turns *turns);

/* What was seen of the line at this address; NULL: nothing. */
const struct hb_line_seen *hb_line_turns_find(const struct hb_line_turns *turns, uint64_t address);

#endif
