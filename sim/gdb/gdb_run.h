/* The machine under gdb: stops at breakpoints and watchpoints, steps, and goes back by snapshots and replay.
 *
 * A hart hits a breakpoint when its pc arrives there, before it executes the instruction there, and a watchpoint when
 * an instruction that accesses it has retired. While points are set, the machine runs one cycle at a time.
 *
 * Harts that must not move are held (sim/machine/debug.h). Holds, and what gdb writes, are inputs of the machine, so
 * that history can be replayed through them. Going back and then doing something else begins another future: what gdb
 * did later is forgotten.
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
    HB_GDB_WHY_END,   /* the machine has an outcome: it stays as it is until it goes back, or no longer hangs */
    HB_GDB_WHY_STUCK, /* none of the harts to be resumed can move: they are halted */
};

/* One bit a hart. */
struct hb_gdb_resume {
    uint64_t going;
    uint64_t stepping; /* of those harts: stop when one has retired an instruction or taken a trap */
    uint32_t hart;     /* reported when nothing else says which one stopped */
};

struct hb_gdb_stop {
    uint8_t why;  /* enum hb_gdb_why */
    uint8_t kind; /* of the point */
    uint32_t hart;
    uint64_t address; /* that was accessed */
    uint64_t cycle;   /* where reverse execution stops for it */
};

struct hb_gdb_point {
    uint8_t kind; /* enum hb_gdb_kind */
    uint64_t address;
    uint64_t bytes;
};

/* Where a hart is, and what the instruction there will access. */
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
#define HB_GDB_VISITS_MAX    1024
#define HB_GDB_NO_HART       UINT32_MAX

struct hb_gdb_run {
    struct hb_machine *machine;
    struct hb_watcher *console; /* has been shown what runs again; NULL: there is none */
    struct hb_gdb_point point[HB_GDB_POINTS_MAX];
    uint32_t points;
    struct hb_gdb_place place[HB_HARTS_LIMIT];
    struct hb_gdb_stop late[HB_HARTS_LIMIT];  /* of a cycle in which another hart's stop was reported */
    uint64_t lates;                           /* harts that have one: it is reported when they are resumed */
    struct hb_gdb_place told[HB_HARTS_LIMIT]; /* where each hart was when its last stop was reported */
    uint64_t visited[HB_GDB_VISITS_MAX];      /* cycles of stops, in a ring */
    uint32_t visits;
    struct hb_snapshot *keyframe[HB_GDB_KEYFRAMES_MAX]; /* by cycle */
    uint32_t keyframes;
    uint64_t interval_cycles; /* of keyframes; doubles when there are too many */
    uint64_t furthest_cycle;  /* reached so far: everything before it is a replay */
    void *context;
    bool (*interrupted)(void *context); /* checked now and then; NULL: never */
    void (*pump)(void *context);        /* take input from outside; NULL: none. At multiples of pump_cycles. */
    uint64_t pump_cycles;
};

/* The history begins here: it is impossible to go back any further. */
void hb_gdb_begin_history(struct hb_gdb_run *run);
void hb_gdb_end_history(struct hb_gdb_run *run);

/* Run to the furthest cycle reached, without stops and with no hart held: for a machine that goes on without gdb. */
void hb_gdb_catch_up(struct hb_gdb_run *run);

/* False: too many points, or the kind or range is unfit. */
bool hb_gdb_add_point(struct hb_gdb_run *run, uint64_t kind, uint64_t address, uint64_t bytes);
void hb_gdb_remove_point(struct hb_gdb_run *run, uint64_t kind, uint64_t address, uint64_t bytes);

/* Every hart of the machine. */
uint64_t hb_gdb_all(const struct hb_gdb_run *run);

/* Resume the harts that `resume` names, with all others held, until something stops the machine. The hart then reported
 * is between two instructions. */
struct hb_gdb_stop hb_gdb_go(struct hb_gdb_run *run, const struct hb_gdb_resume *resume);

/* Take a hart to the end of the instruction that it is executing, with all others held. False: no end is in sight. */
bool hb_gdb_to_boundary(struct hb_gdb_run *run, uint32_t hart);

/* Something will change from here on: what gdb did after the present cycle is forgotten. */
void hb_gdb_fork(struct hb_gdb_run *run);

/* Go back to the last stop before the present; `hart` is reported if that is interrupted. */
struct hb_gdb_stop hb_gdb_go_back(struct hb_gdb_run *run, uint32_t hart);

/* Go back to before the last instruction of `hart`. */
struct hb_gdb_stop hb_gdb_step_back(struct hb_gdb_run *run, uint32_t hart);

#endif
