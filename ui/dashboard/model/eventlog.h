/* The list of events as it is shown: newest last, bounded, with routine events of one kind gathered in one line.
 *
 * Plain data: a keyframe keeps a copy, so that going back in time takes the list along. */
#ifndef HB_DASHBOARD_EVENTLOG_H
#define HB_DASHBOARD_EVENTLOG_H

#include "ui/dashboard/model/session.h"
#include "ui/dashboard/model/view.h"

struct hb_eventlog_entry {
    struct hb_happening last;
    uint64_t count; /* of routine events gathered here */
};

struct hb_eventlog {
    uint32_t count;
    struct hb_eventlog_entry entry[HB_VIEW_EVENTS];
};

/* Adds an event, unless it is of a kind that is not listed; the oldest entry goes when there is no room. */
void hb_eventlog_add(struct hb_eventlog *log, const struct hb_happening *event);

/* Fills events and event[] of the view. */
void hb_eventlog_view(const struct hb_eventlog *log, struct hb_view *view);

#endif
