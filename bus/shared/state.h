/* The bus as data: what is saved of it (struct hb_bus_state) and what finds it all (struct hb_bus).
 *
 * Every file of this room works on these. bus/shared/bus.h, the room's face, creates and drives them.
 */
#ifndef HB_BUS_STATE_H
#define HB_BUS_STATE_H

#include <stdbool.h>
#include <stdint.h>

#include "bus/access/in_flight.h"
#include "bus/config.h"
#include "bus/devices/devices.h"
#include "bus/protocol/coherence.h"
#include "memory/cache.h"
#include "memory/ram.h"

struct hb_l2_stats {
    uint64_t accesses; /* by transactions that no other cache supplied */
    uint64_t hits;
    uint64_t writebacks;         /* modified lines that left it for memory */
    uint64_t back_invalidations; /* copies that L1s lost because it gave their line up */
};

struct hb_bus_state {
    struct hb_port port[HB_HARTS_LIMIT + 1];
    struct hb_transaction transaction[HB_OUTSTANDING_MAX]; /* the atomic bus uses only the first */
    uint8_t outstanding;                                   /* how many are active */
    bool address_busy;                                     /* one of them is in its address phase */
    uint64_t data_free_cycle;                              /* split: when the data lines are free again */
    uint64_t grants;                                       /* so far: input of the random choices */
    uint32_t script_place;                                 /* script: the choice that comes next */
    uint64_t next_cycle; /* when hb_bus_step next has something to do; HB_NEVER: not until a request is posted */
    uint64_t last_finish_cycle;
    uint32_t last_port;      /* round-robin: granted last */
    uint64_t busy_cycles;    /* of finished transactions: from grant to finish; split: of the data lines */
    uint64_t address_cycles; /* arbitration and address phases of finished transactions */
    uint64_t data_cycles;    /* transfers of finished transactions */
    uint64_t transactions[HB_TXNS];
    struct hb_l2_stats l2;
    uint64_t hart_wake; /* harts whose request was answered in this cycle; cleared by the engine */
};

/* Which L1s hold a line: derived (bus/shared/presence.h). */
struct hb_presence {
    uint64_t *holders;   /* NULL: that is not known, and all are searched */
    uint64_t ram_lines;  /* lines of RAM, then one that is nowhere, then those of the boot ROM */
    uint32_t words;      /* of `holders` a line */
    uint32_t line_shift; /* from an address to the number of its line */
};

/* The transaction under way that concerns its requester alone: derived (bus/shared/transaction.h). */
struct hb_solo {
    bool allowed;
    bool under_way;
    bool prompt;             /* and who asks alone is granted in the next cycle */
    uint32_t address_cycles; /* from its grant to its snoop */
    uint32_t data_cycles;    /* that a line takes on the bus */
    uint64_t finish_cycle;
};

struct hb_checker;
struct hb_bus_watch;

struct hb_bus {
    struct hb_bus_config config;
    const struct hb_protocol *protocol; /* with `none` in a part of memory: vi, for the rest */
    struct hb_protocol own_protocol;    /* what it points to when it is a mutation, or was given by the user */
    uint64_t incoherent_base;           /* physical range in which caches do not snoop (protocol none) */
    uint64_t incoherent_bytes;          /* 0: nowhere */
    bool plain;                         /* no store buffers, one coherent protocol of ours for all memory */
    uint64_t asking;                    /* ports that may have a request to grant, the last bit for all from 63 on */
    uint32_t limit;                     /* transactions under way at once */
    uint32_t slot_cycles;               /* tdma */
    uint32_t harts;
    uint32_t line_bytes;
    uint32_t memory_latency_cycles;
    struct hb_cache l1d[HB_HARTS_LIMIT];
    struct hb_cache l1i[HB_HARTS_LIMIT];
    struct hb_cache l2; /* shared, between the bus and memory; block NULL: there is none */
    struct hb_presence presence;
    struct hb_solo solo;
    struct hb_bus_state *state;
    struct hb_devices *devices;
    struct hb_ram *ram;
    const uint8_t *rom;         /* boot ROM, from HB_ROM_BASE */
    struct hb_disk *disk;       /* of devices->virtio_blk; NULL: none, and no port for DMA */
    struct hb_checker *checker; /* NULL: off */
    struct hb_bus_watch *watch; /* the first watcher (bus/shared/watch.h); NULL: there is none */
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

/* The cache of an agent. */
static inline const struct hb_cache *hb_bus_cache(const struct hb_bus *bus, uint8_t agent) {
    return hb_agent_is_l1i(agent) ? &bus->l1i[agent / 2] : &bus->l1d[agent / 2];
}

/* The agent's copy of the line that holds the byte at `address`; NULL: it has none, or its cache is lost. */
static inline struct hb_line *hb_bus_copy(const struct hb_bus *bus, uint8_t agent, uint64_t address) {
    return bus->state->port[agent / 2].lost ? NULL : hb_cache_find(hb_bus_cache(bus, agent), address);
}

/* The cache that an access of `kind` goes to, and the protocol of the line there. */
static inline const struct hb_cache *hb_access_cache(const struct hb_bus *bus, uint32_t hart, uint8_t kind) {
    return kind == HB_ACCESS_FETCH ? &bus->l1i[hart] : &bus->l1d[hart];
}

static inline const struct hb_protocol *hb_access_protocol(const struct hb_bus *bus, uint8_t kind, uint64_t address) {
    return kind == HB_ACCESS_FETCH ? &hb_protocol_l1i : hb_bus_protocol_at(bus, address);
}

static inline bool hb_bus_is_rom(uint64_t address) {
    return address - HB_ROM_BASE < HB_ROM_BYTES;
}

/* True if the whole range is RAM or boot ROM: such accesses go through the caches, all others to devices. */
static inline bool hb_bus_cacheable(const struct hb_bus *bus, uint64_t address, uint64_t bytes) {
    return hb_ram_contains(bus->ram, address - HB_RAM_BASE, bytes) ||
           (hb_bus_is_rom(address) && bytes <= HB_ROM_BYTES - (address - HB_ROM_BASE));
}

#endif
