#include "ui/dashboard/sdl/text.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const char *const folders[] = {
    "/usr/share/fonts/truetype/dejavu", /* Debian, Ubuntu */
    "/usr/share/fonts/TTF",             /* Arch */
    "/usr/share/fonts/dejavu-sans-fonts",
    "/usr/share/fonts/dejavu-sans-mono-fonts", /* Fedora */
    "/usr/share/fonts/dejavu",
    "/usr/local/share/fonts",
};

static const char *const files[HB_FONTS] = {
    [HB_FONT_BODY] = "DejaVuSans.ttf",
    [HB_FONT_SMALL] = "DejaVuSans.ttf",
    [HB_FONT_BOLD] = "DejaVuSans-Bold.ttf",
    [HB_FONT_SMALL_BOLD] = "DejaVuSans-Bold.ttf",
    [HB_FONT_TITLE] = "DejaVuSans-Bold.ttf",
    [HB_FONT_MONO] = "DejaVuSansMono.ttf",
    [HB_FONT_COUNTER] = "DejaVuSansMono-Bold.ttf",
};

static bool find_file(const char *file, char *path, size_t bytes) {
    for (size_t i = 0; i < sizeof folders / sizeof *folders; i++) {
        snprintf(path, bytes, "%s/%s", folders[i], file);
        if (access(path, R_OK) == 0)
            return true;
    }
    return false;
}

static unsigned glyph_code(int glyph) {
    return glyph < HB_GLYPHS_ASCII ? (unsigned)(HB_GLYPH_FIRST + glyph) : hb_metrics_extra[glyph - HB_GLYPHS_ASCII];
}

static void measure(struct hb_text *text, int font) {
    text->metrics.line[font] = TTF_FontHeight(text->font[font]);
    for (int glyph = 0; glyph < HB_GLYPHS; glyph++) {
        TTF_GlyphMetrics32(text->font[font], glyph_code(glyph), NULL, NULL, NULL, NULL,
                           &text->metrics.advance[font][glyph]);
    }
}

bool hb_text_open(struct hb_text *text, int text_px, char *error, size_t error_bytes) {
    char path[256];
    hb_text_close(text);
    text->metrics.text_px = text_px;
    for (int font = 0; font < HB_FONTS; font++) {
        if (!find_file(files[font], path, sizeof path)) {
            snprintf(error, error_bytes,
                     "the font %s is not in %s nor in the other font folders: install fonts-dejavu-core", files[font],
                     folders[0]);
            return false;
        }
        text->font[font] = TTF_OpenFont(path, hb_metrics_font_px((enum hb_font)font, text_px));
        if (text->font[font] == NULL) {
            snprintf(error, error_bytes, "%s: %s", path, TTF_GetError());
            return false;
        }
        TTF_SetFontHinting(text->font[font], TTF_HINTING_LIGHT);
        measure(text, font);
    }
    return true;
}

void hb_text_close(struct hb_text *text) {
    for (int font = 0; font < HB_FONTS; font++) {
        if (text->font[font] != NULL) {
            TTF_CloseFont(text->font[font]);
            text->font[font] = NULL;
        }
    }
}

static void paint_glyph(TTF_Font *font, unsigned code, SDL_Surface *atlas, int x) {
    SDL_Surface *glyph = TTF_RenderGlyph32_Blended(font, code, (SDL_Color){255, 255, 255, 255});
    if (glyph != NULL) {
        SDL_Rect place = {x, 0, 0, 0};
        SDL_SetSurfaceBlendMode(glyph, SDL_BLENDMODE_NONE);
        SDL_BlitSurface(glyph, NULL, atlas, &place);
        SDL_FreeSurface(glyph);
    }
}

/* The alpha of its pixels. */
static struct hb_mask mask_of(const SDL_Surface *surface) {
    struct hb_mask mask = {surface->w, surface->h, malloc((size_t)surface->w * (size_t)surface->h)};
    for (int y = 0; mask.cover != NULL && y < mask.h; y++) {
        const uint32_t *row = (const void *)((const char *)surface->pixels + (size_t)y * (size_t)surface->pitch);
        for (int x = 0; x < mask.w; x++)
            mask.cover[y * mask.w + x] = (uint8_t)(row[x] >> 24);
    }
    return mask;
}

struct hb_mask hb_text_mask(const struct hb_text *text, enum hb_font font) {
    const struct hb_metrics *metrics = &text->metrics;
    int width = 0, x = 0;
    for (int glyph = 0; glyph < HB_GLYPHS; glyph++)
        width += metrics->advance[font][glyph];
    SDL_Surface *atlas = SDL_CreateRGBSurfaceWithFormat(0, width, metrics->line[font], 32, SDL_PIXELFORMAT_ARGB8888);
    if (atlas == NULL)
        return (struct hb_mask){0};
    for (int glyph = 0; glyph < HB_GLYPHS; glyph++) {
        paint_glyph(text->font[font], glyph_code(glyph), atlas, x);
        x += metrics->advance[font][glyph];
    }
    struct hb_mask mask = mask_of(atlas);
    SDL_FreeSurface(atlas);
    return mask;
}

void hb_text_version(const struct hb_text *text, char *version, size_t bytes) {
    int major = 0, minor = 0, patch = 0;
    const SDL_version *ttf = TTF_Linked_Version();
    TTF_GetFreeTypeVersion(&major, &minor, &patch);
    snprintf(version, bytes, "%s, %d glyphs' advance %d, FreeType %d.%d.%d, SDL_ttf %d.%d.%d",
             TTF_FontFaceFamilyName(text->font[HB_FONT_BODY]), HB_GLYPHS,
             hb_metrics_width(&text->metrics, HB_FONT_BODY, "The quick brown fox"), major, minor, patch, ttf->major,
             ttf->minor, ttf->patch);
}
