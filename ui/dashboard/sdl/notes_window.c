#include "ui/dashboard/sdl/notes_window.h"

#include <stdio.h>
#include <stdlib.h>

#define WIDTH  960
#define HEIGHT 720

bool hb_notes_open(struct hb_notes_window *notes, int text_px, char *error, size_t error_bytes) {
    *notes = (struct hb_notes_window){.gfx = calloc(1, sizeof *notes->gfx), .list = calloc(1, sizeof *notes->list)};
    notes->window = SDL_CreateWindow("Notes of the lesson", 0, 0, WIDTH, HEIGHT, SDL_WINDOW_RESIZABLE);
    if (notes->window == NULL || notes->gfx == NULL || notes->list == NULL) {
        snprintf(error, error_bytes, "no window can be opened for the notes: %s", SDL_GetError());
        return false;
    }
    return hb_gfx_open(notes->gfx, text_px, error, error_bytes);
}

void hb_notes_show(struct hb_notes_window *notes, const struct hb_app *app) {
    const struct hb_ui_state *of = &app->ui;
    int w, h;
    if (notes->window == NULL || of->deck == NULL)
        return;
    SDL_GetWindowSize(notes->window, &w, &h);
    if (w == notes->w && h == notes->h && of->page == notes->page && of->revealed == notes->revealed &&
        of->deck->page[of->page].pending == notes->pending)
        return;
    if (!hb_window_pixels_take(&notes->pixels, notes->window))
        return; /* perhaps next time */
    const struct hb_rect all = {0, 0, notes->pixels.canvas.w, notes->pixels.canvas.h};
    hb_app_draw_notes(app, &notes->gfx->text.metrics, all.w, all.h, notes->list);
    hb_gfx_paint(notes->gfx, &notes->pixels.canvas, notes->list);
    hb_window_pixels_show(&notes->pixels, &all, 1);
    notes->w = w;
    notes->h = h;
    notes->page = of->page;
    notes->revealed = of->revealed;
    notes->pending = of->deck->page[of->page].pending;
}

void hb_notes_close(struct hb_notes_window *notes) {
    if (notes->gfx != NULL)
        hb_gfx_close(notes->gfx);
    free(notes->gfx);
    free(notes->list);
    hb_window_pixels_drop(&notes->pixels);
    if (notes->window != NULL)
        SDL_DestroyWindow(notes->window);
    *notes = (struct hb_notes_window){.window = NULL};
}
