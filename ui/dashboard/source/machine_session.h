/* The real machine behind the dashboard: a session (session.h) over sim/machine/machine.h.
 *
 *     struct hb_error error;
 *     struct hb_session *session = hb_session_open(&experiment.variant[0].config, &error);
 *     struct hb_dashboard_options options = {0};
 *     char text[256];
 *     if (session == NULL) ... error.text ...
 *     int status = hb_dashboard_run(session, &options, text, sizeof text);
 *     hb_session_close(session);
 *
 * What the user does to the machine (a kill, a change of policy) becomes a logged input, so a run in the dashboard can
 * be recorded and replayed like any other. machine_events.c turns tracepoints and faults into happenings; view_fill.c
 * copies the machine into the view. */
#ifndef HB_DASHBOARD_MACHINE_SESSION_H
#define HB_DASHBOARD_MACHINE_SESSION_H

#include "sim/base/error.h"
#include "sim/config/config.h"
#include "sim/machine/machine.h"
#include "sim/observe/locks.h"
#include "ui/dashboard/model/console.h"
#include "ui/dashboard/model/session.h"
#include "ui/dashboard/source/line_turns.h"

/* Builds the machine of this configuration, at its reset. The configuration is copied; the inputs that it points to
 * must live until hb_session_close(). NULL and `error`: the configuration or the image is unfit. */
struct hb_session *hb_session_open(const struct hb_config *config, struct hb_error *error);

/* The machine itself: for writing its result or its recording when the dashboard is left. */
struct hb_machine *hb_session_machine(struct hb_session *session);

/* Frees the machine; snapshots must have been released before (the dashboard does). NULL is allowed. */
void hb_session_close(struct hb_session *session);

/* ---- Between the files of the session ---- */

#define HB_SESSION_PLANS  16   /* faults to come that were asked for */
#define HB_SESSION_EVENTS 1024 /* events waiting to be fetched; the dashboard asks in every slice of a frame */

struct hb_session_plan {
    uint64_t asked_cycle; /* in a future that begins earlier nobody has asked */
    struct hb_input fault;
};

/* A lock of the kernel that has a lane. */
struct hb_session_lock {
    uint32_t address; /* its low half */
    int8_t owner;     /* hart; -1: nobody */
    uint64_t since_cycle, held_cycles, spun_cycles;
};

struct hb_machine_session {
    struct hb_session session;
    struct hb_machine *machine;
    struct hb_watcher watcher;
    uint64_t told_faults; /* indices of saved->fault[] that have been reported */
    uint64_t told_ends;   /* ... and whose end has been */
    uint64_t told_strikes[HB_FAULTS_MAX];
    uint64_t told_first_work;            /* harts after whose recovery the first work has been reported */
    uint64_t spinning;                   /* harts that spin for a lock, as bits ... */
    uint64_t spins_since[HB_VIEW_HARTS]; /* ... from these cycles on */
    uint64_t spun[HB_VIEW_HARTS];        /* cycles, of times that are over */
    uint32_t spins_for[HB_VIEW_HARTS];   /* the lock, by the low half of its address */
    uint32_t lanes;                      /* locks that have been seen */
    struct hb_session_lock lane[HB_VIEW_LOCK_LANES];
    uint32_t plans;
    struct hb_session_plan plan[HB_SESSION_PLANS];
    struct hb_view_end end;     /* of the run; not known: it has not ended, or nobody has asked */
    struct hb_locks locks;      /* since the machine was last taken elsewhere ... */
    uint64_t locks_since_cycle; /* ... to this cycle */
    struct hb_line_turns turns;
    struct hb_console console;
    struct hb_source *source; /* NULL: not asked for yet, or there is none */
    bool has_no_source;
    uint32_t events;
    struct hb_happening event[HB_SESSION_EVENTS];
};

/* Listen to the machine's records from now on. */
void hb_machine_events_listen(struct hb_machine_session *self);

/* After the machine has run: reports the faults, which no tracepoint reports, in their place. */
void hb_machine_events_faults(struct hb_machine_session *self);

/* Adds to the counters how long harts have spun for locks. */
void hb_machine_events_spun(const struct hb_machine_session *self, struct hb_counters *counters);

/* After a restore: nothing waits, and the past has been reported. */
void hb_machine_events_reset(struct hb_machine_session *self);

/* As hb_session_ops.find and .cause say. */
void hb_machine_find(struct hb_machine_session *self, const struct hb_view_subject *subject, uint64_t to_cycle,
                     bool last, struct hb_found *found);
void hb_machine_cause(const struct hb_machine_session *self, uint32_t hart, struct hb_view_subject *subject,
                      uint64_t *cycle);

/* The line of the program at `pc`; empty where it is not known. */
void hb_machine_source(struct hb_machine_session *self, uint64_t pc, char *text, size_t bytes);

/* The sums of locks: a tracepoint; a time that a hart has spun; after a restore; into counters; names of lanes. */
void hb_machine_locks_see(struct hb_machine_session *self, const struct hb_trace_record *record);
void hb_machine_locks_spun(struct hb_machine_session *self, uint32_t address, uint64_t cycles);
void hb_machine_locks_reset(struct hb_machine_session *self);
void hb_machine_locks_count(const struct hb_machine_session *self, struct hb_counters *counters);
void hb_machine_locks_name(const struct hb_machine_session *self, struct hb_view_timeline *timeline);

/* "mutex 2" stays; "the run queue of CPU 2" becomes "queue 2". */
void hb_view_lock_brief(const char *name, char *brief, size_t bytes);

/* Whether the image is a kernel with tasks and heartbeats; other images may have tracepoints, too. */
bool hb_view_has_kernel(const struct hb_machine *machine);

/* Fills the view from the machine, as hb_session_ops.fill, .machine and .counters say. */
void hb_view_fill(struct hb_machine *machine, struct hb_view *view);
void hb_view_fill_machine(const struct hb_machine *machine, struct hb_view_machine *view);
void hb_view_fill_counters(const struct hb_machine *machine, struct hb_counters *counters);

/* Whether this hart spins for a lock in the kernel. One that has it by now, and has not said so yet, does not. */
bool hb_view_spins(const struct hb_machine *machine, uint32_t h);

/* What a lock is called, by the low half of its address: "mutex 2". */
void hb_view_lock_name(const struct hb_machine *machine, uint32_t address, char *text, size_t bytes);

/* Who has a lock at this cycle, by the lock's own word; -1: nobody. */
int32_t hb_view_lock_owner(const struct hb_machine *machine, uint32_t address);

/* Fill what single scenes show. */
void hb_view_fill_queues(const struct hb_machine *machine, struct hb_view_queues *view);
void hb_view_fill_computer(const struct hb_machine *machine, struct hb_view_computer *view);
void hb_view_fill_server(const struct hb_machine *machine, struct hb_view_server *view);
void hb_view_fill_core(struct hb_machine_session *self, uint32_t hart, struct hb_view_core *view);
void hb_view_fill_locks(const struct hb_machine_session *self, struct hb_view_locks *view);

/* Fills of a hart what its kernel has reported: its fence, its lock, and what it left behind. */
void hb_view_fill_os(const struct hb_machine *machine, uint32_t h, struct hb_view_hart *view);

/* Fills which of the experiment's own faults comes next, and when. */
void hb_view_fill_coming(const struct hb_machine *machine, struct hb_view *view);

/* Fills view->loss and view->switch_on; of the machine, the words for the phases of its recovery. */
void hb_view_fill_fault(const struct hb_machine *machine, struct hb_view *view);
void hb_view_fill_phases(const struct hb_machine *machine, struct hb_view_machine *view);

/* Fill the faults that can be injected, and the keys that can be changed. */
void hb_view_fill_models(struct hb_view_machine *view);
void hb_view_fill_keys(const struct hb_machine *machine, struct hb_view *view);

/* What a fault does, in the terms of the machine. */
void hb_view_fault_terms(const struct hb_view_fault *fault, struct hb_fault_terms *terms);

/* As hb_session_ops.set_key and .key_text say. */
bool hb_view_set_key(struct hb_machine *machine, uint32_t row, uint64_t value);
bool hb_view_key_text(const struct hb_machine *machine, uint32_t row, uint64_t value, char *text, size_t bytes);

/* The place of a switch (enum hb_view_switch) among the fields of struct hb_params. */
uint32_t hb_view_switch_parameter(uint32_t which);

/* Fills what the result of the run says, which has ended: computes the tasks' checksums, so call it once. */
void hb_view_fill_end(struct hb_machine *machine, const struct hb_console *console, struct hb_view_end *end);

enum hb_view_status hb_view_status_of(const struct hb_machine *machine);

/* The cache lines for the panel: pinned ones, then the hottest. */
void hb_view_fill_lines(const struct hb_machine_session *self, struct hb_view_lines *lines);

/* Which orders the machine's program obeys, by what the experiment types. */
void hb_view_fill_orders(const struct hb_machine *machine, struct hb_view_orders *orders);

#endif
