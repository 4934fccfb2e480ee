/* The configuration of the bus: plain data, filled by sim/config and valid when it arrives here. */
#ifndef HB_BUS_CONFIG_H
#define HB_BUS_CONFIG_H

#include <stdint.h>

#define HB_HARTS_LIMIT 64
#define HB_NEVER       UINT64_MAX /* a cycle that never comes */

enum hb_arbiter {
    HB_ARBITER_FIXED,
    HB_ARBITER_ROUND_ROBIN,
    HB_ARBITER_FCFS,
    HB_ARBITER_TDMA,
    HB_ARBITER_LOTTERY,
    HB_ARBITER_RANDOM,
    HB_ARBITER_SCRIPT,
};

/* Order of the FIXED names: vi, write-once, msi, mesi, mesif, moesi, berkeley, firefly, dragon, none. */
enum hb_protocol_id {
    HB_PROTOCOL_VI,
    HB_PROTOCOL_WRITE_ONCE,
    HB_PROTOCOL_MSI,
    HB_PROTOCOL_MESI,
    HB_PROTOCOL_MESIF,
    HB_PROTOCOL_MOESI,
    HB_PROTOCOL_BERKELEY,
    HB_PROTOCOL_FIREFLY,
    HB_PROTOCOL_DRAGON,
    HB_PROTOCOL_NONE,
    HB_PROTOCOLS,
    HB_PROTOCOL_GIVEN = HB_PROTOCOLS /* hb_bus_config.given */
};

enum hb_store_order {
    HB_STORES_FIFO, /* drained in program order: total store order */
    HB_STORES_ANY,  /* drained in any order, but stores to the same bytes stay in order: a weak model within RVWMO */
};

#define HB_OUTSTANDING_MAX 16
#define HB_STORES_MAX      16 /* depth of a store buffer */

struct hb_protocol;

struct hb_bus_config {
    uint8_t protocol;            /* enum hb_protocol_id */
    uint8_t mutation;            /* 0: none; else 1 + its number (bus/protocol/mutations.h), which fits the protocol */
    uint8_t arbiter;             /* enum hb_arbiter */
    uint8_t split;               /* 1: address and data phases apart, several transactions under way */
    uint8_t outstanding;         /* split: how many, 1 .. HB_OUTSTANDING_MAX; one a line */
    uint8_t incoherent_all;      /* protocol none: 1: all memory; 0: only that of tasks */
    uint8_t store_depth;         /* stores that wait between each hart and its L1D; 0: there is no buffer */
    uint8_t store_order;         /* enum hb_store_order */
    uint32_t store_drain_cycles; /* a store waits at least this long before it is performed */
    uint32_t width_bytes;        /* data moved a cycle; power of two, 1 .. 128 */
    uint32_t arbitration_cycles; /* arbitration + address >= 1 */
    uint32_t address_cycles;
    uint32_t cache_supply_cycles;     /* from the end of the address phase to the first data of another cache */
    uint32_t device_cycles;           /* the same for a device register */
    uint32_t l2_latency_cycles;       /* the same for the L2; without the line it adds that of memory */
    uint32_t slot_cycles;             /* tdma: length of a slot; 0: the length of the longest transaction */
    uint32_t tickets[HB_HARTS_LIMIT]; /* lottery: of each hart; 0 is taken as 1 */
    uint64_t seed;                    /* lottery, random */
    const struct hb_protocol *given;  /* the table where `protocol` is GIVEN; belongs to the caller */
    const uint8_t *script;            /* script: the ports in the order in which they are chosen; the caller's */
    uint32_t script_length;
};

#endif
