/* The tabs of a window that has room for one panel at a time. */
#include <stdio.h>

#include "ui/dashboard/panels/panels.h"
#include "ui/dashboard/panels/widgets.h"

static const char *const names[HB_PANELS] = {"", "CPUs", "Timeline", "Throughput", "Events", "Lines", "Bus"};

static void draw_tab(struct hb_draw_list *list, struct hb_rect rect, const struct hb_ui_state *ui, uint8_t panel) {
    const struct hb_theme *theme = list->theme;
    bool open = panel == (ui->maximised == HB_PANEL_NONE ? HB_PANEL_CPUS : ui->maximised);
    char label[24];
    snprintf(label, sizeof label, "%u %s", panel, names[panel]);
    if (hb_metrics_width(ui->metrics, HB_FONT_SMALL_BOLD, label) > rect.w)
        snprintf(label, sizeof label, "%s", names[panel]);
    hb_draw_zone(list, rect, hb_command_of(HB_COMMAND_PANEL, panel), true, "");
    hb_draw_text(list, rect, open ? HB_FONT_SMALL_BOLD : HB_FONT_SMALL, HB_ALIGN_CENTRE,
                 open ? theme->text : theme->muted, label);
    if (open)
        hb_draw_rect(list, (struct hb_rect){rect.x, rect.y + rect.h - 3, rect.w, 3}, theme->accent);
}

void hb_panel_tabs(struct hb_draw_list *list, struct hb_rect rect, const struct hb_ui_state *ui) {
    int names_w = 0;
    for (uint8_t panel = 1; panel < HB_PANELS; panel++)
        names_w += hb_metrics_width(ui->metrics, HB_FONT_SMALL_BOLD, names[panel]);
    int spare = (rect.w - names_w) / (HB_PANELS - 1);
    for (uint8_t panel = 1; panel < HB_PANELS; panel++) {
        int width = hb_metrics_width(ui->metrics, HB_FONT_SMALL_BOLD, names[panel]) + spare;
        draw_tab(list, hb_cut_left(&rect, width), ui, panel);
    }
}
