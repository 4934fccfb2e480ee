#include "ui/dashboard/source/line_turns.h"

#include <string.h>

#include "bus/shared/state.h"

void hb_line_turns_reset(struct hb_line_turns *turns, uint64_t cycle) {
    turns->since_cycle = cycle;
    turns->lines = turns->hand = 0;
    turns->least = 0;
    memset(turns->chain, 0xff, sizeof turns->chain); /* HB_LINES_NONE */
}

static uint32_t chain_of(uint64_t address) {
    return (uint32_t)((address * 0x9e3779b97f4a7c15u) >> 32) & (HB_LINES_CHAINS - 1);
}

/* Its place; HB_LINES_NONE: it has none. */
static uint16_t place_of(const struct hb_line_turns *turns, uint64_t address) {
    uint16_t at = turns->chain[chain_of(address)];
    while (at != HB_LINES_NONE && turns->line[at].address != address)
        at = turns->line[at].next;
    return at;
}

const struct hb_line_seen *hb_line_turns_find(const struct hb_line_turns *turns, uint64_t address) {
    const uint16_t at = place_of(turns, address);
    return at == HB_LINES_NONE ? NULL : &turns->line[at];
}

/* The first with the fewest transactions. Counts only grow, so that the hand passes each once for every count. */
static uint16_t least_of(struct hb_line_turns *turns) {
    while (true) {
        for (; turns->hand < turns->lines; turns->hand++)
            if (turns->line[turns->hand].transactions == turns->least)
                return (uint16_t)turns->hand;
        turns->least = UINT64_MAX;
        for (uint32_t i = 0; i < turns->lines; i++)
            if (turns->line[i].transactions < turns->least)
                turns->least = turns->line[i].transactions;
        turns->hand = 0;
    }
}

static void leave_chain(struct hb_line_turns *turns, uint16_t at) {
    uint16_t *link = &turns->chain[chain_of(turns->line[at].address)];
    while (*link != at)
        link = &turns->line[*link].next;
    *link = turns->line[at].next;
}

/* Its entry; a new one takes over the count of the one that makes room, so that what is hot comes up among many that
 * are not (Metwally, Agrawal and El Abbadi, "Efficient Computation of Frequent and Top-k Elements", 2005). */
static struct hb_line_seen *entry_of(struct hb_line_turns *turns, uint64_t address) {
    uint16_t at = place_of(turns, address);
    if (at != HB_LINES_NONE)
        return &turns->line[at];
    uint64_t transactions = 0;
    if (turns->lines < HB_LINES_SEEN) {
        at = (uint16_t)turns->lines++;
    } else {
        at = least_of(turns);
        transactions = turns->line[at].transactions;
        leave_chain(turns, at);
    }
    uint16_t *first = &turns->chain[chain_of(address)];
    turns->line[at] = (struct hb_line_seen){.address = address, .transactions = transactions, .next = *first};
    *first = at;
    return &turns->line[at];
}

static void see_grant(void *context, const struct hb_bus *bus, const struct hb_transaction *t, uint64_t now) {
    (void)bus;
    (void)now;
    if (t->kind != HB_TXN_DEVICE_READ && t->kind != HB_TXN_DEVICE_WRITE)
        entry_of(context, t->line)->transactions++;
}

/* Without a transaction each change has a cause of its own. */
static uint64_t cause_of(const struct hb_transaction *t, uint64_t now) {
    return t ? t->grant_cycle << 8 | t->port : ~now;
}

static void see_change(void *context, const struct hb_bus *bus, uint8_t agent, uint64_t address, uint8_t before,
                       uint8_t after, const struct hb_transaction *t, uint64_t now) {
    (void)bus;
    if (hb_agent_is_l1i(agent))
        return;
    struct hb_line_seen *seen = entry_of(context, address);
    struct hb_view_turn *turn = &seen->turn;
    if (!turn->known || seen->cause != cause_of(t, now)) {
        seen->cause = cause_of(t, now);
        *turn = (struct hb_view_turn){.known = true,
                                      .address = address,
                                      .transaction = t ? t->kind : HB_TXN_NONE,
                                      .hart = t ? t->port : agent / 2};
    }
    turn->cycle = now;
    if (turn->changes < HB_VIEW_TURN_CHANGES)
        turn->change[turn->changes++] = (struct hb_view_change){(uint8_t)(agent / 2), before, after};
}

void hb_line_turns_begin(struct hb_line_turns *turns) {
    turns->watcher = (struct hb_watcher){.context = turns, .bus = {.granted = see_grant, .line = see_change}};
}
