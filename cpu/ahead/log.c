#include "cpu/ahead/log.h"

#include <string.h>

#include "cpu/hart/lookups.h"

static void save_registers(struct hb_ahead_registers *to, const struct hb_hart *hart) {
    memcpy(to->x, hart->x, sizeof to->x);
    to->pc = hart->pc;
    to->ready_at = hart->ready_at;
    to->instructions = hart->instructions;
    memcpy(to->lookup_hits, hart->lookup_hits, sizeof to->lookup_hits);
    to->fetches = hart->fetches;
    memcpy(to->stalled_cycles, hart->stalled_cycles, sizeof to->stalled_cycles);
    memcpy(to->branch, hart->branch, sizeof to->branch);
    to->branches = hart->branches;
    to->load_rd = hart->load_rd;
    to->last_stall = hart->last_stall;
}

static uint64_t *reservation_of(struct hb_core *core) {
    return &core->bus->state->port[core->hart->id].reservation;
}

static void restore_registers(struct hb_hart *hart, const struct hb_ahead_registers *from) {
    memcpy(hart->x, from->x, sizeof from->x);
    hart->pc = from->pc;
    hart->ready_at = from->ready_at;
    hart->instructions = from->instructions;
    memcpy(hart->lookup_hits, from->lookup_hits, sizeof hart->lookup_hits);
    hart->fetches = from->fetches;
    memcpy(hart->stalled_cycles, from->stalled_cycles, sizeof from->stalled_cycles);
    memcpy(hart->branch, from->branch, sizeof from->branch);
    hart->branches = from->branches;
    hart->load_rd = from->load_rd;
    hart->last_stall = from->last_stall;
}

void hb_ahead_save_seldom(struct hb_ahead *ahead, const struct hb_hart *hart) {
    struct hb_ahead_seldom *to = &ahead->seldom;
    if (ahead->seldom_saved)
        return;
    memcpy(to->piece, hart->f, sizeof to->piece);
    to->user_instructions = hart->user_instructions;
    to->user_since = hart->user_since;
    to->irq_off_since = hart->irq_off_since;
    to->irq_off_max_cycles = hart->irq_off_max_cycles;
    to->traps = hart->traps;
    to->last_trap_instructions = hart->last_trap_instructions;
    to->privilege = hart->privilege;
    to->attention = hart->attention;
    ahead->seldom_saved = true;
}

static void restore_seldom(struct hb_hart *hart, const struct hb_ahead_seldom *from) {
    memcpy(hart->f, from->piece, sizeof from->piece);
    hart->user_instructions = from->user_instructions;
    hart->user_since = from->user_since;
    hart->irq_off_since = from->irq_off_since;
    hart->irq_off_max_cycles = from->irq_off_max_cycles;
    hart->traps = from->traps;
    hart->last_trap_instructions = from->last_trap_instructions;
    hart->privilege = from->privilege;
    hart->attention = from->attention;
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
    save_registers(&ahead->saved, core->hart);
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
    if (ahead->seldom_saved)
        restore_seldom(core->hart, &ahead->seldom);
    if (ahead->rights_changed)
        hb_core_drop_lookups(core);
    restore_registers(core->hart, &ahead->saved);
    *reservation_of(core) = ahead->reservation;
}
