/* The panels: each a pure function of its arguments that writes its part of the draw list.
 *
 * A panel keeps inside its rectangle, draws nothing when that is empty, and drops the less important rows first when
 * room is short. The scenes that they make are in model/scene.h. */
#ifndef HB_DASHBOARD_PANELS_H
#define HB_DASHBOARD_PANELS_H

#include "ui/dashboard/draw/draw.h"
#include "ui/dashboard/model/view.h"
#include "ui/dashboard/panels/ui_state.h"

void hb_panel_topbar(struct hb_draw_list *list, struct hb_rect rect, const struct hb_view *view,
                     const struct hb_ui_state *ui);
void hb_panel_story(struct hb_draw_list *list, struct hb_rect rect, const struct hb_view *view,
                    const struct hb_ui_state *ui);
void hb_panel_cpus(struct hb_draw_list *list, struct hb_rect rect, const struct hb_view *view,
                   const struct hb_ui_state *ui);
void hb_panel_timeline(struct hb_draw_list *list, struct hb_rect rect, const struct hb_view *view,
                       const struct hb_ui_state *ui);
void hb_panel_throughput(struct hb_draw_list *list, struct hb_rect rect, const struct hb_view *view,
                         const struct hb_ui_state *ui);
void hb_panel_events(struct hb_draw_list *list, struct hb_rect rect, const struct hb_view *view,
                     const struct hb_ui_state *ui);
void hb_panel_bus(struct hb_draw_list *list, struct hb_rect rect, const struct hb_view *view,
                  const struct hb_ui_state *ui);
/* The strip along the whole run: how far it has come, where it is, faults and bookmarks. */
void hb_panel_time(struct hb_draw_list *list, struct hb_rect rect, const struct hb_view *view,
                   const struct hb_ui_state *ui);

/* Where a click at the place x of that strip goes, a fault or bookmark if one is near; and what its tooltip says. */
uint64_t hb_time_cycle(const struct hb_zone *zone, const struct hb_view *view, int x);
void hb_time_tip(const struct hb_zone *zone, const struct hb_view *view, int x, char *text, size_t bytes);
void hb_panel_status(struct hb_draw_list *list, struct hb_rect rect, const struct hb_view *view,
                     const struct hb_ui_state *ui);
void hb_panel_help(struct hb_draw_list *list, struct hb_rect window, const struct hb_view *view,
                   const struct hb_ui_state *ui);

/* The start page, over the whole window. */
void hb_panel_start(struct hb_draw_list *list, struct hb_rect window, const struct hb_ui_state *ui);

/* The teacher's notes on the page of the lesson that is shown, in a window of their own. */
void hb_panel_notes(struct hb_draw_list *list, struct hb_rect rect, const struct hb_ui_state *ui);

/* The list of variants to choose from. */
void hb_panel_variants(struct hb_draw_list *list, struct hb_rect window, const struct hb_ui_state *ui);

/* What can be done to the run by hand: faults, keys, saving. */
void hb_panel_doing(struct hb_draw_list *list, struct hb_rect window, const struct hb_view *view,
                    const struct hb_ui_state *ui);

/* A lesson's page, and the height that it takes at the bottom of a window of this width; 0 without a lesson. */
void hb_panel_deck(struct hb_draw_list *list, struct hb_rect rect, const struct hb_ui_state *ui);
int hb_deck_height(struct hb_draw_list *list, int width, const struct hb_ui_state *ui);

/* Pages that the help takes in a window of this size. */
uint8_t hb_help_pages(struct hb_rect window, const struct hb_ui_state *ui);

/* What the place x of a plot shows and why, for a tooltip; `rect` is the zone's. `lane`: a CPU's or, after them, the
 * bus's; it is the argument of the zone's command. */
void hb_timeline_tip(struct hb_rect rect, const struct hb_view *view, uint32_t lane, int x, char *text, size_t bytes);
void hb_throughput_tip(struct hb_rect rect, const struct hb_view *view, int x, char *text, size_t bytes);

#endif
