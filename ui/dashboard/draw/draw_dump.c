#include "ui/dashboard/draw/draw.h"

static const char *const kind_names[] = {"rect", "round", "hatch", "shape", "text", "clip", "line"};
_Static_assert(sizeof kind_names / sizeof *kind_names == HB_DRAW_LINE + 1, "each kind has a name");
static const char *const font_names[] = {"body", "small", "bold", "small-bold", "title", "mono", "counter"};
_Static_assert(sizeof font_names / sizeof *font_names == HB_FONTS, "each font has a name");
static const char *const shape_names[] = {
    "circle", "ring",      "square",   "box",   "diamond",  "play",      "pause", "back",
    "step",   "step-line", "to-start", "cross", "no-entry", "hourglass", "bolt",  "check",
    "arrow",  "eye",       "lock",     "undo",  "pointer",  "bar",       "up",    "down",
};
_Static_assert(sizeof shape_names / sizeof *shape_names == HB_SHAPES, "each shape has a name");

static void dump_item(const struct hb_draw_list *list, const struct hb_draw *item, FILE *out) {
    const struct hb_rect *r = &item->rect;
    fprintf(out, "%s %d,%d %dx%d", kind_names[item->kind], r->x, r->y, r->w, r->h);
    if (item->kind != HB_DRAW_CLIP)
        fprintf(out, " #%06x", (unsigned)(item->colour & 0xffffff));
    switch (item->kind) {
    case HB_DRAW_ROUND: fprintf(out, " radius %d", item->detail); break;
    case HB_DRAW_LINE: fprintf(out, " %s, %d thick", item->rising ? "rising" : "falling", item->detail); break;
    case HB_DRAW_SHAPE: fprintf(out, " %s", shape_names[item->detail]); break;
    case HB_DRAW_TEXT:
        fprintf(out, " %s%s \"%s\"", font_names[item->detail], item->elided ? " elided" : "",
                hb_draw_string(list, item->text));
        break;
    default: break;
    }
    fputc('\n', out);
}

static void dump_zone(const struct hb_draw_list *list, const struct hb_zone *zone, FILE *out) {
    char command[64];
    const struct hb_rect *r = &zone->rect;
    hb_command_format(&zone->command, command, sizeof command);
    fprintf(out, "zone %d,%d %dx%d %s%s%s \"%s\"\n", r->x, r->y, r->w, r->h, command, zone->enabled ? "" : " disabled",
            zone->slider ? " slider" : "", hb_draw_string(list, zone->tip));
}

void hb_draw_dump(const struct hb_draw_list *list, FILE *out) {
    for (uint32_t i = 0; i < list->count; i++)
        dump_item(list, &list->item[i], out);
    for (uint32_t i = 0; i < list->zone_count; i++)
        dump_zone(list, &list->zone[i], out);
}
