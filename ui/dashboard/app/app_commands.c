/* Every command, executed in one place and logged with its cycle. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ui/dashboard/app/app.h"
#include "ui/dashboard/model/format.h"

#define NO_FAULT       "There is no fault yet to go back to."
#define RUN_IS_OVER    "The run is over: Home, and the strip below, go back."
#define BEFORE_SECONDS 2.0 /* how far before one of the experiment's own faults to go back */

static bool going(const struct hb_app *app) {
    return app->session->ops->status(app->session->self) == HB_VIEW_GOING;
}

static bool can_die(const struct hb_app *app, int64_t hart) {
    struct hb_counters counters;
    if (hart < 0 || hart >= (int64_t)app->view.machine.harts || !going(app))
        return false;
    app->session->ops->counters(app->session->self, &counters);
    uint8_t state = counters.hart[hart].state;
    return state != HB_VIEW_DEAD && state != HB_VIEW_FENCED && state != HB_VIEW_STOPPED;
}

/* Of the terms, the one that says what becomes of the cache. */
static void lose_cache(const struct hb_app *app, struct hb_view_fault *fault) {
    for (uint32_t i = 0; i < HB_VIEW_TERMS; i++)
        if (strcmp(app->view.machine.term[i].name, "cache_on_death") == 0)
            fault->term[i] = 1;
}

/* Injects the fault that app->fault describes; after one cycle it has acted. */
static void inject(struct hb_app *app, bool cache_lost) {
    struct hb_view_fault given = app->fault.what;
    if (cache_lost)
        lose_cache(app, &given);
    if (app->fault.given)
        app->session->ops->inject(app->session->self, &given);
    else
        app->session->ops->kill(app->session->self, app->fault.hart, cache_lost);
    hb_app_run_to(app, hb_app_cycle(app) + 1, 1);
    if (!app->fault.ails)
        hb_director_plan(&app->director, app->session, &app->view.machine, app->fault.hart);
    app->carry = 0;
}

/* A key that can do nothing says so. */
static void tell_no_death(struct hb_app *app, int64_t hart) {
    char text[64];
    if (hart < 0 || hart >= (int64_t)app->view.machine.harts)
        return;
    snprintf(text, sizeof text, going(app) ? "CPU %u executes nothing any more." : RUN_IS_OVER, (unsigned)hart);
    hb_app_notice(app, text);
}

static void kill_hart(struct hb_app *app, int64_t hart, bool cache_lost) {
    if (!can_die(app, hart)) {
        tell_no_death(app, hart);
        return;
    }
    hb_app_push_fault(
        app, &(struct hb_fault){.known = true, .hart = (uint32_t)hart, .cycle = hb_app_cycle(app), .own = true});
    hb_app_fork(app);
    inject(app, cache_lost);
}

/* What is left by going back stays in sight. */
static void keep_ghost(struct hb_app *app) {
    static struct hb_view_throughput now;
    uint64_t window = app->ui.window_cycles, reach = hb_app_cycle(app) - app->up_cycle;
    while (reach / window >= HB_VIEW_WINDOWS - 1)
        window *= 2;
    hb_history_throughput(app->history, app->up_cycle, window, &now);
    app->ghost =
        (struct hb_ghost){.from_cycle = now.from_cycle, .window_cycles = now.window_cycles, .windows = now.windows};
    memcpy(app->ghost.total, now.total, sizeof app->ghost.total);
}

/* Takes the machine to before the last fault; false when there is none. */
static bool go_back(struct hb_app *app) {
    if (!app->fault.known)
        return false;
    double early = fmax(0, (double)app->fault.cycle - app->normal_speed * BEFORE_SECONDS);
    keep_ghost(app);
    hb_app_seek(app, app->fault.own ? app->fault.cycle : (uint64_t)early);
    app->ghost.since_cycle = hb_app_cycle(app);
    hb_app_fork(app);
    app->ui.scroll_columns = 0;
    app->ui.playing = true;
    return true;
}

/* Going back once more undoes the fault before the one that is undone already. */
static void back(struct hb_app *app) {
    while (app->earliers > 0 && (app->fault.undone || app->fault.cycle > hb_app_cycle(app)))
        hb_app_pop_fault(app);
    if (!hb_app_can_back(app))
        hb_app_notice(app, NO_FAULT);
    else if (go_back(app))
        app->fault.undone = true;
}

/* From this cycle on; one cycle later the kernel finds it so. */
static void set_switch(struct hb_app *app, int64_t argument) {
    if (argument < 0 || argument / 2 >= HB_SWITCHES || !(app->view.machine.switches >> argument / 2 & 1) || !going(app))
        return;
    hb_app_fork(app);
    app->session->ops->set_switch(app->session->self, (uint32_t)argument / 2, argument % 2 != 0);
    hb_app_run_to(app, hb_app_cycle(app) + 1, 1);
}

/* A program that watches nothing has no recovery to switch. */
static bool has_recovery(struct hb_app *app) {
    const bool has = app->view.machine.switches >> HB_SWITCH_DETECT & 1;
    if (!has)
        hb_app_notice(app, "This program has no recovery that could be switched.");
    return has;
}

/* What is to be as it was, or on, or off. */
enum recovery { AS_IT_WAS, WITH_RECOVERY, WITHOUT_RECOVERY };

static void again(struct hb_app *app, enum recovery recovery, bool cache_lost) {
    if (recovery != AS_IT_WAS && app->fault.known && !has_recovery(app))
        return;
    if (cache_lost && app->fault.known && app->fault.ails) {
        hb_app_notice(app, "That fault leaves the cache as it is.");
        return;
    }
    if (!go_back(app)) {
        hb_app_notice(app, NO_FAULT);
        return;
    }
    if (recovery != AS_IT_WAS)
        app->session->ops->set_switch(app->session->self, HB_SWITCH_DETECT, recovery == WITH_RECOVERY);
    if (!app->fault.own && app->fault.ails) { /* it comes again by itself */
        app->fault.undone = false;
        return;
    }
    if (!app->fault.own) { /* it would come again by itself: act one cycle earlier */
        hb_app_run_to(app, app->fault.cycle - 1, 0);
        app->fault.cycle = hb_app_cycle(app);
        app->fault.own = true;
    }
    app->fault.undone = false;
    inject(app, cache_lost);
}

static void step(struct hb_app *app, const struct hb_command *command, bool back) {
    static const uint8_t counted[HB_COMMAND_KINDS] = {
        [HB_COMMAND_STEP_BACK] = HB_COMMAND_STEP_CYCLE,
        [HB_COMMAND_BACK_INSTRUCTION] = HB_COMMAND_STEP_INSTRUCTION,
        [HB_COMMAND_BACK_TRANSACTION] = HB_COMMAND_STEP_TRANSACTION,
        [HB_COMMAND_BACK_EVENT] = HB_COMMAND_STEP_EVENT,
    };
    if (command->argument < 0 || command->argument >= (int64_t)app->view.machine.harts)
        return;
    if (back)
        hb_app_step_back(app, counted[command->kind], (uint32_t)command->argument);
    else
        hb_app_step(app, command->kind, (uint32_t)command->argument);
}

static uint64_t whole_of(const struct hb_command *command) {
    return command->value > 0 && command->value < 1e18 ? (uint64_t)command->value : 0;
}

static void move(struct hb_app *app, const struct hb_command *command) {
    uint64_t now = hb_app_cycle(app);
    const bool played = app->ui.playing;
    app->ui.playing = false;
    app->ui.scroll_columns = 0;
    app->notice_seconds = 0; /* of the moment that is left */
    switch (command->kind) {
    case HB_COMMAND_STEP_CYCLE:
    case HB_COMMAND_STEP_INSTRUCTION:
    case HB_COMMAND_STEP_TRANSACTION:
    case HB_COMMAND_STEP_EVENT: step(app, command, false); break;
    case HB_COMMAND_STEP_BACK:
    case HB_COMMAND_BACK_INSTRUCTION:
    case HB_COMMAND_BACK_TRANSACTION:
    case HB_COMMAND_BACK_EVENT: step(app, command, true); break;
    case HB_COMMAND_TO_PLACE: hb_app_to_place(app, command->argument != 0); break;
    case HB_COMMAND_GO: hb_app_go(app, command->argument < 0 ? 0 : (uint64_t)command->argument); break;
    case HB_COMMAND_FOLLOW: hb_app_follow(app, (uint8_t)whole_of(command), (uint64_t)command->argument); break;
    case HB_COMMAND_BEFORE:
    case HB_COMMAND_AFTER: hb_app_find(app, command->kind == HB_COMMAND_BEFORE); break;
    case HB_COMMAND_CAUSE: hb_app_cause(app, (uint32_t)command->argument); break;
    case HB_COMMAND_TO_FAULT: hb_app_to_fault(app, played); break;
    case HB_COMMAND_TO_START:
        hb_app_seek(app, now > app->open_cycle ? app->open_cycle : 0);
        app->ui.playing = true;
        break;
    }
}

static void fault(struct hb_app *app, const struct hb_command *command) {
    switch (command->kind) {
    case HB_COMMAND_KILL: kill_hart(app, command->argument, false); break;
    case HB_COMMAND_KILL_LOST: kill_hart(app, command->argument, true); break;
    case HB_COMMAND_SWITCH: set_switch(app, command->argument); break;
    case HB_COMMAND_ORDER: hb_app_order(app, command->argument); break;
    case HB_COMMAND_BACK: back(app); break;
    case HB_COMMAND_INJECT: hb_app_inject(app, (uint32_t)command->argument); break;
    case HB_COMMAND_UNPLAN: hb_app_unplan(app); break;
    case HB_COMMAND_KEY: hb_app_set_key(app, (uint32_t)command->argument, whole_of(command)); break;
    case HB_COMMAND_AGAIN_OFF: again(app, WITHOUT_RECOVERY, false); break;
    case HB_COMMAND_AGAIN_ON: again(app, WITH_RECOVERY, false); break;
    case HB_COMMAND_AGAIN_LOST: again(app, AS_IT_WAS, true); break;
    }
}

static void play(struct hb_app *app, const struct hb_command *command) {
    switch (command->kind) {
    case HB_COMMAND_PLAY:
        app->ui.playing = going(app);
        if (!app->ui.playing)
            hb_app_notice(app, RUN_IS_OVER);
        break;
    case HB_COMMAND_PAUSE: app->ui.playing = false; break;
    case HB_COMMAND_SPEED:
        hb_app_set_speed(app, command->value);
        app->director.active = false;
        break;
    }
}

/* In the working directory, named after the cycle, as pictures are. */
static void save(struct hb_app *app) {
    char path[64], text[160];
    struct hb_error error = {.text = "There is no experiment to save."};
    snprintf(path, sizeof path, "hartbeat-%llu.json", (unsigned long long)hb_app_cycle(app));
    bool ok = app->keeper.save != NULL && app->keeper.save(app->keeper.self, path, &error);
    snprintf(text, sizeof text, ok ? "Saved: hartbeat run %s does it again." : "%s", ok ? path : error.text);
    hb_app_notice(app, text);
}

static void look(struct hb_app *app, const struct hb_command *command) {
    struct hb_ui_state *ui = &app->ui;
    int64_t argument = command->argument < 0 ? 0 : command->argument;
    switch (command->kind) {
    case HB_COMMAND_MARKER: hb_app_marker(app, argument != 0); break;
    case HB_COMMAND_BOOKMARK: hb_app_bookmark(app); break;
    case HB_COMMAND_OPEN: hb_app_open_entry(app, (uint32_t)argument); break;
    case HB_COMMAND_DOING: ui->doing = (uint8_t)hb_min((int)argument, UINT8_MAX); break;
    case HB_COMMAND_MODEL: hb_app_draft(app, (uint32_t)argument); break;
    case HB_COMMAND_TERM: hb_app_draft_term(app, (uint32_t)argument, whole_of(command)); break;
    case HB_COMMAND_WHEN: ui->draft.cycle = (uint64_t)argument; break;
    case HB_COMMAND_CHOOSE:
        ui->choosing = !ui->choosing && ui->variants > 1;
        if (ui->variants <= 1)
            hb_app_notice(app, "This experiment has no variants.");
        ui->choose_at = ui->variant;
        break;
    case HB_COMMAND_VARIANT:
        ui->choosing = false;
        app->wanted_variant = hb_min((int)argument, (int)ui->variants - 1);
        break;
    case HB_COMMAND_PAGE: hb_app_turn(app, (uint32_t)(argument / 2), argument % 2 != 0); break;
    case HB_COMMAND_PIN: hb_app_pin(app, (uint64_t)argument); break;
    case HB_COMMAND_VARIABLE: ui->variable = (uint32_t)argument; break;
    case HB_COMMAND_SELECT:
        ui->subject.kind = HB_SUBJECT_CPU;
        ui->selected = (uint32_t)(argument % app->view.machine.harts);
        break;
    case HB_COMMAND_SCENE:
        ui->scene = (uint8_t)(argument < HB_SCENES ? argument : HB_SCENE_ALL);
        ui->list_scroll = 0;
        app->recalled = false;
        break;
    case HB_COMMAND_LANES:
        ui->lanes_by = (uint8_t)(argument < HB_LANES_KINDS ? argument : HB_LANES_CPU);
        ui->list_scroll = 0;
        break;
    case HB_COMMAND_ZOOM:
        ui->zoomed = true;
        ui->column_cycles = argument < 1 ? hb_app_whole_column(app) : argument > 1 << 20 ? 1 << 20 : (uint64_t)argument;
        ui->scroll_columns = argument < 1 ? 0 : ui->scroll_columns;
        break;
    case HB_COMMAND_SCROLL: ui->scroll_columns = (uint64_t)argument; break;
    case HB_COMMAND_LIST_SCROLL: ui->list_scroll = (uint32_t)hb_min((int)argument, HB_VIEW_EVENTS); break;
    case HB_COMMAND_TEXT: app->wanted_text_px = hb_clamp((int)argument, HB_TEXT_PX_MIN, HB_TEXT_PX_MAX); break;
    case HB_COMMAND_THEME: ui->theme = ui->theme == &hb_theme_light ? &hb_theme_dark : &hb_theme_light; break;
    case HB_COMMAND_HELP: ui->help = ui->help < ui->help_pages ? ui->help + 1 : 0; break;
    case HB_COMMAND_SCREENSHOT: app->want_picture = true; break;
    case HB_COMMAND_SAVE: save(app); break;
    case HB_COMMAND_QUIT: app->quit = true; break;
    }
}

typedef void command_fn(struct hb_app *app, const struct hb_command *command);

static command_fn *const handlers[HB_COMMAND_KINDS] = {
    [HB_COMMAND_PLAY] = play,
    [HB_COMMAND_PAUSE] = play,
    [HB_COMMAND_SPEED] = play,
    [HB_COMMAND_STEP_CYCLE] = move,
    [HB_COMMAND_STEP_BACK] = move,
    [HB_COMMAND_STEP_INSTRUCTION] = move,
    [HB_COMMAND_TO_FAULT] = move,
    [HB_COMMAND_DOING] = look,
    [HB_COMMAND_MODEL] = look,
    [HB_COMMAND_TERM] = look,
    [HB_COMMAND_WHEN] = look,
    [HB_COMMAND_INJECT] = fault,
    [HB_COMMAND_UNPLAN] = fault,
    [HB_COMMAND_KEY] = fault,
    [HB_COMMAND_VARIANT] = look,
    [HB_COMMAND_CHOOSE] = look,
    [HB_COMMAND_OPEN] = look,
    [HB_COMMAND_STEP_TRANSACTION] = move,
    [HB_COMMAND_STEP_EVENT] = move,
    [HB_COMMAND_BACK_INSTRUCTION] = move,
    [HB_COMMAND_BACK_TRANSACTION] = move,
    [HB_COMMAND_BACK_EVENT] = move,
    [HB_COMMAND_FOLLOW] = move,
    [HB_COMMAND_BEFORE] = move,
    [HB_COMMAND_AFTER] = move,
    [HB_COMMAND_CAUSE] = move,
    [HB_COMMAND_GO] = move,
    [HB_COMMAND_TO_PLACE] = move,
    [HB_COMMAND_BOOKMARK] = look,
    [HB_COMMAND_MARKER] = look,
    [HB_COMMAND_TO_START] = move,
    [HB_COMMAND_KILL] = fault,
    [HB_COMMAND_KILL_LOST] = fault,
    [HB_COMMAND_BACK] = fault,
    [HB_COMMAND_AGAIN_OFF] = fault,
    [HB_COMMAND_AGAIN_ON] = fault,
    [HB_COMMAND_AGAIN_LOST] = fault,
    [HB_COMMAND_SELECT] = look,
    [HB_COMMAND_SCENE] = look,
    [HB_COMMAND_LANES] = look,
    [HB_COMMAND_PIN] = look,
    [HB_COMMAND_VARIABLE] = look,
    [HB_COMMAND_ORDER] = fault,
    [HB_COMMAND_ZOOM] = look,
    [HB_COMMAND_SCROLL] = look,
    [HB_COMMAND_LIST_SCROLL] = look,
    [HB_COMMAND_TEXT] = look,
    [HB_COMMAND_THEME] = look,
    [HB_COMMAND_HELP] = look,
    [HB_COMMAND_SCREENSHOT] = look,
    [HB_COMMAND_SAVE] = look,
    [HB_COMMAND_QUIT] = look,
    [HB_COMMAND_PAGE] = look,
    [HB_COMMAND_SWITCH] = fault,
};

static void log_command(struct hb_app *app, const struct hb_command *command) {
    char text[64];
    hb_command_format(command, text, sizeof text);
    fprintf(app->log->file, "@%llu %s\n", (unsigned long long)hb_app_cycle(app), text);
    if (hb_output_flush(app->log, &app->log_error))
        return;
    app->log_failed = true;
    app->log = NULL;
    hb_app_notice(app, app->log_error.text);
}

void hb_app_execute(struct hb_app *app, struct hb_command command) {
    if (command.kind >= HB_COMMAND_KINDS || handlers[command.kind] == NULL)
        return;
    if (app->log != NULL)
        log_command(app, &command);
    if (handlers[command.kind] != look)
        app->goal_cycle = 0;
    if (handlers[command.kind] != look && app->search.active) { /* from here, then */
        app->search.active = false;
        app->open_cycle = hb_app_cycle(app);
    }
    handlers[command.kind](app, &command);
}

bool hb_app_replay_line(struct hb_app *app, const char *line) {
    char text[96], *end;
    struct hb_command command;
    if (line[0] != '@')
        return false;
    uint64_t cycle = strtoull(line + 1 + (line[1] == '+'), &end, 10);
    snprintf(text, sizeof text, "%.*s", (int)strcspn(end, "\r\n"), *end == ' ' ? end + 1 : end);
    text[strcspn(text, "\r\n")] = '\0';
    if (*end != ' ' || !hb_command_parse(text, &command))
        return false;
    hb_app_run_to(app, line[1] == '+' ? hb_app_cycle(app) + cycle : cycle, 0);
    hb_app_execute(app, command);
    return true;
}
