/* The start page, over the machine that already runs: what can be opened, in as many columns as there is room for. What
 * does not fit stands on further pages; the one with the selected entry is shown. */
#include <stdio.h>

#include "ui/dashboard/panels/panels.h"
#include "ui/dashboard/panels/widgets.h"

/* Where the next entry goes. */
struct flow {
    struct hb_rect body;
    int column, columns, y, page;
};

static int column_w(const struct flow *flow, const struct hb_ui_state *ui) {
    return (flow->body.w - (flow->columns - 1) * hb_em(ui, 1.5)) / flow->columns;
}

/* The place of an entry of this height: in the next column or on the next page if `least` is more than is left. */
static struct hb_rect place(struct flow *flow, const struct hb_ui_state *ui, int height, int least) {
    if (flow->y > 0 && flow->y + least > flow->body.h) {
        flow->y = 0;
        if (++flow->column == flow->columns) {
            flow->column = 0;
            flow->page++;
        }
    }
    int width = column_w(flow, ui), x = flow->body.x + flow->column * (width + hb_em(ui, 1.5));
    struct hb_rect rect = {x, flow->body.y + flow->y, width, height};
    flow->y += height;
    return rect;
}

static int entry_height(struct hb_draw_list *list, const struct flow *flow, const struct hb_ui_state *ui,
                        const struct hb_start_entry *entry) {
    struct hb_rect inside = {0, 0, column_w(flow, ui) - hb_em(ui, 1.2), 1 << 20};
    if (entry->open == NULL)
        return list->metrics->line[HB_FONT_BOLD] + hb_em(ui, 0.8);
    int title = hb_paragraph(list, inside, HB_FONT_BOLD, 0, entry->title, false);
    return title + hb_paragraph(list, inside, HB_FONT_SMALL, 0, entry->about, false) + hb_em(ui, 0.5);
}

/* A heading stands with what it is of. */
static struct hb_rect next_place(struct hb_draw_list *list, struct flow *flow, const struct hb_ui_state *ui,
                                 uint32_t i) {
    const struct hb_start *start = ui->start;
    const int height = entry_height(list, flow, ui, &start->entry[i]);
    const bool heads = start->entry[i].open == NULL && i + 1 < start->entries;
    return place(flow, ui, height, height + (heads ? entry_height(list, flow, ui, &start->entry[i + 1]) : 0));
}

static void draw_entry(struct hb_draw_list *list, struct hb_rect rect, const struct hb_ui_state *ui, uint32_t i) {
    const struct hb_start_entry *entry = &ui->start->entry[i];
    const struct hb_theme *theme = list->theme;
    if (entry->open == NULL) {
        hb_cut_top(&rect, hb_em(ui, 0.5));
        hb_draw_text(list, rect, HB_FONT_BOLD, HB_ALIGN_LEFT, theme->muted, entry->title);
        return;
    }
    if (i == ui->start_at)
        hb_card(list, rect, hb_em(ui, 0.4), theme->raised, theme->accent);
    hb_draw_zone(list, rect, hb_command_of(HB_COMMAND_OPEN, i), true, "");
    struct hb_rect inside = hb_rect_inset(rect, hb_em(ui, 0.6), hb_em(ui, 0.2));
    hb_cut_top(&inside, hb_paragraph(list, inside, HB_FONT_BOLD, theme->text, entry->title, true));
    hb_paragraph(list, inside, HB_FONT_SMALL, theme->muted, entry->about, true);
}

static struct flow flow_in(struct hb_rect card, const struct hb_ui_state *ui) {
    struct flow flow = {.body = hb_rect_inset(card, hb_em(ui, 1.2), hb_em(ui, 0.8))};
    hb_cut_top(&flow.body, hb_em(ui, 2));
    flow.columns = hb_clamp(flow.body.w / hb_em(ui, 26), 1, 3);
    return flow;
}

/* The page on which entry `at` stands; UINT32_MAX: the last page. */
static int page_of(struct hb_draw_list *list, struct hb_rect card, const struct hb_ui_state *ui, uint32_t at) {
    struct flow flow = flow_in(card, ui);
    for (uint32_t i = 0; i < ui->start->entries && i <= at; i++)
        next_place(list, &flow, ui, i);
    return flow.page;
}

/* The question, and the keys with which it is answered. */
static void draw_head(struct hb_draw_list *list, struct hb_rect head, const struct hb_ui_state *ui, int page,
                      int pages) {
    static const char question[] = "What would you like to see?";
    char whole[96] = "Up, Down; Enter opens", brief[32] = "Enter opens";
    if (pages > 1) {
        snprintf(whole, sizeof whole, "page %d of %d: Page Up, Page Down; Enter opens", page, pages);
        snprintf(brief, sizeof brief, "page %d of %d", page, pages);
    }
    struct hb_rect left = hb_cut_left(&head, hb_metrics_width(list->metrics, HB_FONT_BOLD, question) + hb_em(ui, 1));
    hb_draw_text(list, left, HB_FONT_BOLD, HB_ALIGN_LEFT, list->theme->text, question);
    const char *const forms[] = {whole, brief};
    hb_draw_first_fit(list, head, HB_FONT_SMALL, HB_ALIGN_RIGHT, list->theme->muted, forms, 2);
}

void hb_panel_start(struct hb_draw_list *list, struct hb_rect window, const struct hb_ui_state *ui) {
    struct hb_rect card = hb_rect_inset(window, hb_em(ui, 2), hb_em(ui, 1.5));
    int shown = page_of(list, card, ui, ui->start_at), last = page_of(list, card, ui, UINT32_MAX);
    hb_draw_rect(list, window, (list->theme->ground & 0xffffffu) | 0xb0000000u);
    hb_draw_zone(list, window, hb_command_of(HB_COMMAND_NONE, 0), true, "");
    hb_card(list, card, hb_em(ui, 0.5), list->theme->panel, list->theme->border);
    struct hb_rect head = hb_rect_inset(card, hb_em(ui, 1.8), hb_em(ui, 0.8));
    head.h = hb_em(ui, 1.6);
    draw_head(list, head, ui, shown + 1, last + 1);
    struct flow flow = flow_in(card, ui);
    for (uint32_t i = 0; i < ui->start->entries; i++) {
        struct hb_rect rect = next_place(list, &flow, ui, i);
        if (flow.page == shown)
            draw_entry(list, rect, ui, i);
    }
}
