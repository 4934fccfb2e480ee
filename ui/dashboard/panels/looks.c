#include "ui/dashboard/panels/widgets.h"

static const struct hb_look state_looks[] = {
    [HB_VIEW_RUNNING] = {"RUNNING", HB_SHAPE_PLAY, HB_TONE_GOOD},
    [HB_VIEW_STALLED] = {"STALLED", HB_SHAPE_HOURGLASS, HB_TONE_BUSY},
    [HB_VIEW_IDLE] = {"IDLE", HB_SHAPE_RING, HB_TONE_NEUTRAL},
    [HB_VIEW_SPINS] = {"SPINS", HB_SHAPE_LOCK, HB_TONE_WARN},
    [HB_VIEW_STOPPED] = {"STOPPED", HB_SHAPE_SQUARE, HB_TONE_NEUTRAL},
    [HB_VIEW_FENCED] = {"FENCED", HB_SHAPE_NO_ENTRY, HB_TONE_BAD},
    [HB_VIEW_DEAD] = {"DEAD", HB_SHAPE_CROSS, HB_TONE_BAD},
};

static const struct hb_look icon_looks[] = {
    [HB_ICON_INFO] = {"info", HB_SHAPE_CIRCLE, HB_TONE_INFO},
    [HB_ICON_DONE] = {"done", HB_SHAPE_CHECK, HB_TONE_GOOD},
    [HB_ICON_MOVE] = {"move", HB_SHAPE_ARROW, HB_TONE_INFO},
    [HB_ICON_KILL] = {"kill", HB_SHAPE_BOLT, HB_TONE_WARN},
    [HB_ICON_SUSPECT] = {"suspect", HB_SHAPE_EYE, HB_TONE_BUSY},
    [HB_ICON_FENCE] = {"fence", HB_SHAPE_NO_ENTRY, HB_TONE_WARN},
    [HB_ICON_LOCK] = {"lock", HB_SHAPE_LOCK, HB_TONE_INFO},
    [HB_ICON_RECOVER] = {"recover", HB_SHAPE_UNDO, HB_TONE_INFO},
    [HB_ICON_WORK] = {"work", HB_SHAPE_PLAY, HB_TONE_GOOD},
    [HB_ICON_LOST] = {"lost", HB_SHAPE_CROSS, HB_TONE_BAD},
};

const struct hb_look *hb_state_look(enum hb_view_state state) {
    return &state_looks[state];
}

const struct hb_look *hb_icon_look(enum hb_view_icon icon) {
    return &icon_looks[icon];
}
