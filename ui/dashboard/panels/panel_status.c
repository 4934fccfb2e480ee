/* The line at the bottom: the most useful keys, and the latest action. */
#include <stdio.h>
#include <string.h>

#include "ui/dashboard/panels/panels.h"
#include "ui/dashboard/panels/widgets.h"

/* While it stands still: what the selected CPU does and why, where that fits. A click goes to the cause. */
static bool draw_why(struct hb_draw_list *list, struct hb_rect row, const struct hb_view *view,
                     const struct hb_ui_state *ui) {
    char place[sizeof view->why];
    snprintf(place, sizeof place, "%s", view->why);
    char *at = strstr(place, ", at ");
    if (at != NULL)
        snprintf(at, sizeof place - (size_t)(at - place), ".");
    const char *const forms[] = {view->why, place};
    if (view->why[0] == '\0' ||
        hb_draw_first_fit(list, row, HB_FONT_SMALL, HB_ALIGN_LEFT, list->theme->text, forms, 2) == 0)
        return false;
    hb_draw_zone(list, row, hb_command_of(HB_COMMAND_CAUSE, ui->selected), true, "Goes to its cause (Enter).");
    return true;
}

void hb_panel_status(struct hb_draw_list *list, struct hb_rect rect, const struct hb_view *view,
                     const struct hb_ui_state *ui) {
    static const struct {
        const char *key, *does;
    } hints[] = {{"Space", "play, pause"},       {".", "step"},  {"[ ]", "slower, faster"}, {"0-9", "scenes"},
                 {"K", "kill the selected CPU"}, {"T", "theme"}, {"H", "all keys"}};
    struct hb_rect row = hb_rect_inset(rect, hb_em(ui, 0.9), 0);
    if (ui->notice[0] == '\0' && draw_why(list, row, view, ui))
        return;
    int notice_w = hb_metrics_width(ui->metrics, HB_FONT_SMALL, ui->notice);
    if (notice_w > 0) {
        struct hb_rect right = hb_cut_right(&row, hb_min(notice_w, row.w));
        hb_draw_text(list, right, HB_FONT_SMALL, HB_ALIGN_RIGHT, list->theme->text, ui->notice);
        hb_cut_right(&row, hb_em(ui, 1));
    }
    for (size_t i = 0; i < sizeof hints / sizeof *hints; i++) {
        int key_w = hb_metrics_width(ui->metrics, HB_FONT_SMALL_BOLD, hints[i].key);
        int does_w = hb_metrics_width(ui->metrics, HB_FONT_SMALL, hints[i].does);
        if (row.w < key_w + does_w + hb_em(ui, 0.4))
            break;
        hb_draw_text(list, hb_cut_left(&row, key_w), HB_FONT_SMALL_BOLD, HB_ALIGN_LEFT, list->theme->text,
                     hints[i].key);
        hb_cut_left(&row, hb_em(ui, 0.4));
        hb_draw_text(list, hb_cut_left(&row, does_w), HB_FONT_SMALL, HB_ALIGN_LEFT, list->theme->muted, hints[i].does);
        hb_cut_left(&row, hb_em(ui, 1.2));
    }
}
