/* Steps: to where something that is counted changes, forward and back. What is counted never becomes less, so that the
 * place of a change is found by halving the way to it. */
#include "ui/dashboard/app/app.h"

#define LIMIT_CYCLES 4000000 /* in which the next change is expected */
#define COARSE_STEP  4096
#define NARROWER     16

static uint64_t count(const struct hb_app *app, enum hb_command_kind what, uint32_t hart) {
    struct hb_counters counters;
    uint64_t sum = 0;
    if (what == HB_COMMAND_STEP_CYCLE)
        return hb_app_cycle(app);
    if (what == HB_COMMAND_STEP_EVENT)
        return app->past.happened;
    app->session->ops->counters(app->session->self, &counters);
    if (what == HB_COMMAND_STEP_INSTRUCTION)
        return counters.hart[hart].instructions;
    for (int i = 0; i < HB_VIEW_TYPES; i++)
        sum += counters.type[i];
    return sum;
}

static bool going(const struct hb_app *app) {
    return app->session->ops->status(app->session->self) == HB_VIEW_GOING;
}

/* Goes to the first cycle after `low` at which the count is `wanted`; it is less at `low`, and not less at `high`. */
static void narrow(struct hb_app *app, enum hb_command_kind what, uint32_t hart, uint64_t low, uint64_t high,
                   uint64_t wanted) {
    for (uint64_t step = COARSE_STEP; step > 0; step /= NARROWER) {
        hb_app_seek(app, low);
        while (hb_app_cycle(app) < high && count(app, what, hart) < wanted && going(app)) {
            uint64_t next = hb_app_cycle(app) + step;
            low = hb_app_cycle(app);
            hb_app_run_to(app, next < high ? next : high, step == 1);
        }
        high = hb_app_cycle(app);
    }
}

void hb_app_step(struct hb_app *app, enum hb_command_kind what, uint32_t hart) {
    uint64_t from = hb_app_cycle(app), before = count(app, what, hart), low = from, step = 1;
    while (count(app, what, hart) == before && going(app) && low < from + LIMIT_CYCLES) {
        low = hb_app_cycle(app);
        hb_app_run_to(app, low + step, step == 1);
        step = low > from + COARSE_STEP ? COARSE_STEP : 1;
    }
    if (count(app, what, hart) == before) {
        hb_app_seek(app, from);
        hb_app_notice(app, "Nothing of that kind comes soon.");
    } else if (step > 1) {
        narrow(app, what, hart, low, hb_app_cycle(app), before + 1);
    }
}

/* The last keyframe at which the count is below `wanted`; NULL: none is. */
static const struct hb_keyframe *frame_below(struct hb_app *app, enum hb_command_kind what, uint32_t hart,
                                             uint64_t wanted) {
    uint32_t low = 0, high = (uint32_t)(hb_keyframes_before(&app->frames, hb_app_cycle(app)) - app->frames.frame) + 1;
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        hb_app_restore(app, &app->frames.frame[middle]);
        if (count(app, what, hart) < wanted)
            low = middle + 1;
        else
            high = middle;
    }
    return low == 0 ? NULL : &app->frames.frame[low - 1];
}

void hb_app_step_back(struct hb_app *app, enum hb_command_kind what, uint32_t hart) {
    uint64_t from = hb_app_cycle(app);
    if (from <= app->frames.frame[0].cycle)
        return;
    hb_app_seek(app, from - 1);
    if (what == HB_COMMAND_STEP_CYCLE)
        return;
    uint64_t wanted = count(app, what, hart);
    const struct hb_keyframe *frame = frame_below(app, what, hart, wanted);
    if (frame == NULL) {
        hb_app_seek(app, from);
        hb_app_notice(app, "Nothing of that kind lies before.");
    } else {
        const bool last = frame + 1 == app->frames.frame + app->frames.count;
        const uint64_t next = last ? from - 1 : frame[1].cycle;
        narrow(app, what, hart, frame->cycle, next < from ? next : from - 1, wanted);
    }
}
