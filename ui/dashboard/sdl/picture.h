/* Pictures: an app's draw list as PNG, painted on a surface, which needs no display. */
#ifndef HB_DASHBOARD_PICTURE_H
#define HB_DASHBOARD_PICTURE_H

#include <SDL.h>

#include "sim/base/error.h"
#include "ui/dashboard/sdl/gfx.h"

struct hb_picture {
    SDL_Surface *surface;
    struct hb_canvas canvas; /* its pixels */
    struct hb_gfx *gfx;
};

/* A canvas of w x h pixels with fonts at `text_px`. False, and a line in `error`, without fonts or memory. */
bool hb_picture_open(struct hb_picture *picture, int w, int h, int text_px, char *error, size_t error_bytes);
void hb_picture_close(struct hb_picture *picture);

/* Metrics of its fonts. */
const struct hb_metrics *hb_picture_metrics(const struct hb_picture *picture);

/* Paints the list. */
void hb_picture_paint(struct hb_picture *picture, const struct hb_draw_list *list);

/* Writes it as PNG; false, `error` and no file when it cannot be written. */
bool hb_picture_save(SDL_Surface *surface, const char *path, struct hb_error *error);

#endif
