/* The machine: the selected CPU's instructions, registers and stack, and the console. */
#include <stdio.h>
#include <string.h>

#include "ui/dashboard/model/format.h"
#include "ui/dashboard/panels/widgets.h"
#include "ui/dashboard/scenes/pen.h"
#include "ui/dashboard/scenes/scenes.h"

/* ---- Code ------------------------------------------------------------------------------------------------------ */

/* The part of an instruction's text that fits, up to a comment or an operand. */
static void draw_code(const struct hb_pen *pen, struct hb_rect row, const struct hb_view_code *code, bool here) {
    const struct hb_theme *theme = pen->list->theme;
    char address[24];
    if (here) {
        hb_draw_round(pen->list, row, hb_em(pen->ui, 0.2), theme->tint[HB_TONE_INFO]);
        hb_draw_shape(pen->list, (struct hb_rect){row.x, row.y, hb_em(pen->ui, 0.8), row.h}, HB_SHAPE_PLAY,
                      theme->tone[HB_TONE_INFO]);
    }
    hb_cut_left(&row, hb_em(pen->ui, 1));
    snprintf(address, sizeof address, "%08llx", (unsigned long long)code->address);
    int width = hb_metrics_width(pen->ui->metrics, HB_FONT_MONO, address);
    int text_w = hb_metrics_width(pen->ui->metrics, HB_FONT_MONO, code->text);
    if (row.w >= width + text_w + hb_em(pen->ui, 0.8)) {
        hb_draw_text(pen->list, hb_cut_left(&row, width), HB_FONT_MONO, HB_ALIGN_LEFT, theme->muted, address);
        hb_cut_left(&row, hb_em(pen->ui, 0.8));
    }
    char brief[sizeof code->text];
    snprintf(brief, sizeof brief, "%.*s", (int)strcspn(code->text, " "), code->text);
    hb_pen_text(pen, row, HB_FONT_MONO, here ? theme->tone_text[HB_TONE_INFO] : theme->text, code->text, brief);
}

static void draw_codes(const struct hb_pen *pen, struct hb_rect rest) {
    const struct hb_view_core *core = &pen->view->core;
    int height = hb_em(pen->ui, 1.25), rows = rest.h / height;
    uint32_t here = 0;
    while (here < core->codes && core->code[here].address < core->pc)
        here++;
    uint32_t first = here > 3 && rows < (int)core->codes ? here - 3 : 0;
    for (uint32_t i = first; i < core->codes; i++) {
        struct hb_rect row = hb_take_top(&rest, height);
        if (row.h > 0)
            draw_code(pen, row, &core->code[i], i == here);
    }
}

/* ---- Registers and stack --------------------------------------------------------------------------------------- */

static void draw_word(const struct hb_pen *pen, struct hb_rect row, const char *name, uint64_t value) {
    char whole[24];
    snprintf(whole, sizeof whole, "%llx", (unsigned long long)value);
    hb_draw_text(pen->list, hb_cut_left(&row, hb_em(pen->ui, 2.4)), HB_FONT_MONO, HB_ALIGN_LEFT,
                 pen->list->theme->muted, name);
    hb_pen_text(pen, row, HB_FONT_MONO, pen->list->theme->text, whole, NULL);
}

/* In the order in which one asks for them: return address, stack, arguments, the rest. */
static const uint8_t order[] = {1,  2,  10, 11, 12, 13, 14, 15, 16, 17, 8,  9,  5,  6, 7, 28,
                                29, 30, 31, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 3, 4};

static void draw_registers(const struct hb_pen *pen, struct hb_rect area) {
    int width = hb_em(pen->ui, 12.6), columns = hb_max(1, area.w / width), height = hb_em(pen->ui, 1.25);
    int rows = area.h / height;
    width = area.w / columns;
    for (int i = 0; i < (int)sizeof order && i < rows * columns; i++) {
        struct hb_rect row = {area.x + i / rows * width, area.y + i % rows * height, width - hb_em(pen->ui, 0.5),
                              height};
        draw_word(pen, row, pen->view->core.name[order[i]], pen->view->core.x[order[i]]);
    }
}

static void draw_stack(const struct hb_pen *pen, struct hb_rect area) {
    const struct hb_theme *theme = pen->list->theme;
    struct hb_rect title = hb_take_top(&area, hb_em(pen->ui, 1.3));
    hb_pen_text(pen, title, HB_FONT_SMALL, theme->muted, "memory at sp", "at sp");
    for (uint32_t i = 0; i < pen->view->core.words; i++) {
        char name[8];
        struct hb_rect row = hb_take_top(&area, hb_em(pen->ui, 1.25));
        snprintf(name, sizeof name, "+%u", 8 * i);
        if (row.h > 0)
            draw_word(pen, row, name, pen->view->core.word[i]);
    }
}

/* ---- The console ----------------------------------------------------------------------------------------------- */

/* Where the last `lines` lines of a text begin. */
static const char *last_lines(const char *text, int lines) {
    const char *at = text + strlen(text);
    if (at > text && at[-1] == '\n')
        at--;
    while (at > text && (at[-1] != '\n' || --lines > 0))
        at--;
    return at;
}

/* The last lines that fit, each as far as there is room: what a program prints has no shorter form. */
static void draw_console(const struct hb_pen *pen, struct hb_rect area) {
    const struct hb_theme *theme = pen->list->theme;
    const char *text = pen->view->core.console;
    int height = hb_em(pen->ui, 1.2);
    struct hb_rect title = hb_take_top(&area, hb_em(pen->ui, 1.3));
    hb_pen_text(pen, title, HB_FONT_SMALL, theme->muted, *text == '\0' ? "console: nothing was written" : "console",
                "console");
    const char *at = last_lines(text, area.h / height);
    while (*at != '\0' && area.h >= height) {
        char line[160];
        struct hb_rect row = hb_cut_top(&area, height);
        size_t bytes = strcspn(at, "\n");
        snprintf(line, sizeof line, "%.*s", (int)bytes, at);
        line[hb_metrics_fit(pen->ui->metrics, HB_FONT_MONO, line, row.w)] = '\0';
        hb_draw_text(pen->list, row, HB_FONT_MONO, HB_ALIGN_LEFT, theme->text, line);
        at += bytes + (at[bytes] == '\n');
    }
}

/* ---- All of it ------------------------------------------------------------------------------------------------- */

static void draw_head(const struct hb_pen *pen, struct hb_rect head) {
    const struct hb_view_hart *hart = &pen->view->hart[pen->ui->selected];
    char whole[160], brief[96], least[24];
    snprintf(whole, sizeof whole, "CPU %u, %.40s  %.80s", pen->ui->selected, hart->symbol, pen->view->core.source);
    snprintf(brief, sizeof brief, "CPU %u, %.40s", pen->ui->selected, hart->symbol);
    snprintf(least, sizeof least, "CPU %u", pen->ui->selected);
    const char *const forms[] = {whole, brief, least};
    hb_draw_first_fit(pen->list, head, HB_FONT_SMALL, HB_ALIGN_RIGHT, pen->list->theme->muted, forms, 3);
}

void hb_scene_machine(struct hb_draw_list *list, struct hb_rect rect, const struct hb_view *view,
                      const struct hb_ui_state *ui) {
    const struct hb_pen pen = {list, ui, view};
    struct hb_frame frame = hb_panel_frame(list, rect, ui, HB_SCENE_MACHINE, "Machine");
    struct hb_rect body = frame.body;
    draw_head(&pen, frame.head);
    if (frame.head.h == 0)
        draw_head(&pen, hb_take_top(&body, hb_em(ui, 1.3)));
    struct hb_rect console = hb_cut_bottom(&body, body.h > hb_em(ui, 20) ? body.h / 3 : hb_em(ui, 3.8));
    hb_cut_bottom(&body, hb_em(ui, 0.3));
    struct hb_rect code = hb_cut_left(&body, (body.w - hb_em(ui, 1)) * (body.w > hb_em(ui, 50) ? 40 : 55) / 100);
    hb_cut_left(&body, hb_em(ui, 1));
    draw_codes(&pen, code);
    if (body.w > hb_em(ui, 38)) {
        struct hb_rect stack = hb_cut_right(&body, hb_em(ui, 13));
        draw_stack(&pen, stack);
    }
    draw_registers(&pen, body);
    draw_console(&pen, console);
}
