/* The diagram of the coherence protocol, drawn from its table: a node for each state, solid ways for what a cache's own
 * side asks for, dashed ones for what it sees on the bus. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "ui/dashboard/panels/widgets.h"
#include "ui/dashboard/scenes/lines_parts.h"

#define PI 3.14159265358979

/* Ways from a state to another, as bits of enum hb_event. */
struct ways {
    uint32_t events[HB_STATES_MAX][HB_STATES_MAX];
    uint8_t transaction[HB_STATES_MAX][HB_STATES_MAX]; /* of the first own event */
};

struct diagram {
    const struct hb_pen *pen;
    const struct hb_protocol *protocol;
    struct hb_rect area;
    int side; /* of a node */
    int x[HB_STATES_MAX], y[HB_STATES_MAX];
    struct ways ways;
};

static bool is_own(uint32_t events) {
    return (events & ((1u << HB_SNOOP_READ) - 1)) != 0;
}

static void add_way(struct diagram *d, uint32_t from, uint32_t to, uint32_t event, uint8_t transaction) {
    if (from == to || to >= d->protocol->states)
        return;
    if (event < HB_SNOOP_READ && !is_own(d->ways.events[from][to]))
        d->ways.transaction[from][to] = transaction;
    d->ways.events[from][to] |= 1u << event;
}

static void find_ways(struct diagram *d) {
    for (uint32_t from = 0; from < d->protocol->states; from++)
        for (uint32_t event = 0; event < HB_EVENTS; event++) {
            const struct hb_row *row = &d->protocol->row[from][event];
            if (!row->defined)
                continue;
            add_way(d, from, row->next, event, row->transaction);
            if (event < HB_SNOOP_READ)
                add_way(d, from, row->next_shared, event, row->transaction);
        }
}

/* On an ellipse, I at the lower left. */
static void place_nodes(struct diagram *d) {
    double w = (d->area.w - d->side) / 2.0, h = (d->area.h - d->side) / 2.0;
    for (uint32_t i = 0; i < d->protocol->states; i++) {
        double angle = PI * (0.75 + 2.0 * i / d->protocol->states);
        double wide = d->protocol->states == 4 ? sqrt(2) : 1; /* four stand in the corners */
        d->x[i] = d->area.x + d->area.w / 2 + (int)lround(w * cos(angle) * wide);
        d->y[i] = d->area.y + d->area.h / 2 + (int)lround(h * sin(angle) * wide);
    }
}

/* ---- Ways ------------------------------------------------------------------------------------------------------ */

/* Where a way begins, where it ends, and its direction; those there and back stand side by side. */
struct way {
    double from[2], to[2], along[2];
};

static struct way way_between(const struct diagram *d, uint32_t from, uint32_t to) {
    double dx = d->x[to] - d->x[from], dy = d->y[to] - d->y[from], length = fmax(1, hypot(dx, dy));
    double along[2] = {dx / length, dy / length}, apart = hb_em(d->pen->ui, 0.28), edge = d->side * 0.62;
    return (struct way){
        .from = {d->x[from] + along[0] * edge - along[1] * apart, d->y[from] + along[1] * edge + along[0] * apart},
        .to = {d->x[to] - along[0] * edge - along[1] * apart, d->y[to] - along[1] * edge + along[0] * apart},
        .along = {along[0], along[1]}};
}

static void draw_piece(const struct diagram *d, const struct way *way, double begin, double end, int thickness,
                       hb_colour colour) {
    double dx = way->to[0] - way->from[0], dy = way->to[1] - way->from[1];
    hb_draw_line(d->pen->list, (int)lround(way->from[0] + dx * begin), (int)lround(way->from[1] + dy * begin),
                 (int)lround(way->from[0] + dx * end), (int)lround(way->from[1] + dy * end), thickness, colour);
}

static void draw_head(const struct diagram *d, const struct way *way, int thickness, hb_colour colour) {
    double size = hb_em(d->pen->ui, 0.4);
    for (int side = -1; side <= 1; side += 2)
        hb_draw_line(d->pen->list, (int)lround(way->to[0]), (int)lround(way->to[1]),
                     (int)lround(way->to[0] - size * (way->along[0] - side * 0.6 * way->along[1])),
                     (int)lround(way->to[1] - size * (way->along[1] + side * 0.6 * way->along[0])), thickness, colour);
}

static void draw_way(const struct diagram *d, uint32_t from, uint32_t to, bool dashed, int thickness,
                     hb_colour colour) {
    struct way way = way_between(d, from, to);
    double length = hypot(way.to[0] - way.from[0], way.to[1] - way.from[1]);
    int dashes = (int)(length / hb_em(d->pen->ui, 0.55)) | 1; /* odd: the head stands at the end of a dash */
    if (!dashed)
        draw_piece(d, &way, 0, 1, thickness, colour);
    for (int i = 0; dashed && i < dashes; i += 2)
        draw_piece(d, &way, (double)i / dashes, (double)(i + 1) / dashes, thickness, colour);
    draw_head(d, &way, thickness, colour);
}

/* "S to M: write (BusUpgr)" */
static void tell_way(const struct diagram *d, uint32_t from, uint32_t to, char *text, size_t bytes) {
    uint32_t events = d->ways.events[from][to];
    int used = snprintf(text, bytes, "%c to %c:", d->protocol->state[from].letter, d->protocol->state[to].letter);
    const char *comma = "";
    for (uint32_t event = 0; event < HB_EVENTS && used < (int)bytes; event++) {
        if (!(events >> event & 1))
            continue;
        used += snprintf(text + used, bytes - (size_t)used, "%s %s%s", comma, event < HB_SNOOP_READ ? "" : "sees ",
                         hb_event_name((enum hb_event)event));
        comma = ",";
    }
    if (is_own(events) && d->ways.transaction[from][to] != HB_TXN_NONE && used < (int)bytes)
        snprintf(text + used, bytes - (size_t)used, " (%s)", hb_txn_name((enum hb_txn)d->ways.transaction[from][to]));
}

static void add_tip(const struct diagram *d, uint32_t from, uint32_t to) {
    char text[200];
    struct way way = way_between(d, from, to);
    int side = hb_em(d->pen->ui, 1);
    /* a third of the way, where the ways across do not meet */
    int x = (int)(way.from[0] + (way.to[0] - way.from[0]) / 3), y = (int)(way.from[1] + (way.to[1] - way.from[1]) / 3);
    tell_way(d, from, to, text, sizeof text);
    hb_draw_zone(d->pen->list, (struct hb_rect){x - side / 2, y - side / 2, side, side},
                 hb_command_of(HB_COMMAND_NONE, 0), true, text);
}

static void draw_ways(const struct diagram *d) {
    const struct hb_theme *theme = d->pen->list->theme;
    for (uint32_t from = 0; from < d->protocol->states; from++)
        for (uint32_t to = 0; to < d->protocol->states; to++)
            if (d->ways.events[from][to] != 0) {
                draw_way(d, from, to, !is_own(d->ways.events[from][to]), 1, theme->muted);
                add_tip(d, from, to);
            }
}

/* ---- The ways just taken --------------------------------------------------------------------------------------- */

/* The name of the transaction on the requester's way, where no node is in its place. */
static void label_way(const struct diagram *d, const struct hb_view_turn *turn, uint32_t from, uint32_t to) {
    const struct hb_pen *pen = d->pen;
    const char *name = turn->transaction == HB_TXN_NONE ? "no bus" : hb_txn_name((enum hb_txn)turn->transaction);
    struct way way = way_between(d, from, to);
    int width = hb_metrics_width(pen->ui->metrics, HB_FONT_SMALL_BOLD, name) + hb_em(pen->ui, 0.4);
    int height = pen->ui->metrics->line[HB_FONT_SMALL_BOLD];
    struct hb_rect box = {(int)((way.from[0] + way.to[0]) / 2) - width / 2,
                          (int)((way.from[1] + way.to[1]) / 2) - height / 2, width, height};
    box.x = hb_clamp(box.x, d->area.x, hb_max(d->area.x, d->area.x + d->area.w - width));
    for (uint32_t i = 0; i < d->protocol->states; i++)
        if (box.x < d->x[i] + d->side && d->x[i] - d->side < box.x + box.w && box.y < d->y[i] + d->side / 2 &&
            d->y[i] - d->side / 2 < box.y + box.h)
            return;
    hb_draw_rect(pen->list, box, pen->list->theme->panel);
    hb_draw_text(pen->list, box, HB_FONT_SMALL_BOLD, HB_ALIGN_CENTRE, pen->list->theme->text, name);
}

static void draw_taken(const struct diagram *d) {
    const struct hb_theme *theme = d->pen->list->theme;
    const struct hb_view_turn *turn = &d->pen->view->lines.turn;
    int thickness = hb_max(3, hb_em(d->pen->ui, 0.22));
    for (uint32_t i = 0; i < turn->changes && turn->known; i++) {
        const struct hb_view_change *change = &turn->change[i];
        bool own = change->hart == turn->hart;
        if (change->before < d->protocol->states && change->after < d->protocol->states)
            draw_way(d, change->before, change->after, !own, thickness,
                     own ? theme->accent : theme->tone[HB_TONE_WARN]);
    }
    for (uint32_t i = 0; i < turn->changes && turn->known; i++) /* above all lines */
        if (turn->change[i].hart == turn->hart && turn->change[i].before < d->protocol->states &&
            turn->change[i].after < d->protocol->states)
            label_way(d, turn, turn->change[i].before, turn->change[i].after);
}

/* ---- All of it ------------------------------------------------------------------------------------------------- */

static void draw_nodes(const struct diagram *d) {
    for (uint32_t i = 0; i < d->protocol->states; i++) {
        struct hb_rect box = {d->x[i] - d->side / 2, d->y[i] - d->side / 2, d->side, d->side};
        char tip[96];
        hb_lines_mark(d->pen, box, d->protocol->state[i].letter, d->side);
        snprintf(tip, sizeof tip, "%c: %s", d->protocol->state[i].letter, d->protocol->state[i].name);
        hb_draw_zone(d->pen->list, box, hb_command_of(HB_COMMAND_NONE, 0), true, tip);
    }
}

void hb_lines_diagram(const struct hb_pen *pen, struct hb_rect area) {
    static const char *const legends[] = {"solid: what its own CPU asks for; dashed: what it sees",
                                          "solid: its own; dashed: seen", "dashed: seen"};
    struct diagram d = {.pen = pen, .protocol = pen->view->machine.protocol, .side = hb_em(pen->ui, 1.9)};
    if (d.protocol == NULL || d.protocol->states < 2 || area.h < hb_em(pen->ui, 7.5) || area.w < hb_em(pen->ui, 9))
        return;
    struct hb_rect legend = hb_cut_bottom(&area, hb_em(pen->ui, 1.3));
    area = hb_rect_centre(area, hb_em(pen->ui, 22), hb_em(pen->ui, 13));
    d.area = hb_rect_inset(area, hb_em(pen->ui, 0.4), hb_em(pen->ui, 0.3));
    find_ways(&d);
    place_nodes(&d);
    draw_ways(&d);
    draw_taken(&d);
    draw_nodes(&d);
    hb_draw_first_fit(pen->list, legend, HB_FONT_SMALL, HB_ALIGN_CENTRE, pen->list->theme->muted, legends, 3);
}
