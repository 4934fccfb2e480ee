/* The bar that lists the scenes. Where there is no room for keys and titles, the titles alone; where there is none for
 * these, all but the open one by their keys. */
#include <stdio.h>

#include "ui/dashboard/panels/widgets.h"
#include "ui/dashboard/scenes/scenes.h"

#define LABEL_BYTES 32

enum form { KEY_AND_TITLE, TITLE, KEY, FORMS };

static void label_of(uint8_t scene, enum form form, bool open, char text[LABEL_BYTES]) {
    const struct hb_scene_row *row = &hb_scene_table[scene];
    if (form == KEY_AND_TITLE)
        snprintf(text, LABEL_BYTES, "%c %s", row->key, row->title);
    else if (form == TITLE || open)
        snprintf(text, LABEL_BYTES, "%s", row->title);
    else
        snprintf(text, LABEL_BYTES, "%c", row->key);
}

static int label_width(const struct hb_ui_state *ui, uint8_t scene, enum form form) {
    char text[LABEL_BYTES];
    label_of(scene, form, scene == ui->scene, text);
    return hb_metrics_width(ui->metrics, HB_FONT_SMALL_BOLD, text);
}

static int labels_width(const struct hb_ui_state *ui, enum form form) {
    int width = 0;
    for (uint8_t scene = 0; scene < HB_SCENES; scene++)
        width += label_width(ui, scene, form);
    return width;
}

static void draw_tab(struct hb_draw_list *list, struct hb_rect rect, const struct hb_ui_state *ui, uint8_t scene,
                     enum form form) {
    const struct hb_theme *theme = list->theme;
    bool open = scene == ui->scene, hover = hb_rect_has(rect, ui->mouse_x, ui->mouse_y);
    char text[LABEL_BYTES], tip[160];
    label_of(scene, form, open, text);
    snprintf(tip, sizeof tip, "%s Key %c.", hb_scene_table[scene].shows, hb_scene_table[scene].key);
    hb_draw_zone(list, rect, hb_command_of(HB_COMMAND_SCENE, scene), true, tip);
    if (open)
        hb_draw_rect(list, (struct hb_rect){rect.x, rect.y + rect.h - 3, rect.w, 3}, theme->accent);
    hb_draw_text(list, rect, open ? HB_FONT_SMALL_BOLD : HB_FONT_SMALL, HB_ALIGN_CENTRE,
                 open || hover ? theme->text : theme->muted, text);
}

void hb_scene_bar(struct hb_draw_list *list, struct hb_rect rect, const struct hb_ui_state *ui) {
    hb_draw_rect(list, rect, list->theme->panel);
    hb_draw_rect(list, (struct hb_rect){rect.x, rect.y + rect.h - 1, rect.w, 1}, list->theme->border);
    struct hb_rect row = hb_rect_inset(rect, hb_em(ui, 0.4), 0);
    enum form form = KEY_AND_TITLE;
    while (form < KEY && labels_width(ui, form) + HB_SCENES * hb_em(ui, 0.5) > row.w)
        form++;
    int spare = hb_min((row.w - labels_width(ui, form)) / HB_SCENES, hb_em(ui, 1.6));
    for (uint8_t scene = 0; scene < HB_SCENES; scene++)
        draw_tab(list, hb_cut_left(&row, label_width(ui, scene, form) + spare), ui, scene, form);
}
