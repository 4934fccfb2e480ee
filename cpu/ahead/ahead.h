/* Running a hart ahead of the machine's time, and taking it back.
 *
 * A hart whose instructions hit its own L1s depends on nobody, so it may run alone for as long as it does; whatever
 * needs more (a miss, a CSR, an atomic, a trap, a device) it leaves for its own cycle. Another hart can reach it only
 * by a snoop. If a snoop of cycle s finds that the hart has touched the line at s or later in a way that would have
 * gone otherwise, the hart is taken back to its checkpoint and runs again up to s.
 *
 *     hb_ahead_turn(core, now, horizon)   the turn of cycle `now`, then as far ahead as it can, or it spins (spin.h)
 *     hb_ahead_back(core, to)             as if it had done nothing in cycle `to` and later
 *     hb_ahead_touched(line, now, keeps)  would a snoop of this line come too late?
 *
 * What a private instruction changes is little: integer and floating-point registers, the pc, the clock, counters; its
 * lines' bytes, stamps, and E to M. The checkpoint holds the first kind, logs the second. Everything before a turn of
 * the machine's own time is final, so the checkpoint is made there and nothing ever goes back further.
 */
#ifndef HB_CPU_AHEAD_H
#define HB_CPU_AHEAD_H

#include "cpu/hart/checkpoint.h"

/* The turn of cycle `now`, as hb_core_turn(), and then as many turns before cycle `horizon` as need nobody else.
 * hart->ready_at is when it needs somebody, or the end of its quantum. Before cycle `alone` no other hart has a turn,
 * nothing else is due, and the bus is free: a miss that is done by then is settled at once. 0: that is not so. */
void hb_ahead_turn(struct hb_core *core, uint64_t now, uint64_t horizon, uint64_t alone);

/* Undo its turns in cycle `to` and later. `to` must not lie before the last hb_ahead_turn(). What it has done before
 * `to` is final from here on. False: there were none. */
bool hb_ahead_back(struct hb_core *core, uint64_t to);

/* May the hart have executed a turn at `now` or later? If not after all, going back changes nothing. Or it spins, and
 * how far it has got must be worked out. */
static inline bool hb_ahead_is(const struct hb_core *core, uint64_t now) {
    const struct hb_ahead *ahead = core->ahead;
    return ahead->active && (ahead->spins || ahead->last_stamp >> 4 >= now);
}

/* Must the hart go back before a snoop of `line` in cycle `now`? `keeps`: the snoop leaves its copy as it is. */
static inline bool hb_ahead_touched(const struct hb_line *line, uint64_t now, bool keeps) {
    return line->last_write >> 4 >= now || (!keeps && line->last_read >> 4 >= now);
}

#endif
