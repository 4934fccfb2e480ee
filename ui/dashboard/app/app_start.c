/* The start page: which entry is selected, and what is to be opened. */
#include "ui/dashboard/app/app.h"

/* The next entry in this direction that is no heading; the present one at the end. */
static uint32_t next_entry(const struct hb_ui_state *ui, int step) {
    int64_t at = (int64_t)ui->start_at + step;
    while (at >= 0 && at < (int64_t)ui->start->entries && ui->start->entry[at].open == NULL)
        at += step;
    return at < 0 || at >= (int64_t)ui->start->entries ? ui->start_at : (uint32_t)at;
}

/* To the run behind the page. It went on while that was read, and is perhaps over: so from where it was opened. */
static void leave(struct hb_app *app) {
    app->ui.starting = false;
    if (app->search.active)
        return;
    hb_app_seek(app, app->open_cycle);
    app->ui.playing = true;
}

void hb_app_open_entry(struct hb_app *app, uint32_t entry) {
    const struct hb_start *start = app->ui.start;
    if (start == NULL || entry >= start->entries || start->entry[entry].open == NULL)
        return;
    if (start->entry[entry].open[0] == '\0') {
        leave(app);
        return;
    }
    app->ui.starting = false;
    app->wanted_entry = (int)entry;
}

void hb_app_start_key(struct hb_app *app, int key) {
    struct hb_ui_state *ui = &app->ui;
    switch (key) {
    case HB_KEY_UP: ui->start_at = next_entry(ui, -1); break;
    case HB_KEY_DOWN: ui->start_at = next_entry(ui, 1); break;
    case HB_KEY_PAGE_UP:
    case HB_KEY_PAGE_DOWN:
        for (int i = 0; i < 8; i++)
            ui->start_at = next_entry(ui, key == HB_KEY_PAGE_UP ? -1 : 1);
        break;
    case '\r': hb_app_execute(app, hb_command_of(HB_COMMAND_OPEN, ui->start_at)); break;
    case 27: leave(app); break;
    case 'q': hb_app_execute(app, hb_command_of(HB_COMMAND_QUIT, 0)); break;
    default: break;
    }
}
