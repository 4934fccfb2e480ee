#include "cpu/translate/held.h"

static const uint8_t host[HELD] = {RDI, R8, R9, R10, R11};

void hb_held_forget(struct hb_block *block) {
    for (uint32_t k = 0; k < HELD; k++)
        block->held.guest[k] = HB_X_SINK;
}

bool hb_held_pays(const struct hb_block *block, uint32_t i, uint32_t guest) {
    if (guest == HB_X_SINK)
        return false;
    for (uint32_t k = i + 1; k < block->n; k++) {
        const struct hb_op *op = block->place[k].op;
        if (op->sources >> guest & 1)
            return true;
        if (op->rd == guest)
            return false;
    }
    return false;
}

/* Where `guest` is held; HELD: nowhere. */
static uint32_t find(const struct hb_block *block, uint32_t guest) {
    uint32_t k = 0;
    while (k < HELD && (block->held.guest[k] != guest || guest == HB_X_SINK))
        k++;
    return k;
}

void hb_held_drop(struct hb_block *block, uint32_t guest) {
    uint32_t k = find(block, guest);
    if (k < HELD)
        block->held.guest[k] = HB_X_SINK;
}

/* A place for `guest`, from which those that operation `i` works on are not taken. */
static uint32_t take(struct hb_block *block, uint32_t i, uint32_t guest) {
    struct hb_held *held = &block->held;
    const struct hb_op *op = block->place[i].op;
    uint32_t k = find(block, guest);
    if (k < HELD)
        return k;
    do {
        k = held->next;
        held->next = (uint8_t)((k + 1) % HELD);
    } while (held->guest[k] != HB_X_SINK &&
             (held->guest[k] == op->rd || held->guest[k] == op->rs1 || held->guest[k] == op->rs2));
    held->guest[k] = (uint8_t)guest;
    return k;
}

/* Where `guest` is held now, perhaps only from now on. */
static uint32_t hold(struct hb_block *block, uint32_t i, uint32_t guest) {
    uint32_t k = find(block, guest);
    if (k < HELD || !hb_held_pays(block, i, guest))
        return k;
    k = take(block, i, guest);
    x86_load(&block->t->w, host[k], HART, X_AT(guest));
    return k;
}

void hb_held_fetch(struct hb_block *block, uint32_t i, unsigned reg, uint32_t guest) {
    uint32_t k = hold(block, i, guest);
    if (k == HELD)
        x86_load(&block->t->w, reg, HART, X_AT(guest));
    else if (host[k] != reg)
        x86_move(&block->t->w, reg, host[k]);
}

void hb_held_apply(struct hb_block *block, uint32_t i, bool wide, unsigned opcode, unsigned reg, uint32_t guest) {
    uint32_t k = hold(block, i, guest);
    if (k == HELD)
        x86_memory(&block->t->w, wide, opcode, reg, HART, X_AT(guest));
    else
        x86_registers(&block->t->w, wide, opcode, reg, host[k]);
}

unsigned hb_held_value(struct hb_block *block, uint32_t i, uint32_t guest, unsigned otherwise) {
    uint32_t k = hold(block, i, guest);
    if (k < HELD)
        return host[k];
    x86_load(&block->t->w, otherwise, HART, X_AT(guest));
    return otherwise;
}

/* A result that is held already when rs1 is asked for must be rs1. */
unsigned hb_held_target(struct hb_block *block, uint32_t i) {
    const struct hb_op *op = block->place[i].op;
    if (op->rd == op->rs1 && hold(block, i, op->rd) < HELD)
        return host[find(block, op->rd)];
    hb_held_drop(block, op->rd == op->rs2 ? HB_X_SINK : op->rd);
    if (op->rd == op->rs2 || op->rd == op->rs1 || !hb_held_pays(block, i, op->rd))
        return RAX;
    return host[take(block, i, op->rd)];
}

void hb_held_result(struct hb_block *block, uint32_t i, unsigned reg) {
    const struct hb_op *op = block->place[i].op;
    if (op->rd == HB_X_SINK)
        return;
    x86_store(&block->t->w, reg, HART, X_AT(op->rd));
    if (reg != RAX)
        return;
    if (hb_held_pays(block, i, op->rd))
        x86_move(&block->t->w, host[take(block, i, op->rd)], RAX);
    else
        hb_held_drop(block, op->rd);
}
