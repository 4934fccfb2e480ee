#include "ui/dashboard/model/keyframes.h"

#include <stdlib.h>
#include <string.h>

void hb_keyframes_begin(struct hb_keyframes *frames, uint64_t bytes) {
    *frames = (struct hb_keyframes){.interval = HB_KEYFRAMES_INTERVAL, .bytes = bytes};
}

/* How many there are up to and including `cycle`. */
static uint32_t count_to(const struct hb_keyframes *frames, uint64_t cycle) {
    uint32_t low = 0, high = frames->count;
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        if (frames->frame[middle].cycle <= cycle)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static bool make_room(struct hb_keyframes *frames) {
    if (frames->count < frames->capacity)
        return true;
    uint32_t capacity = frames->capacity == 0 ? 64 : 2 * frames->capacity;
    struct hb_keyframe *frame = realloc(frames->frame, capacity * sizeof *frame);
    if (frame == NULL)
        return false;
    frames->frame = frame;
    frames->capacity = capacity;
    return true;
}

/* Doubles the interval and drops what no longer lies on it, but for the start. */
static void thin(struct hb_keyframes *frames, struct hb_session *session) {
    uint32_t kept = 1;
    frames->interval *= 2;
    for (uint32_t i = 1; i < frames->count; i++)
        if (frames->frame[i].cycle % frames->interval == 0)
            frames->frame[kept++] = frames->frame[i];
        else
            session->ops->release(session->self, frames->frame[i].snapshot);
    frames->count = kept;
}

static bool too_many(const struct hb_keyframes *frames, struct hb_session *session) {
    uint64_t bytes = session->ops->snapshots_bytes(session->self) + frames->count * sizeof frames->frame[0];
    return frames->count > 2 && bytes > frames->bytes;
}

void hb_keyframes_offer(struct hb_keyframes *frames, struct hb_session *session, const struct hb_past *past) {
    uint64_t cycle = session->ops->cycle(session->self);
    uint32_t at = count_to(frames, cycle);
    if ((at > 0 && frames->frame[at - 1].cycle == cycle) || !make_room(frames))
        return;
    void *snapshot = session->ops->snapshot(session->self);
    if (snapshot == NULL)
        return;
    memmove(&frames->frame[at + 1], &frames->frame[at], (frames->count - at) * sizeof frames->frame[0]);
    frames->frame[at] = (struct hb_keyframe){cycle, snapshot, *past};
    frames->count++;
    while (too_many(frames, session))
        thin(frames, session);
}

const struct hb_keyframe *hb_keyframes_before(const struct hb_keyframes *frames, uint64_t cycle) {
    uint32_t count = count_to(frames, cycle);
    return count == 0 ? NULL : &frames->frame[count - 1];
}

void hb_keyframes_truncate(struct hb_keyframes *frames, struct hb_session *session, uint64_t cycle) {
    while (frames->count > 0 && frames->frame[frames->count - 1].cycle > cycle)
        session->ops->release(session->self, frames->frame[--frames->count].snapshot);
}

void hb_keyframes_clear(struct hb_keyframes *frames, struct hb_session *session) {
    while (frames->count > 0)
        session->ops->release(session->self, frames->frame[--frames->count].snapshot);
    free(frames->frame);
    frames->frame = NULL;
    frames->capacity = 0;
}
