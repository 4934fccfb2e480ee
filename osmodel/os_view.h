/* The host's view of the guest's operating system: what its tracepoints have reported so far.
 *
 * It models tasks (which runs where, which attempt, since when it has waited), the kernel's side of each hart (current
 * task, queue length, heartbeat, how its death was noticed and dealt with) and the sums that results and the dashboard
 * show. It reads no guest memory, so it knows only what the kernel has reported: a hart that dies between a store and
 * the tracepoint after it leaves the view one step behind. The truth at the end is in the result slots: os_result.h.
 *
 * It is plain data without pointers: a snapshot copies it. It is never part of state_hash.
 *
 *     struct hb_os_view view;
 *     hb_os_view_init(&view, cycles_per_tick);
 *     hb_os_view_feed(&view, cycle, hart, id, value, user_instructions);  // every tracepoint, by (cycle, hart)
 *     hb_os_view_hart_stopped(&view, cycle, hart, user_instructions);    // at every death and every fence in force
 *
 * The guest may be broken or lie: an event that names a task or hart out of range is counted and otherwise ignored.
 */
#ifndef HB_OSMODEL_OS_VIEW_H
#define HB_OSMODEL_OS_VIEW_H

#include <stdbool.h>
#include <stdint.h>

#include "osmodel/abi.h"

#define HB_OS_NONE    UINT64_MAX      /* cycle of an event that has not happened; a figure that was not measured */
#define HB_OS_NO_TASK UINT32_MAX      /* in hb_os_hart.task */
#define HB_OS_NO_HART ((uint8_t)0xff) /* in every field that names a hart */

#define HB_OS_SAMPLES_MAX   65536u
#define HB_OS_SAMPLE_SHIFT  48 /* a sample: the task, and below it cycles */
#define HB_OS_SAMPLE_CYCLES ((1ull << HB_OS_SAMPLE_SHIFT) - 1)

enum hb_os_task_state {
    HB_OS_TASK_UNSEEN,
    HB_OS_TASK_CREATED,
    HB_OS_TASK_READY,    /* waits for a hart */
    HB_OS_TASK_RUNNING,  /* on .hart */
    HB_OS_TASK_BLOCKED,  /* waits for a mutex or an answer */
    HB_OS_TASK_SLEEPING, /* waits for a time */
    HB_OS_TASK_EXITED,   /* has run to its end; its result is not announced yet */
    HB_OS_TASK_FAULTED,  /* was stopped because of its own trap */
    HB_OS_TASK_STRANDED, /* on a hart that no longer executes anything */
    HB_OS_TASK_DONE,
    HB_OS_TASK_LOST,
};

/* How many of something there were: the sum over time since all harts were up, and the most at once. */
struct hb_os_level {
    uint64_t area;       /* number times cycles, up to .cycle of the view */
    uint64_t area_done;  /* as of the last completion ... */
    uint64_t done_cycle; /* ... in this cycle; 0: there was none */
    uint32_t now;
    uint32_t max;
};

struct hb_os_task {
    uint64_t instructions;          /* U mode, of the current attempt, up to the last stop */
    uint64_t earlier_instructions;  /* of the attempt before it; 0 in the first */
    uint64_t kept_instructions[2];  /* in copies with even and odd numbers: of the attempt, when it was copied */
    uint64_t waiting_since_cycle;   /* valid in READY */
    uint64_t attempt_started_cycle; /* first time that the current attempt ran; HB_OS_NONE before */
    uint64_t completed_cycle;       /* HB_OS_NONE until DONE */
    uint64_t arrived_cycle;         /* first READY, with all harts up; HB_OS_NONE before */
    uint64_t woken_cycle;           /* the latest activation began; HB_OS_NONE: there was none */
    uint64_t run_from_cycle;        /* valid while its hart executes it; else HB_OS_NONE */
    uint64_t run_cycles;            /* inside the task, up to the last stop; like the next, from all harts up */
    uint64_t waited_cycles;         /* READY, of waits that are over */
    uint64_t share_cycles;          /* run_cycles when the first task was done */
    uint64_t responses_cycles;      /* of all activations that were begun, together ... */
    uint64_t response_max_cycles;   /* ... and at most */
    uint32_t responses;             /* how many those were */
    uint32_t attempt;               /* 0: the first */
    uint32_t progress;              /* units of work announced */
    uint8_t state;                  /* enum hb_os_task_state */
    uint8_t kind;                   /* HB_KIND_* */
    uint8_t hart;                   /* where it runs, or ran last */
    uint8_t queue;                  /* the hart whose run queue it last joined, or that has run it since */
    uint8_t displaced_by;           /* hart whose death made it wait, until it runs again */
    uint8_t active;                 /* it has run since it arrived or woke, and has not slept, blocked or ended since */
    uint8_t answered;               /* the latest activation was begun */
    uint8_t unsampled;              /* a response is not among the view's samples */
    uint8_t unused[4];
};

/* How a hart's silence was dealt with. Cycles are HB_OS_NONE for what has not happened. */
struct hb_os_recovery {
    uint64_t suspected_cycle;
    uint64_t fenced_cycle;
    uint64_t began_cycle;
    uint64_t recovered_cycle;
    uint64_t first_work_cycle;        /* a task that this death had stopped runs again */
    uint64_t instructions_reexecuted; /* U mode, of attempts that were started again */
    uint32_t tasks_requeued;
    uint32_t locks_recovered;
    uint32_t false_alarms; /* how often it was suspected while alive */
    uint32_t phase;        /* last one announced */
    uint8_t suspected_by;  /* hart */
    uint8_t recovered_by;  /* hart that began, or took over, the recovery */
    uint8_t unused[6];
};

struct hb_os_hart {
    struct hb_os_recovery recovery;
    uint64_t up_cycle;        /* it reported; HB_OS_NONE before */
    uint64_t stopped_cycle;   /* it executes nothing from here on (death or fence); HB_OS_NONE while it does */
    uint64_t last_beat_cycle; /* HB_OS_NONE before the first */
    uint64_t beats;
    uint64_t gap_from_cycle;        /* of its last beat, or all harts up: where the gap before the next beat begins;
                                    HB_OS_NONE: that gap is of no interest */
    uint64_t longest_gap_cycles;    /* between two beats, since all harts were up and while no fault ailed it */
    uint64_t gap_beats;             /* since all harts were up */
    uint64_t user_instructions;     /* as of its last event */
    uint64_t run_user_instructions; /* user_instructions when its current task began to run */
    uint64_t dispatches;
    uint64_t interrupts;  /* of devices, that it has claimed */
    uint32_t task;        /* current one, or HB_OS_NO_TASK */
    uint32_t run_attempt; /* of it */
    uint32_t last_task;   /* the one before */
    uint32_t queue_length;
    uint32_t lock_held;       /* low half of the address of the last lock that it took and has not released; 0: none */
    uint32_t lock_wanted;     /* low half of its address; 0: it waits for none */
    uint8_t lock_wanted_from; /* hart that holds it, or HB_OS_NO_HART */
    uint8_t idle;
    uint8_t left_out;   /* never reported at boot */
    uint8_t ails;       /* a fault has struck it: who suspects it raises no false alarm */
    uint8_t recovering; /* dead hart that this one recovers */
    uint8_t reigned;    /* it was the master and is no more: another has its place */
    uint8_t unused[2];
};

/* A request of a server: cycles in which workers took it first and last, and in which it was answered; 0: not yet. */
struct hb_os_request {
    uint64_t first_cycle;
    uint64_t taken_cycle;
    uint64_t answered_cycle;
    uint32_t answer;
    uint16_t taken; /* how often */
    uint8_t refused;
    uint8_t unused;
};

struct hb_os_view {
    uint64_t cycles_per_tick;
    uint64_t cycle; /* of the last event */
    uint64_t harts_up_cycle;
    uint64_t last_progress_cycle;   /* a task was created, restarted, completed or lost, has more of its work done, or
                                     used up a slice and is still young */
    uint64_t patience_instructions; /* a task that has executed so many in U mode is not young any more: that it uses
                                       its slices says nothing. Set by whoever counts on last_progress_cycle */
    uint64_t longest_wait_cycles;   /* READY without running; waits that are over */

    uint64_t idle_while_waiting_cycles; /* some hart idle while some task was READY, up to .cycle */
    struct hb_os_level running;         /* harts inside tasks: parallelism */
    struct hb_os_level active;          /* activations begun and unfinished: concurrency */
    uint64_t instructions_reexecuted;
    uint64_t context_switches; /* a hart began to run another task than before */
    uint64_t migrations;
    uint64_t spurious_interrupts; /* a hart was interrupted by a device, and found nothing to do */
    uint64_t locks_recovered;
    uint64_t double_runs;  /* stretches of a task on a hart while another had begun its next attempt */
    uint64_t false_alarms; /* suspicions of a hart that was alive, whatever the kernel did about them */
    uint64_t mails_sent;
    uint64_t mails_taken;
    uint64_t ignored_events; /* out of range */
    uint64_t elected_cycle;  /* amp: the master took the place of another; HB_OS_NONE */
    uint64_t panic_cycle;    /* of the first; HB_OS_NONE */
    uint64_t panic_cause;
    uint32_t harts_up;
    uint32_t harts_left_out;
    uint32_t tasks_created;
    uint32_t tasks_done; /* as announced: the result slots are authoritative */
    uint32_t tasks_lost;
    uint32_t tasks_restarted; /* tasks with a second attempt, once each */
    uint32_t tasks_ready;
    uint32_t harts_idle;
    uint32_t term; /* amp: of the master; the first has term 0 */
    uint8_t panic_hart;
    uint8_t master;      /* amp */
    uint8_t predecessor; /* the master before it; HB_OS_NO_HART: there was none */
    uint8_t unused[1];
    struct hb_os_hart harts[HB_HARTS_MAX];
    struct hb_os_task tasks[HB_TASKS_MAX];
    struct hb_os_request requests[HB_REQUESTS_MAX];
    uint64_t samples_n;
    uint64_t samples[HB_OS_SAMPLES_MAX]; /* responses (osmodel/os_times.h) */
};

/* An empty view. `cycles_per_tick`: machine cycles in one tick of mtime, at least 1. */
void hb_os_view_init(struct hb_os_view *view, uint64_t cycles_per_tick);

/* One tracepoint: executed by `hart` in `cycle`; `id` is HB_TP_*, `value` the whole register. `user_instructions`: how
 * many U-mode instructions that hart has retired. Cycles must not go back. Other ids than the kernel's are ignored. */
void hb_os_view_feed(struct hb_os_view *view, uint64_t cycle, uint32_t hart, uint32_t id, uint64_t value,
                     uint64_t user_instructions);

/* `hart` executes nothing from `cycle` on, killed or fenced: what its current attempt had executed is counted, and the
 * hart is no longer idle. Calling it again for the same hart changes nothing. */
void hb_os_view_hart_stopped(struct hb_os_view *view, uint64_t cycle, uint32_t hart, uint64_t user_instructions);

/* A fault has struck `hart` and left it alive: frozen, or slow. It is not taken for healthy any more. */
void hb_os_view_hart_ails(struct hb_os_view *view, uint32_t hart);

/* `hart`, which had stopped, starts over: how its silence is dealt with from now on is another story. `ails`: something
 * is still wrong with it. */
void hb_os_view_hart_started(struct hb_os_view *view, uint32_t hart, bool ails);

/* How often harts beat has been changed: the gaps that are under way say nothing. */
void hb_os_view_forget_beats(struct hb_os_view *view);

/* The longest gap between two beats of a healthy hart up to `cycle`, in cycles; the first begins when all harts are up,
 * and one that is under way counts. HB_OS_NONE: nobody has beaten since all were up. */
uint64_t hb_os_view_longest_gap(const struct hb_os_view *view, uint64_t cycle);

/* Under AMP: from the death, or fence, of the master before the present one until this takes messages, in cycles.
 * HB_OS_NONE: there was none, or it is not dead, or the present one does not yet. */
uint64_t hb_os_view_outage(const struct hb_os_view *view);

/* Bring sums over time (idle_while_waiting_cycles) up to `cycle`. Feeding does so by itself. */
void hb_os_view_advance(struct hb_os_view *view, uint64_t cycle);

/* The longest time, in cycles, that a task has been READY without running, those that still wait
 * at `cycle` included. */
uint64_t hb_os_view_longest_wait(const struct hb_os_view *view, uint64_t cycle);

/* A state's name, in lower case: "ready", "running", ... Never NULL. */
const char *hb_os_task_state_name(enum hb_os_task_state state);

#endif
