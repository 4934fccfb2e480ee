/* What the kernel has reported, as the view shows it: who spins for what, and what a dead CPU left behind. */
#include <stdio.h>
#include <string.h>

#include "sim/result/gather.h"
#include "ui/dashboard/model/format.h"
#include "ui/dashboard/source/machine_session.h"

#define SYNCS 256 /* mutexes and the like of the bundled kernel */

/* Objects of the bundled kernel that hold a lock each, and what they are called. */
static const struct {
    const char *symbol;
    uint32_t count; /* of them in the object of that name; 0: it is one */
    const char *words;
} lock_words[] = {
    {"hb_syncs", SYNCS, "mutex"},
    {"hb_queues", HB_HARTS_MAX, "the run queue of CPU"},
    {"finish_lock", 0, "the lock of the end"},
    {"output_lock", 0, "the console's lock"},
};

bool hb_view_spins(const struct hb_machine *machine, uint32_t h) {
    const struct hb_os_hart *os = &machine->saved->os.harts[h];
    return machine->elf.has_note && machine->hart[h].run_state == HB_HART_RUNNING && os->lock_wanted != 0 &&
           !os->idle && hb_view_lock_owner(machine, os->lock_wanted) != (int32_t)h;
}

void hb_view_lock_name(const struct hb_machine *machine, uint32_t address, char *text, size_t bytes) {
    for (size_t i = 0; i < sizeof lock_words / sizeof *lock_words; i++) {
        uint64_t begin, size;
        if (!hb_symbols_find(&machine->symbols, lock_words[i].symbol, &begin, &size) || size == 0 || address < begin ||
            address - begin >= size)
            continue;
        if (lock_words[i].count == 0)
            snprintf(text, bytes, "%s", lock_words[i].words);
        else
            snprintf(text, bytes, "%s %u", lock_words[i].words,
                     (uint32_t)((address - begin) / (size / lock_words[i].count)));
        return;
    }
    char symbol[40];
    hb_symbols_text(&machine->symbols, address, symbol, sizeof symbol);
    snprintf(text, bytes, "lock %s", symbol);
}

int32_t hb_view_lock_owner(const struct hb_machine *machine, uint32_t address) {
    uint64_t word = 0;
    if (!hb_bus_debug_read(&machine->bus, address, &word, sizeof word))
        return -1;
    uint32_t owner = HB_LOCK_OWNER(word);
    return owner >= 1 && owner <= machine->bus.harts ? (int32_t)owner - 1 : -1;
}

static void fill_lock(const struct hb_machine *machine, uint32_t h, struct hb_view_hart *view) {
    uint32_t wanted = machine->saved->os.harts[h].lock_wanted;
    view->wanted[0] = '\0';
    view->wanted_from = -1;
    if (!hb_view_spins(machine, h))
        return;
    hb_view_lock_name(machine, wanted, view->wanted, sizeof view->wanted);
    view->wanted_from = hb_view_lock_owner(machine, wanted);
}

/* What stays where it died or froze: the task that it was running, those that wait in its queue, the lock that it took
 * last. */
static void fill_left(const struct hb_machine *machine, uint32_t h, struct hb_view_hart *view) {
    const struct hb_os_view *os = &machine->saved->os;
    const uint32_t lock = os->harts[h].lock_held;
    view->left_running = -1;
    view->left_queued = 0;
    view->left_lock[0] = '\0';
    if ((machine->hart[h].run_state < HB_HART_STOPPED && !view->frozen) || !machine->elf.has_note)
        return;
    if (lock != 0 && hb_view_lock_owner(machine, lock) == (int32_t)h)
        hb_view_lock_name(machine, lock, view->left_lock, sizeof view->left_lock);
    for (uint32_t i = 0; i < HB_TASKS_MAX; i++) {
        const struct hb_os_task *task = &os->tasks[i];
        bool runs = task->state == HB_OS_TASK_RUNNING || task->state == HB_OS_TASK_STRANDED;
        if (runs && task->hart == h)
            view->left_running = (int32_t)i;
        view->left_queued += task->state == HB_OS_TASK_READY && task->queue == h;
    }
}

void hb_view_fill_os(const struct hb_machine *machine, uint32_t h, struct hb_view_hart *view) {
    const struct hb_os_recovery *recovery = &machine->saved->os.harts[h].recovery;
    view->fenced_cycle = recovery->fenced_cycle == HB_OS_NONE ? 0 : recovery->fenced_cycle;
    fill_lock(machine, h, view);
    fill_left(machine, h, view);
}

/* The text of a line such as "panic: hart 0: queue.c:26: tasks are missing", without its place. */
static void copy_panic(const struct hb_console *console, char *text, size_t bytes) {
    static const char begin[] = "panic: hart ";
    const char *line = console->text, *found = NULL;
    text[0] = '\0';
    while ((line = strstr(line, begin)) != NULL)
        found = line++;
    if (found == NULL)
        return;
    const int length = (int)strcspn(found, "\r\n");
    const char *end = found + length, *tail = found;
    for (const char *at = found; at + 1 < end; at++)
        if (at[0] == ':' && at[1] == ' ')
            tail = at + 2;
    snprintf(text, bytes, "%.*s", (int)(end - tail), tail);
}

void hb_view_fill_end(struct hb_machine *machine, const struct hb_console *console, struct hb_view_end *end) {
    struct hb_run_result *result = hb_result_gather(machine);
    *end = (struct hb_view_end){.known = true,
                                .passed = result->outcome == HB_OUTCOME_PASSED,
                                .created = (uint32_t)result->os.tasks_created,
                                .completed = (uint32_t)result->os.tasks_completed,
                                .wrong = (uint32_t)result->os.tasks_wrong,
                                .lost = (uint32_t)result->os.tasks_lost};
    if (result->os.has_requests) {
        end->requests = result->os.requests.offered;
        end->answered = result->os.requests.served;
        end->dropped = result->os.requests.dropped;
    }
    if (result->has_increments) {
        end->increments = result->increments_counted;
        end->increments_expected = result->increments_expected;
    }
    if (machine->saved->panicked)
        copy_panic(console, end->panic, sizeof end->panic);
    snprintf(end->reason, sizeof end->reason, "%s", result->reason);
    hb_result_free(result);
}

/* Whom a fault is to strike: "CPU 2", "the master". */
static void name_target(const struct hb_fault_config *fault, char *text, size_t bytes) {
    switch (fault->hart) {
    case HB_TARGET_MASTER: snprintf(text, bytes, "The master"); break;
    case HB_TARGET_WATCHER: snprintf(text, bytes, "The CPU that watches the dead one"); break;
    case HB_TARGET_RECOVERER: snprintf(text, bytes, "The CPU that recovers the dead one"); break;
    default: snprintf(text, bytes, "CPU %u", fault->hart); break;
    }
}

/* The cycle in which a fault is to strike; HB_NEVER: that is not known, or not to come. */
static uint64_t coming_cycle(const struct hb_machine *machine, uint32_t i) {
    const struct hb_fault_config *fault = &machine->config.faults[i];
    if (fault->rate.scale_cycles)
        return machine->saved->fault[i].repeats.next_cycle;
    return fault->trigger == HB_TRIGGER_CYCLE ? machine->saved->fault[i].since_cycle + fault->cycle : HB_NEVER;
}

/* For another fault, which has not struck yet. */
static bool is_waiting(const struct hb_machine *machine, const struct hb_fault_config *fault) {
    return fault->waits && !machine->saved->fault[fault->after].activated;
}

static bool is_coming(const struct hb_machine *machine, uint32_t i) {
    if (machine->config.faults[i].rate.scale_cycles)
        return machine->saved->fault[i].repeats.next_cycle != HB_NEVER;
    return !machine->saved->fault[i].done && !is_waiting(machine, &machine->config.faults[i]);
}

/* The one with the earliest cycle; if none has one, the first. HB_FAULTS_MAX: none is to come. */
static uint32_t coming_fault(const struct hb_machine *machine) {
    uint32_t next = HB_FAULTS_MAX;
    for (uint32_t i = 0; i < machine->config.n_faults && i < machine->saved->faults; i++)
        if (is_coming(machine, i) && (next == HB_FAULTS_MAX || coming_cycle(machine, i) < coming_cycle(machine, next)))
            next = i;
    return next;
}

/* The fault that was asked for and comes next, before `cycle`; NULL: none does. */
static const struct hb_input *planned_fault(const struct hb_machine *machine, uint64_t cycle) {
    for (uint32_t i = machine->saved->next_input; i < machine->log.inputs; i++)
        if (machine->log.input[i].kind == HB_INPUT_FAULT && machine->log.input[i].cycle < cycle)
            return &machine->log.input[i];
    return NULL;
}

static void tell_planned(const struct hb_input *planned, struct hb_view *view) {
    char cycle[HB_FORMAT_BYTES];
    view->coming_cycle = planned->cycle;
    snprintf(view->coming, sizeof view->coming, "CPU %u is to %s in cycle %s, as was asked for.", planned->hart,
             hb_fault_model[planned->terms.model].was_to, hb_format_count(cycle, planned->cycle));
}

void hb_view_fill_coming(const struct hb_machine *machine, struct hb_view *view) {
    const uint32_t next = coming_fault(machine);
    char who[48], cycle[HB_FORMAT_BYTES], *text = view->coming;
    const size_t bytes = sizeof view->coming;
    text[0] = '\0';
    view->coming_cycle = 0;
    const uint64_t due = next == HB_FAULTS_MAX ? HB_NEVER : coming_cycle(machine, next);
    const struct hb_input *planned = planned_fault(machine, due);
    if (planned != NULL)
        tell_planned(planned, view);
    if (planned != NULL || next == HB_FAULTS_MAX)
        return;
    const struct hb_fault_config *fault = &machine->config.faults[next];
    name_target(fault, who, sizeof who);
    const char *what = hb_fault_model[fault->terms.model].was_to;
    if (due != HB_NEVER) {
        view->coming_cycle = due;
        snprintf(text, bytes, "%s is to %s by itself in cycle %s.", who, what, hb_format_count(cycle, due));
    } else {
        snprintf(text, bytes, "%s is to %s by itself later in this run.", who, what);
    }
}
