/* A hart that spins: it waits for a word to change, in a loop of a load, or of an atomic that stores what is there
 * already, of fences, operations of registers and a branch back, and each round leaves it as the one before. Nobody but
 * a snoop that takes the word's line (of an atomic, its ownership) or a line of the loop, or an event, can end that, so
 * it has no turns until then: its rounds are added up when somebody wants to know where it is. It is behind the
 * machine's time for so long, never ahead of it. */
#ifndef HB_CPU_AHEAD_SPIN_H
#define HB_CPU_AHEAD_SPIN_H

#include "cpu/hart/checkpoint.h"

/* Has the instruction before pc been the load or the atomic of such a loop, and will the next round be the same? */
bool hb_ahead_spins(struct hb_core *core);

/* Then: the hart has no turn before cycle `until`, or hb_ahead_catch_up(). */
void hb_ahead_begin_spinning(struct hb_core *core, uint64_t until);

/* Every round that it has gone before cycle `to`; the one that it has begun then is left to the caller. It spins no
 * longer. */
void hb_ahead_catch_up(struct hb_core *core, uint64_t to);

/* Does a snoop of `line` concern its loop? `keeps`: the snoop leaves its copy as it is, but it may own it no longer. */
static inline bool hb_ahead_spins_in(const struct hb_ahead *ahead, const struct hb_line *line, bool keeps) {
    const bool data = line == ahead->spin_data, code = line == ahead->spin_code[0] || line == ahead->spin_code[1];
    return keeps ? data && ahead->spin_writes : data || code;
}

#endif
