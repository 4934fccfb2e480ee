#include "tests/golden/scenes.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/golden/synthetic.h"

#define FRAME       (1.0 / 60)
#define FRAMES_SEEN 64  /* at the end of playing; those before leave no trace in what is shown */
#define NO_LIMIT    1e9 /* of the host's time: a slow host must not change the picture */
#define MANY_TASKS  4000
#define SCENE_SEED  1

void hb_scene_play(struct hb_app *app, double seconds) {
    int frames = (int)(seconds / FRAME + 0.5);
    for (int frame = 0; frame < frames; frame++) {
        hb_app_advance(app, FRAME, NO_LIMIT);
        if (frames - frame <= FRAMES_SEEN)
            hb_app_draw(app, 1600, 900);
    }
}

static void play_start(struct hb_app *app) {
    hb_scene_play(app, FRAME);
}

static void play_run(struct hb_app *app) {
    hb_scene_play(app, 6);
}

static void kill_two(struct hb_app *app, double seconds) {
    play_run(app);
    hb_app_execute(app, hb_command_of(HB_COMMAND_KILL, app->view.machine.harts > 2 ? 2 : 0));
    hb_scene_play(app, seconds);
}

static void play_killed(struct hb_app *app) {
    kill_two(app, 1.5);
}

static void play_fenced(struct hb_app *app) {
    kill_two(app, 4.2);
}

static void play_settled(struct hb_app *app) {
    kill_two(app, 16);
}

static void play_unnoticed(struct hb_app *app) {
    kill_two(app, 8);
    hb_app_execute(app, hb_command_of(HB_COMMAND_AGAIN_OFF, 0));
    hb_scene_play(app, 14);
}

static void play_lost(struct hb_app *app) {
    kill_two(app, 8);
    hb_app_execute(app, hb_command_of(HB_COMMAND_AGAIN_LOST, 0));
    hb_scene_play(app, 2);
}

static void play_help(struct hb_app *app) {
    play_run(app);
    hb_app_execute(app, hb_command_of(HB_COMMAND_HELP, 0));
}

static void play_dark(struct hb_app *app) {
    hb_app_execute(app, hb_command_of(HB_COMMAND_THEME, 0));
    play_settled(app);
}

static void rest_mouse(struct hb_app *app, int x, int y) {
    hb_app_mouse_move(app, x, y);
    hb_scene_play(app, 0.5);
}

static void play_card_tip(struct hb_app *app) {
    play_run(app);
    rest_mouse(app, 120, 300);
}

static void play_timeline_tip(struct hb_app *app) {
    play_run(app);
    rest_mouse(app, 700, 640);
}

/* Paused, cycle by cycle. */
static void play_steps(struct hb_app *app) {
    play_run(app);
    hb_app_execute(app, hb_command_of(HB_COMMAND_PAUSE, 0));
    hb_app_execute(app, hb_command_of(HB_COMMAND_ZOOM, 1));
    for (int i = 0; i < 400; i++)
        hb_app_execute(app, hb_command_of(HB_COMMAND_STEP_CYCLE, 0));
}

static void play_finished(struct hb_app *app) {
    hb_scene_play(app, 60);
}

#define W 1600
#define H 900

const struct hb_scene hb_scenes[] = {
    {"start", 4, MANY_TASKS, W, H, 18, 0, play_start},
    {"run", 4, MANY_TASKS, W, H, 18, 0, play_run},
    {"killed", 4, MANY_TASKS, W, H, 18, 0, play_killed},
    {"fenced", 4, MANY_TASKS, W, H, 18, 0, play_fenced},
    {"settled", 4, MANY_TASKS, W, H, 18, 0, play_settled},
    {"unnoticed", 4, MANY_TASKS, W, H, 18, 0, play_unnoticed},
    {"lost", 4, MANY_TASKS, W, H, 18, 0, play_lost},
    {"finished", 4, 60, W, H, 18, 0, play_finished},
    {"help", 4, MANY_TASKS, W, H, 18, 0, play_help},
    {"dark", 4, MANY_TASKS, W, H, 18, 0, play_dark},
    {"card-tip", 4, MANY_TASKS, W, H, 18, 0, play_card_tip},
    {"timeline-tip", 4, MANY_TASKS, W, H, 18, 0, play_timeline_tip},
    {"steps", 4, MANY_TASKS, W, H, 18, 0, play_steps},
    {"cpus", 4, MANY_TASKS, W, H, 18, HB_SCENE_CPUS, play_settled},
    {"timeline", 4, MANY_TASKS, W, H, 18, HB_SCENE_LANES, play_settled},
    {"throughput", 4, MANY_TASKS, W, H, 18, HB_SCENE_THROUGHPUT, play_settled},
    {"events", 4, MANY_TASKS, W, H, 18, HB_SCENE_EVENTS, play_settled},
    {"lines", 4, MANY_TASKS, W, H, 18, HB_SCENE_LINES, play_run},
    {"bus", 4, MANY_TASKS, W, H, 18, HB_SCENE_BUS, play_run},
    {"recovery", 4, MANY_TASKS, W, H, 18, HB_SCENE_FAILURE, play_settled},
    {"large", 4, MANY_TASKS, W, H, 28, 0, play_run},
    {"large-killed", 4, MANY_TASKS, W, H, 28, 0, play_killed},
    {"large-settled", 4, MANY_TASKS, W, H, 28, 0, play_settled},
    {"large-lines", 4, MANY_TASKS, W, H, 28, HB_SCENE_LINES, play_run},
    {"one", 1, MANY_TASKS, W, H, 18, 0, play_run},
    {"eight", 8, MANY_TASKS, W, H, 18, 0, play_settled},
    {"many", 64, MANY_TASKS, W, H, 18, 0, play_settled},
    {"many-lines", 64, MANY_TASKS, W, H, 18, HB_SCENE_LINES, play_run},
    {"many-bus", 64, MANY_TASKS, W, H, 18, HB_SCENE_BUS, play_run},
    {"large-many", 64, MANY_TASKS, W, H, 28, 0, play_settled},
    {"small", 4, MANY_TASKS, 960, 600, 14, 0, play_settled},
};

const size_t hb_scenes_count = sizeof hb_scenes / sizeof *hb_scenes;

const struct hb_scene *hb_scene_find(const char *name) {
    for (size_t i = 0; i < hb_scenes_count; i++)
        if (strcmp(hb_scenes[i].name, name) == 0)
            return &hb_scenes[i];
    return NULL;
}

struct hb_app *hb_scene_open(const struct hb_scene *scene, const struct hb_metrics *metrics) {
    struct hb_app *app = calloc(1, sizeof *app);
    struct hb_session *session = hb_synthetic_new(scene->harts, scene->tasks, SCENE_SEED);
    if (app == NULL || session == NULL || !hb_app_open(app, session, metrics)) {
        fprintf(stderr, "no memory for the scene %s\n", scene->name);
        abort();
    }
    scene->play(app);
    if (scene->panel != HB_SCENE_ALL)
        hb_app_execute(app, hb_command_of(HB_COMMAND_SCENE, scene->panel));
    hb_app_draw(app, scene->width, scene->height);
    return app;
}

void hb_scene_close(struct hb_app *app) {
    struct hb_session *session = app->session;
    hb_app_close(app);
    hb_synthetic_free(session);
    free(app);
}
