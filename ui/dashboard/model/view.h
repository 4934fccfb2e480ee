/* What the panels draw: plain data, copied once a frame from the machine and from the dashboard's own history.
 *
 * The session (session.h) fills what is true now: harts, cache lines, the bus. history.c fills what was: timeline and
 * throughput; eventlog.c the events with their sentences; story.c the state of the last fault. A panel sees nothing
 * else, so a test can write a view by hand. */
#ifndef HB_DASHBOARD_VIEW_H
#define HB_DASHBOARD_VIEW_H

#include <stdbool.h>
#include <stdint.h>

#include "bus/protocol/protocol.h"
#include "ui/dashboard/model/view_scenes.h"

#define HB_VIEW_HARTS   64
#define HB_VIEW_CAUSES  16  /* stall causes */
#define HB_VIEW_TYPES   16  /* bus transaction types */
#define HB_VIEW_COLUMNS 768 /* of the timeline */
#define HB_VIEW_WINDOWS 120 /* of the throughput */
#define HB_VIEW_EVENTS  96
#define HB_VIEW_LINES   64
#define HB_VIEW_MARKS   32
#define HB_VIEW_PLACES  160
#define HB_VIEW_PHASES  10 /* of a recovery, as the kernel numbers them */
#define HB_VIEW_GROUPS  8  /* objects that lost lines belong to */

/* From HB_VIEW_STOPPED on a CPU executes nothing any more. */
enum hb_view_state {
    HB_VIEW_RUNNING,
    HB_VIEW_STALLED,
    HB_VIEW_IDLE,
    HB_VIEW_SPINS, /* in the kernel, for a lock that another has */
    HB_VIEW_STOPPED,
    HB_VIEW_FENCED,
    HB_VIEW_DEAD
};

/* What recovery does, each of which the user can switch off. */
enum hb_view_switch {
    HB_SWITCH_DETECT,
    HB_SWITCH_FENCE,
    HB_SWITCH_LOCKS,
    HB_SWITCH_QUEUES,
    HB_SWITCH_RESTART,
    HB_SWITCHES
};

/* The state of the experiment. */
enum hb_view_status {
    HB_VIEW_GOING,    /* it can run on */
    HB_VIEW_FINISHED, /* the guest is done */
    HB_VIEW_FAILED,   /* the guest reports failure, or crashed */
    HB_VIEW_HUNG,     /* no CPU can ever run again */
    HB_VIEW_LIMIT,    /* the experiment's own limit of cycles */
};

/* The machine and the experiment: does not change while it runs. */
struct hb_view_machine {
    char name[48];    /* "smp4" */
    char summary[96]; /* "SMP, 4 CPUs, MESI, seed 1" */
    uint32_t harts;
    uint32_t causes, types;         /* how many of the names below are in use */
    char cause[HB_VIEW_CAUSES][40]; /* why a CPU stalls, as it follows "waits for": "data from memory" */
    char type[HB_VIEW_TYPES][24];   /* kinds of bus transactions: "read" */
    uint64_t heartbeat_period_cycles, heartbeat_timeout_cycles, heartbeat_check_cycles; /* 0: no heartbeats */
    uint32_t tasks;
    bool amp;          /* one CPU is the master, and gives the others their work */
    bool succeeds;     /* ... and when it dies, another takes its place */
    uint32_t switches; /* enum hb_view_switch that the kernel obeys, as bits; 0: there is no recovery */
    uint32_t models;   /* of faults that can be injected; 0: none can */
    struct hb_view_model model[HB_VIEW_MODELS];
    struct hb_view_term term[HB_VIEW_TERMS];
    struct hb_view_orders orders;       /* that its program obeys */
    const struct hb_protocol *protocol; /* of the data caches; NULL: there is none to show */
    char phase[HB_VIEW_PHASES][32];     /* what is done when this phase of a recovery begins; empty: nothing to show */
};

/* One CPU now. "Recent" is the time of the last few frames, see history.h. */
struct hb_view_hart {
    bool reigned;     /* amp: it was the master, and another is now */
    uint8_t state;    /* enum hb_view_state at this cycle */
    uint8_t cause;    /* what it waits for when stalled: place in machine.cause */
    int32_t task;     /* -1: none */
    uint32_t attempt; /* of the task; 0: the first */
    uint64_t pc;
    char symbol[48];         /* "batch_run+0x1c"; empty when unknown */
    int32_t queue;           /* length of its run queue; -1: unknown */
    int64_t beat_age_cycles; /* since its last heartbeat; -1: none yet */
    uint64_t stopped_cycle;  /* dead or fenced: when it last executed something */
    uint64_t fenced_cycle;   /* 0: it is not */
    char wanted[48];         /* the lock that it spins for: "mutex 2"; empty: none */
    int32_t wanted_from;     /* the CPU that has it; -1: nobody, at this cycle */
    bool frozen;             /* a fault: it executes nothing, for a while or for good, and stays on */
    bool at_work;            /* it has a task, or one waits for it: not held still as `task` and `queue` are */
    uint32_t left_queued;    /* dead, fenced or frozen: tasks that wait in its queue ... */
    int32_t left_running;    /* ... the one that it was running, which nobody has taken over; -1: none ... */
    char left_lock[48];      /* ... and a lock that it has: "mutex 2"; empty: none */
    uint8_t recent_cause;    /* the most frequent stall cause */
    uint8_t recent_state;    /* what it mostly did, dead and fenced included */
    float recent_ipc, recent_busy, recent_stalled, recent_idle; /* shares of time, 0 to 1 */
};

/* A stretch of one lane. */
struct hb_view_cell {
    int32_t task;          /* the task that had most of it, or -1 */
    uint8_t known;         /* 0: nothing was recorded there */
    uint8_t kernel;        /* share of instructions not of the task, in 255ths */
    uint8_t busy, stalled; /* shares in 255ths; the rest is idle, or dead */
    uint8_t spun;          /* share in which it spun for a lock, busy and stalled */
    uint8_t state, cause;  /* enum hb_view_state; the most frequent stall cause */
};

enum hb_view_mark_kind {
    HB_MARK_KILL,
    HB_MARK_SUSPECT,
    HB_MARK_FENCE,
    HB_MARK_RECOVERED,
    HB_MARK_WORK,
    HB_MARK_AILS, /* a fault that kills nobody begins or ends */
};

struct hb_view_mark {
    uint64_t cycle;
    uint8_t kind; /* enum hb_view_mark_kind */
    uint8_t hart; /* on whose lane */
};

/* A stretch of a lock's lane. */
struct hb_view_lock_cell {
    uint8_t held,
        spun;     /* shares in 255ths: of the time in which it was held; CPUs that spun for it, 255: one or more */
    int8_t owner; /* who had it most; -1: nobody */
};

struct hb_view_lock_lane {
    uint32_t address;
    char name[24];
    struct hb_view_lock_cell cell[HB_VIEW_COLUMNS];
};

struct hb_view_timeline {
    uint64_t from_cycle, column_cycles; /* column i shows [from + i * column_cycles, + column_cycles) */
    uint32_t columns;
    struct hb_view_cell cell[HB_VIEW_HARTS][HB_VIEW_COLUMNS];
    uint8_t bus[HB_VIEW_COLUMNS]; /* share of cycles in which the bus was held, in 255ths */
    uint32_t marks;
    struct hb_view_mark mark[HB_VIEW_MARKS];
    bool locks_wanted; /* their lanes are shown */
    uint32_t locks;
    struct hb_view_lock_lane lock[HB_VIEW_LOCK_LANES];
};

/* Useful work over time: instructions of tasks (U mode) per cycle. */
struct hb_view_throughput {
    uint64_t from_cycle, window_cycles;
    uint32_t windows;
    float work[HB_VIEW_HARTS][HB_VIEW_WINDOWS];
    float total[HB_VIEW_WINDOWS]; /* negative: nothing was recorded there */
    float tasks[HB_VIEW_WINDOWS]; /* tasks finished in the window */
    float ghost[HB_VIEW_WINDOWS]; /* the same of the future that was left by going back; negative: unknown */
    uint32_t ghosts;              /* how many of them there are: may be more than windows */
    float before;                 /* mean total before the last fault; 0: no fault */
    uint32_t workers,
        workers_before; /* CPUs that did useful work before the first fault: those left, and all of them */
    uint64_t fault_cycle;
    uint32_t tasks_done, tasks_lost;
    float tasks_per_mcycle; /* recent rate, tasks per million cycles */
    float now;              /* recent total */
};

/* What an event looks like; its sentence says the rest. */
enum hb_view_icon {
    HB_ICON_INFO,
    HB_ICON_DONE,
    HB_ICON_MOVE,
    HB_ICON_KILL,
    HB_ICON_SUSPECT,
    HB_ICON_FENCE,
    HB_ICON_LOCK,
    HB_ICON_RECOVER,
    HB_ICON_WORK,
    HB_ICON_LOST,
};

struct hb_view_event {
    uint64_t cycle;
    uint8_t icon; /* enum hb_view_icon */
    char sentence[160];
};

struct hb_view_line {
    uint64_t address;
    char symbol[40];
    char state[HB_VIEW_HARTS]; /* the letter of its protocol's state; ' ' when the cache has no copy */
    bool memory_stale;
    uint64_t value, memory_value; /* its first 8 bytes: the newest copy's, and memory's own */
    int32_t behind;               /* the first CPU whose copy has other bytes than the newest; -1: none. Under a
                                     protocol that is right there is none */
    uint64_t behind_value;
    bool pinned;           /* watched by the experiment, or by the user */
    bool number;           /* the experiment watches a word: its value is a number, and the results say the same */
    uint64_t transactions; /* since lines.since_cycle */
};

struct hb_view_lines {
    bool wanted; /* the panel is open: filling them looks at every line of every cache */
    uint32_t count, line_bytes;
    uint32_t total; /* lines held by any cache; `count` of them are here: the pinned ones, then the hottest */
    uint32_t pins;
    uint64_t pin[HB_VIEW_PINS]; /* addresses that the user has pinned: given */
    uint64_t since_cycle;       /* from which on transactions are counted */
    struct hb_view_turn turn;   /* the last of a pinned line; without any, of the hottest */
    struct hb_view_line line[HB_VIEW_LINES];
};

struct hb_view_bus {
    float utilisation;             /* recent share of cycles, 0 to 1 ... */
    float whole;                   /* ... and that of all cycles so far */
    uint64_t count[HB_VIEW_TYPES]; /* transactions since the start */
    float waiting[HB_VIEW_HARTS];  /* share of recent cycles that the CPU waited for the bus */
    bool active;
    uint8_t hart, type; /* of the transaction that holds the bus */
    uint64_t address;
    uint32_t left_cycles; /* until it ends; 0: unknown, the caches are being asked */
    uint32_t posted;      /* requests that wait for a grant */
};

/* The last fault, stage by stage. A stage that has not come has cycle 0. */
enum hb_story_stage {
    HB_STAGE_KILLED,
    HB_STAGE_SUSPECTED,
    HB_STAGE_FENCED,
    HB_STAGE_RECOVERED,
    HB_STAGE_WORKING,
    HB_STAGES
};

enum hb_story_kind {
    HB_STORY_NONE,      /* no fault yet */
    HB_STORY_ACTING,    /* the stages are under way */
    HB_STORY_SETTLED,   /* the last stage was reached */
    HB_STORY_UNNOTICED, /* the time in which a watcher would have noticed has passed, and nobody did */
};

struct hb_view_story {
    uint8_t kind;  /* enum hb_story_kind */
    uint8_t stage; /* the last one reached */
    uint8_t hart;
    bool cache_lost;
    bool recovery_off; /* the kernel could watch heartbeats, and is told at this cycle not to */
    bool ails;         /* the fault has killed nobody: it is told from the suspicion on */
    uint64_t cycle[HB_STAGES];
    uint8_t by[HB_STAGES];                /* the CPU that does it */
    uint64_t phase_cycle[HB_VIEW_PHASES]; /* in which a phase of the recovery began; 0: it has not */
    int32_t task;                         /* that runs again at the last stage; -1: none */
    int32_t restarted;                    /* the one that begins again; -1: none */
    uint32_t requeued;                    /* tasks put back into run queues */
    char sentence[200], reason[336];      /* what happens, and why */
};

/* Modified lines that were lost with the cache of the last CPU that died so. */
struct hb_view_loss {
    bool known;
    uint8_t hart;
    uint64_t cycle;
    uint32_t lines, differing; /* differing: memory had other bytes */
    uint32_t stores;           /* that had not even come to the cache */
    uint32_t groups, others;   /* others: lines of objects that have no place here */
    struct {
        char symbol[40];
        uint32_t lines;
    } group[HB_VIEW_GROUPS];
};

/* Places in the whole run, for the strip along its time. */
enum hb_place_kind {
    HB_SPOT_FAULT,
    HB_SPOT_COMING,
    HB_SPOT_BOOKMARK,
    HB_SPOT_PAGE,
    HB_SPOT_MARKER_A,
    HB_SPOT_MARKER_B
};

struct hb_view_place {
    uint64_t cycle;
    uint8_t kind; /* enum hb_place_kind */
};

struct hb_view_time {
    uint64_t end_cycle;      /* of the strip */
    uint64_t furthest_cycle; /* that was reached */
    uint32_t places;
    struct hb_view_place place[HB_VIEW_PLACES];
};

/* What the result of a run that is over says. */
struct hb_view_end {
    bool known, passed;
    uint32_t created, completed, wrong, lost;
    uint64_t requests, answered, dropped;     /* of servers; requests 0: there are none */
    uint64_t increments, increments_expected; /* of tasks that share a word; expected 0: none do */
    char panic[120];                          /* what the kernel that gave up has written last; empty: none has */
    char reason[400];                         /* why it did not pass, without a full stop */
};

struct hb_view {
    uint64_t cycle;
    uint32_t master;       /* amp: the CPU that it is now ... */
    uint64_t master_since; /* ... and the cycle in which it took the place of another; 0: it is the first */
    uint8_t status;        /* enum hb_view_status */
    char coming[112];      /* the experiment's own fault that comes next, in a sentence; empty: none */
    uint64_t coming_cycle; /* when it strikes; 0: none comes, or nobody knows yet */
    struct hb_view_time time;
    struct hb_view_end end;
    struct hb_view_machine machine;
    struct hb_view_hart hart[HB_VIEW_HARTS];
    struct hb_view_timeline timeline;
    struct hb_view_throughput throughput;
    uint32_t events;
    struct hb_view_event event[HB_VIEW_EVENTS];
    struct hb_view_lines lines;
    struct hb_view_bus bus;
    struct hb_view_story story;
    struct hb_view_loss loss;
    bool switch_on[HB_SWITCHES]; /* as the kernel finds them now */
    uint8_t scene;               /* enum hb_scene_id: what only one scene shows is filled for that one */
    struct hb_view_moves moves;
    struct hb_view_queues queues;
    struct hb_view_locks locks;
    struct hb_view_computer computer;
    struct hb_view_server server;
    bool why_wanted; /* it stands still: what the selected CPU does, and why, in a sentence */
    char why[320];
    bool keys_wanted; /* their list is open */
    uint32_t keys;
    struct hb_view_key key[HB_VIEW_KEYS]; /* those first that can change while the run goes on */
    uint32_t planned;                     /* faults that were asked for, for a cycle to come */
    uint32_t selected;                    /* hart that `core` is of */
    struct hb_view_core core;
};

#endif
