/* The teacher's page: what the class reads, the answer whether it is shown or not, the notes, and what comes next. */
#include <stdio.h>
#include <string.h>

#include "ui/dashboard/panels/panels.h"
#include "ui/dashboard/panels/widgets.h"

static void put(struct hb_draw_list *list, struct hb_rect *rest, enum hb_font font, hb_colour colour,
                const char *text) {
    if (text != NULL && text[0] != '\0')
        hb_cut_top(rest, hb_paragraph(list, *rest, font, colour, text, true));
}

static void put_choices(struct hb_draw_list *list, struct hb_rect *rest, const struct hb_theme *theme,
                        const struct hb_deck_page *page) {
    for (uint32_t i = 0; i < page->choices && !page->pending && page->trouble == NULL; i++) {
        const bool right = i == page->right;
        char text[700];
        snprintf(text, sizeof text, "%s %c) %s: %s", right ? "RIGHT" : "wrong", (char)('a' + i), page->choice[i].text,
                 page->choice[i].why);
        put(list, rest, right ? HB_FONT_BOLD : HB_FONT_BODY, right ? theme->tone_text[HB_TONE_GOOD] : theme->muted,
            text);
    }
}

void hb_panel_notes(struct hb_draw_list *list, struct hb_rect rect, const struct hb_ui_state *ui) {
    const struct hb_theme *theme = ui->theme;
    const struct hb_deck *deck = ui->deck;
    const struct hb_deck_page *page = &deck->page[ui->page];
    const int gap = hb_em(ui, 0.6);
    hb_draw_rect(list, rect, theme->panel);
    struct hb_rect rest = hb_rect_inset(rect, hb_em(ui, 1.2), hb_em(ui, 1));
    hb_draw_textf(list, hb_cut_top(&rest, hb_em(ui, 1.6)), HB_FONT_SMALL, HB_ALIGN_LEFT, theme->muted,
                  "%s, page %u of %u%s", deck->title, (unsigned)ui->page + 1, (unsigned)deck->pages,
                  ui->revealed ? ", answer shown" : "");
    hb_cut_top(&rest, gap);
    put(list, &rest, HB_FONT_BODY, theme->text, page->say);
    put(list, &rest, HB_FONT_BOLD, theme->text, page->ask);
    put_choices(list, &rest, theme, page);
    if (page->ask != NULL && page->choices == 0)
        put(list, &rest, HB_FONT_BOLD, theme->tone_text[HB_TONE_GOOD], page->answer);
    put(list, &rest, HB_FONT_BODY, theme->text, page->why);
    put(list, &rest, HB_FONT_BODY, theme->muted, page->pending ? "working it out ..." : NULL);
    put(list, &rest, HB_FONT_BODY, theme->tone_text[HB_TONE_WARN], page->trouble);
    if (page->note != NULL) {
        hb_cut_top(&rest, gap);
        hb_draw_text(list, hb_cut_top(&rest, hb_em(ui, 1.4)), HB_FONT_SMALL, HB_ALIGN_LEFT, theme->muted, "Note");
        put(list, &rest, HB_FONT_BOLD, theme->text, page->note);
    }
    if (ui->page + 1 == deck->pages)
        return;
    const struct hb_deck_page *next = page + 1;
    hb_cut_top(&rest, gap);
    hb_draw_text(list, hb_cut_top(&rest, hb_em(ui, 1.4)), HB_FONT_SMALL, HB_ALIGN_LEFT, theme->muted, "Next");
    put(list, &rest, HB_FONT_SMALL, theme->muted, next->say != NULL ? next->say : next->ask);
}
