/* A server: requests that wait, that are served and that were dropped, and how long the answers took. */
#include <math.h>
#include <stdio.h>

#include "ui/dashboard/model/format.h"
#include "ui/dashboard/panels/widgets.h"
#include "ui/dashboard/scenes/pen.h"
#include "ui/dashboard/scenes/scenes.h"

/* The cycles within which this share of the answers came, to the end of its bucket. */
static uint64_t within(const struct hb_view_server *server, double share) {
    uint32_t bucket = 0;
    double seen = server->bucket[0];
    while (bucket + 1 < HB_VIEW_BUCKETS && seen < share * server->answered)
        seen += server->bucket[++bucket];
    return hb_view_latency_end(server, bucket);
}

/* The same for reading: no answer took longer than the longest. */
static uint64_t at_most(const struct hb_view_server *server, double share) {
    uint64_t end = within(server, share);
    return end < server->longest_cycles ? end : server->longest_cycles;
}

/* ---- Requests in the machine ----------------------------------------------------------------------------------- */

/* A row of chips behind a title and a number: redder the longer they have been there. */
static void draw_requests(const struct hb_pen *pen, struct hb_rect row, const char *title, uint32_t count,
                          const struct hb_view_chip *chip, uint32_t chips) {
    char text[48], number[16], more[16];
    uint32_t drawn = 0;
    uint64_t longest = pen->view->server.longest_cycles;
    snprintf(text, sizeof text, "%u %s", count, title);
    struct hb_rect label = hb_cut_left(&row, hb_em(pen->ui, 9));
    hb_pen_text(pen, label, HB_FONT_BODY, pen->list->theme->text, text, NULL);
    for (; drawn < chips; drawn++) {
        snprintf(number, sizeof number, "%d", chip[drawn].task);
        int width = hb_metrics_width(pen->ui->metrics, HB_FONT_SMALL_BOLD, number) + hb_em(pen->ui, 0.6);
        if (row.w < width + hb_em(pen->ui, drawn + 1 < count ? 2.6 : 0.2))
            break;
        struct hb_rect box = hb_cut_left(&row, width);
        double share = longest == 0 ? 0 : (double)chip[drawn].waited_cycles / (double)longest;
        box = hb_rect_centre(box, width, hb_em(pen->ui, 1.2));
        hb_draw_round(pen->list, box, hb_em(pen->ui, 0.2), hb_theme_heat(share));
        hb_draw_text(pen->list, box, HB_FONT_SMALL_BOLD, HB_ALIGN_CENTRE, hb_theme_heat_ink, number);
        hb_cut_left(&row, hb_em(pen->ui, 0.2));
    }
    snprintf(more, sizeof more, "+%u", count - drawn);
    if (drawn < count)
        hb_pen_text(pen, row, HB_FONT_SMALL, pen->list->theme->muted, more, NULL);
}

static void draw_counts(const struct hb_pen *pen, struct hb_rect row) {
    const struct hb_view_server *server = &pen->view->server;
    const struct hb_theme *theme = pen->list->theme;
    char text[48], arrived[HB_FORMAT_BYTES], answered[HB_FORMAT_BYTES];
    int third = row.w / 3;
    struct hb_rect place = hb_cut_left(&row, third);
    snprintf(text, sizeof text, "%.20s arrived", hb_format_count(arrived, server->offered));
    hb_pen_text(pen, place, HB_FONT_BODY, theme->text, text, NULL);
    place = hb_cut_left(&row, third);
    snprintf(text, sizeof text, "%.20s answered", hb_format_count(answered, server->answered));
    hb_pen_text(pen, place, HB_FONT_BODY, theme->text, text, NULL);
    if (server->dropped > 0) {
        int side = hb_em(pen->ui, 0.7);
        hb_draw_shape(pen->list, hb_cut_left(&row, side), HB_SHAPE_CROSS, theme->tone[HB_TONE_WARN]);
        hb_cut_left(&row, hb_em(pen->ui, 0.3));
    }
    snprintf(text, sizeof text, "%u dropped", server->dropped);
    hb_pen_text(pen, row, HB_FONT_BODY, server->dropped > 0 ? theme->tone_text[HB_TONE_WARN] : theme->muted, text,
                NULL);
}

/* ---- The distribution ------------------------------------------------------------------------------------------ */

/* Heights grow with the root of the number, so that a tail of a few is seen beside thousands. */
static void draw_bars(const struct hb_pen *pen, struct hb_rect plot, uint32_t first, uint32_t end) {
    const struct hb_view_server *server = &pen->view->server;
    const struct hb_theme *theme = pen->list->theme;
    uint32_t most = 1;
    uint64_t tail = within(server, 0.99);
    for (uint32_t i = first; i < end; i++)
        most = server->bucket[i] > most ? server->bucket[i] : most;
    for (uint32_t i = first; i < end; i++) {
        int x = plot.x + plot.w * (int)(i - first) / (int)(end - first);
        int w = plot.x + plot.w * (int)(i + 1 - first) / (int)(end - first) - x - 1;
        int h = (int)(plot.h * sqrt((double)server->bucket[i] / most));
        bool in_tail = hb_view_latency_end(server, i) > tail;
        struct hb_rect bar = {x, plot.y + plot.h - h, w, h};
        hb_draw_rect(pen->list, bar, in_tail ? theme->tone[HB_TONE_WARN] : theme->chart);
        char tip[128], from[HB_FORMAT_BYTES], to[HB_FORMAT_BYTES];
        snprintf(tip, sizeof tip, "%u answer%s took %s to %s cycles.", server->bucket[i], hb_plural(server->bucket[i]),
                 hb_format_count(from, i == 0 ? 0 : hb_view_latency_end(server, i - 1)),
                 hb_format_count(to, hb_view_latency_end(server, i)));
        hb_draw_zone(pen->list, (struct hb_rect){x, plot.y, w, plot.h}, hb_command_of(HB_COMMAND_NONE, 0), true, tip);
    }
    hb_draw_rect(pen->list, (struct hb_rect){plot.x, plot.y + plot.h, plot.w, 1}, theme->muted);
}

static void draw_axis(const struct hb_pen *pen, struct hb_rect axis, uint32_t first, uint32_t end) {
    int width = hb_em(pen->ui, 6), last = -width;
    for (uint32_t i = first; i < end; i++) {
        char label[HB_FORMAT_BYTES];
        int x = axis.w * (int)(i + 1 - first) / (int)(end - first);
        struct hb_rect place = {axis.x + x - width / 2, axis.y, width, axis.h};
        if (x - last < width || place.x < axis.x || place.x + width > axis.x + axis.w)
            continue;
        hb_draw_rect(pen->list, (struct hb_rect){axis.x + x, axis.y, 1, 4}, pen->list->theme->muted);
        hb_draw_text(pen->list, place, HB_FONT_SMALL, HB_ALIGN_CENTRE, pen->list->theme->muted,
                     hb_format_count(label, hb_view_latency_end(&pen->view->server, i)));
        last = x;
    }
}

/* The buckets in use, at least twelve of them, under their title. */
static void draw_plot(const struct hb_pen *pen, struct hb_rect body, const char *title, const char *brief) {
    const struct hb_view_server *server = &pen->view->server;
    uint32_t first = 0, end = HB_VIEW_BUCKETS;
    while (end > 12 && server->bucket[end - 2] == 0)
        end--;
    while (first + 12 < end && server->bucket[first + 1] == 0)
        first++;
    hb_pen_text(pen, hb_take_top(&body, hb_em(pen->ui, 1.5)), HB_FONT_SMALL_BOLD, pen->list->theme->text, title, brief);
    struct hb_rect axis = hb_cut_bottom(&body, hb_em(pen->ui, 1.3));
    if (body.h < hb_em(pen->ui, 1.5) || axis.h < hb_em(pen->ui, 1.3))
        return;
    draw_bars(pen, body, first, end);
    draw_axis(pen, axis, first, end);
}

static void draw_latency(const struct hb_pen *pen, struct hb_rect body) {
    const struct hb_view_server *server = &pen->view->server;
    char p50[HB_FORMAT_BYTES], p99[HB_FORMAT_BYTES], longest[HB_FORMAT_BYTES], whole[256], brief[160];
    if (server->answered == 0) {
        hb_pen_say(pen, &body, HB_FONT_BODY, pen->list->theme->muted, "No request has been answered yet.");
        return;
    }
    hb_format_count(p50, at_most(server, 0.5));
    hb_format_count(p99, at_most(server, 0.99));
    hb_format_count(longest, server->longest_cycles);
    if (server->shortest_cycles == server->longest_cycles) {
        snprintf(whole, sizeof whole, "cycles from arrival to answer: %s, each time", longest);
        snprintf(brief, sizeof brief, "%s cycles, each time", longest);
    } else {
        snprintf(whole, sizeof whole, "cycles from arrival to answer: half within %s, 99 %% within %s, the longest %s",
                 p50, p99, longest);
        snprintf(brief, sizeof brief, "half within %s, 99 %% within %s cycles", p50, p99);
    }
    draw_plot(pen, body, whole, brief);
}

void hb_scene_server(struct hb_draw_list *list, struct hb_rect rect, const struct hb_view *view,
                     const struct hb_ui_state *ui) {
    const struct hb_pen pen = {list, ui, view};
    const struct hb_view_server *server = &view->server;
    struct hb_frame frame = hb_panel_frame(list, rect, ui, HB_SCENE_SERVER, "Server");
    struct hb_rect body = frame.body;
    if (!server->known) {
        hb_pen_say(&pen, &body, HB_FONT_BOLD, list->theme->text, "This experiment has no server.");
        hb_pen_say(&pen, &body, HB_FONT_BODY, list->theme->muted, "Try claims/latency or claims/server-kill.");
        return;
    }
    struct hb_rect counts = hb_take_top(&body, hb_em(ui, 1.5)), waits = hb_take_top(&body, hb_em(ui, 1.5));
    struct hb_rect served = hb_take_top(&body, hb_em(ui, 1.5));
    if (counts.h > 0)
        draw_counts(&pen, counts);
    if (waits.h > 0)
        draw_requests(&pen, waits, "wait", server->waiting, server->waits, server->wait_chips);
    if (served.h > 0)
        draw_requests(&pen, served, "in service", server->serving, server->served, server->served_chips);
    hb_cut_top(&body, hb_em(ui, 0.3));
    draw_latency(&pen, body);
}
