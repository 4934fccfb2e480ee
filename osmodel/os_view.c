#include "osmodel/os_view.h"

#include <string.h>

#include "osmodel/os_times.h"

struct event {
    struct hb_os_view *view;
    struct hb_os_hart *self; /* the executing hart */
    uint64_t cycle;
    uint64_t user_instructions;
    uint32_t subject;
    uint32_t argument;
    uint8_t hart; /* number of the executing hart */
};

static const char *const state_names[] = {
    [HB_OS_TASK_UNSEEN] = "unseen",   [HB_OS_TASK_CREATED] = "created", [HB_OS_TASK_READY] = "ready",
    [HB_OS_TASK_RUNNING] = "running", [HB_OS_TASK_BLOCKED] = "blocked", [HB_OS_TASK_SLEEPING] = "sleeping",
    [HB_OS_TASK_EXITED] = "exited",   [HB_OS_TASK_FAULTED] = "faulted", [HB_OS_TASK_STRANDED] = "stranded",
    [HB_OS_TASK_DONE] = "done",       [HB_OS_TASK_LOST] = "lost",
};

const char *hb_os_task_state_name(enum hb_os_task_state state) {
    return (unsigned)state < sizeof state_names / sizeof *state_names ? state_names[state] : "?";
}

static void init_recovery(struct hb_os_recovery *recovery) {
    *recovery = (struct hb_os_recovery){
        .suspected_cycle = HB_OS_NONE,
        .fenced_cycle = HB_OS_NONE,
        .began_cycle = HB_OS_NONE,
        .recovered_cycle = HB_OS_NONE,
        .first_work_cycle = HB_OS_NONE,
        .suspected_by = HB_OS_NO_HART,
        .recovered_by = HB_OS_NO_HART,
    };
}

static void init_hart(struct hb_os_hart *hart) {
    init_recovery(&hart->recovery);
    hart->up_cycle = HB_OS_NONE;
    hart->stopped_cycle = HB_OS_NONE;
    hart->last_beat_cycle = HB_OS_NONE;
    hart->gap_from_cycle = HB_OS_NONE;
    hart->task = HB_OS_NO_TASK;
    hart->last_task = HB_OS_NO_TASK;
    hart->lock_wanted_from = HB_OS_NO_HART;
    hart->recovering = HB_OS_NO_HART;
}

static void init_task(struct hb_os_task *task) {
    task->attempt_started_cycle = HB_OS_NONE;
    task->completed_cycle = HB_OS_NONE;
    task->arrived_cycle = HB_OS_NONE;
    task->woken_cycle = HB_OS_NONE;
    task->run_from_cycle = HB_OS_NONE;
    task->hart = HB_OS_NO_HART;
    task->queue = HB_OS_NO_HART;
    task->displaced_by = HB_OS_NO_HART;
}

void hb_os_view_init(struct hb_os_view *view, uint64_t cycles_per_tick) {
    memset(view, 0, sizeof *view);
    view->cycles_per_tick = cycles_per_tick;
    view->harts_up_cycle = HB_OS_NONE;
    view->panic_cycle = HB_OS_NONE;
    view->panic_hart = HB_OS_NO_HART;
    view->elected_cycle = HB_OS_NONE;
    view->predecessor = HB_OS_NO_HART;
    for (uint32_t hart = 0; hart < HB_HARTS_MAX; hart++)
        init_hart(&view->harts[hart]);
    for (uint32_t task = 0; task < HB_TASKS_MAX; task++)
        init_task(&view->tasks[task]);
}

static void set_level(struct hb_os_view *view, struct hb_os_level *level, uint32_t now) {
    level->now = now;
    if (view->harts_up_cycle != HB_OS_NONE && now > level->max)
        level->max = now;
}

static void note_done(struct hb_os_level *level, uint64_t cycle) {
    level->area_done = level->area;
    level->done_cycle = cycle;
}

static void advance_level(struct hb_os_level *level, uint64_t cycles) {
    level->area += level->now * cycles;
}

void hb_os_view_advance(struct hb_os_view *view, uint64_t cycle) {
    if (cycle <= view->cycle)
        return;
    if (view->harts_idle > 0 && view->tasks_ready > 0)
        view->idle_while_waiting_cycles += cycle - view->cycle;
    if (view->harts_up_cycle != HB_OS_NONE) {
        advance_level(&view->running, cycle - view->cycle);
        advance_level(&view->active, cycle - view->cycle);
    }
    view->cycle = cycle;
}

uint64_t hb_os_view_longest_wait(const struct hb_os_view *view, uint64_t cycle) {
    uint64_t longest = view->longest_wait_cycles;
    for (uint32_t i = 0; i < HB_TASKS_MAX; i++) {
        const struct hb_os_task *task = &view->tasks[i];
        if (task->state == HB_OS_TASK_READY && cycle - task->waiting_since_cycle > longest)
            longest = cycle - task->waiting_since_cycle;
    }
    return longest;
}

/* The gap that is under way counts as far as it goes: silence to the end is no less than silence before a beat. */
static uint64_t longest_gap_of(const struct hb_os_hart *hart, uint64_t cycle) {
    bool lives = hart->up_cycle != HB_OS_NONE && hart->stopped_cycle == HB_OS_NONE && !hart->ails;
    uint64_t present = lives && hart->gap_from_cycle != HB_OS_NONE ? cycle - hart->gap_from_cycle : 0;
    return present > hart->longest_gap_cycles ? present : hart->longest_gap_cycles;
}

uint64_t hb_os_view_longest_gap(const struct hb_os_view *view, uint64_t cycle) {
    uint64_t longest = 0, beats = 0;
    for (uint32_t hart = 0; hart < HB_HARTS_MAX; hart++) {
        uint64_t gap = longest_gap_of(&view->harts[hart], cycle);
        longest = gap > longest ? gap : longest;
        beats += view->harts[hart].gap_beats;
    }
    return beats ? longest : HB_OS_NONE;
}

/* ---- Tasks ----------------------------------------------------------------------------------------------------- */

static void end_wait(struct hb_os_view *view, struct hb_os_task *task) {
    uint64_t waited = view->cycle - task->waiting_since_cycle;
    if (waited > view->longest_wait_cycles)
        view->longest_wait_cycles = waited;
    view->tasks_ready--;
    hb_os_times_wait_over(view, task);
}

static void set_state(struct hb_os_view *view, struct hb_os_task *task, enum hb_os_task_state state) {
    if (task->state == state)
        return;
    if (task->state == HB_OS_TASK_READY)
        end_wait(view, task);
    if (state == HB_OS_TASK_READY) {
        hb_os_times_ready(view, task);
        task->waiting_since_cycle = view->cycle;
        view->tasks_ready++;
    }
    task->state = (uint8_t)state;
}

static void set_active(struct hb_os_view *view, struct hb_os_task *task, uint8_t active) {
    set_level(view, &view->active, view->active.now + active - task->active);
    task->active = active;
}

/* The task that an event is about, or NULL. Any event of a task shows that it was created. */
static struct hb_os_task *subject_task(const struct event *event) {
    if (event->subject >= HB_TASKS_MAX) {
        event->view->ignored_events++;
        return NULL;
    }
    struct hb_os_task *task = &event->view->tasks[event->subject];
    if (task->state == HB_OS_TASK_UNSEEN) {
        event->view->tasks_created++;
        event->view->last_progress_cycle = event->cycle;
        set_state(event->view, task, HB_OS_TASK_CREATED);
    }
    return task;
}

static bool runs_on(const struct hb_os_task *task, uint8_t hart) {
    return task->hart == hart && (task->state == HB_OS_TASK_RUNNING || task->state == HB_OS_TASK_STRANDED);
}

/* The hart's current task, if any, no longer runs: count what it executed. */
static void end_run(struct hb_os_view *view, struct hb_os_hart *hart, uint64_t user_instructions) {
    if (hart->task == HB_OS_NO_TASK)
        return;
    view->tasks[hart->task].instructions += user_instructions - hart->run_user_instructions;
    hb_os_times_stop(view, &view->tasks[hart->task]);
    hart->last_task = hart->task;
    hart->task = HB_OS_NO_TASK;
    set_level(view, &view->running, view->running.now - 1);
}

/* An attempt with a higher number than the known one begins: what the old one executed was in vain. */
static void note_attempt(struct hb_os_view *view, struct hb_os_task *task, uint32_t attempt) {
    if (attempt <= task->attempt)
        return;
    view->tasks_restarted += task->attempt == 0;
    view->instructions_reexecuted += task->instructions;
    if (task->displaced_by != HB_OS_NO_HART)
        view->harts[task->displaced_by].recovery.instructions_reexecuted += task->instructions;
    set_active(view, task, 0);
    task->attempt = attempt;
    task->earlier_instructions = task->instructions;
    task->instructions = 0;
    task->progress = 0;
    task->attempt_started_cycle = HB_OS_NONE;
}

static void on_task_create(const struct event *event) {
    struct hb_os_task *task = subject_task(event);
    if (task)
        task->kind = (uint8_t)event->argument;
}

static bool is_suspect(const struct hb_os_view *view, uint8_t hart) {
    return hart != HB_OS_NO_HART && view->harts[hart].recovery.suspected_cycle != HB_OS_NONE;
}

static void join_queue(struct hb_os_view *view, struct hb_os_task *task, uint32_t queue) {
    if (is_suspect(view, task->queue) && task->queue != queue && task->displaced_by == HB_OS_NO_HART)
        task->displaced_by = task->queue;
    task->queue = queue < HB_HARTS_MAX ? (uint8_t)queue : HB_OS_NO_HART;
}

/* A task that another, living hart already runs was taken from the queue before this tracepoint was reached: its
 * "ready" is out of date. The same holds for one that is done or lost. */
static void on_task_ready(const struct event *event) {
    struct hb_os_task *task = subject_task(event);
    if (!task || task->state == HB_OS_TASK_DONE || task->state == HB_OS_TASK_LOST)
        return;
    if (task->state == HB_OS_TASK_RUNNING && task->hart != event->hart)
        return;
    join_queue(event->view, task, event->argument);
    set_state(event->view, task, HB_OS_TASK_READY);
}

static void note_first_work(struct hb_os_view *view, struct hb_os_task *task) {
    if (task->displaced_by == HB_OS_NO_HART)
        return;
    struct hb_os_recovery *recovery = &view->harts[task->displaced_by].recovery;
    if (recovery->first_work_cycle == HB_OS_NONE)
        recovery->first_work_cycle = view->cycle;
    task->displaced_by = HB_OS_NO_HART;
}

static void set_idle(struct hb_os_view *view, struct hb_os_hart *hart, uint8_t idle) {
    view->harts_idle += idle;
    view->harts_idle -= hart->idle;
    hart->idle = idle;
}

static void begin_run(const struct event *event) {
    struct hb_os_hart *hart = event->self;
    end_run(event->view, hart, event->user_instructions);
    set_idle(event->view, hart, 0);
    event->view->context_switches += hart->last_task != HB_OS_NO_TASK && hart->last_task != event->subject;
    hart->task = event->subject;
    hart->run_attempt = event->argument;
    set_level(event->view, &event->view->running, event->view->running.now + 1);
    hart->run_user_instructions = event->user_instructions;
    hart->lock_wanted = 0;
    hart->dispatches++;
}

static void on_task_run(const struct event *event) {
    struct hb_os_task *task = subject_task(event);
    if (!task)
        return;
    begin_run(event);
    note_attempt(event->view, task, event->argument);
    note_first_work(event->view, task);
    set_state(event->view, task, HB_OS_TASK_RUNNING);
    hb_os_times_run(event->view, task);
    set_active(event->view, task, 1);
    task->hart = event->hart;
    task->queue = event->hart; /* it has left the queue that it joined last, whoever's that was */
    if (task->attempt_started_cycle == HB_OS_NONE)
        task->attempt_started_cycle = event->cycle;
}

static enum hb_os_task_state state_after_stop(uint32_t reason) {
    switch (reason) {
    case HB_STOP_BLOCKED: return HB_OS_TASK_BLOCKED;
    case HB_STOP_SLEEPING: return HB_OS_TASK_SLEEPING;
    case HB_STOP_EXITED: return HB_OS_TASK_EXITED;
    case HB_STOP_FAULTED: return HB_OS_TASK_FAULTED;
    default: return HB_OS_TASK_READY;
    }
}

static void on_task_stop(const struct event *event) {
    struct hb_os_task *task = subject_task(event);
    if (!task)
        return;
    if (event->self->task == event->subject) {
        event->view->double_runs += task->hart != event->hart && task->attempt != event->self->run_attempt;
        end_run(event->view, event->self, event->user_instructions);
    }
    if (runs_on(task, event->hart)) {
        set_state(event->view, task, state_after_stop(event->argument));
        set_active(event->view, task, task->state == HB_OS_TASK_READY);
    }
    if (event->argument == HB_STOP_PREEMPTED && task->instructions < event->view->patience_instructions)
        event->view->last_progress_cycle = event->cycle;
}

static void on_task_done(const struct event *event) {
    struct hb_os_task *task = subject_task(event);
    if (!task || task->state == HB_OS_TASK_DONE)
        return;
    if (event->self->task == event->subject)
        end_run(event->view, event->self, event->user_instructions);
    set_state(event->view, task, HB_OS_TASK_DONE);
    set_active(event->view, task, 0);
    hb_os_times_done(event->view);
    note_done(&event->view->running, event->cycle);
    note_done(&event->view->active, event->cycle);
    task->completed_cycle = event->cycle;
    event->view->tasks_done++;
    event->view->last_progress_cycle = event->cycle;
}

static void on_task_lost(const struct event *event) {
    struct hb_os_task *task = subject_task(event);
    if (!task || task->state == HB_OS_TASK_LOST)
        return;
    set_state(event->view, task, HB_OS_TASK_LOST);
    set_active(event->view, task, 0);
    event->view->tasks_lost++;
    event->view->last_progress_cycle = event->cycle;
}

static void on_task_migrate(const struct event *event) {
    struct hb_os_task *task = subject_task(event);
    if (task) {
        join_queue(event->view, task, event->argument >> 16);
        event->view->migrations++;
    }
}

/* Whose death is it? That of the hart that the executing one recovers; else of the hart on which the attempt ran. */
static void on_task_restart(const struct event *event) {
    struct hb_os_task *task = subject_task(event);
    if (!task)
        return;
    if (event->self->recovering != HB_OS_NO_HART)
        task->displaced_by = event->self->recovering;
    else if (task->hart != event->hart)
        task->displaced_by = task->hart;
    note_attempt(event->view, task, event->argument);
    set_state(event->view, task, HB_OS_TASK_READY);
    event->view->last_progress_cycle = event->cycle;
}

/* The newest copy and the one before it are kept; which one counts is seen when a task begins again. */
static void on_save_begin(const struct event *event) {
    struct hb_os_task *task = subject_task(event);
    if (task && event->self->task == event->subject)
        task->kept_instructions[event->argument & 1] =
            task->instructions + event->user_instructions - event->self->run_user_instructions;
}

static void give_back(uint64_t *reexecuted, uint64_t instructions) {
    *reexecuted -= instructions < *reexecuted ? instructions : *reexecuted;
}

/* What the attempt before had executed up to the copy was not in vain. */
static void on_restored(const struct event *event) {
    struct hb_os_task *task = subject_task(event);
    uint64_t kept = task ? task->kept_instructions[event->argument & 1] : 0;
    if (!task || task->instructions != 0 || kept > task->earlier_instructions)
        return;
    task->instructions = kept;
    give_back(&event->view->instructions_reexecuted, kept);
    if (task->displaced_by != HB_OS_NO_HART)
        give_back(&event->view->harts[task->displaced_by].recovery.instructions_reexecuted, kept);
}

static void on_progress(const struct event *event) {
    struct hb_os_task *task = subject_task(event);
    if (task && event->argument > task->progress) {
        task->progress = event->argument;
        event->view->last_progress_cycle = event->cycle;
    }
}

static void on_mail_send(const struct event *event) {
    event->view->mails_sent += subject_task(event) != NULL;
}

static void on_mail_take(const struct event *event) {
    event->view->mails_taken += subject_task(event) != NULL;
}

/* ---- Harts ----------------------------------------------------------------------------------------------------- */

static struct hb_os_hart *subject_hart(const struct event *event) {
    if (event->subject >= HB_HARTS_MAX) {
        event->view->ignored_events++;
        return NULL;
    }
    return &event->view->harts[event->subject];
}

static void on_hart_up(const struct event *event) {
    struct hb_os_hart *hart = subject_hart(event);
    if (hart) {
        hart->up_cycle = event->cycle;
        hart->stopped_cycle = HB_OS_NONE;
    }
}

static void set_gaps_from(struct hb_os_view *view, uint64_t cycle) {
    for (uint32_t hart = 0; hart < HB_HARTS_MAX; hart++)
        view->harts[hart].gap_from_cycle = cycle;
}

void hb_os_view_forget_beats(struct hb_os_view *view) {
    set_gaps_from(view, HB_OS_NONE);
}

static void on_all_harts_up(const struct event *event) {
    if (event->view->harts_up_cycle == HB_OS_NONE) {
        event->view->harts_up_cycle = event->cycle;
        event->view->harts_up = event->subject;
        hb_os_times_up(event->view);
        event->view->harts_left_out = event->argument;
        event->view->last_progress_cycle = event->cycle;
        set_gaps_from(event->view, event->cycle);
        set_level(event->view, &event->view->running, event->view->running.now);
        set_level(event->view, &event->view->active, event->view->active.now);
    }
}

static void on_hart_left_out(const struct event *event) {
    struct hb_os_hart *hart = subject_hart(event);
    if (hart)
        hart->left_out = 1;
}

static void on_idle_enter(const struct event *event) {
    if (event->self->stopped_cycle == HB_OS_NONE)
        set_idle(event->view, event->self, 1);
}

static void on_idle_leave(const struct event *event) {
    set_idle(event->view, event->self, 0);
}

static void on_queue_length(const struct event *event) {
    struct hb_os_hart *hart = subject_hart(event);
    if (hart)
        hart->queue_length = event->argument;
}

static void note_gap(struct hb_os_hart *hart, uint64_t cycle) {
    if (hart->gap_from_cycle != HB_OS_NONE && !hart->ails && cycle - hart->gap_from_cycle > hart->longest_gap_cycles)
        hart->longest_gap_cycles = cycle - hart->gap_from_cycle;
    hart->gap_from_cycle = cycle;
    hart->gap_beats++;
}

static void on_beat(const struct event *event) {
    struct hb_os_hart *hart = subject_hart(event);
    if (!hart)
        return;
    hart->last_beat_cycle = event->cycle;
    hart->beats++;
    if (event->view->harts_up_cycle != HB_OS_NONE)
        note_gap(hart, event->cycle);
}

static void on_lock_wait(const struct event *event) {
    event->self->lock_wanted = event->subject;
    event->self->lock_wanted_from =
        event->argument >= 1 && event->argument <= HB_HARTS_MAX ? (uint8_t)(event->argument - 1) : HB_OS_NO_HART;
}

static void on_lock_acquire(const struct event *event) {
    event->self->lock_held = event->subject;
    event->self->lock_wanted = 0;
    event->self->lock_wanted_from = HB_OS_NO_HART;
}

static void on_lock_release(const struct event *event) {
    if (event->self->lock_held == event->subject)
        event->self->lock_held = 0;
}

/* ---- Recovery -------------------------------------------------------------------------------------------------- */

static struct hb_os_recovery *subject_recovery(const struct event *event) {
    struct hb_os_hart *hart = subject_hart(event);
    return hart ? &hart->recovery : NULL;
}

static void set_once(uint64_t *cycle, uint64_t now) {
    if (*cycle == HB_OS_NONE)
        *cycle = now;
}

/* Whether the suspect is alive is judged by what the host knows, not by what the kernel finds out later: a fenced hart
 * can no longer prove it. */
static void on_suspect(const struct event *event) {
    struct hb_os_hart *suspect = subject_hart(event);
    if (!suspect || suspect->recovery.suspected_cycle != HB_OS_NONE)
        return;
    suspect->recovery.suspected_cycle = event->cycle;
    suspect->recovery.suspected_by = event->hart;
    if (suspect->stopped_cycle == HB_OS_NONE && !suspect->ails) {
        suspect->recovery.false_alarms++;
        event->view->false_alarms++;
    }
}

/* The kernel withdraws its suspicion, which has been counted. */
static void on_interrupt(const struct event *event) {
    if (event->argument == 0)
        event->self->interrupts++;
    else
        event->view->spurious_interrupts++;
}

/* It is not healthy any more, and knows it. */
static void on_hart_stopped(const struct event *event) {
    event->self->ails = 1;
}

static void on_false_alarm(const struct event *event) {
    struct hb_os_recovery *recovery = subject_recovery(event);
    if (recovery) {
        recovery->suspected_cycle = HB_OS_NONE;
        recovery->suspected_by = HB_OS_NO_HART;
    }
}

static void on_fenced(const struct event *event) {
    struct hb_os_recovery *recovery = subject_recovery(event);
    if (recovery)
        set_once(&recovery->fenced_cycle, event->cycle);
}

static void on_recovery_begin(const struct event *event) {
    struct hb_os_recovery *recovery = subject_recovery(event);
    if (recovery) {
        set_once(&recovery->began_cycle, event->cycle);
        recovery->recovered_by = event->hart;
        event->self->recovering = (uint8_t)event->subject;
    }
}

static void on_recovery_phase(const struct event *event) {
    struct hb_os_recovery *recovery = subject_recovery(event);
    if (recovery)
        recovery->phase = event->argument;
}

static void on_recovered(const struct event *event) {
    struct hb_os_recovery *recovery = subject_recovery(event);
    if (recovery) {
        set_once(&recovery->recovered_cycle, event->cycle);
        recovery->tasks_requeued = event->argument;
        event->self->recovering = HB_OS_NO_HART;
    }
}

static void on_elected(const struct event *event) {
    struct hb_os_view *view = event->view;
    if (!subject_hart(event))
        return;
    view->harts[view->master].reigned = 1;
    view->predecessor = view->master;
    view->master = (uint8_t)event->subject;
    view->term = event->argument;
    view->elected_cycle = event->cycle;
}

uint64_t hb_os_view_outage(const struct hb_os_view *view) {
    if (view->predecessor == HB_OS_NO_HART)
        return HB_OS_NONE;
    const struct hb_os_hart *old = &view->harts[view->predecessor];
    bool over = old->stopped_cycle != HB_OS_NONE && old->recovery.recovered_cycle != HB_OS_NONE;
    return over ? old->recovery.recovered_cycle - old->stopped_cycle : HB_OS_NONE;
}

static void on_lock_recovered(const struct event *event) {
    event->view->locks_recovered++;
    event->self->lock_held = event->subject;
    if (event->argument >= HB_HARTS_MAX)
        return;
    event->view->harts[event->argument].recovery.locks_recovered++;
    event->view->harts[event->argument].lock_held = 0;
}

static void on_panic(const struct event *event) {
    if (event->view->panic_cycle == HB_OS_NONE) {
        event->view->panic_cycle = event->cycle;
        event->view->panic_cause = event->subject;
        event->view->panic_hart = event->hart;
    }
}

/* ---- Requests --------------------------------------------------------------------------------------------------- */

static void on_request_taken(const struct event *event) {
    hb_os_times_request_taken(event->view, event->subject);
}

static void on_request_answered(const struct event *event) {
    hb_os_times_request_answered(event->view, event->subject, event->argument);
}

static void on_request_refused(const struct event *event) {
    hb_os_times_request_refused(event->view, event->subject);
}

/* ---- Feeding --------------------------------------------------------------------------------------------------- */

/* Tracepoints without an entry change nothing here. */
static void (*const handlers[])(const struct event *event) = {
    [HB_TP_HART_UP] = on_hart_up,
    [HB_TP_ALL_HARTS_UP] = on_all_harts_up,
    [HB_TP_TASK_CREATE] = on_task_create,
    [HB_TP_TASK_READY] = on_task_ready,
    [HB_TP_TASK_RUN] = on_task_run,
    [HB_TP_TASK_STOP] = on_task_stop,
    [HB_TP_TASK_DONE] = on_task_done,
    [HB_TP_TASK_LOST] = on_task_lost,
    [HB_TP_TASK_MIGRATE] = on_task_migrate,
    [HB_TP_TASK_RESTART] = on_task_restart,
    [HB_TP_IDLE_ENTER] = on_idle_enter,
    [HB_TP_IDLE_LEAVE] = on_idle_leave,
    [HB_TP_LOCK_WAIT] = on_lock_wait,
    [HB_TP_LOCK_ACQUIRE] = on_lock_acquire,
    [HB_TP_LOCK_RELEASE] = on_lock_release,
    [HB_TP_BEAT] = on_beat,
    [HB_TP_SUSPECT] = on_suspect,
    [HB_TP_FENCED] = on_fenced,
    [HB_TP_RECOVERY_BEGIN] = on_recovery_begin,
    [HB_TP_RECOVERY_PHASE] = on_recovery_phase,
    [HB_TP_RECOVERED] = on_recovered,
    [HB_TP_LOCK_RECOVERED] = on_lock_recovered,
    [HB_TP_ELECTED] = on_elected,
    [HB_TP_FALSE_ALARM] = on_false_alarm,
    [HB_TP_HART_STOPPED] = on_hart_stopped,
    [HB_TP_INTERRUPT] = on_interrupt,
    [HB_TP_SAVE_BEGIN] = on_save_begin,
    [HB_TP_RESTORED] = on_restored,
    [HB_TP_SERVER_TAKE] = on_request_taken,
    [HB_TP_SERVER_REPLY] = on_request_answered,
    [HB_TP_SERVER_DROP] = on_request_refused,
    [HB_TP_HART_LEFT_OUT] = on_hart_left_out,
    [HB_TP_QUEUE_LENGTH] = on_queue_length,
    [HB_TP_PROGRESS] = on_progress,
    [HB_TP_PANIC] = on_panic,
    [HB_TP_MAIL_SEND] = on_mail_send,
    [HB_TP_MAIL_TAKE] = on_mail_take,
};

void hb_os_view_feed(struct hb_os_view *view, uint64_t cycle, uint32_t hart, uint32_t id, uint64_t value,
                     uint64_t user_instructions) {
    if (hart >= HB_HARTS_MAX || id >= sizeof handlers / sizeof *handlers || !handlers[id])
        return;
    hb_os_view_advance(view, cycle);
    view->harts[hart].user_instructions = user_instructions;
    struct event event = {
        .view = view,
        .self = &view->harts[hart],
        .cycle = cycle,
        .user_instructions = user_instructions,
        .subject = (uint32_t)value,
        .argument = (uint32_t)(value >> 32),
        .hart = (uint8_t)hart,
    };
    handlers[id](&event);
}

void hb_os_view_hart_ails(struct hb_os_view *view, uint32_t hart) {
    view->harts[hart].ails = 1;
}

void hb_os_view_hart_started(struct hb_os_view *view, uint32_t hart, bool ails) {
    struct hb_os_hart *started = &view->harts[hart];
    uint32_t false_alarms = started->recovery.false_alarms;
    init_recovery(&started->recovery);
    started->recovery.false_alarms = false_alarms;
    started->ails = ails;
    started->lock_held = started->lock_wanted = 0;
    started->recovering = HB_OS_NO_HART;
    started->gap_from_cycle = HB_OS_NONE; /* until its first beat */
}

void hb_os_view_hart_stopped(struct hb_os_view *view, uint64_t cycle, uint32_t hart, uint64_t user_instructions) {
    struct hb_os_hart *stopped = &view->harts[hart];
    if (stopped->stopped_cycle != HB_OS_NONE)
        return;
    hb_os_view_advance(view, cycle);
    stopped->stopped_cycle = cycle;
    stopped->user_instructions = user_instructions;
    set_idle(view, stopped, 0);
    uint32_t task = stopped->task;
    end_run(view, stopped, user_instructions);
    if (task == HB_OS_NO_TASK || !runs_on(&view->tasks[task], (uint8_t)hart))
        return;
    set_state(view, &view->tasks[task], HB_OS_TASK_STRANDED);
    set_active(view, &view->tasks[task], 0);
}
