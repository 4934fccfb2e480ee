/* The computer: CPUs with their caches above the bus, memory and devices below it, and what moves as arrows. */
#include <stdio.h>
#include <string.h>

#include "ui/dashboard/model/format.h"
#include "ui/dashboard/panels/widgets.h"
#include "ui/dashboard/scenes/pen.h"
#include "ui/dashboard/scenes/scenes.h"

/* ---- Arrows ---------------------------------------------------------------------------------------------------- */

enum arrow { ARROW_NONE, ARROW_UP, ARROW_DOWN };

/* A line along the height of `rect`, with a tip when something moves there. */
static void draw_arrow(const struct hb_pen *pen, struct hb_rect rect, enum arrow arrow, hb_colour colour) {
    int x = rect.x + rect.w / 2, tip = hb_min(hb_em(pen->ui, 0.9), rect.h), thick = arrow == ARROW_NONE ? 2 : 5;
    hb_draw_rect(pen->list, (struct hb_rect){x - thick / 2, rect.y, thick, rect.h}, colour);
    if (arrow == ARROW_UP)
        hb_draw_shape(pen->list, (struct hb_rect){x - tip / 2, rect.y, tip, tip}, HB_SHAPE_UP, colour);
    else if (arrow == ARROW_DOWN)
        hb_draw_shape(pen->list, (struct hb_rect){x - tip / 2, rect.y + rect.h - tip, tip, tip}, HB_SHAPE_DOWN, colour);
}

/* What moves between a CPU's cache and the bus. */
static enum arrow arrow_of(const struct hb_view *view, uint32_t hart) {
    const struct hb_view_computer *computer = &view->computer;
    bool mine = view->bus.active && view->bus.hart == hart;
    if (computer->traffic == HB_TRAFFIC_FROM_CACHE && computer->supplier == (int32_t)hart)
        return ARROW_DOWN;
    if (!mine)
        return ARROW_NONE;
    return computer->traffic == HB_TRAFFIC_FROM_CACHE || computer->traffic == HB_TRAFFIC_FROM_MEMORY ? ARROW_UP
                                                                                                     : ARROW_DOWN;
}

static void draw_link(const struct hb_pen *pen, struct hb_rect rect, uint32_t hart) {
    const struct hb_theme *theme = pen->list->theme;
    enum arrow arrow = arrow_of(pen->view, hart);
    bool asks = pen->view->computer.cache[hart].asks;
    draw_arrow(pen, rect, arrow,
               arrow != ARROW_NONE ? theme->accent
               : asks              ? theme->tone[HB_TONE_BUSY]
                                   : theme->border);
    int side = hb_em(pen->ui, 0.9);
    if (arrow == ARROW_NONE && asks) {
        struct hb_rect disc = hb_rect_centre(rect, side, side);
        hb_draw_rect(pen->list, disc, theme->panel);
        hb_draw_shape(pen->list, disc, HB_SHAPE_HOURGLASS, theme->tone[HB_TONE_BUSY]);
    }
}

/* ---- CPUs and caches ------------------------------------------------------------------------------------------- */

/* What it does at this cycle, and what it waits for. */
static void draw_doing(const struct hb_pen *pen, struct hb_rect row, const struct hb_view_hart *at) {
    const struct hb_look *look = hb_state_look((enum hb_view_state)at->state);
    hb_colour colour = pen->list->theme->tone_text[look->tone];
    char whole[80], brief[64];
    if (at->state == HB_VIEW_STALLED)
        snprintf(whole, sizeof whole, "waits: %s", pen->view->machine.cause[at->cause]);
    else if (at->state == HB_VIEW_SPINS)
        snprintf(whole, sizeof whole, "spins for %s", at->wanted);
    else
        snprintf(whole, sizeof whole, "%s", at->state == HB_VIEW_IDLE ? "idle" : "executes");
    snprintf(brief, sizeof brief, "%.*s", (int)strcspn(whole, ": "), whole);
    hb_pen_text(pen, row, HB_FONT_SMALL, colour, whole, brief);
}

/* Where there is room: in which function it is, how many tasks wait for it, and what became of its time. */
static void draw_more(const struct hb_pen *pen, struct hb_rect *body, const struct hb_view_hart *at) {
    char function[48], queue[32] = "", times[128], brief[64], busy[HB_FORMAT_BYTES], stalled[HB_FORMAT_BYTES];
    snprintf(function, sizeof function, "%.*s", (int)strcspn(at->symbol, "+"), at->symbol);
    if (at->queue >= 0)
        snprintf(queue, sizeof queue, "%d in its queue", at->queue);
    hb_format_percent(busy, (double)at->recent_busy);
    hb_format_percent(stalled, (double)at->recent_stalled);
    snprintf(times, sizeof times, "executes %s, waits %s", busy, stalled);
    snprintf(brief, sizeof brief, "waits %s", stalled);
    const char *const line[][2] = {{function, ""}, {queue, ""}, {times, brief}};
    for (uint32_t i = 0; i < sizeof line / sizeof *line; i++) {
        if (line[i][0][0] == '\0')
            continue;
        const struct hb_rect row = hb_take_top(body, hb_em(pen->ui, 1.3));
        if (row.h > 0)
            hb_pen_text(pen, row, HB_FONT_SMALL, pen->list->theme->muted, line[i][0], line[i][1]);
    }
}

static void draw_cpu(const struct hb_pen *pen, struct hb_rect rect, uint32_t hart) {
    const struct hb_view_hart *at = &pen->view->hart[hart];
    const struct hb_theme *theme = pen->list->theme;
    bool gone = at->state >= HB_VIEW_STOPPED;
    hb_card(pen->list, rect, hb_em(pen->ui, 0.3), gone ? theme->ground : theme->raised,
            hart == pen->ui->selected ? theme->accent : theme->border);
    hb_draw_zone(pen->list, rect, hb_command_of(HB_COMMAND_SELECT, hart), true,
                 hb_state_look((enum hb_view_state)at->state)->word);
    struct hb_rect body = hb_rect_inset(rect, hb_em(pen->ui, 0.35), hb_em(pen->ui, 0.1));
    struct hb_rect row = hb_take_top(&body, hb_em(pen->ui, 1.3));
    if (row.h > 0)
        hb_pen_hart(pen, row, hart);
    row = hb_take_top(&body, hb_em(pen->ui, 1.3));
    if (row.h > 0 && at->task >= 0 && !gone)
        hb_cut_left(&row, hb_task_chip(pen->list, row, pen->ui, at->task) + hb_em(pen->ui, 0.4));
    char ipc[16], brief[16];
    snprintf(ipc, sizeof ipc, "IPC %.2f", (double)at->recent_ipc);
    snprintf(brief, sizeof brief, "%.2f", (double)at->recent_ipc);
    if (row.h > 0 && !gone)
        hb_pen_text(pen, row, HB_FONT_SMALL, theme->muted, ipc, brief);
    row = hb_take_top(&body, hb_em(pen->ui, 1.3));
    if (row.h > 0 && !gone)
        draw_doing(pen, row, at);
    if (!gone)
        draw_more(pen, &body, at);
}

/* How full it is, and how much of that is modified: as a bar and in words. */
static void draw_cache(const struct hb_pen *pen, struct hb_rect rect, uint32_t hart) {
    const struct hb_theme *theme = pen->list->theme;
    const struct hb_view_cache *cache = &pen->view->computer.cache[hart];
    char whole[48], brief[24], tip[128];
    hb_card(pen->list, rect, hb_em(pen->ui, 0.3), theme->panel, theme->border);
    snprintf(tip, sizeof tip, "%s of CPU %u: %u of %u lines, %u of them modified.",
             cache->lost ? "The lost cache" : "The cache", hart, cache->lines, cache->capacity, cache->modified);
    hb_draw_zone(pen->list, rect, hb_command_of(HB_COMMAND_SCENE, HB_SCENE_LINES), true, tip);
    struct hb_rect body = hb_rect_inset(rect, hb_em(pen->ui, 0.35), hb_em(pen->ui, 0.2));
    struct hb_rect bar = hb_cut_bottom(&body, hb_min(hb_em(pen->ui, 0.6), body.h));
    int all = (int)hb_max(1, (int)cache->capacity), full = bar.w * (int)cache->lines / all;
    int dirty = bar.w * (int)cache->modified / all;
    hb_draw_rect(pen->list, bar, theme->idle);
    hb_draw_rect(pen->list, (struct hb_rect){bar.x, bar.y, full, bar.h}, theme->hue[0]);
    hb_draw_rect(pen->list, (struct hb_rect){bar.x, bar.y, dirty, bar.h}, theme->hue[5]);
    snprintf(whole, sizeof whole, cache->lost ? "lost" : "%u modified of %u", cache->modified, cache->lines);
    snprintf(brief, sizeof brief, cache->lost ? "lost" : "%u of %u", cache->modified, cache->lines);
    struct hb_rect row = hb_take_top(&body, hb_em(pen->ui, 1.1));
    if (row.h > 0)
        hb_pen_text(pen, row, HB_FONT_SMALL, theme->text, whole, brief);
}

/* ---- Bus, memory, devices -------------------------------------------------------------------------------------- */

static void draw_bus(const struct hb_pen *pen, struct hb_rect rect) {
    const struct hb_view_bus *bus = &pen->view->bus;
    const struct hb_theme *theme = pen->list->theme;
    char share[HB_FORMAT_BYTES], use[64], whole[160], brief[64];
    hb_draw_round(pen->list, rect, hb_em(pen->ui, 0.3), bus->active ? theme->tint[HB_TONE_INFO] : theme->raised);
    struct hb_rect row = hb_rect_inset(rect, hb_em(pen->ui, 0.6), 0);
    snprintf(use, sizeof use, "held %s", hb_format_percent(share, (double)bus->utilisation));
    hb_pen_figure(pen, &row, HB_FONT_SMALL, use);
    if (!bus->active) {
        hb_pen_text(pen, row, HB_FONT_BODY, theme->muted, "the bus is free at this cycle", "bus: free");
        return;
    }
    const char *symbol = pen->view->computer.symbol;
    snprintf(whole, sizeof whole, "bus: CPU %u, %s of %08llx%s%s%s", bus->hart, pen->view->machine.type[bus->type],
             (unsigned long long)bus->address, symbol[0] != '\0' ? " (" : "", symbol, symbol[0] != '\0' ? ")" : "");
    snprintf(brief, sizeof brief, "CPU %u: %s", bus->hart, pen->view->machine.type[bus->type]);
    hb_pen_text(pen, row, HB_FONT_BODY, theme->tone_text[HB_TONE_INFO], whole, brief);
}

static void draw_part(const struct hb_pen *pen, struct hb_rect rect, const char *name, bool busy) {
    const struct hb_theme *theme = pen->list->theme;
    hb_card(pen->list, rect, hb_em(pen->ui, 0.3), busy ? theme->tint[HB_TONE_INFO] : theme->raised,
            busy ? theme->accent : theme->border);
    if (rect.h >= pen->ui->metrics->line[HB_FONT_BOLD])
        hb_draw_text(pen->list, rect, HB_FONT_BOLD, HB_ALIGN_CENTRE, theme->text, name);
}

static void draw_below(const struct hb_pen *pen, struct hb_rect rect) {
    uint8_t traffic = pen->view->computer.traffic;
    const struct hb_theme *theme = pen->list->theme;
    struct hb_rect links = hb_cut_top(&rect, hb_em(pen->ui, 1.2));
    struct hb_rect memory = hb_cut_left(&rect, (rect.w - hb_em(pen->ui, 1)) * 2 / 3);
    hb_cut_left(&rect, hb_em(pen->ui, 1));
    bool device = traffic == HB_TRAFFIC_DEVICE;
    bool moves = traffic == HB_TRAFFIC_FROM_MEMORY || traffic == HB_TRAFFIC_TO_MEMORY;
    draw_arrow(pen, (struct hb_rect){memory.x, links.y, memory.w, links.h},
               traffic == HB_TRAFFIC_FROM_MEMORY ? ARROW_UP
               : moves                           ? ARROW_DOWN
                                                 : ARROW_NONE,
               moves ? theme->accent : theme->border);
    draw_arrow(pen, (struct hb_rect){rect.x, links.y, rect.w, links.h}, device ? ARROW_DOWN : ARROW_NONE,
               device ? theme->accent : theme->border);
    draw_part(pen, memory, "memory", moves);
    draw_part(pen, rect, "devices", device);
}

/* ---- All of it ------------------------------------------------------------------------------------------------- */

/* One CPU over its cache; with `links` they are joined, to each other and to the bus. */
static void draw_column(const struct hb_pen *pen, struct hb_rect rect, uint32_t hart, bool links) {
    const bool narrow = rect.w < hb_em(pen->ui, 6);
    int link_h = links ? hb_em(pen->ui, 0.7) : 0,
        to_bus = links ? hb_clamp(rect.h / (narrow ? 3 : 5), hb_em(pen->ui, 1.4), hb_em(pen->ui, 6)) : 0;
    int room = rect.h - link_h - to_bus;
    int cache_h = hb_em(pen->ui, room < hb_em(pen->ui, 3.6) ? 0.9 : room < hb_em(pen->ui, 7) ? 2.3 : 3);
    int cpu_h = hb_clamp(room - cache_h, 0, hb_em(pen->ui, links && !narrow ? 8.4 : 4.4));
    int spare = rect.h - (cpu_h + cache_h + link_h + to_bus);
    hb_cut_top(&rect, links ? spare / 4 : spare / 2); /* links take what is left, down to the bus */
    draw_cpu(pen, hb_cut_top(&rect, cpu_h), hart);
    if (links)
        draw_arrow(pen, hb_cut_top(&rect, link_h), ARROW_NONE, pen->list->theme->border);
    draw_cache(pen, hb_cut_top(&rect, hb_min(cache_h, rect.h)), hart);
    if (links)
        draw_link(pen, rect, hart);
}

static void draw_legend(const struct hb_pen *pen, struct hb_rect head) {
    char waiting[48];
    snprintf(waiting, sizeof waiting, "%u wait%s for the bus", pen->view->bus.posted,
             hb_singular(pen->view->bus.posted));
    const char *const forms[] = {waiting};
    hb_draw_first_fit(pen->list, head, HB_FONT_SMALL, HB_ALIGN_RIGHT, pen->list->theme->muted, forms, 1);
}

void hb_scene_computer(struct hb_draw_list *list, struct hb_rect rect, const struct hb_view *view,
                       const struct hb_ui_state *ui) {
    const struct hb_pen pen = {list, ui, view};
    struct hb_frame frame = hb_panel_frame(list, rect, ui, HB_SCENE_COMPUTER, "Computer");
    struct hb_rect body = frame.body;
    int count = (int)view->machine.harts, gap = hb_em(ui, 0.3), columns = hb_pen_columns(&pen, body.w, count, 3.6);
    int rows = (count + columns - 1) / columns, pitch = (body.w + gap) / columns;
    draw_legend(&pen, frame.head);
    int low = hb_em(ui, body.h > hb_em(ui, 16) ? 4.5 : body.h > hb_em(ui, 14) ? 3.6 : 2.8);
    struct hb_rect below = hb_cut_bottom(&body, hb_min(low, body.h / 3));
    draw_below(&pen, below);
    draw_bus(&pen, hb_cut_bottom(&body, hb_em(ui, 1.7)));
    if (rows > 1) /* nothing links them to the bus: they stand apart from it as from each other */
        hb_cut_bottom(&body, gap);
    int height = (body.h + gap) / rows;
    for (int i = 0; i < count; i++) {
        struct hb_rect place = {body.x + i % columns * pitch, body.y + i / columns * height, pitch - gap,
                                rows == 1 ? body.h : height - gap};
        draw_column(&pen, place, (uint32_t)i, rows == 1);
    }
}
