/* What a hart or a device asks of the caches and of the bus: kinds of accesses, and one access as a request.
 *
 * Plain data, and what follows from it alone. What becomes of an access in caches and on the bus is up to bus/shared/;
 * whether that is right is searched by bus/verify/.
 */
#ifndef HB_BUS_ACCESS_H
#define HB_BUS_ACCESS_H

#include <stdbool.h>
#include <stdint.h>

#include "bus/protocol/protocol.h"

/* In an order that the predicates below rely on: what moves bytes of a line, then EVICT, then cache-block
 * operations. */
enum hb_access {
    HB_ACCESS_NONE,
    HB_ACCESS_LOAD,
    HB_ACCESS_FETCH,
    HB_ACCESS_LR,
    HB_ACCESS_STORE,
    HB_ACCESS_SC,  /* value: 0 stored, 1 failed */
    HB_ACCESS_AMO, /* value: what was there before */
    HB_ACCESS_EVICT,
    HB_ACCESS_CLEAN,
    HB_ACCESS_FLUSH,
    HB_ACCESS_INVALIDATE,
    HB_ACCESS_DEVICE_READ,
    HB_ACCESS_DEVICE_WRITE,
    HB_ACCESS_FENCE,    /* done when the hart's store buffer is empty; never on the bus */
    HB_ACCESS_DMA_READ, /* posted by bus/shared/dma.c only */
    HB_ACCESS_DMA_WRITE,
    HB_ACCESSES
};

enum hb_amo {
    HB_AMO_SWAP,
    HB_AMO_ADD,
    HB_AMO_XOR,
    HB_AMO_AND,
    HB_AMO_OR,
    HB_AMO_MIN,
    HB_AMO_MAX,
    HB_AMO_MINU,
    HB_AMO_MAXU,
    HB_AMO_CAS, /* store `operand` if `expected` is there: how a page walk marks a page accessed or dirty */
};

struct hb_request {
    uint64_t address;      /* physical; the range lies inside one line */
    uint64_t operand;      /* what to store; the AMO's right operand */
    uint64_t expected;     /* HB_AMO_CAS */
    uint64_t posted_cycle; /* set when posted */
    uint8_t kind;          /* enum hb_access */
    uint8_t bytes; /* 1, 2, 4 or 8; for pieces of a line-crossing access any number up to 7, for DMA up to a line */
    uint8_t amo;   /* enum hb_amo */
    uint8_t order; /* number of this access within its instruction, 0 .. 15: orders stamps of one cycle */
    uint8_t unbuffered;   /* a store that must not wait in the store buffer, nor overtake one that does */
    uint8_t posted_state; /* HB_FLAW_STALE_GRANT: of the line when it was posted; else 0 */
};

/* It returns a value or stores one: LOAD to AMO. */
static inline bool hb_access_moves_bytes(uint8_t kind) {
    return kind >= HB_ACCESS_LOAD && kind <= HB_ACCESS_AMO;
}

static inline bool hb_access_reads(uint8_t kind) {
    return kind == HB_ACCESS_LOAD || kind == HB_ACCESS_FETCH || kind == HB_ACCESS_LR || kind == HB_ACCESS_AMO;
}

static inline bool hb_access_writes(uint8_t kind) {
    return kind == HB_ACCESS_STORE || kind == HB_ACCESS_SC || kind == HB_ACCESS_AMO;
}

static inline bool hb_access_is_atomic(uint8_t kind) {
    return kind == HB_ACCESS_LR || kind == HB_ACCESS_SC || kind == HB_ACCESS_AMO;
}

static inline bool hb_access_is_cache_block(uint8_t kind) {
    return kind >= HB_ACCESS_CLEAN && kind <= HB_ACCESS_INVALIDATE;
}

static inline bool hb_access_is_device(uint8_t kind) {
    return kind == HB_ACCESS_DEVICE_READ || kind == HB_ACCESS_DEVICE_WRITE;
}

static inline bool hb_access_is_dma(uint8_t kind) {
    return kind == HB_ACCESS_DMA_READ || kind == HB_ACCESS_DMA_WRITE;
}

/* What an access asks of the protocol of its line. */
static inline enum hb_event hb_access_event(const struct hb_protocol *protocol, uint8_t kind) {
    static const uint8_t events[HB_ACCESSES] = {
        [HB_ACCESS_NONE] = HB_EVENT_READ,
        [HB_ACCESS_LOAD] = HB_EVENT_READ,
        [HB_ACCESS_FETCH] = HB_EVENT_READ,
        [HB_ACCESS_LR] = HB_EVENT_READ,
        [HB_ACCESS_STORE] = HB_EVENT_WRITE,
        [HB_ACCESS_SC] = HB_EVENT_WRITE,
        [HB_ACCESS_AMO] = HB_EVENT_ATOMIC,
        [HB_ACCESS_EVICT] = HB_EVENT_EVICT,
        [HB_ACCESS_CLEAN] = HB_EVENT_CLEAN,
        [HB_ACCESS_FLUSH] = HB_EVENT_FLUSH,
        [HB_ACCESS_INVALIDATE] = HB_EVENT_INVALIDATE,
    };
    return kind == HB_ACCESS_LR && protocol->incoherent ? HB_EVENT_ATOMIC : (enum hb_event)events[kind];
}

#endif
