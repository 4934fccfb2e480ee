#include "ui/dashboard/dashboard.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim/base/output.h"
#include "ui/dashboard/app/app.h"
#include "ui/dashboard/sdl/library.h"
#include "ui/dashboard/sdl/notes_window.h"
#include "ui/dashboard/sdl/picture.h"
#include "ui/dashboard/sdl/window.h"

#define WIDTH  1600
#define HEIGHT 900

/* What window and picture have in common. */
struct show {
    struct hb_app *app;
    struct hb_session *session;
    const struct hb_dashboard_options *options;
    struct hb_output log;
    struct hb_error *error;
};

/* The whole file, for the log may be the one that is replayed; to be freed. NULL: it cannot be read. */
static char *read_commands(const char *path, struct hb_error *error) {
    FILE *in = fopen(path, "r");
    char *text = NULL;
    size_t n = 0;
    ssize_t got = in == NULL ? -1 : getdelim(&text, &n, '\0', in);
    if (in == NULL || ferror(in)) {
        hb_error_set(error, "%s: cannot be read", path);
        free(text);
        text = NULL;
    } else if (got < 0) {
        text[0] = '\0'; /* an empty file */
    }
    if (in != NULL)
        (void)fclose(in); /* only read */
    return text;
}

static bool says_nothing(const char *line) {
    return line[0] == '#' || line[strspn(line, " \t\r")] == '\0';
}

/* `text`: of a log of commands, which is taken apart. */
static bool replay(struct hb_app *app, const char *path, char *text, struct hb_error *error) {
    int number = 1;
    for (char *line = text, *next; line != NULL; line = next, number++) {
        next = strchr(line, '\n');
        if (next != NULL)
            *next++ = '\0';
        if (says_nothing(line) || hb_app_replay_line(app, line))
            continue;
        hb_error_set(error, "%s: line %d is not a command (\"@CYCLE COMMAND\")", path, number);
        return false;
    }
    return true;
}

static bool open_log(struct show *show) {
    const char *path = show->options->log_path;
    if (path == NULL)
        return true;
    bool ok = hb_output_open(&show->log, path, HB_OUTPUT_STREAM, show->error);
    show->app->log = ok ? &show->log : NULL;
    return ok;
}

/* The log holds what is replayed, too. */
static bool replay_and_log(struct show *show) {
    const char *path = show->options->replay_path;
    char *text = path == NULL ? NULL : read_commands(path, show->error);
    bool ok = (path == NULL || text != NULL) && open_log(show) &&
              (path == NULL || replay(show->app, path, text, show->error));
    free(text);
    return ok;
}

static void show_variants(struct show *show, uint32_t shown) {
    const struct hb_dashboard_variants *variants = show->options->variants;
    show->app->race = show->options->race;
    show->app->ui.race = show->options->race;
    if (variants == NULL)
        return;
    show->app->ui.variants = variants->count;
    show->app->ui.variant = shown;
    show->app->ui.variant_name = variants->name;
}

/* Opens the lesson at one of its pages; goes to its moment if its run is open. */
static void open_page(struct show *show, uint32_t page, bool revealed) {
    show->app->ui.deck = show->options->deck;
    show->app->ui.page = page;
    show->app->ui.revealed = revealed;
    if (show->options->deck->page[page].run == show->app->ui.variant)
        hb_app_show_page(show->app);
}

/* Another variant, or the one that is shown with another value of a key. */
static struct hb_session *open_other(struct show *show, const char *setting, uint32_t wanted) {
    const struct hb_dashboard_variants *variants = show->options->variants;
    if (setting[0] != '\0')
        return show->options->keeper.restart(show->options->keeper.self, setting, show->error);
    return variants->open(variants->self, wanted, show->error);
}

static void tell_restart(struct hb_app *app, const char *setting) {
    char text[160];
    snprintf(text, sizeof text, "The run has begun anew with %s.", setting);
    hb_app_notice(app, text);
}

/* In the same window; the old one again if that cannot be opened. */
static bool change_session(struct show *show) {
    struct hb_app *app = show->app;
    uint32_t shown = app->ui.variant, wanted = app->wanted_variant >= 0 ? (uint32_t)app->wanted_variant : shown;
    const uint8_t doing = app->ui.doing;
    char setting[sizeof app->wanted_setting];
    memcpy(setting, app->wanted_setting, sizeof setting);
    const struct hb_theme *theme = app->ui.theme;
    const uint8_t scene = app->ui.scene;
    const uint32_t page = app->ui.page;
    const bool revealed = app->ui.revealed;
    struct hb_metrics metrics = app->metrics;
    struct hb_output *log = app->log;
    int text_px = app->wanted_text_px;
    hb_app_close(app);
    struct hb_session *session = open_other(show, setting, wanted);
    if (session != NULL)
        show->session = session;
    if (!hb_app_begin(app, show->session, &metrics))
        return false;
    app->ui.theme = theme;
    app->ui.scene = scene;
    app->ui.doing = doing;
    app->wanted_text_px = text_px;
    app->log = log;
    app->keeper = show->options->keeper;
    show_variants(show, session != NULL ? wanted : shown);
    if (session == NULL)
        hb_app_notice(app, show->error->text);
    else if (show->options->deck != NULL)
        open_page(show, page, revealed);
    else if (setting[0] != '\0')
        tell_restart(app, setting);
    return true;
}

/* Opens the app as the options say. A log that is replayed, and a picture, begin where the search has ended. */
static bool open_app(struct show *show, const struct hb_metrics *metrics) {
    const bool shown_elsewhere = show->options->deck != NULL || show->options->fault_cycle != 0;
    bool at_once = shown_elsewhere || (show->options->replay_path == NULL && show->options->shot_path == NULL);
    if (!(at_once ? hb_app_begin : hb_app_open)(show->app, show->session, metrics)) {
        hb_error_set(show->error, "no memory for the dashboard");
        return false;
    }
    show->app->keeper = show->options->keeper;
    show_variants(show, show->options->variants == NULL ? 0 : show->options->variants->shown);
    if (show->options->dark)
        show->app->ui.theme = &hb_theme_dark;
    if (show->options->deck != NULL)
        open_page(show, show->options->first_page, show->options->revealed);
    if (show->options->scene != HB_SCENE_ALL)
        show->app->ui.scene = show->options->scene;
    if (show->options->fault_cycle != 0)
        hb_app_stop_before(show->app, show->options->fault_cycle);
    show->app->ui.start = show->options->start;
    show->app->ui.starting = show->options->start != NULL;
    return replay_and_log(show);
}

/* `done`: so far; gives whether it still is. */
static bool close_app(struct show *show, bool done) {
    if (show->app->log_failed)
        *show->error = show->app->log_error;
    done = done && !show->app->log_failed;
    done = hb_output_close(&show->log, done ? show->error : NULL) && done;
    hb_app_close(show->app);
    return done;
}

static bool shoot(struct show *show, struct hb_picture *picture) {
    const struct hb_dashboard_options *options = show->options;
    struct hb_app *app = show->app;
    app->ui.playing = options->shot_cycle == 0 && options->deck == NULL && options->fault_cycle == 0;
    if (options->shot_cycle != 0) {
        hb_app_seek(app, options->shot_cycle);
        app->ui.playing = true;
    }
    hb_app_race(app, true);
    hb_app_draw(app, options->width, options->height);
    hb_picture_paint(picture, &app->list);
    return hb_picture_save(picture->surface, options->shot_path, show->error);
}

static bool run_picture(struct show *show, int text_px) {
    const struct hb_dashboard_options *options = show->options;
    struct hb_error *error = show->error;
    struct hb_picture picture;
    if (!hb_output_probe(options->shot_path, error) ||
        !hb_picture_open(&picture, options->width, options->height, text_px, error->text, sizeof error->text))
        return false;
    bool done = open_app(show, hb_picture_metrics(&picture)) && shoot(show, &picture);
    done = close_app(show, done);
    hb_picture_close(&picture);
    return done;
}

static bool run_window(struct show *show, int text_px) {
    const struct hb_dashboard_options *options = show->options;
    struct hb_error *error = show->error;
    struct hb_window window;
    struct hb_notes_window notes = {.window = NULL};
    if (options->describe_path != NULL && !hb_output_probe(options->describe_path, error))
        return false;
    bool done = hb_window_open(&window, options->width, options->height, text_px, error->text, sizeof error->text) &&
                open_app(show, &window.gfx->text.metrics);
    window.describe_path = options->describe_path;
    if (done && options->notes && options->deck != NULL)
        done = hb_notes_open(&notes, text_px, error->text, sizeof error->text);
    while (done && show->app->wanted_entry < 0 && hb_window_loop_once(&window, show->app)) {
        hb_notes_show(&notes, show->app);
        if (show->app->wanted_variant >= 0 || show->app->wanted_setting[0] != '\0')
            done = change_session(show);
    }
    if (options->opened != NULL)
        *options->opened = show->app->wanted_entry;
    hb_notes_close(&notes);
    if (window.describe_failed) {
        *error = window.error;
        done = false;
    }
    done = close_app(show, done);
    hb_window_close(&window);
    return done;
}

int hb_dashboard_run(struct hb_session *session, const struct hb_dashboard_options *options, struct hb_error *error) {
    struct hb_dashboard_options chosen = *options;
    struct show show = {.app = calloc(1, sizeof *show.app), .session = session, .options = &chosen, .error = error};
    int text_px = options->large ? HB_TEXT_PX_LARGE : HB_TEXT_PX_START;
    *error = (struct hb_error){.text = ""};
    if (show.app == NULL) {
        hb_error_set(error, "no memory for the dashboard");
        return 4;
    }
    show.app->session = session;
    chosen.width = options->width > 0 ? options->width : WIDTH;
    chosen.height = options->height > 0 ? options->height : HEIGHT;
    bool done =
        hb_sdl_load(error) && (options->shot_path != NULL ? run_picture(&show, text_px) : run_window(&show, text_px));
    free(show.app);
    return done ? 0 : hb_error_is_the_hosts(error) ? 4 : 2;
}
