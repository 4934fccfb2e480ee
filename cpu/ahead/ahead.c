#include "cpu/ahead/ahead.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "cpu/ahead/interpret.h"
#include "cpu/ahead/miss.h"
#include "cpu/ahead/spin.h"
#include "cpu/ahead/system.h"
#include "cpu/cpu.h"
#include "cpu/decode.h"
#include "cpu/fetch.h"
#include "cpu/private/access.h"
#include "cpu/private/log.h"
#include "cpu/translate/translate.h"

/* ---- Running --------------------------------------------------------------------------------------------------- */

static bool at_line(struct hb_core *core) {
    uint64_t offset = core->hart->pc - core->fetch.tag;
    return (offset < core->bus->line_bytes && core->fetch.slot->address == core->fetch.address) || hb_fetch_line(core);
}

/* A system instruction, which neither the interpreter nor translated code knows. False: it is none that may be executed
 * now, or the hart needs somebody after it. */
static bool system_instruction(struct hb_core *core, uint64_t limit) {
    return core->hart->ready_at < limit && at_line(core) && hb_ahead_system(core) && hb_ahead_may_go_on(core);
}

#define COLD_INSTRUCTIONS 32

/* What is not worth translating yet. False: the hart needs somebody for the first one, or after it. */
static bool some(struct hb_core *core, uint64_t limit) {
    return hb_ahead_interpret(core, limit, COLD_INSTRUCTIONS) || system_instruction(core, limit);
}

/* One instruction that is not for translated code. False: the hart needs somebody for it, or after it. */
static bool one(struct hb_core *core, uint64_t limit) {
    return hb_ahead_interpret(core, limit, 1) || system_instruction(core, limit);
}

/* Fill the lookup that the load or store at pc needs, so that translated code can go on. False: the hart needs somebody
 * for it. */
static bool fill(struct hb_core *core) {
    const struct hb_hart *hart = core->hart;
    struct hb_line *upper = NULL;
    const struct hb_op *op = &core->fetch.op[(hart->pc - core->fetch.tag) / 2];
    if (op->code == HB_OP_UNDECODED && !(op = hb_ahead_decode(core, hart->pc, 0, &upper)))
        return false;
    uint64_t address = hart->x[op->rs1] + (uint64_t)(int64_t)op->imm;
    return hb_ahead_fill(core, address, hb_op_access_bytes(op), hb_op_is(op, HB_CLASS_STORE));
}

static void run_interpreted(struct hb_core *core, uint64_t limit) {
    do
        hb_ahead_interpret(core, limit, UINT64_MAX);
    while (system_instruction(core, limit));
}

/* Every turn before cycle `limit`, until the hart needs somebody; by translated code, where there is some. */
static void run(struct hb_core *core, uint64_t limit) {
    bool goes_on = true;
    if (!core->code)
        run_interpreted(core, limit);
    while (core->code && goes_on && core->hart->ready_at < limit && at_line(core)) {
        switch (hb_translator_run(core, limit)) {
        case HB_LEFT_NEW: goes_on = !at_line(core) || hb_translator_make(core) || some(core, limit); break;
        case HB_LEFT_LINE: break;
        case HB_LEFT_LATE: run_interpreted(core, limit); return;
        case HB_LEFT_STOP: goes_on = system_instruction(core, limit); break;
        case HB_LEFT_ONE: goes_on = one(core, limit); break;
        case HB_LEFT_DATA: goes_on = fill(core); break;
        }
    }
}

/* ---- From outside ---------------------------------------------------------------------------------------------- */

static uint64_t smaller(uint64_t a, uint64_t b) {
    return a < b ? a : b;
}

static bool may_run_on(const struct hb_core *core) {
    return hb_ahead_may_go_on(core) && !core->has_slow_l1 && !hb_cores_told(core->shared);
}

/* It has done so once, so it can do so again: what is derived may have been dropped, and is made anew. */
static void run_again(struct hb_core *core, uint64_t limit) {
    for (uint32_t stops = 0; core->hart->ready_at < limit; stops++) {
        uint64_t from = core->hart->ready_at;
        run(core, limit);
        if (core->hart->ready_at != from)
            stops = 0;
        if (stops < 4)
            continue;
        fprintf(stderr,
                "hartbeat: broken invariant: hart %u cannot do again what it has done (cycle %" PRIu64 ", pc 0x%" PRIx64
                ")\n",
                core->hart->id, core->hart->ready_at, core->hart->pc);
        abort();
    }
}

#define SPIN_CYCLES_MAX (1u << 20) /* so that the time of one that spins for ever has an end */
#define BRIEF_TURNS     2 /* once it spins no longer it soon needs somebody: these turns are not worth a checkpoint */

/* As if it had had every turn before cycle `to`, and no other. */
static void stop_spinning(struct hb_core *core, uint64_t to) {
    hb_ahead_catch_up(core, to);
    run_again(core, to);
    core->ahead->brief_turns = BRIEF_TURNS;
}

/* From its next turn on it needs nobody, as far as is known. */
static void run_ahead(struct hb_core *core, uint64_t now, uint64_t horizon) {
    struct hb_ahead *ahead = core->ahead;
    const uint64_t limit = smaller(now + ahead->quantum_cycles, horizon);
    if (core->hart->ready_at >= limit)
        return;
    if (hb_ahead_spins(core)) {
        hb_ahead_begin_spinning(core, smaller(horizon, now + SPIN_CYCLES_MAX));
        return;
    }
    hb_ahead_checkpoint(core);
    run(core, limit);
    if (core->hart->ready_at >= limit)
        ahead->quantum_cycles = (uint32_t)smaller(ahead->quantum_cycles * 3 / 2, HB_AHEAD_CYCLES_MAX);
}

void hb_ahead_turn(struct hb_core *core, uint64_t now, uint64_t horizon, uint64_t alone) {
    struct hb_ahead *ahead = core->ahead;
    if (ahead->active && ahead->spins) {
        stop_spinning(core, now);
        if (core->hart->ready_at > now)
            return;
    }
    ahead->active = false;
    if (!hb_ahead_miss(core, &now, alone))
        hb_core_any_turn(core, now);
    if (!may_run_on(core))
        ahead->brief_turns = 0;
    else if (ahead->brief_turns)
        ahead->brief_turns--;
    else
        run_ahead(core, now, horizon);
}

/* With its line the reservation is lost that lay on it then, though the hart had another one when the snoop came. */
static void apply(struct hb_core *core, const struct hb_ahead_snoop *snoop) {
    if (snoop->after.address == HB_NO_LINE) {
        uint64_t *reservation = &core->bus->state->port[core->hart->id].reservation;
        if (*reservation == snoop->before.address)
            *reservation = HB_NO_LINE;
        hb_line_invalidate(snoop->line);
        return;
    }
    snoop->line->state = snoop->after.state;
    snoop->line->attributes = snoop->after.attributes;
}

bool hb_ahead_back(struct hb_core *core, uint64_t to) {
    struct hb_ahead *ahead = core->ahead;
    if (!hb_ahead_is(core, to))
        return false;
    if (ahead->spins) {
        stop_spinning(core, to);
        return true;
    }
    uint64_t retired = core->hart->instructions;
    uint32_t snoops = ahead->snoops;
    hb_ahead_undo(core);
    ahead->redone += retired - core->hart->instructions;
    ahead->last_stamp = 0;
    hb_ahead_forget(ahead);
    for (uint32_t i = 0; i < snoops; i++) {
        run_again(core, ahead->snoop[i].cycle);
        apply(core, &ahead->snoop[i]);
    }
    run_again(core, to);
    ahead->active = false;
    if (core->hart->instructions == retired)
        return true; /* it had not gone too far */
    ahead->taken_back++;
    uint64_t held = to - (ahead->since_stamp >> 4); /* how far it got before somebody else mattered */
    if (held < ahead->quantum_cycles)
        ahead->quantum_cycles = held < HB_AHEAD_CYCLES_MIN ? HB_AHEAD_CYCLES_MIN : (uint32_t)held;
    return true;
}
