/* The help: every key and what the mouse does, over a dimmed window. */
#include <stdio.h>

#include "ui/dashboard/panels/panels.h"
#include "ui/dashboard/panels/widgets.h"

static const struct {
    const char *key, *does;
} keys[] = {
    {"Click a CPU", "kill it"},
    {"Right click", "select a CPU; follow a lane"},
    {"Tab", "select the next CPU"},
    {"K", "kill the selected CPU"},
    {"Shift+K", "kill it, its cache lost"},
    {"F, M", "other faults; keys"},
    {"B", "back to before the fault"},
    {"O", "again, with recovery off (on)"},
    {"L", "again, with the cache lost"},
    {"G", "go to the fault that comes next"},
    {"V", "another variant"},
    {"Space", "play, pause"},
    {". and ,", "a cycle on, a cycle back"},
    {"I", "one instruction of that CPU"},
    {"X, E", "a bus transaction on; an event"},
    {"Shift+I, X, E", "the same back"},
    {"P", "a bookmark here"},
    {"N, Shift+N", "next bookmark or fault; last one"},
    {"< and >", "the selected's last, next event"},
    {"Enter", "the cause of what that CPU does"},
    {"A, Z", "marker A, B: the difference"},
    {"[ and ]", "half and double the speed"},
    {"Home, End", "to the opening; follow the present"},
    {"Wheel, W, S", "zoom the timeline; scroll a list"},
    {"Left, Right", "look back and forth in the timeline"},
    {"0-9 C D R U Y", "the scene of that key in the bar"},
    {"2, again 2", "lanes of CPUs, tasks, locks"},
    {"R, W in Lines", "order the CPU to read, write"},
    {"Up, Down", "scroll; choose what R, W are about"},
    {"PgUp, PgDn", "pages of a lesson"},
    {"+ and -", "larger and smaller text"},
    {"T", "light or dark theme"},
    {"J", "save what you did (JSON)"},
    {"F12", "save a picture (PNG)"},
    {"H or ?", "this help"},
    {"Esc", "leave help or a scene"},
    {"Q", "quit"},
};

#define KEYS    ((int)(sizeof keys / sizeof *keys))
#define KEY_EMS 8.4 /* for the names of keys, and what keeps them apart from what they do */

/* How the rows are laid out. */
struct pages {
    int columns, rows, row_h, pages;
};

static struct pages measure(struct hb_rect window, const struct hb_ui_state *ui) {
    struct pages p = {.columns = window.w > hb_em(ui, 56) ? 2 : 1, .row_h = hb_em(ui, 1.35)};
    int room = hb_max(1, (window.h - hb_em(ui, 5.4)) / p.row_h);
    p.pages = (KEYS + p.columns * room - 1) / (p.columns * room);
    p.rows = (KEYS + p.columns * p.pages - 1) / (p.columns * p.pages);
    p.row_h = hb_min(hb_em(ui, 1.7), (window.h - hb_em(ui, 5.4)) / p.rows);
    return p;
}

uint8_t hb_help_pages(struct hb_rect window, const struct hb_ui_state *ui) {
    return (uint8_t)measure(window, ui).pages;
}

static void draw_head(struct hb_draw_list *list, struct hb_rect head, const struct hb_ui_state *ui, int pages) {
    char title[32] = "Keys";
    if (pages > 1)
        snprintf(title, sizeof title, "Keys, %u of %d", ui->help, pages);
    hb_draw_text(list, head, HB_FONT_SMALL, HB_ALIGN_RIGHT, list->theme->muted,
                 ui->help < pages ? "Click for more; Esc closes" : "Click or press Esc to close");
    hb_draw_text(list, head, HB_FONT_TITLE, HB_ALIGN_LEFT, list->theme->text, title);
}

void hb_panel_help(struct hb_draw_list *list, struct hb_rect window, const struct hb_view *view,
                   const struct hb_ui_state *ui) {
    const struct hb_theme *theme = list->theme;
    struct pages p = measure(window, ui);
    int width = hb_min(hb_em(ui, p.columns == 2 ? 57 : 29), window.w), first = (ui->help - 1) * p.columns * p.rows;
    struct hb_rect box = hb_rect_centre(window, width, p.rows * p.row_h + hb_em(ui, 4.6));
    (void)view;
    hb_draw_rect(list, window, (theme->tip & 0xffffff) | 0x90000000);
    hb_draw_zone(list, window, hb_command_of(HB_COMMAND_HELP, 0), true, "");
    hb_card(list, box, hb_em(ui, 0.6), theme->panel, theme->border);
    box = hb_rect_inset(box, hb_em(ui, 1.4), hb_em(ui, 1.1));
    draw_head(list, hb_cut_top(&box, hb_em(ui, 2)), ui, p.pages);
    hb_cut_top(&box, hb_em(ui, 0.4));
    int column_w = box.w / p.columns;
    for (int i = 0; i < p.columns * p.rows && first + i < KEYS; i++) {
        struct hb_rect row = {box.x + i / p.rows * column_w, box.y + i % p.rows * p.row_h, column_w - hb_em(ui, 0.6),
                              p.row_h};
        hb_draw_text(list, hb_cut_left(&row, hb_em(ui, KEY_EMS)), HB_FONT_BOLD, HB_ALIGN_LEFT, theme->text,
                     keys[first + i].key);
        hb_draw_text(list, row, HB_FONT_BODY, HB_ALIGN_LEFT, theme->muted, keys[first + i].does);
    }
}
