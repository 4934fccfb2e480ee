/* Paints draw lists with an SDL_Renderer.
 *
 * Sprites (glyph atlases, shapes, stripes) are textures that are painted once and kept; a frame copies them. The
 * pixels are the same on a window and on a surface. When the text size changes or the renderer ends: hb_gfx_close(). */
#ifndef HB_DASHBOARD_GFX_H
#define HB_DASHBOARD_GFX_H

#include <SDL.h>

#include "ui/dashboard/draw/draw.h"
#include "ui/dashboard/sdl/text.h"

#define HB_GFX_SPRITES 512

struct hb_sprite {
    uint64_t key; /* 0: empty slot */
    SDL_Texture *texture;
};

struct hb_gfx {
    SDL_Renderer *renderer;
    struct hb_text text;
    uint32_t sprites;
    struct hb_sprite sprite[HB_GFX_SPRITES];
};

/* Opens fonts at `text_px` for this renderer; false and a line in `error` when a font is missing. May be called again
 * to change the size. */
bool hb_gfx_open(struct hb_gfx *gfx, SDL_Renderer *renderer, int text_px, char *error, size_t error_bytes);

/* Frees sprites and fonts; the renderer stays. */
void hb_gfx_close(struct hb_gfx *gfx);

/* Paints the list over what the target holds. */
void hb_gfx_paint(struct hb_gfx *gfx, const struct hb_draw_list *list);

/* The same for a part of it: the pixels outside stay as they are. */
void hb_gfx_paint_within(struct hb_gfx *gfx, const struct hb_draw_list *list, struct hb_rect within);

#endif
