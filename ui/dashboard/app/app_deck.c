/* Turning the pages of a lesson. */
#include "ui/dashboard/app/app.h"
#include "ui/dashboard/panels/panels.h"

#define RESTS_SECONDS     1e9
#define WHOLE_COLUMNS     384                   /* of the lanes, that surely fit */
#define WHOLE_COLUMNS_MIN 64                    /* the lanes are on the screen */
#define WHOLE_WINDOWS     (HB_VIEW_WINDOWS - 8) /* of the curve */

static uint64_t power_of_two_from(uint64_t at_least) {
    uint64_t power = 1;
    while (power < at_least)
        power *= 2;
    return power;
}

/* A question is put before its moment, which is shown with the answer. The end is known in the cycle after it. */
static uint64_t shown_cycle(const struct hb_app *app, const struct hb_deck_page *page) {
    return page->asked_cycle != 0 && !app->ui.revealed ? page->asked_cycle : page->cycle + page->whole;
}

/* The whole run, or what suits the speed. */
static void choose_zoom(struct hb_app *app, const struct hb_deck_page *page) {
    hb_app_set_speed(app, app->normal_speed);
    if (!page->whole || shown_cycle(app, page) < page->cycle)
        return;
    app->ui.window_cycles = power_of_two_from(page->cycle / WHOLE_WINDOWS);
    if (!app->ui.zoomed)
        app->ui.column_cycles = power_of_two_from(page->cycle / WHOLE_COLUMNS);
}

void hb_app_fit_page(struct hb_app *app, uint32_t columns) {
    const struct hb_deck_page *page = app->ui.deck ? &app->ui.deck->page[app->ui.page] : NULL;
    const uint64_t now = hb_app_cycle(app);
    if (page && page->whole && !app->ui.zoomed && now >= page->cycle && now <= page->cycle + 1 &&
        columns >= WHOLE_COLUMNS_MIN)
        app->ui.column_cycles = power_of_two_from(now / columns + 1);
}

void hb_app_show_page(struct hb_app *app) {
    const struct hb_deck_page *page = &app->ui.deck->page[app->ui.page];
    app->search.active = false;
    app->ui.playing = false;
    app->ui.scroll_columns = 0;
    app->ui.scene = page->scene;
    if (page->hart >= 0 && (uint32_t)page->hart < app->view.machine.harts)
        app->ui.selected = (uint32_t)page->hart;
    if (!page->pending && page->trouble == NULL) {
        choose_zoom(app, page);
        hb_app_seek(app, shown_cycle(app, page));
    }
    app->still_seconds = -RESTS_SECONDS; /* a mouse that rests explains nothing of the new page */
    app->ui.tip = false;
}

bool hb_app_learn(struct hb_app *app) {
    const struct hb_deck *deck = app->ui.deck;
    if (!deck || !deck->learn)
        return false;
    const struct hb_deck_page *page = &deck->page[app->ui.page];
    const bool waited = page->pending;
    if (!deck->learn(deck->self))
        return false;
    if (waited && !page->pending && page->run == app->ui.variant)
        hb_app_show_page(app);
    return true;
}

void hb_app_turn(struct hb_app *app, uint32_t page, bool revealed) {
    struct hb_ui_state *ui = &app->ui;
    if (!ui->deck || page >= ui->deck->pages)
        return;
    const bool shown = revealed && ui->deck->page[page].ask;
    const bool turned = page != ui->page || (shown != ui->revealed && ui->deck->page[page].asked_cycle != 0);
    ui->page = page;
    ui->revealed = shown;
    if (ui->deck->page[page].run != ui->variant)
        app->wanted_variant = (int)ui->deck->page[page].run; /* the page is shown when it is open */
    else if (turned)
        hb_app_show_page(app);
}

void hb_app_turn_on(struct hb_app *app, bool back) {
    const struct hb_ui_state *ui = &app->ui;
    if (!ui->deck || (back && ui->page == 0))
        return;
    const bool reveals = !back && ui->deck->page[ui->page].ask && !ui->revealed;
    const int64_t page = (int64_t)ui->page + (back ? -1 : reveals ? 0 : 1);
    if (page < (int64_t)ui->deck->pages)
        hb_app_execute(app, hb_command_of(HB_COMMAND_PAGE, 2 * page + reveals));
}

void hb_app_draw_notes(const struct hb_app *app, const struct hb_metrics *metrics, int w, int h,
                       struct hb_draw_list *list) {
    struct hb_ui_state ui = app->ui;
    ui.metrics = metrics;
    hb_draw_begin(list, metrics, ui.theme);
    hb_panel_notes(list, (struct hb_rect){0, 0, w, h}, &ui);
}
