/* Snapshots of the machine with what the dashboard had shown by then, so that every earlier cycle can be reached: back
 * to the keyframe before it, then forward. */
#ifndef HB_DASHBOARD_KEYFRAMES_H
#define HB_DASHBOARD_KEYFRAMES_H

#include "ui/dashboard/model/eventlog.h"
#include "ui/dashboard/model/session.h"
#include "ui/dashboard/model/story.h"

#define HB_KEYFRAMES 16

/* What the dashboard shows besides the machine's state, at one cycle. */
struct hb_past {
    struct hb_eventlog log;
    struct hb_story story;
    float work_before;       /* useful work per cycle before the first fault; 0: none */
    uint64_t workers_before; /* the CPUs that did it, as bits */
    uint64_t fault_cycle;
};

struct hb_keyframe {
    uint64_t cycle;
    void *snapshot;
    struct hb_past past;
};

struct hb_keyframes {
    uint32_t count; /* in order of cycles; the first is the start and stays */
    struct hb_keyframe frame[HB_KEYFRAMES];
};

/* Adds one of the present machine; the oldest but the first goes when there is no room. Does nothing when the session
 * cannot take a snapshot. */
void hb_keyframes_add(struct hb_keyframes *frames, struct hb_session *session, const struct hb_past *past);

/* The latest that is not after `cycle`, or NULL. */
const struct hb_keyframe *hb_keyframes_before(const struct hb_keyframes *frames, uint64_t cycle);

/* Forgets those after `cycle`. */
void hb_keyframes_truncate(struct hb_keyframes *frames, struct hb_session *session, uint64_t cycle);

/* Forgets all. */
void hb_keyframes_clear(struct hb_keyframes *frames, struct hb_session *session);

#endif
