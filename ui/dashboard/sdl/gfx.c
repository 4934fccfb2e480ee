#include "ui/dashboard/sdl/gfx.h"

#include <stdlib.h>
#include <string.h>

#include "ui/dashboard/draw/shapes.h"

#define HATCH_TILE 128 /* side of a tile of stripes; a multiple of HB_HATCH_PERIOD */

enum sprite_kind { SPRITE_SHAPE = 1, SPRITE_HATCH, SPRITE_FONT };

static void drop_sprites(struct hb_gfx *gfx) {
    for (int i = 0; i < HB_GFX_SPRITES; i++)
        free(gfx->sprite[i].mask.cover);
    memset(gfx->sprite, 0, sizeof gfx->sprite);
    gfx->sprites = 0;
}

bool hb_gfx_open(struct hb_gfx *gfx, int text_px, char *error, size_t error_bytes) {
    drop_sprites(gfx);
    if (!hb_text_open(&gfx->text, text_px, error, error_bytes))
        return false;
    for (int font = 0; font < HB_FONTS; font++)
        for (int glyph = 0; glyph < HB_GLYPHS; glyph++)
            gfx->start[font][glyph + 1] = gfx->start[font][glyph] + gfx->text.metrics.advance[font][glyph];
    return true;
}

void hb_gfx_close(struct hb_gfx *gfx) {
    drop_sprites(gfx);
    hb_text_close(&gfx->text);
}

struct hb_canvas hb_gfx_canvas(SDL_Surface *surface) {
    return (struct hb_canvas){surface->pixels, surface->pitch / 4, surface->w, surface->h, {0, 0, 0, 0}};
}

static struct hb_mask make_mask(const struct hb_gfx *gfx, enum sprite_kind kind, uint32_t detail, int size) {
    if (kind == SPRITE_FONT)
        return hb_text_mask(&gfx->text, (enum hb_font)detail);
    struct hb_mask mask = {size, size, malloc((size_t)size * (size_t)size)};
    if (mask.cover != NULL && kind == SPRITE_SHAPE)
        hb_shape_cover((enum hb_shape)detail, size, mask.cover);
    else if (mask.cover != NULL)
        hb_hatch_cover(size, mask.cover);
    return mask;
}

/* The mask of a sprite, made at its first use. Everything is dropped when the table is three quarters full. */
static const struct hb_mask *find_mask(struct hb_gfx *gfx, enum sprite_kind kind, uint32_t detail, int size) {
    uint64_t key = (uint64_t)kind << 60 | (uint64_t)(detail & 0xff) << 52 | (uint64_t)size;
    uint32_t place = (uint32_t)((key * 0x9e3779b97f4a7c15u) >> 40) % HB_GFX_SPRITES;
    while (gfx->sprite[place].key != 0 && gfx->sprite[place].key != key)
        place = (place + 1) % HB_GFX_SPRITES;
    if (gfx->sprite[place].key == key)
        return &gfx->sprite[place].mask;
    if (gfx->sprites >= HB_GFX_SPRITES * 3 / 4) {
        drop_sprites(gfx);
        return find_mask(gfx, kind, detail, size);
    }
    gfx->sprite[place] = (struct hb_sprite){key, make_mask(gfx, kind, detail, size)};
    gfx->sprites++;
    return &gfx->sprite[place].mask;
}

static void paint_round(struct hb_gfx *gfx, const struct hb_canvas *canvas, const struct hb_draw *item) {
    const struct hb_rect r = item->rect;
    const int radius = item->detail, right = r.x + r.w - radius, bottom = r.y + r.h - radius;
    if (radius > 0) {
        const struct hb_mask *disc = find_mask(gfx, SPRITE_SHAPE, HB_SHAPE_CIRCLE, 2 * radius);
        hb_canvas_stamp(canvas, disc, (struct hb_rect){0, 0, radius, radius}, r.x, r.y, item->colour);
        hb_canvas_stamp(canvas, disc, (struct hb_rect){radius, 0, radius, radius}, right, r.y, item->colour);
        hb_canvas_stamp(canvas, disc, (struct hb_rect){0, radius, radius, radius}, r.x, bottom, item->colour);
        hb_canvas_stamp(canvas, disc, (struct hb_rect){radius, radius, radius, radius}, right, bottom, item->colour);
    }
    hb_canvas_fill(canvas, (struct hb_rect){r.x + radius, r.y, r.w - 2 * radius, radius}, item->colour);
    hb_canvas_fill(canvas, (struct hb_rect){r.x, r.y + radius, r.w, r.h - 2 * radius}, item->colour);
    hb_canvas_fill(canvas, (struct hb_rect){r.x + radius, bottom, r.w - 2 * radius, radius}, item->colour);
}

/* Stripes keep their place on the screen, so that neighbouring rectangles join. */
static void paint_hatch(struct hb_gfx *gfx, const struct hb_canvas *canvas, const struct hb_draw *item) {
    const struct hb_mask *tile = find_mask(gfx, SPRITE_HATCH, 0, HATCH_TILE);
    const struct hb_rect r = item->rect;
    for (int y = r.y; y < r.y + r.h;) {
        int from_y = y % HB_HATCH_PERIOD, h = hb_min(HATCH_TILE - from_y, r.y + r.h - y);
        for (int x = r.x; x < r.x + r.w;) {
            int from_x = x % HB_HATCH_PERIOD, w = hb_min(HATCH_TILE - from_x, r.x + r.w - x);
            hb_canvas_stamp(canvas, tile, (struct hb_rect){from_x, from_y, w, h}, x, y, item->colour);
            x += w;
        }
        y += h;
    }
}

static void paint_text(struct hb_gfx *gfx, const struct hb_canvas *canvas, const struct hb_draw_list *list,
                       const struct hb_draw *item) {
    const struct hb_mask *mask = find_mask(gfx, SPRITE_FONT, item->detail, 0);
    const int *start = gfx->start[item->detail], line = gfx->text.metrics.line[item->detail];
    const char *text = hb_draw_string(list, item->text);
    for (int x = item->rect.x; *text != '\0';) {
        const int glyph = hb_metrics_glyph(&text), advance = start[glyph + 1] - start[glyph];
        if (glyph != 0)
            hb_canvas_stamp(canvas, mask, (struct hb_rect){start[glyph], 0, advance, line}, x, item->rect.y,
                            item->colour);
        x += advance;
    }
}

static void paint_shape(struct hb_gfx *gfx, const struct hb_canvas *canvas, const struct hb_draw *item) {
    const int size = item->rect.w;
    hb_canvas_stamp(canvas, find_mask(gfx, SPRITE_SHAPE, item->detail, size), (struct hb_rect){0, 0, size, size},
                    item->rect.x, item->rect.y, item->colour);
}

static void paint_line(const struct hb_canvas *canvas, const struct hb_draw *item) {
    const struct hb_rect r = item->rect;
    const int from_y = item->rising ? r.y + r.h : r.y, to_y = item->rising ? r.y : r.y + r.h;
    hb_canvas_line(canvas, r.x, from_y, r.x + r.w, to_y, item->detail, item->colour);
}

static void paint_item(struct hb_gfx *gfx, const struct hb_canvas *canvas, const struct hb_draw_list *list,
                       const struct hb_draw *item) {
    switch (item->kind) {
    case HB_DRAW_RECT: hb_canvas_fill(canvas, item->rect, item->colour); break;
    case HB_DRAW_ROUND: paint_round(gfx, canvas, item); break;
    case HB_DRAW_HATCH: paint_hatch(gfx, canvas, item); break;
    case HB_DRAW_SHAPE: paint_shape(gfx, canvas, item); break;
    case HB_DRAW_TEXT: paint_text(gfx, canvas, list, item); break;
    case HB_DRAW_LINE: paint_line(canvas, item); break;
    case HB_DRAW_CLIP: break;
    }
}

void hb_gfx_paint(struct hb_gfx *gfx, struct hb_canvas *canvas, const struct hb_draw_list *list) {
    const struct hb_rect all = {0, 0, canvas->w, canvas->h};
    hb_canvas_clip(canvas, all);
    for (uint32_t i = 0; i < list->count; i++) {
        const struct hb_draw *item = &list->item[i];
        if (item->kind == HB_DRAW_CLIP)
            hb_canvas_clip(canvas, hb_rect_empty(item->rect) ? all : item->rect);
        else
            paint_item(gfx, canvas, list, item);
    }
}

/* ---- Changes --------------------------------------------------------------------------------------------------- */

/* Are all these cells to be painted with this item? */
static bool is_due_whole(const struct hb_changes *changes, uint32_t item, struct hb_rect cells) {
    for (int y = cells.y; y < cells.y + cells.h; y++)
        if (hb_changes_run(changes, item, cells.x, y, cells.x + cells.w) < cells.w)
            return false;
    return true;
}

/* Row by row, as many cells at once as lie side by side. */
static void paint_runs(struct hb_gfx *gfx, struct hb_canvas *canvas, const struct hb_draw_list *list,
                       const struct hb_changes *changes, uint32_t item, struct hb_rect within) {
    const struct hb_rect cells = hb_changes_cells(changes, within);
    const int side = changes->side, end = cells.x + cells.w;
    for (int y = cells.y; y < cells.y + cells.h; y++)
        for (int x = cells.x, n; x < end; x += n + 1) {
            n = hb_changes_run(changes, item, x, y, end);
            if (n == 0)
                continue;
            hb_canvas_clip(canvas, hb_rect_common(within, (struct hb_rect){x * side, y * side, n * side, side}));
            paint_item(gfx, canvas, list, &list->item[item]);
        }
}

void hb_gfx_paint_changes(struct hb_gfx *gfx, struct hb_canvas *canvas, const struct hb_draw_list *list,
                          const struct hb_changes *changes) {
    const struct hb_rect all = {0, 0, canvas->w, canvas->h};
    struct hb_rect clip = all;
    for (uint32_t i = 0; i < list->count; i++) {
        const struct hb_draw *item = &list->item[i];
        if (item->kind == HB_DRAW_CLIP) {
            clip = hb_rect_empty(item->rect) ? all : hb_rect_common(item->rect, all);
            continue;
        }
        const struct hb_rect within = hb_rect_common(hb_draw_extent(item), clip);
        if (hb_rect_empty(within))
            continue;
        if (is_due_whole(changes, i, hb_changes_cells(changes, within))) {
            hb_canvas_clip(canvas, within);
            paint_item(gfx, canvas, list, item);
        } else {
            paint_runs(gfx, canvas, list, changes, i, within);
        }
    }
}
