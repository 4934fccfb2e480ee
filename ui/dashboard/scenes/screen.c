#include "ui/dashboard/scenes/screen.h"

#include "ui/dashboard/panels/layout.h"
#include "ui/dashboard/panels/panels.h"
#include "ui/dashboard/panels/widgets.h"
#include "ui/dashboard/scenes/scenes.h"

typedef void panel_fn(struct hb_draw_list *list, struct hb_rect rect, const struct hb_view *view,
                      const struct hb_ui_state *ui);

/* What draws a scene, alone or as one of the overview's panels. */
static panel_fn *const panels[HB_SCENES] = {
    [HB_SCENE_CPUS] = hb_panel_cpus,       [HB_SCENE_LANES] = hb_panel_timeline,
    [HB_SCENE_EVENTS] = hb_panel_events,   [HB_SCENE_THROUGHPUT] = hb_panel_throughput,
    [HB_SCENE_LINES] = hb_scene_lines,     [HB_SCENE_BUS] = hb_panel_bus,
    [HB_SCENE_FAILURE] = hb_scene_failure, [HB_SCENE_QUEUES] = hb_scene_queues,
    [HB_SCENE_LOCKS] = hb_scene_locks,     [HB_SCENE_COMPUTER] = hb_scene_computer,
    [HB_SCENE_SERVER] = hb_scene_server,   [HB_SCENE_MACHINE] = hb_scene_machine,
    [HB_SCENE_RACE] = hb_scene_race,       [HB_SCENE_SPEEDUP] = hb_scene_speedup,
};

static void draw_tip(struct hb_draw_list *list, struct hb_rect window, const struct hb_view *view,
                     const struct hb_ui_state *ui) {
    char text[320] = "";
    const struct hb_zone *zone = hb_draw_zone_at(list, ui->mouse_x, ui->mouse_y);
    if (zone == NULL || !ui->tip)
        return;
    if (zone->probe == HB_PROBE_TIMELINE)
        hb_timeline_tip(zone->rect, view, (uint32_t)zone->command.argument, ui->mouse_x, text, sizeof text);
    else if (zone->probe == HB_PROBE_THROUGHPUT)
        hb_throughput_tip(zone->rect, view, ui->mouse_x, text, sizeof text);
    else if (zone->probe == HB_PROBE_TIME)
        hb_time_tip(zone, view, ui->mouse_x, text, sizeof text);
    const char *tip = text[0] != '\0' ? text : hb_draw_string(list, zone->tip);
    if (*tip != '\0')
        hb_tooltip(list, window, zone->rect, ui, tip);
}

void hb_screen_draw(struct hb_draw_list *list, int w, int h, const struct hb_view *view, const struct hb_ui_state *ui) {
    struct hb_rect window = {0, 0, w, h}, machine = window;
    struct hb_layout layout;
    hb_draw_begin(list, ui->metrics, ui->theme);
    struct hb_rect deck = hb_cut_bottom(&machine, hb_deck_height(list, w, ui));
    hb_layout(machine, ui, view->machine.harts, &layout);
    hb_draw_rect(list, window, ui->theme->ground);
    hb_panel_topbar(list, layout.top, view, ui);
    if (!hb_rect_empty(layout.story))
        hb_panel_story(list, layout.story, view, ui);
    hb_scene_bar(list, layout.bar, ui);
    for (int panel = HB_SCENE_ALL + 1; panel < HB_SCENES; panel++) {
        if (!hb_rect_empty(layout.panel[panel])) {
            hb_draw_clip(list, layout.panel[panel]);
            panels[panel](list, layout.panel[panel], view, ui);
        }
    }
    hb_draw_clip(list, (struct hb_rect){0, 0, 0, 0});
    hb_panel_time(list, layout.time, view, ui);
    hb_panel_status(list, layout.status, view, ui);
    if (ui->deck)
        hb_panel_deck(list, deck, ui);
    if (ui->doing)
        hb_panel_doing(list, window, view, ui);
    if (ui->choosing)
        hb_panel_variants(list, window, ui);
    if (ui->starting)
        hb_panel_start(list, window, ui);
    if (ui->help)
        hb_panel_help(list, window, view, ui);
    draw_tip(list, window, view, ui);
}
