/* Moments of the dashboard over the synthetic machine, by name: what the golden tests draw and look at. */
#ifndef HB_TESTS_GOLDEN_SCENES_H
#define HB_TESTS_GOLDEN_SCENES_H

#include "ui/dashboard/app/app.h"

struct hb_scene {
    const char *name;
    uint32_t harts, tasks;
    int width, height;
    int text_px;
    uint8_t panel; /* enum hb_scene_id: maximised */
    void (*play)(struct hb_app *app);
};

extern const struct hb_scene hb_scenes[];
extern const size_t hb_scenes_count;

/* The scene of this name, or NULL. */
const struct hb_scene *hb_scene_find(const char *name);

/* Plays a scene up to its moment and draws it: app->list holds the window, app->view what it shows. Stops the program
 * without memory. */
struct hb_app *hb_scene_open(const struct hb_scene *scene, const struct hb_metrics *metrics);
void hb_scene_close(struct hb_app *app);

/* Plays `seconds` in frames of a sixtieth. */
void hb_scene_play(struct hb_app *app, double seconds);

#endif
