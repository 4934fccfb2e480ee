#include "ui/dashboard/dashboard.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ui/dashboard/app/app.h"
#include "ui/dashboard/sdl/picture.h"
#include "ui/dashboard/sdl/window.h"

#define WIDTH  1600
#define HEIGHT 900

struct failure {
    char *error;
    size_t bytes;
};

static bool replay(struct hb_app *app, const char *path, struct failure failure) {
    char line[256];
    FILE *in = fopen(path, "r");
    if (in == NULL) {
        snprintf(failure.error, failure.bytes, "%s: cannot be read", path);
        return false;
    }
    for (int number = 1; fgets(line, sizeof line, in) != NULL; number++) {
        bool says_nothing = line[0] == '#' || line[strspn(line, " \t\r\n")] == '\0';
        if (!says_nothing && !hb_app_replay_line(app, line)) {
            snprintf(failure.error, failure.bytes, "%s: line %d is no command (\"@CYCLE COMMAND\")", path, number);
            (void)fclose(in); /* only read */
            return false;
        }
    }
    (void)fclose(in);
    return true;
}

/* What window and picture have in common: opens the app as the options say. */
static bool open_app(struct hb_app *app, struct hb_session *session, const struct hb_metrics *metrics,
                     const struct hb_dashboard_options *options, struct failure failure) {
    if (!hb_app_open(app, session, metrics)) {
        snprintf(failure.error, failure.bytes, "no memory for the dashboard");
        return false;
    }
    if (options->dark)
        app->ui.theme = &hb_theme_dark;
    if (options->replay_path != NULL && !replay(app, options->replay_path, failure))
        return false;
    if (options->log_path != NULL && (app->log = fopen(options->log_path, "w")) == NULL) {
        snprintf(failure.error, failure.bytes, "%s: cannot be written", options->log_path);
        return false;
    }
    return true;
}

static void close_app(struct hb_app *app) {
    if (app->log != NULL)
        (void)fclose(app->log); /* flushed after every line */
    hb_app_close(app);
}

static bool shoot(struct hb_app *app, const struct hb_dashboard_options *options, struct hb_picture *picture,
                  struct failure failure) {
    if (options->shot_panel != HB_PANEL_NONE && options->shot_panel < HB_PANELS)
        app->ui.maximised = options->shot_panel;
    app->ui.playing = options->shot_cycle == 0;
    if (options->shot_cycle != 0) {
        hb_app_seek(app, options->shot_cycle);
        app->ui.playing = true;
    }
    hb_app_draw(app, options->width, options->height);
    hb_picture_paint(picture, &app->list);
    return hb_picture_save(picture->surface, options->shot_path, failure.error, failure.bytes);
}

static bool run_picture(struct hb_app *app, struct hb_session *session, const struct hb_dashboard_options *options,
                        int text_px, struct failure failure) {
    struct hb_picture picture;
    if (!hb_picture_open(&picture, options->width, options->height, text_px, failure.error, failure.bytes))
        return false;
    bool done = open_app(app, session, hb_picture_metrics(&picture), options, failure) &&
                shoot(app, options, &picture, failure);
    close_app(app);
    hb_picture_close(&picture);
    return done;
}

static bool run_window(struct hb_app *app, struct hb_session *session, const struct hb_dashboard_options *options,
                       int text_px, struct failure failure) {
    struct hb_window window;
    bool done = hb_window_open(&window, options->width, options->height, text_px, failure.error, failure.bytes) &&
                open_app(app, session, &window.gfx->text.metrics, options, failure);
    window.describe_path = options->describe_path;
    while (done && hb_window_loop_once(&window, app)) {
    }
    close_app(app);
    hb_window_close(&window);
    return done;
}

int hb_dashboard_run(struct hb_session *session, const struct hb_dashboard_options *options, char *error,
                     size_t error_bytes) {
    struct hb_dashboard_options chosen = *options;
    struct failure failure = {error, error_bytes};
    struct hb_app *app = calloc(1, sizeof *app);
    int text_px = options->large ? HB_TEXT_PX_LARGE : HB_TEXT_PX_START;
    if (app == NULL) {
        snprintf(error, error_bytes, "no memory for the dashboard");
        return 4;
    }
    app->session = session;
    chosen.width = options->width > 0 ? options->width : WIDTH;
    chosen.height = options->height > 0 ? options->height : HEIGHT;
    bool done = options->shot_path != NULL ? run_picture(app, session, &chosen, text_px, failure)
                                           : run_window(app, session, &chosen, text_px, failure);
    free(app);
    return done ? 0 : 2;
}
