/* What a scene draws with: the list, how it looks, and what there is to show. */
#ifndef HB_DASHBOARD_PEN_H
#define HB_DASHBOARD_PEN_H

#include "ui/dashboard/draw/draw.h"
#include "ui/dashboard/model/view.h"
#include "ui/dashboard/panels/ui_state.h"

struct hb_pen {
    struct hb_draw_list *list;
    const struct hb_ui_state *ui;
    const struct hb_view *view;
};

/* Text in lines from the top of *rest, which is cut off it; nothing where it does not fit whole. */
void hb_pen_say(const struct hb_pen *pen, struct hb_rect *rest, enum hb_font font, hb_colour colour, const char *text);

/* A figure at the right end of *row, which is cut off it. */
void hb_pen_figure(const struct hb_pen *pen, struct hb_rect *row, enum hb_font font, const char *figure);

/* The first of two forms that fits, at the left; returns its width. `brief` may be NULL. */
int hb_pen_text(const struct hb_pen *pen, struct hb_rect row, enum hb_font font, hb_colour colour, const char *whole,
                const char *brief);

/* A CPU by name with the shape of its state, as far as there is room: "CPU 2", or "2". */
void hb_pen_hart(const struct hb_pen *pen, struct hb_rect row, uint32_t hart);

/* Columns in which so many boxes of at least `ems` stand side by side; a number that is easily counted. */
int hb_pen_columns(const struct hb_pen *pen, int width, int count, double ems);

#endif
