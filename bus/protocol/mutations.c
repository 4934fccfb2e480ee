#include "bus/protocol/mutations.h"

#include <stdio.h>
#include <string.h>

#include "memory/cache.h"

/* ---- States by what may be done in them ------------------------------------------------------------------------ */

static bool is_dirty(const struct hb_protocol *p, uint32_t state) {
    return p->state[state].attributes & HB_LINE_DIRTY;
}

static bool is_writable(const struct hb_protocol *p, uint32_t state) {
    return p->state[state].attributes & HB_LINE_WRITABLE;
}

/* The clean state that does not change when others read: S, V. */
static uint8_t clean_shared(const struct hb_protocol *p) {
    uint8_t found = HB_STATE_I;
    for (uint8_t s = 1; s < p->states; s++)
        if (!is_dirty(p, s) && !is_writable(p, s) && p->row[s][HB_SNOOP_READ].next == s)
            found = s;
    return found;
}

static bool uses(const struct hb_protocol *p, enum hb_txn transaction) {
    for (uint32_t s = 0; s < p->states; s++)
        for (uint32_t e = 0; e < HB_EVENTS; e++)
            if (p->row[s][e].defined && p->row[s][e].transaction == transaction)
                return true;
    return false;
}

/* ---- Protocols in which a flaw shows --------------------------------------------------------------------------- */

static bool is_coherent(const struct hb_protocol *p) {
    return !p->incoherent;
}

static bool updates(const struct hb_protocol *p) {
    return is_coherent(p) && uses(p, HB_TXN_UPDATE);
}

static bool upgrades(const struct hb_protocol *p) {
    return is_coherent(p) && (uses(p, HB_TXN_UPGRADE) || uses(p, HB_TXN_UPDATE));
}

static bool writes_back(const struct hb_protocol *p) {
    return is_coherent(p) && uses(p, HB_TXN_WRITE_BACK);
}

/* ---- Changes of rows ------------------------------------------------------------------------------------------- */

static void keep_copies(struct hb_protocol *p, enum hb_event event) {
    for (uint8_t s = 1; s < p->states; s++)
        if (p->row[s][event].defined && !is_dirty(p, s))
            p->row[s][event].next = s;
}

static void keep_on_upgrade(struct hb_protocol *p) {
    keep_copies(p, HB_SNOOP_UPGRADE);
}

static void keep_on_read_x(struct hb_protocol *p) {
    keep_copies(p, HB_SNOOP_READ_X);
}

static void keep_on_write(struct hb_protocol *p) {
    if (is_coherent(p))
        keep_copies(p, HB_SNOOP_WRITE);
}

static void say_nothing(struct hb_protocol *p, enum hb_event event) {
    for (uint8_t s = 1; s < p->states; s++)
        if (is_dirty(p, s))
            p->row[s][event].actions &= HB_ACT_SHARED;
}

static void say_nothing_on_read(struct hb_protocol *p) {
    say_nothing(p, HB_SNOOP_READ);
}

static void say_nothing_on_read_x(struct hb_protocol *p) {
    say_nothing(p, HB_SNOOP_READ_X);
}

static void keep_exclusive(struct hb_protocol *p) {
    for (uint8_t s = 1; s < p->states; s++)
        if (is_writable(p, s) && !is_dirty(p, s))
            p->row[s][HB_SNOOP_READ].next = s;
}

static void keep_modified(struct hb_protocol *p) {
    for (uint8_t s = 1; s < p->states; s++)
        if (is_writable(p, s) && is_dirty(p, s))
            p->row[s][HB_SNOOP_READ].next = s;
}

static void own_no_more(struct hb_protocol *p) {
    for (uint8_t s = 1; s < p->states; s++) {
        if (!is_dirty(p, s))
            continue;
        p->row[s][HB_SNOOP_READ].next = clean_shared(p);
        p->row[s][HB_SNOOP_READ].actions &= HB_ACT_SHARED | HB_ACT_SUPPLY;
    }
}

/* Where no row depends on the shared line, not asserting it changes nothing. */
static void assert_nothing(struct hb_protocol *p) {
    const struct hb_row *miss = p->row[HB_STATE_I];
    bool looks = miss[HB_EVENT_READ].next != miss[HB_EVENT_READ].next_shared ||
                 miss[HB_EVENT_WRITE].next != miss[HB_EVENT_WRITE].next_shared;
    for (uint8_t s = 1; looks && s < p->states; s++)
        p->row[s][HB_SNOOP_READ].actions &= HB_ACT_SUPPLY | HB_ACT_MEMORY;
}

static void leave_memory(struct hb_protocol *p) {
    for (uint8_t s = 0; s < p->states; s++) {
        p->row[s][HB_EVENT_WRITE].actions = 0;
        p->row[s][HB_EVENT_ATOMIC].actions = 0;
    }
}

static void keep_dirty(struct hb_protocol *p) {
    for (uint8_t s = 1; s < p->states; s++)
        if (is_dirty(p, s))
            p->row[s][HB_EVENT_EVICT].next = p->row[s][HB_EVENT_EVICT].next_shared = s;
}

static void store_silently(struct hb_protocol *p) {
    for (uint8_t s = 1; is_coherent(p) && s < p->states; s++)
        p->row[s][HB_EVENT_WRITE].transaction = p->row[s][HB_EVENT_ATOMIC].transaction = HB_TXN_NONE;
}

/* ---- The table ------------------------------------------------------------------------------------------------- */

static const struct hb_mutation mutations[] = {
    {.name = "no-invalidation-on-upgrade",
     .what = "clean copies stay when another cache announces that it writes (BusUpgr)",
     .change = keep_on_upgrade},
    {.name = "no-invalidation-on-read-x",
     .what = "clean copies stay when another cache reads the line to write it (BusRdX)",
     .change = keep_on_read_x},
    {.name = "no-invalidation-on-write",
     .what = "copies stay when another cache writes through to memory (BusWr)",
     .change = keep_on_write},
    {.name = "silent-store",
     .what = "a store into a shared copy is not announced to anybody",
     .change = store_silently},
    {.name = "no-write-back-on-read",
     .what = "the cache that has the line modified does not answer a BusRd: memory's old data are taken",
     .change = say_nothing_on_read},
    {.name = "no-write-back-on-read-x",
     .what = "the cache that has the line modified does not answer a BusRdX: memory's old data are taken",
     .change = say_nothing_on_read_x},
    {.name = "exclusive-kept",
     .what = "the exclusive clean state is not left when another cache reads",
     .change = keep_exclusive},
    {.name = "modified-kept",
     .what = "the modified state is not left when another cache reads",
     .change = keep_modified},
    {.name = "dirty-kept-by-nobody",
     .what = "a modified line that is read is supplied, but memory does not take it and no cache goes on owning it",
     .change = own_no_more},
    {.name = "shared-line-not-asserted",
     .what = "a cache that keeps its copy does not say so to the one that reads",
     .change = assert_nothing},
    {.name = "update-not-broadcast",
     .what = "the bytes of an update reach no other copy",
     .flaws = HB_FLAW_NO_BROADCAST,
     .fits = updates},
    {.name = "update-not-in-memory",
     .what = "the bytes of an update reach the copies, but not memory",
     .change = leave_memory},
    {.name = "victim-not-written-back",
     .what = "a modified line makes room for another without being written back",
     .flaws = HB_FLAW_VICTIM_DROPPED,
     .fits = writes_back},
    {.name = "write-back-keeps-dirty",
     .what = "a line that was written back to make room is still modified, and has to be written back again",
     .change = keep_dirty},
    {.name = "sc-ignores-reservation",
     .what = "an SC that waited for the bus is performed although its reservation was lost meanwhile",
     .flaws = HB_FLAW_SC_UNCHECKED,
     .fits = is_coherent},
    {.name = "reservation-survives-update",
     .what = "an update by another hart leaves an LR's reservation",
     .flaws = HB_FLAW_RESERVATION_KEPT,
     .fits = updates},
    {.name = "not-re-evaluated",
     .what = "a store into a shared copy stays an upgrade, although the copy was taken while it waited",
     .flaws = HB_FLAW_STALE_GRANT,
     .fits = upgrades},
    {.name = "cancel-not-answered",
     .what = "a write-back whose line was taken meanwhile is cancelled, and the hart gets no answer",
     .flaws = HB_FLAW_CANCEL_UNANSWERED,
     .fits = writes_back},
    {.name = "l1i-not-snooping",
     .what = "instruction caches do not see what others do with their lines",
     .flaws = HB_FLAW_L1I_DEAF,
     .fits = is_coherent},
    {.name = "device-not-snooped",
     .what = "caches do not see what a device reads and writes",
     .flaws = HB_FLAW_DEVICE_UNSEEN,
     .fits = is_coherent},
    {.name = "two-of-a-line",
     .what = "the split bus grants a second transaction of a line while one is under way",
     .split = true,
     .flaws = HB_FLAW_TWO_OF_A_LINE,
     .fits = is_coherent},
};

#define MUTATIONS (sizeof mutations / sizeof mutations[0])

const struct hb_mutation *hb_mutation_at(uint32_t n) {
    return n < MUTATIONS ? &mutations[n] : NULL;
}

uint32_t hb_mutation_find(const char *name) {
    for (uint32_t n = 0; n < MUTATIONS; n++)
        if (strcmp(mutations[n].name, name) == 0)
            return n;
    return UINT32_MAX;
}

static bool same_row(const struct hb_row *a, const struct hb_row *b) {
    return a->defined == b->defined && a->transaction == b->transaction && a->next == b->next &&
           a->next_shared == b->next_shared && a->actions == b->actions;
}

bool hb_mutation_fits(const struct hb_mutation *mutation, const struct hb_protocol *protocol, bool split) {
    if (mutation->fits)
        return mutation->fits(protocol) && (split || !mutation->split);
    struct hb_protocol changed = *protocol;
    mutation->change(&changed);
    for (uint32_t s = 0; s < protocol->states; s++)
        for (uint32_t e = 0; e < HB_EVENTS; e++)
            if (protocol->row[s][e].defined && !same_row(&protocol->row[s][e], &changed.row[s][e]))
                return true;
    return false;
}

void hb_mutation_apply(const struct hb_mutation *mutation, struct hb_protocol *protocol) {
    protocol->flaws |= mutation->flaws;
    if (mutation->change)
        mutation->change(protocol);
}

void hb_mutation_names(const struct hb_protocol *protocol, bool split, char *text, uint32_t size) {
    uint32_t at = 0;
    snprintf(text, size, "none");
    for (uint32_t n = 0; n < MUTATIONS; n++) {
        if (!hb_mutation_fits(&mutations[n], protocol, split))
            continue;
        int written = snprintf(text + at, size - at, "%s%s", at ? ", " : "", mutations[n].name);
        at += (uint32_t)written < size - at ? (uint32_t)written : size - at - 1;
    }
}
