#include "ui/dashboard/draw/metrics.h"

/* ellipsis, en dash, middle dot, times, right arrow, left arrow, at least, minus, three quarters, micro */
const uint16_t hb_metrics_extra[HB_GLYPHS_EXTRA] = {0x2026, 0x2013, 0x00b7, 0x00d7, 0x2192,
                                                    0x2190, 0x2265, 0x2212, 0x00be, 0x00b5};

static const double font_scale[HB_FONTS] = {
    [HB_FONT_BODY] = 1.0,   [HB_FONT_SMALL] = 0.84, [HB_FONT_BOLD] = 1.0,     [HB_FONT_SMALL_BOLD] = 0.84,
    [HB_FONT_TITLE] = 1.22, [HB_FONT_MONO] = 0.84,  [HB_FONT_COUNTER] = 1.22,
};

int hb_metrics_font_px(enum hb_font font, int text_px) {
    int px = (int)(font_scale[font] * text_px + 0.5);
    return px < HB_TEXT_PX_MIN ? HB_TEXT_PX_MIN : px;
}

void hb_metrics_fixed(struct hb_metrics *metrics, int text_px) {
    metrics->text_px = text_px;
    for (int font = 0; font < HB_FONTS; font++) {
        int px = hb_metrics_font_px((enum hb_font)font, text_px);
        int percent = font == HB_FONT_MONO || font == HB_FONT_COUNTER ? 60 : 55;
        metrics->line[font] = px * 117 / 100;
        for (int glyph = 0; glyph < HB_GLYPHS; glyph++)
            metrics->advance[font][glyph] = px * percent / 100;
    }
}

/* Decodes the UTF-8 sequence at *text (at most three bytes: the basic plane). */
static unsigned decode(const char **text) {
    const unsigned char *s = (const unsigned char *)*text;
    if (s[0] < 0x80) {
        *text += 1;
        return s[0];
    }
    if ((s[0] & 0xe0) == 0xc0 && (s[1] & 0xc0) == 0x80) {
        *text += 2;
        return (s[0] & 0x1fu) << 6 | (s[1] & 0x3fu);
    }
    if ((s[0] & 0xf0) == 0xe0 && (s[1] & 0xc0) == 0x80 && (s[2] & 0xc0) == 0x80) {
        *text += 3;
        return (s[0] & 0x0fu) << 12 | (s[1] & 0x3fu) << 6 | (s[2] & 0x3fu);
    }
    *text += 1;
    return '?';
}

int hb_metrics_glyph(const char **text) {
    unsigned code = decode(text);
    if (code >= HB_GLYPH_FIRST && code < HB_GLYPH_FIRST + HB_GLYPHS_ASCII)
        return (int)code - HB_GLYPH_FIRST;
    for (int i = 0; i < HB_GLYPHS_EXTRA; i++)
        if (hb_metrics_extra[i] == code)
            return HB_GLYPHS_ASCII + i;
    return '?' - HB_GLYPH_FIRST;
}

int hb_metrics_width(const struct hb_metrics *metrics, enum hb_font font, const char *text) {
    int width = 0;
    while (*text != '\0')
        width += metrics->advance[font][hb_metrics_glyph(&text)];
    return width;
}

size_t hb_metrics_fit(const struct hb_metrics *metrics, enum hb_font font, const char *text, int width) {
    const char *at = text, *fits = text;
    while (*at != '\0') {
        width -= metrics->advance[font][hb_metrics_glyph(&at)];
        if (width < 0)
            break;
        fits = at;
    }
    return (size_t)(fits - text);
}
