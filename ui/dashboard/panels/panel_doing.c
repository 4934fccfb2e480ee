/* What can be done to the run by hand, over a dimmed window: a fault of any model, now or at a cycle; other values of
 * keys; and saving all of it. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "ui/dashboard/model/format.h"
#include "ui/dashboard/panels/panels.h"
#include "ui/dashboard/panels/widgets.h"

#define FAULTS 1 /* pages; the keys' follow */
#define KEYS   2

struct doing {
    struct hb_draw_list *list;
    const struct hb_ui_state *ui;
    const struct hb_view *view;
};

static int row_height(const struct doing *d) {
    return hb_em(d->ui, 1.9);
}

/* A button at the left of *row, which is cut off it. */
static void put_button(const struct doing *d, struct hb_rect *row, const struct hb_button *button) {
    struct hb_rect place = hb_cut_left(row, button->label == NULL ? hb_em(d->ui, 1.9)
                                                                  : hb_button_width(d->ui, button->label) -
                                                                        hb_em(d->ui, button->shape < 0 ? 1.2 : 0));
    hb_button(d->list, hb_rect_centre(place, place.w, hb_em(d->ui, 1.7)), d->ui, button);
    hb_cut_left(row, hb_em(d->ui, 0.3));
}

static void put_choice(const struct doing *d, struct hb_rect *row, const char *label, bool chosen,
                       struct hb_command command) {
    const struct hb_button button = {label, -1, chosen ? HB_BUTTON_ACCENT : HB_BUTTON_PLAIN, true, command, ""};
    put_button(d, row, &button);
}

static struct hb_command pair_of(enum hb_command_kind kind, int64_t argument, uint64_t value) {
    struct hb_command command = hb_command_of(kind, argument);
    command.value = (double)value;
    return command;
}

static void put_label(const struct doing *d, struct hb_rect *row, double ems, const char *label) {
    hb_draw_text(d->list, hb_cut_left(row, hb_em(d->ui, ems)), HB_FONT_BODY, HB_ALIGN_LEFT, d->list->theme->muted,
                 label);
}

/* ---- Faults ---------------------------------------------------------------------------------------------------- */

static void draw_models(const struct doing *d, struct hb_rect *body) {
    const struct hb_view_machine *machine = &d->view->machine;
    struct hb_rect row = hb_cut_top(body, row_height(d));
    for (uint32_t i = 0; i < machine->models; i++) {
        if (hb_button_width(d->ui, machine->model[i].name) > row.w)
            row = hb_cut_top(body, row_height(d));
        put_choice(d, &row, machine->model[i].name, i == d->ui->draft.model, hb_command_of(HB_COMMAND_MODEL, i));
    }
    hb_cut_top(body, hb_em(d->ui, 0.3));
    const char *does = machine->model[d->ui->draft.model].does;
    const int height = hb_paragraph(d->list, *body, HB_FONT_SMALL, d->list->theme->text, does, false);
    hb_paragraph(d->list, hb_cut_top(body, height), HB_FONT_SMALL, d->list->theme->text, does, true);
    hb_cut_top(body, hb_em(d->ui, 0.4));
}

static void draw_number(const struct doing *d, struct hb_rect *row, uint32_t i, const struct hb_view_term *term) {
    const uint64_t value = d->ui->draft.term[i];
    char figure[HB_FORMAT_BYTES];
    const struct hb_button less = {
        "-", -1, HB_BUTTON_PLAIN, value > term->least, pair_of(HB_COMMAND_TERM, i, value / 2), "Half of it."};
    const struct hb_button more = {
        "+", -1, HB_BUTTON_PLAIN, value < term->most, pair_of(HB_COMMAND_TERM, i, value * 2), "Twice as much."};
    put_button(d, row, &less);
    hb_draw_text(d->list, hb_cut_left(row, hb_em(d->ui, 6)), HB_FONT_BODY, HB_ALIGN_CENTRE, d->list->theme->text,
                 hb_format_count(figure, value));
    put_button(d, row, &more);
}

static bool is_said(const struct doing *d, uint32_t i) {
    const struct hb_view_machine *machine = &d->view->machine;
    const struct hb_view_model *model = &machine->model[d->ui->draft.model];
    const struct hb_view_term *term = &machine->term[i];
    if (!(model->takes >> i & 1))
        return false;
    const bool depends = term->with_term >= 0 && model->takes >> term->with_term & 1;
    return !depends || d->ui->draft.term[term->with_term] == term->with_value;
}

static void draw_terms(const struct doing *d, struct hb_rect *body) {
    for (uint32_t i = 0; i < HB_VIEW_TERMS; i++) {
        const struct hb_view_term *term = &d->view->machine.term[i];
        char label[24];
        if (!is_said(d, i))
            continue;
        struct hb_rect row = hb_cut_top(body, row_height(d));
        snprintf(label, sizeof label, "%.16s", term->name);
        for (char *at = label; *at != '\0'; at++)
            *at = *at == '_' ? ' ' : *at;
        put_label(d, &row, 8, label);
        for (uint32_t n = 0; n < term->names; n++)
            put_choice(d, &row, term->value_name[n], d->ui->draft.term[i] == n, pair_of(HB_COMMAND_TERM, i, n));
        if (term->names == 0)
            draw_number(d, &row, i, term);
    }
}

static void draw_target(const struct doing *d, struct hb_rect *body) {
    const uint32_t harts = d->view->machine.harts, hart = d->ui->selected;
    struct hb_rect row = hb_cut_top(body, row_height(d));
    char name[16];
    put_label(d, &row, 8, "CPU");
    const struct hb_button back = {NULL,
                                   HB_SHAPE_BACK,
                                   HB_BUTTON_PLAIN,
                                   true,
                                   hb_command_of(HB_COMMAND_SELECT, (hart + harts - 1) % harts),
                                   "The one before."};
    const struct hb_button next = {
        NULL, HB_SHAPE_PLAY, HB_BUTTON_PLAIN, true, hb_command_of(HB_COMMAND_SELECT, hart + 1), "The next one (Tab)."};
    put_button(d, &row, &back);
    snprintf(name, sizeof name, "%u", hart);
    hb_draw_text(d->list, hb_cut_left(&row, hb_em(d->ui, 2)), HB_FONT_BOLD, HB_ALIGN_CENTRE, d->list->theme->text,
                 name);
    put_button(d, &row, &next);
}

static void draw_when(const struct doing *d, struct hb_rect *body) {
    static const struct {
        const char *label;
        int64_t cycles;
    } later[] = {{"+10,000", 10000}, {"+1 M", 1000000}};
    struct hb_rect row = hb_cut_top(body, row_height(d));
    const bool ahead = d->ui->draft.cycle > d->view->cycle;
    const uint64_t from = ahead ? d->ui->draft.cycle : d->view->cycle;
    char cycle[HB_FORMAT_BYTES];
    put_label(d, &row, 8, "in cycle");
    put_choice(d, &row, "now", !ahead, hb_command_of(HB_COMMAND_WHEN, 0));
    for (size_t i = 0; i < sizeof later / sizeof *later; i++)
        put_choice(d, &row, later[i].label, false, hb_command_of(HB_COMMAND_WHEN, (int64_t)from + later[i].cycles));
    if (ahead)
        hb_draw_text(d->list, row, HB_FONT_BOLD, HB_ALIGN_LEFT, d->list->theme->text, hb_format_count(cycle, from));
}

static void draw_faults(const struct doing *d, struct hb_rect body) {
    struct hb_rect row = hb_cut_bottom(&body, hb_em(d->ui, 2.2));
    const bool alive = d->view->hart[d->ui->selected].state < HB_VIEW_STOPPED;
    char label[48];
    snprintf(label, sizeof label, "Strike CPU %u", d->ui->selected);
    const struct hb_button strike = {label,
                                     HB_SHAPE_BOLT,
                                     HB_BUTTON_ACCENT,
                                     alive && d->view->status == HB_VIEW_GOING,
                                     hb_command_of(HB_COMMAND_INJECT, d->ui->selected),
                                     alive ? "Injects the fault." : "That CPU executes nothing any more."};
    const struct hb_button unplan = {"Forget what is to come",
                                     -1,
                                     HB_BUTTON_PLAIN,
                                     true,
                                     hb_command_of(HB_COMMAND_UNPLAN, 0),
                                     "Faults that were asked for at a later cycle do not come."};
    put_button(d, &row, &strike);
    if (d->view->planned > 0)
        put_button(d, &row, &unplan);
    draw_models(d, &body);
    draw_target(d, &body);
    draw_terms(d, &body);
    draw_when(d, &body);
}

/* ---- Keys ------------------------------------------------------------------------------------------------------ */

static void draw_key(const struct doing *d, struct hb_rect row, const struct hb_view_key *key) {
    const struct hb_theme *theme = d->list->theme;
    const bool can = key->at_once || (d->ui->deck == NULL && d->view->status == HB_VIEW_GOING);
    const char *tip = can ? key->help : "A lesson's runs begin as the lesson has them.";
    const struct hb_button more = {
        NULL, HB_SHAPE_PLAY, HB_BUTTON_PLAIN, key->has_more && can, pair_of(HB_COMMAND_KEY, key->row, key->more), tip};
    const struct hb_button less = {
        NULL, HB_SHAPE_BACK, HB_BUTTON_PLAIN, key->has_less && can, pair_of(HB_COMMAND_KEY, key->row, key->less), tip};
    struct hb_rect right = hb_cut_right(&row, hb_em(d->ui, 12.5));
    hb_draw_text(d->list, row,
                 hb_metrics_width(d->ui->metrics, HB_FONT_BODY, key->path) > row.w ? HB_FONT_SMALL : HB_FONT_BODY,
                 HB_ALIGN_LEFT, theme->text, key->path);
    put_button(d, &right, &less);
    struct hb_rect value = hb_cut_left(&right, hb_em(d->ui, 7.6));
    hb_cut_left(&right, hb_em(d->ui, 0.3));
    hb_draw_text(d->list, value,
                 hb_metrics_width(d->ui->metrics, HB_FONT_BOLD, key->value) > value.w ? HB_FONT_SMALL : HB_FONT_BOLD,
                 HB_ALIGN_CENTRE, theme->text, key->value);
    put_button(d, &right, &more);
}

/* How the keys are laid out: those that change at once fill the first pages, alone. */
struct key_pages {
    int columns, rows;
    uint32_t at_once, first_pages, pages;
};

static struct key_pages measure(const struct doing *d, struct hb_rect body) {
    struct key_pages p = {.columns = body.w > hb_em(d->ui, 58) ? 2 : 1,
                          .rows = hb_max(1, (body.h - hb_em(d->ui, 3.6)) / row_height(d))};
    const uint32_t each = (uint32_t)(p.columns * p.rows);
    while (p.at_once < d->view->keys && d->view->key[p.at_once].at_once)
        p.at_once++;
    p.first_pages = (p.at_once + each - 1) / each;
    p.pages = p.first_pages + (d->view->keys - p.at_once + each - 1) / each;
    return p;
}

static void draw_pager(const struct doing *d, struct hb_rect row, uint32_t page, uint32_t pages) {
    const struct hb_button back = {NULL,
                                   HB_SHAPE_BACK,
                                   HB_BUTTON_PLAIN,
                                   page > 0,
                                   hb_command_of(HB_COMMAND_DOING, KEYS + page - 1),
                                   "The page before."};
    const struct hb_button next = {NULL,
                                   HB_SHAPE_PLAY,
                                   HB_BUTTON_PLAIN,
                                   page + 1 < pages,
                                   hb_command_of(HB_COMMAND_DOING, KEYS + page + 1),
                                   "The next page."};
    char text[32];
    snprintf(text, sizeof text, "%u of %u", page + 1, pages);
    put_button(d, &row, &back);
    hb_draw_text(d->list, hb_cut_left(&row, hb_em(d->ui, 5)), HB_FONT_BODY, HB_ALIGN_CENTRE, d->list->theme->text,
                 text);
    put_button(d, &row, &next);
}

static void draw_keys(const struct doing *d, struct hb_rect body) {
    const struct key_pages p = measure(d, body);
    const uint32_t each = (uint32_t)(p.columns * p.rows);
    uint32_t page = d->ui->doing - KEYS;
    page = page < p.pages ? page : p.pages > 0 ? p.pages - 1 : 0;
    const bool at_once = page < p.first_pages;
    const uint32_t first = at_once ? page * each : p.at_once + (page - p.first_pages) * each;
    const uint32_t end = at_once ? p.at_once : d->view->keys;
    hb_draw_text(d->list, hb_cut_top(&body, hb_em(d->ui, 1.4)), HB_FONT_SMALL, HB_ALIGN_LEFT, d->list->theme->muted,
                 at_once ? "These change while the run goes on." : "With another value the run begins anew.");
    draw_pager(d, hb_cut_bottom(&body, hb_em(d->ui, 2.2)), page, p.pages);
    const int column_w = body.w / p.columns;
    for (uint32_t i = 0; i < each && first + i < end; i++) {
        struct hb_rect row = {body.x + (int)i / p.rows * column_w, body.y + (int)i % p.rows * row_height(d),
                              column_w - hb_em(d->ui, p.columns > 1 ? 1 : 0), row_height(d)};
        draw_key(d, row, &d->view->key[first + i]);
    }
}

/* ---- The whole ------------------------------------------------------------------------------------------------- */

static void draw_head(const struct doing *d, struct hb_rect head) {
    const struct hb_button save = {"Save (J)",
                                   -1,
                                   HB_BUTTON_PLAIN,
                                   true,
                                   hb_command_of(HB_COMMAND_SAVE, 0),
                                   "Writes what was done by hand as an experiment, which hartbeat run does again."};
    const struct hb_button close = {
        NULL, HB_SHAPE_CROSS, HB_BUTTON_PLAIN, true, hb_command_of(HB_COMMAND_DOING, 0), "Closes (Esc)."};
    const bool faults = d->ui->doing == FAULTS;
    put_choice(d, &head, "A fault (F)", faults, hb_command_of(HB_COMMAND_DOING, FAULTS));
    put_choice(d, &head, "Keys (M)", !faults, hb_command_of(HB_COMMAND_DOING, KEYS));
    put_button(d, &head, &save);
    struct hb_rect right = hb_cut_right(&head, hb_em(d->ui, 2.2));
    put_button(d, &right, &close);
}

void hb_panel_doing(struct hb_draw_list *list, struct hb_rect window, const struct hb_view *view,
                    const struct hb_ui_state *ui) {
    const struct hb_theme *theme = list->theme;
    const struct doing d = {list, ui, view};
    const bool faults = ui->doing == FAULTS;
    int width = hb_min(hb_em(ui, faults ? 44 : 62), window.w - 8);
    int height = hb_min(hb_em(ui, faults ? 20 : 30), window.h - 8);
    struct hb_rect box = hb_rect_centre(window, width, height);
    hb_draw_rect(list, window, (theme->tip & 0xffffff) | 0x90000000);
    hb_draw_zone(list, window, hb_command_of(HB_COMMAND_DOING, 0), true, "");
    hb_draw_zone(list, box, hb_command_of(HB_COMMAND_NONE, 0), true, "");
    hb_card(list, box, hb_em(ui, 0.6), theme->panel, theme->border);
    box = hb_rect_inset(box, hb_em(ui, 1), hb_em(ui, 0.7));
    draw_head(&d, hb_cut_top(&box, hb_em(ui, 2.2)));
    hb_cut_top(&box, hb_em(ui, 0.3));
    if (view->machine.models == 0)
        hb_draw_text(list, hb_cut_top(&box, hb_em(ui, 2)), HB_FONT_BODY, HB_ALIGN_LEFT, theme->text,
                     "Nothing can be injected here.");
    else if (faults)
        draw_faults(&d, box);
    else
        draw_keys(&d, box);
}
