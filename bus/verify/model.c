/* What may happen next. What each move does is in model_step.c. */
#include "bus/verify/model.h"

#include <string.h>

#include "memory/cache.h"

void hb_model_start(struct hb_model *model, struct hb_model_state *state) {
    model->atomic_is_write = true;
    for (uint32_t s = 0; s < model->protocol->states; s++) {
        const struct hb_row *row = model->protocol->row[s];
        const struct hb_row *write = &row[HB_EVENT_WRITE], *atomic = &row[HB_EVENT_ATOMIC];
        model->atomic_is_write &= write->defined == atomic->defined && write->transaction == atomic->transaction &&
                                  write->next == atomic->next && write->next_shared == atomic->next_shared &&
                                  write->actions == atomic->actions;
    }
    memset(state, 0, sizeof *state);
    for (uint32_t line = 0; line < model->lines; line++)
        state->memory_newest[line] = true;
}

const struct hb_protocol *hb_model_table(const struct hb_model *model, uint8_t agent) {
    return hb_agent_is_l1i(agent) ? &hb_protocol_l1i : model->protocol;
}

enum hb_txn hb_model_transaction(const struct hb_model *model, const struct hb_model_port *port) {
    if (port->kind == HB_ACCESS_DMA_READ)
        return HB_TXN_DMA_READ;
    if (port->kind == HB_ACCESS_DMA_WRITE)
        return HB_TXN_DMA_WRITE;
    const struct hb_protocol *table = port->kind == HB_ACCESS_FETCH ? &hb_protocol_l1i : model->protocol;
    return table->row[port->before][hb_access_event(model->protocol, port->kind)].transaction;
}

/* ---- The bus --------------------------------------------------------------------------------------------------- */

static bool is_active(const struct hb_model_port *port) {
    return port->phase == HB_PHASE_GRANTED || port->phase == HB_PHASE_SNOOPED;
}

/* The atomic bus carries one transaction; the split one as many as there are lines, one of each, and one in its address
 * phase. */
static bool may_grant(const struct hb_model *model, const struct hb_model_state *state, uint8_t line) {
    bool two = model->protocol->flaws & HB_FLAW_TWO_OF_A_LINE;
    uint32_t active = 0, limit = !model->split ? 1 : two ? 2 : model->lines;
    for (uint32_t p = 0; p <= model->caches; p++) {
        const struct hb_model_port *port = &state->port[p];
        if (!is_active(port))
            continue;
        active++;
        if (port->phase == HB_PHASE_GRANTED || (port->line == line && !two))
            return false;
    }
    return active < limit;
}

static bool bus_is_idle(const struct hb_model *model, const struct hb_model_state *state) {
    for (uint32_t p = 0; p <= model->caches; p++)
        if (is_active(&state->port[p]))
            return false;
    return true;
}

bool hb_model_is_stuck(const struct hb_model *model, const struct hb_model_state *state, uint32_t serving) {
    bool waits = false;
    for (uint32_t p = 0; p <= model->caches; p++) {
        const struct hb_model_port *port = &state->port[p];
        waits |= port->kind != HB_ACCESS_NONE;
        if (port->kind != HB_ACCESS_NONE && port->phase == HB_PHASE_IDLE)
            return true;
    }
    return waits && serving == 0;
}

/* ---- Moves ----------------------------------------------------------------------------------------------------- */

struct moves {
    struct hb_move *move;
    uint32_t n;
    uint32_t serving;
    uint32_t left_out;
};

static void add(struct moves *moves, enum hb_move_kind kind, uint32_t port, uint8_t access, uint32_t line) {
    if (moves->left_out >> access & 1 && kind != HB_MOVE_DROP)
        return;
    moves->move[moves->n++] = (struct hb_move){(uint8_t)kind, (uint8_t)port, access, (uint8_t)line};
}

static bool is_dirty(const struct hb_model *model, const struct hb_model_copy *copy) {
    return model->protocol->state[copy->state].attributes & HB_LINE_DIRTY;
}

/* The other line is modified and would have to be evicted first. */
static bool has_dirty_victim(const struct hb_model *model, const struct hb_model_state *state, uint32_t hart,
                             uint32_t line, const struct hb_row *row) {
    return model->lines == 2 && hb_txn_reads_line(row->transaction) &&
           !(model->protocol->flaws & HB_FLAW_VICTIM_DROPPED) && is_dirty(model, &state->l1d[hart][1 - line]);
}

static void add_access(const struct hb_model *model, const struct hb_model_state *state, struct moves *moves,
                       uint32_t hart, uint8_t access, uint32_t line) {
    bool fetch = access == HB_ACCESS_FETCH;
    const struct hb_model_copy *copy = fetch ? &state->l1i[hart][line] : &state->l1d[hart][line];
    const struct hb_protocol *table = fetch ? &hb_protocol_l1i : model->protocol;
    const struct hb_row *row = &table->row[copy->state][hb_access_event(model->protocol, access)];
    if (row->transaction == HB_TXN_NONE || model->posts)
        add(moves, HB_MOVE_ACCESS, hart, access, line);
    else if (may_grant(model, state, (uint8_t)line) &&
             (copy->state != HB_STATE_I || fetch || !has_dirty_victim(model, state, hart, line, row)))
        add(moves, HB_MOVE_GRANT, hart, access, line);
}

/* An idle hart; an SC without a reservation fails at once and changes nothing. */
static void add_accesses(const struct hb_model *model, const struct hb_model_state *state, struct moves *moves,
                         uint32_t hart, uint32_t line) {
    static const uint8_t always[] = {HB_ACCESS_LOAD,  HB_ACCESS_FETCH, HB_ACCESS_LR,        HB_ACCESS_STORE,
                                     HB_ACCESS_CLEAN, HB_ACCESS_FLUSH, HB_ACCESS_INVALIDATE};
    for (size_t i = 0; i < sizeof always; i++)
        add_access(model, state, moves, hart, always[i], line);
    if (state->port[hart].reserved == line + 1)
        add_access(model, state, moves, hart, HB_ACCESS_SC, line);
    if (!model->atomic_is_write)
        add_access(model, state, moves, hart, HB_ACCESS_AMO, line);
}

/* What capacity takes away, where there is only one line. */
static void add_evictions(const struct hb_model *model, const struct hb_model_state *state, struct moves *moves,
                          uint32_t hart, uint32_t line) {
    const struct hb_model_copy *copy = &state->l1d[hart][line];
    bool alone = model->lines == 1;
    bool dirty = is_dirty(model, copy) && !(model->protocol->flaws & HB_FLAW_VICTIM_DROPPED);
    bool may_drop = alone && (model->split || bus_is_idle(model, state));
    if (dirty && alone && model->posts)
        add(moves, HB_MOVE_ACCESS, hart, HB_ACCESS_EVICT, line);
    if (dirty && !model->posts && may_grant(model, state, (uint8_t)line))
        add(moves, HB_MOVE_GRANT, hart, HB_ACCESS_EVICT, line);
    if (may_drop && copy->state != HB_STATE_I && !dirty)
        add(moves, HB_MOVE_DROP, hart, HB_ACCESS_LOAD, line);
    if (may_drop && state->l1i[hart][line].state != HB_STATE_I)
        add(moves, HB_MOVE_DROP, hart, HB_ACCESS_FETCH, line);
}

/* A store may be in the store buffer: the hart goes on and reads its own copy. */
static void add_reads(const struct hb_model *model, const struct hb_model_state *state, struct moves *moves,
                      uint32_t hart, uint32_t line) {
    if (model->protocol->row[state->l1d[hart][line].state][HB_EVENT_READ].transaction == HB_TXN_NONE)
        add(moves, HB_MOVE_ACCESS, hart, HB_ACCESS_LOAD, line);
    if (hb_protocol_l1i.row[state->l1i[hart][line].state][HB_EVENT_READ].transaction == HB_TXN_NONE)
        add(moves, HB_MOVE_ACCESS, hart, HB_ACCESS_FETCH, line);
}

static void add_for_hart(const struct hb_model *model, const struct hb_model_state *state, struct moves *moves,
                         uint32_t hart) {
    const struct hb_model_port *port = &state->port[hart];
    for (uint32_t line = 0; line < model->lines; line++) {
        if (port->kind == HB_ACCESS_NONE) {
            add_accesses(model, state, moves, hart, line);
            add_evictions(model, state, moves, hart, line);
        } else if (port->kind == HB_ACCESS_STORE || port->wanted == HB_ACCESS_STORE) {
            add_reads(model, state, moves, hart, line);
        }
    }
    if (port->phase == HB_PHASE_POSTED && may_grant(model, state, port->line)) {
        add(moves, HB_MOVE_GRANT, hart, port->kind, port->line);
        moves->serving++;
    }
}

/* What an L2 may take away at any time, but for a line that is on the bus. */
static void add_give_ups(const struct hb_model *model, const struct hb_model_state *state, struct moves *moves) {
    for (uint32_t line = 0; line < model->lines; line++) {
        bool held = false, busy = false;
        for (uint32_t hart = 0; hart < model->caches; hart++)
            held |= state->l1d[hart][line].state != HB_STATE_I || state->l1i[hart][line].state != HB_STATE_I;
        for (uint32_t p = 0; p <= model->caches; p++)
            busy |= is_active(&state->port[p]) && state->port[p].line == line;
        if (held && !busy)
            add(moves, HB_MOVE_GIVE_UP, 0, HB_ACCESS_NONE, line);
    }
}

static void add_for_device(const struct hb_model *model, const struct hb_model_state *state, struct moves *moves) {
    for (uint32_t line = 0; line < model->lines; line++) {
        if (state->port[model->caches].kind != HB_ACCESS_NONE || !may_grant(model, state, (uint8_t)line))
            continue;
        add(moves, HB_MOVE_GRANT, model->caches, HB_ACCESS_DMA_READ, line);
        add(moves, HB_MOVE_GRANT, model->caches, HB_ACCESS_DMA_WRITE, line);
    }
}

uint32_t hb_model_moves(const struct hb_model *model, const struct hb_model_state *state,
                        struct hb_move moves[HB_MODEL_MOVES_MAX], uint32_t *serving) {
    struct moves list = {.move = moves, .left_out = model->left_out};
    for (uint32_t hart = 0; hart < model->caches; hart++)
        add_for_hart(model, state, &list, hart);
    if (model->l2)
        add_give_ups(model, state, &list);
    add_for_device(model, state, &list);
    for (uint32_t p = 0; p <= model->caches; p++) {
        const struct hb_model_port *port = &state->port[p];
        if (!is_active(port))
            continue;
        add(&list, port->phase == HB_PHASE_GRANTED ? HB_MOVE_SNOOP : HB_MOVE_FINISH, p, port->kind, port->line);
        list.serving++;
    }
    *serving = list.serving;
    return list.n;
}

/* ---- Height ---------------------------------------------------------------------------------------------------- */

/* An eviction under way has removed a modified copy, which lowers the height by more than the eviction adds. */
static uint32_t height_of_port(const struct hb_model *model, const struct hb_model_state *state, uint32_t p) {
    const struct hb_model_port *port = &state->port[p];
    bool evicts = port->kind == HB_ACCESS_EVICT;
    if (port->kind == HB_ACCESS_NONE)
        return 4;
    switch (port->phase) {
    case HB_PHASE_POSTED: return evicts && !is_dirty(model, &state->l1d[p][port->line]) ? 5 : 3;
    case HB_PHASE_GRANTED: return evicts ? 7 : 2;
    case HB_PHASE_SNOOPED: return evicts ? 6 : 1;
    default: return 0;
    }
}

uint32_t hb_model_height(const struct hb_model *model, const struct hb_model_state *state) {
    uint32_t height = 0;
    for (uint32_t p = 0; p <= model->caches; p++)
        height += height_of_port(model, state, p);
    for (uint32_t hart = 0; hart < model->caches; hart++)
        for (uint32_t line = 0; line < model->lines; line++) {
            const struct hb_model_copy *copy = &state->l1d[hart][line];
            height += copy->state == HB_STATE_I ? 0 : is_dirty(model, copy) ? 40 : 20;
            height += state->l1i[hart][line].state == HB_STATE_I ? 0 : 20;
        }
    return height;
}
