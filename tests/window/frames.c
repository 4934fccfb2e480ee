/* frames WIDTH HEIGHT TEXT_PX TRANSACTIONS [check]: eight CPUs played at full speed (to be checked: slowly) onto a
 * surface, until the bus has made so many transactions; afterwards the same cycles are run without a dashboard. The
 * scenes come in turn.
 *
 * check: every frame is painted whole, too, and has the same pixels as the one of which only changes were painted. Else
 * it is measured what frames cost beside the machine, and which part of the machine's speed is lost for them; prints
 * both and holds them against what is promised. All in the process's own time, the machine's part of a frame, too, so
 * that other work of the host counts little.
 */
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "sim/engine/run.h"
#include "sim/experiment/experiment.h"
#include "sim/machine/state_hash.h"
#include "ui/dashboard/app/app.h"
#include "ui/dashboard/draw/changes.h"
#include "ui/dashboard/model/scene.h"
#include "ui/dashboard/sdl/picture.h"
#include "ui/dashboard/source/machine_session.h"

#define FRAMES_MAX        100000
#define FRAMES_A_SCENE    200
#define FRAMES_CHECKED    4 /* of each scene */
#define FULL_SPEED        1e12
#define CHECKED_SPEED     60000
#define FIRST_CYCLES      100000 /* of the first frame */
#define BUDGET_SECONDS    0.015  /* of a frame, for the machine: as the window has it */
#define BUSY_HOST_SECONDS 1.0    /* in which that much time surely comes to this process */
#define LONGEST_SECONDS   0.005  /* of a frame, beside the machine: together 20 ms */
#define LONGEST_LARGE     0.018  /* the same on a screen of more than 1600 x 900, at 30 frames a second */
#define LOST_MOST         0.1

struct play {
    struct hb_app *app;
    struct hb_picture picture, whole;
    struct hb_changes changes;
    int w, h;
    uint32_t frames;
    double cycles; /* of the next frame */
    double machine_seconds, seconds, frame[FRAMES_MAX];
};

static _Noreturn void fail(int status, const char *what) {
    printf("frames: %s\n", what);
    exit(status);
}

static double process_seconds(void) {
    struct timespec now;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return (double)now.tv_sec + (double)now.tv_nsec * 1e-9;
}

static int by_size(const void *a, const void *b) {
    return (*(const double *)a > *(const double *)b) - (*(const double *)a < *(const double *)b);
}

static void paint_changes(struct play *play) {
    struct hb_rect rect[HB_CHANGES_RECTS];
    int n = hb_changes_find(&play->changes, &play->app->list, play->w, play->h, rect);
    for (int i = 0; i < n; i++)
        hb_gfx_paint_within(play->picture.gfx, &play->picture.canvas, &play->app->list, rect[i]);
}

static void compare(struct play *play) {
    hb_picture_paint(&play->whole, &play->app->list);
    for (int y = 0; y < play->h; y++) {
        const char *a = (const char *)play->picture.surface->pixels + (size_t)y * (size_t)play->picture.surface->pitch;
        const char *b = (const char *)play->whole.surface->pixels + (size_t)y * (size_t)play->whole.surface->pitch;
        if (memcmp(a, b, 4 * (size_t)play->w) != 0) {
            printf("frames: frame %u, scene %s, row %d: what was painted of it is not the whole\n", play->frames,
                   hb_scene_table[play->app->ui.scene].name, y);
            exit(1);
        }
    }
}

/* As many cycles as the machine can run in the budget, in the process's own time. */
static void fit_cycles(struct play *play, double seconds) {
    const double fits = BUDGET_SECONDS / fmax(seconds, BUDGET_SECONDS / 100);
    play->cycles *= fmin(fmax(fits, 0.5), 2);
}

/* Returns the seconds that the machine had. */
static double play_frame(struct play *play) {
    const double begin = process_seconds();
    hb_app_advance(play->app, play->cycles / play->app->ui.speed, BUSY_HOST_SECONDS);
    const double ran = process_seconds();
    hb_app_draw(play->app, play->w, play->h);
    paint_changes(play);
    const double end = process_seconds();
    play->machine_seconds += ran - begin;
    play->seconds += end - begin;
    play->frame[play->frames++] = end - ran;
    return ran - begin;
}

static uint64_t transactions(const struct hb_machine *machine) {
    uint64_t sum = 0;
    for (uint32_t i = 0; i < HB_TXNS; i++)
        sum += machine->saved->bus.transactions[i];
    return sum;
}

static void play_on(struct play *play, const struct hb_machine *machine, uint64_t wanted, bool check) {
    const uint32_t a_scene = check ? FRAMES_CHECKED : FRAMES_A_SCENE;
    const uint32_t most = check ? FRAMES_CHECKED * HB_SCENES : FRAMES_MAX;
    while (transactions(machine) < wanted && play->frames < most && play->app->ui.playing) {
        play->app->ui.scene = (uint8_t)(play->frames / a_scene % HB_SCENES);
        const double ran = play_frame(play);
        if (check)
            compare(play);
        else
            fit_cycles(play, ran);
    }
}

/* Seconds that the cycles take without a dashboard; it comes to the same machine. */
static double run_without(const struct hb_config *config, uint64_t from, struct hb_machine *played) {
    struct hb_error error;
    struct hb_machine *machine = hb_machine_create(config, &error);
    if (!machine)
        fail(1, error.text);
    hb_machine_run(machine, from);
    const double begin = process_seconds();
    hb_machine_run(machine, played->saved->cycle);
    const double seconds = process_seconds() - begin;
    if (hb_state_hash(machine) != hb_state_hash(played))
        fail(1, "the machine that was played is not the one that was run");
    hb_machine_destroy(machine);
    return seconds;
}

static int judge(struct play *play, double without) {
    const double longest = play->w > 1600 ? LONGEST_LARGE : LONGEST_SECONDS;
    qsort(play->frame, play->frames, sizeof play->frame[0], by_size);
    const double p99 = play->frame[play->frames * 99 / 100], lost = 1 - without / play->seconds;
    printf("frames: %dx%d, %u frames: beside the machine median %.2f ms, p99 %.2f ms (at most %.0f), longest %.2f ms; "
           "machine %.2f s, "
           "without a dashboard %.2f s: %.1f %% of its speed lost (at most %.0f)\n",
           play->w, play->h, play->frames, play->frame[play->frames / 2] * 1e3, p99 * 1e3, longest * 1e3,
           play->frame[play->frames - 1] * 1e3, play->machine_seconds, without, lost * 100, LOST_MOST * 100);
    return p99 > longest || (play->w <= 1600 && lost > LOST_MOST);
}

static void open_all(struct play *play, struct hb_session *session, int text_px, double speed) {
    char error[256];
    if (!hb_picture_open(&play->picture, play->w, play->h, text_px, error, sizeof error) ||
        !hb_picture_open(&play->whole, play->w, play->h, text_px, error, sizeof error))
        fail(77, error);
    play->app = calloc(1, sizeof *play->app);
    if (!play->app || !hb_app_open(play->app, session, hb_picture_metrics(&play->picture)))
        fail(1, "there is no memory");
    hb_app_set_speed(play->app, speed);
    play->app->ui.playing = true;
    play->cycles = speed / 60 < FIRST_CYCLES ? speed / 60 : FIRST_CYCLES;
}

int main(int argc, char **argv) {
    static struct play play;
    static const char *const sets[] = {"os.workload.tasks=2048", "os.workload.work=20000", "machine.harts=8"};
    struct hb_experiment experiment;
    struct hb_error error;
    if (argc < 5)
        fail(2, "WIDTH HEIGHT TEXT_PX TRANSACTIONS [check]");
    play.w = atoi(argv[1]);
    play.h = atoi(argv[2]);
    const bool check = argc > 5;
    if (!hb_experiment_load(HB_SOURCE_DIR "/configs/smp4.json", sets, 3, &experiment, &error))
        fail(1, error.text);
    struct hb_session *session = hb_session_open(&experiment.variant->config, &error);
    if (!session)
        fail(77, error.text);
    struct hb_machine *machine = hb_session_machine(session);
    open_all(&play, session, atoi(argv[3]), check ? CHECKED_SPEED : FULL_SPEED);
    const uint64_t from = machine->saved->cycle;
    play_on(&play, machine, strtoull(argv[4], NULL, 10), check);
    const double without = run_without(&experiment.variant->config, from, machine);
    int status = check ? 0 : judge(&play, without);
    if (check)
        printf("frames: %u are the same, painted whole and by what has changed\n", play.frames);
    hb_app_close(play.app);
    free(play.app);
    hb_picture_close(&play.whole);
    hb_picture_close(&play.picture);
    hb_session_close(session);
    hb_experiment_free(&experiment);
    return status;
}
