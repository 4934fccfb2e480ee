/* The events of one line, lock, task or CPU, found by running: the machine goes on while somebody looks on. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "memory/source.h"
#include "osmodel/os_text.h"
#include "sim/engine/run.h"
#include "ui/dashboard/source/machine_session.h"

#define PIECE_CYCLES 4096 /* after which the first event, once found, ends the search */

struct finder {
    struct hb_machine_session *session;
    struct hb_view_subject subject;
    uint64_t from_cycle, to_cycle;
    bool last; /* the last event counts; else the first */
    struct hb_found *found;
};

static bool takes(const struct finder *finder, uint64_t cycle) {
    return cycle >= finder->from_cycle && cycle < finder->to_cycle && (finder->last || !finder->found->found);
}

static const char *symbol_of(void *context, uint32_t address) {
    static const char *const none = "a lock";
    (void)context, (void)address;
    return none;
}

void hb_machine_source(struct hb_machine_session *self, uint64_t pc, char *text, size_t bytes) {
    text[0] = '\0';
    if (self->source == NULL && !self->has_no_source) {
        self->source = hb_source_open(self->machine->config.image, self->machine->elf.bias);
        self->has_no_source = self->source == NULL;
    }
    if (self->source != NULL)
        (void)hb_source_of_code(self->source, pc, text, bytes);
}

/* ", at hb_take+0x1c (queue.c:88)" */
static void tell_place(struct hb_machine_session *self, uint64_t pc, char *text, size_t bytes) {
    char symbol[48] = "", line[64];
    hb_machine_source(self, pc, line, sizeof line);
    if (hb_symbols_at(&self->machine->symbols, pc, NULL) != NULL)
        hb_symbols_text(&self->machine->symbols, pc, symbol, sizeof symbol);
    snprintf(text, bytes, "%s%s%s%s%s", symbol[0] ? ", at " : "", symbol, line[0] ? " (" : "", line,
             line[0] ? ")" : "");
}

/* ---- Lines ------------------------------------------------------------------------------------------------------- */

/* A store that waits in the store buffer is not there yet; an SC that fails writes nothing. */
static void see_access(void *context, const struct hb_bus *bus, uint32_t hart, const struct hb_request *request,
                       uint64_t value, enum hb_access_way way, uint64_t now) {
    struct finder *finder = context;
    const uint64_t line = request->address - request->address % bus->line_bytes;
    char place[140];
    if (line != finder->subject.id || !hb_access_writes(request->kind) || way == HB_WAY_BUFFERED ||
        (request->kind == HB_ACCESS_SC && value != 0) || !takes(finder, now))
        return;
    tell_place(finder->session, finder->session->machine->hart[hart].pc, place, sizeof place);
    *finder->found = (struct hb_found){.found = true, .cycle = now, .hart = (uint8_t)hart};
    snprintf(finder->found->text, sizeof finder->found->text, "CPU %u writes %08" PRIx64 "%s.", hart, request->address,
             place);
}

/* ---- What tracepoints tell --------------------------------------------------------------------------------------- */

static bool is_of_task(uint16_t id) {
    return (id >= HB_TP_TASK_CREATE && id <= HB_TP_TASK_RESTART) || (id >= HB_TP_SAVE_BEGIN && id <= HB_TP_RESTORED) ||
           id == HB_TP_MAIL_SEND || id == HB_TP_MAIL_TAKE;
}

static bool is_of_lock(uint16_t id) {
    return (id >= HB_TP_LOCK_WAIT && id <= HB_TP_LOCK_RELEASE) || id == HB_TP_LOCK_RECOVERED;
}

/* What a CPU does that anybody would tell: beats and lengths of queues come all the time. */
static bool is_of_hart(uint16_t id) {
    return id != HB_TP_BEAT && id != HB_TP_LOOK && id != HB_TP_QUEUE_LENGTH && id != HB_TP_PROGRESS && !is_of_lock(id);
}

static bool is_about(const struct hb_view_subject *subject, const struct hb_trace_record *record) {
    switch (subject->kind) {
    case HB_SUBJECT_LOCK: return is_of_lock(record->id) && (uint32_t)record->value == subject->id;
    case HB_SUBJECT_TASK: return is_of_task(record->id) && (uint32_t)record->value == subject->id;
    case HB_SUBJECT_CPU: return is_of_hart(record->id) && record->hart == subject->id;
    default: return false;
    }
}

static void see_record(void *context, const struct hb_trace_record *record) {
    struct finder *finder = context;
    char sentence[HB_OS_TEXT_BYTES];
    if (record->kind != HB_TRACE_POINT || record->privilege == HB_PRIV_U || !is_about(&finder->subject, record) ||
        !takes(finder, record->cycle))
        return;
    const struct hb_os_words words = {.cycles_per_tick = finder->session->machine->config.cycles_per_tick,
                                      .symbol = symbol_of};
    hb_os_event_text(&words, record->hart, record->id, record->value, sentence, sizeof sentence);
    *finder->found = (struct hb_found){.found = true, .cycle = record->cycle, .hart = record->hart};
    snprintf(finder->found->text, sizeof finder->found->text, "%s.", sentence);
}

/* Faults come without a tracepoint. */
static void look_at_faults(const struct finder *finder) {
    const struct hb_saved *saved = finder->session->machine->saved;
    for (uint32_t i = 0; i < saved->faults && finder->subject.kind == HB_SUBJECT_CPU; i++) {
        const struct hb_fault_state *fault = &saved->fault[i];
        if (!fault->activated || fault->hart != finder->subject.id || fault->cycle < finder->from_cycle ||
            fault->cycle >= finder->to_cycle)
            continue;
        const bool better = finder->last ? fault->cycle >= finder->found->cycle : fault->cycle < finder->found->cycle;
        if (finder->found->found && !better)
            continue;
        *finder->found = (struct hb_found){.found = true, .cycle = fault->cycle, .hart = fault->hart};
        snprintf(finder->found->text, sizeof finder->found->text, "CPU %u %s.", fault->hart,
                 hb_fault_model[fault->terms.model].happens);
    }
}

/* ---- The search -------------------------------------------------------------------------------------------------- */

void hb_machine_find(struct hb_machine_session *self, const struct hb_view_subject *subject, uint64_t to_cycle,
                     bool last, struct hb_found *found) {
    struct hb_machine *machine = self->machine;
    struct finder finder = {self, *subject, machine->saved->cycle, to_cycle, last, found};
    struct hb_watcher watcher = {.context = &finder};
    if (subject->kind == HB_SUBJECT_LINE) {
        watcher.bus.access = see_access;
        watcher.accesses = true;
    } else {
        watcher.record = see_record;
    }
    *found = (struct hb_found){.found = false};
    hb_machine_watch_add(machine, &watcher);
    while (machine->saved->cycle < to_cycle && machine->saved->outcome == HB_OUTCOME_RUNNING &&
           (last || !found->found)) {
        const uint64_t next = machine->saved->cycle + PIECE_CYCLES;
        hb_machine_run(machine, last || next > to_cycle ? to_cycle : next);
    }
    hb_machine_watch_remove(machine, &watcher);
    look_at_faults(&finder);
}

/* ---- Causes ------------------------------------------------------------------------------------------------------ */

/* A dead CPU's is its death; of one that spins, whoever took the lock; of one that waits for data, whoever wrote the
 * line last; else what its task or itself did last. */
void hb_machine_cause(const struct hb_machine_session *self, uint32_t hart, struct hb_view_subject *subject,
                      uint64_t *cycle) {
    const struct hb_machine *machine = self->machine;
    const struct hb_hart *at = &machine->hart[hart];
    const struct hb_request *request = &machine->saved->bus.port[hart].request;
    const uint32_t task = machine->saved->os.harts[hart].task;
    *subject = (struct hb_view_subject){HB_SUBJECT_CPU, hart};
    *cycle = at->run_state >= HB_HART_STOPPED ? at->halted_at : 0;
    if (hb_view_spins(machine, hart))
        *subject = (struct hb_view_subject){HB_SUBJECT_LOCK, machine->saved->os.harts[hart].lock_wanted};
    else if (at->in_flight.active && hb_access_moves_bytes(request->kind))
        *subject =
            (struct hb_view_subject){HB_SUBJECT_LINE, request->address - request->address % machine->bus.line_bytes};
    else if (task != HB_OS_NO_TASK && at->run_state == HB_HART_RUNNING)
        *subject = (struct hb_view_subject){HB_SUBJECT_TASK, task};
}
