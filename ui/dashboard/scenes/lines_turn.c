/* What last happened to a line, and the orders that make it happen. */
#include <stdio.h>
#include <string.h>

#include "ui/dashboard/model/format.h"
#include "ui/dashboard/panels/widgets.h"
#include "ui/dashboard/scenes/lines_parts.h"

/* ---- A turn ---------------------------------------------------------------------------------------------------- */

static const struct {
    const char *does, *because;
} kinds[HB_TXNS] = {
    [HB_TXN_READ] = {"reads", "its cache had no copy, and the bus brings one"},
    [HB_TXN_READ_X] = {"writes", "the bus brings the line, and takes it away from all others"},
    [HB_TXN_UPGRADE] = {"writes", "it had a copy; those of all others are taken away"},
    [HB_TXN_WRITE_BACK] = {"writes back", "its newest bytes go to memory, to make room"},
    [HB_TXN_WRITE] = {"writes", "the store goes through to memory"},
    [HB_TXN_ATOMIC] = {"updates", "it is read and written in memory, at once"},
    [HB_TXN_UPDATE] = {"writes", "the new bytes go to every copy"},
    [HB_TXN_READ_UPDATE] = {"writes", "the bus brings the line, and the new bytes go to every copy"},
    [HB_TXN_CLEAN] = {"cleans", "whoever had it modified writes it back"},
    [HB_TXN_FLUSH] = {"flushes", "it is written back and dropped everywhere"},
    [HB_TXN_INVALIDATE] = {"invalidates", "it is dropped everywhere"},
    [HB_TXN_DMA_READ] = {"lets a device read", "a device reads the newest bytes"},
    [HB_TXN_DMA_WRITE] = {"lets a device write", "a device writes memory, and all copies are dropped"},
};

/* Without the bus a copy is written by the only one who has it, or makes room. */
static void tell_silent(const struct hb_view_turn *turn, const char **does, const char **because) {
    bool gone = turn->changes > 0 && turn->change[0].after == HB_STATE_I;
    *does = gone ? "drops" : "writes";
    *because = gone ? "its copy was as memory has it, and makes room"
                    : "by its state nobody else has a copy, so it asks nobody";
}

static const char *name_of(const struct hb_view_lines *lines) {
    for (uint32_t i = 0; i < lines->count; i++)
        if (lines->line[i].address == lines->turn.address && lines->line[i].symbol[0] != '\0')
            return lines->line[i].symbol;
    return "the line";
}

/* "CPU 2: S to M" */
static void tell_changes(const struct hb_view *view, char *text, size_t bytes) {
    const struct hb_protocol *protocol = view->machine.protocol;
    const struct hb_view_turn *turn = &view->lines.turn;
    int used = 0;
    text[0] = '\0';
    for (int others = 0; others <= 1; others++) /* whoever did it stands first */
        for (uint32_t i = 0; i < turn->changes && used < (int)bytes && i < 6; i++) {
            const struct hb_view_change *change = &turn->change[i];
            if ((change->hart != turn->hart) == others && change->before < protocol->states &&
                change->after < protocol->states)
                used += snprintf(text + used, bytes - (size_t)used, "%sCPU %u: %c to %c", used > 0 ? ", " : "",
                                 change->hart, protocol->state[change->before].letter,
                                 protocol->state[change->after].letter);
        }
    if (turn->changes > 6 && used < (int)bytes)
        snprintf(text + used, bytes - (size_t)used, ", and %u more", turn->changes - 6);
}

void hb_lines_turn(const struct hb_pen *pen, struct hb_rect *rest, bool short_form) {
    const struct hb_view_turn *turn = &pen->view->lines.turn;
    const struct hb_theme *theme = pen->list->theme;
    char cycle[HB_FORMAT_BYTES], changes[192], whole[420], brief[192];
    if (!turn->known || pen->view->machine.protocol == NULL || turn->transaction >= HB_TXNS)
        return;
    const char *does = kinds[turn->transaction].does, *because = kinds[turn->transaction].because;
    const char *bus = turn->transaction == HB_TXN_NONE ? "no bus" : hb_txn_name((enum hb_txn)turn->transaction);
    if (turn->transaction == HB_TXN_NONE || does == NULL)
        tell_silent(turn, &does, &because);
    tell_changes(pen->view, changes, sizeof changes);
    hb_format_count(cycle, turn->cycle);
    snprintf(brief, sizeof brief, "CPU %u %s %s (%s)", turn->hart, does, name_of(&pen->view->lines), bus);
    if (short_form) {
        snprintf(whole, sizeof whole, "%s · %s", brief, changes);
        hb_pen_text(pen, hb_take_top(rest, hb_em(pen->ui, 1.5)), HB_FONT_SMALL_BOLD, theme->text, whole, brief);
        return;
    }
    hb_pen_say(pen, rest, HB_FONT_BOLD, theme->text, brief);
    hb_pen_say(pen, rest, HB_FONT_SMALL_BOLD, theme->text, changes);
    snprintf(whole, sizeof whole, "In cycle %s: %s.", cycle, because);
    hb_pen_say(pen, rest, HB_FONT_SMALL, theme->muted, whole);
}

/* ---- Orders ---------------------------------------------------------------------------------------------------- */

/* Of a button without a shape. */
static int label_width(const struct hb_pen *pen, const char *label) {
    return hb_metrics_width(pen->ui->metrics, HB_FONT_BODY, label) + hb_em(pen->ui, 1.5);
}

static void draw_button(const struct hb_pen *pen, struct hb_rect *row, const char *label, bool accent, bool enabled,
                        struct hb_command command, const char *tip) {
    const struct hb_button button = {label, -1, accent ? HB_BUTTON_ACCENT : HB_BUTTON_PLAIN, enabled, command, tip};
    int width = label_width(pen, label);
    if (width <= row->w)
        hb_button(pen->list, hb_cut_left(row, width), pen->ui, &button);
    hb_cut_left(row, hb_em(pen->ui, 0.3));
}

/* "R read" and "W write" of a CPU; the letters only for the selected one, which the keys are for. */
static void draw_cpu(const struct hb_pen *pen, struct hb_rect *row, uint32_t hart, bool going) {
    static const char *const words[2][2] = {{"read", "write"}, {"R read", "W write"}};
    bool keyed = hart == pen->ui->selected;
    char name[16], tip[96];
    snprintf(name, sizeof name, "CPU %u", hart);
    int width = hb_metrics_width(pen->ui->metrics, HB_FONT_SMALL_BOLD, name);
    hb_pen_text(pen, hb_cut_left(row, width), HB_FONT_SMALL_BOLD, pen->list->theme->text, name, NULL);
    hb_cut_left(row, hb_em(pen->ui, 0.3));
    for (int writes = 0; writes <= 1; writes++) {
        snprintf(tip, sizeof tip, "Types \"%u %c %c\": the program has CPU %u %s %c.", hart, writes ? 'w' : 'r',
                 pen->view->machine.orders.variable[pen->ui->variable % HB_VIEW_VARIABLES], hart,
                 writes ? "write" : "read", pen->view->machine.orders.variable[pen->ui->variable % HB_VIEW_VARIABLES]);
        draw_button(pen, row, words[keyed][writes], keyed, going,
                    hb_command_of(HB_COMMAND_ORDER, 2 * (int64_t)hart + writes),
                    going ? tip : "The run is over: go back in time first.");
    }
    hb_cut_left(row, hb_em(pen->ui, 0.5));
}

static int cpu_width(const struct hb_pen *pen) {
    return label_width(pen, "R read") + label_width(pen, "W write") +
           hb_metrics_width(pen->ui->metrics, HB_FONT_SMALL_BOLD, "CPU 0") + hb_em(pen->ui, 1.4);
}

void hb_lines_orders(const struct hb_pen *pen, struct hb_rect row) {
    const struct hb_view_orders *orders = &pen->view->machine.orders;
    bool going = pen->view->status == HB_VIEW_GOING;
    int harts = (int)pen->view->machine.harts, width = label_width(pen, "w");
    for (uint32_t i = 0; i < orders->variables && row.w > width; i++) {
        const char label[2] = {orders->variable[i], '\0'};
        const struct hb_button button = {label,
                                         -1,
                                         i == pen->ui->variable ? HB_BUTTON_ACCENT : HB_BUTTON_PLAIN,
                                         true,
                                         hb_command_of(HB_COMMAND_VARIABLE, i),
                                         "The variable that orders are about. Keys: up and down."};
        hb_button(pen->list, hb_cut_left(&row, width), pen->ui, &button);
        hb_cut_left(&row, hb_em(pen->ui, 0.2));
    }
    hb_cut_left(&row, hb_em(pen->ui, 0.8));
    bool all = row.w >= harts * cpu_width(pen);
    for (int i = 0; i < harts; i++)
        if ((all || i == (int)pen->ui->selected) && row.w >= cpu_width(pen))
            draw_cpu(pen, &row, (uint32_t)i, going);
    if (!all)
        hb_pen_text(pen, row, HB_FONT_SMALL, pen->list->theme->muted, "Tab: the next CPU", NULL);
}
