/* What the dashboard asks of the machine: a table of functions, so that tests can put a synthetic machine behind it.
 *
 * The real one is in machine_session.c; view_fill.c copies from the machine into the view. All times are machine
 * cycles. `self` is the session's own state. No function keeps a pointer passed to it. */
#ifndef HB_DASHBOARD_SESSION_H
#define HB_DASHBOARD_SESSION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "ui/dashboard/model/view.h"

/* What happened, as far as the dashboard shows it. */
enum hb_happening_kind {
    HB_HAPPENED_KILLED,    /* hart; by: 1 when its cache is lost with it; argument: modified lines lost */
    HB_HAPPENED_AILS,      /* hart; name: what an injected fault makes of it, as it follows "CPU 2"; by: 1 when it
                                 executes nothing while that lasts; argument: 1 once it is over */
    HB_HAPPENED_SUSPECTED, /* hart; by: the watcher; argument: cycles of silence */
    HB_HAPPENED_FENCED,    /* hart; by */
    HB_HAPPENED_RECOVERY,  /* recovery of hart begins; by; argument: 0, or 1 + hart that had begun it */
    HB_HAPPENED_LOCK,      /* a lock of the dead hart is free again; by; name: the lock */
    HB_HAPPENED_RECOVERED, /* hart; by; argument: tasks put back into run queues */
    HB_HAPPENED_FIRST_WORK,   /* first useful work after the recovery of hart; by; task; argument: attempt */
    HB_HAPPENED_FALSE_ALARM,  /* hart was suspected and beats again */
    HB_HAPPENED_TASK_DONE,    /* task; hart that ran it; by: who announces it; argument: attempt */
    HB_HAPPENED_TASK_LOST,    /* task; hart it was on */
    HB_HAPPENED_TASK_RESTART, /* task; by; argument: attempt */
    HB_HAPPENED_MIGRATED,     /* task; hart: from; by: to */
    HB_HAPPENED_ALL_UP,       /* argument: harts up */
    HB_HAPPENED_LEFT_OUT,     /* hart never reported at boot */
    HB_HAPPENED_PANIC,        /* by; argument: the kernel's cause */
    HB_HAPPENED_ELECTED,      /* amp: hart is the master from here on; argument: its term */
    HB_HAPPENED_PHASE,        /* from here on not listed. A phase of hart's recovery begins; by; argument: its number */
    HB_HAPPENED_MAIL,         /* amp: a message about a task; hart: from; by: to */
    HB_HAPPENINGS
};

/* Whether events of this kind are listed and can be stepped to; the others only change what the scenes show. */
static inline bool hb_happening_is_listed(enum hb_happening_kind kind) {
    return kind < HB_HAPPENED_PHASE;
}

struct hb_happening {
    uint64_t cycle;
    uint8_t kind; /* enum hb_happening_kind */
    uint8_t hart, by;
    int32_t task; /* -1: none */
    uint64_t argument;
    char name[64];
};

/* Running sums, for history. Per hart, busy + stalled + idle is the number of cycles until its death. */
struct hb_counters_hart {
    uint64_t instructions, user_instructions, busy, idle, stalled[HB_VIEW_CAUSES];
    uint64_t spun;     /* cycles spent spinning for locks of the kernel: part of busy and stalled */
    uint64_t bus_wait; /* cycles between posting requests and their grants */
    int32_t task;
    uint8_t state; /* enum hb_view_state */
};

/* Of a lock of the kernel, at its own place for the whole run. */
struct hb_counters_lock {
    uint64_t held, spun; /* cycles; those spun for it, of all harts together */
    int8_t owner;        /* hart; -1: it is free */
};

struct hb_counters {
    uint64_t cycle, bus_busy, tasks_done;
    uint64_t type[HB_VIEW_TYPES]; /* bus transactions */
    struct hb_counters_hart hart[HB_VIEW_HARTS];
    uint32_t locks; /* seen so far */
    struct hb_counters_lock lock[HB_VIEW_LOCK_LANES];
};

/* An event that was looked for. */
struct hb_found {
    bool found;
    uint64_t cycle; /* in which it happened */
    uint8_t hart;
    char text[240]; /* what happened, in a sentence, with the line of the program where that is known */
};

struct hb_session_ops {
    /* Fills name, summary, numbers and names: once, at the start. */
    void (*machine)(void *self, struct hb_view_machine *machine);
    /* Runs to the close of the cycle before `cycle`, so that the machine's cycle becomes `cycle`, or until it can run
     * no further; returns the cycle reached. */
    enum hb_view_status (*run_to)(void *self, uint64_t cycle);
    uint64_t (*cycle)(void *self);
    enum hb_view_status (*status)(void *self);
    void (*counters)(void *self, struct hb_counters *counters);
    /* Returns up to `max` events that were not returned yet, oldest first, and how many. */
    size_t (*events)(void *self, struct hb_happening *event, size_t max);
    /* Fills what is true now: cycle, status, harts and bus (but for what is recent), lines if lines.wanted is set, and
     * of the throughput tasks_done and tasks_lost. */
    void (*fill)(void *self, struct hb_view *view);
    /* A snapshot of the whole machine, the guest's parameter page included; NULL when there is no room. */
    void *(*snapshot)(void *self);
    /* Back to a snapshot; events not yet returned are dropped. The snapshot stays valid. What was asked of the machine
     * after it (kills, policies) comes again at its cycle: the past replays as it was. */
    void (*restore)(void *self, const void *snapshot);
    /* A new future from here on: what was asked of the machine for this cycle and later does not come. */
    void (*forget_ahead)(void *self);
    void (*release)(void *self, void *snapshot);
    /* Bytes of memory that the snapshots hold together. */
    uint64_t (*snapshots_bytes)(void *self);
    /* Fail-stop of `hart` at the current cycle. */
    void (*kill)(void *self, uint32_t hart, bool cache_lost);
    /* Sets one of enum hb_view_switch in the guest's parameter page: off, or as the experiment has it. */
    void (*set_switch)(void *self, uint32_t which, bool on);
    /* Injects a fault at its cycle, which is not past. One that is still to come stays planned in every future that
     * begins after the present cycle. NULL: no fault but a death can be injected. */
    void (*inject)(void *self, const struct hb_view_fault *fault);
    /* Those that are planned do not come. */
    void (*forget_planned)(void *self);
    /* Changes a key from the present cycle on; false: it cannot change while the run goes on, or has no such value. */
    bool (*set_key)(void *self, uint32_t row, uint64_t value);
    /* Writes it as KEY=VALUE; false: there is no such key. */
    bool (*key_text)(void *self, uint32_t row, uint64_t value, char *text, size_t bytes);
    /* Types this line, with its newline, at the current cycle. */
    void (*type)(void *self, const char *line);
    /* Follow what happens to lines, or not: it costs time. */
    void (*watch_lines)(void *self, bool on);
    /* Runs on to `to_cycle` at most, and looks for an event of the subject: the first, and then no further than is
     * needed, or the last. Of a line its writes are events; of a lock, a task and a CPU what the kernel reports, and
     * faults. */
    void (*find)(void *self, const struct hb_view_subject *subject, uint64_t to_cycle, bool last,
                 struct hb_found *found);
    /* What a CPU's doings at this cycle come from: the subject whose last event is the cause; or that cycle, where
     * *cycle is not 0. */
    void (*cause)(void *self, uint32_t hart, struct hb_view_subject *subject, uint64_t *cycle);
    /* Hash of the machine's state at this cycle: equal for equal machines. */
    uint64_t (*hash)(void *self);
};

struct hb_session {
    const struct hb_session_ops *ops;
    void *self;
};

struct hb_error;

/* Who writes the run that is shown, with what was done to it by hand, as an experiment. */
struct hb_keeper {
    /* Writes it to `path`; false: `error` says why not. NULL: nothing can be saved. */
    bool (*save)(void *self, const char *path, struct hb_error *error);
    /* Closes the session that is open and opens it again with this KEY=VALUE; NULL, with `error`, leaves the old one
     * open. */
    struct hb_session *(*restart)(void *self, const char *setting, struct hb_error *error);
    void *self;
};

#endif
