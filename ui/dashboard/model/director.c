#include "ui/dashboard/model/director.h"

#include <string.h>

#include "ui/dashboard/model/story.h"

#define LOOK_AHEAD_STEP_CYCLES 4096

/* Seconds that end with each stage: silence, suspicion, fence, recovery. */
static const double stage_seconds[HB_STAGES] = {0, 2.4, 1.2, 1.2, 1.2};

/* Notes the stages among the waiting events; true when the last stage is reached. */
static bool note_stages(struct hb_story *story, struct hb_session *session, const struct hb_view_machine *machine) {
    struct hb_happening events[64];
    size_t count;
    while ((count = session->ops->events(session->self, events, sizeof events / sizeof *events)) > 0) {
        for (size_t i = 0; i < count; i++)
            if (events[i].kind != HB_HAPPENED_KILLED)
                hb_story_event(story, machine, &events[i]);
    }
    return story->shown.kind == HB_STORY_SETTLED;
}

void hb_director_plan(struct hb_director *director, struct hb_session *session, const struct hb_view_machine *machine,
                      uint32_t hart) {
    uint64_t start = session->ops->cycle(session->self), cycle = start;
    uint64_t limit = start + hb_story_notice_cycles(machine) + HB_STORY_RECOVERY_CYCLES;
    struct hb_happening death = {.cycle = start, .kind = HB_HAPPENED_KILLED, .hart = (uint8_t)hart, .task = -1};
    struct hb_story story = {0};
    void *snapshot = session->ops->snapshot(session->self);
    *director = (struct hb_director){0};
    if (snapshot == NULL)
        return;
    hb_story_event(&story, machine, &death);
    enum hb_view_status status = HB_VIEW_GOING;
    while (cycle < limit && status == HB_VIEW_GOING && !note_stages(&story, session, machine)) {
        cycle += LOOK_AHEAD_STEP_CYCLES;
        status = session->ops->run_to(session->self, cycle);
        if (story.shown.stage == HB_STAGE_KILLED && cycle > story.notice_by_cycle)
            break;
    }
    session->ops->restore(session->self, snapshot);
    session->ops->release(session->self, snapshot);
    memcpy(director->cycle, story.shown.cycle, sizeof director->cycle);
    director->active = story.shown.stage > HB_STAGE_KILLED;
}

double hb_director_speed(struct hb_director *director, uint64_t cycle, uint64_t *until) {
    for (int stage = HB_STAGE_SUSPECTED; director->active && stage < HB_STAGES; stage++) {
        uint64_t end = director->cycle[stage] + 1; /* the stage is narrated once its cycle has passed */
        if (director->cycle[stage] != 0 && cycle < end) {
            *until = end;
            return (double)(end - director->cycle[stage - 1]) / stage_seconds[stage];
        }
    }
    director->active = false;
    return 0;
}
