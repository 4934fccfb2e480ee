/* The race of the variants, which is run behind the window. */
#include "ui/dashboard/app/app.h"

bool hb_app_is_racing(const struct hb_app *app) {
    return app->race != NULL && app->race->begun && !app->race->over;
}

bool hb_app_race(struct hb_app *app, bool wait) {
    struct hb_error error;
    bool shown = app->ui.scene == HB_SCENE_RACE || app->ui.scene == HB_SCENE_SPEEDUP;
    if (app->race == NULL)
        return false;
    if (shown && !app->race->begun && !app->race->over && !hb_race_begin(app->race, &error)) {
        app->race->over = true; /* it is said once */
        hb_app_notice(app, error.text);
    }
    return hb_race_take(app->race, wait);
}
