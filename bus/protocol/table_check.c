#include "bus/protocol/table_check.h"

#include <stdio.h>

#include "memory/cache.h"

struct check {
    const struct hb_protocol *protocol;
    struct hb_protocol_fault *fault;
};

static bool refuse(const struct check *c, uint8_t state, uint8_t event, const char *what) {
    c->fault->state = state;
    c->fault->event = event;
    snprintf(c->fault->what, sizeof c->fault->what, "%s", what);
    return false;
}

static bool has(const struct check *c, uint8_t state, uint8_t attribute) {
    return c->protocol->state[state].attributes & attribute;
}

static const struct hb_row *row(const struct check *c, uint8_t state, uint8_t event) {
    return &c->protocol->row[state][event];
}

bool hb_protocol_sends(const struct hb_protocol *protocol, enum hb_event snoop) {
    if (snoop == HB_SNOOP_READ || snoop == HB_SNOOP_FLUSH)
        return true;
    for (uint32_t s = 0; s < protocol->states; s++)
        for (uint32_t e = 0; e < HB_SNOOP_READ; e++) {
            const struct hb_row *own = &protocol->row[s][e];
            bool second = own->transaction == HB_TXN_READ_UPDATE && snoop == HB_SNOOP_UPDATE;
            if (own->defined && (second || hb_snoop_event((enum hb_txn)own->transaction) == snoop))
                return true;
        }
    return false;
}

/* ---- Own events ------------------------------------------------------------------------------------------------ */

/* Transactions that make sense for an event, as bits. */
#define BIT(transaction) (1u << (transaction))
static const uint32_t allowed[HB_SNOOP_READ] = {
    [HB_EVENT_READ] = BIT(HB_TXN_NONE) | BIT(HB_TXN_READ),
    [HB_EVENT_WRITE] = BIT(HB_TXN_NONE) | BIT(HB_TXN_READ_X) | BIT(HB_TXN_UPGRADE) | BIT(HB_TXN_WRITE) |
                       BIT(HB_TXN_UPDATE) | BIT(HB_TXN_READ_UPDATE),
    [HB_EVENT_ATOMIC] = BIT(HB_TXN_NONE) | BIT(HB_TXN_READ_X) | BIT(HB_TXN_UPGRADE) | BIT(HB_TXN_WRITE) |
                        BIT(HB_TXN_ATOMIC) | BIT(HB_TXN_UPDATE) | BIT(HB_TXN_READ_UPDATE),
    [HB_EVENT_EVICT] = BIT(HB_TXN_NONE) | BIT(HB_TXN_WRITE_BACK),
    [HB_EVENT_CLEAN] = BIT(HB_TXN_NONE) | BIT(HB_TXN_CLEAN) | BIT(HB_TXN_WRITE_BACK),
    [HB_EVENT_FLUSH] = BIT(HB_TXN_NONE) | BIT(HB_TXN_FLUSH) | BIT(HB_TXN_WRITE_BACK),
    [HB_EVENT_INVALIDATE] = BIT(HB_TXN_NONE) | BIT(HB_TXN_INVALIDATE),
};

/* A requester that passes its data to memory (cbo.flush of a shared, modified line), or lets memory have the bytes of
 * its update. */
static bool check_own_actions(const struct check *c, uint8_t state, uint8_t event) {
    const struct hb_row *own = row(c, state, event);
    bool updates = own->transaction == HB_TXN_UPDATE || own->transaction == HB_TXN_READ_UPDATE;
    bool flushes = own->transaction == HB_TXN_FLUSH && state != HB_STATE_I;
    bool fits = own->actions == 0 || (updates && own->actions == HB_ACT_MEMORY) ||
                (flushes && own->actions == (HB_ACT_SUPPLY | HB_ACT_MEMORY));
    return fits ||
           refuse(c, state, event, "only an update, or the flush of a line that is there, has memory take data");
}

static bool check_own(const struct check *c, uint8_t state, uint8_t event) {
    const struct hb_row *own = row(c, state, event);
    bool absent = state == HB_STATE_I;
    if (absent && event == HB_EVENT_EVICT)
        return !own->defined || refuse(c, state, event, "a line that is not there cannot be evicted");
    if (!own->defined)
        return refuse(c, state, event, "is missing");
    if (!(allowed[event] & BIT(own->transaction)))
        return refuse(c, state, event, "this transaction is not for this event");
    if (own->next >= c->protocol->states || own->next_shared >= c->protocol->states)
        return refuse(c, state, event, "the next state is not one of the protocol's");
    if (absent && event <= HB_EVENT_ATOMIC && own->transaction == HB_TXN_NONE)
        return refuse(c, state, event, "a line that is not there cannot be a hit");
    bool elsewhere = own->transaction == HB_TXN_WRITE || own->transaction == HB_TXN_ATOMIC;
    if (event <= HB_EVENT_ATOMIC && !elsewhere && (own->next == HB_STATE_I || own->next_shared == HB_STATE_I))
        return refuse(c, state, event,
                      "an access that is not performed in memory needs the line in the cache afterwards");
    if (absent && (own->transaction == HB_TXN_UPGRADE || own->transaction == HB_TXN_UPDATE))
        return refuse(c, state, event, "a line that is not there needs its data");
    if (!absent && event == HB_EVENT_READ && (own->transaction != HB_TXN_NONE || own->next != state))
        return refuse(c, state, event, "a read of a line that is there is a hit, and changes nothing");
    if (own->transaction == HB_TXN_NONE && own->next != own->next_shared)
        return refuse(c, state, event, "a hit does not know whether others have the line");
    return check_own_actions(c, state, event);
}

/* The machine goes by the attributes where it does not look at the rows. */
static bool check_attributes(const struct check *c, uint8_t state) {
    const struct hb_row *write = row(c, state, HB_EVENT_WRITE), *evict = row(c, state, HB_EVENT_EVICT);
    bool writable = has(c, state, HB_LINE_WRITABLE), dirty = has(c, state, HB_LINE_DIRTY);
    if (!has(c, state, HB_LINE_READABLE))
        return refuse(c, state, HB_EVENTS, "a state other than I must be readable");
    if (writable != (write->transaction == HB_TXN_NONE))
        return refuse(c, state, HB_EVENT_WRITE, "a write is a hit in writable states, and in no other");
    if (writable && (!has(c, write->next, HB_LINE_WRITABLE) || !has(c, write->next, HB_LINE_DIRTY)))
        return refuse(c, state, HB_EVENT_WRITE, "a hit must lead to a writable and dirty state");
    if (writable && dirty && write->next != state)
        return refuse(c, state, HB_EVENT_WRITE, "a hit in a writable and dirty state must stay there");
    if (dirty != (evict->transaction == HB_TXN_WRITE_BACK))
        return refuse(c, state, HB_EVENT_EVICT, "dirty states are written back, and no others");
    if (evict->next != HB_STATE_I || evict->next_shared != HB_STATE_I)
        return refuse(c, state, HB_EVENT_EVICT, "an evicted line must become I");
    return true;
}

/* ---- Snoops ---------------------------------------------------------------------------------------------------- */

static bool check_snoop(const struct check *c, uint8_t state, uint8_t event) {
    const struct hb_row *seen = row(c, state, event);
    if (!seen->defined)
        return true;
    if (seen->transaction != HB_TXN_NONE)
        return refuse(c, state, event, "a cache that sees a transaction does not begin one");
    if (seen->next >= c->protocol->states)
        return refuse(c, state, event, "the next state is not one of the protocol's");
    if (seen->actions & HB_ACT_MEMORY && !(seen->actions & HB_ACT_SUPPLY))
        return refuse(c, state, event, "memory cannot take what is not supplied");
    if (state == HB_STATE_I && (seen->next != HB_STATE_I || seen->actions))
        return refuse(c, state, event, "a cache without the line does nothing");
    return true;
}

/* ---- Whole tables ---------------------------------------------------------------------------------------------- */

static void reach(const struct hb_protocol *protocol, bool reached[HB_STATES_MAX]) {
    reached[HB_STATE_I] = true;
    for (uint32_t round = 0; round < protocol->states; round++)
        for (uint32_t s = 0; s < protocol->states; s++)
            for (uint32_t e = 0; reached[s] && e < HB_EVENTS; e++) {
                const struct hb_row *to = &protocol->row[s][e];
                if (to->defined)
                    reached[to->next] = true;
                if (to->defined && e < HB_SNOOP_READ)
                    reached[to->next_shared] = true;
            }
}

/* Write-through caches take a line only when they read it. */
static bool check_write(const struct check *c) {
    bool through = row(c, HB_STATE_I, HB_EVENT_WRITE)->transaction == HB_TXN_WRITE;
    for (uint8_t s = 0; through && s < c->protocol->states; s++)
        if (has(c, s, HB_LINE_DIRTY))
            return refuse(c, s, HB_EVENTS, "is dirty in a protocol that writes through in I");
    return through == c->protocol->write_through ||
           refuse(c, HB_STATE_I, HB_EVENT_WRITE, "does not agree with the protocol's way of writing");
}

bool hb_protocol_check(const struct hb_protocol *protocol, struct hb_protocol_fault *fault) {
    struct check c = {protocol, fault};
    bool reached[HB_STATES_MAX] = {false};
    if (protocol->state[HB_STATE_I].attributes)
        return refuse(&c, HB_STATE_I, HB_EVENTS, "the first state is that of a line that is not there");
    for (uint8_t s = 0; s < protocol->states; s++) {
        for (uint32_t e = 0; e < HB_SNOOP_READ; e++)
            if (!check_own(&c, s, (uint8_t)e))
                return false;
        for (uint32_t e = HB_SNOOP_READ; e < HB_EVENTS; e++)
            if (!check_snoop(&c, s, (uint8_t)e))
                return false;
    }
    for (uint8_t s = 1; s < protocol->states; s++)
        if (!check_attributes(&c, s))
            return false;
    reach(protocol, reached);
    for (uint8_t s = 1; s < protocol->states; s++)
        if (!reached[s])
            return refuse(&c, s, HB_EVENTS, "cannot be reached from I by any row");
    return check_write(&c);
}
