/* Accesses in flight: what waits at a hart's port, and the transactions that the bus has under way. Plain data, saved
 * with the machine; bus/shared/ advances it. */
#ifndef HB_BUS_IN_FLIGHT_H
#define HB_BUS_IN_FLIGHT_H

#include <stdbool.h>
#include <stdint.h>

#include "bus/access/access.h"
#include "bus/config.h"
#include "memory/config.h"

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
    uint64_t hits[2];    /* L1D, L1I; not counting those that a hart's host lookups served */
    uint64_t misses[2];  /* L1D, L1I */
    uint64_t write_hits; /* of the hits and misses of the L1D, those of stores, SCs and AMOs */
    uint64_t write_misses;
    uint64_t writebacks;       /* modified lines of the L1D that this hart's transactions or flushes wrote back */
    uint64_t invalidations[2]; /* valid lines taken from L1D, L1I by others' accesses */
    uint64_t taken_back[2];    /* valid lines that L1D, L1I lost because the L2 gave them up */
    uint64_t upgrades;         /* write hits of the L1D that need the bus, whatever their protocol asks of it */
    uint64_t stores_lost;      /* that waited in the store buffer when the hart died */
    uint64_t updates_received; /* stores of others that came into copies of the L1D */
    uint64_t transactions;     /* finished */
    uint64_t bytes;            /* that they moved over the data lines */
    uint64_t received;         /* of them, those whose line came from a cache and not from memory */
    uint64_t supplied;         /* lines that the caches gave to another cache or a device */
};

struct hb_port {
    struct hb_request request; /* kind HB_ACCESS_NONE: nothing is posted */
    uint64_t value;
    uint64_t reservation; /* line that LR reserved, or HB_NO_LINE */
    uint8_t response;     /* enum hb_response; taken back to NONE by the hart */
    bool granted;         /* the request is on the bus */
    bool silent;          /* the hart is dead or fenced: nobody waits for the response */
    bool lost;            /* the caches no longer answer */
    bool flushing;        /* the power controller writes back this cache, line by line */
    bool draining;        /* the request is that of store[drained], or of the victim in its way */
    uint8_t drained;
    uint32_t victim; /* draining: the slot that the store's line will take; the hart's hits move others meanwhile */
    uint8_t stores;  /* how many wait, in program order */
    uint64_t drains; /* so far: input of the random choices */
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
    uint64_t finish_cycle; /* known from the snoop onwards */
    uint32_t data_cycles;  /* likewise: how many of the last cycles before the finish its data take on the bus */
    uint8_t data[HB_LINE_BYTES_MAX];
};

/* Abort the program: something that cannot happen has happened, in cycle `now`. */
_Noreturn void hb_transaction_broken(const struct hb_transaction *t, uint64_t now, const char *what);

#endif
