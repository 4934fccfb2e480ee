/* Queues: under each CPU a chip for every task that waits for it, redder the longer it waits; a task that has moved
 * leaves an arrow. With a master, its list stands above the workers, and its messages are arrows between them. */
#include <math.h>
#include <stdio.h>

#include "ui/dashboard/model/format.h"
#include "ui/dashboard/panels/widgets.h"
#include "ui/dashboard/scenes/pen.h"
#include "ui/dashboard/scenes/scenes.h"

#define FRESH_SECONDS 3.0 /* of playing in which a move stands out */
#define GLIDE_SECONDS 0.4
#define MOVES_SHOWN   4

/* Seconds of playing since this cycle. */
static double age_seconds(const struct hb_pen *pen, uint64_t cycle) {
    return (double)(pen->view->cycle - cycle) / (pen->ui->speed > 1 ? pen->ui->speed : 1);
}

/* ---- A CPU and its queue --------------------------------------------------------------------------------------- */

/* How large chips are: larger where there is room. */
struct chip_size {
    enum hb_font font;
    int height;
};

static struct chip_size chip_size(const struct hb_pen *pen, struct hb_rect block) {
    bool large = block.w >= hb_em(pen->ui, 9) && block.h >= hb_em(pen->ui, 8);
    return large ? (struct chip_size){HB_FONT_BOLD, hb_em(pen->ui, 1.7)}
                 : (struct chip_size){HB_FONT_SMALL_BOLD, hb_em(pen->ui, 1.2)};
}

static int chip_width(const struct hb_pen *pen, enum hb_font font, int32_t task) {
    char number[16];
    snprintf(number, sizeof number, "%d", task);
    return hb_metrics_width(pen->ui->metrics, font, number) + hb_em(pen->ui, 0.6);
}

/* A waiting task: the ground reddens, and a bar along its foot grows, up to the longest wait of the run. */
static void draw_chip(const struct hb_pen *pen, struct hb_rect box, enum hb_font font,
                      const struct hb_view_chip *chip) {
    uint64_t longest = pen->view->queues.longest_wait_cycles;
    double share = longest == 0 ? 0 : (double)chip->waited_cycles / (double)longest;
    int foot = hb_max(2, hb_em(pen->ui, 0.16));
    hb_draw_round(pen->list, box, hb_em(pen->ui, 0.2), hb_theme_heat(share));
    hb_draw_rect(pen->list, (struct hb_rect){box.x, box.y + box.h - foot, (int)(box.w * share), foot},
                 hb_theme_heat_ink);
    hb_draw_textf(pen->list, box, font, HB_ALIGN_CENTRE, hb_theme_heat_ink, "%d", chip->task);
}

/* As many chips as there is room for, those that have waited longest first; then how many more. */
static void draw_chips(const struct hb_pen *pen, struct hb_rect rest, const struct hb_view_queue *queue) {
    struct chip_size size = chip_size(pen, rest);
    int height = size.height, gap = hb_em(pen->ui, 0.2), more_w = hb_em(pen->ui, 2.4);
    struct hb_rect row = hb_take_top(&rest, height);
    uint32_t drawn = 0;
    while (drawn < queue->chips && row.h > 0) {
        int width = chip_width(pen, size.font, queue->chip[drawn].task);
        bool last = rest.h < height + gap && drawn + 1 < queue->count;
        if (row.w < width + (last ? more_w + gap : 0)) {
            hb_cut_top(&rest, gap);
            struct hb_rect next = hb_take_top(&rest, height);
            if (next.h == 0)
                break;
            row = next;
            continue;
        }
        draw_chip(pen, hb_cut_left(&row, width), size.font, &queue->chip[drawn++]);
        hb_cut_left(&row, gap);
    }
    char more[24];
    snprintf(more, sizeof more, "+%u", queue->count - drawn);
    const char *const forms[] = {more};
    if (drawn < queue->count && row.h > 0)
        hb_draw_first_fit(pen->list, row, HB_FONT_SMALL, HB_ALIGN_LEFT, pen->list->theme->muted, forms, 1);
}

static void add_zone(const struct hb_pen *pen, struct hb_rect rect, uint32_t hart) {
    const struct hb_view_queue *queue = &pen->view->queues.queue[hart];
    char tip[160], waited[HB_FORMAT_BYTES];
    if (queue->chips == 0)
        snprintf(tip, sizeof tip, "No task waits for CPU %u.", hart);
    else
        snprintf(tip, sizeof tip, "%u wait%s for CPU %u; task %d longest, for %s cycles.", queue->count,
                 queue->count == 1 ? "s" : "", hart, queue->chip[0].task,
                 hb_format_count(waited, queue->chip[0].waited_cycles));
    hb_draw_zone(pen->list, rect, hb_command_of(HB_COMMAND_SELECT, hart), true, tip);
}

static void draw_name(const struct hb_pen *pen, struct hb_rect row, uint32_t hart) {
    const struct hb_view_hart *at = &pen->view->hart[hart];
    if (at->task >= 0 && at->state < HB_VIEW_STOPPED && row.w > hb_em(pen->ui, 3.2)) {
        int width = chip_width(pen, HB_FONT_SMALL_BOLD, at->task) + hb_em(pen->ui, 0.1);
        hb_task_chip(pen->list, hb_cut_right(&row, width), pen->ui, at->task);
        hb_cut_right(&row, hb_em(pen->ui, 0.3));
    }
    hb_pen_hart(pen, row, hart);
}

static void draw_block(const struct hb_pen *pen, struct hb_rect rect, uint32_t hart) {
    const struct hb_theme *theme = pen->list->theme;
    const struct hb_view_queue *queue = &pen->view->queues.queue[hart];
    bool gone = pen->view->hart[hart].state >= HB_VIEW_STOPPED;
    hb_card(pen->list, rect, hb_em(pen->ui, 0.3), gone ? theme->ground : theme->raised,
            hart == pen->ui->selected ? theme->accent : theme->border);
    add_zone(pen, rect, hart);
    struct hb_rect body = hb_rect_inset(rect, hb_em(pen->ui, 0.35), hb_em(pen->ui, 0.15));
    struct hb_rect head = hb_take_top(&body, hb_em(pen->ui, 1.35));
    if (head.h == 0)
        return;
    if (body.h < hb_em(pen->ui, 1.4) && queue->count > 0) { /* no room for chips: how many */
        char count[16];
        snprintf(count, sizeof count, "%u", queue->count);
        int width = hb_metrics_width(pen->ui->metrics, HB_FONT_SMALL, count);
        if (width + hb_em(pen->ui, 2.6) < head.w)
            hb_draw_text(pen->list, hb_cut_right(&head, width), HB_FONT_SMALL, HB_ALIGN_RIGHT, theme->muted, count);
    }
    draw_name(pen, head, hart);
    hb_cut_top(&body, hb_em(pen->ui, 0.1));
    draw_chips(pen, body, queue);
}

/* How much of its way a task that moved then has gone. */
static double way_gone(const struct hb_pen *pen, uint64_t cycle) {
    return fmin(1, age_seconds(pen, cycle) / GLIDE_SECONDS);
}

/* ---- Moves ----------------------------------------------------------------------------------------------------- */

/* An arrow from x to x on a line, with the task on it: it glides to the head when it is new, and stays there. */
static void draw_arrow(const struct hb_pen *pen, struct hb_rect row, int from_x, int to_x,
                       const struct hb_view_move *move) {
    const struct hb_theme *theme = pen->list->theme;
    hb_colour colour = age_seconds(pen, move->cycle) < FRESH_SECONDS ? theme->accent : theme->muted;
    int tip = hb_em(pen->ui, 0.6), y = row.y + row.h / 2, width = chip_width(pen, HB_FONT_SMALL_BOLD, move->task);
    int left = hb_min(from_x, to_x), length = hb_max(from_x, to_x) - left;
    bool right = to_x > from_x;
    hb_draw_rect(pen->list, (struct hb_rect){left, y - 1, length, 2}, colour);
    hb_draw_rect(pen->list, (struct hb_rect){from_x - 1, y - tip / 2, 3, tip}, colour);
    hb_draw_shape(pen->list, (struct hb_rect){right ? to_x - tip : to_x, y - tip / 2, tip, tip},
                  right ? HB_SHAPE_PLAY : HB_SHAPE_BACK, colour);
    int end_x = right ? to_x - tip - width / 2 : to_x + tip + width / 2;
    int x = from_x + (int)((end_x - from_x) * way_gone(pen, move->cycle)) - width / 2;
    hb_task_chip(pen->list, (struct hb_rect){x, row.y, width + hb_em(pen->ui, 0.1), row.h}, pen->ui, move->task);
}

static void say_move(const struct hb_pen *pen, struct hb_rect row, const struct hb_view_move *move) {
    char cycle[HB_FORMAT_BYTES], whole[96], brief[64];
    hb_format_count(cycle, move->cycle);
    snprintf(whole, sizeof whole, "task %d moved from CPU %u to CPU %u in cycle %s", move->task, move->from, move->to,
             cycle);
    snprintf(brief, sizeof brief, "task %d: CPU %u to CPU %u", move->task, move->from, move->to);
    const char *const forms[] = {whole, brief};
    hb_draw_first_fit(pen->list, row, HB_FONT_SMALL, HB_ALIGN_LEFT, pen->list->theme->muted, forms, 2);
}

/* The latest moves, newest first; `pitch`: from one CPU to the next, where they stand in one row, else 0. */
static void draw_moves(const struct hb_pen *pen, struct hb_rect area, int pitch) {
    const struct hb_view_moves *moves = &pen->view->moves;
    int height = hb_em(pen->ui, 1.25);
    for (uint32_t i = moves->count; i-- > 0;) {
        const struct hb_view_move *move = &moves->move[i];
        struct hb_rect row = hb_take_top(&area, height);
        if (row.h == 0)
            return;
        if (pitch > 0)
            draw_arrow(pen, row, area.x + move->from * pitch + pitch / 2, area.x + move->to * pitch + pitch / 2, move);
        else
            say_move(pen, row, move);
    }
}

/* ---- All CPUs alike -------------------------------------------------------------------------------------------- */

static void draw_peers(const struct hb_pen *pen, struct hb_rect body) {
    int count = (int)pen->view->machine.harts, gap = hb_em(pen->ui, 0.3),
        columns = hb_pen_columns(pen, body.w, count, 4.2);
    int rows = (count + columns - 1) / columns, pitch = (body.w + gap) / columns;
    int strip_rows = hb_min((int)pen->view->moves.count, rows == 1 ? MOVES_SHOWN : 1);
    if (body.h > hb_em(pen->ui, 7) && strip_rows > 0) {
        struct hb_rect strip = hb_cut_bottom(&body, strip_rows * hb_em(pen->ui, 1.25));
        hb_cut_bottom(&body, hb_em(pen->ui, 0.3));
        draw_moves(pen, strip, rows == 1 ? pitch : 0);
    }
    int height = (body.h + gap) / rows;
    for (int i = 0; i < count; i++)
        draw_block(
            pen,
            (struct hb_rect){body.x + i % columns * pitch, body.y + i / columns * height, pitch - gap, height - gap},
            (uint32_t)i);
}

/* ---- A master and workers -------------------------------------------------------------------------------------- */

/* The last message between the master and a worker in one direction; NULL: there is none. What was sent under the
 * master before it does not count: the two had other parts. */
static const struct hb_view_move *last_mail(const struct hb_view *view, uint32_t worker, bool down) {
    for (uint32_t i = view->moves.count; i-- > 0;) {
        const struct hb_view_move *move = &view->moves.move[i];
        uint32_t from = down ? view->master : worker, to = down ? worker : view->master;
        if (move->mail && move->from == from && move->to == to && move->cycle >= view->master_since)
            return move;
    }
    return NULL;
}

static void draw_mail(const struct hb_pen *pen, struct hb_rect box, uint32_t worker, bool down) {
    const struct hb_theme *theme = pen->list->theme;
    const struct hb_view_move *move = last_mail(pen->view, worker, down);
    if (move == NULL)
        return;
    hb_colour colour = age_seconds(pen, move->cycle) < FRESH_SECONDS ? theme->accent : theme->muted;
    int x = box.x + box.w / 2, tip = hb_em(pen->ui, 0.6), chip_h = hb_em(pen->ui, 1.2),
        width = chip_width(pen, HB_FONT_SMALL_BOLD, move->task);
    if (width > box.w)
        return;
    hb_draw_rect(pen->list, (struct hb_rect){x - 1, box.y, 2, box.h}, colour);
    hb_draw_shape(pen->list, (struct hb_rect){x - tip / 2, down ? box.y + box.h - tip : box.y, tip, tip},
                  down ? HB_SHAPE_DOWN : HB_SHAPE_UP, colour);
    int gone = (int)((box.h - chip_h - tip) * way_gone(pen, move->cycle));
    int y = down ? box.y + gone : box.y + box.h - chip_h - gone;
    hb_task_chip(pen->list, (struct hb_rect){x - width / 2, y, width + hb_em(pen->ui, 0.1), chip_h}, pen->ui,
                 move->task);
}

static void draw_master(const struct hb_pen *pen, struct hb_rect body) {
    int workers = (int)pen->view->machine.harts - 1, gap = hb_em(pen->ui, 0.3);
    int columns = hb_max(1, hb_pen_columns(pen, body.w, workers, 4.2)),
        rows = hb_max(1, (workers + columns - 1) / columns);
    draw_block(pen, hb_cut_top(&body, hb_max(hb_em(pen->ui, 3.1), body.h * 3 / 8)), pen->view->master);
    struct hb_rect strip = rows == 1 ? hb_cut_top(&body, hb_em(pen->ui, 3)) : hb_cut_top(&body, gap);
    int pitch = (body.w + gap) / columns, height = (body.h + gap) / rows;
    for (int i = 0; i < workers; i++) {
        struct hb_rect block = {body.x + i % columns * pitch, body.y + i / columns * height, pitch - gap, height - gap};
        uint32_t worker = (uint32_t)i + ((uint32_t)i >= pen->view->master);
        draw_block(pen, block, worker);
        struct hb_rect mail = {block.x, strip.y, block.w / 2, strip.h};
        if (rows > 1)
            continue;
        draw_mail(pen, mail, worker, true);
        mail.x += block.w / 2;
        draw_mail(pen, mail, worker, false);
    }
}

/* "1 waits", "2 wait" */
static const char *s_of(uint32_t count) {
    return count == 1 ? "s" : "";
}

static void draw_summary(const struct hb_pen *pen, struct hb_rect head) {
    const struct hb_view_queues *queues = &pen->view->queues;
    char longest[HB_FORMAT_BYTES], whole[160], brief[96], shortest[32];
    hb_format_count(longest, queues->longest_wait_cycles);
    snprintf(whole, sizeof whole, "%u wait%s for a CPU, %u run%s, %u %s blocked, %u sleep%s; longest wait %s cycles",
             queues->ready, s_of(queues->ready), queues->running, s_of(queues->running), queues->blocked,
             queues->blocked == 1 ? "is" : "are", queues->sleeping, s_of(queues->sleeping), longest);
    snprintf(brief, sizeof brief, "%u wait%s, %u run%s; longest %s cycles", queues->ready, s_of(queues->ready),
             queues->running, s_of(queues->running), longest);
    snprintf(shortest, sizeof shortest, "%u wait%s", queues->ready, s_of(queues->ready));
    const char *const forms[] = {whole, brief, shortest};
    hb_draw_first_fit(pen->list, head, HB_FONT_SMALL, HB_ALIGN_RIGHT, pen->list->theme->muted, forms, 3);
}

void hb_scene_queues(struct hb_draw_list *list, struct hb_rect rect, const struct hb_view *view,
                     const struct hb_ui_state *ui) {
    const struct hb_pen pen = {list, ui, view};
    struct hb_frame frame = hb_panel_frame(list, rect, ui, HB_SCENE_QUEUES, "Queues");
    draw_summary(&pen, frame.head);
    if (view->machine.amp)
        draw_master(&pen, frame.body);
    else
        draw_peers(&pen, frame.body);
}
