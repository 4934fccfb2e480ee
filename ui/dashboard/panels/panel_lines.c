/* Panel 5: the cache lines in use, one row per address, one column per CPU. */
#include <stdio.h>

#include "ui/dashboard/model/format.h"
#include "ui/dashboard/panels/panels.h"
#include "ui/dashboard/panels/widgets.h"

struct grid {
    struct hb_draw_list *list;
    const struct hb_ui_state *ui;
    int address_w, symbol_w, value_w, memory_w, cell_w, why_w, row_h; /* value_w 0: values are not shown */
    uint32_t harts;
};

/* What a copy is, whatever its protocol calls it. */
enum holding { HOLDS_NOTHING, HOLDS_COPY, HOLDS_ALONE, OWNS_SHARED, OWNS_ALONE };

static struct mark {
    char letter;
    enum holding holding;
    enum hb_shape shape;
    int hue; /* place in the theme's hues; -1: muted */
} const state_marks[] = {
    {'M', OWNS_ALONE, HB_SHAPE_SQUARE, 5},   {'D', OWNS_ALONE, HB_SHAPE_SQUARE, 5},
    {'X', OWNS_ALONE, HB_SHAPE_SQUARE, 5},   {'O', OWNS_SHARED, HB_SHAPE_SQUARE, 6},
    {'N', OWNS_SHARED, HB_SHAPE_SQUARE, 6},  {'E', HOLDS_ALONE, HB_SHAPE_DIAMOND, 3},
    {'R', HOLDS_ALONE, HB_SHAPE_DIAMOND, 3}, {'S', HOLDS_COPY, HB_SHAPE_CIRCLE, 0},
    {'F', HOLDS_COPY, HB_SHAPE_CIRCLE, 1},   {'V', HOLDS_COPY, HB_SHAPE_CIRCLE, 2},
    {'I', HOLDS_NOTHING, HB_SHAPE_BOX, -1},
};

static enum holding holding_of(char letter) {
    for (size_t i = 0; i < sizeof state_marks / sizeof *state_marks; i++)
        if (state_marks[i].letter == letter)
            return state_marks[i].holding;
    return letter == ' ' ? HOLDS_NOTHING : HOLDS_COPY;
}

/* A diamond holds less of a letter than a square does, so it is drawn larger. */
static int mark_side(const struct grid *grid, struct hb_rect cell, enum hb_shape shape) {
    return hb_min(hb_min(cell.w, cell.h), hb_em(grid->ui, shape == HB_SHAPE_DIAMOND ? 1.6 : 1.3));
}

static void draw_state(const struct grid *grid, struct hb_rect cell, char letter) {
    const struct hb_theme *theme = grid->list->theme;
    char text[2] = {letter, '\0'};
    for (size_t i = 0; i < sizeof state_marks / sizeof *state_marks; i++) {
        if (state_marks[i].letter == letter) {
            int hue = state_marks[i].hue, side = mark_side(grid, cell, state_marks[i].shape);
            hb_draw_shape(grid->list, hb_rect_centre(cell, side, side), state_marks[i].shape,
                          hue < 0 ? theme->border : theme->hue[hue]);
            if (cell.w >= hb_em(grid->ui, 0.9)) {
                hb_draw_text(grid->list, cell, HB_FONT_SMALL_BOLD, HB_ALIGN_CENTRE,
                             hue < 0 ? theme->muted : theme->ink[hue], text);
            }
            return;
        }
    }
}

/* What the states of a line mean, in a sentence. */
static void say_why(const struct hb_view_line *line, uint32_t harts, char *text, size_t bytes) {
    uint32_t copies = 0, holder = 0;
    enum holding strongest = HOLDS_NOTHING;
    for (uint32_t i = 0; i < harts; i++) {
        enum holding holding = holding_of(line->state[i]);
        copies += holding != HOLDS_NOTHING;
        if (holding > strongest) {
            strongest = holding;
            holder = i;
        }
    }
    switch (strongest) {
    case OWNS_ALONE: snprintf(text, bytes, "CPU %u has the only true copy: it has changed it.", holder); break;
    case OWNS_SHARED:
        snprintf(text, bytes, "CPU %u has changed it and answers for it; %u copies.", holder, copies);
        break;
    case HOLDS_ALONE: snprintf(text, bytes, "CPU %u alone has it, and may write without asking.", holder); break;
    case HOLDS_NOTHING: snprintf(text, bytes, "No cache holds it now."); break;
    case HOLDS_COPY:
        if (copies == 1)
            snprintf(text, bytes, "CPU %u has a copy and must ask before it writes.", holder);
        else
            snprintf(text, bytes, "%u CPUs have copies; a write goes over the bus.", copies);
        break;
    }
}

static void draw_titles(const struct grid *grid, struct hb_rect row) {
    const struct hb_theme *theme = grid->list->theme;
    hb_draw_text(grid->list, hb_cut_left(&row, grid->address_w), HB_FONT_SMALL, HB_ALIGN_LEFT, theme->muted, "address");
    hb_draw_text(grid->list, hb_cut_left(&row, grid->symbol_w), HB_FONT_SMALL, HB_ALIGN_LEFT, theme->muted,
                 "what it is");
    hb_draw_text(grid->list, hb_cut_left(&row, grid->value_w), HB_FONT_SMALL, HB_ALIGN_LEFT, theme->muted,
                 "its first 8 bytes");
    hb_draw_text(grid->list, hb_cut_left(&row, grid->memory_w), HB_FONT_SMALL, HB_ALIGN_LEFT, theme->muted,
                 grid->value_w > 0 ? "in memory" : "memory");
    uint32_t every = grid->cell_w >= hb_em(grid->ui, 1.4) ? 1 : 4;
    for (uint32_t i = 0; i < grid->harts; i++) {
        struct hb_rect cell = hb_cut_left(&row, grid->cell_w);
        if (i % every == 0) {
            struct hb_rect wide = {cell.x, cell.y, cell.w * (int)every, cell.h};
            char word[16], number[12];
            snprintf(word, sizeof word, "CPU %u", i);
            snprintf(number, sizeof number, "%u", i);
            const char *const forms[] = {word, number};
            hb_draw_first_fit(grid->list, every == 1 ? cell : wide, HB_FONT_SMALL,
                              every == 1 ? HB_ALIGN_CENTRE : HB_ALIGN_LEFT, theme->muted, forms, 2);
        }
    }
}

static void draw_why(const struct grid *grid, struct hb_rect row, const struct hb_view_line *line) {
    char text[96];
    if (grid->why_w > 0) {
        hb_cut_left(&row, hb_em(grid->ui, 1));
        say_why(line, grid->harts, text, sizeof text);
        hb_draw_text(grid->list, row, HB_FONT_SMALL, HB_ALIGN_LEFT, grid->list->theme->muted, text);
    }
}

static void draw_value(const struct grid *grid, struct hb_rect place, uint64_t value, hb_colour colour) {
    char text[24];
    snprintf(text, sizeof text, "%llx", (unsigned long long)value);
    hb_draw_text(grid->list, place, HB_FONT_MONO, HB_ALIGN_LEFT, colour, text);
}

/* Memory's own bytes where they are others and there is room, else whether it is up to date. */
static void draw_memory(const struct grid *grid, struct hb_rect place, const struct hb_view_line *line) {
    const struct hb_theme *theme = grid->list->theme;
    hb_colour warn = theme->tone_text[HB_TONE_WARN];
    if (grid->value_w > 0 && line->memory_stale && line->memory_value != line->value)
        draw_value(grid, place, line->memory_value, warn);
    else
        hb_draw_text(grid->list, place, HB_FONT_SMALL, HB_ALIGN_LEFT, line->memory_stale ? warn : theme->muted,
                     line->memory_stale ? "stale" : "up to date");
}

static void draw_line(const struct grid *grid, struct hb_rect row, const struct hb_view_line *line) {
    const struct hb_theme *theme = grid->list->theme;
    hb_draw_textf(grid->list, hb_cut_left(&row, grid->address_w), HB_FONT_MONO, HB_ALIGN_LEFT, theme->text, "%08llx",
                  (unsigned long long)line->address);
    struct hb_rect symbol = hb_cut_left(&row, grid->symbol_w);
    hb_cut_right(&symbol, hb_em(grid->ui, 0.5));
    hb_draw_text(grid->list, symbol, HB_FONT_MONO, HB_ALIGN_LEFT, theme->muted, line->symbol);
    draw_value(grid, hb_cut_left(&row, grid->value_w), line->value, theme->text);
    draw_memory(grid, hb_cut_left(&row, grid->memory_w), line);
    for (uint32_t i = 0; i < grid->harts; i++)
        draw_state(grid, hb_cut_left(&row, grid->cell_w), line->state[i]);
    draw_why(grid, row, line);
}

/* Widths of the columns: the sentence is dropped first when room is short. */
static void measure(struct grid *grid, int width) {
    const struct hb_ui_state *ui = grid->ui;
    int harts = (int)grid->harts;
    grid->address_w = hb_metrics_width(ui->metrics, HB_FONT_MONO, "00000000") + hb_em(ui, 1);
    grid->memory_w = hb_em(ui, 5.5);
    grid->symbol_w = hb_clamp(width / 4, 0, hb_em(ui, 15));
    grid->why_w = hb_em(ui, 26);
    int cells = harts * hb_em(ui, 2.2),
        values = hb_metrics_width(ui->metrics, HB_FONT_MONO, "0000000000000000") + hb_em(ui, 1);
    grid->value_w = width >= grid->address_w + grid->symbol_w + 2 * values + cells ? values : 0;
    grid->memory_w = hb_max(grid->memory_w, grid->value_w);
    int room = width - grid->address_w - grid->symbol_w - grid->value_w - grid->memory_w;
    if (room < grid->why_w + harts * hb_em(ui, 2.2))
        grid->why_w = 0;
    grid->cell_w = hb_clamp((room - grid->why_w) / hb_max(1, harts), 4, hb_em(ui, 4.5));
}

void hb_panel_lines(struct hb_draw_list *list, struct hb_rect rect, const struct hb_view *view,
                    const struct hb_ui_state *ui) {
    struct hb_frame frame = hb_panel_frame(list, rect, ui, HB_SCENE_LINES, "Cache lines in use");
    struct hb_rect body = frame.body;
    const struct hb_view_lines *lines = &view->lines;
    struct grid grid = {.list = list, .ui = ui, .harts = view->machine.harts, .row_h = hb_em(ui, 1.6)};
    char total[HB_FORMAT_BYTES];
    measure(&grid, body.w);
    hb_draw_textf(list, frame.head, HB_FONT_SMALL, HB_ALIGN_RIGHT, list->theme->muted,
                  "the latest used of %s lines, %u bytes each · M modified  E exclusive  S shared  I invalid",
                  hb_format_count(total, lines->total), lines->line_bytes);
    draw_titles(&grid, hb_cut_top(&body, grid.row_h));
    uint32_t first = ui->list_scroll < lines->count ? ui->list_scroll : 0;
    for (uint32_t i = first; i < lines->count && body.h >= grid.row_h; i++) {
        struct hb_rect row = hb_cut_top(&body, grid.row_h);
        hb_draw_rect(list, (struct hb_rect){row.x, row.y, row.w, 1}, list->theme->grid);
        draw_line(&grid, row, &lines->line[i]);
    }
}
