/* The teacher's window of a lesson: the page that is on the wall, its answer, and the notes. It shows what the state
 * says and takes no input of its own; keys that are typed into it go where all keys go. */
#ifndef HB_DASHBOARD_NOTES_WINDOW_H
#define HB_DASHBOARD_NOTES_WINDOW_H

#include <SDL.h>

#include "ui/dashboard/app/app.h"
#include "ui/dashboard/sdl/gfx.h"
#include "ui/dashboard/sdl/window_pixels.h"

struct hb_notes_window {
    SDL_Window *window; /* NULL: it is not open */
    struct hb_window_pixels pixels;
    struct hb_gfx *gfx;
    struct hb_draw_list *list;
    int w, h; /* as drawn last, with the page; 0: never */
    uint32_t page;
    bool revealed, pending;
};

/* Opens it; SDL and a first window are there. False and a line in `error` without memory or fonts. */
bool hb_notes_open(struct hb_notes_window *notes, int text_px, char *error, size_t error_bytes);

/* Draws the page that the app shows, if it is another one than before. */
void hb_notes_show(struct hb_notes_window *notes, const struct hb_app *app);

/* Closes it if it is open. */
void hb_notes_close(struct hb_notes_window *notes);

#endif
