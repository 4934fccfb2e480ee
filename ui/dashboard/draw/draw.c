#include "ui/dashboard/draw/draw.h"

#include <stdarg.h>
#include <string.h>

#define ELLIPSIS "\xe2\x80\xa6"

void hb_draw_begin(struct hb_draw_list *list, const struct hb_metrics *metrics, const struct hb_theme *theme) {
    list->metrics = metrics;
    list->theme = theme;
    list->clip = (struct hb_rect){0, 0, 0, 0};
    list->count = list->zone_count = list->dropped = 0;
    list->texts[0] = '\0';
    list->text_bytes = 1;
}

static struct hb_draw *add(struct hb_draw_list *list, enum hb_draw_kind kind, struct hb_rect rect, hb_colour colour) {
    static struct hb_draw scratch;
    struct hb_draw *item = &scratch;
    if (list->count < HB_DRAW_MAX)
        item = &list->item[list->count++];
    else
        list->dropped++;
    *item = (struct hb_draw){.kind = (uint8_t)kind, .rect = rect, .colour = colour};
    return item;
}

/* Keeps a copy of the first `bytes` of `text`, followed by `tail`; returns its offset, 0 when there is no room. */
static uint32_t keep(struct hb_draw_list *list, const char *text, size_t bytes, const char *tail) {
    size_t tail_bytes = strlen(tail) + 1;
    uint32_t offset = list->text_bytes;
    if (offset + bytes + tail_bytes > HB_DRAW_TEXT_MAX) {
        list->dropped++;
        return 0;
    }
    memcpy(list->texts + offset, text, bytes);
    memcpy(list->texts + offset + bytes, tail, tail_bytes);
    list->text_bytes += (uint32_t)(bytes + tail_bytes);
    return offset;
}

void hb_draw_rect(struct hb_draw_list *list, struct hb_rect rect, hb_colour colour) {
    if (!hb_rect_empty(rect))
        add(list, HB_DRAW_RECT, rect, colour);
}

void hb_draw_round(struct hb_draw_list *list, struct hb_rect rect, int radius, hb_colour colour) {
    if (!hb_rect_empty(rect)) {
        radius = hb_clamp(radius, 0, hb_min(rect.w, rect.h) / 2);
        add(list, HB_DRAW_ROUND, rect, colour)->detail = (uint8_t)hb_min(radius, 255);
    }
}

void hb_draw_hatch(struct hb_draw_list *list, struct hb_rect rect, hb_colour colour) {
    if (!hb_rect_empty(rect))
        add(list, HB_DRAW_HATCH, rect, colour);
}

void hb_draw_shape(struct hb_draw_list *list, struct hb_rect rect, enum hb_shape shape, hb_colour colour) {
    int side = hb_min(rect.w, rect.h);
    if (side > 0)
        add(list, HB_DRAW_SHAPE, hb_rect_centre(rect, side, side), colour)->detail = (uint8_t)shape;
}

void hb_draw_line(struct hb_draw_list *list, int from_x, int from_y, int to_x, int to_y, int thickness,
                  hb_colour colour) {
    int x = hb_min(from_x, to_x), y = hb_min(from_y, to_y);
    struct hb_rect box = {x, y, hb_max(from_x, to_x) - x, hb_max(from_y, to_y) - y};
    struct hb_draw *item = add(list, HB_DRAW_LINE, box, colour);
    item->detail = (uint8_t)hb_clamp(thickness, 1, 255);
    item->rising = (to_x - from_x >= 0) != (to_y - from_y >= 0);
}

int hb_draw_text(struct hb_draw_list *list, struct hb_rect rect, enum hb_font font, enum hb_align align,
                 hb_colour colour, const char *text) {
    const struct hb_metrics *metrics = list->metrics;
    int width = hb_metrics_width(metrics, font, text), height = metrics->line[font];
    size_t bytes = strlen(text);
    bool elided = width > rect.w;
    if (hb_rect_empty(rect) || bytes == 0)
        return 0;
    if (elided) {
        int dots = hb_metrics_width(metrics, font, ELLIPSIS);
        bytes = hb_metrics_fit(metrics, font, text, rect.w - dots);
        while (bytes > 0 && text[bytes - 1] == ' ')
            bytes--;
    }
    uint32_t offset = keep(list, text, bytes, elided ? ELLIPSIS : "");
    width = hb_metrics_width(metrics, font, list->texts + offset);
    int slack = rect.w - width;
    struct hb_rect box = {rect.x + (align == HB_ALIGN_LEFT     ? 0
                                    : align == HB_ALIGN_CENTRE ? slack / 2
                                                               : slack),
                          rect.y + (rect.h - height) / 2, width, height};
    struct hb_draw *item = add(list, HB_DRAW_TEXT, box, colour);
    item->detail = (uint8_t)font;
    item->elided = elided;
    item->text = offset;
    return width;
}

int hb_draw_textf(struct hb_draw_list *list, struct hb_rect rect, enum hb_font font, enum hb_align align,
                  hb_colour colour, const char *format, ...) {
    char text[512];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    return hb_draw_text(list, rect, font, align, colour, text);
}

int hb_draw_first_fit(struct hb_draw_list *list, struct hb_rect rect, enum hb_font font, enum hb_align align,
                      hb_colour colour, const char *const *form, int n) {
    for (int i = 0; i < n; i++)
        if (hb_metrics_width(list->metrics, font, form[i]) <= rect.w)
            return hb_draw_text(list, rect, font, align, colour, form[i]);
    return 0;
}

void hb_draw_clip(struct hb_draw_list *list, struct hb_rect rect) {
    list->clip = rect;
    add(list, HB_DRAW_CLIP, rect, 0);
}

struct hb_zone *hb_draw_zone(struct hb_draw_list *list, struct hb_rect rect, struct hb_command command, bool enabled,
                             const char *tip) {
    static struct hb_zone scratch;
    struct hb_zone *zone = &scratch;
    if (list->zone_count < HB_DRAW_ZONES_MAX)
        zone = &list->zone[list->zone_count++];
    else
        list->dropped++;
    *zone = (struct hb_zone){.rect = rect, .command = command, .enabled = enabled};
    zone->tip = tip != NULL && *tip != '\0' ? keep(list, tip, strlen(tip), "") : 0;
    return zone;
}

uint64_t hb_zone_cycle(const struct hb_zone *zone, int x) {
    int w = hb_max(1, zone->rect.w), at = hb_clamp(x - zone->rect.x, 0, w);
    return zone->from_cycle + (uint64_t)((double)zone->cycles * at / w);
}

const struct hb_zone *hb_draw_zone_at(const struct hb_draw_list *list, int x, int y) {
    for (uint32_t i = list->zone_count; i-- > 0;)
        if (hb_rect_has(list->zone[i].rect, x, y))
            return &list->zone[i];
    return NULL;
}

const char *hb_draw_string(const struct hb_draw_list *list, uint32_t offset) {
    return list->texts + offset;
}
