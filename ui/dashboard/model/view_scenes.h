/* What single scenes show, beside what all do (view.h). It is filled only while the scene is open. */
#ifndef HB_DASHBOARD_VIEW_SCENES_H
#define HB_DASHBOARD_VIEW_SCENES_H

#include <stdbool.h>
#include <stdint.h>

#define HB_VIEW_QUEUES       64
#define HB_VIEW_CHIPS        24 /* of a run queue that are shown */
#define HB_VIEW_MOVES        16
#define HB_VIEW_LOCKS        24
#define HB_VIEW_BUCKETS      42
#define HB_VIEW_CODES        40
#define HB_VIEW_WORDS        16
#define HB_VIEW_CONSOLE      1024
#define HB_VIEW_LOCK_LANES   48
#define HB_VIEW_MODELS       8
#define HB_VIEW_TERMS        5
#define HB_VIEW_KEYS         192
#define HB_VIEW_TURN_CHANGES 64
#define HB_VIEW_VARIABLES    8 /* that may be named in orders */
#define HB_VIEW_PINS         8

/* A task that waits. */
struct hb_view_chip {
    int32_t task;
    uint64_t waited_cycles;
};

/* The tasks that are ready and wait for a CPU. */
struct hb_view_queue {
    uint32_t count, chips;
    struct hb_view_chip chip[HB_VIEW_CHIPS]; /* of all of them, those that have waited longest, longest first */
};

/* A task that went from one CPU to another, by the scheduler's will or as a message. */
struct hb_view_move {
    uint64_t cycle;
    int32_t task;
    uint8_t from, to;
    bool mail;
};

struct hb_view_moves {
    uint32_t count;
    struct hb_view_move move[HB_VIEW_MOVES]; /* oldest first */
};

struct hb_view_queues {
    struct hb_view_queue queue[HB_VIEW_QUEUES];
    uint32_t ready, running, blocked, sleeping;
    uint64_t longest_wait_cycles; /* of the whole run */
};

struct hb_view_lock {
    char name[48], brief[48];
    uint32_t address; /* its low half */
    int32_t owner;    /* hart; -1: it is free at this cycle */
    uint64_t waiters; /* harts that spin for it, as bits */
    uint64_t taken, contended, handed_over, wait_cycles;
    int32_t handed_from, handed_to; /* harts of the last hand-over; -1: none was seen */
    uint64_t handed_cycle;
};

struct hb_view_locks {
    uint64_t since_cycle;  /* from which on it is counted */
    uint32_t count, total; /* first those that a dead CPU has and others want, then those waited for longest */
    struct hb_view_lock lock[HB_VIEW_LOCKS];
};

/* A CPU's cache for data. */
struct hb_view_cache {
    uint32_t lines, modified, capacity;
    bool lost; /* with its CPU */
    bool asks; /* a request of its CPU waits for the bus */
};

/* Which way the bus carries data at this cycle. */
enum hb_view_traffic {
    HB_TRAFFIC_NONE,
    HB_TRAFFIC_ASKS, /* the caches are asked, or it moves no data */
    HB_TRAFFIC_FROM_MEMORY,
    HB_TRAFFIC_TO_MEMORY,
    HB_TRAFFIC_FROM_CACHE,
    HB_TRAFFIC_DEVICE,
};

struct hb_view_computer {
    struct hb_view_cache cache[HB_VIEW_QUEUES];
    uint8_t traffic;  /* enum hb_view_traffic */
    int32_t supplier; /* hart whose cache gives the line; -1: none does */
    char symbol[40];  /* of the bus's address; empty when unknown */
};

/* The requests of servers. */
struct hb_view_server {
    bool known; /* there is a server */
    uint32_t offered, answered, dropped, waiting, serving;
    uint32_t wait_chips, served_chips;
    struct hb_view_chip waits[HB_VIEW_CHIPS], served[HB_VIEW_CHIPS]; /* requests, by number; the first of them */
    uint32_t bucket[HB_VIEW_BUCKETS];                                /* answers by latency: see hb_view_latency_end() */
    uint64_t longest_cycles, shortest_cycles;                        /* latency so far */
    uint64_t
        fine_cycles; /* 0: ten buckets to a decade; else the answers took nearly equally long, and a bucket is ... */
    uint64_t fine_from_cycles; /* ... so wide, the first from here on */
};

/* Answers in this many cycles and more come into the next bucket: ten to a decade, at round numbers. */
static inline uint64_t hb_view_bucket_end(uint32_t bucket) {
    static const uint32_t ends[10] = {1000, 1250, 1600, 2000, 2500, 3200, 4000, 5000, 6300, 8000};
    uint64_t end = ends[bucket % 10];
    for (uint32_t decade = bucket / 10; decade > 0; decade--)
        end *= 10;
    return end;
}

/* The same for the buckets of this server. */
static inline uint64_t hb_view_latency_end(const struct hb_view_server *server, uint32_t bucket) {
    return server->fine_cycles == 0 ? hb_view_bucket_end(bucket)
                                    : server->fine_from_cycles + (bucket + 1) * server->fine_cycles;
}

/* A kind of fault that can be injected. */
struct hb_view_model {
    char name[16];
    char does[176]; /* to its CPU, in a sentence without a full stop */
    uint8_t takes;  /* terms, as bits */
    bool kills;
};

/* What is said of a fault besides its model, its CPU and its cycle. */
struct hb_view_term {
    char name[16];
    uint32_t names; /* that its value may have; 0: it is a number */
    char value_name[4][12];
    uint64_t least, most, usual;
    int8_t with_term;   /* it counts only where this other term ... */
    uint8_t with_value; /* ... has this value; -1: always */
};

/* What events can be of. */
enum hb_subject_kind { HB_SUBJECT_CPU, HB_SUBJECT_TASK, HB_SUBJECT_LOCK, HB_SUBJECT_LINE, HB_SUBJECTS };

struct hb_view_subject {
    uint8_t kind; /* enum hb_subject_kind */
    uint64_t id;  /* hart; task; the low half of a lock's address; address of a line */
};

/* A fault to inject. */
struct hb_view_fault {
    uint32_t hart;
    uint8_t model;
    uint64_t cycle; /* 0: now */
    uint64_t term[HB_VIEW_TERMS];
};

/* A key of the experiment that can be changed. */
struct hb_view_key {
    char path[48], value[32];
    uint32_t row;            /* by which it is called in commands */
    bool at_once;            /* while the run goes on; else the run begins anew */
    bool has_less, has_more; /* there is a value before and after the present one: */
    uint64_t less, more;
    char help[240];
};

/* A copy goes from one state of the protocol to another. */
struct hb_view_change {
    uint8_t hart, before, after;
};

/* All that one access, or the transaction that it needed, has brought about. */
struct hb_view_turn {
    bool known;
    uint64_t cycle, address;
    uint8_t transaction; /* enum hb_txn; HB_TXN_NONE: it needed none */
    uint8_t hart;        /* whose */
    uint32_t changes;
    struct hb_view_change change[HB_VIEW_TURN_CHANGES];
};

/* Programs that do what is typed: "2 w a", CPU 2 writes the variable a. */
struct hb_view_orders {
    uint32_t variables; /* 0: the program takes no orders */
    char variable[HB_VIEW_VARIABLES];
};

/* One CPU from near. */
struct hb_view_code {
    uint64_t address;
    char text[96];
};

struct hb_view_core {
    uint64_t x[32], pc;
    char name[32][8]; /* of the registers */
    uint32_t codes, words;
    struct hb_view_code code[HB_VIEW_CODES]; /* instructions around pc */
    uint64_t word[HB_VIEW_WORDS];            /* memory from the stack pointer on */
    char source[160];                        /* the line of pc; empty when unknown */
    char console[HB_VIEW_CONSOLE];           /* its last lines */
};

#endif
