/* The top bar: what runs, the transport buttons, the speed, the cycle. */
#include <stdio.h>
#include <string.h>

#include "ui/dashboard/model/format.h"
#include "ui/dashboard/panels/layout.h"
#include "ui/dashboard/panels/panels.h"
#include "ui/dashboard/panels/widgets.h"

#define TRANSPORT_BUTTONS 5

static void two_lines(struct hb_draw_list *list, struct hb_rect rect, struct hb_rect *upper, struct hb_rect *lower) {
    (void)list;
    *upper = hb_cut_top(&rect, rect.h / 2);
    *lower = rect;
}

/* The summary up to the last part that fits: "SMP, 4 CPUs, MESI" */
static void cut_parts(const struct hb_metrics *metrics, int width, char *text) {
    while (hb_metrics_width(metrics, HB_FONT_SMALL, text) > width) {
        char *last = strrchr(text, ',');
        if (last == NULL)
            text[0] = '\0';
        else
            *last = '\0';
    }
}

/* Which variant is shown: a click lists the others. It is cut off *row. */
static void draw_variant(struct hb_draw_list *list, struct hb_rect *row, const struct hb_ui_state *ui) {
    char whole[96], brief[32];
    if (ui->variants < 2)
        return;
    snprintf(whole, sizeof whole, "%s: %u of %u", ui->variant_name[ui->variant], ui->variant + 1, ui->variants);
    snprintf(brief, sizeof brief, "%u of %u", ui->variant + 1, ui->variants);
    const char *form = hb_metrics_width(list->metrics, HB_FONT_SMALL, whole) + hb_em(ui, 9) > row->w ? brief : whole;
    int width = hb_metrics_width(list->metrics, HB_FONT_SMALL, form) + hb_em(ui, 1);
    struct hb_rect chip = hb_cut_right(row, width);
    hb_card(list, chip, hb_em(ui, 0.3), list->theme->raised, list->theme->accent);
    hb_draw_text(list, chip, HB_FONT_SMALL, HB_ALIGN_CENTRE, list->theme->text, form);
    hb_draw_zone(list, chip, hb_command_of(HB_COMMAND_CHOOSE, 0), true, "The experiment has variants: choose one (V).");
    hb_cut_right(row, hb_em(ui, 0.6));
}

static void draw_name(struct hb_draw_list *list, struct hb_rect rect, const struct hb_view *view,
                      const struct hb_ui_state *ui) {
    struct hb_rect upper, lower;
    const char *experiment = view->machine.name, *name = ui->deck ? ui->deck->title : experiment;
    char summary[sizeof view->machine.summary + sizeof view->machine.name + 2];
    two_lines(list, rect, &upper, &lower);
    draw_variant(list, &upper, ui);
    snprintf(summary, sizeof summary, "%s%s%s", ui->deck ? experiment : "", ui->deck ? ": " : "",
             view->machine.summary);
    cut_parts(list->metrics, rect.w, summary);
    const char *const forms[] = {name, experiment};
    bool wide = hb_metrics_width(list->metrics, HB_FONT_BOLD, name) > upper.w;
    if (hb_draw_first_fit(list, upper, wide ? HB_FONT_SMALL_BOLD : HB_FONT_BOLD, HB_ALIGN_LEFT, list->theme->text,
                          forms, 2) == 0)
        hb_draw_text(list, upper, HB_FONT_SMALL_BOLD, HB_ALIGN_LEFT, list->theme->text, experiment);
    hb_draw_text(list, lower, HB_FONT_SMALL, HB_ALIGN_LEFT, list->theme->muted, summary);
}

static void draw_transport(struct hb_draw_list *list, struct hb_rect rect, const struct hb_view *view,
                           const struct hb_ui_state *ui) {
    bool going = view->status == HB_VIEW_GOING;
    const char *over = "The experiment is over: go back to the start, or to before the fault.";
    const char *no_past = "Nothing lies before this cycle.";
    const struct hb_button buttons[TRANSPORT_BUTTONS] = {
        {NULL, HB_SHAPE_TO_START, HB_BUTTON_PLAIN, ui->can_step_back, hb_command_of(HB_COMMAND_TO_START, 0),
         ui->can_step_back ? "Back to where it opened; again: to the reset (Home)." : no_past},
        {NULL, HB_SHAPE_BACK, HB_BUTTON_PLAIN, ui->can_step_back, hb_command_of(HB_COMMAND_STEP_BACK, 0),
         ui->can_step_back ? "One cycle back (key ,)." : no_past},
        {NULL, ui->playing ? HB_SHAPE_PAUSE : HB_SHAPE_PLAY, HB_BUTTON_ACCENT, going,
         hb_command_of(ui->playing ? HB_COMMAND_PAUSE : HB_COMMAND_PLAY, 0),
         !going        ? over
         : ui->playing ? "Pause (Space)."
                       : "Play (Space)."},
        {NULL, HB_SHAPE_STEP, HB_BUTTON_PLAIN, going, hb_command_of(HB_COMMAND_STEP_CYCLE, 0),
         going ? "One cycle (key .)." : over},
        {NULL, HB_SHAPE_STEP_LINE, HB_BUTTON_PLAIN, going, hb_command_of(HB_COMMAND_STEP_INSTRUCTION, ui->selected),
         going ? "One instruction of the selected CPU (key I)." : over},
    };
    int gap = hb_em(ui, 0.3), width = (rect.w - (TRANSPORT_BUTTONS - 1) * gap) / TRANSPORT_BUTTONS;
    for (int i = 0; i < TRANSPORT_BUTTONS; i++) {
        hb_button(list, hb_cut_left(&rect, width), ui, &buttons[i]);
        hb_cut_left(&rect, gap);
    }
}

static void draw_speed(struct hb_draw_list *list, struct hb_rect rect, const struct hb_ui_state *ui) {
    char figure[HB_FORMAT_BYTES];
    struct hb_rect upper, lower;
    two_lines(list, rect, &upper, &lower);
    hb_slider(list, upper, ui);
    hb_format_speed(figure, ui->speed);
    char noted[HB_FORMAT_BYTES + 24];
    snprintf(noted, sizeof noted, "%s%s", figure, ui->slow ? " (slowed down)" : ui->behind ? " (or as it can)" : "");
    const char *const forms[] = {noted, figure};
    hb_draw_first_fit(list, lower, HB_FONT_SMALL, HB_ALIGN_CENTRE, list->theme->text, forms, 2);
}

static void draw_cycle(struct hb_draw_list *list, struct hb_rect rect, const struct hb_view *view) {
    char cycle[HB_FORMAT_BYTES];
    struct hb_rect upper, lower;
    two_lines(list, rect, &upper, &lower);
    hb_format_count(cycle, view->cycle);
    enum hb_font font =
        hb_metrics_width(list->metrics, HB_FONT_COUNTER, cycle) > rect.w ? HB_FONT_MONO : HB_FONT_COUNTER;
    hb_draw_text(list, upper, HB_FONT_SMALL, HB_ALIGN_RIGHT, list->theme->muted, "cycle");
    hb_draw_text(list, lower, font, HB_ALIGN_RIGHT, list->theme->text, cycle);
}

/* Buttons and speed, from the right of the row. */
static void draw_controls(struct hb_draw_list *list, struct hb_rect *row, const struct hb_view *view,
                          const struct hb_ui_state *ui) {
    int gap = hb_em(ui, row->w > hb_em(ui, 44) ? 1.2 : 0.8), width = hb_em(ui, row->w > hb_em(ui, 48) ? 15 : 11.5);
    if (row->w < hb_em(ui, 36))
        width = hb_em(ui, 9.5);
    draw_speed(list, hb_cut_right(row, width), ui);
    hb_cut_right(row, gap);
    struct hb_rect place = hb_cut_right(row, hb_em(ui, 11.5));
    draw_transport(list, hb_rect_centre(place, place.w, hb_em(ui, 2)), view, ui);
    hb_cut_right(row, gap);
}

void hb_panel_topbar(struct hb_draw_list *list, struct hb_rect rect, const struct hb_view *view,
                     const struct hb_ui_state *ui) {
    const struct hb_button help = {
        "?", -1, HB_BUTTON_PLAIN, true, hb_command_of(HB_COMMAND_HELP, 0), "All keys (H or ?)."};
    const struct hb_button act = {NULL,
                                  HB_SHAPE_BOLT,
                                  HB_BUTTON_PLAIN,
                                  true,
                                  hb_command_of(HB_COMMAND_DOING, ui->doing ? 0 : 1),
                                  "Faults of every kind (F), keys (M), and saving what was done (J)."};
    bool two = hb_layout_two_rows(rect.w, ui);
    hb_draw_rect(list, rect, list->theme->panel);
    hb_draw_rect(list, (struct hb_rect){rect.x, rect.y + rect.h - 1, rect.w, 1}, list->theme->border);
    struct hb_rect row = hb_rect_inset(rect, hb_em(ui, 0.9), hb_em(ui, two ? 0.2 : 0.45));
    struct hb_rect lower = two ? hb_cut_bottom(&row, row.h / 2) : (struct hb_rect){0, 0, 0, 0};
    struct hb_rect place = hb_cut_right(&row, hb_em(ui, 2));
    hb_button(list, hb_rect_centre(place, place.w, hb_em(ui, 2)), ui, &help);
    hb_cut_right(&row, hb_em(ui, 0.3));
    place = hb_cut_right(&row, hb_em(ui, 2));
    hb_button(list, hb_rect_centre(place, place.w, hb_em(ui, 2)), ui, &act);
    hb_cut_right(&row, hb_em(ui, 0.8));
    draw_cycle(list, hb_cut_right(&row, hb_em(ui, row.w > hb_em(ui, 46) ? 9.5 : 7.5)), view);
    hb_cut_right(&row, hb_em(ui, row.w > hb_em(ui, 46) ? 1.2 : 0.8));
    draw_controls(list, two ? &lower : &row, view, ui);
    draw_name(list, row, view, ui);
}
