#include "ui/dashboard/source/line_turns.h"

#include <string.h>

#include "bus/shared/state.h"

void hb_line_turns_reset(struct hb_line_turns *turns, uint64_t cycle) {
    turns->since_cycle = cycle;
    turns->lines = 0;
}

const struct hb_line_seen *hb_line_turns_find(const struct hb_line_turns *turns, uint64_t address) {
    for (uint32_t i = 0; i < turns->lines; i++)
        if (turns->line[i].address == address)
            return &turns->line[i];
    return NULL;
}

/* Its entry; a new one takes over the count of the one that makes room, so that what is hot comes up among many that
 * are not (Metwally, Agrawal and El Abbadi, "Efficient Computation of Frequent and Top-k Elements", 2005). */
static struct hb_line_seen *entry_of(struct hb_line_turns *turns, uint64_t address) {
    struct hb_line_seen *least = &turns->line[0];
    for (uint32_t i = 0; i < turns->lines; i++) {
        if (turns->line[i].address == address)
            return &turns->line[i];
        if (turns->line[i].transactions < least->transactions)
            least = &turns->line[i];
    }
    bool room = turns->lines < HB_LINES_SEEN;
    struct hb_line_seen *entry = room ? &turns->line[turns->lines++] : least;
    *entry = (struct hb_line_seen){.address = address, .transactions = room ? 0 : least->transactions};
    return entry;
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
