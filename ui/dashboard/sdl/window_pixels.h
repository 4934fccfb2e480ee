/* The pixels that a window shows, as a canvas. SDL's own surface of a window is painted on where its format allows it;
 * else another, of which what was painted is converted. */
#ifndef HB_DASHBOARD_WINDOW_PIXELS_H
#define HB_DASHBOARD_WINDOW_PIXELS_H

#include <SDL.h>
#include <stdbool.h>

#include "ui/dashboard/draw/canvas.h"

struct hb_window_pixels {
    SDL_Window *window;
    SDL_Surface *painted, *shown; /* the same one, or one of ours and the window's */
    struct hb_canvas canvas;
};

/* Takes those that the window has now; to be called again when its size has changed. False: there are none. */
bool hb_window_pixels_take(struct hb_window_pixels *pixels, SDL_Window *window);

/* Brings what was painted in these rectangles to the screen. */
void hb_window_pixels_show(const struct hb_window_pixels *pixels, const struct hb_rect *rect, int rects);

/* Frees what is ours, before the window is destroyed. */
void hb_window_pixels_drop(struct hb_window_pixels *pixels);

#endif
