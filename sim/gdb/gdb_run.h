/* The machine under gdb: stops at breakpoints and watchpoints, steps, and goes back by snapshots and replay.
 *
 * A hart hits a breakpoint when its pc arrives there, before it executes what stands there; a watchpoint when an
 * instruction that accesses it has retired. While points are set the machine runs a cycle at a time.
 */
#ifndef HB_SIM_GDB_RUN_H
#define HB_SIM_GDB_RUN_H

#include <stdbool.h>
#include <stdint.h>

#include "sim/machine/machine.h"

struct hb_snapshot;

/* As the packets Z0 to Z4 number them. */
enum hb_gdb_kind { HB_GDB_SOFT, HB_GDB_HARD, HB_GDB_WRITE, HB_GDB_READ, HB_GDB_ACCESS, HB_GDB_KINDS };

enum hb_gdb_why {
    HB_GDB_WHY_TRAP, /* a step is done */
    HB_GDB_WHY_POINT,
    HB_GDB_WHY_INTERRUPTED,
    HB_GDB_WHY_BEGIN, /* the history goes no further back */
    HB_GDB_WHY_END,   /* the machine has an outcome */
};

struct hb_gdb_stop {
    uint8_t why;  /* enum hb_gdb_why */
    uint8_t kind; /* of the point */
    uint32_t hart;
    uint64_t address; /* that was accessed */
    uint64_t cycle;   /* where going back stops for it */
};

struct hb_gdb_point {
    uint8_t kind; /* enum hb_gdb_kind */
    uint64_t address;
    uint64_t bytes;
};

/* Where a hart stands, and what the instruction there will access. */
struct hb_gdb_place {
    uint64_t pc;
    uint64_t instructions;
    uint64_t traps;
    uint64_t address;
    uint8_t bytes; /* 0: none */
    bool reads;
    bool writes;
};

#define HB_GDB_POINTS_MAX    256
#define HB_GDB_KEYFRAMES_MAX 32

struct hb_gdb_run {
    struct hb_machine *machine;
    struct hb_gdb_point point[HB_GDB_POINTS_MAX];
    uint32_t points;
    struct hb_gdb_place place[HB_HARTS_LIMIT];
    struct hb_gdb_stop late[HB_HARTS_LIMIT]; /* of the cycle in which another hart's stop was told */
    uint32_t lates;
    struct hb_snapshot *keyframe[HB_GDB_KEYFRAMES_MAX]; /* by cycle */
    uint32_t keyframes;
    uint64_t interval_cycles; /* of keyframes; doubles when there are too many */
    uint64_t furthest_cycle;  /* reached so far: what comes before it is a repetition */
    void *context;
    bool (*interrupted)(void *context); /* asked now and then; NULL: never */
    void (*pump)(void *context);        /* take input from outside; NULL: none. At multiples of pump_cycles. */
    uint64_t pump_cycles;
};

/* The history begins here: what is before cannot be gone back to. Needed at first, and after any
 * change from outside. */
void hb_gdb_begin_history(struct hb_gdb_run *run);
void hb_gdb_end_history(struct hb_gdb_run *run);

/* To the furthest cycle reached, without stops: for a machine that goes on without gdb. */
void hb_gdb_catch_up(struct hb_gdb_run *run);

/* False: there are too many, or the kind or the range is unfit. */
bool hb_gdb_add_point(struct hb_gdb_run *run, uint64_t kind, uint64_t address, uint64_t bytes);
void hb_gdb_remove_point(struct hb_gdb_run *run, uint64_t kind, uint64_t address, uint64_t bytes);

#define HB_GDB_NO_HART UINT32_MAX

/* Go on until something stops the machine; with a hart in `step` also when that one has retired an instruction or taken
 * a trap. All others run meanwhile. */
struct hb_gdb_stop hb_gdb_go(struct hb_gdb_run *run, uint32_t step);

/* Back to the last stop before the present. */
struct hb_gdb_stop hb_gdb_go_back(struct hb_gdb_run *run);

/* Back to before the last instruction of `hart`. */
struct hb_gdb_stop hb_gdb_step_back(struct hb_gdb_run *run, uint32_t hart);

#endif
