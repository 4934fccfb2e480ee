#include "ui/dashboard/model/keyframes.h"

#include <string.h>

void hb_keyframes_add(struct hb_keyframes *frames, struct hb_session *session, const struct hb_past *past) {
    void *snapshot = session->ops->snapshot(session->self);
    if (snapshot == NULL)
        return;
    if (frames->count == HB_KEYFRAMES) {
        session->ops->release(session->self, frames->frame[1].snapshot);
        memmove(&frames->frame[1], &frames->frame[2], (HB_KEYFRAMES - 2) * sizeof frames->frame[0]);
        frames->count--;
    }
    frames->frame[frames->count++] = (struct hb_keyframe){session->ops->cycle(session->self), snapshot, *past};
}

const struct hb_keyframe *hb_keyframes_before(const struct hb_keyframes *frames, uint64_t cycle) {
    for (uint32_t i = frames->count; i-- > 0;)
        if (frames->frame[i].cycle <= cycle)
            return &frames->frame[i];
    return NULL;
}

void hb_keyframes_truncate(struct hb_keyframes *frames, struct hb_session *session, uint64_t cycle) {
    while (frames->count > 0 && frames->frame[frames->count - 1].cycle > cycle)
        session->ops->release(session->self, frames->frame[--frames->count].snapshot);
}

void hb_keyframes_clear(struct hb_keyframes *frames, struct hb_session *session) {
    while (frames->count > 0)
        session->ops->release(session->self, frames->frame[--frames->count].snapshot);
}
