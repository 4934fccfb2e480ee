/* The shared bus and the private caches on it.
 *
 * A hart reaches memory through its port: hb_bus_access() performs an access that its own L1 can serve at once, else it
 * posts a request. hb_bus_step(), called once a cycle when something is due, finishes, snoops and grants, in that
 * order:
 *
 *     grant g  ->  snoop g + arbitration + address  ->  finish = snoop + source + ceil(bytes / width)
 *
 * The atomic bus is held from grant to finish. The split bus is held for the address phase (arbitration + address);
 * data phases follow each other on the data lines in the order of their address phases, while other transactions, never
 * two of one line, are under way; at most config.outstanding of them. The atomic bus is the split bus of one. An access
 * that went to the bus is PERFORMED by the finish of its own transaction: its value is latched in the port, its store
 * or atomic is done; nobody can take the line in between.
 *
 * struct hb_bus finds things and holds nothing that is saved; everything that the machine is lives in struct
 * hb_bus_state, in the caches' blocks, in RAM and in the devices. Ports are numbered as harts; a machine with a disk
 * has one more behind them, that of its DMA (bus/shared/dma.h).
 *
 * Not modelled: several requests of one hart at once, prefetching, a queue in the memory controller.
 */
#ifndef HB_BUS_BUS_H
#define HB_BUS_BUS_H

#include <stdbool.h>
#include <stdint.h>

#include "bus/config.h"
#include "bus/devices/devices.h"
#include "bus/protocol/coherence.h"
#include "memory/cache.h"
#include "memory/ram.h"

#define HB_NEVER UINT64_MAX

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
    uint64_t operand;      /* what to store; the AMO's right side */
    uint64_t expected;     /* HB_AMO_CAS */
    uint64_t posted_cycle; /* set when posted */
    uint8_t kind;          /* enum hb_access */
    uint8_t bytes; /* 1, 2, 4 or 8; for pieces of a line-crossing access any number up to 7, for DMA up to a line */
    uint8_t amo;   /* enum hb_amo */
    uint8_t order; /* number of this access within its instruction, 0 .. 15: orders stamps of one cycle */
    uint8_t unbuffered;   /* a store that may not wait in the store buffer, nor overtake one that does */
    uint8_t posted_state; /* HB_FLAW_STALE_GRANT: of the line when it was posted; else 0 */
};

/* A store on its way from the hart to its L1D. */
struct hb_store {
    uint64_t address;
    uint64_t operand;
    uint64_t due_cycle; /* when it may be performed */
    uint8_t bytes;
    uint8_t order;
};

enum hb_response {
    HB_RESPONSE_NONE,
    HB_RESPONSE_DONE,  /* `value` holds the result */
    HB_RESPONSE_RETRY, /* not performed (a victim was written back, or a request was overtaken): try again */
    HB_RESPONSE_FAULT, /* no such device register: access fault */
};

struct hb_port_stats {
    uint64_t requests;
    uint64_t grants;
    uint64_t wait_cycles; /* from post to grant, summed */
    uint64_t wait_max_cycles;
    uint64_t hits[2];          /* L1D, L1I; without those that a hart's host lookups served */
    uint64_t misses[2];        /* L1D, L1I */
    uint64_t writebacks;       /* modified lines of the L1D that this hart's transactions or flushes wrote back */
    uint64_t invalidations[2]; /* valid lines taken from L1D, L1I by others */
    uint64_t upgrades;
    uint64_t stores_lost;      /* that waited in the store buffer when the hart died */
    uint64_t updates_received; /* stores of others that came into copies of the L1D */
};

struct hb_port {
    struct hb_request request; /* kind HB_ACCESS_NONE: nothing is posted */
    uint64_t value;
    uint64_t reservation; /* line that LR reserved, or HB_NO_LINE */
    uint8_t response;     /* enum hb_response; taken back to NONE by the hart */
    bool granted;         /* the request is on the bus */
    bool silent;          /* the hart is dead or fenced: nobody waits for the response */
    bool lost;            /* the caches answer nothing any more */
    bool flushing;        /* the power controller writes back this cache, line by line */
    bool draining;        /* the request is that of store[drained], or of the victim in its way */
    uint8_t drained;
    uint32_t victim; /* draining: the slot that the store's line will take; the hart's hits move others meanwhile */
    uint8_t stores;  /* how many wait, in program order */
    uint64_t drains; /* so far: what chance counts */
    struct hb_store store[HB_STORES_MAX];
    struct hb_request held; /* what waits for the store buffer or for the port; kind NONE: nothing does */
    struct hb_port_stats stats;
};

struct hb_transaction {
    bool active;
    bool snooped;
    bool carries;   /* `data` is the newest copy of the line: on its way from a cache */
    bool broadcast; /* the bytes of the store go to every copy */
    uint8_t port;
    uint8_t kind;   /* enum hb_txn */
    uint8_t before; /* state of the requester's line at the grant */
    bool shared;
    bool memory_takes;
    uint8_t supplier;
    uint64_t line; /* address */
    uint64_t grant_cycle;
    uint64_t snoop_cycle;
    uint64_t finish_cycle; /* known from the snoop on */
    uint32_t data_cycles;  /* the same: how many of the last before the finish its data take on the bus */
    uint8_t data[HB_LINE_BYTES_MAX];
};

struct hb_l2_stats {
    uint64_t accesses; /* by transactions that no other cache supplied */
    uint64_t hits;
    uint64_t writebacks;         /* modified lines that left it for memory */
    uint64_t back_invalidations; /* copies that L1s lost because it gave their line up */
};

struct hb_bus_state {
    struct hb_port port[HB_HARTS_LIMIT + 1];
    struct hb_transaction transaction[HB_OUTSTANDING_MAX]; /* the atomic bus uses the first only */
    uint8_t outstanding;                                   /* how many are active */
    bool address_busy;                                     /* one of them is in its address phase */
    uint64_t data_free_cycle;                              /* split: when the data lines are free again */
    uint64_t grants;                                       /* so far: what chance counts */
    uint32_t script_place;                                 /* script: the choice that comes next */
    uint64_t next_cycle; /* when hb_bus_step has something to do; HB_NEVER: only a post changes that */
    uint64_t last_finish_cycle;
    uint32_t last_port;      /* round-robin: granted last */
    uint64_t busy_cycles;    /* of finished transactions: from grant to finish; split: of the data lines */
    uint64_t address_cycles; /* arbitration and address phases of finished transactions */
    uint64_t data_cycles;    /* transfers of finished transactions */
    uint64_t transactions[HB_TXNS];
    struct hb_l2_stats l2;
    uint64_t hart_wake; /* harts whose request was answered in this cycle; taken back by the engine */
};

struct hb_checker;
struct hb_bus_watch;

struct hb_bus {
    struct hb_bus_config config;
    const struct hb_protocol *protocol; /* with `none` in a part of memory: vi, for the rest */
    struct hb_protocol own_protocol;    /* what it points to when it is a mutation, or was given by the user */
    uint64_t incoherent_base;           /* physical range in which caches do not snoop (protocol none) */
    uint64_t incoherent_bytes;          /* 0: nowhere */
    uint32_t limit;                     /* transactions under way at once */
    uint32_t slot_cycles;               /* tdma */
    uint32_t harts;
    uint32_t line_bytes;
    uint32_t memory_latency_cycles;
    struct hb_cache l1d[HB_HARTS_LIMIT];
    struct hb_cache l1i[HB_HARTS_LIMIT];
    struct hb_cache l2; /* shared, between the bus and memory; block NULL: there is none */
    struct hb_bus_state *state;
    struct hb_devices *devices;
    struct hb_ram *ram;
    const uint8_t *rom;         /* boot ROM, from HB_ROM_BASE */
    struct hb_disk *disk;       /* behind devices->virtio_blk; NULL: none, and no port for DMA */
    struct hb_checker *checker; /* NULL: off */
    struct hb_bus_watch *watch; /* who listens (bus/shared/watch.h); NULL: nobody */
    uint32_t cycles_per_tick;
};

/* How many ports take part in arbitration. */
static inline uint32_t hb_bus_ports(const struct hb_bus *bus) {
    return bus->harts + (bus->disk != NULL);
}

/* The protocol of the L1Ds for the line at `address`. */
static inline const struct hb_protocol *hb_bus_protocol_at(const struct hb_bus *bus, uint64_t address) {
    return address - bus->incoherent_base < bus->incoherent_bytes ? &hb_protocol_none : bus->protocol;
}

/* Make the state that of a machine after reset, and derive `protocol` (for the whole of memory), `limit` and
 * `slot_cycles` from `config`. The handle's other fields are filled by the caller before. */
void hb_bus_reset(struct hb_bus *bus);

/* With the protocol none: only these bytes are left incoherent, the rest goes by vi. Before anything has run. */
void hb_bus_set_incoherent(struct hb_bus *bus, uint64_t base, uint64_t bytes);

/* True if the whole range is RAM or boot ROM: such accesses go through the caches, all others to devices. */
bool hb_bus_cacheable(const struct hb_bus *bus, uint64_t address, uint64_t bytes);
bool hb_bus_is_rom(uint64_t address);

/* Access memory for `hart` in cycle `now`. True: the L1 served it, `*value` is the result. False: a request was posted
 * (this one, or the write-back of a victim that is in its way); the port's response tells when it is answered. */
bool hb_bus_access(struct hb_bus *bus, uint32_t hart, const struct hb_request *request, uint64_t now, uint64_t *value);

/* A request was posted in cycle `now`: the bus looks at it when it can. Inside bus/ only. */
void hb_bus_posted(struct hb_bus *bus, uint32_t port, uint64_t now);

/* Phase 2 of cycle `now`: finish, snoop, grant. */
void hb_bus_step(struct hb_bus *bus, uint64_t now);

/* The hart executes nothing any more: withdraw its ungranted request, answer it no more. `lost`: its caches stop
 * answering, too. */
void hb_bus_silence(struct hb_bus *bus, uint32_t hart, bool lost);

/* Write back a silent hart's modified lines one after the other; harmless when there are none. */
void hb_bus_flush(struct hb_bus *bus, uint32_t hart, uint64_t now);

/* True while such a flush goes on. */
bool hb_bus_flushing(const struct hb_bus *bus, uint32_t hart);

/* As at power-on: all caches are empty, and what waits or is under way on the bus is gone. Counters go on. */
void hb_bus_clear(struct hb_bus *bus, uint64_t now);

/* A started hart begins with a cold cache, no request and no reservation. Its cache holds no modified line. */
void hb_bus_restart(struct hb_bus *bus, uint32_t hart);

/* Give up the hart's LR reservation (trap return). */
static inline void hb_bus_drop_reservation(struct hb_bus *bus, uint32_t hart) {
    bus->state->port[hart].reservation = HB_NO_LINE;
}

/* Number of lines that the hart's L1D would have to write back, and their addresses (at most `most`). */
uint32_t hb_bus_dirty_lines(const struct hb_bus *bus, uint32_t hart, uint64_t *addresses, uint32_t most);

/* The one way past time: read the newest copy, write every copy (gdb, ELF loading, signatures, checkers, result slots).
 * Lost caches are neither read nor written. False: the range is not in RAM or boot ROM (or a write to ROM). */
bool hb_bus_debug_read(const struct hb_bus *bus, uint64_t address, void *to, uint64_t bytes);
bool hb_bus_debug_write(struct hb_bus *bus, uint64_t address, const void *from, uint64_t bytes);

#endif
