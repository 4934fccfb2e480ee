/* Speed-up: how many times as fast more CPUs are, measured from the variants that differ in their number, beside the
 * line on which twice the CPUs are twice as fast. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "ui/dashboard/model/format.h"
#include "ui/dashboard/panels/widgets.h"
#include "ui/dashboard/scenes/pen.h"
#include "ui/dashboard/scenes/race_clock.h"
#include "ui/dashboard/scenes/scenes.h"

#define SERIES_MAX 16
#define POINTS_MAX 16
#define NAME_BYTES 40

struct point {
    uint32_t harts;
    double rate;  /* units a million cycles; 0: not measured yet */
    double times; /* as fast as the first point of the series */
};

/* Variants alike but for their number of CPUs, fewest first. */
struct series {
    char name[NAME_BYTES];
    uint32_t points;
    struct point point[POINTS_MAX];
};

struct curves {
    uint32_t series;
    struct series of[SERIES_MAX];
    uint32_t most_harts;
    double most_times;
    uint32_t missing; /* points that are not measured yet */
};

static const enum hb_shape shapes[] = {HB_SHAPE_CIRCLE, HB_SHAPE_SQUARE, HB_SHAPE_DIAMOND, HB_SHAPE_UP,
                                       HB_SHAPE_BOX,    HB_SHAPE_RING,   HB_SHAPE_DOWN,    HB_SHAPE_PLAY};

#define SHAPES ((uint32_t)(sizeof shapes / sizeof *shapes))

/* ---- What was measured ----------------------------------------------------------------------------------------- */

static struct series *series_named(struct curves *curves, const char *name) {
    for (uint32_t i = 0; i < curves->series; i++)
        if (strcmp(curves->of[i].name, name) == 0)
            return &curves->of[i];
    if (curves->series == SERIES_MAX)
        return NULL;
    struct series *series = &curves->of[curves->series++];
    snprintf(series->name, sizeof series->name, "%s", name);
    series->points = 0;
    return series;
}

static void add_point(struct series *series, uint32_t harts, double rate) {
    uint32_t at = series->points;
    if (at == POINTS_MAX)
        return;
    for (; at > 0 && series->point[at - 1].harts > harts; at--)
        series->point[at] = series->point[at - 1];
    series->point[at] = (struct point){.harts = harts, .rate = rate};
    series->points++;
}

/* Only series with two numbers of CPUs say anything. */
static void keep_those_that_grow(struct curves *curves) {
    uint32_t kept = 0;
    for (uint32_t i = 0; i < curves->series; i++) {
        const struct series *series = &curves->of[i];
        if (series->point[0].harts != series->point[series->points - 1].harts)
            curves->of[kept++] = *series;
    }
    curves->series = kept;
}

static void measure_series(struct curves *curves, struct series *series) {
    double first = series->point[0].rate;
    for (uint32_t i = 0; i < series->points; i++) {
        struct point *point = &series->point[i];
        point->times = first > 0 ? point->rate / first : 0;
        curves->missing += point->rate <= 0;
        curves->most_harts = point->harts > curves->most_harts ? point->harts : curves->most_harts;
        curves->most_times = fmax(curves->most_times, point->times);
    }
}

static void measure(const struct hb_race *race, struct curves *curves) {
    memset(curves, 0, sizeof *curves);
    for (uint32_t i = 0; i < race->lanes; i++) {
        char name[NAME_BYTES];
        hb_race_series(&race->lane[i], name, sizeof name);
        struct series *series = series_named(curves, name);
        if (series != NULL)
            add_point(series, race->lane[i].harts, hb_race_rate(&race->lane[i]));
    }
    keep_those_that_grow(curves);
    for (uint32_t i = 0; i < curves->series; i++)
        measure_series(curves, &curves->of[i]);
}

/* ---- The plot -------------------------------------------------------------------------------------------------- */

struct plot {
    const struct hb_pen *pen;
    struct hb_rect rect;
    double most; /* CPUs and times at the far ends: equal, so that the ideal is the diagonal */
};

static int at_x(const struct plot *plot, double harts) {
    return plot->rect.x + (int)lround(plot->rect.w * harts / plot->most);
}

static int at_y(const struct plot *plot, double times) {
    return plot->rect.y + plot->rect.h - (int)lround(plot->rect.h * times / plot->most);
}

static void draw_grid(const struct plot *plot, struct hb_rect left, struct hb_rect axis) {
    const struct hb_pen *pen = plot->pen;
    const struct hb_theme *theme = pen->list->theme;
    int line = pen->ui->metrics->line[HB_FONT_SMALL], width = hb_em(pen->ui, 2);
    int step = (int)hb_round_125(fmax(1, plot->most / hb_max(2, plot->rect.h / (2 * line)) * 2));
    for (int times = 0; times <= plot->most; times += step) {
        int y = at_y(plot, times), x = at_x(plot, times);
        hb_draw_rect(pen->list, (struct hb_rect){plot->rect.x, y, plot->rect.w, 1}, theme->grid);
        hb_draw_rect(pen->list, (struct hb_rect){x, plot->rect.y, 1, plot->rect.h}, theme->grid);
        hb_draw_textf(pen->list, (struct hb_rect){left.x, y - line / 2, left.w - hb_em(pen->ui, 0.4), line},
                      HB_FONT_SMALL, HB_ALIGN_RIGHT, theme->muted, "%d x", times);
        if (times > 0)
            hb_draw_textf(pen->list, (struct hb_rect){x - width / 2, axis.y, width, line}, HB_FONT_SMALL,
                          HB_ALIGN_CENTRE, theme->muted, "%d", times);
    }
}

/* The whole diagonal, with its name in the free corner above it. */
static void draw_ideal(const struct plot *plot) {
    const struct hb_pen *pen = plot->pen;
    const struct hb_theme *theme = pen->list->theme;
    int dashes = hb_max(8, plot->rect.w / hb_em(pen->ui, 1));
    for (int i = 0; i < dashes; i++) {
        double from = plot->most * i / dashes, to = plot->most * (i + 0.6) / dashes;
        hb_draw_line(pen->list, at_x(plot, from), at_y(plot, from), at_x(plot, to), at_y(plot, to), 2, theme->muted);
    }
    hb_draw_text(
        pen->list,
        (struct hb_rect){plot->rect.x + hb_em(pen->ui, 0.6), plot->rect.y, plot->rect.w / 2, hb_em(pen->ui, 1.4)},
        HB_FONT_SMALL, HB_ALIGN_LEFT, theme->muted, "dashed: ideal");
}

static void draw_series(const struct plot *plot, const struct series *series, uint32_t i) {
    const struct hb_pen *pen = plot->pen;
    hb_colour colour = pen->list->theme->hue[i % HB_THEME_HUES];
    int side = hb_em(pen->ui, 0.8), last_x = 0, last_y = 0;
    for (uint32_t j = 0; j < series->points; j++) {
        const struct point *point = &series->point[j];
        int x = at_x(plot, point->harts), y = at_y(plot, point->times * series->point[0].harts);
        if (point->times <= 0)
            continue;
        if (last_x > 0)
            hb_draw_line(pen->list, last_x, last_y, x, y, 2, colour);
        hb_draw_shape(pen->list, (struct hb_rect){x - side / 2, y - side / 2, side, side}, shapes[i % SHAPES], colour);
        char tip[160];
        snprintf(tip, sizeof tip, "%s%s%u CPU%s: %.2f times as fast as %u, which is %.0f %% of the ideal.",
                 series->name, series->name[0] ? ", " : "", point->harts, hb_plural(point->harts), point->times,
                 series->point[0].harts, 100 * point->times * series->point[0].harts / point->harts);
        hb_draw_zone(pen->list, (struct hb_rect){x - side, y - side, 2 * side, 2 * side},
                     hb_command_of(HB_COMMAND_NONE, 0), true, tip);
        last_x = x;
        last_y = y;
    }
}

/* ---- The figures ----------------------------------------------------------------------------------------------- */

static void draw_figures(const struct hb_pen *pen, struct hb_rect *rest, const struct series *series, uint32_t i) {
    const struct hb_theme *theme = pen->list->theme;
    struct hb_rect head = hb_take_top(rest, hb_em(pen->ui, 1.5));
    int side = hb_em(pen->ui, 0.9), column = hb_em(pen->ui, 4.5);
    if (head.h == 0)
        return;
    hb_draw_shape(pen->list, hb_cut_left(&head, side), shapes[i % SHAPES], theme->hue[i % HB_THEME_HUES]);
    hb_cut_left(&head, hb_em(pen->ui, 0.5));
    hb_pen_text(pen, head, HB_FONT_SMALL_BOLD, theme->text, series->name[0] ? series->name : "measured", NULL);
    for (uint32_t j = 1; j < series->points; j++) { /* those before all are compared with the first */
        const struct point *point = &series->point[j];
        struct hb_rect row = hb_take_top(rest, hb_em(pen->ui, 1.3));
        if (row.h == 0)
            return;
        hb_cut_left(&row, side + hb_em(pen->ui, 0.5));
        hb_draw_textf(pen->list, hb_cut_left(&row, column), HB_FONT_SMALL, HB_ALIGN_LEFT, theme->text, "%u CPU%s",
                      point->harts, point->harts == 1 ? "" : "s");
        if (point->times <= 0) {
            hb_pen_text(pen, row, HB_FONT_SMALL, theme->muted, "being measured", "...");
            continue;
        }
        hb_draw_textf(pen->list, hb_cut_left(&row, column - hb_em(pen->ui, 0.5)), HB_FONT_SMALL_BOLD, HB_ALIGN_LEFT,
                      theme->text, "%.2f x", point->times);
        char share[32];
        snprintf(share, sizeof share, "%.0f %% of ideal", 100 * point->times * series->point[0].harts / point->harts);
        hb_pen_text(pen, row, HB_FONT_SMALL, theme->muted, share, NULL);
    }
    hb_cut_top(rest, hb_em(pen->ui, 0.3));
}

/* ---- All of it ------------------------------------------------------------------------------------------------- */

static void draw_curves(const struct hb_pen *pen, struct hb_rect body, const struct curves *curves, bool asked) {
    struct hb_rect figures = hb_cut_right(&body, hb_clamp(body.w * 2 / 5, hb_em(pen->ui, 12), hb_em(pen->ui, 17)));
    hb_cut_left(&figures, hb_em(pen->ui, 1.5));
    hb_cut_top(&body, hb_em(pen->ui, 0.6));
    struct hb_rect axis = hb_cut_bottom(&body, hb_em(pen->ui, 1.5));
    struct hb_rect left = hb_cut_left(&body, hb_em(pen->ui, 3));
    hb_cut_right(&body, hb_em(pen->ui, 1));
    struct plot plot = {pen, body, fmax(curves->most_harts, asked ? 0 : curves->most_times)};
    if (body.h < hb_em(pen->ui, 4) || body.w < hb_em(pen->ui, 6))
        return;
    draw_grid(&plot, left, axis);
    draw_ideal(&plot);
    if (asked) {
        hb_pen_say(pen, &figures, HB_FONT_BODY, pen->list->theme->muted,
                   "What do you expect? The measured points come with the answer.");
        return;
    }
    for (uint32_t i = 0; i < curves->series; i++)
        draw_series(&plot, &curves->of[i], i);
    for (uint32_t i = 0; i < curves->series; i++)
        draw_figures(pen, &figures, &curves->of[i], i);
}

void hb_scene_speedup(struct hb_draw_list *list, struct hb_rect rect, const struct hb_view *view,
                      const struct hb_ui_state *ui) {
    static struct curves curves;
    const struct hb_pen pen = {list, ui, view};
    struct hb_frame frame = hb_panel_frame(list, rect, ui, HB_SCENE_SPEEDUP, "Speed-up");
    struct hb_rect body = frame.body;
    if (ui->race != NULL)
        measure(ui->race, &curves);
    if (ui->race == NULL || curves.series == 0) {
        hb_pen_say(&pen, &body, HB_FONT_BOLD, list->theme->text,
                   "No variants of this experiment differ in CPUs alone.");
        hb_pen_say(&pen, &body, HB_FONT_BODY, list->theme->muted, "Try speedup, claims/throughput or claims/amdahl.");
        return;
    }
    static const char *const heads[] = {"times as fast as with the fewest CPUs, by number of CPUs",
                                        "by number of CPUs"};
    hb_draw_first_fit(list, frame.head, HB_FONT_SMALL, HB_ALIGN_RIGHT, list->theme->muted, heads, 2);
    draw_curves(&pen, body, &curves, hb_race_is_asked(ui));
}
