#include "ui/dashboard/sdl/picture.h"

#include <SDL_image.h>
#include <stdio.h>
#include <stdlib.h>

#include "sim/base/output.h"

bool hb_picture_open(struct hb_picture *picture, int w, int h, int text_px, char *error, size_t error_bytes) {
    *picture = (struct hb_picture){.surface = NULL};
    if (TTF_Init() != 0) {
        snprintf(error, error_bytes, "SDL_ttf: %s", TTF_GetError());
        return false;
    }
    picture->surface = SDL_CreateRGBSurfaceWithFormat(0, w, h, 32, SDL_PIXELFORMAT_RGB888);
    picture->gfx = calloc(1, sizeof *picture->gfx);
    if (picture->surface == NULL || picture->gfx == NULL) {
        snprintf(error, error_bytes, "no memory for a picture of %d x %d pixels", w, h);
        hb_picture_close(picture);
        return false;
    }
    picture->canvas = hb_gfx_canvas(picture->surface);
    if (!hb_gfx_open(picture->gfx, text_px, error, error_bytes)) {
        hb_picture_close(picture);
        return false;
    }
    return true;
}

void hb_picture_close(struct hb_picture *picture) {
    if (picture->gfx != NULL)
        hb_gfx_close(picture->gfx);
    free(picture->gfx);
    SDL_FreeSurface(picture->surface);
    *picture = (struct hb_picture){.surface = NULL};
    TTF_Quit();
}

const struct hb_metrics *hb_picture_metrics(const struct hb_picture *picture) {
    return &picture->gfx->text.metrics;
}

void hb_picture_paint(struct hb_picture *picture, const struct hb_draw_list *list) {
    hb_gfx_paint(picture->gfx, &picture->canvas, list);
}

static size_t write_bytes(SDL_RWops *to, const void *bytes, size_t size, size_t count) {
    return fwrite(bytes, size, count, to->hidden.unknown.data1);
}

static Sint64 no_seek(SDL_RWops *to, Sint64 offset, int whence) {
    (void)to, (void)offset, (void)whence;
    return SDL_SetError("a picture is written from its beginning to its end");
}

/* False: there is no memory for it; what cannot be written is found by whoever closes the file. */
static bool encode(SDL_Surface *surface, FILE *file) {
    SDL_RWops *to = SDL_AllocRW();
    if (to == NULL)
        return false;
    to->write = write_bytes;
    to->seek = no_seek;
    to->hidden.unknown.data1 = file;
    const bool ok = IMG_SavePNG_RW(surface, to, 0) == 0;
    SDL_FreeRW(to);
    return ok || ferror(file);
}

bool hb_picture_save(SDL_Surface *surface, const char *path, struct hb_error *error) {
    struct hb_output out;
    if (!hb_output_open(&out, path, HB_OUTPUT_WHOLE, error))
        return false;
    if (encode(surface, out.file))
        return hb_output_close(&out, error);
    hb_output_drop(&out);
    hb_error_set(error, "%s: cannot be written: %s", path, IMG_GetError());
    return false;
}
