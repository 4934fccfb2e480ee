#include "sim/trace/trace.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "osmodel/os_text.h"
#include "sim/machine/stats.h"
#include "sim/trace/trace_format.h"

/* ---- The file -------------------------------------------------------------------------------------------------- */

void hb_trace_print(struct hb_trace *trace, const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    vfprintf(trace->out.file, format, arguments);
    va_end(arguments);
}

/* ---- Words ----------------------------------------------------------------------------------------------------- */

const char *hb_trace_symbol(const struct hb_trace *trace, uint64_t address, char to[HB_TRACE_NAME_BYTES]) {
    to[0] = 0;
    if (hb_symbols_at(&trace->machine->symbols, address, NULL))
        hb_symbols_text(&trace->machine->symbols, address, to, HB_TRACE_NAME_BYTES);
    return to;
}

const char *hb_trace_place(const struct hb_trace *trace, uint64_t address, char to[HB_TRACE_NAME_BYTES]) {
    hb_symbols_text(&trace->machine->symbols, address, to, HB_TRACE_NAME_BYTES);
    return to;
}

static bool is_of_memory(uint8_t kind) {
    return kind == HB_TXN_READ || kind == HB_TXN_READ_X || kind == HB_TXN_READ_UPDATE || kind == HB_TXN_ATOMIC ||
           kind == HB_TXN_DMA_READ;
}

const char *hb_trace_supplier(const struct hb_transaction *t, char to[HB_TRACE_NAME_BYTES]) {
    if (t->supplier != HB_NO_AGENT)
        snprintf(to, HB_TRACE_NAME_BYTES, "CPU %u L1%c", t->supplier / 2u, hb_agent_is_l1i(t->supplier) ? 'I' : 'D');
    else
        snprintf(to, HB_TRACE_NAME_BYTES, "%s", is_of_memory(t->kind) ? "memory" : "-");
    return to;
}

const char *hb_trace_port(const struct hb_bus *bus, uint32_t port, char to[HB_TRACE_NAME_BYTES]) {
    if (port < bus->harts)
        snprintf(to, HB_TRACE_NAME_BYTES, "CPU %" PRIu32, port);
    else
        snprintf(to, HB_TRACE_NAME_BYTES, "disk");
    return to;
}

const char *hb_trace_access(uint8_t kind) {
    static const char *const names[HB_ACCESSES] = {
        [HB_ACCESS_NONE] = "none",
        [HB_ACCESS_LOAD] = "load",
        [HB_ACCESS_FETCH] = "fetch",
        [HB_ACCESS_LR] = "lr",
        [HB_ACCESS_STORE] = "store",
        [HB_ACCESS_SC] = "sc",
        [HB_ACCESS_AMO] = "amo",
        [HB_ACCESS_EVICT] = "evict",
        [HB_ACCESS_CLEAN] = "clean",
        [HB_ACCESS_FLUSH] = "flush",
        [HB_ACCESS_INVALIDATE] = "invalidate",
        [HB_ACCESS_DEVICE_READ] = "device read",
        [HB_ACCESS_DEVICE_WRITE] = "device write",
        [HB_ACCESS_FENCE] = "fence",
        [HB_ACCESS_DMA_READ] = "dma read",
        [HB_ACCESS_DMA_WRITE] = "dma write",
    };
    return kind < HB_ACCESSES && names[kind] ? names[kind] : "?";
}

const char *hb_trace_activity(const struct hb_trace *trace, const struct hb_activity *activity,
                              char to[HB_TRACE_NAME_BYTES]) {
    if (activity->run_state != HB_HART_RUNNING)
        snprintf(to, HB_TRACE_NAME_BYTES, "%s", hb_run_state_key(activity->run_state));
    else if (activity->waits)
        snprintf(to, HB_TRACE_NAME_BYTES, "waits: %s", hb_stall_key(activity->cause));
    else if (trace->machine->config.mem_trace) /* accesses have no mode */
        snprintf(to, HB_TRACE_NAME_BYTES, "runs");
    else
        snprintf(to, HB_TRACE_NAME_BYTES, "%c mode", "US?M"[activity->privilege & 3]);
    return to;
}

static const char *lock_name(void *context, uint32_t address) {
    return hb_symbols_at(context, address, NULL);
}

const char *hb_trace_sentence(const struct hb_trace *trace, const struct hb_trace_record *record, char *to, size_t n) {
    struct hb_machine *machine = trace->machine;
    struct hb_os_words words = {machine->config.cycles_per_tick, lock_name, &machine->symbols};
    hb_os_event_text(&words, record->hart, record->id, record->value, to, n);
    return to;
}

char hb_trace_letter(const struct hb_trace *trace, uint64_t address, uint8_t state) {
    return hb_bus_protocol_at(&trace->machine->bus, address)->state[state].letter;
}

/* ---- What changes ---------------------------------------------------------------------------------------------- */

static struct hb_activity activity_of(const struct hb_machine *machine, uint32_t h, uint64_t now) {
    const struct hb_hart *hart = &machine->hart[h];
    struct hb_activity activity = {.run_state = hart->run_state};
    if (hart->run_state == HB_HART_IDLE && hart->idle_since > now)
        activity.run_state = HB_HART_RUNNING; /* the WFI itself takes its time */
    if (activity.run_state != HB_HART_RUNNING)
        return activity;
    bool asks = hart->in_flight.active && hart->ready_at == HB_NEVER;
    activity.waits = asks || hart->frozen_until > now;
    if (activity.waits)
        activity.cause = asks ? hart->in_flight.cause : HB_STALL_FAULT;
    else
        activity.privilege = hart->privilege;
    return activity;
}

static bool is_same(const struct hb_activity *a, const struct hb_activity *b) {
    return a->run_state == b->run_state && a->privilege == b->privilege && a->waits == b->waits && a->cause == b->cause;
}

static void look_at_hart(struct hb_trace *trace, uint32_t h, uint64_t now) {
    struct hb_trace_hart *hart = &trace->hart[h], was = *hart;
    struct hb_activity activity = activity_of(trace->machine, h, now);
    const struct hb_port *port = &trace->machine->saved->bus.port[h];
    bool held = port->held.kind != HB_ACCESS_NONE; /* then the request is from the store buffer */
    const struct hb_request *request = held ? &port->held : &port->request;
    bool asks = activity.waits && request->kind != HB_ACCESS_NONE;
    /* Two adjacent waits of one kind, such as for a write-back and then for the line, are two. */
    if (is_same(&activity, &was.activity) && !(asks && !held && request->posted_cycle == now))
        return;
    hart->activity = activity;
    hart->since = now;
    hart->waits_for = asks ? request->address : HB_NO_LINE;
    if (trace->on && trace->format->hart)
        trace->format->hart(trace, h, &was, now);
}

static void look_at_function(struct hb_trace *trace, uint32_t h, uint64_t now) {
    struct hb_trace_hart *hart = &trace->hart[h];
    uint64_t pc = trace->machine->hart[h].pc;
    if (pc == hart->pc)
        return;
    hart->pc = pc;
    const char *was = hart->function, *function = hb_symbols_at(&trace->machine->symbols, pc, NULL);
    if (function == was)
        return;
    uint64_t since = hart->function_since;
    hart->function = function;
    hart->function_since = now;
    if (trace->on && trace->format->function)
        trace->format->function(trace, h, was, since, now);
}

static uint8_t state_in(const struct hb_machine *machine, uint32_t h, uint64_t address) {
    const struct hb_line *line = machine->saved->bus.port[h].lost ? NULL : hb_cache_find(&machine->bus.l1d[h], address);
    return line ? line->state : HB_STATE_I;
}

static void look_at_line(struct hb_trace *trace, uint32_t i, uint64_t now) {
    struct hb_trace_line *line = &trace->line[i];
    for (uint32_t h = 0; h < trace->machine->bus.harts; h++) {
        uint8_t was = line->state[h], state = state_in(trace->machine, h, line->address);
        uint64_t since = line->since[h];
        if (state == was)
            continue;
        line->state[h] = state;
        line->since[h] = now;
        if (trace->on && trace->format->line)
            trace->format->line(trace, i, h, was, since, now);
    }
}

/* Cycle `now` is closed. */
static void look(struct hb_trace *trace, uint64_t now) {
    for (uint32_t h = 0; h < trace->machine->bus.harts; h++) {
        look_at_hart(trace, h, now);
        if (trace->machine->config.trace.functions)
            look_at_function(trace, h, now);
    }
    for (uint32_t i = 0; i < trace->lines; i++)
        look_at_line(trace, i, now);
    if (trace->on && trace->format->look)
        trace->format->look(trace, now);
}

static void see(void *context, const struct hb_trace_record *record) {
    struct hb_trace *trace = context;
    bool users = record->id >= HB_TP_USER;
    if (record->kind == HB_TRACE_POINT && (record->privilege != HB_PRIV_U || users) && trace->format->point)
        trace->format->point(trace, record);
}

/* ---- On and off ------------------------------------------------------------------------------------------------ */

/* Before cycle `now` is run. */
static void begin(struct hb_trace *trace, uint64_t now) {
    struct hb_machine *machine = trace->machine;
    trace->begun_cycle = now;
    for (uint32_t h = 0; h < machine->bus.harts; h++) {
        trace->hart[h].activity.run_state = UINT8_MAX; /* so that the first comparison finds a change */
        trace->hart[h].function_since = now;
        for (uint32_t i = 0; i < trace->lines; i++)
            trace->line[i].since[h] = now;
    }
    look(trace, now);
    trace->on = true;
    trace->watcher = (struct hb_watcher){.context = trace,
                                         .record = see,
                                         .bus = trace->format->watch,
                                         .accesses = machine->config.trace.accesses && trace->format->watch.access};
    hb_machine_watch_add(machine, &trace->watcher);
    if (trace->format->begin)
        trace->format->begin(trace, now);
}

static void end(struct hb_trace *trace, uint64_t now) {
    trace->ended_cycle = now;
    if (trace->format->end)
        trace->format->end(trace, now);
    trace->on = false;
    trace->over = true;
    hb_machine_watch_remove(trace->machine, &trace->watcher);
}

/* ---- Opening --------------------------------------------------------------------------------------------------- */

static const struct hb_trace_format *find_format(const char *path) {
    static const struct hb_trace_format *const formats[] = {&hb_trace_json, &hb_trace_vcd, &hb_trace_csv,
                                                            &hb_trace_grants};
    size_t n = strlen(path);
    for (size_t i = 0; i < sizeof formats / sizeof formats[0]; i++) {
        size_t length = strlen(formats[i]->suffix);
        if (n > length && strcmp(path + n - length, formats[i]->suffix) == 0)
            return formats[i];
    }
    return NULL;
}

static const char *resolve_line(const struct hb_machine *machine, const char *text, uint64_t *address) {
    const char *wrong = hb_symbols_place(&machine->symbols, text, address);
    return wrong || hb_bus_cacheable(&machine->bus, *address, 1) ? wrong : "is not in RAM";
}

static bool resolve_lines(struct hb_trace *trace, struct hb_error *error) {
    const struct hb_trace_config *config = &trace->machine->config.trace;
    for (uint32_t i = 0; i < config->lines; i++) {
        struct hb_trace_line *line = &trace->line[trace->lines++];
        memcpy(line->name, config->line[i], sizeof line->name);
        const char *wrong = resolve_line(trace->machine, line->name, &line->address);
        if (wrong) {
            hb_error_set(error, "trace.lines.%" PRIu32 ": \"%s\" %s", i, line->name, wrong);
            return false;
        }
        line->address &= ~(uint64_t)(trace->machine->bus.line_bytes - 1);
    }
    return true;
}

struct hb_trace *hb_trace_open(struct hb_machine *machine, const char *path, struct hb_error *error) {
    const struct hb_trace_format *format = find_format(path);
    if (!format || strlen(path) >= HB_PATH_BYTES) {
        hb_error_set(
            error, "--trace: %.200s: the suffix names no format (.json for Perfetto, .vcd for GTKWave, .csv, .grants)",
            path);
        return NULL;
    }
    struct hb_trace *trace = calloc(1, sizeof *trace);
    void *own = calloc(1, format->own_bytes);
    if (!trace || !own)
        abort();
    trace->machine = machine;
    trace->format = format;
    trace->own = own;
    if (resolve_lines(trace, error) && hb_output_open(&trace->out, path, HB_OUTPUT_STREAM, error))
        return trace;
    free(trace->own);
    free(trace);
    return NULL;
}

/* ---- Running --------------------------------------------------------------------------------------------------- */

/* How far the machine may run in one go. */
static uint64_t next_stop(struct hb_trace *trace, uint64_t now, uint64_t until) {
    const struct hb_trace_config *config = &trace->machine->config.trace;
    bool past = config->to_cycle && now >= config->to_cycle;
    if (trace->on && past)
        end(trace, now);
    if (!trace->on && !past && !trace->over && now >= config->from_cycle)
        begin(trace, now);
    if (trace->on)
        return now + 1;
    return now < config->from_cycle && config->from_cycle < until ? config->from_cycle : until;
}

bool hb_trace_run(struct hb_trace *trace, struct hb_save_request *save, uint64_t until, struct hb_error *error) {
    struct hb_machine *machine = trace->machine;
    const struct hb_saved *saved = machine->saved;
    while (saved->cycle < until && saved->outcome == HB_OUTCOME_RUNNING) {
        uint64_t now = saved->cycle;
        if (!hb_save_run(machine, save, next_stop(trace, now, until), error))
            return false;
        if (trace->on && saved->cycle > now)
            look(trace, now);
        if (machine->waits_for_input || ferror(trace->out.file))
            break;
    }
    return hb_output_flush(&trace->out, error); /* others can read it, and a run that is killed leaves it behind */
}

/* ---- Closing --------------------------------------------------------------------------------------------------- */

static bool was_traced(const struct hb_trace *trace, struct hb_error *error) {
    if (trace->over)
        return true;
    hb_error_set(
        error, "trace.from_cycle: nothing is traced: no cycle from %" PRIu64 " on%s was run, which ended in %" PRIu64,
        trace->machine->config.trace.from_cycle,
        trace->machine->config.trace.to_cycle ? " and before trace.to_cycle" : "", trace->machine->saved->cycle);
    return false;
}

bool hb_trace_close(struct hb_trace *trace, struct hb_error *error) {
    if (!trace)
        return true;
    if (trace->on)
        end(trace, trace->machine->saved->cycle);
    bool ok = hb_output_close(&trace->out, error) && was_traced(trace, error);
    free(trace->own);
    free(trace);
    return ok;
}
