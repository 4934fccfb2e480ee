/* Snapshots of the machine with what the dashboard had shown by then, spaced evenly over the run, so that every cycle
 * that was reached can be gone to: to the keyframe before it, then forward.
 *
 *     hb_keyframes_begin(&frames, HB_KEYFRAMES_BYTES);
 *     hb_keyframes_offer(&frames, session, &past);     // whenever the cycle is a multiple of frames.interval
 *     frame = hb_keyframes_before(&frames, cycle);
 *
 * They stay when the machine goes back: the same past lies ahead of it. hb_keyframes_truncate() forgets a future that
 * will not come. When their memory is used up every second one goes, and the interval doubles. */
#ifndef HB_DASHBOARD_KEYFRAMES_H
#define HB_DASHBOARD_KEYFRAMES_H

#include "ui/dashboard/model/eventlog.h"
#include "ui/dashboard/model/session.h"
#include "ui/dashboard/model/story.h"

#define HB_KEYFRAMES_BYTES    (400ull << 20) /* for all of them */
#define HB_KEYFRAMES_INTERVAL (1u << 17)     /* cycles, at first: a power of two */

/* What the dashboard shows besides the machine's state, at one cycle. */
struct hb_past {
    struct hb_eventlog log;
    struct hb_story story;
    struct hb_view_moves moves;
    float work_before;       /* useful work per cycle before the first fault; 0: none */
    uint64_t workers_before; /* the CPUs that did it, as bits */
    uint64_t fault_cycle;    /* of the last death */
    uint64_t struck_cycle;   /* of the last fault of any model */
    uint64_t happened;       /* events so far */
};

struct hb_keyframe {
    uint64_t cycle;
    void *snapshot;
    struct hb_past past;
};

struct hb_keyframes {
    uint32_t count, capacity;
    uint64_t interval;         /* cycles between two */
    uint64_t bytes;            /* that they may take */
    struct hb_keyframe *frame; /* in order of cycles; the first is the start and stays */
};

/* None yet, with this much memory to use. */
void hb_keyframes_begin(struct hb_keyframes *frames, uint64_t bytes);

/* Adds one of the present machine unless there is one of its cycle. Does nothing when the session cannot take a
 * snapshot, or without memory. */
void hb_keyframes_offer(struct hb_keyframes *frames, struct hb_session *session, const struct hb_past *past);

/* The latest that is not after `cycle`, or NULL. It stays where it is until the next is added. */
const struct hb_keyframe *hb_keyframes_before(const struct hb_keyframes *frames, uint64_t cycle);

/* Forgets those after `cycle`. */
void hb_keyframes_truncate(struct hb_keyframes *frames, struct hb_session *session, uint64_t cycle);

/* Forgets all. */
void hb_keyframes_clear(struct hb_keyframes *frames, struct hb_session *session);

#endif
