/* Paints draw lists on a canvas.
 *
 * Sprites (the glyphs of a font, shapes, stripes) are masks that are made once and kept; a frame stamps them in the
 * colours it wants. The pixels are the same on a window and on a picture. */
#ifndef HB_DASHBOARD_GFX_H
#define HB_DASHBOARD_GFX_H

#include <SDL.h>

#include "ui/dashboard/draw/canvas.h"
#include "ui/dashboard/draw/changes.h"
#include "ui/dashboard/draw/draw.h"
#include "ui/dashboard/sdl/text.h"

#define HB_GFX_SPRITES 512

struct hb_sprite {
    uint64_t key; /* 0: empty slot */
    struct hb_mask mask;
};

struct hb_gfx {
    struct hb_text text;
    int start[HB_FONTS][HB_GLYPHS + 1]; /* where a glyph begins in its font's mask */
    uint32_t sprites;
    struct hb_sprite sprite[HB_GFX_SPRITES];
};

/* Opens fonts at `text_px`; false and a line in `error` when a font is missing. May be called again to change the
 * size. */
bool hb_gfx_open(struct hb_gfx *gfx, int text_px, char *error, size_t error_bytes);

/* Frees sprites and fonts. */
void hb_gfx_close(struct hb_gfx *gfx);

/* The pixels of a surface, whose format is SDL_PIXELFORMAT_RGB888, for as long as it is there. */
struct hb_canvas hb_gfx_canvas(SDL_Surface *surface);

/* Paints the list over what the canvas holds. */
void hb_gfx_paint(struct hb_gfx *gfx, struct hb_canvas *canvas, const struct hb_draw_list *list);

/* The same where the list has changed, on a canvas that holds what was painted before. */
void hb_gfx_paint_changes(struct hb_gfx *gfx, struct hb_canvas *canvas, const struct hb_draw_list *list,
                          const struct hb_changes *changes);

#endif
