/* What the bus, its caches and memory can do with one or two lines, as a small plain state and the moves out of it.
 *
 * This is what an exhaustive search (bus/verify/verify.h) walks over. A move calls the very functions that the machine
 * executes, hb_coherence_grant, _snoop and _finish, over the protocol's table and that of the L1I, and uses their
 * answers as bus/shared/l1.c and bus/shared/transaction.c do: who supplies, what memory takes, what is broadcast, who
 * installs the line, which reservations go. What is left out, and why the search still holds for the machine:
 *
 *   time       any request that may be granted is, any phase that may end does: that covers every arbiter and latency
 *   data       a copy, memory and what is on its way are either newest or stale. A store makes the newest; whoever gets
 *              its bytes stays as new as it was, all others are stale
 *   capacity   one line: a hart that waits for nothing may lose its clean copy (while the bus is idle, or at any time
 *              when it is split) or post the write-back of a modified one, as if another line needed the place. Two
 *              lines: they map to the same place in caches of one way; a modified victim is written back first
 *   L2         may give up any line that no transaction is about: all caches lose it, and what was modified goes to
 *              memory, which here is all that lies below the L1s
 *   devices    may read or write a line whenever the bus may be granted: it does not matter how long such a request has
 *              waited
 *   stores     may wait in a store buffer: while the posted one waits, its hart goes on reading
 *   death      a dead or fenced hart whose cache answers is one that asks for nothing more. Lost caches are left out:
 *              they lose data by intent
 *   cbo.inval  drops what is newest by intent: when it is gone, what memory has counts as newest
 *
 * A request's kind is fixed when it is posted and is part of the state, its row is looked up at the grant. With `posts`
 * off it is posted and granted in one move. That reaches the same caches, memory and transactions: whatever is granted
 * with any effect could have been posted just before, and until then a waiting request changes nothing. Harts are
 * interchangeable except for the number by which one of several suppliers is chosen; any order of them is searched.
 */
#ifndef HB_BUS_MODEL_H
#define HB_BUS_MODEL_H

#include <stdbool.h>
#include <stdint.h>

#include "bus/access/access.h"
#include "bus/protocol/coherence.h"

#define HB_MODEL_CACHES_MAX 6
#define HB_MODEL_LINES_MAX  2
#define HB_MODEL_MOVES_MAX  192
#define HB_MODEL_KEY_WORDS  4

/* Rows that were needed, by state and event. */
struct hb_reach {
    bool l1d[HB_STATES_MAX][HB_EVENTS];
    bool l1i[HB_STATES_MAX][HB_EVENTS];
};

struct hb_model {
    const struct hb_protocol *protocol;
    uint8_t caches; /* harts with an L1D and an L1I each: 1 .. HB_MODEL_CACHES_MAX */
    uint8_t lines;  /* 1 .. HB_MODEL_LINES_MAX */
    bool split;
    bool posts;
    bool l2;                /* there is an L2, which evicts lines */
    bool names_count;       /* states that differ only in the names of harts or lines are distinguished */
    uint32_t left_out;      /* accesses that are never made: 1 << enum hb_access, of devices, too */
    bool atomic_is_write;   /* by hb_model_start(): the rows of both are the same, so there are no separate AMOs */
    struct hb_reach *reach; /* noted there by every step; NULL: not noted */
};

struct hb_model_copy {
    uint8_t state;
    bool newest;
};

enum hb_phase { HB_PHASE_IDLE, HB_PHASE_POSTED, HB_PHASE_GRANTED, HB_PHASE_SNOOPED };

/* What a hart, or the device behind all harts, asks for, and how far its transaction is. */
struct hb_model_port {
    uint8_t kind; /* enum hb_access; HB_ACCESS_NONE: nothing */
    uint8_t line;
    uint8_t wanted; /* EVICT of a victim: the access, to the other line, that it is in the way of; else NONE */
    uint8_t phase;  /* enum hb_phase; IDLE with a kind: it waits for an answer that will never come */
    uint8_t before; /* state of its line at the grant */
    uint8_t posted; /* state of its line when it was posted (HB_FLAW_STALE_GRANT) */
    bool shared;
    bool broadcast;
    bool memory_takes;
    bool carries;     /* data of a cache are on their way ... */
    bool newest;      /* ... and are the newest */
    uint8_t reserved; /* LR: line + 1; 0: no reservation */
    bool overtaken;   /* somebody else has written the reserved line since */
};

struct hb_model_state {
    struct hb_model_copy l1d[HB_MODEL_CACHES_MAX][HB_MODEL_LINES_MAX];
    struct hb_model_copy l1i[HB_MODEL_CACHES_MAX][HB_MODEL_LINES_MAX];
    struct hb_model_port port[HB_MODEL_CACHES_MAX + 1]; /* the device's is port[caches] */
    bool memory_newest[HB_MODEL_LINES_MAX];
};

enum hb_move_kind {
    HB_MOVE_ACCESS,  /* a hart's access: a hit, or a request is posted */
    HB_MOVE_DROP,    /* a clean copy (of the L1I with access FETCH) makes room for another line */
    HB_MOVE_GIVE_UP, /* the L2, which includes all L1s, gives the line up */
    HB_MOVE_GRANT,
    HB_MOVE_SNOOP,
    HB_MOVE_FINISH,
};

struct hb_move {
    uint8_t kind; /* enum hb_move_kind */
    uint8_t port;
    uint8_t access; /* enum hb_access */
    uint8_t line;
};

enum hb_flaw_found {
    HB_FOUND_NOTHING,
    HB_FOUND_TWO_WRITERS,
    HB_FOUND_STALE_READ,
    HB_FOUND_STALE_DEVICE_READ,
    HB_FOUND_STALE_STORE, /* a store into a stale copy: the line's other bytes are old */
    HB_FOUND_LOST_WRITE,
    HB_FOUND_LOST_VICTIM, /* a modified line in the way of another was dropped */
    HB_FOUND_WRONG_SC,
    HB_FOUND_NOT_CLEANED,
    HB_FOUND_NOT_FLUSHED,
    HB_FOUND_NO_ROW,
    HB_FOUND_DEADLOCK,
    HB_FOUND_LIVELOCK,
    HB_FOUNDS
};

struct hb_model_outcome {
    uint8_t found;               /* enum hb_flaw_found */
    bool completes;              /* an access, or a device's, was performed (an SC that fails counts) */
    uint8_t agent, state, event; /* NO_ROW: whose table has no such row */
};

/* Derive what follows from the protocol. `state`: all invalid, memory newest. */
void hb_model_start(struct hb_model *model, struct hb_model_state *state);

/* The moves out of `state`; returns how many. `*serving`: how many of them advance a waiting request. */
uint32_t hb_model_moves(const struct hb_model *model, const struct hb_model_state *state,
                        struct hb_move moves[HB_MODEL_MOVES_MAX], uint32_t *serving);

/* Make the move. */
struct hb_model_outcome hb_model_step(const struct hb_model *model, struct hb_model_state *state, struct hb_move move);

/* A request waits that nothing will serve, `serving` being the number of moves that advance any. */
bool hb_model_is_stuck(const struct hb_model *model, const struct hb_model_state *state, uint32_t serving);

/* A number that is lowered by every move that completes no access, as long as the protocol makes progress: a search
 * that has seen no other move has seen no livelock. */
uint32_t hb_model_height(const struct hb_model *model, const struct hb_model_state *state);

/* Which hart before renaming is which after it, and whether the lines were swapped. */
struct hb_renaming {
    uint8_t hart[HB_MODEL_CACHES_MAX];
    bool lines_swapped;
};

/* Words of a key. */
uint32_t hb_model_key_words(const struct hb_model *model);

/* The state as a key that is the same for states that differ only in the names of harts and lines. `renaming`: how it
 * renames them; NULL: not wanted. */
void hb_model_pack(const struct hb_model *model, const struct hb_model_state *state, uint64_t key[HB_MODEL_KEY_WORDS],
                   struct hb_renaming *renaming);
void hb_model_unpack(const struct hb_model *model, const uint64_t key[HB_MODEL_KEY_WORDS],
                     struct hb_model_state *state);

/* What a port that has been granted the bus does there. */
enum hb_txn hb_model_transaction(const struct hb_model *model, const struct hb_model_port *port);

/* What the caches see of, and answer to, the transaction of a port in its address phase: `seen` before and `answer`
 * after hb_coherence_snoop(). False: a row that does not exist was needed. */
bool hb_model_show(const struct hb_model *model, const struct hb_model_state *state, uint32_t port,
                   struct hb_coherence *seen, struct hb_coherence *answer);

/* The table of an agent's cache. */
const struct hb_protocol *hb_model_table(const struct hb_model *model, uint8_t agent);

#endif
