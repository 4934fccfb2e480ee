/* Panel 3: useful work over time, in all and by CPU, with what the CPUs left after a kill would give. */
#include <math.h>
#include <stdio.h>

#include "ui/dashboard/model/format.h"
#include "ui/dashboard/panels/panels.h"
#include "ui/dashboard/panels/widgets.h"

struct plot {
    struct hb_draw_list *list;
    const struct hb_ui_state *ui;
    const struct hb_view_throughput *data;
    struct hb_rect rect; /* where windows are drawn, oldest at the left */
    double top, step;    /* value at the upper edge, and between two lines of the grid */
};

#define WINDOWS_MIN 48 /* a short past does not fill the width, so as not to look like a long one */

static int shown_windows(const struct hb_view_throughput *data) {
    return hb_max(WINDOWS_MIN, (int)data->windows);
}

/* Where window i begins. */
static int window_x(const struct plot *plot, uint32_t i) {
    return plot->rect.x + (int)((int64_t)plot->rect.w * i / shown_windows(plot->data));
}

static int value_y(const struct plot *plot, double value) {
    return plot->rect.y + plot->rect.h - (int)lround(plot->rect.h * value / plot->top);
}

/* Mean of the known totals of the four windows that end with i: a single window has too few tasks. */
static double smooth(const float *total, uint32_t i) {
    double sum = 0;
    int count = 0;
    for (uint32_t j = i >= 3 ? i - 3 : 0; j <= i; j++) {
        if (total[j] >= 0) {
            sum += (double)total[j];
            count++;
        }
    }
    return count == 0 ? -1 : sum / count;
}

/* A grid of two to five steps that the curve fits under. */
static void fit_axis(struct plot *plot) {
    double top = fmax(0.1, (double)plot->data->before);
    for (uint32_t i = 0; i < plot->data->windows; i++)
        top = fmax(top, smooth(plot->data->total, i));
    for (uint32_t i = 0; i < plot->data->ghosts; i++)
        top = fmax(top, smooth(plot->data->ghost, i));
    plot->step = hb_round_125(top * 40) / 100;
    plot->top = ceil(top * 1.04 / plot->step) * plot->step;
}

static void draw_grid(const struct plot *plot, struct hb_rect gutter) {
    const struct hb_theme *theme = plot->list->theme;
    int line = plot->ui->metrics->line[HB_FONT_SMALL], steps = (int)lround(plot->top / plot->step);
    int every = plot->rect.h / steps < line ? steps : 1;
    for (int i = plot->rect.h < line + 2 ? steps : 0; i <= steps; i += every) {
        double value = plot->step * i;
        int y = value_y(plot, value);
        hb_draw_rect(plot->list, (struct hb_rect){plot->rect.x, y, plot->rect.w, 1}, theme->grid);
        struct hb_rect place = {gutter.x, y - line / 2, gutter.w - hb_em(plot->ui, 0.4), line};
        hb_draw_textf(plot->list, place, HB_FONT_SMALL, HB_ALIGN_RIGHT, theme->muted, "%.*f", plot->step < 0.1 ? 2 : 1,
                      value);
    }
}

static void draw_curve(const struct plot *plot) {
    const struct hb_theme *theme = plot->list->theme;
    int base = plot->rect.y + plot->rect.h, last_y = -1;
    for (uint32_t i = 0; i < plot->data->windows; i++) {
        double value = smooth(plot->data->total, i);
        int x = window_x(plot, i), w = window_x(plot, i + 1) - x, y = value_y(plot, value);
        if (plot->data->total[i] < 0) {
            last_y = -1;
            continue;
        }
        hb_draw_rect(plot->list, (struct hb_rect){x, y, w, base - y}, theme->chart_fill);
        hb_draw_rect(plot->list, (struct hb_rect){x, y - 1, w, 2}, theme->chart);
        if (last_y >= 0 && last_y != y) {
            int top = hb_min(y, last_y) - 1;
            hb_draw_rect(plot->list, (struct hb_rect){x - 1, top, 2, hb_max(y, last_y) - top + 1}, theme->chart);
        }
        last_y = y;
    }
}

/* The future that was left, as a grey line. */
static void draw_ghost(const struct plot *plot) {
    const struct hb_view_throughput *data = plot->data;
    for (uint32_t i = 0; i < data->ghosts && (int)i < shown_windows(data); i++) {
        double value = smooth(data->ghost, i);
        int x = window_x(plot, i), w = window_x(plot, i + 1) - x;
        if (data->ghost[i] >= 0)
            hb_draw_rect(plot->list, (struct hb_rect){x, value_y(plot, value) - 1, w, 3},
                         plot->list->theme->tone[HB_TONE_NEUTRAL]);
    }
}

/* "before" and "3/4 of before", with their names at the right; where those who worked are all there, "before" alone:
 * nobody can say that they are given work. */
static void draw_levels(const struct plot *plot, struct hb_rect gutter) {
    const struct hb_theme *theme = plot->list->theme;
    const struct hb_view_throughput *data = plot->data;
    int line = plot->ui->metrics->line[HB_FONT_SMALL];
    if (data->before <= 0 || data->workers_before == 0)
        return;
    double before = (double)data->before, left = before * data->workers / data->workers_before;
    int y_before = value_y(plot, before), y_left = value_y(plot, left);
    gutter.x += hb_em(plot->ui, 0.4);
    gutter.w -= hb_em(plot->ui, 0.4);
    if (y_left - y_before >= line || data->workers == data->workers_before) {
        hb_draw_rect(plot->list, (struct hb_rect){plot->rect.x, y_before, plot->rect.w, 1}, theme->muted);
        hb_draw_text(plot->list, (struct hb_rect){gutter.x, y_before - line / 2, gutter.w, line}, HB_FONT_SMALL,
                     HB_ALIGN_LEFT, theme->muted, "before");
    }
    if (data->workers == data->workers_before)
        return;
    hb_dashes(plot->list, plot->rect.x, y_left - 1, plot->rect.w, theme->tone[HB_TONE_WARN]);
    hb_draw_textf(plot->list, (struct hb_rect){gutter.x, y_left - line / 2, gutter.w, line}, HB_FONT_SMALL_BOLD,
                  HB_ALIGN_LEFT, theme->tone_text[HB_TONE_WARN], "%u/%u of before", data->workers,
                  data->workers_before);
}

static void draw_fault(const struct plot *plot, int bottom) {
    const struct hb_view_throughput *data = plot->data;
    const struct hb_look *look = hb_icon_look(HB_ICON_KILL);
    if (data->before <= 0 || data->fault_cycle < data->from_cycle || data->window_cycles == 0)
        return;
    double windows = (double)(data->fault_cycle - data->from_cycle) / (double)data->window_cycles;
    int side = hb_em(plot->ui, 0.95), x = plot->rect.x + (int)(windows * plot->rect.w / shown_windows(data));
    if (x > plot->rect.x + plot->rect.w)
        return;
    hb_draw_rect(plot->list, (struct hb_rect){x, plot->rect.y, 2, bottom - plot->rect.y},
                 plot->list->theme->tone[look->tone]);
    hb_draw_shape(plot->list, (struct hb_rect){x - side - 2, plot->rect.y, side, side}, look->shape,
                  plot->list->theme->tone[look->tone]);
}

/* One row: the value of each window as a bar from the bottom, full height at `top`. */
static void draw_bars(const struct plot *plot, struct hb_rect row, const float *value, double top, hb_colour colour) {
    for (uint32_t i = 0; i < plot->data->windows;) {
        int height = (int)lround(row.h * fmin(1, (double)value[i] / top));
        uint32_t end = i + 1;
        while (end < plot->data->windows && (int)lround(row.h * fmin(1, (double)value[end] / top)) == height)
            end++;
        int x = window_x(plot, i);
        hb_draw_rect(plot->list, (struct hb_rect){x, row.y + row.h - height, window_x(plot, end) - x, height}, colour);
        i = end;
    }
}

static double largest(const float *value, uint32_t count, double at_least) {
    for (uint32_t i = 0; i < count; i++)
        at_least = fmax(at_least, (double)value[i]);
    return at_least;
}

static void draw_row(const struct plot *plot, struct hb_rect row, const char *name, const float *value, double top,
                     const char *figure) {
    const struct hb_theme *theme = plot->list->theme;
    struct hb_rect bars = {plot->rect.x, row.y + 2, plot->rect.w, row.h - 3};
    struct hb_rect right = {plot->rect.x + plot->rect.w + hb_em(plot->ui, 0.4), row.y, 0, row.h};
    right.w = row.x + row.w - right.x;
    hb_draw_text(plot->list, (struct hb_rect){row.x, row.y, plot->rect.x - row.x, row.h}, HB_FONT_SMALL, HB_ALIGN_LEFT,
                 theme->muted, name);
    hb_draw_rect(plot->list, (struct hb_rect){bars.x, row.y + row.h - 1, bars.w, 1}, theme->grid);
    draw_bars(plot, bars, value, top, hb_theme_mix(theme->chart, theme->panel, 0.35));
    hb_draw_text(plot->list, right, HB_FONT_SMALL, HB_ALIGN_LEFT, theme->muted, figure);
}

/* The names of as many rows as there is room for: of every one, every second, every fourth. */
static void name_rows(const struct plot *plot, struct hb_rect area, int harts) {
    const int line = plot->ui->metrics->line[HB_FONT_SMALL];
    int every = 1;
    while (area.h * every < line * harts && every < harts)
        every *= 2;
    for (int hart = 0; hart < harts; hart += every) {
        const int y = area.y + area.h * hart / harts, h = hb_max(line, area.h / harts);
        if (y + h <= area.y + area.h)
            hb_draw_textf(plot->list, (struct hb_rect){area.x, y, plot->rect.x - area.x, h}, HB_FONT_SMALL,
                          HB_ALIGN_LEFT, plot->list->theme->muted, "CPU %d", hart);
    }
}

/* Many CPUs: one row each, dark where the CPU worked. */
static void draw_heat(const struct plot *plot, struct hb_rect area, uint32_t harts, double top) {
    const struct hb_theme *theme = plot->list->theme;
    name_rows(plot, area, (int)harts);
    for (uint32_t hart = 0; hart < harts; hart++) {
        int y = area.y + area.h * (int)hart / (int)harts, h = area.y + area.h * (int)(hart + 1) / (int)harts - y;
        const float *work = plot->data->work[hart];
        for (uint32_t i = 0; i < plot->data->windows;) {
            int shade = (int)lround(4 * fmin(1, (double)work[i] / top));
            uint32_t end = i + 1;
            while (end < plot->data->windows && (int)lround(4 * fmin(1, (double)work[end] / top)) == shade)
                end++;
            int x = window_x(plot, i);
            hb_draw_rect(plot->list, (struct hb_rect){x, y, window_x(plot, end) - x, hb_max(1, h - (h > 3))},
                         hb_theme_mix(theme->panel, theme->chart, 0.06 + 0.2 * shade));
            i = end;
        }
    }
}

static void draw_by_cpu(const struct plot *plot, struct hb_rect area, const struct hb_view *view, int row_h) {
    uint32_t harts = view->machine.harts;
    double top = 0.1;
    for (uint32_t i = 0; i < harts; i++)
        top = largest(plot->data->work[i], plot->data->windows, top);
    if (area.h < row_h * (int)harts) {
        draw_heat(plot, area, harts, top);
        return;
    }
    for (uint32_t i = 0; i < harts; i++) {
        char name[16], figure[32];
        uint32_t windows = plot->data->windows;
        snprintf(name, sizeof name, "CPU %u", i);
        snprintf(figure, sizeof figure, "%.2f", windows > 0 ? (double)plot->data->work[i][windows - 1] : 0.0);
        draw_row(plot, hb_cut_top(&area, row_h), name, plot->data->work[i], top, figure);
    }
}

/* What it came to, when the run is over. */
static void tell_end(const struct hb_view *view, char *whole, char *brief, size_t bytes) {
    char done[HB_FORMAT_BYTES], created[HB_FORMAT_BYTES], cycles[HB_FORMAT_BYTES], bad[48] = "";
    double mean = (double)view->end.completed * 1e6 / (double)(view->cycle > 0 ? view->cycle : 1);
    if (view->end.wrong + view->end.lost > 0)
        snprintf(bad, sizeof bad, ", %u wrong, %u lost", view->end.wrong, view->end.lost);
    hb_format_count(done, view->end.completed);
    hb_format_count(created, view->end.created);
    snprintf(whole, bytes, "the whole run: %s of %s tasks in %s cycles%s · %.1f a million cycles", done, created,
             hb_format_count(cycles, view->cycle), bad, mean);
    snprintf(brief, bytes, "%s of %s tasks%s", done, created, bad);
}

static void draw_summary(struct hb_draw_list *list, struct hb_rect head, const struct hb_view *view) {
    char done[HB_FORMAT_BYTES], tasks[HB_FORMAT_BYTES], text[256], shorter[256], shortest[128];
    hb_format_count(done, view->throughput.tasks_done);
    hb_format_count(tasks, view->machine.tasks);
    snprintf(text, sizeof text, "%.2f useful instructions a cycle · %s of %s tasks done", (double)view->throughput.now,
             done, tasks);
    snprintf(shorter, sizeof shorter, "%.2f a cycle · %s of %s tasks", (double)view->throughput.now, done, tasks);
    snprintf(shortest, sizeof shortest, "%s of %s tasks", done, tasks);
    if (view->machine.tasks == 0) { /* no kernel tells of any */
        snprintf(text, sizeof text, "%.2f instructions in user mode a cycle", (double)view->throughput.now);
        snprintf(shorter, sizeof shorter, "%.2f a cycle", (double)view->throughput.now);
        snprintf(shortest, sizeof shortest, "%.40s", shorter);
    } else if (view->status != HB_VIEW_GOING && view->end.known) {
        tell_end(view, text, shorter, sizeof text);
    }
    const char *const forms[] = {text, shorter, shortest};
    hb_draw_first_fit(list, head, HB_FONT_SMALL, HB_ALIGN_RIGHT, list->theme->muted, forms, 3);
}

/* Room at the right for the names of levels and for figures. */
static int right_width(const struct hb_ui_state *ui, uint32_t harts) {
    const char *widest = harts < 10 ? "0/0 of before" : "00/00 of before";
    return hb_metrics_width(ui->metrics, HB_FONT_SMALL_BOLD, widest) + hb_em(ui, 0.5);
}

void hb_panel_throughput(struct hb_draw_list *list, struct hb_rect rect, const struct hb_view *view,
                         const struct hb_ui_state *ui) {
    struct hb_frame frame = hb_panel_frame(list, rect, ui, HB_SCENE_THROUGHPUT, "Throughput");
    struct hb_rect body = frame.body;
    const bool tasks = view->machine.tasks > 0;
    int n = (int)view->machine.harts + tasks, row_h = hb_clamp(body.h / 3 / n, hb_em(ui, 1.25), hb_em(ui, 2.2));
    int rows_h = hb_min(row_h * n, body.h / 2);
    draw_summary(list, frame.head, view);
    hb_cut_top(&body, hb_em(ui, 0.3));
    struct hb_rect rows = hb_cut_bottom(&body, rows_h);
    hb_cut_bottom(&body, hb_em(ui, 0.7));
    struct hb_rect left = {body.x, body.y, hb_em(ui, 3.4), body.h};
    int right_w = right_width(ui, view->machine.harts);
    struct hb_rect right = {body.x + body.w - right_w, body.y, right_w, body.h};
    struct plot plot = {list, ui, &view->throughput, body, 1, 1};
    plot.rect.x += left.w;
    plot.rect.w -= left.w + right.w;
    fit_axis(&plot);
    if (hb_rect_empty(plot.rect))
        return;
    draw_grid(&plot, left);
    draw_curve(&plot);
    draw_ghost(&plot);
    draw_fault(&plot, rows.y + rows.h);
    draw_levels(&plot, right);
    char rate[48];
    snprintf(rate, sizeof rate, "%.0f/M cycles", (double)view->throughput.tasks_per_mcycle);
    if (tasks)
        draw_row(&plot, hb_cut_top(&rows, row_h), "tasks", view->throughput.tasks,
                 largest(view->throughput.tasks, view->throughput.windows, 1), rate);
    draw_by_cpu(&plot, rows, view, row_h);
    struct hb_zone *zone = hb_draw_zone(list, plot.rect, hb_command_of(HB_COMMAND_NONE, 0), true, "");
    zone->probe = HB_PROBE_THROUGHPUT;
    zone->from_cycle = view->throughput.from_cycle;
    zone->cycles = (uint64_t)shown_windows(&view->throughput) * view->throughput.window_cycles;
}

void hb_throughput_tip(struct hb_rect rect, const struct hb_view *view, int x, char *text, size_t bytes) {
    const struct hb_view_throughput *data = &view->throughput;
    char from[HB_FORMAT_BYTES], cycles[HB_FORMAT_BYTES];
    int i = (x - rect.x) * shown_windows(data) / hb_max(1, rect.w);
    if (i < 0 || i >= (int)data->windows || data->total[i] < 0) {
        snprintf(text, bytes, "Useful work, instructions of tasks a cycle. Nothing was recorded here.");
        return;
    }
    if (view->machine.tasks == 0) {
        snprintf(text, bytes, "%.2f instructions in user mode a cycle in the %s cycles from cycle %s.",
                 (double)data->total[i], hb_format_count(cycles, data->window_cycles),
                 hb_format_count(from, data->from_cycle + (uint64_t)i * data->window_cycles));
        return;
    }
    snprintf(text, bytes, "%.2f instructions of tasks a cycle and %.0f task%s finished in the %s cycles from cycle %s.",
             (double)data->total[i], (double)data->tasks[i], hb_plural((uint64_t)data->tasks[i]),
             hb_format_count(cycles, data->window_cycles),
             hb_format_count(from, data->from_cycle + (uint64_t)i * data->window_cycles));
}
