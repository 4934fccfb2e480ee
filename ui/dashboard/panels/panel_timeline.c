/* Panel 2: lanes of what every CPU did, the bus, and the marks of a fault, over one time axis. */
#include <stdio.h>

#include "ui/dashboard/model/format.h"
#include "ui/dashboard/panels/lanes.h"
#include "ui/dashboard/panels/layout.h"
#include "ui/dashboard/panels/markers.h"
#include "ui/dashboard/panels/panels.h"
#include "ui/dashboard/panels/widgets.h"

#define THIN_LANE      10 /* a lane lower than this shows no heights */
#define LONG_IN_KERNEL 24 /* consecutive columns in which a task did not run: more than an interrupt */

/* What a stretch of a lane basically is. */
enum ground { GROUND_UNKNOWN, GROUND_GONE, GROUND_IDLE, GROUND_KERNEL, GROUND_SPINS, GROUND_TASK };

static enum ground ground_of(const struct hb_view_cell *cell) {
    if (!cell->known)
        return GROUND_UNKNOWN;
    if (cell->state == HB_VIEW_DEAD || cell->state == HB_VIEW_FENCED || cell->state == HB_VIEW_STOPPED)
        return GROUND_GONE;
    if (cell->spun >= 128)
        return GROUND_SPINS;
    if (cell->busy + cell->stalled < 128)
        return GROUND_IDLE;
    return cell->task < 0 ? GROUND_KERNEL : GROUND_TASK;
}

/* Columns of one lane that are drawn as one. */
struct stretch {
    uint32_t from, to;
    enum ground ground;
};

int hb_lanes_x(const struct hb_lanes *lanes, uint32_t column) {
    return lanes->rect.x + (int)((int64_t)lanes->rect.w * column / hb_max(1, (int)lanes->timeline->columns));
}

static struct hb_rect stretch_rect(const struct hb_lanes *lanes, struct hb_rect lane, uint32_t from, uint32_t to) {
    int x = hb_lanes_x(lanes, from);
    return (struct hb_rect){x, lane.y, hb_lanes_x(lanes, to) - x, lane.h};
}

static hb_colour hue_of(const struct hb_lanes *lanes, enum ground ground, int32_t task) {
    const struct hb_theme *theme = lanes->list->theme;
    hb_colour hue = ground == GROUND_TASK ? hb_theme_task(theme, task) : theme->tone[HB_TONE_NEUTRAL];
    return hb_theme_mix(hue, theme->panel, 0.2);
}

/* Where the group of columns that holds `column` ends: shares are shown as means of a few columns, which is calmer, but
 * one by one when single cycles can be told apart. Groups stay fixed in time. */
static uint32_t group_end(const struct hb_lanes *lanes, uint32_t column, uint32_t to) {
    uint64_t cycles = lanes->timeline->column_cycles, group = cycles < 16 ? 1 : 4;
    uint64_t number = lanes->timeline->from_cycle / cycles + column;
    uint64_t end = column + group - number % group;
    return end < to ? (uint32_t)end : to;
}

/* The busy share of each group as a bar from the bottom. */
static void draw_heights(const struct hb_lanes *lanes, const struct hb_view_cell *cells, struct hb_rect lane,
                         uint32_t from, uint32_t to, hb_colour hue) {
    for (uint32_t i = from, end; i < to; i = end) {
        int busy = 0;
        end = group_end(lanes, i, to);
        for (uint32_t j = i; j < end; j++)
            busy += cells[j].busy;
        struct hb_rect bar = stretch_rect(lanes, lane, i, end);
        hb_draw_rect(lanes->list, hb_cut_bottom(&bar, lane.h * busy / hb_max(1, (int)(end - i)) / 255), hue);
    }
}

/* The task's number on its colour, where the stretch is wide enough; false where it is not. */
static bool draw_label(const struct hb_lanes *lanes, struct hb_rect block, int32_t task) {
    const struct hb_theme *theme = lanes->list->theme;
    char number[16];
    snprintf(number, sizeof number, "%d", task);
    int width = hb_metrics_width(lanes->ui->metrics, HB_FONT_SMALL_BOLD, number) + 6;
    int height = hb_em(lanes->ui, 1);
    if (block.w < width + 4 || block.h < height)
        return false;
    struct hb_rect chip = {block.x + 2, block.y + (block.h > 2 * height ? 1 : (block.h - height) / 2), width, height};
    hb_draw_rect(lanes->list, chip, hb_theme_task(theme, task));
    hb_draw_text(lanes->list, chip, HB_FONT_SMALL_BOLD, HB_ALIGN_CENTRE, hb_theme_task_ink(theme, task), number);
    return true;
}

static void draw_gone(const struct hb_lanes *lanes, struct hb_rect block) {
    const struct hb_theme *theme = lanes->list->theme;
    hb_draw_rect(lanes->list, block, theme->panel);
    hb_draw_rect(lanes->list, (struct hb_rect){block.x, block.y + block.h / 2 - 1, block.w, 3}, theme->text);
    int width = hb_em(lanes->ui, 2.8), height = hb_em(lanes->ui, 1);
    if (block.w > 2 * width && block.h >= height) {
        struct hb_rect chip = hb_rect_centre(block, width, height);
        hb_draw_rect(lanes->list, chip, theme->text);
        hb_draw_text(lanes->list, chip, HB_FONT_SMALL_BOLD, HB_ALIGN_CENTRE, theme->panel, "dead");
    }
}

/* One stretch of a lane, all of one ground and task; `named`: the task last named on it. Returns the task named now. */
static int32_t draw_stretch(const struct hb_lanes *lanes, const struct hb_view_cell *cells, struct hb_rect lane,
                            struct stretch span, int32_t named) {
    const struct hb_theme *theme = lanes->list->theme;
    struct hb_rect block = stretch_rect(lanes, lane, span.from, span.to);
    int32_t task = cells[span.from].task;
    hb_colour hue = hue_of(lanes, span.ground, task);
    if (span.ground == GROUND_GONE) {
        draw_gone(lanes, block);
    } else if (span.ground == GROUND_IDLE) {
        hb_draw_rect(lanes->list, block, theme->idle);
    } else if (span.ground == GROUND_SPINS) {
        hb_draw_rect(lanes->list, block, theme->tint[HB_TONE_WARN]);
        hb_draw_hatch(lanes->list, block, theme->tone[HB_TONE_WARN]);
    } else if (span.ground != GROUND_UNKNOWN && lane.h < THIN_LANE) {
        hb_draw_rect(lanes->list, block, hue);
    } else if (span.ground != GROUND_UNKNOWN) {
        hb_draw_rect(lanes->list, block, hb_theme_mix(hue, theme->panel, 0.8));
        hb_draw_hatch(lanes->list, block, hb_theme_mix(hue, theme->panel, 0.3));
        draw_heights(lanes, cells, lane, span.from, span.to, hue);
        hb_draw_rect(lanes->list, hb_cut_left(&block, 1), theme->panel);
        if (span.ground == GROUND_TASK && task != named && draw_label(lanes, block, task))
            return task;
    }
    return named;
}

/* The ground of each column. Time in the kernel belongs to the task that it interrupts, unless it is long: a recovery,
 * say. */
static void find_grounds(const struct hb_view_cell *cells, uint32_t columns, uint8_t *ground) {
    uint32_t kernel = 0; /* consecutive columns that were mostly the kernel's */
    for (uint32_t i = 0; i <= columns; i++) {
        if (i < columns)
            ground[i] = (uint8_t)ground_of(&cells[i]);
        if (i < columns && ground[i] == GROUND_TASK && cells[i].kernel >= 128) {
            kernel++;
            continue;
        }
        for (uint32_t j = i - kernel; kernel >= LONG_IN_KERNEL && j < i; j++)
            ground[j] = GROUND_KERNEL;
        kernel = 0;
    }
}

static void draw_lane(const struct hb_lanes *lanes, const struct hb_view_cell *cells, struct hb_rect lane) {
    uint32_t columns = lanes->timeline->columns;
    uint8_t ground[HB_VIEW_COLUMNS];
    int32_t named = -1;
    find_grounds(cells, columns, ground);
    for (uint32_t i = 0; i < columns;) {
        struct stretch span = {i, i + 1, (enum ground)ground[i]};
        while (span.to < columns && ground[span.to] == ground[i] &&
               (ground[i] != GROUND_TASK || cells[span.to].task == cells[i].task))
            span.to++;
        named = draw_stretch(lanes, cells, lane, span, named);
        i = span.to;
    }
}

static void draw_bus(const struct hb_lanes *lanes, struct hb_rect lane) {
    const struct hb_theme *theme = lanes->list->theme;
    const uint8_t *bus = lanes->timeline->bus;
    uint32_t columns = lanes->timeline->columns;
    hb_draw_rect(lanes->list, lane, theme->raised);
    for (uint32_t i = 0, end; i < columns; i = end) {
        int held = 0;
        end = group_end(lanes, i, columns);
        for (uint32_t j = i; j < end; j++)
            held += bus[j];
        struct hb_rect bar = stretch_rect(lanes, lane, i, end);
        hb_draw_rect(lanes->list, hb_cut_bottom(&bar, lane.h * held / hb_max(1, (int)(end - i)) / 255),
                     theme->tone[HB_TONE_NEUTRAL]);
    }
}

struct hb_rect hb_lanes_row(const struct hb_lanes *lanes, uint32_t lane) {
    return (struct hb_rect){lanes->rect.x, lanes->rect.y + (int)lane * (lanes->lane_h + lanes->gap), lanes->rect.w,
                            lane == lanes->count ? lanes->bus_h : lanes->lane_h};
}

static void draw_name(const struct hb_lanes *lanes, struct hb_rect gutter, int y, const char *name) {
    const int line = lanes->ui->metrics->line[HB_FONT_SMALL];
    hb_draw_text(lanes->list, (struct hb_rect){gutter.x, y, gutter.w, line}, HB_FONT_SMALL, HB_ALIGN_LEFT,
                 lanes->list->theme->muted, name);
}

static void draw_names(const struct hb_lanes *lanes, struct hb_rect gutter) {
    int line = lanes->ui->metrics->line[HB_FONT_SMALL], pitch = lanes->lane_h + lanes->gap;
    const int bottom = lanes->rect.y + lanes->rect.h;
    uint32_t every = 1;
    while ((int)every * pitch < line)
        every *= 2;
    for (uint32_t i = 0; i < lanes->count; i++) {
        struct hb_rect lane = hb_lanes_row(lanes, i);
        int y = lane.y + (lane.h - line) / 2;
        char name[32];
        hb_lanes_name(lanes, i, name, sizeof name);
        if (y >= lanes->rect.y - hb_em(lanes->ui, 0.3) && i % every == 0 && (every == 1 || i + every <= lanes->count))
            draw_name(lanes, gutter, y, name);
    }
    struct hb_rect bus = hb_lanes_row(lanes, lanes->count);
    draw_name(lanes, gutter, hb_min(hb_max(bus.y, bus.y + bus.h - line), bottom - lanes->faults_h - line), "bus");
    if (lanes->faults_h > 0)
        draw_name(lanes, gutter, bottom - line, "faults");
}

static void draw_axis(const struct hb_lanes *lanes, struct hb_rect axis) {
    const struct hb_theme *theme = lanes->list->theme;
    const struct hb_view_timeline *t = lanes->timeline;
    uint64_t span = t->column_cycles * t->columns;
    int label_w = hb_em(lanes->ui, 6);
    double per_label = (double)span * label_w / hb_max(1, axis.w);
    uint64_t step = (uint64_t)hb_round_125(per_label < 1 ? 1 : per_label * 2.4);
    for (uint64_t tick = (t->from_cycle / step + 1) * step; tick < t->from_cycle + span; tick += step) {
        char label[HB_FORMAT_BYTES];
        int x = axis.x + (int)((double)(tick - t->from_cycle) / (double)span * axis.w);
        hb_draw_rect(lanes->list, (struct hb_rect){x, axis.y, 1, 4}, theme->muted);
        struct hb_rect place = {x - label_w / 2, axis.y + 3, label_w, axis.h - 3};
        if (place.x >= axis.x && place.x + place.w <= axis.x + axis.w) {
            hb_draw_text(lanes->list, place, HB_FONT_SMALL, HB_ALIGN_CENTRE, theme->muted,
                         hb_format_axis(label, tick, step));
        }
    }
}

static const struct hb_look *mark_look(uint8_t kind) {
    static const enum hb_view_icon icons[] = {
        [HB_MARK_KILL] = HB_ICON_KILL,         [HB_MARK_SUSPECT] = HB_ICON_SUSPECT, [HB_MARK_FENCE] = HB_ICON_FENCE,
        [HB_MARK_RECOVERED] = HB_ICON_RECOVER, [HB_MARK_WORK] = HB_ICON_WORK,       [HB_MARK_AILS] = HB_ICON_SUSPECT,
    };
    return hb_icon_look(icons[kind]);
}

static struct hb_rect faults_row(const struct hb_lanes *lanes) {
    return (struct hb_rect){lanes->rect.x, lanes->rect.y + lanes->rect.h - lanes->faults_h, lanes->rect.w,
                            lanes->faults_h};
}

static void draw_mark(const struct hb_lanes *lanes, const struct hb_view_mark *mark) {
    const struct hb_theme *theme = lanes->list->theme;
    const struct hb_view_timeline *t = lanes->timeline;
    const struct hb_look *look = mark_look(mark->kind);
    uint64_t span = t->column_cycles * t->columns;
    if (mark->cycle < t->from_cycle || mark->cycle >= t->from_cycle + span)
        return;
    int x = lanes->rect.x + (int)((double)(mark->cycle - t->from_cycle) / (double)span * lanes->rect.w);
    int side = hb_em(lanes->ui, 1.15);
    struct hb_rect lane = lanes->faults_h > 0 ? faults_row(lanes) : hb_lanes_row(lanes, mark->hart);
    struct hb_rect disc = {hb_clamp(x - side / 2, lanes->rect.x, lanes->rect.x + lanes->rect.w - side),
                           lane.y + (lane.h > 2 * side - 4 ? lane.h - side - 1 : (lane.h - side) / 2), side, side};
    hb_draw_rect(lanes->list, (struct hb_rect){x, lanes->rect.y, mark->kind == HB_MARK_KILL ? 2 : 1, lanes->rect.h},
                 theme->tone[look->tone]);
    hb_draw_round(lanes->list, disc, side / 2, theme->panel);
    hb_draw_round(lanes->list, hb_rect_inset(disc, 1, 1), side / 2 - 1, theme->tint[look->tone]);
    hb_draw_shape(lanes->list, hb_rect_inset(disc, side / 4, side / 4), look->shape, theme->tone[look->tone]);
}

static void legend_item(struct hb_draw_list *list, struct hb_rect *row, const struct hb_ui_state *ui, const char *word,
                        hb_colour fill, hb_colour hatch) {
    int width = hb_metrics_width(ui->metrics, HB_FONT_SMALL, word), side = hb_em(ui, 0.75);
    if (row->w < width + side + hb_em(ui, 1.5))
        return;
    struct hb_rect text = hb_cut_right(row, width);
    hb_draw_text(list, text, HB_FONT_SMALL, HB_ALIGN_LEFT, list->theme->muted, word);
    hb_cut_right(row, hb_em(ui, 0.35));
    struct hb_rect box = hb_cut_right(row, side);
    box = hb_rect_centre(box, side, side);
    hb_draw_rect(list, box, fill);
    if (hatch != 0)
        hb_draw_hatch(list, box, hatch);
    hb_cut_right(row, hb_em(ui, 1));
}

static void draw_legend(struct hb_draw_list *list, struct hb_rect row, const struct hb_ui_state *ui) {
    const struct hb_theme *theme = list->theme;
    static const char *const past[] = {"the past (End: follow)", "the past"};
    if (ui->scroll_columns > 0) {
        hb_draw_first_fit(list, row, HB_FONT_SMALL, HB_ALIGN_RIGHT, theme->text, past, 2);
        return;
    }
    hb_colour blue = hb_theme_mix(theme->hue[4], theme->panel, 0.2), soft = hb_theme_mix(blue, theme->panel, 0.8);
    legend_item(list, &row, ui, "idle", theme->idle, 0);
    legend_item(list, &row, ui, "kernel", hb_theme_mix(theme->tone[HB_TONE_NEUTRAL], theme->panel, 0.2), 0);
    legend_item(list, &row, ui, "spins", theme->tint[HB_TONE_WARN], theme->tone[HB_TONE_WARN]);
    legend_item(list, &row, ui, "waits", soft, hb_theme_mix(blue, theme->panel, 0.3));
    legend_item(list, &row, ui, "runs a task", blue, 0);
}

/* Heights of the lanes: the bus lane stays high enough to show its share, however many CPUs there are. Faults have a
 * lane of their own where the lanes fill the window. */
static void measure(struct hb_lanes *lanes) {
    const int line = lanes->ui->metrics->line[HB_FONT_SMALL] + 2;
    lanes->faults_h = lanes->ui->scene == HB_SCENE_LANES && lanes->rect.h > 3 * line ? line : 0;
    int h = lanes->rect.h - lanes->faults_h, count = (int)lanes->count;
    lanes->gap = hb_clamp(h / (count + 1) / 16, h < 4 * count ? 0 : 1, hb_em(lanes->ui, 0.35));
    lanes->bus_h = hb_min(hb_clamp(h / (count + 1), hb_em(lanes->ui, 1.05), hb_em(lanes->ui, 5)), h / 3);
    lanes->lane_h = hb_clamp((h - lanes->bus_h) / hb_max(1, count) - lanes->gap, 1, hb_em(lanes->ui, 7));
    lanes->rect.h = hb_min(h, count * (lanes->lane_h + lanes->gap) + lanes->bus_h) + lanes->faults_h;
}

/* A line through all lanes, with its letter at the foot, where no task has its number. */
static void draw_marker(const struct hb_lanes *lanes, const struct hb_marker *marker, const char *letter) {
    const struct hb_theme *theme = lanes->list->theme;
    const struct hb_view_timeline *t = lanes->timeline;
    const uint64_t span = t->column_cycles * t->columns;
    if (!marker->set || marker->cycle < t->from_cycle || marker->cycle >= t->from_cycle + span)
        return;
    int x = lanes->rect.x + (int)((double)(marker->cycle - t->from_cycle) / (double)span * lanes->rect.w);
    int line = lanes->ui->metrics->line[HB_FONT_SMALL_BOLD], width = hb_em(lanes->ui, 1);
    const int foot = lanes->rect.y + lanes->rect.h - lanes->faults_h;
    struct hb_rect flag = {hb_clamp(x, lanes->rect.x, lanes->rect.x + lanes->rect.w - width), foot - line, width, line};
    hb_draw_rect(lanes->list, (struct hb_rect){x, lanes->rect.y, 2, lanes->rect.h}, theme->accent);
    hb_draw_rect(lanes->list, flag, theme->accent);
    hb_draw_text(lanes->list, flag, HB_FONT_SMALL_BOLD, HB_ALIGN_CENTRE, theme->accent_ink, letter);
}

static void draw_head(struct hb_draw_list *list, struct hb_rect head, const struct hb_ui_state *ui,
                      const struct hb_lanes *lanes) {
    char more[48], whole[160], brief[64];
    if (head.h > 0 && ui->scene == HB_SCENE_LANES)
        hb_lanes_tabs(list, &head, ui);
    snprintf(more, sizeof more, "%u more (Up, Down)", lanes->hidden);
    const char *const forms[] = {more}, *const between[] = {whole, brief};
    hb_marker_brief(ui, brief, sizeof brief);
    if (hb_marker_difference(ui, whole, sizeof whole) > 0)
        hb_draw_first_fit(list, head, HB_FONT_SMALL_BOLD, HB_ALIGN_RIGHT, list->theme->text, between, 2);
    else if (lanes->by == HB_LANES_CPU)
        draw_legend(list, head, ui);
    else if (lanes->hidden > 0)
        hb_draw_first_fit(list, head, HB_FONT_SMALL, HB_ALIGN_RIGHT, list->theme->muted, forms, 1);
}

static void add_zones(const struct hb_lanes *lanes, uint32_t harts) {
    for (uint32_t i = 0; i <= lanes->count; i++) {
        struct hb_rect lane = hb_lanes_row(lanes, i);
        lane.h += i < lanes->count ? lanes->gap : 0;
        const int64_t number = i < lanes->count ? hb_lanes_number(lanes, i) : harts;
        struct hb_zone *zone = hb_draw_zone(lanes->list, lane, hb_command_of(HB_COMMAND_NONE, number), true, "");
        zone->probe = HB_PROBE_TIMELINE;
        zone->from_cycle = lanes->timeline->from_cycle;
        zone->cycles = lanes->timeline->columns * lanes->timeline->column_cycles;
    }
}

void hb_panel_timeline(struct hb_draw_list *list, struct hb_rect rect, const struct hb_view *view,
                       const struct hb_ui_state *ui) {
    const uint32_t harts = view->machine.harts;
    struct hb_frame frame = hb_panel_frame(list, rect, ui, HB_SCENE_LANES, "Timeline");
    struct hb_rect plot = hb_layout_lanes(rect, ui, harts);
    if (hb_rect_empty(plot))
        return;
    struct hb_lanes lanes = {.list = list,
                             .ui = ui,
                             .timeline = &view->timeline,
                             .rect = plot,
                             .by = ui->scene == HB_SCENE_LANES ? (enum hb_lanes_by)ui->lanes_by : HB_LANES_CPU};
    hb_lanes_choose(&lanes, harts);
    measure(&lanes);
    draw_head(list, frame.head, ui, &lanes);
    draw_names(&lanes, (struct hb_rect){frame.body.x, plot.y, plot.x - frame.body.x, plot.h});
    for (uint32_t i = 0; i < lanes.count; i++)
        if (lanes.by == HB_LANES_CPU)
            draw_lane(&lanes, view->timeline.cell[i], hb_lanes_row(&lanes, i));
        else
            hb_lanes_draw(&lanes, i, harts);
    draw_bus(&lanes, hb_lanes_row(&lanes, lanes.count));
    for (uint32_t i = 0; i < view->timeline.marks; i++)
        draw_mark(&lanes, &view->timeline.mark[i]);
    draw_marker(&lanes, &ui->marker[0], "A");
    draw_marker(&lanes, &ui->marker[1], "B");
    draw_axis(&lanes, (struct hb_rect){plot.x, lanes.rect.y + lanes.rect.h, plot.w, hb_em(ui, 1.3)});
    add_zones(&lanes, harts);
}

static void tip_cell(const struct hb_view *view, uint32_t hart, const struct hb_view_cell *cell, char *text,
                     size_t bytes) {
    char busy[HB_FORMAT_BYTES], waits[HB_FORMAT_BYTES];
    hb_format_percent(busy, cell->busy / 255.0);
    hb_format_percent(waits, cell->stalled / 255.0);
    switch (ground_of(cell)) {
    case GROUND_UNKNOWN: snprintf(text, bytes, "Nothing was recorded here."); break;
    case GROUND_GONE: snprintf(text, bytes, "CPU %u is dead: it executes nothing.", hart); break;
    case GROUND_IDLE: snprintf(text, bytes, "CPU %u is idle: it has nothing to run.", hart); break;
    case GROUND_SPINS:
        snprintf(text, bytes, "CPU %u spins: it waits for a lock of the kernel, and does nothing else.", hart);
        break;
    case GROUND_KERNEL:
        snprintf(text, bytes, "CPU %u is in the kernel: it works %s of this time and waits %s.", hart, busy, waits);
        break;
    case GROUND_TASK:
        if (cell->kernel >= 128) {
            snprintf(text, bytes, "CPU %u is in the kernel, in between task %d: it works %s of this time and waits %s.",
                     hart, cell->task, busy, waits);
            break;
        }
        snprintf(text, bytes, "CPU %u runs task %d: it works %s of this time and waits %s%s%s.", hart, cell->task, busy,
                 waits, cell->stalled > 0 ? ", mostly: " : "",
                 cell->stalled > 0 ? view->machine.cause[cell->cause] : "");
        break;
    }
}

void hb_timeline_tip(struct hb_rect rect, const struct hb_view *view, uint32_t lane, int x, char *text, size_t bytes) {
    const struct hb_view_timeline *t = &view->timeline;
    char from[HB_FORMAT_BYTES], cycles[HB_FORMAT_BYTES], what[200] = "";
    uint32_t column = (uint32_t)hb_clamp((x - rect.x) * (int)t->columns / hb_max(1, rect.w), 0, (int)t->columns - 1);
    if (lane >= HB_LANE_OF_TASKS) {
        hb_lanes_tip(view, lane, column, what, sizeof what);
    } else if (lane == view->machine.harts) {
        char share[HB_FORMAT_BYTES];
        snprintf(what, sizeof what, "The bus is held %s of this time.",
                 hb_format_percent(share, t->bus[column] / 255.0));
    } else {
        tip_cell(view, lane, &t->cell[lane][column], what, sizeof what);
    }
    snprintf(text, bytes, "%s\nCycle %s, %s cycle%s a column.", what,
             hb_format_count(from, t->from_cycle + column * t->column_cycles),
             hb_format_count(cycles, t->column_cycles), t->column_cycles == 1 ? "" : "s");
}
