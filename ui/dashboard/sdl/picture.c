#include "ui/dashboard/sdl/picture.h"

#include <SDL_image.h>
#include <stdio.h>
#include <stdlib.h>

bool hb_picture_open(struct hb_picture *picture, int w, int h, int text_px, char *error, size_t error_bytes) {
    *picture = (struct hb_picture){NULL, NULL, NULL};
    if (TTF_Init() != 0) {
        snprintf(error, error_bytes, "SDL_ttf: %s", TTF_GetError());
        return false;
    }
    picture->surface = SDL_CreateRGBSurfaceWithFormat(0, w, h, 32, SDL_PIXELFORMAT_RGB888);
    picture->renderer = picture->surface == NULL ? NULL : SDL_CreateSoftwareRenderer(picture->surface);
    picture->gfx = calloc(1, sizeof *picture->gfx);
    if (picture->renderer == NULL || picture->gfx == NULL) {
        snprintf(error, error_bytes, "no memory for a picture of %d x %d pixels", w, h);
        hb_picture_close(picture);
        return false;
    }
    if (!hb_gfx_open(picture->gfx, picture->renderer, text_px, error, error_bytes)) {
        hb_picture_close(picture);
        return false;
    }
    return true;
}

void hb_picture_close(struct hb_picture *picture) {
    if (picture->gfx != NULL)
        hb_gfx_close(picture->gfx);
    free(picture->gfx);
    if (picture->renderer != NULL)
        SDL_DestroyRenderer(picture->renderer);
    SDL_FreeSurface(picture->surface);
    *picture = (struct hb_picture){NULL, NULL, NULL};
    TTF_Quit();
}

const struct hb_metrics *hb_picture_metrics(const struct hb_picture *picture) {
    return &picture->gfx->text.metrics;
}

void hb_picture_paint(struct hb_picture *picture, const struct hb_draw_list *list) {
    hb_gfx_paint(picture->gfx, list);
    SDL_RenderFlush(picture->renderer);
}

bool hb_picture_save(SDL_Surface *surface, const char *path, char *error, size_t error_bytes) {
    if (IMG_SavePNG(surface, path) != 0) {
        snprintf(error, error_bytes, "%s: cannot be written: %s", path, IMG_GetError());
        return false;
    }
    return true;
}
