#include "cpu/private/log.h"

#include <string.h>

#include "cpu/hart/lookups.h"

static uint64_t *reservation_of(struct hb_core *core) {
    return &core->bus->state->port[core->hart->id].reservation;
}

void hb_ahead_save_seldom(struct hb_ahead *ahead, const struct hb_hart *hart) {
    if (!ahead->seldom_saved)
        memcpy(ahead->seldom, hart->f, sizeof ahead->seldom);
    ahead->seldom_saved = true;
}

static void restore_hart(struct hb_hart *hart, const struct hb_ahead *ahead) {
    memcpy(hart->x, ahead->registers, sizeof ahead->registers);
    memcpy(hart->stalled_cycles, ahead->counters, sizeof ahead->counters);
    if (ahead->seldom_saved)
        memcpy(hart->f, ahead->seldom, sizeof ahead->seldom);
}

void hb_ahead_forget(struct hb_ahead *ahead) {
    ahead->written_end = ahead->written;
    ahead->stamp_end = ahead->stamp;
    ahead->owned = ahead->snoops = 0;
    ahead->seldom_saved = ahead->rights_changed = false;
}

void hb_ahead_checkpoint(struct hb_core *core) {
    struct hb_ahead *ahead = core->ahead;
    ahead->line_bytes = core->bus->line_bytes;
    memcpy(ahead->registers, core->hart->x, sizeof ahead->registers);
    memcpy(ahead->counters, core->hart->stalled_cycles, sizeof ahead->counters);
    ahead->reservation = *reservation_of(core);
    hb_ahead_forget(ahead);
    ahead->since_stamp = core->hart->ready_at << 4;
    ahead->last_stamp = 0;
    ahead->active = true;
}

/* Newest first, for a place may have been logged more than once. */
void hb_ahead_undo(struct hb_core *core) {
    struct hb_ahead *ahead = core->ahead;
    for (uint32_t i = ahead->snoops; i--;)
        *ahead->snoop[i].line = ahead->snoop[i].before;
    for (const struct hb_ahead_written *w = ahead->written_end; w-- > ahead->written;) {
        memcpy(hb_line_data(w->line), w->bytes, ahead->line_bytes);
        w->line->last_write = w->last_write;
    }
    for (const struct hb_ahead_stamp *s = ahead->stamp_end; s-- > ahead->stamp;)
        *s->at = s->before;
    for (uint32_t i = ahead->owned; i--;) {
        ahead->own[i].line->state = ahead->own[i].before.state;
        ahead->own[i].line->attributes = ahead->own[i].before.attributes;
    }
    restore_hart(core->hart, ahead);
    if (ahead->rights_changed)
        hb_core_drop_lookups(core);
    else if (ahead->seldom_saved)
        hb_lookups_mode_restored(core);
    *reservation_of(core) = ahead->reservation;
}
