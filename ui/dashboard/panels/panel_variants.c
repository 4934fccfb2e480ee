/* The list of an experiment's variants, over a dimmed window. */
#include <stdio.h>

#include "ui/dashboard/panels/panels.h"
#include "ui/dashboard/panels/widgets.h"

void hb_panel_variants(struct hb_draw_list *list, struct hb_rect window, const struct hb_ui_state *ui) {
    const struct hb_theme *theme = list->theme;
    int count = (int)ui->variants, width = hb_em(ui, 4), row_h = hb_em(ui, 2.3);
    for (int i = 0; i < count; i++)
        width = hb_max(width, hb_button_width(ui, ui->variant_name[i]));
    int columns = hb_clamp(count / 6 + 1, 1, hb_max(1, (window.w - hb_em(ui, 3)) / (width + hb_em(ui, 0.6))));
    int rows = (count + columns - 1) / columns;
    row_h = hb_min(row_h, (window.h - hb_em(ui, 5)) / hb_max(1, rows));
    struct hb_rect box =
        hb_rect_centre(window, hb_max(columns * (width + hb_em(ui, 0.6)), hb_em(ui, 22)) + hb_em(ui, 2),
                       rows * row_h + hb_em(ui, 4.4));
    hb_draw_rect(list, window, (theme->tip & 0xffffff) | 0x90000000);
    hb_draw_zone(list, window, hb_command_of(HB_COMMAND_CHOOSE, 0), true, "");
    hb_card(list, box, hb_em(ui, 0.6), theme->panel, theme->border);
    box = hb_rect_inset(box, hb_em(ui, 1), hb_em(ui, 1));
    hb_draw_text(list, hb_cut_top(&box, hb_em(ui, 2)), HB_FONT_TITLE, HB_ALIGN_LEFT, theme->text,
                 "Variants of this experiment");
    for (int i = 0; i < count; i++) {
        struct hb_rect cell = {box.x + i / rows * (width + hb_em(ui, 0.6)), box.y + i % rows * row_h, width,
                               row_h - hb_em(ui, 0.3)};
        const struct hb_button button = {ui->variant_name[i],
                                         -1,
                                         i == (int)ui->variant ? HB_BUTTON_ACCENT : HB_BUTTON_PLAIN,
                                         true,
                                         hb_command_of(HB_COMMAND_VARIANT, i),
                                         ""};
        if (i == (int)ui->choose_at) /* a frame around it */
            hb_card(list, hb_rect_inset(cell, -3, -3), hb_em(ui, 0.4), theme->panel, theme->text);
        hb_button(list, cell, ui, &button);
    }
}
