/* Coherence protocols as data: for each state of a line, what an event asks of the bus and what becomes of the line.
 *
 * An event is either asked by the cache's own side (a hart's read, write, eviction, cache-block operation) or seen on
 * the bus (another cache's transaction). A row says which transaction the event needs (HB_TXN_NONE: it is a hit), the
 * next state, and what the cache does. The same table is executed by the machine, searched by the verifier, printed and
 * drawn.
 *
 * State 0 is always I: the line is not in the cache. A row with `defined` false cannot happen; the machine stops if it
 * does.
 */
#ifndef HB_BUS_PROTOCOL_H
#define HB_BUS_PROTOCOL_H

#include <stdbool.h>
#include <stdint.h>

#include "bus/config.h"

#define HB_STATES_MAX 8
#define HB_STATE_I    0

/* What a bus transaction is. */
enum hb_txn {
    HB_TXN_NONE,
    HB_TXN_READ,        /* BusRd: a copy to read */
    HB_TXN_READ_X,      /* BusRdX: the only copy, to write */
    HB_TXN_UPGRADE,     /* BusUpgr: the copy held becomes the only one; no data */
    HB_TXN_WRITE_BACK,  /* BusWB: a modified line goes to memory */
    HB_TXN_WRITE,       /* BusWr: a store goes through to memory */
    HB_TXN_ATOMIC,      /* a locked read-modify-write in memory (write-through) */
    HB_TXN_UPDATE,      /* BusUpd: the bytes of a store go to every copy */
    HB_TXN_READ_UPDATE, /* BusRd and, if some cache keeps a copy, BusUpd after it without releasing the bus */
    HB_TXN_CLEAN,       /* cbo.clean: whoever holds it modified writes it back */
    HB_TXN_FLUSH,       /* cbo.flush: written back, then dropped everywhere */
    HB_TXN_INVALIDATE,  /* cbo.inval: dropped everywhere */
    HB_TXN_DEVICE_READ,
    HB_TXN_DEVICE_WRITE,
    HB_TXN_DMA_READ,  /* a device reads memory: as a read that leaves no copy */
    HB_TXN_DMA_WRITE, /* a device writes memory: the line is flushed everywhere first */
    HB_TXNS
};

/* What a cache's own side asks. Events seen on the bus follow, one per coherent transaction. */
enum hb_event {
    HB_EVENT_READ,  /* load, LR, page walk; fetch in an L1I */
    HB_EVENT_WRITE, /* store, SC */
    HB_EVENT_ATOMIC,
    HB_EVENT_EVICT,
    HB_EVENT_CLEAN,
    HB_EVENT_FLUSH,
    HB_EVENT_INVALIDATE,
    HB_SNOOP_READ, /* BusRd, and a device's read */
    HB_SNOOP_READ_X,
    HB_SNOOP_UPGRADE,
    HB_SNOOP_WRITE, /* BusWr and the locked read-modify-write */
    HB_SNOOP_UPDATE,
    HB_SNOOP_CLEAN,
    HB_SNOOP_FLUSH, /* cbo.flush, and a device's write */
    HB_SNOOP_INVALIDATE,
    HB_EVENTS
};

/* What a cache does besides changing state. */
#define HB_ACT_SHARED 1u /* a snooper asserts the shared line: it keeps a copy */
#define HB_ACT_SUPPLY 2u /* offers its data in place of memory; the requester itself: gives its data to memory */
#define HB_ACT_MEMORY                                                                                                  \
    4u /* memory takes the data as well: they are newer there than in memory. With BusUpd, in the                      \
          requester's row: memory takes the bytes of the store */

struct hb_row {
    bool defined;
    uint8_t transaction; /* enum hb_txn: what an own event needs; HB_TXN_NONE for a hit and for snoops */
    uint8_t next;        /* state after it */
    uint8_t next_shared; /* state after it when another cache asserted the shared line */
    uint8_t actions;     /* HB_ACT_* */
};

struct hb_state_info {
    char letter;
    const char *name;
    uint8_t attributes; /* HB_LINE_* of memory/cache.h */
};

/* What a named mutation (bus/protocol/mutations.h) breaks besides the table. */
enum hb_flaw {
    HB_FLAW_SC_UNCHECKED = 1,        /* the grant does not ask whether an SC's reservation is still there */
    HB_FLAW_STALE_GRANT = 2,         /* an upgrade is looked up when posted, not when granted */
    HB_FLAW_NO_BROADCAST = 4,        /* the bytes of an update reach no other copy */
    HB_FLAW_L1I_DEAF = 8,            /* L1Is do not snoop */
    HB_FLAW_DEVICE_UNSEEN = 16,      /* a device's transactions are not snooped */
    HB_FLAW_RESERVATION_KEPT = 32,   /* an update leaves the reservations of others */
    HB_FLAW_TWO_OF_A_LINE = 64,      /* split: a line that has a transaction under way is granted another */
    HB_FLAW_CANCEL_UNANSWERED = 128, /* a requester whose write-back is cancelled gets no answer */
    HB_FLAW_VICTIM_DROPPED = 256,    /* a modified line makes room for another without being written back */
};

struct hb_protocol {
    const char *name;
    const char *source; /* the paper or book that published the table, and our choices */
    uint16_t flaws;     /* enum hb_flaw; 0 but in a mutation */
    bool write_through;
    bool incoherent; /* its L1Ds do not snoop; LR, SC and AMO are performed in memory, which watches reservations */
    uint8_t states;
    struct hb_state_info state[HB_STATES_MAX];
    struct hb_row row[HB_STATES_MAX][HB_EVENTS];
};

/* The protocol of the L1D caches; NULL: no protocol has this number. */
const struct hb_protocol *hb_protocol_find(enum hb_protocol_id id);

/* The read-only protocol of every L1I: a copy or none. */
extern const struct hb_protocol hb_protocol_l1i;

extern const struct hb_protocol hb_protocol_none;

/* Snoops that the table says cannot happen become rows in which the cache does not react. */
void hb_protocol_fill(struct hb_protocol *protocol);

/* The event as which a snooper sees another cache's transaction; HB_EVENTS for those that concern no cache. */
static inline enum hb_event hb_snoop_event(enum hb_txn transaction) {
    static const uint8_t events[HB_TXNS] = {
        [HB_TXN_NONE] = HB_EVENTS,
        [HB_TXN_READ] = HB_SNOOP_READ,
        [HB_TXN_READ_X] = HB_SNOOP_READ_X,
        [HB_TXN_UPGRADE] = HB_SNOOP_UPGRADE,
        [HB_TXN_WRITE_BACK] = HB_EVENTS,
        [HB_TXN_WRITE] = HB_SNOOP_WRITE,
        [HB_TXN_ATOMIC] = HB_SNOOP_WRITE,
        [HB_TXN_UPDATE] = HB_SNOOP_UPDATE,
        [HB_TXN_READ_UPDATE] = HB_SNOOP_READ, /* its first half */
        [HB_TXN_CLEAN] = HB_SNOOP_CLEAN,
        [HB_TXN_FLUSH] = HB_SNOOP_FLUSH,
        [HB_TXN_INVALIDATE] = HB_SNOOP_INVALIDATE,
        [HB_TXN_DEVICE_READ] = HB_EVENTS,
        [HB_TXN_DEVICE_WRITE] = HB_EVENTS,
        [HB_TXN_DMA_READ] = HB_SNOOP_READ,
        [HB_TXN_DMA_WRITE] = HB_SNOOP_FLUSH,
    };
    return (enum hb_event)events[transaction];
}

/* An event as it is written in tables: "read", "BusRd". */
const char *hb_event_name(enum hb_event event);

/* It brings a line to its requester: BusRd, BusRdX, BusRdUpd. */
static inline bool hb_txn_reads_line(enum hb_txn transaction) {
    return transaction == HB_TXN_READ || transaction == HB_TXN_READ_X || transaction == HB_TXN_READ_UPDATE;
}

/* It brings a line, or a part of it, to its requester: those, and a device's read. */
static inline bool hb_txn_brings_line(enum hb_txn transaction) {
    return hb_txn_reads_line(transaction) || transaction == HB_TXN_DMA_READ;
}

/* The textbook's name of a transaction: "BusRd". */
const char *hb_txn_name(enum hb_txn transaction);

#endif
