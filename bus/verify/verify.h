/* Exhaustive search: every state that caches, bus and memory can reach under a protocol, breadth first.
 *
 * Walks over bus/verify/model.h and checks that in every state at most one cache may write a line, and then no other
 * has it; that no access, code fetch or device reads anything but the newest; that the newest is always in memory, in a
 * copy that will be written back, or on its way; that an SC succeeds only if the line has not been written since its
 * LR; that cbo.clean and cbo.flush do what they promise; that every row that is needed exists; that whoever waits is
 * served (no deadlock); and that every cycle of moves completes some access (no livelock).
 *
 * The first state in which something fails is reached by as few moves as any: its story is a shortest one. A livelock
 * is reported as a shortest path to a state of the cycle and a shortest way round it. What can also be found without an
 * L2 that evicts lines is reported without one.
 *
 *     struct hb_verify_result result;
 *     hb_verify(&(struct hb_verify_options){.protocol = p, .caches = 2, .lines = 1}, &result);
 *     if (result.found != HB_FOUND_NOTHING) puts(result.story);
 *     hb_verify_free(&result);
 */
#ifndef HB_BUS_VERIFY_H
#define HB_BUS_VERIFY_H

#include <stdbool.h>
#include <stdint.h>

#include "bus/verify/model.h"

struct hb_verify_options {
    const struct hb_protocol *protocol;
    uint8_t caches; /* 1 .. HB_MODEL_CACHES_MAX */
    uint8_t lines;  /* 1 .. HB_MODEL_LINES_MAX */
    bool split;
    bool without_posts; /* requests are posted and granted in one move (bus/verify/model.h) */
    bool without_l2;
    bool names_count; /* as in struct hb_model, for comparisons with other searches */
    uint32_t left_out;
    uint32_t states_max; /* give up after this many; 0: as many as there is memory for */
};

struct hb_verify_result {
    uint8_t found;        /* enum hb_flaw_found */
    bool gave_up;         /* states_max, or the host's memory, was not enough */
    uint32_t states;      /* not counting renamed harts and lines */
    uint64_t transitions; /* moves out of them */
    uint32_t depth;       /* moves from the start to the farthest of them */
    uint32_t moves;       /* in the story; for a livelock, with one round of the cycle */
    struct hb_reach reach;
    char *story; /* NULL if nothing was found */
};

/* False: the host does not even have the memory to begin. */
bool hb_verify(const struct hb_verify_options *options, struct hb_verify_result *result);

void hb_verify_free(struct hb_verify_result *result);

/* Rows of `protocol` (of its L1Ds) that are defined and were not reached, as "S+BusUpgr, M+write"; returns how many. */
uint32_t hb_verify_unreached(const struct hb_protocol *protocol, const struct hb_reach *reach, char *text,
                             uint32_t size);

#endif
