/* What the guest's tracepoints and the machine's faults mean for the dashboard. */
#include <stdio.h>
#include <string.h>

#include "ui/dashboard/source/machine_session.h"

/* Tracepoints that the dashboard shows, each with the role of its subject. Others only feed the view of the OS. */
enum subject { SUBJECT_NONE, SUBJECT_HART, SUBJECT_TASK, SUBJECT_LOCK, SUBJECT_COUNT };

static const struct {
    uint8_t kind; /* enum hb_happening_kind */
    uint8_t subject;
} told[] = {
    [HB_TP_ALL_HARTS_UP] = {HB_HAPPENED_ALL_UP, SUBJECT_COUNT},
    [HB_TP_HART_LEFT_OUT] = {HB_HAPPENED_LEFT_OUT, SUBJECT_HART},
    [HB_TP_TASK_DONE] = {HB_HAPPENED_TASK_DONE, SUBJECT_TASK},
    [HB_TP_TASK_LOST] = {HB_HAPPENED_TASK_LOST, SUBJECT_TASK},
    [HB_TP_TASK_MIGRATE] = {HB_HAPPENED_MIGRATED, SUBJECT_TASK},
    [HB_TP_TASK_RESTART] = {HB_HAPPENED_TASK_RESTART, SUBJECT_TASK},
    [HB_TP_SUSPECT] = {HB_HAPPENED_SUSPECTED, SUBJECT_HART},
    [HB_TP_FENCED] = {HB_HAPPENED_FENCED, SUBJECT_HART},
    [HB_TP_RECOVERY_BEGIN] = {HB_HAPPENED_RECOVERY, SUBJECT_HART},
    [HB_TP_RECOVERY_PHASE] = {HB_HAPPENED_PHASE, SUBJECT_HART},
    [HB_TP_RECOVERED] = {HB_HAPPENED_RECOVERED, SUBJECT_HART},
    [HB_TP_MAIL_SEND] = {HB_HAPPENED_MAIL, SUBJECT_TASK},
    [HB_TP_LOCK_RECOVERED] = {HB_HAPPENED_LOCK, SUBJECT_LOCK},
    [HB_TP_FALSE_ALARM] = {HB_HAPPENED_FALSE_ALARM, SUBJECT_HART},
    [HB_TP_ELECTED] = {HB_HAPPENED_ELECTED, SUBJECT_HART},
    [HB_TP_PANIC] = {HB_HAPPENED_PANIC, SUBJECT_COUNT},
};

/* Adds it in the order of cycles; within one cycle a death is reported first, since it acts first. */
static void add(struct hb_machine_session *self, const struct hb_happening *event) {
    uint32_t at = self->events;
    if (at == HB_SESSION_EVENTS)
        return;
    bool first = event->kind == HB_HAPPENED_KILLED;
    while (at > 0 &&
           (self->event[at - 1].cycle > event->cycle || (first && self->event[at - 1].cycle == event->cycle))) {
        self->event[at] = self->event[at - 1];
        at--;
    }
    self->event[at] = *event;
    self->events++;
}

static void set_lock_name(const struct hb_machine *machine, uint32_t address, struct hb_happening *event) {
    hb_view_lock_name(machine, address, event->name, sizeof event->name);
}

/* A task that a dead hart's recovery has returned to a queue runs again: the view of the OS has just noted the
 * cycle. */
static void tell_first_work(struct hb_machine_session *self, const struct hb_trace_record *record) {
    for (uint32_t dead = 0; dead < self->machine->bus.harts; dead++) {
        const struct hb_os_recovery *recovery = &self->machine->saved->os.harts[dead].recovery;
        if (recovery->first_work_cycle == record->cycle && !(self->told_first_work >> dead & 1)) {
            self->told_first_work |= 1ull << dead;
            add(self, &(struct hb_happening){.cycle = record->cycle,
                                             .kind = HB_HAPPENED_FIRST_WORK,
                                             .hart = (uint8_t)dead,
                                             .by = record->hart,
                                             .task = (int32_t)(uint32_t)record->value,
                                             .argument = record->value >> 32});
        }
    }
}

/* The guest may name what is not there: the view of the OS ignores that, too. */
static bool is_there(const struct hb_machine_session *self, uint8_t id, uint32_t subject, uint32_t argument) {
    const uint32_t harts = self->machine->bus.harts;
    if (told[id].kind == HB_HAPPENED_MAIL && argument >= harts)
        return false;
    if (told[id].kind == HB_HAPPENED_MIGRATED && ((argument & 0xffff) >= harts || argument >> 16 >= harts))
        return false;
    switch (told[id].subject) {
    case SUBJECT_HART: return subject < harts;
    case SUBJECT_TASK: return subject < HB_TASKS_MAX;
    case SUBJECT_LOCK: return argument < harts;
    default: return true;
    }
}

static void tell(struct hb_machine_session *self, const struct hb_trace_record *record) {
    uint32_t subject = (uint32_t)record->value, argument = (uint32_t)(record->value >> 32);
    if (!is_there(self, record->id, subject, argument))
        return;
    struct hb_happening event = {
        .cycle = record->cycle, .kind = told[record->id].kind, .by = record->hart, .task = -1, .argument = argument};
    switch (told[record->id].subject) {
    case SUBJECT_HART: event.hart = (uint8_t)subject; break;
    case SUBJECT_COUNT: event.argument = subject; break;
    case SUBJECT_TASK: /* the hart that ran it: under AMP another, the master, reports */
        event.task = (int32_t)subject;
        event.hart = self->machine->saved->os.tasks[subject].hart;
        if (event.hart == HB_OS_NO_HART)
            event.hart = record->hart;
        break;
    case SUBJECT_LOCK:
        event.hart = (uint8_t)argument;
        set_lock_name(self->machine, subject, &event);
        break;
    }
    if (event.kind == HB_HAPPENED_MIGRATED) {
        event.hart = (uint8_t)argument;
        event.by = (uint8_t)(argument >> 16);
    } else if (event.kind == HB_HAPPENED_MAIL) {
        event.hart = record->hart;
        event.by = (uint8_t)argument;
    } else if (event.kind == HB_HAPPENED_SUSPECTED) {
        event.argument = (uint64_t)argument * self->machine->config.cycles_per_tick;
    }
    add(self, &event);
}

/* Begins or ends the time in which a hart spins, as the view of the OS has it after this record. */
static void follow_spinning(struct hb_machine_session *self, uint32_t hart, uint64_t cycle) {
    bool spins = hb_view_spins(self->machine, hart), spun = self->spinning >> hart & 1;
    if (spun && !spins) {
        self->spun[hart] += cycle - self->spins_since[hart];
        hb_machine_locks_spun(self, self->spins_for[hart], cycle - self->spins_since[hart]);
    }
    if (spins && !spun) {
        self->spins_since[hart] = cycle;
        self->spins_for[hart] = self->machine->saved->os.harts[hart].lock_wanted;
    }
    self->spinning = (self->spinning & ~(1ull << hart)) | (uint64_t)spins << hart;
}

void hb_machine_events_spun(const struct hb_machine_session *self, struct hb_counters *counters) {
    for (uint32_t hart = 0; hart < self->machine->bus.harts; hart++) {
        bool spins = self->spinning >> hart & 1 && counters->hart[hart].state < HB_VIEW_STOPPED;
        counters->hart[hart].spun = self->spun[hart] + (spins ? counters->cycle - self->spins_since[hart] : 0);
    }
}

static uint64_t alive(const struct hb_machine_session *self) {
    uint64_t bits = 0;
    for (uint32_t hart = 0; hart < self->machine->bus.harts; hart++)
        bits |= (uint64_t)(self->machine->hart[hart].run_state < HB_HART_STOPPED) << hart;
    return bits;
}

static void listen(void *context, const struct hb_trace_record *record) {
    struct hb_machine_session *self = context;
    if (record->kind != HB_TRACE_POINT || record->privilege == HB_PRIV_U)
        return;
    follow_spinning(self, record->hart, record->cycle);
    hb_machine_locks_see(self, record);
    hb_locks_see(&self->locks, record->cycle, record->hart, record->id, record->value, alive(self), true);
    if (record->id == HB_TP_TASK_RUN)
        tell_first_work(self, record);
    else if (record->id < sizeof told / sizeof *told && told[record->id].subject != SUBJECT_NONE)
        tell(self, record);
}

static void hear(void *context, const char *text, size_t n) {
    hb_console_add(&((struct hb_machine_session *)context)->console, text, n);
}

void hb_machine_events_listen(struct hb_machine_session *self) {
    self->watcher = (struct hb_watcher){.context = self, .record = listen, .console = hear, .aloof = true};
    hb_machine_watch_add(self->machine, &self->watcher);
    hb_line_turns_begin(&self->turns);
    hb_machine_events_reset(self);
}

static void tell_fault(struct hb_machine_session *self, const struct hb_fault_state *fault, bool ended) {
    const struct hb_fault_model_info *model = &hb_fault_model[fault->terms.model];
    struct hb_happening event = {.cycle = ended ? fault->end_cycle : fault->cycle,
                                 .kind =
                                     model->flags & HB_MODEL_KILLS && !ended ? HB_HAPPENED_KILLED : HB_HAPPENED_AILS,
                                 .hart = fault->hart,
                                 .by = fault->terms.lost,
                                 .task = -1,
                                 .argument = fault->lines_lost};
    if (event.kind == HB_HAPPENED_AILS) {
        event.by = fault->terms.model == HB_FAULT_FREEZE || fault->terms.model == HB_FAULT_HANG;
        event.argument = ended;
        snprintf(event.name, sizeof event.name, "%s", ended ? model->ends : model->happens);
    }
    add(self, &event);
}

/* Tell it unless it is told; bit i of `told` stands for fault i. */
static void tell_once(struct hb_machine_session *self, uint32_t i, uint64_t *told_of, bool ended) {
    const struct hb_fault_state *fault = &self->machine->saved->fault[i];
    if (!(ended ? fault->ended : fault->done) || *told_of >> i & 1)
        return;
    *told_of |= 1ull << i;
    if (fault->activated)
        tell_fault(self, fault, ended);
}

/* One with a rate is told each time that it strikes, or once if it does so more than once in a slice of a frame. */
static void hear_strikes(struct hb_machine_session *self, uint32_t i) {
    const uint64_t strikes = self->machine->saved->fault[i].repeats.strikes;
    if (strikes == self->told_strikes[i])
        return;
    self->told_strikes[i] = strikes;
    self->told_faults &= ~(1ull << i);
    self->told_ends &= ~(1ull << i);
}

void hb_machine_events_faults(struct hb_machine_session *self) {
    for (uint32_t i = 0; i < self->machine->saved->faults; i++) {
        hear_strikes(self, i);
        tell_once(self, i, &self->told_faults, false);
        tell_once(self, i, &self->told_ends, true);
    }
}

void hb_machine_events_reset(struct hb_machine_session *self) {
    hb_line_turns_reset(&self->turns, self->machine->saved->cycle);
    const struct hb_saved *saved = self->machine->saved;
    self->events = 0;
    hb_locks_free(&self->locks);
    self->locks = (struct hb_locks){0};
    self->locks_since_cycle = saved->cycle;
    hb_console_go(&self->console, saved->console_bytes);
    self->spinning = 0;
    hb_machine_locks_reset(self);
    for (uint32_t hart = 0; hart < self->machine->bus.harts; hart++)
        follow_spinning(self, hart, saved->cycle);
    self->told_faults = self->told_ends = self->told_first_work = 0;
    for (uint32_t i = 0; i < saved->faults; i++) {
        self->told_strikes[i] = saved->fault[i].repeats.strikes;
        self->told_faults |= (uint64_t)saved->fault[i].done << i;
        self->told_ends |= (uint64_t)saved->fault[i].ended << i;
    }
    for (uint32_t hart = 0; hart < self->machine->bus.harts; hart++) {
        bool worked = saved->os.harts[hart].recovery.first_work_cycle != HB_OS_NONE;
        self->told_first_work |= (uint64_t)worked << hart;
    }
}
