/* The last tasks that went from one CPU to another, as the scene of the queues shows them. Plain data: a keyframe keeps
 * a copy. */
#ifndef HB_DASHBOARD_MOVES_H
#define HB_DASHBOARD_MOVES_H

#include "ui/dashboard/model/session.h"
#include "ui/dashboard/model/view.h"

/* Reports an event; only migrations and messages count. The oldest move goes when there is no room. */
void hb_moves_event(struct hb_view_moves *moves, const struct hb_happening *event);

#endif
