#include "sim/state/soundness.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "sim/machine/machine.h"
#include "sim/machine/measure.h"

/* ---- Words ----------------------------------------------------------------------------------------------------- */

bool hb_should(struct hb_soundness *soundness, bool holds, const char *part, uint32_t index, const char *what) {
    if (!holds && !soundness->found[0])
        snprintf(soundness->found, sizeof soundness->found, "%s %" PRIu32 ": %s", part, index, what);
    return holds;
}

static uint64_t number_at(const uint8_t *at, uint32_t bytes) {
    uint8_t u8;
    uint16_t u16;
    uint32_t u32;
    uint64_t u64;
    switch (bytes) {
    case 1: memcpy(&u8, at, 1); return u8;
    case 2: memcpy(&u16, at, 2); return u16;
    case 4: memcpy(&u32, at, 4); return u32;
    default: memcpy(&u64, at, 8); return u64;
    }
}

bool hb_in_bounds(struct hb_soundness *soundness, const struct hb_bound *bounds, size_t n, const void *at,
                  const char *part, uint32_t index) {
    for (size_t i = 0; i < n; i++)
        if (!hb_should(soundness, number_at((const uint8_t *)at + bounds[i].offset, bounds[i].bytes) <= bounds[i].most,
                       part, index, bounds[i].name))
            return false;
    return true;
}

/* ---- What belongs to the run ----------------------------------------------------------------------------------- */

static const struct hb_bound run[] = {
    HB_MOST(hb_saved, cycle, HB_CYCLE_MAX),
    HB_MOST(hb_saved, outcome, HB_OUTCOME_CRASH),
    HB_BOOL(hb_saved, panicked),
    HB_BOOL(hb_saved, htif.pending),
    HB_MOST(hb_saved, htif.refused, HB_HTIF_CROWD),
    HB_MOST(hb_saved, htif.answers, HB_HTIF_ANSWERS),
    HB_MOST(hb_saved, htif.reads, HB_HTIF_ANSWERS),
    HB_MOST(hb_saved, region.phase, HB_REGION_AFTER),
    HB_MOST(hb_saved, faults, HB_FAULTS_MAX),
    HB_MOST(hb_saved, lost_lines, HB_LOST_LINES_MAX),
};

static const struct hb_bound fault[] = {
    HB_MOST(hb_fault_state, terms.model, HB_FAULTS_KNOWN - 1),
    HB_BOOL(hb_fault_state, terms.lost),
    HB_MOST(hb_fault_state, terms.factor, HB_FACTOR_MAX),
    HB_MOST(hb_fault_state, terms.interrupt, HB_FAULT_TIMER),
    HB_MOST(hb_fault_state, terms.effect, HB_FAULT_SPURIOUS),
    HB_BOOL(hb_fault_state, armed),
    HB_BOOL(hb_fault_state, done),
    HB_BOOL(hb_fault_state, activated),
    HB_BOOL(hb_fault_state, ended),
    HB_BOOL(hb_fault_state, settled),
    HB_BOOL(hb_fault_state, repeats.down),
};

/* A model without a duration has nothing that could be called at its end. */
static bool ends_or_lasts(const struct hb_fault_state *state) {
    bool may_end = hb_fault_model[state->terms.model].takes & HB_TERM_DURATION;
    return may_end || !state->activated || state->end_cycle == HB_NEVER;
}

static bool run_is_sound(struct hb_soundness *soundness) {
    const struct hb_machine *machine = soundness->machine;
    const struct hb_saved *saved = machine->saved;
    const uint32_t harts = machine->bus.harts;
    if (!HB_IN_BOUNDS(soundness, run, saved, "run", 0) ||
        !hb_should(soundness, saved->crash_hart < harts, "run", 0, "crash_hart") ||
        !hb_should(soundness, saved->faults >= machine->config.n_faults, "run", 0, "faults") ||
        !hb_should(soundness, harts == 64 || saved->start_pending >> harts == 0, "run", 0, "start_pending") ||
        !hb_should(soundness, saved->said <= HB_OUTCOME_FAILED, "run", 0, "said") ||
        !hb_should(soundness, harts == 64 || saved->held >> harts == 0, "run", 0, "held") ||
        !hb_should(soundness, hb_mem_play_is_sound(&saved->play, machine->config.mem_trace), "run", 0, "play"))
        return false;
    for (uint32_t i = 0; i < saved->faults; i++)
        if (!HB_IN_BOUNDS(soundness, fault, &saved->fault[i], "fault", i) ||
            !hb_should(soundness, saved->fault[i].hart < harts, "fault", i, "hart") ||
            !hb_should(soundness, ends_or_lasts(&saved->fault[i]), "fault", i, "end_cycle"))
            return false;
    return true;
}

/* ---- The view of the operating system -------------------------------------------------------------------------- */

static const struct hb_bound view_hart[] = {
    HB_MOST(hb_os_hart, idle, 1),
    HB_MOST(hb_os_hart, left_out, 1),
    HB_MOST(hb_os_hart, ails, 1),
};

static const struct hb_bound view_task[] = {
    HB_MOST(hb_os_task, state, HB_OS_TASK_LOST),
    HB_MOST(hb_os_task, active, 1),
    HB_MOST(hb_os_task, answered, 1),
    HB_MOST(hb_os_task, unsampled, 1),
};

/* Past cycles, or none. */
static bool is_past(const struct hb_soundness *soundness, uint64_t cycle) {
    return cycle == HB_OS_NONE || cycle <= soundness->machine->saved->cycle;
}

static bool is_hart_or_none(uint8_t hart) {
    return hart < HB_HARTS_MAX || hart == HB_OS_NO_HART;
}

static bool is_task_or_none(uint32_t task) {
    return task < HB_TASKS_MAX || task == HB_OS_NO_TASK;
}

static bool view_hart_is_sound(struct hb_soundness *soundness, const struct hb_os_hart *hart, uint32_t i) {
    return HB_IN_BOUNDS(soundness, view_hart, hart, "view of hart", i) &&
           hb_should(soundness, is_task_or_none(hart->task), "view of hart", i, "task") &&
           hb_should(soundness, is_task_or_none(hart->last_task), "view of hart", i, "last_task") &&
           hb_should(soundness, is_hart_or_none(hart->lock_wanted_from), "view of hart", i, "lock_wanted_from") &&
           hb_should(soundness, is_hart_or_none(hart->recovering), "view of hart", i, "recovering") &&
           hb_should(soundness, is_hart_or_none(hart->recovery.suspected_by), "view of hart", i, "suspected_by") &&
           hb_should(soundness, is_hart_or_none(hart->recovery.recovered_by), "view of hart", i, "recovered_by");
}

static bool view_task_is_sound(struct hb_soundness *soundness, const struct hb_os_task *task, uint32_t i) {
    return HB_IN_BOUNDS(soundness, view_task, task, "view of task", i) &&
           hb_should(soundness, is_hart_or_none(task->hart), "view of task", i, "hart") &&
           hb_should(soundness, is_hart_or_none(task->queue), "view of task", i, "queue") &&
           hb_should(soundness, is_hart_or_none(task->displaced_by), "view of task", i, "displaced_by") &&
           hb_should(soundness, is_past(soundness, task->attempt_started_cycle), "view of task", i,
                     "attempt_started_cycle") &&
           hb_should(soundness, is_past(soundness, task->completed_cycle), "view of task", i, "completed_cycle");
}

static bool view_is_sound(struct hb_soundness *soundness) {
    const struct hb_os_view *view = &soundness->machine->saved->os;
    bool sound = hb_should(soundness, view->cycles_per_tick == soundness->machine->config.cycles_per_tick, "view", 0,
                           "cycles_per_tick") &&
                 hb_should(soundness, is_hart_or_none(view->panic_hart), "view", 0, "panic_hart") &&
                 hb_should(soundness, view->master < HB_HARTS_MAX, "view", 0, "master") &&
                 hb_should(soundness, is_hart_or_none(view->predecessor), "view", 0, "predecessor") &&
                 hb_should(soundness, view->samples_n <= HB_OS_SAMPLES_MAX, "view", 0, "samples_n") &&
                 hb_should(soundness, is_past(soundness, view->harts_up_cycle), "view", 0, "harts_up_cycle");
    for (uint32_t i = 0; sound && i < HB_HARTS_MAX; i++)
        sound = view_hart_is_sound(soundness, &view->harts[i], i);
    for (uint32_t i = 0; sound && i < HB_TASKS_MAX; i++)
        sound = view_task_is_sound(soundness, &view->tasks[i], i);
    return sound;
}

/* ---- Whole machines -------------------------------------------------------------------------------------------- */

bool hb_is_sound(struct hb_soundness *soundness) {
    soundness->found[0] = 0;
    return run_is_sound(soundness) && view_is_sound(soundness) && hb_devices_are_sound(soundness) &&
           hb_lines_are_sound(soundness) && hb_harts_are_sound(soundness) && hb_ports_are_sound(soundness) &&
           hb_copies_are_sound(soundness);
}
