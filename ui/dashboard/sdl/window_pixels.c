#include "ui/dashboard/sdl/window_pixels.h"

#include "ui/dashboard/draw/changes.h"
#include "ui/dashboard/sdl/gfx.h"

bool hb_window_pixels_take(struct hb_window_pixels *pixels, SDL_Window *window) {
    hb_window_pixels_drop(pixels);
    SDL_Surface *shown = SDL_GetWindowSurface(window);
    if (shown == NULL)
        return false;
    const bool fits = shown->format->format == SDL_PIXELFORMAT_RGB888;
    SDL_Surface *painted =
        fits ? shown : SDL_CreateRGBSurfaceWithFormat(0, shown->w, shown->h, 32, SDL_PIXELFORMAT_RGB888);
    if (painted == NULL)
        return false;
    *pixels = (struct hb_window_pixels){window, painted, shown, hb_gfx_canvas(painted)};
    return true;
}

void hb_window_pixels_show(const struct hb_window_pixels *pixels, const struct hb_rect *rect, int rects) {
    SDL_Rect shown[HB_CHANGES_RECTS];
    for (int i = 0; i < rects; i++) {
        shown[i] = (SDL_Rect){rect[i].x, rect[i].y, rect[i].w, rect[i].h};
        SDL_Rect target = shown[i];
        if (pixels->painted != pixels->shown)
            SDL_BlitSurface(pixels->painted, &shown[i], pixels->shown, &target);
    }
    if (rects > 0)
        SDL_UpdateWindowSurfaceRects(pixels->window, shown, rects);
}

void hb_window_pixels_drop(struct hb_window_pixels *pixels) {
    if (pixels->painted != pixels->shown)
        SDL_FreeSurface(pixels->painted);
    *pixels = (struct hb_window_pixels){.window = NULL};
}
