#include "ui/dashboard/scenes/pen.h"

#include <stdio.h>

#include "ui/dashboard/panels/widgets.h"

void hb_pen_say(const struct hb_pen *pen, struct hb_rect *rest, enum hb_font font, hb_colour colour, const char *text) {
    int height = hb_paragraph(pen->list, *rest, font, colour, text, false);
    if (height <= rest->h)
        hb_paragraph(pen->list, hb_cut_top(rest, height), font, colour, text, true);
}

void hb_pen_figure(const struct hb_pen *pen, struct hb_rect *row, enum hb_font font, const char *figure) {
    int width = hb_metrics_width(pen->ui->metrics, font, figure);
    if (width > row->w)
        return;
    hb_draw_text(pen->list, hb_cut_right(row, width), font, HB_ALIGN_RIGHT, pen->list->theme->text, figure);
    hb_cut_right(row, hb_em(pen->ui, 0.6));
}

int hb_pen_text(const struct hb_pen *pen, struct hb_rect row, enum hb_font font, hb_colour colour, const char *whole,
                const char *brief) {
    const char *const forms[] = {whole, brief};
    return hb_draw_first_fit(pen->list, row, font, HB_ALIGN_LEFT, colour, forms, brief == NULL ? 1 : 2);
}

void hb_pen_hart(const struct hb_pen *pen, struct hb_rect row, uint32_t hart) {
    const struct hb_look *look = hb_state_look((enum hb_view_state)pen->view->hart[hart].state);
    char name[40], brief[16], number[16];
    bool master = pen->view->machine.amp && hart == pen->view->master;
    int side = hb_em(pen->ui, 0.7);
    hb_draw_shape(pen->list, hb_cut_left(&row, side), look->shape, pen->list->theme->tone[look->tone]);
    hb_cut_left(&row, hb_em(pen->ui, 0.3));
    snprintf(name, sizeof name, "CPU %u%s", hart, master ? ", the master" : "");
    snprintf(brief, sizeof brief, "CPU %u", hart);
    snprintf(number, sizeof number, "%u", hart);
    const char *const forms[] = {name, brief, number};
    hb_draw_first_fit(pen->list, row, HB_FONT_SMALL_BOLD, HB_ALIGN_LEFT, pen->list->theme->text, forms, 3);
}

int hb_pen_columns(const struct hb_pen *pen, int width, int count, double ems) {
    int fits = hb_max(1, width / hb_em(pen->ui, ems));
    if (count <= fits)
        return count;
    return fits >= 16 ? 16 : fits >= 8 ? 8 : fits;
}
