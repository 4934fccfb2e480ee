/* The scenes that are no panels of the overview: each, like a panel, a pure function of its arguments that writes its
 * part of the draw list and keeps inside its rectangle. And the bar that lists all scenes. */
#ifndef HB_DASHBOARD_SCENES_H
#define HB_DASHBOARD_SCENES_H

#include "ui/dashboard/draw/draw.h"
#include "ui/dashboard/model/view.h"
#include "ui/dashboard/panels/ui_state.h"

/* The scenes by title and key, the open one marked; a click opens another. */
void hb_scene_bar(struct hb_draw_list *list, struct hb_rect rect, const struct hb_ui_state *ui);

void hb_scene_queues(struct hb_draw_list *list, struct hb_rect rect, const struct hb_view *view,
                     const struct hb_ui_state *ui);
void hb_scene_lines(struct hb_draw_list *list, struct hb_rect rect, const struct hb_view *view,
                    const struct hb_ui_state *ui);
void hb_scene_locks(struct hb_draw_list *list, struct hb_rect rect, const struct hb_view *view,
                    const struct hb_ui_state *ui);
void hb_scene_computer(struct hb_draw_list *list, struct hb_rect rect, const struct hb_view *view,
                       const struct hb_ui_state *ui);
void hb_scene_server(struct hb_draw_list *list, struct hb_rect rect, const struct hb_view *view,
                     const struct hb_ui_state *ui);
void hb_scene_machine(struct hb_draw_list *list, struct hb_rect rect, const struct hb_view *view,
                      const struct hb_ui_state *ui);
void hb_scene_race(struct hb_draw_list *list, struct hb_rect rect, const struct hb_view *view,
                   const struct hb_ui_state *ui);
void hb_scene_speedup(struct hb_draw_list *list, struct hb_rect rect, const struct hb_view *view,
                      const struct hb_ui_state *ui);
void hb_scene_failure(struct hb_draw_list *list, struct hb_rect rect, const struct hb_view *view,
                      const struct hb_ui_state *ui);

#endif
