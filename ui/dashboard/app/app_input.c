/* Keys and mouse become commands. */
#include <math.h>

#include "ui/dashboard/app/app.h"
#include "ui/dashboard/panels/lanes.h"
#include "ui/dashboard/panels/panels.h"
#include "ui/dashboard/panels/widgets.h"

#define SCROLL_ROWS 3

/* Keys that always mean the same command. */
static const struct {
    int key;
    struct hb_command command;
} fixed_keys[] = {
    {'.', {HB_COMMAND_STEP_CYCLE, 0, 0}},
    {',', {HB_COMMAND_STEP_BACK, 0, 0}},
    {'X', {HB_COMMAND_BACK_TRANSACTION, 0, 0}}, /* before the small letter, which stands for both */
    {'E', {HB_COMMAND_BACK_EVENT, 0, 0}},
    {'N', {HB_COMMAND_TO_PLACE, 1, 0}},
    {'n', {HB_COMMAND_TO_PLACE, 0, 0}},
    {'<', {HB_COMMAND_BEFORE, 0, 0}},
    {'>', {HB_COMMAND_AFTER, 0, 0}},
    {'a', {HB_COMMAND_MARKER, 0, 0}},
    {'z', {HB_COMMAND_MARKER, 1, 0}},
    {'p', {HB_COMMAND_BOOKMARK, 0, 0}},
    {'x', {HB_COMMAND_STEP_TRANSACTION, 0, 0}},
    {'e', {HB_COMMAND_STEP_EVENT, 0, 0}},
    {'b', {HB_COMMAND_BACK, 0, 0}},
    {'g', {HB_COMMAND_TO_FAULT, 0, 0}},
    {'v', {HB_COMMAND_CHOOSE, 0, 0}},
    {'l', {HB_COMMAND_AGAIN_LOST, 0, 0}},
    {'t', {HB_COMMAND_THEME, 0, 0}},
    {'h', {HB_COMMAND_HELP, 0, 0}},
    {'?', {HB_COMMAND_HELP, 0, 0}},
    {'j', {HB_COMMAND_SAVE, 0, 0}},
    {'q', {HB_COMMAND_QUIT, 0, 0}},
    {HB_KEY_HOME, {HB_COMMAND_TO_START, 0, 0}},
    {HB_KEY_F12, {HB_COMMAND_SCREENSHOT, 0, 0}},
};

static struct hb_command of(enum hb_command_kind kind, int64_t argument) {
    return hb_command_of(kind, argument);
}

static struct hb_command speed_of(double cycles_per_second) {
    struct hb_command command = of(HB_COMMAND_SPEED, 0);
    command.value = cycles_per_second;
    return command;
}

static void leave(struct hb_app *app) {
    if (app->ui.help > 0)
        app->ui.help = 0;
    else if (app->ui.choosing)
        app->ui.choosing = false;
    else if (app->ui.doing != 0)
        hb_app_execute(app, of(HB_COMMAND_DOING, 0));
    else if (app->ui.scene != HB_SCENE_ALL)
        hb_app_execute(app, of(HB_COMMAND_SCENE, HB_SCENE_ALL));
}

static void follow(struct hb_app *app) {
    hb_app_execute(app, of(HB_COMMAND_SCROLL, 0));
    hb_app_execute(app, of(HB_COMMAND_LIST_SCROLL, 0));
}

static void scroll_timeline(struct hb_app *app, int64_t columns) {
    int64_t back = (int64_t)app->ui.scroll_columns + columns;
    hb_app_execute(app, of(HB_COMMAND_SCROLL, back < 0 ? 0 : back));
}

static void zoom(struct hb_app *app, bool in) {
    uint64_t column = app->ui.column_cycles;
    hb_app_execute(app, of(HB_COMMAND_ZOOM, (int64_t)(!in ? column * 2 : column > 1 ? column / 2 : 1)));
}

/* Keys whose command depends on the state; false for a key that has none. */
static bool state_key(struct hb_app *app, int key) {
    const struct hb_ui_state *ui = &app->ui;
    switch (key) {
    case ' ': hb_app_execute(app, of(ui->playing ? HB_COMMAND_PAUSE : HB_COMMAND_PLAY, 0)); return true;
    case 'i': hb_app_execute(app, of(HB_COMMAND_STEP_INSTRUCTION, ui->selected)); return true;
    case 'I': hb_app_execute(app, of(HB_COMMAND_BACK_INSTRUCTION, ui->selected)); return true;
    case 'o':
    case 'O':
        hb_app_execute(app, of(app->view.story.recovery_off ? HB_COMMAND_AGAIN_ON : HB_COMMAND_AGAIN_OFF, 0));
        return true;
    case 'k': hb_app_execute(app, of(HB_COMMAND_KILL, ui->selected)); return true;
    case 'K': hb_app_execute(app, of(HB_COMMAND_KILL_LOST, ui->selected)); return true;
    case '\t': hb_app_execute(app, of(HB_COMMAND_SELECT, ui->selected + 1)); return true;
    case 'f': hb_app_execute(app, of(HB_COMMAND_DOING, ui->doing == 1 ? 0 : 1)); return true;
    case 'm': hb_app_execute(app, of(HB_COMMAND_DOING, ui->doing > 1 ? 0 : 2)); return true;
    case '\r': hb_app_execute(app, of(HB_COMMAND_CAUSE, ui->selected)); return true;
    case '[': hb_app_execute(app, speed_of(ui->speed / 2)); return true;
    case ']': hb_app_execute(app, speed_of(ui->speed * 2)); return true;
    case '+':
    case '=': hb_app_execute(app, of(HB_COMMAND_TEXT, app->wanted_text_px + 2)); return true;
    case '-': hb_app_execute(app, of(HB_COMMAND_TEXT, app->wanted_text_px - 2)); return true;
    case 'w': zoom(app, true); return true;
    case 's': zoom(app, false); return true;
    case HB_KEY_LEFT: scroll_timeline(app, 64); return true;
    case HB_KEY_RIGHT: scroll_timeline(app, -64); return true;
    case HB_KEY_END: follow(app); return true;
    case HB_KEY_PAGE_UP:
    case HB_KEY_PAGE_DOWN: hb_app_turn_on(app, key == HB_KEY_PAGE_UP); return true;
    case 27: leave(app); return true;
    default: return false;
    }
}

/* Only events stand with the newest last, which stays in sight. */
static bool counts_from_the_top(const struct hb_app *app) {
    return app->ui.scene == HB_SCENE_LINES || app->ui.scene == HB_SCENE_RACE || app->ui.scene == HB_SCENE_LANES;
}

static void list_scroll(struct hb_app *app, int rows) {
    int at = (int)app->ui.list_scroll + rows;
    hb_app_execute(app, of(HB_COMMAND_LIST_SCROLL, at < 0 ? 0 : at));
}

/* The key of the lanes goes round: by CPU, by task, by lock, and out of the scene. False: in or out of it. */
static bool next_lanes(struct hb_app *app) {
    if (app->ui.scene != HB_SCENE_LANES)
        return false;
    const uint8_t next = (uint8_t)((app->ui.lanes_by + 1) % HB_LANES_KINDS);
    hb_app_execute(app, of(HB_COMMAND_LANES, next));
    return next != HB_LANES_CPU;
}

/* Keys of the lines of a program that takes orders: they give one to the selected CPU, about a variable; false for a
 * key that has none. */
static bool order_key(struct hb_app *app, int key) {
    const struct hb_ui_state *ui = &app->ui;
    uint32_t variables = app->view.machine.orders.variables;
    if (ui->scene != HB_SCENE_LINES || variables == 0)
        return false;
    switch (key) {
    case 'r':
    case 'w': hb_app_execute(app, of(HB_COMMAND_ORDER, 2 * (int64_t)ui->selected + (key == 'w'))); return true;
    case HB_KEY_UP:
    case HB_KEY_DOWN: {
        uint32_t step = key == HB_KEY_DOWN ? 1 : variables - 1;
        hb_app_execute(app, of(HB_COMMAND_VARIABLE, (ui->variable + step) % variables));
        return true;
    }
    default: return false;
    }
}

/* Keys of the list of variants; false for a key that has none. */
static bool choose_key(struct hb_app *app, int key) {
    struct hb_ui_state *ui = &app->ui;
    switch (key) {
    case HB_KEY_UP: ui->choose_at = (ui->choose_at + ui->variants - 1) % ui->variants; return true;
    case HB_KEY_DOWN: ui->choose_at = (ui->choose_at + 1) % ui->variants; return true;
    case '\r': hb_app_execute(app, of(HB_COMMAND_VARIANT, ui->choose_at)); return true;
    default: return false;
    }
}

void hb_app_key(struct hb_app *app, int key) {
    if (app->ui.starting) {
        hb_app_start_key(app, key);
        return;
    }
    if (app->ui.choosing ? choose_key(app, key) : order_key(app, key))
        return;
    if (key == HB_KEY_UP || key == HB_KEY_DOWN) {
        list_scroll(app, (key == HB_KEY_UP) != counts_from_the_top(app) ? SCROLL_ROWS : -SCROLL_ROWS);
        return;
    }
    if (state_key(app, key))
        return;
    int small = key >= 'A' && key <= 'Z' ? key + ('a' - 'A') : key;
    for (size_t i = 0; i < sizeof fixed_keys / sizeof *fixed_keys; i++) {
        if (fixed_keys[i].key == key || fixed_keys[i].key == small) {
            hb_app_execute(app, fixed_keys[i].command);
            return;
        }
    }
    uint8_t scene = hb_scene_keyed(key);
    if (scene == HB_SCENE_LANES && next_lanes(app))
        return;
    if (scene < HB_SCENES)
        hb_app_execute(app, of(HB_COMMAND_SCENE, app->ui.scene == scene ? HB_SCENE_ALL : scene));
}

void hb_app_mouse_move(struct hb_app *app, int x, int y) {
    if (x != app->ui.mouse_x || y != app->ui.mouse_y) {
        app->still_seconds = 0;
        app->ui.tip = false;
    }
    app->ui.mouse_x = x;
    app->ui.mouse_y = y;
    if (hb_rect_empty(app->dragged.rect))
        return;
    if (app->dragged.slider)
        hb_app_execute(app, speed_of(hb_slider_value(app->dragged.rect, x)));
    else if (hb_zone_cycle(&app->dragged, x) <= app->furthest_cycle) /* further: where the button is let go */
        hb_app_execute(app, of(HB_COMMAND_GO, (int64_t)hb_zone_cycle(&app->dragged, x)));
}

/* To the last event of the CPU, the task or the lock whose lane it is. */
static void follow_lane(struct hb_app *app, uint64_t number) {
    const struct hb_view_timeline *timeline = &app->view.timeline;
    struct hb_command command = of(HB_COMMAND_FOLLOW, (int64_t)number);
    command.value = HB_SUBJECT_CPU;
    if (number >= HB_LANE_OF_LOCKS && number - HB_LANE_OF_LOCKS < timeline->locks) {
        command.argument = timeline->lock[number - HB_LANE_OF_LOCKS].address;
        command.value = HB_SUBJECT_LOCK;
    } else if (number >= HB_LANE_OF_TASKS && number < HB_LANE_OF_LOCKS) {
        command.argument = (int64_t)(number - HB_LANE_OF_TASKS);
        command.value = HB_SUBJECT_TASK;
    } else if (number >= app->view.machine.harts) {
        return;
    }
    hb_app_execute(app, command);
}

void hb_app_mouse_down(struct hb_app *app, enum hb_mouse_button button, int x, int y) {
    hb_app_mouse_move(app, x, y);
    app->still_seconds = -INFINITY; /* until the mouse moves: whoever clicks wants to see what it does */
    app->ui.tip = false;
    const struct hb_zone *zone = hb_draw_zone_at(&app->list, x, y);
    if (zone == NULL)
        return;
    if (button == HB_MOUSE_RIGHT) {
        if (zone->command.kind == HB_COMMAND_KILL)
            hb_app_execute(app, of(HB_COMMAND_SELECT, zone->command.argument));
        else if (zone->probe == HB_PROBE_TIMELINE)
            follow_lane(app, (uint64_t)zone->command.argument);
    } else if (zone->slider) {
        app->dragged = *zone;
        hb_app_execute(app, speed_of(hb_slider_value(zone->rect, x)));
    } else if (zone->probe == HB_PROBE_TIME) {
        app->dragged = *zone;
        hb_app_execute(app, of(HB_COMMAND_GO, (int64_t)hb_time_cycle(zone, &app->view, x)));
    } else if (zone->cycles > 0) {
        hb_app_execute(app, of(HB_COMMAND_GO, (int64_t)hb_zone_cycle(zone, x)));
    } else if (zone->enabled && zone->command.kind != HB_COMMAND_NONE) {
        hb_app_execute(app, zone->command);
    } else if (!zone->enabled && zone->tip != 0) {
        hb_app_notice(app, hb_draw_string(&app->list, zone->tip));
    }
}

void hb_app_mouse_up(struct hb_app *app) {
    app->dragged = (struct hb_zone){.slider = false};
}

void hb_app_wheel(struct hb_app *app, int steps, bool shift) {
    const struct hb_zone *zone = hb_draw_zone_at(&app->list, app->ui.mouse_x, app->ui.mouse_y);
    if (zone != NULL && zone->probe == HB_PROBE_TIMELINE) {
        for (; !shift && steps != 0; steps += steps > 0 ? -1 : 1)
            zoom(app, steps > 0);
        if (shift)
            scroll_timeline(app, steps * 32);
        return;
    }
    list_scroll(app, (counts_from_the_top(app) ? -SCROLL_ROWS : SCROLL_ROWS) * steps);
}
