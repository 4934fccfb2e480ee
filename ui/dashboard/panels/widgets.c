#include "ui/dashboard/panels/widgets.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "ui/dashboard/panels/layout.h"

void hb_card(struct hb_draw_list *list, struct hb_rect rect, int radius, hb_colour fill, hb_colour edge) {
    hb_draw_round(list, rect, radius, edge);
    hb_draw_round(list, hb_rect_inset(rect, 1, 1), radius - 1, fill);
}

struct hb_frame hb_panel_frame(struct hb_draw_list *list, struct hb_rect rect, const struct hb_ui_state *ui,
                               enum hb_scene_id scene, const char *title) {
    const struct hb_theme *theme = list->theme;
    int side = hb_em(ui, 1.3);
    bool full = ui->scene == scene;
    hb_card(list, rect, hb_em(ui, 0.45), theme->panel, theme->border);
    struct hb_rect body = hb_rect_inset(rect, hb_em(ui, 0.75), hb_em(ui, 0.55));
    struct hb_rect head = hb_cut_top(&body, hb_layout_head(rect, ui));
    if (head.h == 0)
        return (struct hb_frame){head, body};
    hb_draw_zone(list, head, hb_command_of(HB_COMMAND_SCENE, full ? HB_SCENE_ALL : scene), true,
                 full ? "Click or press Esc: the overview again." : "Click, or press its key, to see this alone.");
    struct hb_rect badge = hb_cut_left(&head, side);
    badge = hb_rect_centre(badge, side, side);
    hb_draw_round(list, badge, hb_em(ui, 0.3), theme->tint[HB_TONE_NEUTRAL]);
    hb_draw_textf(list, badge, HB_FONT_SMALL_BOLD, HB_ALIGN_CENTRE, theme->tone_text[HB_TONE_NEUTRAL], "%c",
                  hb_scene_table[scene].key);
    hb_cut_left(&head, hb_em(ui, 0.5));
    hb_cut_left(&head, hb_draw_text(list, head, HB_FONT_BOLD, HB_ALIGN_LEFT, theme->text, title) + hb_em(ui, 1));
    hb_cut_top(&body, hb_em(ui, 0.4));
    return (struct hb_frame){head, body};
}

int hb_button_width(const struct hb_ui_state *ui, const char *label) {
    return hb_metrics_width(ui->metrics, HB_FONT_BODY, label) + hb_em(ui, 2.7);
}

void hb_button(struct hb_draw_list *list, struct hb_rect rect, const struct hb_ui_state *ui,
               const struct hb_button *button) {
    const struct hb_theme *theme = list->theme;
    bool hover = button->enabled && hb_rect_has(rect, ui->mouse_x, ui->mouse_y);
    bool accent = button->enabled && button->style == HB_BUTTON_ACCENT;
    hb_colour fill = accent ? theme->accent : theme->raised, ink = accent ? theme->accent_ink : theme->text;
    hb_colour edge = accent || hover ? theme->accent : theme->border;
    if (!button->enabled)
        ink = hb_theme_mix(theme->text, theme->raised, 0.65);
    if (hover)
        fill = hb_theme_mix(fill, accent ? theme->text : theme->accent, 0.12);
    hb_card(list, rect, hb_em(ui, 0.35), fill, edge);
    hb_draw_zone(list, rect, button->command, button->enabled, button->tip);
    int icon = hb_em(ui, button->label == NULL ? 0.8 : 0.75);
    if (button->label == NULL) {
        hb_draw_shape(list, hb_rect_centre(rect, icon, icon), (enum hb_shape)button->shape, ink);
        return;
    }
    struct hb_rect inner = hb_rect_inset(rect, hb_em(ui, 0.7), 0);
    if (button->shape >= 0) {
        hb_draw_shape(list, hb_cut_left(&inner, icon), (enum hb_shape)button->shape, ink);
        hb_cut_left(&inner, hb_em(ui, 0.45));
    }
    hb_draw_text(list, inner, HB_FONT_BODY, button->shape >= 0 ? HB_ALIGN_LEFT : HB_ALIGN_CENTRE, ink, button->label);
}

int hb_pill(struct hb_draw_list *list, struct hb_rect rect, const struct hb_ui_state *ui, const struct hb_look *look) {
    const struct hb_theme *theme = list->theme;
    int icon = hb_em(ui, 0.62), gap = hb_em(ui, 0.35), pad = hb_em(ui, 0.5);
    int width = hb_metrics_width(ui->metrics, HB_FONT_SMALL_BOLD, look->word) + icon + gap + 2 * pad;
    int height = hb_min(rect.h, hb_em(ui, 1.3));
    struct hb_rect pill = {rect.x + rect.w - width, rect.y + (rect.h - height) / 2, width, height};
    bool bad = look->tone == HB_TONE_BAD; /* the one that must be seen from the last row */
    hb_draw_round(list, pill, height / 2, bad ? theme->text : theme->tint[look->tone]);
    struct hb_rect inner = hb_rect_inset(pill, pad, 0);
    hb_draw_shape(list, hb_cut_left(&inner, icon), look->shape, bad ? theme->panel : theme->tone[look->tone]);
    hb_cut_left(&inner, gap);
    hb_draw_text(list, inner, HB_FONT_SMALL_BOLD, HB_ALIGN_LEFT, bad ? theme->panel : theme->tone_text[look->tone],
                 look->word);
    return width;
}

int hb_task_chip(struct hb_draw_list *list, struct hb_rect rect, const struct hb_ui_state *ui, int32_t task) {
    char number[16];
    snprintf(number, sizeof number, "%d", task);
    int width = hb_metrics_width(ui->metrics, HB_FONT_SMALL_BOLD, number) + hb_em(ui, 0.7);
    int height = hb_min(rect.h, hb_em(ui, 1.2));
    struct hb_rect chip = {rect.x, rect.y + (rect.h - height) / 2, hb_min(width, rect.w), height};
    hb_draw_round(list, chip, hb_em(ui, 0.2), hb_theme_task(list->theme, task));
    hb_draw_text(list, chip, HB_FONT_SMALL_BOLD, HB_ALIGN_CENTRE, hb_theme_task_ink(list->theme, task), number);
    return width;
}

void hb_time_bar(struct hb_draw_list *list, struct hb_rect rect, const struct hb_ui_state *ui, double busy,
                 double stalled) {
    const struct hb_theme *theme = list->theme;
    int w = rect.w, busy_w = (int)(w * fmin(fmax(busy, 0), 1)), end = (int)(w * fmin(fmax(busy + stalled, 0), 1));
    (void)ui;
    hb_draw_rect(list, rect, theme->idle);
    hb_draw_rect(list, (struct hb_rect){rect.x, rect.y, busy_w, rect.h}, theme->tone[HB_TONE_GOOD]);
    struct hb_rect rest = {rect.x + busy_w, rect.y, hb_max(0, end - busy_w), rect.h};
    hb_draw_rect(list, rest, theme->tint[HB_TONE_BUSY]);
    hb_draw_hatch(list, rest, theme->tone[HB_TONE_BUSY]);
}

void hb_level_bar(struct hb_draw_list *list, struct hb_rect rect, const struct hb_ui_state *ui, double share,
                  double tick, enum hb_tone tone) {
    const struct hb_theme *theme = list->theme;
    int h = hb_max(4, hb_em(ui, 0.3));
    struct hb_rect bar = hb_rect_centre(rect, rect.w, h);
    struct hb_rect full = bar;
    hb_draw_round(list, bar, h / 2, theme->idle);
    full.w = (int)(bar.w * fmin(fmax(share, 0), 1));
    hb_draw_round(list, full, h / 2, theme->tone[tone]);
    if (tick >= 0 && tick <= 1)
        hb_draw_rect(list, (struct hb_rect){bar.x + (int)((bar.w - 2) * tick), bar.y - 3, 2, h + 6}, theme->text);
}

void hb_dashes(struct hb_draw_list *list, int x, int y, int w, hb_colour colour) {
    for (int at = 0; at < w; at += 12)
        hb_draw_rect(list, (struct hb_rect){x + at, y, hb_min(7, w - at), 2}, colour);
}

static double slider_place(double speed) {
    return log(speed / HB_SPEED_MIN) / log(HB_SPEED_MAX / HB_SPEED_MIN);
}

double hb_slider_value(struct hb_rect rect, int x) {
    double place = (double)(x - rect.x) / hb_max(1, rect.w);
    return HB_SPEED_MIN * pow(HB_SPEED_MAX / HB_SPEED_MIN, fmin(fmax(place, 0), 1));
}

void hb_slider(struct hb_draw_list *list, struct hb_rect rect, const struct hb_ui_state *ui) {
    const struct hb_theme *theme = list->theme;
    struct hb_rect track = hb_rect_centre(rect, rect.w, hb_max(4, hb_em(ui, 0.25)));
    struct hb_rect done = track;
    int knob = hb_em(ui, 0.95);
    done.w = (int)(track.w * fmin(fmax(slider_place(ui->speed), 0), 1));
    hb_draw_round(list, track, track.h / 2, theme->border);
    hb_draw_round(list, done, track.h / 2, theme->accent);
    for (int decade = 0; decade <= 8; decade++) {
        int x = track.x + (int)((track.w - 1) * decade / 8.0);
        hb_draw_rect(list, (struct hb_rect){x, track.y + track.h + 3, 1, 4}, theme->muted);
    }
    struct hb_rect handle = {track.x + done.w - knob / 2, rect.y + (rect.h - knob) / 2, knob, knob};
    hb_draw_shape(list, handle, HB_SHAPE_CIRCLE, theme->accent);
    hb_draw_shape(list, hb_rect_inset(handle, 3, 3), HB_SHAPE_CIRCLE, theme->panel);
    hb_draw_zone(list, rect, hb_command_of(HB_COMMAND_SPEED, 0), true,
                 "Speed, from 1 to 100 million cycles a second. Keys [ and ] halve and double it.")
        ->slider = true;
}

/* Bytes of `text` for the next line: up to the last space that fits, or as much of a long word as fits. */
static size_t line_bytes(const struct hb_metrics *metrics, enum hb_font font, const char *text, int width) {
    size_t break_at = strcspn(text, "\n"), fits = hb_metrics_fit(metrics, font, text, width);
    if (fits >= break_at)
        return break_at;
    for (size_t at = fits; at > 0; at--)
        if (text[at] == ' ')
            return at;
    return fits > 0 ? fits : 1;
}

int hb_paragraph(struct hb_draw_list *list, struct hb_rect rect, enum hb_font font, hb_colour colour, const char *text,
                 bool draw) {
    int line = list->metrics->line[font], height = 0;
    char piece[256];
    while (*text != '\0') {
        size_t bytes = line_bytes(list->metrics, font, text, rect.w);
        snprintf(piece, sizeof piece, "%.*s", (int)bytes, text);
        if (draw) {
            hb_draw_text(list, (struct hb_rect){rect.x, rect.y + height, rect.w, line}, font, HB_ALIGN_LEFT, colour,
                         piece);
        }
        height += line;
        text += bytes;
        text += *text == ' ' || *text == '\n';
    }
    return height;
}

/* The width of the widest line of a tooltip, no wider than `limit`. */
static int tip_width(const struct hb_ui_state *ui, const char *text, int limit) {
    int width = 0;
    while (*text != '\0') {
        char piece[256];
        size_t bytes = strcspn(text, "\n");
        snprintf(piece, sizeof piece, "%.*s", (int)bytes, text);
        width = hb_max(width, hb_metrics_width(ui->metrics, HB_FONT_SMALL, piece));
        text += bytes;
        text += *text == '\n';
    }
    return hb_min(width, limit);
}

/* Where it begins on one axis so as not to reach out of [from, from + size), if it is no longer than that. */
static int keep_in(int at, int length, int from, int size) {
    return length > size ? at : hb_clamp(at, from, from + size - length);
}

void hb_tooltip(struct hb_draw_list *list, struct hb_rect window, struct hb_rect about, const struct hb_ui_state *ui,
                const char *text) {
    const struct hb_theme *theme = list->theme;
    int pad = hb_em(ui, 0.5), limit = hb_clamp(about.w - 2 * pad, hb_em(ui, 14), hb_em(ui, 22));
    int width = tip_width(ui, text, about.h < hb_em(ui, 4) ? hb_em(ui, 22) : limit);
    struct hb_rect inner = {0, 0, width, 0};
    int height = hb_paragraph(list, inner, HB_FONT_SMALL, theme->tip_ink, text, false);
    struct hb_rect box = {ui->mouse_x + hb_em(ui, 0.8), ui->mouse_y + hb_em(ui, 1.1), width + 2 * pad,
                          height + 2 * pad};
    if (box.h <= about.h && box.y + box.h > about.y + about.h && ui->mouse_y - hb_em(ui, 0.4) - box.h >= about.y)
        box.y = ui->mouse_y - hb_em(ui, 0.4) - box.h;
    box.x = keep_in(box.x, box.w, about.x, about.w);
    box.y = keep_in(box.y, box.h, about.y, about.h);
    if (box.x + box.w > window.x + window.w - 4)
        box.x = window.x + window.w - 4 - box.w;
    if (box.y + box.h > window.y + window.h - 4)
        box.y = ui->mouse_y - hb_em(ui, 0.4) - box.h;
    hb_draw_round(list, box, hb_em(ui, 0.3), theme->tip);
    hb_paragraph(list, hb_rect_inset(box, pad, pad), HB_FONT_SMALL, theme->tip_ink, text, true);
}
