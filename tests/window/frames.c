/* frames WIDTH HEIGHT TEXT_PX TRANSACTIONS [check]: eight CPUs played at full speed (to be checked: slowly) onto a
 * surface, until the bus has made so many transactions. The scenes come in turn.
 *
 * check: every frame is painted whole, too, and has the same pixels as the one of which only changes were painted. Else
 * it is measured what frames cost beside the machine, and which part of the machine's speed is lost for them; prints
 * both and holds them against what is promised. All in the process's own time, the machine's part of a frame, too, so
 * that other work of the host counts little. Its speed changes in minutes, too: a second machine without a dashboard
 * runs the same cycles, a frame's at a time in turn, and what counts is the median of the sums over some frames.
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
#define FRAMES_A_SCENE    FRAMES_A_PAIR /* so that some hundred frames have shown every scene */
#define FRAMES_CHECKED    4             /* of each scene */
#define FRAMES_A_PAIR     40            /* whose seconds are added up: several keyframes, too */
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
    double frame[FRAMES_MAX];
    uint32_t pairs;
    double played, without;                  /* seconds of all pairs */
    double lost[FRAMES_MAX / FRAMES_A_PAIR]; /* part of the speed, of each pair */
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
    hb_changes_find(&play->changes, &play->app->list, play->w, play->h, rect);
    hb_gfx_paint_changes(play->picture.gfx, &play->picture.canvas, &play->app->list, &play->changes);
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
    play->frame[play->frames++] = process_seconds() - ran;
    return ran - begin;
}

static uint64_t transactions(const struct hb_machine *machine) {
    uint64_t sum = 0;
    for (uint32_t i = 0; i < HB_TXNS; i++)
        sum += machine->saved->bus.transactions[i];
    return sum;
}

static bool goes_on(const struct play *play, const struct hb_machine *machine, uint64_t wanted) {
    return transactions(machine) < wanted && play->frames < FRAMES_MAX && play->app->ui.playing;
}

static void check_frames(struct play *play, const struct hb_machine *machine, uint64_t wanted) {
    while (goes_on(play, machine, wanted) && play->frames < FRAMES_CHECKED * HB_SCENES) {
        play->app->ui.scene = (uint8_t)(play->frames / FRAMES_CHECKED);
        play_frame(play);
        compare(play);
    }
}

/* A frame, and then its cycles by the machine that nobody watches; so many in turn are a pair. */
static void measure_pair(struct play *play, const struct hb_machine *machine, struct hb_machine *other) {
    double played = 0, without = 0;
    for (uint32_t i = 0; i < FRAMES_A_PAIR && play->app->ui.playing; i++) {
        play->app->ui.scene = (uint8_t)(play->frames / FRAMES_A_SCENE % HB_SCENES);
        const double begin = process_seconds();
        const double ran = play_frame(play);
        const double between = process_seconds();
        hb_machine_run(other, machine->saved->cycle);
        without += process_seconds() - between;
        played += between - begin;
        fit_cycles(play, ran);
    }
    play->played += played;
    play->without += without;
    play->lost[play->pairs++] = 1 - without / played;
}

static void measure(struct play *play, const struct hb_config *config, struct hb_machine *machine, uint64_t wanted) {
    struct hb_error error;
    struct hb_machine *other = hb_machine_create(config, &error);
    if (!other)
        fail(1, error.text);
    hb_machine_run(other, machine->saved->cycle);
    while (goes_on(play, machine, wanted))
        measure_pair(play, machine, other);
    if (hb_state_hash(other) != hb_state_hash(machine))
        fail(1, "the machine that was played is not the one that was run");
    hb_machine_destroy(other);
}

static double part(double *of, uint32_t count, double which) {
    qsort(of, count, sizeof of[0], by_size);
    return of[(uint32_t)(which * (count - 1.0))];
}

static double sum(const double *of, uint32_t count) {
    double all = 0;
    for (uint32_t i = 0; i < count; i++)
        all += of[i];
    return all;
}

static int judge(struct play *play) {
    const double most = play->w > 1600 ? LONGEST_LARGE : LONGEST_SECONDS;
    const double p99 = part(play->frame, play->frames, 0.99), lost = part(play->lost, play->pairs, 0.5);
    printf("frames: %dx%d, %u frames: beside the machine median %.2f ms, p99 %.2f ms (at most %.0f), longest %.2f ms\n",
           play->w, play->h, play->frames, part(play->frame, play->frames, 0.5) * 1e3, p99 * 1e3, most * 1e3,
           part(play->frame, play->frames, 1) * 1e3);
    printf("frames: %u pairs: %.1f %% of the machine's speed lost (at most %.0f), quartiles %.1f and %.1f\n",
           play->pairs, lost * 100, LOST_MOST * 100, part(play->lost, play->pairs, 0.25) * 100,
           part(play->lost, play->pairs, 0.75) * 100);
    printf("frames: in all %.2f s played, %.2f s of them painting, and %.2f s without a dashboard: %.1f %%\n",
           play->played, sum(play->frame, play->frames), play->without, (1 - play->without / play->played) * 100);
    return p99 > most || (play->w <= 1600 && lost > LOST_MOST);
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
    const uint64_t wanted = strtoull(argv[4], NULL, 10);
    int status = 0;
    if (check) {
        check_frames(&play, machine, wanted);
        printf("frames: %u are the same, painted whole and by what has changed\n", play.frames);
    } else {
        measure(&play, &experiment.variant->config, machine, wanted);
        status = judge(&play);
    }
    hb_app_close(play.app);
    free(play.app);
    hb_picture_close(&play.whole);
    hb_picture_close(&play.picture);
    hb_session_close(session);
    hb_experiment_free(&experiment);
    return status;
}
