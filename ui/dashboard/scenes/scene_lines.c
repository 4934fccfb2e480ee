/* The cache lines in use, one row per address, one column per CPU; beside them the diagram of the protocol with
 * what has just happened, and below them the orders that a program obeys. */
#include <stdio.h>
#include <string.h>

#include "ui/dashboard/model/format.h"
#include "ui/dashboard/panels/widgets.h"
#include "ui/dashboard/scenes/lines_parts.h"
#include "ui/dashboard/scenes/scenes.h"

struct grid {
    const struct hb_pen *pen;
    struct hb_draw_list *list;
    const struct hb_ui_state *ui;
    int address_w, symbol_w, value_w, memory_w, cell_w, row_h; /* value_w 0: values are not shown */
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

void hb_lines_mark(const struct hb_pen *pen, struct hb_rect cell, char letter, int side) {
    const struct hb_theme *theme = pen->list->theme;
    char text[2] = {letter, '\0'};
    for (size_t i = 0; i < sizeof state_marks / sizeof *state_marks; i++) {
        if (state_marks[i].letter == letter) {
            int hue = state_marks[i].hue;
            hb_draw_shape(pen->list, hb_rect_centre(cell, side, side), state_marks[i].shape,
                          hue < 0 ? theme->border : theme->hue[hue]);
            if (cell.w >= hb_em(pen->ui, 0.9)) {
                hb_draw_text(pen->list, cell, HB_FONT_SMALL_BOLD, HB_ALIGN_CENTRE,
                             hue < 0 ? theme->muted : theme->ink[hue], text);
            }
            return;
        }
    }
}

/* A diamond holds less of a letter than a square does, so it is drawn larger. */
static void draw_state(const struct grid *grid, struct hb_rect cell, char letter) {
    bool diamond = holding_of(letter) == HOLDS_ALONE;
    hb_lines_mark(grid->pen, cell, letter, hb_min(hb_min(cell.w, cell.h), hb_em(grid->ui, diamond ? 1.6 : 1.3)));
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
        snprintf(text, bytes, "CPU %u has changed it and answers for it; %u cop%s.", holder, copies,
                 copies == 1 ? "y" : "ies");
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
    if (grid->address_w > 0)
        hb_draw_text(grid->list, hb_cut_left(&row, grid->address_w), HB_FONT_SMALL, HB_ALIGN_LEFT, theme->muted,
                     "address");
    hb_draw_text(grid->list, hb_cut_left(&row, grid->symbol_w), HB_FONT_SMALL, HB_ALIGN_LEFT, theme->muted,
                 "what it is");
    hb_draw_text(grid->list, hb_cut_left(&row, grid->value_w), HB_FONT_SMALL, HB_ALIGN_LEFT, theme->muted,
                 grid->value_w > hb_em(grid->ui, 8) ? "its first 8 bytes" : "bytes");
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
            hb_draw_first_fit(grid->list, every == 1 ? hb_rect_inset(cell, hb_em(grid->ui, 0.25), 0) : wide,
                              HB_FONT_SMALL, every == 1 ? HB_ALIGN_CENTRE : HB_ALIGN_LEFT, theme->muted, forms, 2);
        }
    }
}

/* A click pins it or does so no longer; it tells what its states mean. */
static void add_zone(const struct grid *grid, struct hb_rect row, const struct hb_view_line *line) {
    char why[96], tip[240], times[HB_FORMAT_BYTES];
    say_why(line, grid->harts, why, sizeof why);
    snprintf(tip, sizeof tip, "%s %s bus transaction%s since the scene was opened. A click %s.", why,
             hb_format_count(times, line->transactions), hb_plural(line->transactions),
             line->pinned ? "lets it go" : "keeps it on top");
    hb_draw_zone(grid->list, row, hb_command_of(HB_COMMAND_PIN, (int64_t)line->address), true, tip);
}

static const char *format_value(char text[24], const struct hb_view_line *line, uint64_t value) {
    snprintf(text, 24, line->number ? "%llu" : "%llx", (unsigned long long)value);
    return text;
}

/* The newest bytes; and another's, which is behind. Those that are no number have what marks them as hexadecimal where
 * there is room. */
static void draw_value(const struct grid *grid, struct hb_rect place, const struct hb_view_line *line) {
    char value[24], other[24], both[80], name[64], marked[32];
    const char *forms[4];
    int n = 0;
    format_value(value, line, line->value);
    snprintf(both, sizeof both, "%s, CPU %d: %s", value, line->behind, format_value(other, line, line->behind_value));
    snprintf(name, sizeof name, "%s, not CPU %d", value, line->behind);
    snprintf(marked, sizeof marked, "0x%s", value);
    if (line->behind >= 0) {
        forms[n++] = both;
        forms[n++] = name;
    }
    if (!line->number)
        forms[n++] = marked;
    if (line->number || strlen(value) > 8) /* too long for a number */
        forms[n++] = value;
    hb_colour colour = line->behind >= 0 ? grid->list->theme->tone_text[HB_TONE_WARN] : grid->list->theme->text;
    hb_draw_first_fit(grid->list, place, HB_FONT_MONO, HB_ALIGN_LEFT, colour, forms, n);
}

/* Memory's own bytes where they are others and there is room, else whether it is up to date. */
static void draw_memory(const struct grid *grid, struct hb_rect place, const struct hb_view_line *line) {
    const struct hb_theme *theme = grid->list->theme;
    hb_colour warn = theme->tone_text[HB_TONE_WARN];
    char value[24], marked[32];
    snprintf(marked, sizeof marked, "0x%s", format_value(value, line, line->memory_value));
    const char *const forms[] = {line->number ? value : marked, value};
    const bool other = grid->value_w > 0 && line->memory_stale && line->memory_value != line->value;
    if (!other || hb_draw_first_fit(grid->list, place, HB_FONT_MONO, HB_ALIGN_LEFT, warn, forms, 2) == 0)
        hb_draw_text(grid->list, place, HB_FONT_SMALL, HB_ALIGN_LEFT, line->memory_stale ? warn : theme->muted,
                     line->memory_stale ? "stale" : "up to date");
}

/* Smaller where it is long, and then without its offset. */
static void draw_symbol(const struct grid *grid, struct hb_rect place, const char *symbol) {
    hb_colour colour = grid->list->theme->muted;
    char object[sizeof((struct hb_view_line *)NULL)->symbol];
    const char *const forms[] = {symbol, object};
    snprintf(object, sizeof object, "%.*s", (int)strcspn(symbol, "+"), symbol);
    if (hb_metrics_width(grid->ui->metrics, HB_FONT_MONO, symbol) <= place.w)
        hb_draw_text(grid->list, place, HB_FONT_MONO, HB_ALIGN_LEFT, colour, symbol);
    else if (hb_draw_first_fit(grid->list, place, HB_FONT_SMALL, HB_ALIGN_LEFT, colour, forms, 2) == 0)
        hb_draw_text(grid->list, place, HB_FONT_SMALL, HB_ALIGN_LEFT, colour, object);
}

/* A click asks who wrote it last. */
static void follow(const struct grid *grid, struct hb_rect row, const struct hb_view_line *line) {
    struct hb_command command = hb_command_of(HB_COMMAND_FOLLOW, (int64_t)line->address);
    const struct hb_view_subject *subject = &grid->ui->subject;
    command.value = HB_SUBJECT_LINE;
    if (subject->kind == HB_SUBJECT_LINE && subject->id == line->address)
        hb_draw_rect(grid->list, row, grid->list->theme->tint[HB_TONE_INFO]);
    hb_draw_zone(grid->list, row, command, true, "Who wrote this last? Goes there; < and > to those before and after.");
}

static void draw_line(const struct grid *grid, struct hb_rect row, const struct hb_view_line *line) {
    const struct hb_theme *theme = grid->list->theme;
    add_zone(grid, row, line);
    if (line->pinned)
        hb_draw_rect(grid->list, (struct hb_rect){row.x - hb_em(grid->ui, 0.4), row.y + 3, 3, row.h - 5},
                     theme->accent);
    char address[24];
    snprintf(address, sizeof address, "%08llx", (unsigned long long)line->address);
    if (grid->address_w > 0)
        hb_draw_text(grid->list, hb_cut_left(&row, grid->address_w), HB_FONT_MONO, HB_ALIGN_LEFT, theme->text, address);
    struct hb_rect symbol = hb_cut_left(&row, grid->symbol_w);
    hb_cut_right(&symbol, hb_em(grid->ui, 0.5));
    draw_symbol(grid, symbol, line->symbol[0] == '\0' && grid->address_w == 0 ? address : line->symbol);
    follow(grid, (struct hb_rect){row.x, row.y, grid->value_w + grid->memory_w, row.h}, line);
    struct hb_rect value = hb_cut_left(&row, grid->value_w);
    hb_cut_right(&value, hb_em(grid->ui, 0.4));
    if (grid->value_w > 0)
        draw_value(grid, value, line);
    draw_memory(grid, hb_cut_left(&row, grid->memory_w), line);
    for (uint32_t i = 0; i < grid->harts; i++)
        draw_state(grid, hb_cut_left(&row, grid->cell_w), line->state[i]);
}

/* Does the experiment watch words, whose values are to be read? */
static bool has_numbers(const struct hb_pen *pen) {
    return pen->view->lines.count > 0 && pen->view->lines.line[0].number;
}

#define NUMBER_EM 6 /* for bytes that are a small number */

/* Widths of the columns: long bytes are dropped first when room is short, then all of them. */
static void measure(struct grid *grid, int width) {
    const struct hb_ui_state *ui = grid->ui;
    int harts = (int)grid->harts;
    grid->address_w = hb_metrics_width(ui->metrics, HB_FONT_MONO, "00000000") + hb_em(ui, 1);
    grid->memory_w = hb_em(ui, 5.5);
    grid->symbol_w = hb_clamp(width / 4, hb_min(hb_em(ui, 8.5), width / 3), hb_em(ui, 15));
    int cells = harts * hb_em(ui, 2.2),
        values = hb_metrics_width(ui->metrics, HB_FONT_MONO, "0000000000000000") + hb_em(ui, 1);
    const int rest = width - grid->address_w - grid->symbol_w - cells, number = hb_em(ui, NUMBER_EM);
    grid->value_w = rest >= 2 * values ? values : rest >= 2 * number ? number : 0;
    if (grid->value_w == 0 && has_numbers(grid->pen) && rest + grid->address_w >= 2 * number) {
        grid->address_w = 0;
        grid->value_w = number;
    }
    grid->memory_w = hb_max(grid->memory_w, grid->value_w);
    int room = width - grid->address_w - grid->symbol_w - grid->value_w - grid->memory_w;
    grid->cell_w = hb_clamp(room / hb_max(1, harts), 4, hb_em(ui, 4.5));
}

/* Room for the diagram, where the table keeps enough: what it needs without its bytes, and with numbers if the diagram
 * can do with less. */
static int diagram_width(const struct hb_pen *pen, struct hb_rect body) {
    int address = hb_metrics_width(pen->ui->metrics, HB_FONT_MONO, "00000000") + hb_em(pen->ui, 1);
    int table = address + hb_em(pen->ui, 9 + 5.5 + 2.2 * pen->view->machine.harts + 1.5);
    int room = body.w - table;
    const int number = hb_em(pen->ui, NUMBER_EM + 0.5);
    if (room - number >= hb_em(pen->ui, 16))
        room -= number;
    else if (has_numbers(pen) && room + address - number >= hb_em(pen->ui, 11))
        room += address - number;
    bool fits = pen->view->machine.protocol != NULL && room >= hb_em(pen->ui, 11) && body.h >= hb_em(pen->ui, 9.5);
    return fits ? hb_min(room, hb_em(pen->ui, 24)) : 0;
}

static void draw_head(const struct hb_pen *pen, struct hb_rect head) {
    const struct hb_view_lines *lines = &pen->view->lines;
    char total[HB_FORMAT_BYTES], whole[160], brief[96];
    hb_format_count(total, lines->total);
    snprintf(whole, sizeof whole, "%s line%s of %u bytes in caches: pinned ones, then those that the bus carries most",
             total, hb_plural(lines->total), lines->line_bytes);
    snprintf(brief, sizeof brief, "%s line%s: pinned, then the hottest", total, hb_plural(lines->total));
    const char *const forms[] = {whole, brief};
    hb_draw_first_fit(pen->list, head, HB_FONT_SMALL, HB_ALIGN_RIGHT, pen->list->theme->muted, forms, 2);
}

static void draw_table(const struct hb_pen *pen, struct hb_rect body) {
    const struct hb_view_lines *lines = &pen->view->lines;
    struct grid grid = {
        .pen = pen, .list = pen->list, .ui = pen->ui, .harts = pen->view->machine.harts, .row_h = hb_em(pen->ui, 1.6)};
    measure(&grid, body.w);
    draw_titles(&grid, hb_cut_top(&body, grid.row_h));
    uint32_t first = pen->ui->list_scroll < lines->count ? pen->ui->list_scroll : 0;
    for (uint32_t i = first; i < lines->count && body.h >= grid.row_h; i++) {
        struct hb_rect row = hb_cut_top(&body, grid.row_h);
        hb_draw_rect(pen->list, (struct hb_rect){row.x, row.y, row.w, 1}, pen->list->theme->grid);
        draw_line(&grid, row, &lines->line[i]);
    }
}

void hb_scene_lines(struct hb_draw_list *list, struct hb_rect rect, const struct hb_view *view,
                    const struct hb_ui_state *ui) {
    const struct hb_pen pen = {list, ui, view};
    struct hb_frame frame = hb_panel_frame(list, rect, ui, HB_SCENE_LINES, "Cache lines in use");
    struct hb_rect body = frame.body;
    draw_head(&pen, frame.head);
    if (view->machine.orders.variables > 0 && body.h >= hb_em(ui, 5)) {
        hb_lines_orders(&pen, hb_cut_bottom(&body, hb_em(ui, 1.9)));
        hb_cut_bottom(&body, hb_em(ui, 0.3));
    }
    int side_w = diagram_width(&pen, body);
    if (side_w > 0) {
        struct hb_rect side = hb_cut_right(&body, side_w);
        hb_cut_right(&body, hb_em(ui, 0.8));
        struct hb_rect text = hb_cut_bottom(&side, hb_em(ui, side.h >= hb_em(ui, 15) ? 6.2 : 1.5));
        hb_lines_diagram(&pen, side);
        hb_lines_turn(&pen, &text, text.h < hb_em(ui, 3));
    } else if (body.h >= hb_em(ui, 5)) {
        struct hb_rect text = hb_cut_bottom(&body, hb_em(ui, 1.5));
        hb_lines_turn(&pen, &text, true);
    }
    draw_table(&pen, body);
}
