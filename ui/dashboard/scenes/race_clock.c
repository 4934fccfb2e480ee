#include "ui/dashboard/scenes/race_clock.h"

#define FEW_UNITS 8

bool hb_race_is_asked(const struct hb_ui_state *ui) {
    return ui->deck != NULL && ui->deck->page[ui->page].ask != NULL && !ui->revealed;
}

uint64_t hb_race_clock(const struct hb_view *view, const struct hb_ui_state *ui) {
    uint64_t end = hb_race_end_cycle(ui->race);
    if (hb_race_is_asked(ui))
        return 0;
    return view->status != HB_VIEW_GOING && end > view->cycle ? end : view->cycle;
}

bool hb_race_is_in(const struct hb_race_lane *lane, uint64_t clock) {
    const struct hb_race_state *now = &lane->now;
    return now->end == HB_RACE_FINISHED && now->finish_cycle <= clock && (lane->total == 0 || now->done == lane->total);
}

uint32_t hb_race_rank(const struct hb_race *race, uint32_t lane, uint64_t clock) {
    const struct hb_race_state *mine = &race->lane[lane].now;
    uint32_t rank = 1;
    if (!hb_race_is_in(&race->lane[lane], clock))
        return 0;
    for (uint32_t i = 0; i < race->lanes; i++) {
        const struct hb_race_state *other = &race->lane[i].now;
        if (other->end == HB_RACE_GOES_ON && other->cycle < mine->finish_cycle)
            return 0;
        rank += hb_race_is_in(&race->lane[i], mine->finish_cycle - 1);
    }
    return rank;
}

double hb_race_share(const struct hb_race_lane *lane, uint64_t cycle) {
    struct hb_race_point at = hb_race_at(lane, cycle);
    bool whole = lane->now.end == HB_RACE_FINISHED && lane->now.instructions > 0;
    if (lane->total > FEW_UNITS)
        return (double)at.done / (double)lane->total;
    if (whole)
        return (double)at.instructions / (double)lane->now.instructions;
    return lane->total > 0 ? (double)at.done / (double)lane->total : -1;
}
