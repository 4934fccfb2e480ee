/* The page of a lesson, along the bottom of the window: what is said, the question, and the answer once it is shown. */
#include <stdio.h>
#include <string.h>

#include "ui/dashboard/panels/panels.h"
#include "ui/dashboard/panels/widgets.h"

#define PIECE_BYTES 600

/* Text from the top of what is left of `rest`. */
static void put(struct hb_draw_list *list, struct hb_rect *rest, enum hb_font font, hb_colour colour, const char *text,
                bool draw) {
    int height = hb_paragraph(list, *rest, font, colour, text, draw);
    hb_cut_top(rest, height);
}

/* Is the answer shown? */
static bool answers(const struct hb_ui_state *ui, const struct hb_deck_page *page) {
    return page->ask != NULL && ui->revealed && !page->pending && page->trouble == NULL;
}

/* A choice; revealed, with a mark and the reason. */
static void put_choice(struct hb_draw_list *list, struct hb_rect *rest, const struct hb_ui_state *ui,
                       const struct hb_deck_page *page, uint32_t i, bool draw) {
    const struct hb_theme *theme = ui->theme;
    const bool revealed = answers(ui, page), right = revealed && i == page->right;
    char text[PIECE_BYTES];
    int side = list->metrics->line[HB_FONT_BODY];
    struct hb_rect mark = {rest->x, rest->y, side, side};
    struct hb_rect line = {rest->x + side + hb_em(ui, 0.3), rest->y, rest->w - side - hb_em(ui, 0.3), rest->h};
    const char *said = page->choice[i].text;
    const char *stop = said[0] != '\0' && strchr(".?!", said[strlen(said) - 1]) ? " " : ". ";
    snprintf(text, sizeof text, "%c) %s%s%s", (char)('a' + i), said, revealed ? stop : "",
             revealed ? page->choice[i].why : "");
    if (draw && revealed)
        hb_draw_shape(list, hb_rect_inset(mark, side / 4, side / 4), right ? HB_SHAPE_CHECK : HB_SHAPE_CROSS,
                      right ? theme->tone[HB_TONE_GOOD] : theme->muted);
    int height = hb_paragraph(list, line, right ? HB_FONT_BOLD : HB_FONT_BODY,
                              revealed && !right ? theme->muted : theme->text, text, draw);
    hb_cut_top(rest, height);
}

static void put_answer(struct hb_draw_list *list, struct hb_rect *rest, const struct hb_ui_state *ui,
                       const struct hb_deck_page *page, bool draw) {
    if (!page->choices)
        put(list, rest, HB_FONT_BOLD, ui->theme->tone_text[HB_TONE_GOOD], page->answer, draw);
    if (page->why)
        put(list, rest, HB_FONT_BODY, ui->theme->muted, page->why, draw);
}

/* Instead of the answer, and of the moment. */
static void put_lack(struct hb_draw_list *list, struct hb_rect *rest, const struct hb_ui_state *ui,
                     const struct hb_deck_page *page, bool draw) {
    char text[PIECE_BYTES];
    if (page->pending)
        put(list, rest, HB_FONT_BODY, ui->theme->muted, "working it out ...", draw);
    if (page->trouble == NULL)
        return;
    snprintf(text, sizeof text, "This step is wrong: %s.", page->trouble);
    put(list, rest, HB_FONT_BODY, ui->theme->tone_text[HB_TONE_WARN], text, draw);
}

/* The whole page; returns the height that it takes in a width of `rect`. */
static int put_page(struct hb_draw_list *list, struct hb_rect rect, const struct hb_ui_state *ui, bool draw) {
    const struct hb_deck_page *page = &ui->deck->page[ui->page];
    struct hb_rect rest = {rect.x, rect.y, rect.w, 1 << 20};
    if (page->say)
        put(list, &rest, page->ask ? HB_FONT_BODY : HB_FONT_BOLD, ui->theme->text, page->say, draw);
    if (page->ask)
        put(list, &rest, HB_FONT_BOLD, ui->theme->text, page->ask, draw);
    for (uint32_t i = 0; i < page->choices; i++)
        put_choice(list, &rest, ui, page, i, draw);
    if (answers(ui, page))
        put_answer(list, &rest, ui, page, draw);
    put_lack(list, &rest, ui, page, draw);
    return rest.y - rect.y;
}

/* Room for the page within its card. */
static struct hb_rect inner(struct hb_rect rect, const struct hb_ui_state *ui) {
    struct hb_rect inside = hb_rect_inset(rect, hb_em(ui, 1), hb_em(ui, 0.5));
    hb_cut_right(&inside, hb_em(ui, 9));
    return inside;
}

int hb_deck_height(struct hb_draw_list *list, int width, const struct hb_ui_state *ui) {
    if (!ui->deck)
        return 0;
    struct hb_rect rect = inner((struct hb_rect){hb_em(ui, 0.5), 0, width - hb_em(ui, 1), 1 << 20}, ui);
    int text = put_page(list, rect, ui, false), buttons = hb_em(ui, 3.8);
    return hb_max(text, buttons) + hb_em(ui, 1.5);
}

static void draw_buttons(struct hb_draw_list *list, struct hb_rect rect, const struct hb_ui_state *ui) {
    const struct hb_deck *deck = ui->deck;
    const bool reveals = deck->page[ui->page].ask && !ui->revealed, last = ui->page + 1 == deck->pages;
    const int64_t next = reveals ? 2 * (int64_t)ui->page + 1 : 2 * ((int64_t)ui->page + 1);
    const struct hb_button turn[] = {
        {NULL, HB_SHAPE_BACK, HB_BUTTON_PLAIN, ui->page > 0,
         hb_command_of(HB_COMMAND_PAGE, 2 * ((int64_t)ui->page - 1)),
         ui->page > 0 ? "The page before (Page Up)." : "This is the first page."},
        {reveals ? "Answer" : "Next", -1, HB_BUTTON_ACCENT, reveals || !last, hb_command_of(HB_COMMAND_PAGE, next),
         reveals ? "Shows the answer (Page Down)."
         : last  ? "This is the last page."
                 : "The next page (Page Down)."},
    };
    struct hb_rect top = hb_cut_top(&rect, hb_em(ui, 2.1));
    int back = hb_em(ui, 2.1);
    hb_button(list, hb_cut_left(&top, back), ui, &turn[0]);
    hb_cut_left(&top, hb_em(ui, 0.4));
    hb_button(list, top, ui, &turn[1]);
    hb_draw_textf(list, hb_cut_top(&rect, hb_em(ui, 1.6)), HB_FONT_SMALL, HB_ALIGN_RIGHT, list->theme->muted,
                  "page %u of %u", (unsigned)ui->page + 1, (unsigned)deck->pages);
}

void hb_panel_deck(struct hb_draw_list *list, struct hb_rect rect, const struct hb_ui_state *ui) {
    struct hb_rect card = hb_rect_inset(rect, hb_em(ui, 0.5), hb_em(ui, 0.25)), buttons;
    hb_card(list, card, hb_em(ui, 0.4), ui->theme->panel, ui->theme->accent);
    put_page(list, inner(card, ui), ui, true);
    buttons = hb_rect_inset(card, hb_em(ui, 1), hb_em(ui, 0.5));
    draw_buttons(list, hb_cut_right(&buttons, hb_em(ui, 8)), ui);
}
