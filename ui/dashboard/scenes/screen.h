/* The whole window as one draw list: every panel in its place, then help and tooltip above them. */
#ifndef HB_DASHBOARD_SCREEN_H
#define HB_DASHBOARD_SCREEN_H

#include "ui/dashboard/draw/draw.h"
#include "ui/dashboard/model/view.h"
#include "ui/dashboard/panels/ui_state.h"

/* Draws a window of w x h pixels into the list, which is emptied first. */
void hb_screen_draw(struct hb_draw_list *list, int w, int h, const struct hb_view *view, const struct hb_ui_state *ui);

#endif
