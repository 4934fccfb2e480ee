#include "ui/dashboard/app/app.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "ui/dashboard/model/format.h"
#include "ui/dashboard/panels/layout.h"
#include "ui/dashboard/panels/panels.h"
#include "ui/dashboard/scenes/screen.h"

#define OPEN_STEP_CYCLES    4096
#define OPEN_LIMIT_CYCLES   32000000 /* how far opening runs in search of work in progress, times CPUs */
#define OPEN_LIMIT_TIMES    4        /* as far, where most CPUs have no task by then: many take long to begin */
#define OPEN_AFTER_UP       100000   /* cycles after all CPUs are up, where nothing is found to finish */
#define OPEN_TASKS          24       /* that have finished by then: enough to measure their rate */
#define OPEN_TASKS_MIN      4        /* fewer say nothing about their rate */
#define OPEN_BEFORE_SECONDS 4.0      /* of playing before one of the experiment's own faults */
#define OPEN_WINDOWS        16       /* of throughput that are there to compare with */
#define TASKS_A_SECOND      2.0      /* at most ... */
#define LEFT_SECONDS        120.0 /* ... and so few that the rest of them take as long as somebody talks about them */
#define TASKS_A_SECOND_MIN  0.05
#define SHORT_SECONDS       60.0    /* that a run takes of which all is short */
#define START_SPEED         10000.0 /* for images in which no task visibly finishes */
#define COLUMNS_MIN         32      /* of the lanes */
#define RECENT_FRAMES       8       /* frames between two changes of a recent figure, so that it can be read */
#define HELD_FRAMES         12      /* the same for what a CPU is doing */
#define FOLLOW_SPEED        200.0   /* cycles a second up to which every change is shown */
#define RATE_WINDOWS        32      /* over which the rate of tasks is averaged */
#define NOTICE_SECONDS      4.0
#define BACK_SECONDS        4.0
#define WHOLE_WINDOW_MIN    4096 /* cycles in a window of a chart of the whole run, at least */

/* Cycles per task so far; 0 when hardly any has finished. */
static uint64_t cycles_per_task(const struct hb_app *app, const struct hb_counters *counters) {
    if (counters->tasks_done <= OPEN_TASKS_MIN)
        return 0;
    return (counters->cycle - app->search.first_cycle) / counters->tasks_done + 1;
}

/* From when on half of the CPUs execute tasks. */
static void note_work(struct hb_app *app, const struct hb_counters *counters) {
    uint32_t at_work = 0;
    for (uint32_t i = 0; i < app->view.machine.harts; i++) {
        at_work += counters->hart[i].user_instructions > app->search.worked[i];
        app->search.worked[i] = counters->hart[i].user_instructions;
    }
    if (app->search.work_cycle == 0 && 2 * at_work >= app->view.machine.harts)
        app->search.work_cycle = counters->cycle;
}

/* How far is searched. */
static uint64_t limit_of(const struct hb_app *app) {
    const uint64_t limit = OPEN_LIMIT_CYCLES / app->view.machine.harts;
    return app->view.machine.tasks > 0 && app->search.work_cycle == 0 ? OPEN_LIMIT_TIMES * limit : limit;
}

/* Runs a piece on; true when enough tasks have finished, one of the experiment's own faults has come, or nothing is to
 * be found. */
static bool search_on(struct hb_app *app, struct hb_counters *counters) {
    hb_app_run_to(app, hb_app_cycle(app) + OPEN_STEP_CYCLES, 0);
    app->session->ops->counters(app->session->self, counters);
    note_work(app, counters);
    if (app->search.first_cycle == 0 && counters->tasks_done > 0)
        app->search.first_cycle = counters->cycle;
    uint64_t after_first = counters->cycle - app->search.first_cycle;
    bool enough = counters->tasks_done > OPEN_TASKS && after_first > OPEN_WINDOWS * app->ui.window_cycles;
    return enough || app->past.struck_cycle != 0 || counters->cycle >= limit_of(app) ||
           app->session->ops->status(app->session->self) != HB_VIEW_GOING;
}

/* How many tasks are to finish in a second. */
static double tasks_a_second(const struct hb_app *app, const struct hb_counters *counters) {
    const double all = app->view.machine.tasks, left = all > counters->tasks_done ? all - counters->tasks_done : 0;
    return fmin(TASKS_A_SECOND, fmax(TASKS_A_SECOND_MIN, left / LEFT_SECONDS));
}

/* In a run that ended before its tasks said anything about their rate: well into its work, and so slowly that somebody
 * can talk about the rest of it. */
static void settle_short(struct hb_app *app) {
    const uint64_t end = hb_app_cycle(app), from = app->up_cycle + (end - app->up_cycle) / 4;
    const double talked = (double)(end - from) / SHORT_SECONDS;
    if (talked < app->normal_speed)
        hb_app_set_speed(app, hb_round_125(fmax(talked, HB_SPEED_MIN)));
    hb_app_seek(app, from);
}

/* Where no task visibly finishes. */
static uint64_t work_from(const struct hb_app *app) {
    const uint64_t begun = app->up_cycle + OPEN_AFTER_UP;
    return app->up_cycle == 0 ? 0 : app->search.work_cycle > begun ? app->search.work_cycle : begun;
}

/* Goes to where work is in progress and no fault has come yet; if no task visibly finishes, to the start of the work,
 * or to the reset. */
static void settle(struct hb_app *app, const struct hb_counters *counters) {
    uint64_t fault_cycle = app->past.struck_cycle, rate = cycles_per_task(app, counters);
    if (rate > 0)
        hb_app_set_speed(app, hb_round_125(tasks_a_second(app, counters) * (double)rate));
    if (rate == 0 && app->up_cycle != 0 && app->session->ops->status(app->session->self) != HB_VIEW_GOING)
        settle_short(app);
    else if (rate == 0)
        hb_app_seek(app, work_from(app));
    else if (fault_cycle != 0)
        hb_app_seek(app, (uint64_t)fmax(0, (double)fault_cycle - app->normal_speed * OPEN_BEFORE_SECONDS));
    else if (app->session->ops->status(app->session->self) != HB_VIEW_GOING)
        hb_app_seek(app, hb_app_cycle(app) / 4); /* a short run: from where it is well under way */
    else if (app->search.first_cycle + OPEN_WINDOWS * app->ui.window_cycles < hb_app_cycle(app))
        hb_app_seek(app, app->search.first_cycle + OPEN_WINDOWS * app->ui.window_cycles);
    app->open_cycle = hb_app_cycle(app);
}

void hb_app_search(struct hb_app *app, double budget_seconds) {
    struct hb_counters counters;
    double end = hb_app_host_seconds() + budget_seconds;
    bool done = false;
    while (!done && hb_app_host_seconds() < end)
        done = search_on(app, &counters);
    if (!done)
        return;
    app->search.active = false;
    settle(app, &counters);
}

bool hb_app_begin(struct hb_app *app, struct hb_session *session, const struct hb_metrics *metrics) {
    struct hb_counters counters;
    memset(app, 0, sizeof *app);
    app->session = session;
    app->ui = (struct hb_ui_state){.theme = &hb_theme_light, .playing = true, .mouse_x = -1, .mouse_y = -1};
    app->wanted_variant = -1;
    app->wanted_entry = -1;
    app->back_seconds = BACK_SECONDS;
    app->wanted_text_px = metrics->text_px;
    hb_app_metrics(app, metrics);
    session->ops->machine(session->self, &app->view.machine);
    session->ops->counters(session->self, &counters);
    hb_app_draft(app, 0);
    app->history = hb_history_new(app->view.machine.harts, &counters);
    if (app->history == NULL)
        return false;
    hb_app_set_speed(app, START_SPEED);
    hb_keyframes_begin(&app->frames, HB_KEYFRAMES_BYTES);
    hb_keyframes_offer(&app->frames, session, &app->past);
    app->search.active = app->frames.count > 0;
    return true;
}

bool hb_app_open(struct hb_app *app, struct hb_session *session, const struct hb_metrics *metrics) {
    if (!hb_app_begin(app, session, metrics))
        return false;
    while (app->search.active)
        hb_app_search(app, 1);
    return true;
}

void hb_app_close(struct hb_app *app) {
    hb_keyframes_clear(&app->frames, app->session);
    hb_history_free(app->history);
    app->history = NULL;
}

void hb_app_metrics(struct hb_app *app, const struct hb_metrics *metrics) {
    app->metrics = *metrics;
    app->ui.metrics = &app->metrics;
}

void hb_app_notice(struct hb_app *app, const char *text) {
    snprintf(app->ui.notice, sizeof app->ui.notice, "%s", text);
    app->notice_seconds = NOTICE_SECONDS;
}

static void fill_marks(struct hb_app *app) {
    static const int mark_of[HB_HAPPENINGS] = {
        [HB_HAPPENED_KILLED] = 1 + HB_MARK_KILL,     [HB_HAPPENED_SUSPECTED] = 1 + HB_MARK_SUSPECT,
        [HB_HAPPENED_FENCED] = 1 + HB_MARK_FENCE,    [HB_HAPPENED_RECOVERED] = 1 + HB_MARK_RECOVERED,
        [HB_HAPPENED_FIRST_WORK] = 1 + HB_MARK_WORK, [HB_HAPPENED_AILS] = 1 + HB_MARK_AILS,
    };
    struct hb_view_timeline *timeline = &app->view.timeline;
    timeline->marks = 0;
    for (uint32_t i = 0; i < app->past.log.count; i++) {
        const struct hb_happening *event = &app->past.log.entry[i].last;
        int mark = mark_of[event->kind];
        bool on_dead =
            event->kind == HB_HAPPENED_KILLED || event->kind == HB_HAPPENED_FENCED || event->kind == HB_HAPPENED_AILS;
        if (mark > 0 && timeline->marks < HB_VIEW_MARKS) {
            timeline->mark[timeline->marks++] =
                (struct hb_view_mark){event->cycle, (uint8_t)(mark - 1), on_dead ? event->hart : event->by};
        }
    }
}

/* Mean of the ghost's windows within one of `window` cycles from `cycle` on; negative: unknown. */
static float ghost_at(const struct hb_ghost *ghost, uint64_t cycle, uint64_t window) {
    float sum = 0;
    uint32_t known = 0;
    uint64_t step = window < ghost->window_cycles ? window : ghost->window_cycles;
    for (uint64_t at = cycle; at < cycle + window; at += step) {
        uint64_t place = (at - ghost->from_cycle) / ghost->window_cycles;
        if (at < ghost->from_cycle || place >= ghost->windows || ghost->total[place] < 0)
            continue;
        sum += ghost->total[place];
        known++;
    }
    return known > 0 ? sum / (float)known : -1;
}

/* The future that was left, beside the present one; it reaches further than that. */
static void fill_ghost(const struct hb_app *app, struct hb_view_throughput *throughput) {
    const struct hb_ghost *ghost = &app->ghost;
    uint64_t window = throughput->window_cycles;
    throughput->ghosts = 0;
    if (ghost->window_cycles == 0 || window == 0)
        return;
    for (uint32_t i = 0; i < HB_VIEW_WINDOWS; i++) {
        uint64_t cycle = throughput->from_cycle + i * window;
        throughput->ghost[i] = cycle + window > ghost->since_cycle ? ghost_at(ghost, cycle, window) : -1;
        throughput->ghosts = throughput->ghost[i] >= 0 ? i + 1 : throughput->ghosts;
    }
}

/* The scene shows the whole run, and so does every chart when it is over; else the windows follow the speed. */
static uint64_t chart_window(const struct hb_app *app) {
    uint64_t window = WHOLE_WINDOW_MIN, now = app->view.cycle;
    if (app->ui.scene != HB_SCENE_THROUGHPUT && app->view.status == HB_VIEW_GOING)
        return app->ui.window_cycles;
    while (now > app->up_cycle && (now - app->up_cycle) / window >= HB_VIEW_WINDOWS - 1)
        window *= 2;
    return window;
}

static void fill_throughput(struct hb_app *app) {
    struct hb_view_throughput *throughput = &app->view.throughput;
    double tasks = 0;
    uint32_t windows = 0;
    hb_history_throughput(app->history, app->up_cycle, chart_window(app), throughput);
    for (uint32_t i = throughput->windows; i-- > 0 && windows < RATE_WINDOWS && throughput->total[i] >= 0; windows++)
        tasks += (double)throughput->tasks[i];
    throughput->tasks_per_mcycle =
        windows == 0 ? 0 : (float)(tasks * 1e6 / ((double)windows * (double)throughput->window_cycles));
    throughput->before = app->past.work_before;
    throughput->workers_before = throughput->workers = 0;
    throughput->fault_cycle = app->past.fault_cycle;
    for (uint32_t i = 0; i < app->view.machine.harts; i++) {
        uint32_t worked = app->past.workers_before >> i & 1;
        throughput->workers_before += worked;
        throughput->workers += app->view.hart[i].state < HB_VIEW_STOPPED ? worked : 0;
    }
    fill_ghost(app, throughput);
}

/* What changes with every instruction is refreshed only a few times a second, unless play is so slow that every change
 * can be followed: nobody reads 60 symbols a second. */
static void hold_still(struct hb_app *app) {
    bool follow = !app->ui.playing || app->ui.speed < FOLLOW_SPEED || app->frame_number % HELD_FRAMES == 0;
    for (uint32_t i = 0; i < app->view.machine.harts; i++) {
        struct hb_view_hart *hart = &app->view.hart[i], *held = &app->held[i];
        if (follow || hart->state >= HB_VIEW_STOPPED) {
            *held = *hart;
            continue;
        }
        hart->pc = held->pc;
        hart->task = held->task;
        hart->attempt = held->attempt;
        hart->queue = held->queue;
        memcpy(hart->symbol, held->symbol, sizeof hart->symbol);
    }
}

/* Has nothing happened that the narration should tell? Nor does it tell the end of a run before the class has answered
 * the question about it. */
static bool is_quiet(const struct hb_app *app) {
    const struct hb_ui_state *ui = &app->ui;
    if (app->session->ops->status(app->session->self) == HB_VIEW_GOING)
        return app->past.story.shown.kind == HB_STORY_NONE;
    return ui->deck != NULL && ui->deck->page[ui->page].ask != NULL && !ui->revealed;
}

/* When the run is over nothing comes any more that would need room: what there was fills the lanes. */
static uint32_t columns_in_use(const struct hb_app *app, uint32_t columns) {
    const uint64_t past = hb_app_cycle(app) / app->ui.column_cycles + 1;
    const bool over = app->session->ops->status(app->session->self) != HB_VIEW_GOING && app->ui.scroll_columns == 0;
    return over && past < columns ? (uint32_t)(past < COLUMNS_MIN ? COLUMNS_MIN : past) : columns;
}

static void fill_view(struct hb_app *app, int w, int h) {
    struct hb_layout layout;
    app->ui.quiet = is_quiet(app);
    app->ui.plain = app->past.story.shown.kind == HB_STORY_NONE && !hb_app_can_back(app);
    app->ui.compact = hb_layout_compact(w, h, &app->ui, app->view.machine.harts);
    app->ui.help_pages = hb_help_pages((struct hb_rect){0, 0, w, h}, &app->ui);
    hb_layout((struct hb_rect){0, 0, w, h}, &app->ui, app->view.machine.harts, &layout);
    uint8_t plotted = app->ui.scene == HB_SCENE_BUS ? HB_SCENE_BUS : HB_SCENE_LANES;
    struct hb_rect lanes = hb_layout_lanes(layout.panel[plotted], &app->ui, app->view.machine.harts);
    uint32_t columns = (uint32_t)hb_clamp(lanes.w / 2, 1, HB_VIEW_COLUMNS);
    hb_app_fit_page(app, columns);
    columns = columns_in_use(app, columns < 1 ? 1 : columns);
    app->view.scene = app->ui.scene;
    app->view.selected = app->ui.selected;
    app->view.moves = app->past.moves;
    app->view.timeline.locks_wanted = app->ui.scene == HB_SCENE_LANES && app->ui.lanes_by == HB_LANES_LOCK;
    app->view.why_wanted = !app->ui.playing && !app->search.active;
    app->view.keys_wanted = app->ui.doing > 1;
    app->view.lines.wanted = app->ui.scene == HB_SCENE_LINES;
    app->view.lines.pins = app->ui.pins;
    memcpy(app->view.lines.pin, app->ui.pin, sizeof app->view.lines.pin);
    app->session->ops->fill(app->session->self, &app->view);
    hb_app_recall_lines(app);
    hold_still(app);
    if (app->frame_number++ % RECENT_FRAMES == 0 || !app->ui.playing) {
        hb_history_recent(app->history, &app->view);
        hb_history_mark(app->history);
    }
    hb_history_timeline(app->history, app->ui.column_cycles, columns, app->ui.scroll_columns, &app->view.timeline);
    fill_throughput(app);
    fill_marks(app);
    hb_app_fill_time(app);
    hb_eventlog_view(&app->past.log, &app->view);
    hb_story_view(&app->past.story, &app->view);
    if (app->search.active)
        hb_story_searching(&app->view);
}

void hb_app_draw(struct hb_app *app, int w, int h) {
    app->list.metrics = app->ui.metrics;
    fill_view(app, w, h - hb_deck_height(&app->list, w, &app->ui));
    app->ui.can_back = hb_app_can_back(app);
    app->ui.can_step_back = app->frames.count > 0 && app->frames.frame[0].cycle < app->view.cycle;
    if (app->notice_seconds <= 0)
        app->ui.notice[0] = '\0';
    hb_screen_draw(&app->list, w, h, &app->view, &app->ui);
}
