#include "ui/dashboard/sdl/notes_window.h"

#include <stdio.h>
#include <stdlib.h>

#define WIDTH  960
#define HEIGHT 720

bool hb_notes_open(struct hb_notes_window *notes, int text_px, char *error, size_t error_bytes) {
    *notes = (struct hb_notes_window){.gfx = calloc(1, sizeof *notes->gfx), .list = calloc(1, sizeof *notes->list)};
    notes->window = SDL_CreateWindow("Notes of the lesson", 0, 0, WIDTH, HEIGHT, SDL_WINDOW_RESIZABLE);
    notes->renderer = notes->window == NULL ? NULL : SDL_CreateRenderer(notes->window, -1, SDL_RENDERER_SOFTWARE);
    if (notes->renderer == NULL || notes->gfx == NULL || notes->list == NULL) {
        snprintf(error, error_bytes, "no window can be opened for the notes: %s", SDL_GetError());
        return false;
    }
    return hb_gfx_open(notes->gfx, notes->renderer, text_px, error, error_bytes);
}

void hb_notes_show(struct hb_notes_window *notes, const struct hb_app *app) {
    const struct hb_ui_state *of = &app->ui;
    int w, h;
    if (notes->window == NULL || of->deck == NULL)
        return;
    SDL_GetRendererOutputSize(notes->renderer, &w, &h);
    if (w == notes->w && h == notes->h && of->page == notes->page && of->revealed == notes->revealed &&
        of->deck->page[of->page].pending == notes->pending)
        return;
    hb_app_draw_notes(app, &notes->gfx->text.metrics, w, h, notes->list);
    hb_gfx_paint(notes->gfx, notes->list);
    SDL_RenderPresent(notes->renderer);
    notes->w = w;
    notes->h = h;
    notes->page = of->page;
    notes->revealed = of->revealed;
    notes->pending = of->deck->page[of->page].pending;
}

void hb_notes_close(struct hb_notes_window *notes) {
    if (notes->gfx != NULL && notes->renderer != NULL)
        hb_gfx_close(notes->gfx);
    free(notes->gfx);
    free(notes->list);
    if (notes->renderer != NULL)
        SDL_DestroyRenderer(notes->renderer);
    if (notes->window != NULL)
        SDL_DestroyWindow(notes->window);
    *notes = (struct hb_notes_window){.window = NULL};
}
