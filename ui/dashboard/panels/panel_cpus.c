/* Panel 1: a card for each CPU, with as much detail as there is room for. */
#include <stdio.h>

#include "ui/dashboard/model/format.h"
#include "ui/dashboard/model/sentence.h"
#include "ui/dashboard/panels/panels.h"
#include "ui/dashboard/panels/widgets.h"

struct card {
    struct hb_draw_list *list;
    const struct hb_ui_state *ui;
    const struct hb_view *view;
    const struct hb_view_hart *hart;
    uint32_t id;
};

static bool is_gone(const struct hb_view_hart *hart) {
    return hart->state == HB_VIEW_DEAD || hart->state == HB_VIEW_FENCED || hart->state == HB_VIEW_STOPPED;
}

/* What it does now if cycles can be followed one by one, otherwise what it mostly does. */
static enum hb_view_state shown_state(const struct card *card) {
    bool slow = !card->ui->playing || card->ui->speed < 200;
    return (enum hb_view_state)(slow || is_gone(card->hart) ? card->hart->state : card->hart->recent_state);
}

static void row_task(const struct card *card, struct hb_rect row) {
    const struct hb_theme *theme = card->list->theme;
    if (card->hart->queue >= 0 && row.w > hb_em(card->ui, 9)) {
        char text[24];
        snprintf(text, sizeof text, "queue %d", card->hart->queue);
        struct hb_rect place = hb_cut_right(&row, hb_metrics_width(card->ui->metrics, HB_FONT_SMALL, text));
        hb_draw_text(card->list, place, HB_FONT_SMALL, HB_ALIGN_RIGHT, theme->muted, text);
    }
    if (card->hart->task < 0) {
        hb_draw_text(card->list, row, HB_FONT_SMALL, HB_ALIGN_LEFT, theme->muted, "no task");
        return;
    }
    if (row.w > hb_em(card->ui, 5)) {
        hb_cut_left(&row, hb_draw_text(card->list, row, HB_FONT_SMALL, HB_ALIGN_LEFT, theme->muted, "task") +
                              hb_em(card->ui, 0.4));
    }
    hb_cut_left(&row, hb_task_chip(card->list, row, card->ui, card->hart->task) + hb_em(card->ui, 0.4));
    if (card->hart->attempt > 0 && row.w > hb_em(card->ui, 5)) {
        hb_draw_textf(card->list, row, HB_FONT_SMALL, HB_ALIGN_LEFT, theme->muted, "attempt %u",
                      card->hart->attempt + 1);
    }
}

static void row_pc(const struct card *card, struct hb_rect row) {
    const struct hb_theme *theme = card->list->theme;
    char pc[32];
    snprintf(pc, sizeof pc, "%08llx", (unsigned long long)card->hart->pc);
    int width = hb_metrics_width(card->ui->metrics, HB_FONT_MONO, pc);
    int symbol_w = hb_metrics_width(card->ui->metrics, HB_FONT_MONO, card->hart->symbol);
    if (row.w > 2 * width && row.w > symbol_w + width + hb_em(card->ui, 0.4)) {
        hb_draw_text(card->list, hb_cut_right(&row, width), HB_FONT_MONO, HB_ALIGN_RIGHT, theme->muted, pc);
        hb_cut_right(&row, hb_em(card->ui, 0.4));
    }
    hb_draw_text(card->list, row, HB_FONT_MONO, HB_ALIGN_LEFT, theme->text,
                 card->hart->symbol[0] != '\0' ? card->hart->symbol : pc);
}

static void row_time(const struct card *card, struct hb_rect row) {
    if (row.w > hb_em(card->ui, 8)) {
        struct hb_rect place = hb_cut_right(&row, hb_em(card->ui, 4.6));
        hb_draw_textf(card->list, place, HB_FONT_SMALL, HB_ALIGN_RIGHT, card->list->theme->text, "IPC %.2f",
                      (double)card->hart->recent_ipc);
        hb_cut_right(&row, hb_em(card->ui, 0.5));
    }
    hb_time_bar(card->list, hb_rect_centre(row, row.w, hb_em(card->ui, 0.6)), card->ui, (double)card->hart->recent_busy,
                (double)card->hart->recent_stalled);
}

/* "for mutex 2, held by CPU 1 (dead)", or as much of it as there is room for. */
static void row_spins(const struct card *card, struct hb_rect row) {
    const struct hb_view_hart *hart = card->hart;
    char held[32] = "", text[112];
    if (hart->wanted_from >= 0)
        snprintf(held, sizeof held, "CPU %d%s", hart->wanted_from,
                 card->view->hart[hart->wanted_from].state >= HB_VIEW_STOPPED ? ", dead" : "");
    for (int i = held[0] == '\0' ? 2 : 0; i < 3; i++) {
        snprintf(text, sizeof text, i == 0 ? "for %s, held by %s" : i == 1 ? "%s: %s" : "for %s", hart->wanted, held);
        if (hb_metrics_width(card->ui->metrics, HB_FONT_SMALL, text) <= row.w)
            break;
    }
    hb_draw_text(card->list, row, HB_FONT_SMALL, HB_ALIGN_LEFT, card->list->theme->tone_text[HB_TONE_WARN], text);
}

static void row_stall(const struct card *card, struct hb_rect row) {
    char share[HB_FORMAT_BYTES];
    const struct hb_view_hart *hart = card->hart;
    if (shown_state(card) == HB_VIEW_SPINS) {
        row_spins(card, row);
        return;
    }
    bool now = shown_state(card) == HB_VIEW_STALLED && hart->state == HB_VIEW_STALLED;
    const char *cause = card->view->machine.cause[now ? hart->cause : hart->recent_cause];
    if (hart->recent_stalled < 0.005f) {
        hb_draw_text(card->list, row, HB_FONT_SMALL, HB_ALIGN_LEFT, card->list->theme->muted, "never waits");
        return;
    }
    char text[96];
    hb_format_percent(share, (double)hart->recent_stalled);
    snprintf(text, sizeof text, "waits %s: %s", share, cause);
    if (hb_metrics_width(card->ui->metrics, HB_FONT_SMALL, text) > row.w)
        snprintf(text, sizeof text, "waits %s", share); /* the tooltip says for what */
    hb_draw_text(card->list, row, HB_FONT_SMALL, HB_ALIGN_LEFT, card->list->theme->muted, text);
}

static void row_beat(const struct card *card, struct hb_rect row) {
    if (card->hart->state == HB_VIEW_FENCED || row.w < hb_em(card->ui, 9.8))
        return;
    const struct hb_theme *theme = card->list->theme;
    double timeout = (double)card->view->machine.heartbeat_timeout_cycles;
    double age = (double)card->hart->beat_age_cycles;
    char ago[HB_FORMAT_BYTES];
    struct hb_rect label = hb_cut_left(&row, hb_em(card->ui, 5));
    hb_draw_text(card->list, label, HB_FONT_SMALL, HB_ALIGN_LEFT, theme->muted, "heartbeat");
    if (timeout <= 0 || age < 0) {
        hb_draw_text(card->list, row, HB_FONT_SMALL, HB_ALIGN_RIGHT, theme->muted, timeout <= 0 ? "off" : "none yet");
        return;
    }
    struct hb_rect figure = hb_cut_right(&row, hb_em(card->ui, 4.6));
    hb_draw_text(card->list, figure, HB_FONT_SMALL, HB_ALIGN_RIGHT, theme->muted,
                 hb_format_count(ago, (uint64_t)card->hart->beat_age_cycles));
    hb_cut_right(&row, hb_em(card->ui, 0.5));
    hb_level_bar(card->list, row, card->ui, age / timeout, -1, age > timeout ? HB_TONE_WARN : HB_TONE_INFO);
}

/* When it came into the state that it shows. */
static uint64_t since(const struct hb_view_hart *hart) {
    return hart->state == HB_VIEW_FENCED && hart->fenced_cycle != 0 ? hart->fenced_cycle : hart->stopped_cycle;
}

static void row_since(const struct card *card, struct hb_rect row) {
    char cycle[HB_FORMAT_BYTES], text[HB_FORMAT_BYTES + 16];
    hb_format_count(cycle, since(card->hart));
    snprintf(text, sizeof text, "since cycle %s", cycle);
    const char *const forms[] = {text, cycle};
    hb_draw_first_fit(card->list, row, HB_FONT_SMALL, HB_ALIGN_LEFT, card->list->theme->text, forms, 2);
}

/* A large cross beside the text, where the card has room; it is cut off *body. */
static void draw_cross(const struct card *card, struct hb_rect *body) {
    const struct hb_theme *theme = card->list->theme;
    int side = hb_min(body->h * 3 / 4, hb_em(card->ui, 4));
    if (body->w > hb_em(card->ui, 10) + side && side > hb_em(card->ui, 1.5)) {
        struct hb_rect place = hb_cut_right(body, side);
        hb_draw_shape(card->list, hb_rect_centre(place, side, side), HB_SHAPE_CROSS,
                      hb_theme_mix(theme->ground, theme->text, 0.75));
        hb_cut_right(body, hb_em(card->ui, 0.6));
    }
}

static void row_left(const struct card *card, struct hb_rect row) {
    const char *text = card->hart->state == HB_VIEW_FENCED ? "it can never interfere again"
                       : card->hart->state == HB_VIEW_DEAD ? "its silence is all that tells it"
                                                           : "it never reported or left";
    if (hb_metrics_width(card->ui->metrics, HB_FONT_SMALL, text) <= row.w)
        hb_draw_text(card->list, row, HB_FONT_SMALL, HB_ALIGN_LEFT, card->list->theme->muted, text);
}

typedef void row_fn(const struct card *card, struct hb_rect row);

/* In display order; those of a higher rank give way first. */
static const struct {
    row_fn *draw;
    int rank;
} live_rows[] = {{row_task, 1}, {row_pc, 4}, {row_time, 2}, {row_stall, 3}, {row_beat, 5}},
  gone_rows[] = {{row_since, 1}, {row_left, 3}, {row_beat, 2}};

static void draw_rows(const struct card *card, struct hb_rect body) {
    bool gone = is_gone(card->hart);
    int count = gone ? (int)(sizeof gone_rows / sizeof *gone_rows) : (int)(sizeof live_rows / sizeof *live_rows);
    int height = hb_em(card->ui, body.h >= count * hb_em(card->ui, 1.25) ? 1.25 : 1.02);
    int room = body.h / hb_max(1, height), shown = hb_min(room, count);
    int spare = shown > 0 ? hb_min((body.h - shown * height) / shown, hb_em(card->ui, 0.9)) : 0;
    for (int i = 0; i < count; i++) {
        if ((gone ? gone_rows[i].rank : live_rows[i].rank) <= room) {
            (gone ? gone_rows[i].draw : live_rows[i].draw)(card, hb_cut_top(&body, height));
            hb_cut_top(&body, spare);
        }
    }
}

static void describe(const struct card *card, char *tip, size_t bytes) {
    char busy[HB_FORMAT_BYTES], stalled[HB_FORMAT_BYTES], idle[HB_FORMAT_BYTES];
    const struct hb_view_hart *hart = card->hart;
    if (is_gone(hart)) {
        snprintf(tip, bytes, "CPU %u is %s since cycle %s: it cannot be killed again.", card->id,
                 hart->state == HB_VIEW_DEAD     ? "dead"
                 : hart->state == HB_VIEW_FENCED ? "fenced"
                                                 : "stopped",
                 hb_format_count(busy, since(hart)));
        return;
    }
    if (hart->state == HB_VIEW_SPINS) {
        hb_sentence_spins(card->view, card->id, tip, bytes);
        return;
    }
    snprintf(
        tip, bytes, "CPU %u works %s of its time, waits %s (mostly: %s), is idle %s.\n%s", card->id,
        hb_format_percent(busy, (double)hart->recent_busy), hb_format_percent(stalled, (double)hart->recent_stalled),
        card->view->machine.cause[hart->recent_cause], hb_format_percent(idle, (double)hart->recent_idle),
        card->view->status == HB_VIEW_GOING ? "Click to kill it: it stops at this very cycle. Right click selects it."
                                            : "The experiment is over: it cannot be killed now.");
}

static void draw_head(const struct card *card, struct hb_rect head, const struct hb_look *look) {
    const struct hb_theme *theme = card->list->theme;
    const struct hb_metrics *metrics = card->ui->metrics;
    hb_colour ink = is_gone(card->hart) ? theme->tone_text[HB_TONE_BAD] : theme->text;
    char name[16], whole[32];
    snprintf(name, sizeof name, "CPU %u", card->id);
    snprintf(whole, sizeof whole, "%s, the master", name);
    const bool master = card->view->machine.amp && card->id == card->view->master;
    int name_w = hb_metrics_width(metrics, HB_FONT_BOLD, name);
    int word_w = hb_metrics_width(metrics, HB_FONT_SMALL_BOLD, look->word) + hb_em(card->ui, 2.5);
    if (head.w >= name_w + word_w) {
        hb_pill(card->list, head, card->ui, look);
    } else {
        int side = hb_min(hb_em(card->ui, head.w < hb_em(card->ui, 2) ? 0.55 : 0.75), head.w / 2);
        hb_draw_shape(card->list, hb_cut_right(&head, side), look->shape, theme->tone[look->tone]);
    }
    enum hb_font font = head.w < hb_em(card->ui, 1.5) ? HB_FONT_SMALL : HB_FONT_BOLD;
    if (head.w < name_w)
        snprintf(name, sizeof name, "%u", card->id);
    if (master && hb_metrics_width(metrics, font, whole) <= head.w)
        hb_draw_text(card->list, head, font, HB_ALIGN_LEFT, ink, whole);
    else if (hb_metrics_width(metrics, font, name) <= head.w) /* otherwise the tooltip says which it is */
        hb_draw_text(card->list, head, font, HB_ALIGN_LEFT, ink, name);
}

static hb_colour edge_of(const struct card *card, bool hover) {
    const struct hb_theme *theme = card->list->theme;
    return hover ? theme->tone[HB_TONE_WARN] : card->id == card->ui->selected ? theme->accent : theme->border;
}

static void draw_inside(const struct card *card, struct hb_rect rect) {
    const struct hb_ui_state *ui = card->ui;
    const struct hb_look *look = hb_state_look(shown_state(card));
    int pad_x = hb_em(ui, rect.w > hb_em(ui, 6) ? 0.6 : rect.w > hb_em(ui, 2.5) ? 0.3 : 0.15);
    if (rect.h < hb_em(ui, 2.9)) { /* no room for rows */
        struct hb_rect inner = hb_rect_inset(rect, pad_x, 0);
        draw_head(card, hb_rect_centre(inner, inner.w, hb_em(ui, 1.5)), look);
        return;
    }
    struct hb_rect inner = hb_rect_inset(rect, pad_x, hb_em(ui, rect.h < hb_em(ui, 5) ? 0.2 : 0.35));
    draw_head(card, hb_cut_top(&inner, hb_em(ui, rect.h < hb_em(ui, 5) ? 1.45 : 1.6)), look);
    if (is_gone(card->hart))
        draw_cross(card, &inner);
    draw_rows(card, inner);
}

static void draw_card(const struct card *card, struct hb_rect rect) {
    const struct hb_theme *theme = card->list->theme;
    bool gone = is_gone(card->hart), alive = !gone && card->view->status == HB_VIEW_GOING;
    bool hover = alive && hb_rect_has(rect, card->ui->mouse_x, card->ui->mouse_y);
    int thick = hover ? 2 : 1, radius = hb_em(card->ui, 0.35);
    char tip[320];
    describe(card, tip, sizeof tip);
    hb_draw_round(card->list, rect, radius, edge_of(card, hover));
    hb_draw_round(card->list, hb_rect_inset(rect, thick, thick), radius - thick, gone ? theme->ground : theme->raised);
    hb_draw_zone(card->list, rect, hb_command_of(HB_COMMAND_KILL, card->id), alive, tip);
    draw_inside(card, rect);
}

/* How many cards per row: as large as possible at about 1.9 : 1. */
static int best_columns(struct hb_rect rect, int count, int gap) {
    int best = 1;
    double best_size = -1;
    for (int columns = 1; columns <= count; columns++) {
        int rows = (count + columns - 1) / columns;
        double w = (double)(rect.w - (columns - 1) * gap) / columns, h = (double)(rect.h - (rows - 1) * gap) / rows;
        double size = w / 1.9 < h ? w / 1.9 : h;
        if (size > best_size) {
            best_size = size;
            best = columns;
        }
    }
    return best;
}

void hb_panel_cpus(struct hb_draw_list *list, struct hb_rect rect, const struct hb_view *view,
                   const struct hb_ui_state *ui) {
    struct hb_frame frame = hb_panel_frame(list, rect, ui, HB_SCENE_CPUS, "CPUs");
    struct hb_rect body = frame.body;
    int count = (int)view->machine.harts, gap = hb_em(ui, count > 16 ? 0.2 : 0.5);
    int columns = best_columns(body, count, gap), rows = (count + columns - 1) / columns;
    int w = (body.w - (columns - 1) * gap) / columns, h = (body.h - (rows - 1) * gap) / hb_max(1, rows);
    h = hb_min(h, hb_em(ui, 15));
    if (view->story.kind == HB_STORY_NONE && view->status == HB_VIEW_GOING)
        hb_draw_text(list, frame.head, HB_FONT_SMALL, HB_ALIGN_RIGHT, list->theme->muted, "click one to kill it");
    for (int i = 0; i < count; i++) {
        struct card card = {list, ui, view, &view->hart[i], (uint32_t)i};
        draw_card(&card, (struct hb_rect){body.x + i % columns * (w + gap), body.y + i / columns * (h + gap), w, h});
    }
}
