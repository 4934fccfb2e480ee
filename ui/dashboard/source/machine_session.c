#include "ui/dashboard/source/machine_session.h"

#include <stdlib.h>

#include "memory/source.h"
#include "sim/engine/run.h"
#include "sim/machine/snapshot.h"
#include "sim/machine/state_hash.h"
#include "ui/dashboard/model/scene.h"
#include "ui/dashboard/model/why.h"

static struct hb_machine *machine_of(void *self) {
    return ((struct hb_machine_session *)self)->machine;
}

static void describe_machine(void *self, struct hb_view_machine *view) {
    hb_view_fill_machine(machine_of(self), view);
}

static enum hb_view_status status(void *self) {
    return hb_view_status_of(machine_of(self));
}

static enum hb_view_status run_to(void *self, uint64_t cycle) {
    hb_machine_run(machine_of(self), cycle);
    hb_machine_events_faults(self);
    return status(self);
}

static uint64_t cycle_of(void *self) {
    return machine_of(self)->saved->cycle;
}

static void counters_of(void *self, struct hb_counters *counters) {
    hb_view_fill_counters(machine_of(self), counters);
    hb_machine_events_spun(self, counters);
    hb_machine_locks_count(self, counters);
}

static size_t give_events(void *self, struct hb_happening *event, size_t max) {
    struct hb_machine_session *session = self;
    uint32_t count = session->events < max ? session->events : (uint32_t)max;
    for (uint32_t i = 0; i < session->events; i++)
        if (i < count)
            event[i] = session->event[i];
        else
            session->event[i - count] = session->event[i];
    session->events -= count;
    return count;
}

static void fill(void *self, struct hb_view *view) {
    struct hb_machine_session *session = self;
    hb_view_fill(session->machine, view);
    if (view->lines.wanted)
        hb_view_fill_lines(session, &view->lines);
    if (view->scene == HB_SCENE_QUEUES)
        hb_view_fill_queues(session->machine, &view->queues);
    else if (view->scene == HB_SCENE_LOCKS)
        hb_view_fill_locks(session, &view->locks);
    else if (view->scene == HB_SCENE_COMPUTER)
        hb_view_fill_computer(session->machine, &view->computer);
    else if (view->scene == HB_SCENE_SERVER)
        hb_view_fill_server(session->machine, &view->server);
    else if (view->scene == HB_SCENE_MACHINE)
        hb_view_fill_core(session, view->selected, &view->core);
    if (view->status != HB_VIEW_GOING && !session->end.known)
        hb_view_fill_end(session->machine, &session->console, &session->end);
    view->end = session->end;
    view->why[0] = '\0';
    if (view->why_wanted) {
        char source[HB_SOURCE_BYTES];
        hb_machine_source(session, view->hart[view->selected].pc, source, sizeof source);
        hb_why(view, view->selected, source, view->why, sizeof view->why);
    }
    if (view->timeline.locks_wanted)
        hb_machine_locks_name(session, &view->timeline);
    if (view->keys_wanted)
        hb_view_fill_keys(session->machine, view);
    view->planned = 0;
    for (uint32_t i = 0; i < session->plans; i++)
        view->planned += session->plan[i].fault.cycle >= session->machine->saved->cycle;
}

static void *take_snapshot(void *self) {
    return hb_snapshot_take(machine_of(self));
}

static void restore(void *self, const void *snapshot) {
    hb_snapshot_restore(machine_of(self), snapshot);
    ((struct hb_machine_session *)self)->end.known = false;
    hb_machine_events_reset(self);
}

static void release(void *self, void *snapshot) {
    (void)self;
    hb_snapshot_free(snapshot);
}

static uint64_t snapshots_bytes(void *self) {
    return hb_snapshots_bytes(machine_of(self));
}

/* What the experiment itself asks for is not an action of the user: it comes whatever the user does. */
static void forget_ahead(void *self) {
    struct hb_machine_session *session = self;
    struct hb_machine *machine = machine_of(self);
    uint64_t now = machine->saved->cycle;
    hb_machine_forget_inputs(machine, now);
    hb_machine_plan_inputs(machine, now);
    uint32_t kept = 0;
    for (uint32_t i = 0; i < session->plans; i++) {
        const struct hb_session_plan plan = session->plan[i];
        if (plan.asked_cycle > now)
            continue;
        session->plan[kept++] = plan;
        if (plan.fault.cycle >= now)
            hb_machine_input(machine, &plan.fault);
    }
    session->plans = kept;
}

static void kill_hart(void *self, uint32_t hart, bool cache_lost) {
    struct hb_machine *machine = machine_of(self);
    struct hb_input input = {
        .cycle = machine->saved->cycle, .kind = HB_INPUT_FAULT, .hart = (uint8_t)hart, .terms.lost = cache_lost};
    hb_machine_input(machine, &input);
}

static void set_switch(void *self, uint32_t which, bool on) {
    struct hb_machine *machine = machine_of(self);
    uint32_t parameter = hb_view_switch_parameter(which);
    uint64_t configured = ((const uint64_t *)(const void *)&machine->config.os)[parameter];
    struct hb_input input = {.cycle = machine->saved->cycle,
                             .kind = HB_INPUT_PARAMETER,
                             .parameter = parameter,
                             .value = !on               ? 0
                                      : configured != 0 ? configured
                                                        : 1};
    hb_machine_input(machine, &input);
}

/* One that is to come is planned: it comes in every future in which it has been asked for. */
static void inject(void *self, const struct hb_view_fault *fault) {
    struct hb_machine_session *session = self;
    uint64_t now = session->machine->saved->cycle;
    struct hb_input input = {
        .cycle = fault->cycle > now ? fault->cycle : now, .kind = HB_INPUT_FAULT, .hart = (uint8_t)fault->hart};
    hb_view_fault_terms(fault, &input.terms);
    hb_machine_input(session->machine, &input);
    if (input.cycle > now && session->plans < HB_SESSION_PLANS)
        session->plan[session->plans++] = (struct hb_session_plan){now, input};
}

static void forget_planned(void *self) {
    ((struct hb_machine_session *)self)->plans = 0;
    forget_ahead(self);
}

static bool set_key(void *self, uint32_t row, uint64_t value) {
    return hb_view_set_key(machine_of(self), row, value);
}

static bool key_text(void *self, uint32_t row, uint64_t value, char *text, size_t bytes) {
    return hb_view_key_text(machine_of(self), row, value, text, bytes);
}

static void type(void *self, const char *line) {
    struct hb_machine *machine = machine_of(self);
    const struct hb_input_config typing = {.cycle = machine->saved->cycle, .text = line};
    hb_machine_type(machine, &typing, typing.cycle);
}

static void watch_lines(void *self, bool on) {
    struct hb_machine_session *session = self;
    if (session->turns.on == on)
        return;
    session->turns.on = on;
    if (on)
        hb_machine_watch_add(session->machine, &session->turns.watcher);
    else /* off the list: one that is only switched off keeps the engine from its short cuts */
        hb_machine_watch_remove(session->machine, &session->turns.watcher);
    hb_line_turns_reset(&session->turns, cycle_of(self));
}

static void find(void *self, const struct hb_view_subject *subject, uint64_t to_cycle, bool last,
                 struct hb_found *found) {
    hb_machine_find(self, subject, to_cycle, last, found);
}

static void cause(void *self, uint32_t hart, struct hb_view_subject *subject, uint64_t *cycle) {
    hb_machine_cause(self, hart, subject, cycle);
}

static uint64_t hash(void *self) {
    return hb_state_hash(machine_of(self));
}

static const struct hb_session_ops ops = {
    .machine = describe_machine,
    .run_to = run_to,
    .cycle = cycle_of,
    .status = status,
    .counters = counters_of,
    .events = give_events,
    .fill = fill,
    .snapshot = take_snapshot,
    .restore = restore,
    .forget_ahead = forget_ahead,
    .release = release,
    .snapshots_bytes = snapshots_bytes,
    .kill = kill_hart,
    .set_switch = set_switch,
    .inject = inject,
    .forget_planned = forget_planned,
    .set_key = set_key,
    .key_text = key_text,
    .type = type,
    .watch_lines = watch_lines,
    .find = find,
    .cause = cause,
    .hash = hash,
};

struct hb_session *hb_session_open(const struct hb_config *config, struct hb_error *error) {
    struct hb_machine_session *self = calloc(1, sizeof *self);
    if (self == NULL) {
        hb_error_set(error, "the host does not have enough memory");
        return NULL;
    }
    self->machine = hb_machine_create(config, error);
    if (self->machine == NULL) {
        free(self);
        return NULL;
    }
    self->session = (struct hb_session){&ops, self};
    hb_machine_events_listen(self);
    return &self->session;
}

struct hb_machine *hb_session_machine(struct hb_session *session) {
    return machine_of(session->self);
}

void hb_session_close(struct hb_session *session) {
    if (session != NULL) {
        struct hb_machine_session *self = session->self;
        hb_machine_destroy(self->machine);
        hb_locks_free(&self->locks);
        hb_source_close(self->source);
        free(self);
    }
}
