/* Every sentence that the dashboard shows, held against what the machine did.
 *
 * A run is watched by a listener of this test's own, which keeps every tracepoint. At each stop the narration and the
 * events are noted with their cycle. At the end each of them must match a row of the table below, and the row's check
 * must find in the records what the sentence says. A sentence that no row knows fails the test. */
#include <check.h>
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "osmodel/abi.h"
#include "sim/experiment/experiment.h"
#include "ui/dashboard/app/app.h"
#include "ui/dashboard/source/machine_session.h"

#define STEP_CYCLES 5000
#define NUMBERS     4
#define BEAT_CYCLES                                                                                                    \
    3000 /* at most, from reading the time of a beat to its tracepoint: an interrupt may come in between */
#define SAID_MAX 20000

struct said {
    uint64_t cycle; /* shown at this cycle (narration), or of this cycle (event) */
    bool event;
    char text[400];
};

static struct hb_experiment experiment;
static struct hb_session *session;
static const struct hb_machine *machine;
static struct hb_trace_record *record;
static size_t records, record_room, saids;
static struct said *said;
static struct hb_app *app;

/* ---- What happened --------------------------------------------------------------------------------------------- */

static void keep_record(void *context, const struct hb_trace_record *seen) {
    (void)context;
    if (seen->kind != HB_TRACE_POINT || seen->privilege == HB_PRIV_U)
        return;
    if (records == record_room) {
        record_room = 2 * record_room + 1024;
        record = realloc(record, record_room * sizeof *record);
        ck_assert_ptr_nonnull(record);
    }
    record[records++] = *seen;
}

static uint32_t subject_of(const struct hb_trace_record *at) {
    return (uint32_t)at->value;
}

static uint32_t argument_of(const struct hb_trace_record *at) {
    return (uint32_t)(at->value >> 32);
}

/* The tracepoint of this cycle about this subject. */
static const struct hb_trace_record *at_cycle(uint64_t cycle, uint32_t id, uint64_t subject) {
    for (size_t i = 0; i < records; i++)
        if (record[i].cycle == cycle && record[i].id == id && subject_of(&record[i]) == subject)
            return &record[i];
    return NULL;
}

/* The last tracepoint of this kind before `cycle`; hart, subject: UINT32_MAX: any. */
static const struct hb_trace_record *last_before(uint64_t cycle, uint32_t id, uint32_t hart, uint32_t subject) {
    for (size_t i = records; i-- > 0;)
        if (record[i].cycle < cycle && record[i].id == id && (hart == UINT32_MAX || record[i].hart == hart) &&
            (subject == UINT32_MAX || subject_of(&record[i]) == subject))
            return &record[i];
    return NULL;
}

static uint64_t died_in(uint64_t hart) {
    return hart < machine->bus.harts && machine->hart[hart].run_state >= HB_HART_FENCED ? machine->hart[hart].halted_at
                                                                                        : UINT64_MAX;
}

static bool is_dead(uint64_t hart, uint64_t cycle) {
    return died_in(hart) <= cycle;
}

static uint32_t alive_at(uint64_t cycle) {
    uint32_t count = 0;
    for (uint32_t h = 0; h < machine->bus.harts; h++)
        count += !is_dead(h, cycle);
    return count;
}

/* Under AMP: CPU 0, until another is elected. */
static uint32_t master_at(uint64_t cycle) {
    const struct hb_trace_record *seen = last_before(cycle + 1, HB_TP_ELECTED, UINT32_MAX, UINT32_MAX);
    return seen == NULL ? 0 : subject_of(seen);
}

static const struct hb_params *os(void) {
    return &machine->config.os;
}

static bool amp(void) {
    return ((const struct hb_note *)(const void *)machine->elf.note)->amp != 0;
}

/* ---- What each sentence says ----------------------------------------------------------------------------------- */

/* A check: `n` are the numbers in the sentence, in order. */
typedef bool check_fn(const struct said *at, const uint64_t *n);

static bool always(const struct said *at, const uint64_t *n) {
    return at != NULL && n != NULL;
}

static bool dies(const struct said *at, const uint64_t *n) {
    return died_in(n[0]) == at->cycle || (!at->event && died_in(n[0]) < at->cycle);
}

static bool has_lost_cache(uint64_t hart) {
    for (uint32_t i = 0; i < machine->config.n_faults; i++)
        if (machine->config.faults[i].hart == hart && machine->config.faults[i].terms.lost)
            return true;
    return false;
}

/* With its cache its last beats may be lost, too: then it is one before them that counts. */
static bool suspects(const struct said *at, const uint64_t *n) {
    const struct hb_trace_record *seen = last_before(at->cycle + 1, HB_TP_SUSPECT, (uint32_t)n[0], (uint32_t)n[1]);
    const struct hb_trace_record *beat = last_before(at->cycle + 1, HB_TP_BEAT, UINT32_MAX, (uint32_t)n[1]);
    while (seen != NULL && beat != NULL && has_lost_cache(n[1]) && n[2] > seen->cycle - beat->cycle + BEAT_CYCLES)
        beat = last_before(beat->cycle, HB_TP_BEAT, UINT32_MAX, (uint32_t)n[1]);
    return seen != NULL && beat != NULL && n[2] > os()->heartbeat_timeout_cycles &&
           n[2] <= seen->cycle - beat->cycle + BEAT_CYCLES;
}

static bool fenced(const struct said *at, const uint64_t *n) {
    return last_before(at->cycle + 1, HB_TP_FENCED, (uint32_t)n[0], (uint32_t)n[1]) != NULL && is_dead(n[1], at->cycle);
}

static bool begins(const struct said *at, const uint64_t *n) {
    const struct hb_trace_record *seen = at_cycle(at->cycle, HB_TP_RECOVERY_BEGIN, n[1]);
    return seen != NULL && seen->hart == n[0] && is_dead(n[1], at->cycle);
}

static bool frees(const struct said *at, const uint64_t *n) {
    size_t last = 0;
    while (n[last + 1] != UINT64_MAX && last + 1 < NUMBERS)
        last++;
    return os()->recovery_locks == HB_LOCKS_STEAL && is_dead(n[last], at->cycle) &&
           last_before(at->cycle + 1, HB_TP_LOCK_RECOVERED, (uint32_t)n[0], UINT32_MAX) != NULL;
}

static bool recovered(const struct said *at, const uint64_t *n) {
    const struct hb_trace_record *seen = last_before(at->cycle + 1, HB_TP_RECOVERED, UINT32_MAX, (uint32_t)n[0]);
    return seen != NULL && argument_of(seen) == (n[1] == UINT64_MAX ? 0 : n[1]);
}

static bool works(const struct said *at, const uint64_t *n) {
    const struct hb_trace_record *seen = last_before(at->cycle + 1, HB_TP_TASK_RUN, (uint32_t)n[0], (uint32_t)n[1]);
    return seen != NULL && is_dead(n[2], seen->cycle);
}

static bool put_back(const struct said *at, const uint64_t *n) {
    const struct hb_trace_record *seen = at_cycle(at->cycle, HB_TP_TASK_RESTART, n[1]);
    return seen != NULL && seen->hart == n[0];
}

static bool done(const struct said *at, const uint64_t *n) {
    return at_cycle(at->cycle, HB_TP_TASK_DONE, n[0]) != NULL;
}

/* The last of several: it ran on that CPU, whoever announced it. */
static bool several_done(const struct said *at, const uint64_t *n) {
    const struct hb_trace_record *seen = at_cycle(at->cycle, HB_TP_TASK_DONE, n[1]);
    const struct hb_trace_record *ran = last_before(at->cycle, HB_TP_TASK_RUN, UINT32_MAX, (uint32_t)n[1]);
    return seen != NULL && ran != NULL && ran->hart == n[2];
}

static bool lost(const struct said *at, const uint64_t *n) {
    return at_cycle(at->cycle, HB_TP_TASK_LOST, n[0]) != NULL;
}

static bool moved(const struct said *at, const uint64_t *n) {
    bool many = strstr(at->text, "the last was") != NULL;
    const struct hb_trace_record *seen = at_cycle(at->cycle, HB_TP_TASK_MIGRATE, n[many]);
    return seen != NULL && argument_of(seen) == (n[many + 1] | n[many + 2] << 16);
}

static bool all_up(const struct said *at, const uint64_t *n) {
    return at_cycle(at->cycle, HB_TP_ALL_HARTS_UP, n[0]) != NULL;
}

static bool elected(const struct said *at, const uint64_t *n) {
    const struct hb_trace_record *seen = at_cycle(at->cycle, HB_TP_ELECTED, n[0]);
    return seen != NULL && argument_of(seen) == n[1];
}

static bool panics(const struct said *at, const uint64_t *n) {
    const struct hb_trace_record *seen = at_cycle(at->cycle, HB_TP_PANIC, n[1]);
    return seen != NULL && seen->hart == n[0];
}

static bool comes_later(const struct said *at, const uint64_t *n) {
    return died_in(n[0]) > at->cycle && died_in(n[0]) != UINT64_MAX;
}

static bool comes(const struct said *at, const uint64_t *n) {
    return comes_later(at, n) && died_in(n[0]) == n[1];
}

/* The log keeps what was asked for. */
static bool asked_for(const struct said *at, const uint64_t *n) {
    for (uint32_t i = 0; i < machine->log.inputs; i++) {
        const struct hb_input *input = &machine->log.input[i];
        if (input->kind == HB_INPUT_FAULT && input->hart == n[0] && input->cycle == n[1] && n[1] >= at->cycle)
            return true;
    }
    return false;
}

/* A fault of a model that kills nobody strikes or is over in this cycle, and the sentence is that model's. */
static bool is_fault(const struct said *at, uint64_t hart, bool over) {
    for (uint32_t i = 0; i < machine->saved->faults; i++) {
        const struct hb_fault_state *fault = &machine->saved->fault[i];
        const struct hb_fault_model_info *model = &hb_fault_model[fault->terms.model];
        if (fault->activated && fault->hart == hart && (!over || fault->ended) &&
            at->cycle == (over ? fault->end_cycle : fault->cycle) &&
            strstr(at->text, over ? model->ends : model->happens) != NULL)
            return true;
    }
    return false;
}

/* Of these a trigger that is no cycle tells when it strikes. */
static bool is_to_ail_later(const struct said *at, const uint64_t *n) {
    for (uint32_t i = 0; i < machine->config.n_faults; i++) {
        const struct hb_fault_state *fault = &machine->saved->fault[i];
        if (fault->hart == n[0] && fault->cycle > at->cycle &&
            strstr(at->text, hb_fault_model[fault->terms.model].was_to) != NULL)
            return true;
    }
    return false;
}

static bool is_to_ail(const struct said *at, const uint64_t *n) {
    for (uint32_t i = 0; i < machine->config.n_faults; i++) {
        const struct hb_fault_config *fault = &machine->config.faults[i];
        if (fault->hart == n[0] && fault->cycle == n[1] && n[1] > at->cycle &&
            strstr(at->text, hb_fault_model[fault->terms.model].was_to) != NULL)
            return true;
    }
    return false;
}

static bool ails(const struct said *at, const uint64_t *n) {
    return is_fault(at, n[0], false);
}

static bool is_over(const struct said *at, const uint64_t *n) {
    return is_fault(at, n[0], true);
}

static bool fences(const struct said *at, const uint64_t *n) {
    (void)at, (void)n;
    return os()->recovery_fence != 0;
}

static bool unfenced(const struct said *at, const uint64_t *n) {
    return !fences(at, n);
}

static bool frees_and_rebuilds(const struct said *at, const uint64_t *n) {
    (void)at, (void)n;
    return !amp() && os()->recovery_locks == HB_LOCKS_STEAL && os()->recovery_queues == HB_QUEUES_REBUILD;
}

static bool frees_only(const struct said *at, const uint64_t *n) {
    (void)at, (void)n;
    return !amp() && os()->recovery_locks == HB_LOCKS_STEAL && os()->recovery_queues == HB_QUEUES_NONE;
}

static bool rebuilds_only(const struct said *at, const uint64_t *n) {
    (void)at, (void)n;
    return !amp() && os()->recovery_locks == HB_LOCKS_NONE && os()->recovery_queues == HB_QUEUES_REBUILD;
}

static bool neither(const struct said *at, const uint64_t *n) {
    (void)at, (void)n;
    return !amp() && os()->recovery_locks == HB_LOCKS_NONE && os()->recovery_queues == HB_QUEUES_NONE;
}

static bool others_take_over(const struct said *at, const uint64_t *n) {
    return frees_and_rebuilds(at, n) && os()->recovery_detect != HB_DETECT_NONE;
}

static bool not_all(const struct said *at, const uint64_t *n) {
    return !amp() && !frees_and_rebuilds(at, n) && os()->recovery_detect != HB_DETECT_NONE;
}

static bool master_gives(const struct said *at, const uint64_t *n) {
    (void)n;
    return amp() && !is_dead(master_at(at->cycle), at->cycle);
}

static bool nobody_succeeds(const struct said *at, const uint64_t *n) {
    (void)at, (void)n;
    return amp() && os()->recovery_failover == HB_FAILOVER_NONE;
}

static bool somebody_succeeds(const struct said *at, const uint64_t *n) {
    (void)at, (void)n;
    return amp() && os()->recovery_failover != HB_FAILOVER_NONE;
}

static bool is_to_succeed(const struct said *at, const uint64_t *n) {
    return somebody_succeeds(at, n) && is_dead(master_at(at->cycle), at->cycle);
}

static bool has_succeeded(const struct said *at, const uint64_t *n) {
    return somebody_succeeds(at, n) && master_at(at->cycle) != 0 && is_dead(0, at->cycle);
}

static bool was_master(const struct said *at, const uint64_t *n) {
    return nobody_succeeds(at, n) && is_dead(0, at->cycle);
}

static bool unwatched(const struct said *at, const uint64_t *n) {
    (void)at, (void)n;
    return os()->recovery_detect == HB_DETECT_NONE || os()->heartbeat_period_cycles == 0;
}

/* So long ago the dead CPU has beaten last, as far as BEAT_CYCLES allow to say. */
static bool is_silence(uint64_t silent, uint64_t cycle) {
    for (uint32_t hart = 0; hart < machine->bus.harts; hart++) {
        const struct hb_trace_record *beat = last_before(cycle + 1, HB_TP_BEAT, UINT32_MAX, hart);
        if (is_dead(hart, cycle) && beat && silent <= cycle - beat->cycle + BEAT_CYCLES &&
            silent + BEAT_CYCLES >= cycle - beat->cycle)
            return true;
    }
    return false;
}

static bool missing(const struct said *at, const uint64_t *n) {
    return n[0] == os()->heartbeat_timeout_cycles && !unwatched(at, n) && is_silence(n[1], at->cycle);
}

/* It ran on the dead CPU when that died, and runs again later, as another attempt. */
static bool will_start_again(const struct said *at, const uint64_t *n) {
    bool ran = false, again = false;
    for (size_t i = 0; i < records; i++) {
        const struct hb_trace_record *seen = &record[i];
        if (seen->id != HB_TP_TASK_RUN || subject_of(seen) != n[0])
            continue;
        ran |= seen->cycle < at->cycle && is_dead(seen->hart, at->cycle);
        again |= seen->cycle > at->cycle && argument_of(seen) > 0;
    }
    return ran && again && os()->recovery_restart != HB_RESTART_NONE;
}

static bool goes_on(const struct said *at, const uint64_t *n) {
    size_t last = n[1] == UINT64_MAX ? 0 : 1;
    bool master = amp() && !is_dead(master_at(at->cycle), at->cycle);
    return n[last] == alive_at(at->cycle) - master && master == (strstr(at->text, "the master") != NULL);
}

static bool unnoticed(const struct said *at, const uint64_t *n) {
    const struct hb_trace_record *seen = last_before(at->cycle + 1, HB_TP_SUSPECT, UINT32_MAX, (uint32_t)n[0]);
    return is_dead(n[0], at->cycle) && (seen == NULL || seen->cycle < died_in(n[0]));
}

/* A fault keeps it from executing anything, and it is not dead. */
static bool is_frozen(uint64_t hart, uint64_t cycle) {
    for (uint32_t i = 0; i < machine->saved->faults; i++) {
        const struct hb_fault_state *fault = &machine->saved->fault[i];
        const bool stands = fault->terms.model == HB_FAULT_HANG || fault->terms.model == HB_FAULT_FREEZE;
        if (stands && fault->activated && fault->hart == hart && fault->cycle <= cycle && fault->end_cycle > cycle)
            return !is_dead(hart, cycle);
    }
    return false;
}

static bool is_out(uint64_t hart, uint64_t cycle) {
    return is_dead(hart, cycle) || is_frozen(hart, cycle);
}

static bool hang_unnoticed(const struct said *at, const uint64_t *n) {
    return is_frozen(n[0], at->cycle) && last_before(at->cycle + 1, HB_TP_SUSPECT, UINT32_MAX, (uint32_t)n[0]) == NULL;
}

/* Where a task is, as the tracepoints about it say: it runs on that CPU, or waits in its queue, or neither. */
struct place {
    int64_t runs, waits; /* CPUs; -1: it does not */
};

static void follow_task(const struct hb_trace_record *seen, struct place *place) {
    switch (seen->id) {
    case HB_TP_TASK_RUN: *place = (struct place){seen->hart, -1}; break;
    case HB_TP_TASK_READY: *place = (struct place){-1, argument_of(seen)}; break;
    case HB_TP_TASK_STOP: *place = (struct place){-1, argument_of(seen) <= HB_STOP_YIELDED ? seen->hart : -1}; break;
    case HB_TP_TASK_MIGRATE: place->waits = place->waits < 0 ? -1 : (int64_t)(argument_of(seen) >> 16); break;
    case HB_TP_TASK_RESTART:
    case HB_TP_TASK_LOST:
    case HB_TP_TASK_DONE: *place = (struct place){-1, -1}; break;
    default: break;
    }
}

static struct place place_of(uint32_t task, uint64_t cycle) {
    struct place place = {-1, -1};
    for (size_t i = 0; i < records && record[i].cycle <= cycle; i++)
        if (subject_of(&record[i]) == task)
            follow_task(&record[i], &place);
    return place;
}

/* The task that this CPU runs; -1: none. */
static int64_t runs_task(uint32_t hart, uint64_t cycle) {
    for (uint32_t task = 0; task < os()->workload_tasks; task++)
        if (place_of(task, cycle).runs == hart)
            return task;
    return -1;
}

static uint32_t queue_at(uint32_t hart, uint64_t cycle) {
    uint32_t count = 0;
    for (uint32_t task = 0; task < os()->workload_tasks; task++)
        count += place_of(task, cycle).waits == hart;
    return count;
}

static bool has_lock(uint32_t hart, uint64_t cycle, uint32_t number) {
    const struct hb_trace_record *taken = last_before(cycle + 1, HB_TP_LOCK_ACQUIRE, hart, UINT32_MAX);
    const struct hb_trace_record *given =
        taken == NULL ? NULL : last_before(cycle + 1, HB_TP_LOCK_RELEASE, hart, subject_of(taken));
    uint64_t begin = 0, size = 0;
    return taken != NULL && (given == NULL || given->cycle < taken->cycle) &&
           hb_symbols_find(&machine->symbols, "hb_syncs", &begin, &size) &&
           (subject_of(taken) - (uint32_t)begin) / (size / 256) == number;
}

/* Somebody else runs a task, or has one that waits. */
static bool rest_works(uint64_t cycle) {
    for (uint32_t h = 0; h < machine->bus.harts; h++)
        if (!is_out(h, cycle) && (runs_task(h, cycle) >= 0 || queue_at(h, cycle) > 0))
            return true;
    return false;
}

/* The number after `before` in the text; -1: it is not there. */
static int64_t number_after(const char *text, const char *before) {
    const char *place = strstr(text, before);
    return place == NULL ? -1 : (int64_t)strtoull(place + strlen(before), NULL, 10);
}

/* "task 3 stays with it", "task 3 and 5 more stay with it", "5 tasks stay with it" or "no task stays with it": is it
 * so? */
static bool is_left(const char *text, uint32_t hart, uint64_t cycle) {
    unsigned task = 0, more = 0;
    char end[8] = "";
    const char *from = strstr(text, "task ");
    if (from != NULL && sscanf(from, "task %u and %u more stay %4s", &task, &more, end) == 3)
        return runs_task(hart, cycle) == task && queue_at(hart, cycle) == more;
    if (from != NULL && sscanf(from, "task %u stays %4s", &task, end) == 2)
        return runs_task(hart, cycle) == task && queue_at(hart, cycle) == 0;
    if (strstr(text, "no task stays with it") == NULL) {
        from = strstr(text, from != NULL ? " task stays with it" : " tasks stay with it");
        for (unsigned ten = 1; from != NULL && isdigit((unsigned char)*--from); ten *= 10)
            more += ten * (unsigned)(*from - '0');
        if (more == 0)
            return false;
    }
    return runs_task(hart, cycle) == -1 && queue_at(hart, cycle) == more;
}

/* What is said of one that is out: what is left with it, its lock, and what the others do. */
static bool stranded(const struct said *at, const uint64_t *n) {
    uint32_t out = 0;
    (void)n;
    while (out < machine->bus.harts && !is_out(out, at->cycle))
        out++;
    const int64_t mutex = number_after(at->text, "; it holds mutex ");
    if (out == machine->bus.harts || !is_left(at->text, out, at->cycle))
        return false;
    if (strstr(at->text, "; it holds ") != NULL && (mutex < 0 || !has_lock(out, at->cycle, (uint32_t)mutex)))
        return false;
    return (strstr(at->text, "the rest goes on") == NULL || rest_works(at->cycle)) &&
           (strstr(at->text, "the rest has nothing to do") == NULL || !rest_works(at->cycle));
}

static bool unwatched_and_stranded(const struct said *at, const uint64_t *n) {
    return unwatched(at, n) && stranded(at, n);
}

static bool spins(const struct said *at, const uint64_t *n) {
    const struct hb_trace_record *wait = last_before(at->cycle, HB_TP_LOCK_WAIT, (uint32_t)n[0], UINT32_MAX);
    const struct hb_trace_record *taken =
        wait == NULL ? NULL : last_before(at->cycle, HB_TP_LOCK_ACQUIRE, (uint32_t)n[0], subject_of(wait));
    const struct hb_trace_record *owner =
        wait == NULL ? NULL : last_before(at->cycle, HB_TP_LOCK_ACQUIRE, UINT32_MAX, subject_of(wait));
    bool waits = wait != NULL && (taken == NULL || taken->cycle < wait->cycle);
    return waits && owner != NULL && is_out(owner->hart, at->cycle);
}

/* "CPU 0 and 2 more spin for mutex 1, which it holds" comes after what is stranded. */
static bool stranded_and_spins(const struct said *at, const uint64_t *n) {
    const uint64_t first[] = {(uint64_t)number_after(at->text, "; CPU ")};
    (void)n;
    return unwatched_and_stranded(at, first) && spins(at, first);
}

static bool count_is(const struct said *at, const uint64_t *n) {
    (void)at;
    return n[0] == app->view.end.completed && n[1] == os()->workload_tasks;
}

static bool count_and_stranded(const struct said *at, const uint64_t *n) {
    const char *of = strstr(at->text, ". CPU ");
    const uint64_t hart = (uint64_t)number_after(at->text, ". CPU ");
    const char *is = of == NULL ? "" : strstr(of, strstr(of, "nothing of use") ? "nothing of use" : "is ");
    return count_is(at, n) && is_out(hart, at->cycle) && (is[0] == 'n') == is_frozen(hart, at->cycle) &&
           stranded(at, n);
}

static bool increments_are(const struct said *at, const uint64_t *n) {
    uint64_t begin, size, word = 0;
    (void)at;
    return hb_symbols_find(&machine->symbols, "shared_word", &begin, &size) &&
           hb_bus_debug_read(&machine->bus, begin, &word, sizeof word) && n[0] == word &&
           n[1] == (uint64_t)os()->workload_tasks * os()->group[0].work;
}

/* Each request that was answered has one reply; one that had no room was dropped. */
static bool requests_are(const struct said *at, const uint64_t *n) {
    uint64_t replies = 0, drops = 0;
    for (size_t i = 0; i < records; i++) {
        replies += record[i].id == HB_TP_SERVER_REPLY;
        drops += record[i].id == HB_TP_SERVER_DROP;
    }
    const bool dropped = strstr(at->text, "dropped") != NULL;
    return n[0] == replies && n[1] == replies + drops && dropped == (drops > 0) && (!dropped || n[2] == drops);
}

static bool gave_up(const struct said *at, const uint64_t *n) {
    (void)n;
    return strchr(at->text, '#') == NULL && last_before(at->cycle + 2, HB_TP_PANIC, UINT32_MAX, UINT32_MAX) != NULL;
}

static bool alone(const struct said *at, const uint64_t *n) {
    (void)n;
    return alive_at(at->cycle) < 2;
}

static bool came_to(const struct said *at, const uint64_t *n) {
    (void)at;
    return n[0] == hb_app_cycle(app) && app->view.machine.tasks == 0;
}

static bool count_and_spins(const struct said *at, const uint64_t *n) {
    uint64_t rest[NUMBERS] = {n[2], n[3]};
    const char *lost_tasks = strstr(at->text, " lost");
    if (lost_tasks != NULL)
        rest[0] = n[3];
    return count_is(at, n) && spins(at, rest);
}

static bool finished(const struct said *at, const uint64_t *n) {
    (void)at, (void)n;
    return machine->saved->outcome == HB_OUTCOME_PASSED && app->view.end.passed;
}

static bool doubted(const struct said *at, const uint64_t *n) {
    (void)at, (void)n;
    return machine->saved->outcome == HB_OUTCOME_PASSED && !app->view.end.passed;
}

static bool failed(const struct said *at, const uint64_t *n) {
    (void)at, (void)n;
    return machine->saved->outcome == HB_OUTCOME_FAILED || machine->saved->outcome == HB_OUTCOME_CRASH;
}

static bool hangs(const struct said *at, const uint64_t *n) {
    (void)at, (void)n;
    return machine->saved->outcome == HB_OUTCOME_HANG;
}

static const char *skip_number(const char *text, uint64_t *number) {
    *number = 0;
    for (; isdigit((unsigned char)*text) || (*text == ',' && isdigit((unsigned char)text[1])); text++)
        *number = *text == ',' ? *number : *number * 10 + (uint64_t)(*text - '0');
    return text;
}

/* Every number of the text, in order; the rest is UINT64_MAX. */
static void numbers_of(const char *text, uint64_t n[NUMBERS]) {
    int count = 0;
    memset(n, 0xff, NUMBERS * sizeof *n);
    while (*text != '\0' && count < NUMBERS)
        if (isdigit((unsigned char)*text))
            text = skip_number(text, &n[count++]);
        else
            text++;
}

/* After the last semicolon comes who is left. */
static bool leaves_and_goes_on(const struct said *at, const uint64_t *n) {
    struct said rest = *at;
    uint64_t number[NUMBERS];
    snprintf(rest.text, sizeof rest.text, "%s", strchr(at->text, ';'));
    numbers_of(rest.text, number);
    return stranded(at, n) && goes_on(&rest, number);
}

static bool without_kernel(const struct said *at, const uint64_t *n) {
    (void)at, (void)n;
    return !machine->elf.has_note;
}

/* `#` stands for a number, `*` for anything up to what follows it. The first row that matches counts. */
static const struct {
    const char *pattern;
    check_fn *holds;
} rows[] = {
    {"CPU # dies: it executes nothing from now on.", dies},
    {"CPU # dies and takes its cache with it: *", dies},
    {"CPU # freezes: it executes nothing for a while.", ails},
    {"CPU # hangs: it does nothing of use from now on, and stays on.", ails},
    {"CPU # is slow: its instructions take longer from now on.", ails},
    {"CPU # is interrupted wrongly.", ails},
    {"CPU # goes on where it was.", is_over},
    {"CPU # is as fast as before.", is_over},
    {"CPU # gets its interrupts again.", is_over},
    {"CPU # suspects CPU #: no heartbeat for # cycles.", suspects},
    {"CPU # has fenced CPU # off: it can execute nothing any more.", fenced},
    {"CPU # begins to recover what CPU # left behind.", begins},
    {"CPU # frees *, which dead CPU # held.", frees},
    {"CPU # is recovered: no task had to be put back.", recovered},
    {"CPU # is recovered: # of its tasks put back to be run again.", recovered},
    {"CPU # runs task # of CPU #: useful work again.", works},
    {"CPU # puts task # back, to start again.", put_back},
    {"Task # is done.", done},
    {"Task # is done (attempt #).", done},
    {"# tasks finished; the last was task # on CPU #.", several_done},
    {"Task # is lost: it will never run again.", lost},
    {"Task # moves from CPU # to CPU #.", moved},
    {"# tasks moved; the last was task #, from CPU # to CPU #.", moved},
    {"All CPUs are up: # of them.", all_up},
    {"CPU # is the master from here on: term #.", elected},
    {"The kernel on CPU # gives up: panic #.", panics},
    /* The narration. */
    {"Click a CPU to kill it", always},
    {"CPU # is to die by itself in cycle #.", comes},
    {"CPU # is to * by itself in cycle #.", is_to_ail},
    {"CPU # is to * in cycle #, as was asked for.", asked_for},
    {"CPU # is to die by itself later in this run.", comes_later},
    {"CPU # is to * by itself later in this run.", is_to_ail_later},
    {"The others will miss its heartbeat and take over its work.", others_take_over},
    {"The others will miss its heartbeat; not all that it has will be taken over in this run.", not_all},
    {"The master will miss a worker's heartbeat; nobody watches the master.", nobody_succeeds},
    {"The others will miss its heartbeat; if it is the master, one of them takes its place.", somebody_succeeds},
    {"There is no other that could notice.", alone},
    {"It was the master. Now another can take its place.", is_to_succeed},
    {"It was the master; another has taken its place.", has_succeeded},
    {"Nobody watches heartbeats in this run, so nobody will notice.", unwatched},
    {"Nobody is watching: heartbeats are not checked in this run.", unwatched},
    {"It was the master, and nobody watches the master.", was_master},
    {"It was the master: the workers finish what they have, and nobody gives them more.", was_master},
    {"No register says so. Its heartbeat must be missing for # cycles; so far #.", missing},
    {"A slow CPU would look the same, so it is fenced first.", fences},
    {"A slow CPU would look the same; it is not fenced in this run.", unfenced},
    {"Now its locks can be freed and its run queue rebuilt from the task table.", frees_and_rebuilds},
    {"Now its locks can be freed; its run queue is not rebuilt in this run.", frees_only},
    {"Its run queue can be rebuilt from the task table; locks are not freed in this run.", rebuilds_only},
    {"Neither are locks freed in this run, nor run queues rebuilt.", neither},
    {"Now the master can give what it was doing to another worker.", master_gives},
    {"Task #, which it was running, will start again.", will_start_again},
    {"They go on when their turn comes.", always},
    {"It goes on when its turn comes.", always},
    {"The work goes on with *.", goes_on},
    {"But *task*stay*with it; the work goes on with *.", leaves_and_goes_on},
    {"# cycles after the fault its work goes on, with *.", goes_on},
    {"CPU # is dead, and nobody notices.", unnoticed},
    {"CPU # does nothing of use, and nobody notices.", hang_unnoticed},
    {"CPU # is dead.", dies},
    {"The program reports nothing of it.", without_kernel},
    {"Recovery is off: *task*stay*with it*; CPU # *spin* for mutex #, which it holds.", stranded_and_spins},
    {"Recovery is off: *task*stay*with it*.", unwatched_and_stranded},
    {"CPU # *spin* for mutex #, which it holds.", spins},
    {"The experiment is finished.", finished},
    {"The guest says that it has passed, and has not.", doubted},
    {"The guest has failed.", failed},
    {"The system hangs: nothing makes progress any more.", hangs},
    {"# of # tasks are done*. CPU # spins for mutex #, held by CPU #, which is dead.", count_and_spins},
    {"# of # tasks are done*. CPU # spins for mutex #, held by CPU #, which is fenced off.", count_and_spins},
    {"# of # tasks are done*. CPU # is dead: *task*stay*with it*.", count_and_stranded},
    {"# of # tasks are done*. CPU # is fenced off: *task*stay*with it*.", count_and_stranded},
    {"# of # tasks are done*. CPU # does nothing of use: *task*stay*with it*.", count_and_stranded},
    {"# of # increments are kept.", increments_are},
    {"# of # requests are answered*.", requests_are},
    {"# of # tasks are done*. Its kernel gave up: tasks are missing from a queue, or were not in it.", gave_up},
    {"# of # tasks are done*.", count_is},
    {"# of # task is done*.", count_is},
    {"It came to cycle #.", came_to},
};

static bool matches(const char *pattern, const char *text) {
    uint64_t unused;
    for (; *pattern != '\0'; pattern++) {
        if (*pattern == '#') {
            if (!isdigit((unsigned char)*text))
                return false;
            text = skip_number(text, &unused);
        } else if (*pattern == '*') {
            for (; *text != '\0' && !matches(pattern + 1, text); text++) {
            }
            return matches(pattern + 1, text);
        } else if (*pattern != *text++) {
            return false;
        }
    }
    return *text == '\0';
}

static void hold(const char *run, const struct said *at) {
    uint64_t n[NUMBERS];
    numbers_of(at->text, n);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        if (matches(rows[i].pattern, at->text)) {
            ck_assert_msg(rows[i].holds(at, n), "%s: in cycle %llu it is untrue that \"%s\"", run,
                          (unsigned long long)at->cycle, at->text);
            return;
        }
    }
    ck_abort_msg("%s: no row of the table knows \"%s\"", run, at->text);
}

/* ---- Runs ------------------------------------------------------------------------------------------------------ */

#define AILING(model, terms)                                                                                           \
    "os.workload.tasks=60", "os.workload.work=8",                                                                      \
        "faults=[{\"model\":\"" model "\",\"target\":{\"hart\":2},\"trigger\":{\"cycle\":400000}," terms "}]"

#define AILING_FOR_GOOD                                                                                                \
    "os.workload.tasks=60", "os.workload.work=8",                                                                      \
        "faults=[{\"model\":\"hang\",\"target\":{\"hart\":2},\"trigger\":{\"cycle\":400000}}]"

static const struct run {
    const char *name, *file;
    const char *set[10];
} runs[] = {
    {"kill", "smp4-kill", {"os.workload.tasks=120", "os.workload.work=8", "faults.0.trigger.cycle=400000"}},
    {"cache lost", "smp4-kill-lost", {"os.workload.tasks=60", "os.workload.work=8", "faults.0.trigger.cycle=400000"}},
    {"unwatched",
     "smp4-kill",
     {"os.workload.tasks=60", "os.workload.work=8", "faults.0.trigger.cycle=400000", "os.recovery.detect=none",
      "stop.quiet_cycles=400000"}},
    {"no queues",
     "smp4-kill",
     {"os.workload.tasks=60", "os.workload.work=8", "faults.0.trigger.cycle=400000", "os.recovery.queues=none",
      "stop.quiet_cycles=400000"}},
    {"neither queues nor restart",
     "smp4-kill",
     {"os.workload.tasks=60", "os.workload.work=8", "faults.0.trigger.cycle=400000", "os.recovery.queues=none",
      "os.recovery.restart=none", "stop.quiet_cycles=400000"}},
    {"no fence",
     "smp4-kill",
     {"os.workload.tasks=60", "os.workload.work=8", "faults.0.trigger.cycle=400000", "os.recovery.fence=false",
      "stop.quiet_cycles=400000"}},
    {"no restart",
     "smp4-kill",
     {"os.workload.tasks=60", "os.workload.work=8", "faults.0.trigger.cycle=400000", "os.recovery.restart=none",
      "stop.quiet_cycles=400000"}},
    {"neither",
     "contend4",
     {"os.recovery.locks=none", "os.recovery.queues=none", "stop.quiet_cycles=400000",
      "faults=[{\"model\":\"fail_stop\",\"target\":{\"hart\":1},\"trigger\":{\"tracepoint\":"
      "\"lock_acquire\",\"count\":40}}]"}},
    {"lock dies",
     "contend4",
     {"os.recovery.locks=none", "stop.quiet_cycles=400000", "os.workload.work=20",
      "faults=[{\"model\":\"fail_stop\",\"target\":{\"hart\":1},\"trigger\":{\"tracepoint\":"
      "\"lock_acquire\",\"count\":40}}]"}},
    {"lock is freed",
     "contend4",
     {"os.workload.work=20", "faults=[{\"model\":\"fail_stop\",\"target\":{\"hart\":1},\"trigger\":{"
                             "\"tracepoint\":\"lock_acquire\",\"count\":40}}]"}},
    {"amp", "amp4", {"os.workload.tasks=20", "os.workload.work=20"}},
    {"worker", "amp4-kill-worker", {"os.workload.tasks=20", "os.workload.work=40", "faults.0.trigger.cycle=600000"}},
    {"master",
     "amp4-kill-master",
     {"os.workload.tasks=20", "os.workload.work=40", "faults.0.trigger.cycle=600000", "stop.quiet_cycles=400000"}},
    {"next master",
     "amp4-failover",
     {"os.workload.tasks=20", "os.workload.work=40", "faults.0.trigger.cycle=600000", "stop.quiet_cycles=400000"}},
    {"elected master",
     "amp4-election",
     {"os.workload.tasks=20", "os.workload.work=40", "faults.0.trigger.cycle=600000", "stop.quiet_cycles=400000"}},
    {"freeze", "smp4", {AILING("freeze", "\"duration\":{\"cycles\":20000}")}},
    {"freeze that is noticed", "smp4", {AILING("freeze", "\"duration\":{\"cycles\":100000}")}},
    {"freeze that nobody watches",
     "smp4",
     {AILING("freeze", "\"duration\":{\"cycles\":100000}"), "os.recovery.detect=none"}},
    {"hang", "smp4", {AILING_FOR_GOOD, "stop.quiet_cycles=400000"}},
    {"hang that nobody watches",
     "smp4",
     {AILING_FOR_GOOD, "os.workload.tasks=16", "os.recovery.detect=none", "stop.quiet_cycles=2000000"}},
    {"hang to the end", "smp4", {AILING_FOR_GOOD, "os.recovery.detect=none", "stop.quiet_cycles=400000"}},
    {"hang with the lock",
     "contend4",
     {"os.recovery.detect=none", "stop.quiet_cycles=400000", "os.workload.work=20",
      "faults=[{\"model\":\"hang\",\"target\":{\"hart\":1},\"trigger\":{\"tracepoint\":"
      "\"lock_acquire\",\"count\":40}}]"}},
    {"worker that nobody watches",
     "amp4-kill-worker",
     {"os.workload.tasks=20", "os.workload.work=40", "faults.0.trigger.cycle=600000", "os.recovery.detect=none",
      "stop.quiet_cycles=400000"}},
    {"slow", "smp4", {AILING("fail_slow", "\"factor\":2,\"duration\":{\"cycles\":200000}")}},
    {"irq", "smp4", {AILING("irq", "\"interrupt\":\"timer\",\"effect\":\"delay\",\"duration\":{\"cycles\":10000}")}},
    {"lost increments", "lost-update", {"os.workload.work=40"}},
    {"server", "latency", {"os.workload.requests=30"}},
    {"full server", "latency", {"os.workload.requests=60", "os.workload.room=2", "os.workload.gap_cycles=20000"}},
};

/* What is to be said in a run, beside being true. */
static const struct {
    const char *run, *says;
} to_be_said[] = {
    {"freeze that nobody watches", "does nothing of use, and nobody notices."},
    {"hang that nobody watches", "with it; the rest has nothing to do."},
    {"hang to the end", ". CPU 2 does nothing of use: task "},
    {"hang with the lock", "more spin for mutex "},
    {"no queues", ". CPU 2 is fenced off: "},
    {"unwatched", ". CPU 2 is dead: task "},
    {"neither queues nor restart", " with it; the work goes on with 3 CPUs."},
};

static bool is_said(const char *words) {
    for (size_t i = 0; i < saids; i++)
        if (strstr(said[i].text, words) != NULL)
            return true;
    return false;
}

static void note(uint64_t cycle, bool event, const char *text) {
    ck_assert_uint_lt(saids, SAID_MAX);
    for (size_t i = saids; i-- > 0 && saids - i < 8;)
        if (said[i].event == event && strcmp(said[i].text, text) == 0)
            return;
    said[saids] = (struct said){.cycle = cycle, .event = event};
    snprintf(said[saids++].text, sizeof said->text, "%s", text);
}

static void note_all(void) {
    static uint64_t seen;
    const struct hb_view *view = &app->view;
    note(view->cycle - 1, false, view->story.sentence);
    note(view->cycle - 1, false, view->story.reason);
    for (uint32_t i = 0; i < view->events; i++)
        if (view->event[i].cycle >= seen || view->cycle < seen)
            note(view->event[i].cycle, true, view->event[i].sentence);
    seen = view->cycle;
}

static void open_run(const struct run *run) {
    static struct hb_watcher watcher = {.record = keep_record};
    struct hb_error error;
    struct hb_metrics metrics;
    size_t sets = 0;
    while (run->set[sets] != NULL)
        sets++;
    hb_metrics_fixed(&metrics, 18);
    records = saids = 0;
    char path[256];
    bool claim = strcmp(run->file, "lost-update") == 0 || strcmp(run->file, "latency") == 0;
    snprintf(path, sizeof path, HB_SOURCE_DIR "/configs/%s%s.json", claim ? "claims/" : "", run->file);
    ck_assert_msg(hb_experiment_load(path, run->set, sets, &experiment, &error), "%s", error.text);
    session = hb_session_open(&experiment.variant[0].config, &error);
    ck_assert_msg(session != NULL, "%s", error.text);
    machine = hb_session_machine(session);
    app = calloc(1, sizeof *app);
    said = calloc(SAID_MAX, sizeof *said);
    ck_assert(app != NULL && said != NULL && hb_app_open(app, session, &metrics));
    hb_app_seek(app, 0);
    hb_machine_watch_add(hb_session_machine(session), &watcher);
}

START_TEST(every_sentence_is_true) {
    const struct run *run = &runs[_i];
    open_run(run);
    while (session->ops->status(session->self) == HB_VIEW_GOING) {
        hb_app_run_to(app, hb_app_cycle(app) + STEP_CYCLES, 0);
        hb_app_draw(app, 1600, 900);
        note_all();
    }
    ck_assert_msg(saids > 5, "%s: only %zu sentences", run->name, saids);
    for (size_t i = 0; i < saids; i++)
        hold(run->name, &said[i]);
    for (size_t i = 0; i < sizeof to_be_said / sizeof *to_be_said; i++)
        if (strcmp(run->name, to_be_said[i].run) == 0)
            ck_assert_msg(is_said(to_be_said[i].says), "%s: nobody says \"%s\"", run->name, to_be_said[i].says);
}
END_TEST

int main(void) {
    if (access(HB_BINARY_DIR "/images/smp.elf", R_OK) != 0 || access(HB_BINARY_DIR "/images/amp.elf", R_OK) != 0) {
        puts("images/smp.elf or images/amp.elf is not built: there is no guest to run");
        return 77;
    }
    TCase *tests = tcase_create("sentences");
    tcase_set_timeout(tests, 120);
    tcase_add_loop_test(tests, every_sentence_is_true, 0, (int)(sizeof runs / sizeof *runs));
    Suite *suite = suite_create("sentences");
    suite_add_tcase(suite, tests);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int tests_failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return tests_failed != 0;
}
