/* The story of the last fault: the stage it has reached, and the two lines that the narration shows.
 *
 * Plain data; fed with events and with the passing of cycles. */
#ifndef HB_DASHBOARD_STORY_H
#define HB_DASHBOARD_STORY_H

#include "ui/dashboard/model/session.h"
#include "ui/dashboard/model/view.h"

struct hb_story {
    struct hb_view_story shown; /* without its sentences */
    struct hb_happening last[HB_STAGES];
    struct hb_happening ailing; /* the last fault that killed nobody, while it lasts; cycle 0: there is none */
    uint64_t ailing_by_cycle;   /* a watcher would have noticed that by then */
    uint64_t notice_by_cycle;   /* ... and the one that is told by then */
};

/* How long fence, recovery and the first work may take after the suspicion is due; then the story ends as it is. */
#define HB_STORY_RECOVERY_CYCLES 800000

/* How many cycles after a death a watcher must have noticed it: timeout and check period, with half as much again. */
uint64_t hb_story_notice_cycles(const struct hb_view_machine *machine);

/* Reports an event to the story: a kill begins a new one, and so does the suspicion of a CPU that hangs or is slow. One
 * that hangs and is not suspected in time begins one, too (hb_story_pass). */
void hb_story_event(struct hb_story *story, const struct hb_view_machine *machine, const struct hb_happening *event);

/* Reports that it is `cycle` now. */
void hb_story_pass(struct hb_story *story, uint64_t cycle);

/* Says in its place that work in progress is still being looked for. */
void hb_story_searching(struct hb_view *view);

/* Fills view->story, with sentence and reason, from the story and from the view's status, end and harts
 * (story_tell.c). */
void hb_story_view(const struct hb_story *story, struct hb_view *view);

#endif
