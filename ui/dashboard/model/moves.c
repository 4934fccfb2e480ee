#include "ui/dashboard/model/moves.h"

#include <string.h>

void hb_moves_event(struct hb_view_moves *moves, const struct hb_happening *event) {
    if (event->kind != HB_HAPPENED_MIGRATED && event->kind != HB_HAPPENED_MAIL)
        return;
    if (moves->count == HB_VIEW_MOVES) {
        memmove(&moves->move[0], &moves->move[1], (HB_VIEW_MOVES - 1) * sizeof moves->move[0]);
        moves->count--;
    }
    moves->move[moves->count++] = (struct hb_view_move){.cycle = event->cycle,
                                                        .task = event->task,
                                                        .from = event->hart,
                                                        .to = event->by,
                                                        .mail = event->kind == HB_HAPPENED_MAIL};
}
