#include "ui/dashboard/sdl/gfx.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "ui/dashboard/draw/changes.h"
#include "ui/dashboard/draw/shapes.h"

#define HATCH_TILE 128 /* side of a tile of stripes; a multiple of HB_HATCH_PERIOD */

enum sprite_kind { SPRITE_SHAPE = 1, SPRITE_HATCH, SPRITE_ATLAS };

static void drop_sprites(struct hb_gfx *gfx) {
    for (int i = 0; i < HB_GFX_SPRITES; i++)
        if (gfx->sprite[i].key != 0)
            SDL_DestroyTexture(gfx->sprite[i].texture);
    memset(gfx->sprite, 0, sizeof gfx->sprite);
    gfx->sprites = 0;
}

bool hb_gfx_open(struct hb_gfx *gfx, SDL_Renderer *renderer, int text_px, char *error, size_t error_bytes) {
    drop_sprites(gfx);
    gfx->renderer = renderer;
    return hb_text_open(&gfx->text, text_px, error, error_bytes);
}

void hb_gfx_close(struct hb_gfx *gfx) {
    drop_sprites(gfx);
    hb_text_close(&gfx->text);
}

static SDL_Surface *paint_pixels(enum sprite_kind kind, uint32_t detail, int size, hb_colour colour) {
    SDL_Surface *surface = SDL_CreateRGBSurfaceWithFormat(0, size, size, 32, SDL_PIXELFORMAT_ARGB8888);
    if (surface != NULL && kind == SPRITE_SHAPE)
        hb_shape_paint((enum hb_shape)detail, colour, size, surface->pixels);
    else if (surface != NULL)
        hb_hatch_paint(colour, size, surface->pixels);
    return surface;
}

static SDL_Texture *make_sprite(struct hb_gfx *gfx, enum sprite_kind kind, uint32_t detail, int size,
                                hb_colour colour) {
    SDL_Surface *surface = kind == SPRITE_ATLAS ? hb_text_atlas(&gfx->text, (enum hb_font)detail, colour)
                                                : paint_pixels(kind, detail, size, colour);
    if (surface == NULL)
        return NULL;
    SDL_Texture *texture = SDL_CreateTextureFromSurface(gfx->renderer, surface);
    SDL_FreeSurface(surface);
    if (texture != NULL)
        SDL_SetTextureBlendMode(texture, SDL_BLENDMODE_BLEND);
    return texture;
}

/* The texture of a sprite, painted at its first use. Everything is dropped when the table is three quarters full. */
static SDL_Texture *find_sprite(struct hb_gfx *gfx, enum sprite_kind kind, uint32_t detail, int size,
                                hb_colour colour) {
    uint64_t key = (uint64_t)kind << 60 | (uint64_t)(detail & 0xff) << 52 | (uint64_t)(size & 0xfffff) << 32 | colour;
    uint32_t place = (uint32_t)((key * 0x9e3779b97f4a7c15u) >> 40) % HB_GFX_SPRITES;
    while (gfx->sprite[place].key != 0 && gfx->sprite[place].key != key)
        place = (place + 1) % HB_GFX_SPRITES;
    if (gfx->sprite[place].key == key)
        return gfx->sprite[place].texture;
    if (gfx->sprites >= HB_GFX_SPRITES * 3 / 4) {
        drop_sprites(gfx);
        return find_sprite(gfx, kind, detail, size, colour);
    }
    gfx->sprite[place] = (struct hb_sprite){key, make_sprite(gfx, kind, detail, size, colour)};
    gfx->sprites++;
    return gfx->sprite[place].texture;
}

static void copy(struct hb_gfx *gfx, SDL_Texture *texture, struct hb_rect from, int x, int y) {
    SDL_Rect source = {from.x, from.y, from.w, from.h}, target = {x, y, from.w, from.h};
    SDL_RenderCopy(gfx->renderer, texture, &source, &target);
}

static void fill(struct hb_gfx *gfx, struct hb_rect r, hb_colour colour) {
    SDL_Rect rect = {r.x, r.y, r.w, r.h};
    if (hb_rect_empty(r))
        return;
    SDL_SetRenderDrawBlendMode(gfx->renderer, colour >> 24 == 0xff ? SDL_BLENDMODE_NONE : SDL_BLENDMODE_BLEND);
    SDL_SetRenderDrawColor(gfx->renderer, (Uint8)(colour >> 16), (Uint8)(colour >> 8), (Uint8)colour,
                           (Uint8)(colour >> 24));
    SDL_RenderFillRect(gfx->renderer, &rect);
}

static void paint_round(struct hb_gfx *gfx, const struct hb_draw *item) {
    struct hb_rect r = item->rect;
    int radius = item->detail;
    if (radius > 0) {
        SDL_Texture *disc = find_sprite(gfx, SPRITE_SHAPE, HB_SHAPE_CIRCLE, 2 * radius, item->colour);
        int right = r.x + r.w - radius, bottom = r.y + r.h - radius;
        copy(gfx, disc, (struct hb_rect){0, 0, radius, radius}, r.x, r.y);
        copy(gfx, disc, (struct hb_rect){radius, 0, radius, radius}, right, r.y);
        copy(gfx, disc, (struct hb_rect){0, radius, radius, radius}, r.x, bottom);
        copy(gfx, disc, (struct hb_rect){radius, radius, radius, radius}, right, bottom);
    }
    fill(gfx, (struct hb_rect){r.x + radius, r.y, r.w - 2 * radius, radius}, item->colour);
    fill(gfx, (struct hb_rect){r.x, r.y + radius, r.w, r.h - 2 * radius}, item->colour);
    fill(gfx, (struct hb_rect){r.x + radius, r.y + r.h - radius, r.w - 2 * radius, radius}, item->colour);
}

/* Stripes keep their place on the screen, so that neighbouring rectangles join. */
static void paint_hatch(struct hb_gfx *gfx, const struct hb_draw *item) {
    SDL_Texture *tile = find_sprite(gfx, SPRITE_HATCH, 0, HATCH_TILE, item->colour);
    struct hb_rect r = item->rect;
    for (int y = r.y; y < r.y + r.h;) {
        int from_y = y % HB_HATCH_PERIOD, h = hb_min(HATCH_TILE - from_y, r.y + r.h - y);
        for (int x = r.x; x < r.x + r.w;) {
            int from_x = x % HB_HATCH_PERIOD, w = hb_min(HATCH_TILE - from_x, r.x + r.w - x);
            copy(gfx, tile, (struct hb_rect){from_x, from_y, w, h}, x, y);
            x += w;
        }
        y += h;
    }
}

static void paint_text(struct hb_gfx *gfx, const struct hb_draw_list *list, const struct hb_draw *item) {
    const struct hb_metrics *metrics = &gfx->text.metrics;
    const char *text = hb_draw_string(list, item->text);
    SDL_Texture *atlas = find_sprite(gfx, SPRITE_ATLAS, item->detail, 0, item->colour);
    int start[HB_GLYPHS], x = item->rect.x, at = 0;
    for (int glyph = 0; glyph < HB_GLYPHS; glyph++) {
        start[glyph] = at;
        at += metrics->advance[item->detail][glyph];
    }
    while (*text != '\0') {
        int glyph = hb_metrics_glyph(&text), advance = metrics->advance[item->detail][glyph];
        if (glyph != 0)
            copy(gfx, atlas, (struct hb_rect){start[glyph], 0, advance, metrics->line[item->detail]}, x, item->rect.y);
        x += advance;
    }
}

static void set_clip(struct hb_gfx *gfx, struct hb_rect r) {
    SDL_Rect rect = {r.x, r.y, r.w, r.h};
    SDL_RenderSetClipRect(gfx->renderer, &rect);
}

static void paint_shape(struct hb_gfx *gfx, const struct hb_draw *item) {
    int size = item->rect.w;
    copy(gfx, find_sprite(gfx, SPRITE_SHAPE, item->detail, size, item->colour), (struct hb_rect){0, 0, size, size},
         item->rect.x, item->rect.y);
}

/* A strip along the line, `inner` and `outer` pixels from it, that fades from one alpha to the other. */
static void paint_strip(struct hb_gfx *gfx, const double from[2], const double to[2], const double side[2],
                        const double away[2], hb_colour colour, const uint8_t alpha[2]) {
    static const int order[6] = {0, 1, 2, 2, 1, 3};
    SDL_Vertex corner[4];
    for (int i = 0; i < 4; i++) {
        const double *end = i < 2 ? from : to;
        corner[i] =
            (SDL_Vertex){.position = {(float)(end[0] + side[0] * away[i % 2]), (float)(end[1] + side[1] * away[i % 2])},
                         .color = {(Uint8)(colour >> 16), (Uint8)(colour >> 8), (Uint8)colour, alpha[i % 2]}};
    }
    SDL_RenderGeometry(gfx->renderer, NULL, corner, 4, order, 6);
}

/* Solid, with an edge of one pixel at both sides that fades: else a sloping line has steps. */
static void paint_line(struct hb_gfx *gfx, const struct hb_draw *item) {
    struct hb_rect r = item->rect;
    double from[2] = {r.x, item->rising ? r.y + r.h : r.y}, to[2] = {r.x + r.w, item->rising ? r.y : r.y + r.h};
    double length = hypot(to[0] - from[0], to[1] - from[1]), half = item->detail / 2.0;
    if (length < 0.5)
        return;
    double side[2] = {(from[1] - to[1]) / length, (to[0] - from[0]) / length};
    const uint8_t solid[2] = {255, 255}, fades[2] = {255, 0};
    SDL_SetRenderDrawBlendMode(gfx->renderer, SDL_BLENDMODE_BLEND);
    paint_strip(gfx, from, to, side, (const double[2]){-half, half}, item->colour, solid);
    paint_strip(gfx, from, to, side, (const double[2]){half, half + 1}, item->colour, fades);
    paint_strip(gfx, from, to, side, (const double[2]){-half, -half - 1}, item->colour, fades);
}

static void paint_item(struct hb_gfx *gfx, const struct hb_draw_list *list, const struct hb_draw *item) {
    switch (item->kind) {
    case HB_DRAW_RECT: fill(gfx, item->rect, item->colour); break;
    case HB_DRAW_ROUND: paint_round(gfx, item); break;
    case HB_DRAW_HATCH: paint_hatch(gfx, item); break;
    case HB_DRAW_SHAPE: paint_shape(gfx, item); break;
    case HB_DRAW_TEXT: paint_text(gfx, list, item); break;
    case HB_DRAW_LINE: paint_line(gfx, item); break;
    case HB_DRAW_CLIP: break;
    }
}

static struct hb_rect clip_of(const struct hb_draw *item, struct hb_rect within) {
    return hb_rect_empty(item->rect) ? within : hb_rect_common(item->rect, within);
}

static bool same(struct hb_rect a, struct hb_rect b) {
    return a.x == b.x && a.y == b.y && a.w == b.w && a.h == b.h;
}

/* The last item that covers `within` by itself: what comes before it is not seen there. 0: none does. */
static uint32_t first_seen(const struct hb_draw_list *list, struct hb_rect within) {
    struct hb_rect clip = within;
    uint32_t first = 0;
    for (uint32_t i = 0; i < list->count; i++) {
        const struct hb_draw *item = &list->item[i];
        if (item->kind == HB_DRAW_CLIP)
            clip = clip_of(item, within);
        else if (item->kind == HB_DRAW_RECT && item->colour >> 24 == 0xff && same(clip, within) &&
                 same(hb_rect_common(item->rect, within), within))
            first = i;
    }
    return first;
}

void hb_gfx_paint_within(struct hb_gfx *gfx, const struct hb_draw_list *list, struct hb_rect within) {
    struct hb_rect clip = within;
    set_clip(gfx, clip);
    for (uint32_t i = first_seen(list, within); i < list->count; i++) {
        const struct hb_draw *item = &list->item[i];
        if (item->kind == HB_DRAW_CLIP) {
            clip = clip_of(item, within);
            set_clip(gfx, clip);
        } else if (!hb_rect_empty(hb_rect_common(hb_draw_extent(item), clip))) {
            paint_item(gfx, list, item);
        }
    }
    SDL_RenderSetClipRect(gfx->renderer, NULL);
}

void hb_gfx_paint(struct hb_gfx *gfx, const struct hb_draw_list *list) {
    int w = 0, h = 0;
    SDL_GetRendererOutputSize(gfx->renderer, &w, &h);
    hb_gfx_paint_within(gfx, list, (struct hb_rect){0, 0, w, h});
}
