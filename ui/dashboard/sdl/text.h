/* Fonts: DejaVu Sans and DejaVu Sans Mono (Debian package fonts-dejavu-core) at the sizes that belong to one body size.
 *
 * The glyphs of a font become a mask once; gfx.c stamps them out of it. This and gfx.c are the only files that see
 * SDL_ttf. */
#ifndef HB_DASHBOARD_TEXT_H
#define HB_DASHBOARD_TEXT_H

#include <SDL.h>
#include <SDL_ttf.h>
#include <stdbool.h>
#include <stddef.h>

#include "ui/dashboard/draw/canvas.h"
#include "ui/dashboard/draw/metrics.h"

struct hb_text {
    TTF_Font *font[HB_FONTS];
    struct hb_metrics metrics;
};

/* Opens the fonts for a body of `text_px` pixels (closing those that were open). On failure gives false and one line in
 * `error`: which file was looked for where, and which package has it. */
bool hb_text_open(struct hb_text *text, int text_px, char *error, size_t error_bytes);

/* Closes the fonts. */
void hb_text_close(struct hb_text *text);

/* All glyphs of a font side by side (glyph g begins at the sum of the advances before it), each in a cell of the line's
 * height; to be freed by its owner. Without memory it has no cover. */
struct hb_mask hb_text_mask(const struct hb_text *text, enum hb_font font);

/* Version of the font file and of FreeType, for tests whose pixels depend on them: "DejaVu Sans
 * 2.37, FreeType 2.12". */
void hb_text_version(const struct hb_text *text, char *version, size_t bytes);

#endif
