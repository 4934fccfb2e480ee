/* When a race stands, and what of it is not to be seen yet. */
#ifndef HB_DASHBOARD_RACE_CLOCK_H
#define HB_DASHBOARD_RACE_CLOCK_H

#include "ui/dashboard/model/view.h"
#include "ui/dashboard/panels/ui_state.h"

/* A lesson asks, and its answer is not shown: no picture may give it away. */
bool hb_race_is_asked(const struct hb_ui_state *ui);

/* The cycle at which the race stands: the machine's; once that has ended, the end of all; and while a lesson asks, the
 * start. */
uint64_t hb_race_clock(const struct hb_view *view, const struct hb_ui_state *ui);

/* Whether a lane has everything done by that cycle. */
bool hb_race_is_in(const struct hb_race_lane *lane, uint64_t clock);

/* The place in which a lane has come in by that cycle, from 1; 0: it has not, or one that is still worked out may be
 * before it. */
uint32_t hb_race_rank(const struct hb_race *race, uint32_t lane, uint64_t clock);

/* What part of its work a lane has done by that cycle, 0 to 1; negative: nobody knows yet. Of a few long tasks what
 * they have executed counts, of more those that are done. */
double hb_race_share(const struct hb_race_lane *lane, uint64_t cycle);

#endif
