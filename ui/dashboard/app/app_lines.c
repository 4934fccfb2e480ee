/* The scene of the lines: what is followed for it, what is pinned, and orders that are typed by a click. */
#include <stdio.h>
#include <string.h>

#include "ui/dashboard/app/app.h"

#define ORDER_CYCLES       20000 /* in which a sleeping CPU has surely obeyed */
#define RECALLS            4     /* to the 1st, 3rd, 7th and 15th keyframe before */
#define RECALL_FINE_CYCLES 2048

void hb_app_watch_lines(struct hb_app *app) {
    app->session->ops->watch_lines(app->session->self, app->ui.scene == HB_SCENE_LINES);
}

/* What happened before the machine came here was not followed: the way here is gone again, from further and further
 * back, until something is known. */
void hb_app_recall_lines(struct hb_app *app) {
    uint64_t now = hb_app_cycle(app), before = now;
    if (app->ui.scene != HB_SCENE_LINES || app->recalled)
        return;
    app->recalled = true;
    for (int back = 1; back <= RECALLS && !app->view.lines.turn.known && before > 0; back++) {
        const struct hb_keyframe *frame = NULL;
        for (int i = 0; i < 1 << (back - 1) && before > 0; i++) {
            frame = hb_keyframes_before(&app->frames, before - 1);
            before = frame == NULL ? 0 : frame->cycle;
        }
        if (frame == NULL)
            break;
        hb_app_restore(app, frame);
        hb_app_run_to(app, now, RECALL_FINE_CYCLES);
        app->session->ops->fill(app->session->self, &app->view);
    }
    app->recalled = true;
}

void hb_app_pin(struct hb_app *app, uint64_t address) {
    struct hb_ui_state *ui = &app->ui;
    for (uint32_t i = 0; i < ui->pins; i++)
        if (ui->pin[i] == address) {
            memmove(&ui->pin[i], &ui->pin[i + 1], (ui->pins - i - 1) * sizeof ui->pin[0]);
            ui->pins--;
            return;
        }
    if (ui->pins < HB_VIEW_PINS)
        ui->pin[ui->pins++] = address;
}

void hb_app_order(struct hb_app *app, int64_t argument) {
    const struct hb_view_orders *orders = &app->view.machine.orders;
    char line[16];
    bool going = app->session->ops->status(app->session->self) == HB_VIEW_GOING;
    if (argument < 0 || argument / 2 >= (int64_t)app->view.machine.harts || argument / 2 > 9 || !going ||
        app->ui.variable >= orders->variables)
        return;
    snprintf(line, sizeof line, "%d %c %c\n", (int)(argument / 2), argument % 2 ? 'w' : 'r',
             orders->variable[app->ui.variable]);
    hb_app_fork(app);
    app->session->ops->type(app->session->self, line);
    hb_app_run_to(app, hb_app_cycle(app) + ORDER_CYCLES, ORDER_CYCLES);
}
