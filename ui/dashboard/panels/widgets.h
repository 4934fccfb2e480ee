/* Building blocks shared by several panels. They draw and add zones; they keep no state. */
#ifndef HB_DASHBOARD_WIDGETS_H
#define HB_DASHBOARD_WIDGETS_H

#include "ui/dashboard/draw/draw.h"
#include "ui/dashboard/model/view.h"
#include "ui/dashboard/panels/ui_state.h"

/* How a state is shown: always word, shape and tone together. */
struct hb_look {
    const char *word;
    enum hb_shape shape;
    enum hb_tone tone;
};

const struct hb_look *hb_state_look(enum hb_view_state state);
const struct hb_look *hb_icon_look(enum hb_view_icon icon);

/* A panel's ground and its title row with its key (a click opens it as a scene): returns what is left of the row, for a
 * summary or a legend, and of the panel. */
struct hb_frame {
    struct hb_rect head, body;
};

struct hb_frame hb_panel_frame(struct hb_draw_list *list, struct hb_rect rect, const struct hb_ui_state *ui,
                               enum hb_scene_id scene, const char *title);

/* A panel's ground alone: rounded, with an edge. */
void hb_card(struct hb_draw_list *list, struct hb_rect rect, int radius, hb_colour fill, hb_colour edge);

enum hb_button_style { HB_BUTTON_PLAIN, HB_BUTTON_ACCENT };

struct hb_button {
    const char *label; /* NULL: the shape alone */
    int shape;         /* enum hb_shape, or -1 */
    enum hb_button_style style;
    bool enabled;
    struct hb_command command;
    const char *tip; /* says why when the button is not enabled */
};

void hb_button(struct hb_draw_list *list, struct hb_rect rect, const struct hb_ui_state *ui,
               const struct hb_button *button);

/* Preferred width of a button with this label and a shape. */
int hb_button_width(const struct hb_ui_state *ui, const char *label);

/* A word with its shape on a tinted ground, at the right end of `rect`; returns its width. */
int hb_pill(struct hb_draw_list *list, struct hb_rect rect, const struct hb_ui_state *ui, const struct hb_look *look);

/* A square in a task's colour with its number; as wide as the number needs. Returns its width. */
int hb_task_chip(struct hb_draw_list *list, struct hb_rect rect, const struct hb_ui_state *ui, int32_t task);

/* How a CPU's time divides: busy in the tone of work, stalled hatched, idle blank. */
void hb_time_bar(struct hb_draw_list *list, struct hb_rect rect, const struct hb_ui_state *ui, double busy,
                 double stalled);

/* A thin bar, `share` (0 to 1) of it filled, with a tick at `tick` (negative: none). */
void hb_level_bar(struct hb_draw_list *list, struct hb_rect rect, const struct hb_ui_state *ui, double share,
                  double tick, enum hb_tone tone);

/* Horizontal dashed line, two pixels thick. */
void hb_dashes(struct hb_draw_list *list, int x, int y, int w, hb_colour colour);

/* The speed slider, logarithmic from HB_SPEED_MIN to HB_SPEED_MAX; the speed of the place x in its rectangle. */
void hb_slider(struct hb_draw_list *list, struct hb_rect rect, const struct hb_ui_state *ui);
double hb_slider_value(struct hb_rect rect, int x);

/* Text in lines no wider than `rect`, from its top; returns the height used. Draws nothing when `draw` is false. */
int hb_paragraph(struct hb_draw_list *list, struct hb_rect rect, enum hb_font font, hb_colour colour, const char *text,
                 bool draw);

/* A tooltip beside the mouse, inside `window`, and inside the zone that it is about if it has room there. */
void hb_tooltip(struct hb_draw_list *list, struct hb_rect window, struct hb_rect about, const struct hb_ui_state *ui,
                const char *text);

#endif
