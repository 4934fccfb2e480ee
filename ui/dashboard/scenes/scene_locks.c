/* Locks: who holds each, who spins for it, who handed it to whom last, and how often. Those that were waited for
 * longest come first. */
#include <stdio.h>

#include "ui/dashboard/model/format.h"
#include "ui/dashboard/panels/widgets.h"
#include "ui/dashboard/scenes/pen.h"
#include "ui/dashboard/scenes/scenes.h"

/* Where the columns of a row begin and how wide they are, in pixels. */
struct columns {
    int name, owner, figure, figures, last; /* last 0: the last hand-over is not shown */
};

enum figure { HANDED_OVER, CONTENDED, TAKEN, WAIT, FIGURES };

static const char *const titles[FIGURES] = {"handed over", "contended", "taken", "mean wait"};

static struct columns columns_of(const struct hb_pen *pen, int width) {
    struct columns c = {.owner = hb_em(pen->ui, 4.6), .figure = hb_em(pen->ui, 6)};
    c.name = hb_clamp(width / 4, hb_em(pen->ui, 9.5), hb_em(pen->ui, 16));
    c.figures = hb_clamp((width - c.name - c.owner - hb_em(pen->ui, 10)) / c.figure, 0, FIGURES);
    int room = width - c.name - c.owner - c.figures * c.figure, boxes = hb_em(pen->ui, 1.7) * pen->view->machine.harts;
    c.last = room - hb_max(hb_em(pen->ui, 10), hb_min(boxes, room / 2)) >= hb_em(pen->ui, 9) ? hb_em(pen->ui, 9) : 0;
    return c;
}

static void draw_titles(const struct hb_pen *pen, struct hb_rect row, const struct columns *c) {
    hb_colour muted = pen->list->theme->muted;
    for (int i = c->figures; i-- > 0;)
        hb_draw_text(pen->list, hb_cut_right(&row, c->figure), HB_FONT_SMALL, HB_ALIGN_RIGHT, muted, titles[i]);
    hb_draw_text(pen->list, hb_cut_right(&row, c->last), HB_FONT_SMALL, HB_ALIGN_RIGHT, muted, "last hand-over");
    hb_draw_text(pen->list, hb_cut_left(&row, c->name), HB_FONT_SMALL, HB_ALIGN_LEFT, muted, "lock");
    hb_draw_text(pen->list, hb_cut_left(&row, c->owner), HB_FONT_SMALL, HB_ALIGN_LEFT, muted, "held by");
    hb_pen_text(pen, row, HB_FONT_SMALL, muted, "CPUs that spin for it", "spin for it");
}

static void draw_figures(const struct hb_pen *pen, struct hb_rect *row, const struct hb_view_lock *lock,
                         const struct columns *c) {
    uint64_t mean = lock->contended == 0 ? 0 : lock->wait_cycles / lock->contended;
    const uint64_t value[FIGURES] = {lock->handed_over, lock->contended, lock->taken, mean};
    for (int i = c->figures; i-- > 0;) {
        char figure[HB_FORMAT_BYTES];
        hb_draw_text(pen->list, hb_cut_right(row, c->figure), HB_FONT_BODY, HB_ALIGN_RIGHT, pen->list->theme->text,
                     hb_format_count(figure, value[i]));
    }
}

static void draw_owner(const struct hb_pen *pen, struct hb_rect place, const struct hb_view_lock *lock) {
    if (lock->owner < 0)
        hb_draw_text(pen->list, place, HB_FONT_SMALL, HB_ALIGN_LEFT, pen->list->theme->muted, "free");
    else
        hb_pen_hart(pen, place, (uint32_t)lock->owner);
}

static void draw_last(const struct hb_pen *pen, struct hb_rect place, const struct hb_view_lock *lock) {
    if (lock->handed_to >= 0)
        hb_draw_textf(pen->list, place, HB_FONT_SMALL, HB_ALIGN_RIGHT, pen->list->theme->muted, "CPU %d to CPU %d",
                      lock->handed_from, lock->handed_to);
}

/* A box with its number for each; then how many more. `stuck`: their row is tinted itself. */
static void draw_waiters(const struct hb_pen *pen, struct hb_rect row, const struct hb_view_lock *lock, bool stuck) {
    const struct hb_theme *theme = pen->list->theme;
    int width = hb_em(pen->ui, 1.7), left = __builtin_popcountll(lock->waiters);
    char more[16];
    for (uint32_t i = 0; i < pen->view->machine.harts; i++) {
        if (!(lock->waiters >> i & 1))
            continue;
        if (row.w < 2 * width && left > 1)
            break;
        struct hb_rect box = hb_cut_left(&row, width);
        box = hb_rect_centre(box, width - hb_em(pen->ui, 0.2), hb_em(pen->ui, 1.2));
        hb_draw_round(pen->list, box, hb_em(pen->ui, 0.2), stuck ? theme->panel : theme->tint[HB_TONE_WARN]);
        hb_draw_textf(pen->list, box, HB_FONT_SMALL_BOLD, HB_ALIGN_CENTRE, theme->tone_text[HB_TONE_WARN], "%u", i);
        left--;
    }
    snprintf(more, sizeof more, "+%d", left);
    if (left > 0)
        hb_pen_text(pen, row, HB_FONT_SMALL, theme->muted, more, NULL);
}

/* A click asks what happened to it last. */
static void follow(const struct hb_pen *pen, struct hb_rect row, const struct hb_view_lock *lock) {
    struct hb_command command = hb_command_of(HB_COMMAND_FOLLOW, lock->address);
    const struct hb_view_subject *subject = &pen->ui->subject;
    command.value = HB_SUBJECT_LOCK;
    if (subject->kind == HB_SUBJECT_LOCK && subject->id == lock->address)
        hb_draw_round(pen->list, (struct hb_rect){row.x - 4, row.y, row.w + 8, row.h}, 4,
                      pen->list->theme->tint[HB_TONE_INFO]);
    char cycle[HB_FORMAT_BYTES], last[96] = "", tip[240];
    if (lock->handed_to >= 0)
        snprintf(last, sizeof last, "Handed over last from CPU %d to CPU %d, in cycle %s. ", lock->handed_from,
                 lock->handed_to, hb_format_count(cycle, lock->handed_cycle));
    snprintf(tip, sizeof tip, "%sA click goes to what happened to it last; < and > to what came before and after.",
             last);
    hb_draw_zone(pen->list, row, command, true, tip);
}

static void draw_lock(const struct hb_pen *pen, struct hb_rect row, const struct hb_view_lock *lock,
                      const struct columns *c) {
    const struct hb_theme *theme = pen->list->theme;
    bool stuck = lock->owner >= 0 && pen->view->hart[lock->owner].state >= HB_VIEW_STOPPED && lock->waiters != 0;
    if (stuck)
        hb_draw_round(pen->list, (struct hb_rect){row.x - 4, row.y, row.w + 8, row.h}, 4, theme->tint[HB_TONE_WARN]);
    follow(pen, row, lock);
    draw_figures(pen, &row, lock, c);
    draw_last(pen, hb_cut_right(&row, c->last), lock);
    struct hb_rect name = hb_cut_left(&row, c->name - hb_em(pen->ui, 0.5));
    hb_cut_left(&row, hb_em(pen->ui, 0.5));
    enum hb_font font =
        hb_metrics_width(pen->ui->metrics, HB_FONT_BODY, lock->name) <= name.w ? HB_FONT_BODY : HB_FONT_SMALL;
    hb_pen_text(pen, name, font, theme->text, lock->name, lock->brief);
    draw_owner(pen, hb_cut_left(&row, c->owner), lock);
    draw_waiters(pen, row, lock, stuck);
}

static void draw_summary(const struct hb_pen *pen, struct hb_rect head) {
    char since[HB_FORMAT_BYTES], whole[96], brief[64];
    hb_format_count(since, pen->view->locks.since_cycle);
    const uint32_t total = pen->view->locks.total;
    snprintf(whole, sizeof whole, "%u lock%s; figures since cycle %s", total, hb_plural(total), since);
    snprintf(brief, sizeof brief, "%u lock%s", total, hb_plural(total));
    const char *const forms[] = {whole, brief};
    hb_draw_first_fit(pen->list, head, HB_FONT_SMALL, HB_ALIGN_RIGHT, pen->list->theme->muted, forms, 2);
}

static void say_none(const struct hb_pen *pen, struct hb_rect *body) {
    char since[HB_FORMAT_BYTES], text[120];
    hb_format_count(since, pen->view->locks.since_cycle);
    snprintf(text, sizeof text, "The kernel has reported no lock taken since cycle %s.", since);
    hb_pen_say(pen, body, HB_FONT_BODY, pen->list->theme->muted, text);
}

void hb_scene_locks(struct hb_draw_list *list, struct hb_rect rect, const struct hb_view *view,
                    const struct hb_ui_state *ui) {
    const struct hb_pen pen = {list, ui, view};
    struct hb_frame frame = hb_panel_frame(list, rect, ui, HB_SCENE_LOCKS, "Locks");
    struct hb_rect body = frame.body;
    struct columns columns = columns_of(&pen, body.w);
    draw_summary(&pen, frame.head);
    if (view->locks.count == 0)
        say_none(&pen, &body);
    else
        draw_titles(&pen, hb_take_top(&body, hb_em(ui, 1.3)), &columns);
    for (uint32_t i = 0; i < view->locks.count; i++) {
        struct hb_rect row = hb_take_top(&body, hb_em(ui, 1.6));
        if (row.h > 0)
            draw_lock(&pen, row, &view->locks.lock[i], &columns);
    }
}
