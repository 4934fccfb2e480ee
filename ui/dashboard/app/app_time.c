/* How the app moves the machine through time: forward in slices that feed the history, back by keyframes. */
#include <math.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "ui/dashboard/app/app.h"
#include "ui/dashboard/model/moves.h"

#define BEFORE_WINDOWS      16    /* that make up the throughput before a fault */
#define SLICE_FIRST         49152 /* cycles times CPUs that surely fit into a frame's budget */
#define SLICE_MIN           256
#define SLICES_A_FRAME      16
#define SLICES_A_LONG_FRAME 6 /* each costs as much as some 100 cycles do */
#define LONG_FRAME          100000
#define COARSE_SLICE        256   /* of a long run that nobody watches */
#define COARSE_SLICE_MAX    65536 /* no keyframe is missed */
#define RECENT_CYCLES       4096  /* of such a run that count as one piece of recent time */
#define SEEK_FINE_CYCLES    2048  /* at its end, so that the timeline can be zoomed in there */
#define TIMELINE_SECONDS    8.0   /* of normal speed that fill the timeline */
#define TIMELINE_COLUMNS    450
#define TO_FAULT_STEP       16384
#define BEFORE_SECONDS      2.0 /* how far before one of the experiment's own faults to stop */
#define GOAL_STEP           16384
#define KEYFRAMES_A_SECOND  5.0 /* at most, of playing, and at least half as many: each costs some ms */
#define PACE_WEIGHT         0.125

double hb_app_host_seconds(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + (double)now.tv_nsec * 1e-9;
}

uint64_t hb_app_cycle(const struct hb_app *app) {
    return app->session->ops->cycle(app->session->self);
}

static uint64_t power_of_two(double at_most) {
    uint64_t power = 1;
    while ((double)power * 2 <= at_most)
        power *= 2;
    return power;
}

void hb_app_set_speed(struct hb_app *app, double cycles_per_second) {
    app->normal_speed = fmin(fmax(cycles_per_second, HB_SPEED_MIN), HB_SPEED_MAX);
    app->ui.speed = app->normal_speed;
    app->ui.window_cycles = power_of_two(fmax(4096, app->normal_speed / 2));
    if (!app->ui.zoomed)
        app->ui.column_cycles = power_of_two(app->normal_speed * TIMELINE_SECONDS / TIMELINE_COLUMNS);
}

uint64_t hb_app_whole_column(const struct hb_app *app) {
    uint64_t column = 1;
    const uint32_t columns = app->view.timeline.columns > 0 ? app->view.timeline.columns : TIMELINE_COLUMNS;
    while (column * columns <= hb_app_cycle(app) && column < 1 << 20)
        column *= 2;
    return column;
}

bool hb_app_can_back(const struct hb_app *app) {
    return app->fault.known && (app->fault.undone || app->fault.cycle <= hb_app_cycle(app));
}

bool hb_app_pop_fault(struct hb_app *app) {
    app->fault.known = false;
    if (app->earliers == 0)
        return false;
    app->fault = app->earlier[--app->earliers];
    return true;
}

void hb_app_push_fault(struct hb_app *app, const struct hb_fault *fault) {
    while (app->fault.known && (app->fault.undone || app->fault.cycle >= fault->cycle))
        hb_app_pop_fault(app);
    if (app->earliers == HB_FAULTS_KEPT) {
        memmove(&app->earlier[0], &app->earlier[1], (HB_FAULTS_KEPT - 1) * sizeof app->earlier[0]);
        app->earliers--;
    }
    if (app->fault.known)
        app->earlier[app->earliers++] = app->fault;
    app->fault = *fault;
}

static bool is_that(const struct hb_fault *fault, const struct hb_happening *event) {
    return fault->known && fault->cycle == event->cycle && fault->hart == event->hart;
}

static void keep_fault(struct hb_app *app, const struct hb_happening *event) {
    for (uint32_t i = 0; i < app->earliers; i++)
        if (is_that(&app->earlier[i], event))
            return;
    if (is_that(&app->fault, event))
        app->fault.undone = false; /* it has come once more */
    else if (!app->fault.known || app->fault.undone || app->fault.cycle < event->cycle)
        hb_app_push_fault(app, &(struct hb_fault){.known = true, .hart = event->hart, .cycle = event->cycle});
}

/* One that kills nobody can be gone back to like any other. */
static void keep_ailing(struct hb_app *app, const struct hb_happening *event) {
    keep_fault(app, event);
    if (is_that(&app->fault, event))
        app->fault.ails = true;
}

static void on_killed(struct hb_app *app, const struct hb_happening *event, bool live) {
    struct hb_past *past = &app->past;
    uint64_t window = app->ui.window_cycles;
    if (past->fault_cycle == 0) {
        past->workers_before = hb_history_workers(app->history, event->cycle, window, window * BEFORE_WINDOWS);
        past->work_before = hb_history_mean_work(app->history, event->cycle, window, window * BEFORE_WINDOWS);
    }
    past->fault_cycle = event->cycle;
    keep_fault(app, event);
    if (live)
        hb_director_plan(&app->director, app->session, &app->view.machine, event->hart);
}

static bool is_fault(const struct hb_happening *event) {
    return event->kind == HB_HAPPENED_KILLED || (event->kind == HB_HAPPENED_AILS && event->argument == 0);
}

void hb_app_take_events(struct hb_app *app, bool live) {
    struct hb_happening events[64], killed = {.kind = HB_HAPPENINGS};
    size_t count;
    while ((count = app->session->ops->events(app->session->self, events, sizeof events / sizeof *events)) > 0) {
        for (size_t i = 0; i < count; i++) {
            app->past.happened += hb_happening_is_listed(events[i].kind);
            hb_eventlog_add(&app->past.log, &events[i]);
            hb_moves_event(&app->past.moves, &events[i]);
            hb_story_event(&app->past.story, &app->view.machine, &events[i]);
            if (is_fault(&events[i])) {
                hb_app_note_fault(app, events[i].cycle);
                app->past.struck_cycle = events[i].cycle;
                if (events[i].kind == HB_HAPPENED_AILS)
                    keep_ailing(app, &events[i]);
            }
            if (events[i].kind == HB_HAPPENED_KILLED)
                killed = events[i];
            else if (events[i].kind == HB_HAPPENED_ALL_UP)
                app->up_cycle = events[i].cycle;
        }
    }
    hb_story_pass(&app->past.story, hb_app_cycle(app));
    if (killed.kind == HB_HAPPENED_KILLED)
        on_killed(app, &killed, live);
}

/* The cycles that pass in a second of playing: those that are asked for, or what the host can do. */
static double pace(const struct hb_app *app) {
    return app->pace > 0 ? fmin(app->ui.speed, app->pace) : app->ui.speed;
}

/* Keyframes are due at multiples of their interval, at which slices end, too; seldom in what flies past. */
static void arrive(struct hb_app *app, uint64_t cycle) {
    const uint64_t seldom = app->ui.playing ? 2 * power_of_two(fmax(1, pace(app) / KEYFRAMES_A_SECOND)) : 1;
    if (cycle % (seldom > app->frames.interval ? seldom : app->frames.interval) == 0)
        hb_keyframes_offer(&app->frames, app->session, &app->past);
    if (cycle > app->furthest_cycle)
        app->furthest_cycle = cycle;
    if (app->session->ops->status(app->session->self) != HB_VIEW_GOING)
        app->end_cycle = cycle;
}

/* One slice of at most `slice` cycles that ends at `target` at the latest; false when the machine does not advance.
 * Where it has been before ends a slice, so that none is recorded in part. */
static bool run_slice(struct hb_app *app, uint64_t target, uint64_t slice, bool live) {
    struct hb_counters counters;
    uint64_t before = hb_app_cycle(app), end = hb_history_slice_end(before, slice);
    end = end < target ? end : target;
    if (before < app->furthest_cycle && app->furthest_cycle < end)
        end = app->furthest_cycle;
    app->session->ops->run_to(app->session->self, end);
    app->session->ops->counters(app->session->self, &counters);
    hb_history_add(app->history, &counters);
    hb_app_take_events(app, live);
    arrive(app, counters.cycle);
    return counters.cycle > before;
}

/* Of a long way only its end is kept in small pieces: the history's levels below this slice will have been overwritten
 * when the machine arrives. */
static uint64_t coarse_slice(uint64_t cycles) {
    return power_of_two(fmin(fmax(COARSE_SLICE, (double)cycles / HB_HISTORY_CELLS), COARSE_SLICE_MAX));
}

void hb_app_run_to(struct hb_app *app, uint64_t cycle, uint64_t fine_cycles) {
    uint64_t now = hb_app_cycle(app);
    bool moves = true;
    hb_app_watch_lines(app);
    while (moves && now < cycle) {
        bool fine = cycle - now <= fine_cycles;
        uint64_t target = fine || cycle - now <= fine_cycles + COARSE_SLICE ? cycle : cycle - fine_cycles;
        uint64_t before = now;
        moves = run_slice(app, target, fine ? 1 : coarse_slice(cycle - now), false);
        now = hb_app_cycle(app);
        if (now / RECENT_CYCLES != before / RECENT_CYCLES)
            hb_history_mark(app->history);
    }
}

void hb_app_restore(struct hb_app *app, const struct hb_keyframe *frame) {
    struct hb_counters counters;
    app->session->ops->restore(app->session->self, frame->snapshot);
    app->session->ops->counters(app->session->self, &counters);
    hb_history_go(app->history, &counters);
    app->past = frame->past;
    app->director = (struct hb_director){0};
    app->carry = 0;
    app->frame_number = 0;
    app->recalled = false;
}

void hb_app_fork(struct hb_app *app) {
    uint64_t now = hb_app_cycle(app);
    app->session->ops->forget_ahead(app->session->self);
    hb_keyframes_truncate(&app->frames, app->session, now);
    hb_history_fork(app->history, now);
    app->furthest_cycle = now;
    app->end_cycle = 0;
    hb_app_forget_faults(app, now);
    hb_app_forget_markers(app, now);
}

/* Restores only where that is the shorter way. */
void hb_app_seek(struct hb_app *app, uint64_t cycle) {
    const struct hb_keyframe *frame = hb_keyframes_before(&app->frames, cycle);
    uint64_t now = hb_app_cycle(app);
    if (frame != NULL && (cycle < now || frame->cycle > now))
        hb_app_restore(app, frame);
    hb_app_run_to(app, cycle, SEEK_FINE_CYCLES);
}

void hb_app_go(struct hb_app *app, uint64_t cycle) {
    hb_app_seek(app, cycle < app->furthest_cycle ? cycle : app->furthest_cycle);
    app->goal_cycle = cycle > app->furthest_cycle ? cycle : 0;
}

/* Runs on towards the goal for the budget. */
static void near_goal(struct hb_app *app, double budget_seconds) {
    double end = hb_app_host_seconds() + budget_seconds;
    uint64_t now = hb_app_cycle(app);
    do {
        bool last = app->goal_cycle - now <= GOAL_STEP;
        hb_app_run_to(app, last ? app->goal_cycle : now + GOAL_STEP, last ? SEEK_FINE_CYCLES : 0);
        now = hb_app_cycle(app);
        if (now >= app->goal_cycle || app->session->ops->status(app->session->self) != HB_VIEW_GOING)
            app->goal_cycle = 0;
    } while (app->goal_cycle != 0 && hb_app_host_seconds() < end);
}

void hb_app_stop_before(struct hb_app *app, uint64_t fault_cycle) {
    app->search.active = false;
    hb_app_seek(app, (uint64_t)fmax(0, (double)fault_cycle - app->normal_speed * BEFORE_SECONDS));
    app->open_cycle = hb_app_cycle(app);
    app->ui.playing = false;
}

void hb_app_to_fault(struct hb_app *app, bool played) {
    app->session->ops->fill(app->session->self, &app->view); /* of this cycle */
    if (app->view.coming[0] == '\0') {
        hb_app_notice(app, "No fault is to come in this run.");
        app->ui.playing = played;
        return;
    }
    uint64_t from = hb_app_cycle(app), before = app->past.struck_cycle;
    while (app->past.struck_cycle == before && app->session->ops->status(app->session->self) == HB_VIEW_GOING)
        hb_app_run_to(app, hb_app_cycle(app) + TO_FAULT_STEP, 0);
    double fault = (double)app->past.struck_cycle - app->normal_speed * BEFORE_SECONDS;
    if (app->past.struck_cycle == before) {
        hb_app_seek(app, from);
        hb_app_notice(app, "No fault comes any more in this run.");
    } else {
        hb_app_seek(app, (uint64_t)fmax(fault, (double)from));
    }
    app->ui.playing = app->session->ops->status(app->session->self) == HB_VIEW_GOING;
}

/* The present speed, and the cycle up to which it holds. */
static double speed_now(struct hb_app *app, uint64_t *until) {
    double directed = hb_director_speed(&app->director, hb_app_cycle(app), until);
    app->ui.slow = directed > 0 && directed < app->normal_speed;
    if (directed <= 0) {
        *until = UINT64_MAX;
        directed = app->normal_speed;
    }
    return directed;
}

static void note_pace(struct hb_app *app, uint64_t cycles, double seconds) {
    if (seconds <= 0)
        return;
    const double measured = (double)cycles / seconds;
    app->pace += app->pace > 0 ? (measured - app->pace) * PACE_WEIGHT : measured;
}

/* Stops cost: of the cycles that are due, slices take as many as the host can run in a small part of the budget. */
static void fit_slice(struct hb_app *app, uint64_t cycles, double seconds, double budget_seconds) {
    if (seconds < budget_seconds / 8 && cycles > app->slice / 2 && app->slice < COARSE_SLICE_MAX)
        app->slice *= 2;
    else if (seconds > budget_seconds / 4 && app->slice > SLICE_MIN)
        app->slice /= 2;
}

static void play(struct hb_app *app, double seconds, double budget_seconds) {
    double start = hb_app_host_seconds();
    uint64_t until, now = hb_app_cycle(app);
    hb_app_watch_lines(app);
    app->ui.speed = speed_now(app, &until);
    app->carry += seconds * app->ui.speed;
    uint64_t due = (uint64_t)fmin(app->carry, 1e12), target = now + due < until ? now + due : until;
    uint64_t slice = due / (due < LONG_FRAME ? SLICES_A_FRAME : SLICES_A_LONG_FRAME) + 1;
    bool moves = true;
    if (app->slice == 0)
        app->slice = SLICE_FIRST / app->view.machine.harts + 1;
    app->carry = target == until ? 0 : app->carry - (double)due;
    while (now < target && moves && !app->ui.behind) {
        const uint64_t from = now;
        const double began = hb_app_host_seconds();
        moves = run_slice(app, target, slice < app->slice ? slice : app->slice, true);
        now = hb_app_cycle(app);
        const double ended = hb_app_host_seconds();
        note_pace(app, now - from, ended - began);
        fit_slice(app, now - from, ended - began, budget_seconds);
        app->ui.behind = now < target && ended - start > budget_seconds;
        if (speed_now(app, &until) < app->ui.speed) {
            app->carry = 0; /* a fault has just slowed the playback down */
            break;
        }
    }
}

void hb_app_advance(struct hb_app *app, double seconds, double budget_seconds) {
    app->ui.behind = false; /* nor is a machine that is not played */
    app->still_seconds += seconds;
    app->notice_seconds -= seconds;
    app->ui.tip = app->still_seconds > 0.3;
    if (!app->search.active && app->session->ops->status(app->session->self) != HB_VIEW_GOING)
        app->ui.playing = false;
    if (app->search.active)
        hb_app_search(app, budget_seconds);
    else if (app->goal_cycle != 0)
        near_goal(app, budget_seconds);
    else if (app->ui.playing)
        play(app, seconds, budget_seconds);
}
