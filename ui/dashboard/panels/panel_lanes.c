/* Lanes of tasks, in the colours of the CPUs that they run on, so that a migration is a change of colour; and of locks,
 * in the colours of those who hold them, hatched where others spin. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "osmodel/abi.h"
#include "ui/dashboard/model/format.h"
#include "ui/dashboard/panels/lanes.h"
#include "ui/dashboard/panels/widgets.h"

#define HELD 8 /* of 255: a lock that is held so little of a column still shows */

/* ---- Which ---------------------------------------------------------------------------------------------------- */

static void take(struct hb_lanes *lanes, int32_t what, uint32_t *seen, uint32_t room) {
    const uint32_t skip = lanes->ui->list_scroll;
    if (*seen >= skip && lanes->count < room)
        lanes->of[lanes->count++] = what;
    else
        lanes->hidden++;
    ++*seen;
}

static void choose_tasks(struct hb_lanes *lanes, uint32_t harts, uint32_t room) {
    bool there[HB_TASKS_MAX] = {false};
    uint32_t seen = 0;
    for (uint32_t h = 0; h < harts; h++)
        for (uint32_t i = 0; i < lanes->timeline->columns; i++) {
            const struct hb_view_cell *cell = &lanes->timeline->cell[h][i];
            if (cell->known && cell->task >= 0 && cell->task < (int32_t)HB_TASKS_MAX)
                there[cell->task] = true;
        }
    for (int32_t task = 0; task < (int32_t)HB_TASKS_MAX; task++)
        if (there[task])
            take(lanes, task, &seen, room);
}

static bool is_used(const struct hb_view_lock_lane *lock, uint32_t columns) {
    for (uint32_t i = 0; i < columns; i++)
        if (lock->cell[i].held > 0 || lock->cell[i].spun > 0)
            return true;
    return false;
}

static void choose_locks(struct hb_lanes *lanes, uint32_t room) {
    uint32_t seen = 0;
    for (uint32_t i = 0; i < lanes->timeline->locks; i++)
        if (is_used(&lanes->timeline->lock[i], lanes->timeline->columns))
            take(lanes, (int32_t)i, &seen, room);
}

void hb_lanes_choose(struct hb_lanes *lanes, uint32_t harts) {
    const int line = lanes->ui->metrics->line[HB_FONT_SMALL] + 2;
    uint32_t room = (uint32_t)hb_clamp((lanes->rect.h - 2 * line) / line, 0, HB_LANES_MAX);
    lanes->count = lanes->hidden = 0;
    if (lanes->by == HB_LANES_TASK)
        choose_tasks(lanes, harts, room);
    else if (lanes->by == HB_LANES_LOCK)
        choose_locks(lanes, room);
    else
        for (uint32_t h = 0; h < harts; h++)
            lanes->of[lanes->count++] = (int32_t)h;
}

void hb_lanes_name(const struct hb_lanes *lanes, uint32_t lane, char *text, size_t bytes) {
    const int32_t of = lanes->of[lane];
    if (lanes->by == HB_LANES_LOCK)
        snprintf(text, bytes, "%s", lanes->timeline->lock[of].name);
    else
        snprintf(text, bytes, "%s %" PRId32, lanes->by == HB_LANES_TASK ? "task" : "CPU", of);
    text[hb_metrics_fit(lanes->ui->metrics, HB_FONT_SMALL, text,
                        hb_metrics_width(lanes->ui->metrics, HB_FONT_SMALL, "mutex 000"))] = '\0';
}

int64_t hb_lanes_number(const struct hb_lanes *lanes, uint32_t lane) {
    const int64_t base[HB_LANES_KINDS] = {[HB_LANES_TASK] = HB_LANE_OF_TASKS, [HB_LANES_LOCK] = HB_LANE_OF_LOCKS};
    return base[lanes->by] + lanes->of[lane];
}

/* ---- Drawing -------------------------------------------------------------------------------------------------- */

static struct hb_rect block_of(const struct hb_lanes *lanes, uint32_t lane, uint32_t from, uint32_t to) {
    struct hb_rect row = hb_lanes_row(lanes, lane);
    int x = hb_lanes_x(lanes, from);
    return (struct hb_rect){x, row.y, hb_max(1, hb_lanes_x(lanes, to) - x), row.h};
}

static hb_colour hue_of(const struct hb_lanes *lanes, int32_t hart) {
    const struct hb_theme *theme = lanes->list->theme;
    return hb_theme_mix(hb_theme_task(theme, hart), theme->panel, 0.2);
}

/* The CPU's number, where the block is wide enough. */
static void draw_label(const struct hb_lanes *lanes, struct hb_rect block, int32_t hart) {
    char number[16];
    snprintf(number, sizeof number, "%" PRId32, hart);
    int width = hb_metrics_width(lanes->ui->metrics, HB_FONT_SMALL_BOLD, number) + hb_em(lanes->ui, 0.4);
    if (block.w < width || block.h < lanes->ui->metrics->line[HB_FONT_SMALL_BOLD])
        return;
    struct hb_rect place = hb_cut_left(&block, width);
    hb_draw_rect(lanes->list, place, hb_theme_task(lanes->list->theme, hart));
    hb_draw_text(lanes->list, place, HB_FONT_SMALL_BOLD, HB_ALIGN_CENTRE, hb_theme_task_ink(lanes->list->theme, hart),
                 number);
}

static int32_t hart_of_task(const struct hb_view_timeline *t, uint32_t harts, int32_t task, uint32_t column) {
    for (uint32_t h = 0; h < harts; h++) {
        const struct hb_view_cell *cell = &t->cell[h][column];
        if (cell->known && cell->task == task && cell->state < HB_VIEW_STOPPED && cell->busy + cell->stalled >= 128)
            return (int32_t)h;
    }
    return -1;
}

/* Where it does not run between two times in which it does, it waits: a thin line. */
static void draw_task(const struct hb_lanes *lanes, uint32_t lane, uint32_t harts) {
    const struct hb_view_timeline *t = lanes->timeline;
    int64_t last_end = -1;
    int32_t named = -1;
    for (uint32_t i = 0, end; i < t->columns; i = end) {
        const int32_t hart = hart_of_task(t, harts, lanes->of[lane], i);
        for (end = i + 1; end < t->columns && hart_of_task(t, harts, lanes->of[lane], end) == hart;)
            end++;
        struct hb_rect block = block_of(lanes, lane, i, end);
        if (hart < 0)
            continue;
        if (last_end >= 0 && last_end < i) {
            struct hb_rect gap = block_of(lanes, lane, (uint32_t)last_end, i);
            hb_draw_rect(lanes->list, (struct hb_rect){gap.x, gap.y + gap.h / 2, gap.w, 1}, lanes->list->theme->muted);
        }
        hb_draw_rect(lanes->list, block, hue_of(lanes, hart));
        if (hart != named)
            draw_label(lanes, block, hart);
        named = hart;
        last_end = end;
    }
}

static bool same_lock_cell(const struct hb_view_lock_cell *a, const struct hb_view_lock_cell *b) {
    return (a->held >= HELD ? a->owner : -1) == (b->held >= HELD ? b->owner : -1) && (a->spun > 0) == (b->spun > 0);
}

static void draw_lock(const struct hb_lanes *lanes, uint32_t lane) {
    const struct hb_view_lock_cell *cell = lanes->timeline->lock[lanes->of[lane]].cell;
    const struct hb_theme *theme = lanes->list->theme;
    int32_t named = -1;
    for (uint32_t i = 0, end; i < lanes->timeline->columns; i = end) {
        for (end = i + 1; end < lanes->timeline->columns && same_lock_cell(&cell[i], &cell[end]);)
            end++;
        struct hb_rect block = block_of(lanes, lane, i, end);
        const int32_t owner = cell[i].held >= HELD ? cell[i].owner : -1;
        if (owner >= 0)
            hb_draw_rect(lanes->list, block, hue_of(lanes, owner));
        if (cell[i].spun > 0) {
            struct hb_rect lower = block;
            hb_draw_hatch(lanes->list, hb_cut_bottom(&lower, block.h / 2), theme->tone[HB_TONE_WARN]);
        }
        if (owner >= 0 && owner != named)
            draw_label(lanes, block, owner);
        named = owner;
    }
}

void hb_lanes_draw(const struct hb_lanes *lanes, uint32_t lane, uint32_t harts) {
    struct hb_rect row = hb_lanes_row(lanes, lane);
    hb_draw_rect(lanes->list, (struct hb_rect){row.x, row.y + row.h, row.w, 1}, lanes->list->theme->raised);
    if (lanes->by == HB_LANES_TASK)
        draw_task(lanes, lane, harts);
    else
        draw_lock(lanes, lane);
}

/* ---- Tooltips and tabs ---------------------------------------------------------------------------------------- */

static void tip_task(const struct hb_view *view, int32_t task, uint32_t column, char *text, size_t bytes) {
    const int32_t hart = hart_of_task(&view->timeline, view->machine.harts, task, column);
    if (hart < 0)
        snprintf(text, bytes, "Task %" PRId32 " had no CPU for most of this time.", task);
    else
        snprintf(text, bytes, "Task %" PRId32 " ran on CPU %" PRId32 ".", task, hart);
}

static void tip_lock(const struct hb_view *view, uint32_t lock, uint32_t column, char *text, size_t bytes) {
    const struct hb_view_lock_lane *lane = &view->timeline.lock[lock];
    const struct hb_view_lock_cell *cell = &lane->cell[column];
    char held[HB_FORMAT_BYTES];
    if (cell->held == 0 || cell->owner < 0)
        snprintf(text, bytes, "%s was free%s.", lane->name, cell->spun > 0 ? " for most of this time" : "");
    else
        snprintf(text, bytes, "%s was held %s of this time, mostly by CPU %d%s.", lane->name,
                 hb_format_percent(held, cell->held / 255.0), cell->owner,
                 cell->spun > 0 ? "; others spun for it" : "");
}

void hb_lanes_tip(const struct hb_view *view, uint32_t number, uint32_t column, char *text, size_t bytes) {
    if (number < HB_LANE_OF_LOCKS)
        tip_task(view, (int32_t)(number - HB_LANE_OF_TASKS), column, text, bytes);
    else if (number - HB_LANE_OF_LOCKS < view->timeline.locks)
        tip_lock(view, number - HB_LANE_OF_LOCKS, column, text, bytes);
}

void hb_lanes_tabs(struct hb_draw_list *list, struct hb_rect *head, const struct hb_ui_state *ui) {
    static const struct {
        const char *label, *tip;
    } tabs[HB_LANES_KINDS] = {{"CPUs", "A lane for each CPU, in the colours of the tasks (key 2 goes round)."},
                              {"tasks", "A lane for each task, in the colours of the CPUs: a migration is a change."},
                              {"locks", "A lane for each lock of the kernel, in the colours of its owners."}};
    const char *whole = "whole run";
    int width = hb_metrics_width(ui->metrics, HB_FONT_SMALL, whole) + hb_em(ui, 0.8);
    struct hb_rect place = hb_cut_right(head, width);
    hb_draw_text(list, place, HB_FONT_SMALL, HB_ALIGN_CENTRE, list->theme->accent, whole);
    hb_draw_zone(list, place, hb_command_of(HB_COMMAND_ZOOM, 0), true, "Shows all of the run so far; W and S zoom.");
    for (int i = HB_LANES_KINDS; i-- > 0;) {
        const bool open = ui->lanes_by == i;
        place = hb_cut_right(head, hb_metrics_width(ui->metrics, HB_FONT_SMALL_BOLD, tabs[i].label) + hb_em(ui, 0.8));
        hb_draw_text(list, place, open ? HB_FONT_SMALL_BOLD : HB_FONT_SMALL, HB_ALIGN_CENTRE,
                     open ? list->theme->text : list->theme->muted, tabs[i].label);
        if (open)
            hb_draw_rect(list, (struct hb_rect){place.x, place.y + place.h - 2, place.w, 2}, list->theme->accent);
        hb_draw_zone(list, place, hb_command_of(HB_COMMAND_LANES, i), true, tabs[i].tip);
    }
    hb_cut_right(head, hb_em(ui, 0.8));
}
