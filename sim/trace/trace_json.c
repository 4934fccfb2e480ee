/* Traces in the Trace Event format, for Perfetto (ui.perfetto.dev) and the Chrome viewer (about:tracing).
 *
 * Times are microseconds of the machine, in which a cycle is 10 ns, and 0.1 ps more (TIME_FORMAT). The file is an
 * array, which viewers read even when its end is missing. Slices are complete events ("X"): each is written when it
 * ends, so the file is sorted by end, and a slice precedes those inside it. Tracks:
 *
 *     CPUs        for each: what it is doing; the task that it runs; its requests; lines that its caches give and take;
 *                 the lock that it waits for; its function (trace.functions)
 *     bus         transactions, with their phases; a split bus has a track for its address and one for its data lines
 *     tasks       the state of each, as its kernel reports by tracepoints
 *     locks       who holds each
 *     lines       the state of each chosen line in each data cache (trace.lines)
 *
 * An arrow (a flow: "s" and "f") leads from the cache that supplies a line to the one that takes it, and from the CPU
 * that a task ran on last to the one that it moves to. Both ends are written together, after their slices.
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "bus/protocol/protocol.h"
#include "osmodel/os_text.h"
#include "sim/trace/trace_format.h"

#define ARGS_BYTES 512
#define LOCKS_MAX  1024 /* power of two; locks beyond are not shown */
#define NO_HART    UINT8_MAX

enum process { CPUS = 1, BUS, TASKS, LOCKS, LINES };

/* Tracks of CPU h are 8 h + these. */
enum cpu_track { CPU_STATE = 1, CPU_TASK, CPU_BUS, CPU_CACHE, CPU_LOCK, CPU_FUNCTION, CPU_TRACKS = 8 };

enum other_track {
    BUS_TRACK = 600,
    ADDRESS_TRACK,
    DATA_TRACK,
    TASK_TRACK = 1000,
    LOCK_TRACK = 4000,
    LINE_TRACK = 6000
};

struct task {
    uint64_t since; /* in its present state */
    uint64_t last_end;
    uint64_t moved;    /* cycle in which it was told to move; valid with `moves` */
    uint8_t state;     /* enum hb_os_task_state */
    uint8_t hart;      /* where it runs, or waits */
    uint8_t last_hart; /* where its slice ended at last_end; NO_HART */
    uint8_t from;
    bool moves; /* its arrow has not been drawn yet */
    bool named;
};

struct lock {
    uint32_t address; /* 0: unused */
    uint8_t holder;   /* NO_HART: free */
    bool named;
    uint32_t task;
    uint64_t since;
};

struct cpu {
    uint64_t task_since;
    uint64_t wait_since;
    uint32_t task;       /* or HB_OS_NO_TASK */
    uint32_t wanted;     /* lock that it waits for; 0: none */
    uint8_t wanted_from; /* owner + 1 */
    bool named[CPU_TRACKS];
};

struct own {
    uint64_t flows;
    struct cpu cpu[HB_HARTS_LIMIT];
    struct task task[HB_TASKS_MAX];
    struct lock lock[LOCKS_MAX];
    bool named[LINES + 1];
    bool bus_named[3];
};

/* ---- Events ---------------------------------------------------------------------------------------------------- */

/* Text inside a JSON string. */
static const char *escaped(const char *text, char *to, size_t n) {
    size_t used = 0;
    for (; *text && used + 7 < n; text++) {
        unsigned char c = (unsigned char)*text;
        if (c < ' ' || c == '"' || c == '\\' || c > '~')
            used += (size_t)snprintf(to + used, n - used, "\\u%04x", c);
        else
            to[used++] = (char)c;
    }
    to[used] = 0;
    return to;
}

#define ESCAPED(text) escaped((text), (char[6 * HB_TRACE_NAME_BYTES]){0}, 6 * HB_TRACE_NAME_BYTES)

/* A cycle in microseconds. Perfetto multiplies by 1000 as a double and, in some versions, cuts off what is then no
 * whole nanosecond: 1.13 becomes 1129, slices overlap by one, and those that overlap are dropped. The last digit,
 * 0.1 ps, keeps every product above its nanosecond (up to 4.5e10 cycles), and is less than the 1 ps by which
 * Chrome's viewer lets slices overlap. */
#define TIME_FORMAT "%" PRIu64 ".%02u00001"
#define TIME(cycle) (cycle) / 100, (unsigned)((cycle) % 100)

/* `args`: members of an object, may be empty. */
static void slice(struct hb_trace *trace, enum process process, uint32_t track, const char *name, uint64_t from,
                  uint64_t to, const char *args) {
    if (from < trace->begun_cycle)
        from = trace->begun_cycle;
    if (from >= to)
        return;
    hb_trace_print(trace,
                   ",\n{\"ph\":\"X\",\"pid\":%d,\"tid\":%" PRIu32 ",\"ts\":" TIME_FORMAT ",\"dur\":" TIME_FORMAT
                   ",\"name\":\"%s\"%s%s%s}",
                   process, track, TIME(from), TIME(to - from), ESCAPED(name), *args ? ",\"args\":{" : "", args,
                   *args ? "}" : "");
}

/* One end of an arrow, inside the slice of its track that spans `cycle`. */
static void flow(struct hb_trace *trace, char phase, uint64_t id, enum process process, uint32_t track, uint64_t cycle,
                 const char *name) {
    hb_trace_print(trace,
                   ",\n{\"ph\":\"%c\",\"id\":%" PRIu64 ",\"pid\":%d,\"tid\":%" PRIu32 ",\"ts\":" TIME_FORMAT
                   ",\"cat\":\"%s\",\"name\":\"%s\"%s}",
                   phase, id, process, track, TIME(cycle), name, name, phase == 'f' ? ",\"bp\":\"e\"" : "");
}

static void instant(struct hb_trace *trace, uint32_t track, uint64_t now, const char *name, const char *text) {
    hb_trace_print(trace,
                   ",\n{\"ph\":\"i\",\"s\":\"t\",\"pid\":%d,\"tid\":%" PRIu32 ",\"ts\":" TIME_FORMAT
                   ",\"name\":\"%s\",\"args\":{\"text\":\"%s\"}}",
                   CPUS, track, TIME(now), ESCAPED(name),
                   escaped(text, (char[6 * HB_OS_TEXT_BYTES]){0}, 6 * HB_OS_TEXT_BYTES));
}

/* ---- Names of tracks ------------------------------------------------------------------------------------------- */

static void name_process(struct hb_trace *trace, enum process process, const char *name) {
    struct own *own = trace->own;
    if (own->named[process])
        return;
    own->named[process] = true;
    hb_trace_print(trace,
                   "%s{\"ph\":\"M\",\"pid\":%d,\"tid\":0,\"name\":\"process_name\",\"args\":{\"name\":\"%s\"}},\n"
                   "{\"ph\":\"M\",\"pid\":%d,\"tid\":0,\"name\":\"process_sort_index\",\"args\":{\"sort_index\":%d}}",
                   process == CPUS ? "[\n" : ",\n", process, name, process, process);
}

static void name_track(struct hb_trace *trace, enum process process, uint32_t track, const char *name) {
    hb_trace_print(trace,
                   ",\n{\"ph\":\"M\",\"pid\":%d,\"tid\":%" PRIu32
                   ",\"name\":\"thread_name\",\"args\":{\"name\":\"%s\"}},\n"
                   "{\"ph\":\"M\",\"pid\":%d,\"tid\":%" PRIu32
                   ",\"name\":\"thread_sort_index\",\"args\":{\"sort_index\":%" PRIu32 "}}",
                   process, track, ESCAPED(name), process, track, track);
}

static uint32_t cpu_track(struct hb_trace *trace, uint32_t h, enum cpu_track which) {
    static const char *const names[] = {[CPU_STATE] = "",
                                        [CPU_TASK] = " task",
                                        [CPU_BUS] = " requests",
                                        [CPU_CACHE] = " gives and takes",
                                        [CPU_LOCK] = " waits for a lock",
                                        [CPU_FUNCTION] = " function"};
    struct own *own = trace->own;
    uint32_t track = CPU_TRACKS * h + which;
    char name[48];
    if (!own->cpu[h].named[which]) {
        own->cpu[h].named[which] = true;
        snprintf(name, sizeof name, "CPU %" PRIu32 "%s", h, names[which]);
        name_track(trace, CPUS, track, name);
    }
    return track;
}

static uint32_t bus_track(struct hb_trace *trace, enum other_track which) {
    static const char *const names[] = {"transactions", "address lines", "data lines"};
    struct own *own = trace->own;
    name_process(trace, BUS, "bus");
    if (!own->bus_named[which - BUS_TRACK]) {
        own->bus_named[which - BUS_TRACK] = true;
        name_track(trace, BUS, which, names[which - BUS_TRACK]);
    }
    return which;
}

static uint32_t task_track(struct hb_trace *trace, uint32_t number) {
    struct own *own = trace->own;
    char name[32];
    name_process(trace, TASKS, "tasks");
    if (!own->task[number].named) {
        own->task[number].named = true;
        snprintf(name, sizeof name, "task %" PRIu32, number);
        name_track(trace, TASKS, TASK_TRACK + number, name);
    }
    return TASK_TRACK + number;
}

static uint32_t lock_track(struct hb_trace *trace, uint32_t i) {
    struct own *own = trace->own;
    char name[HB_TRACE_NAME_BYTES];
    name_process(trace, LOCKS, "locks");
    if (!own->lock[i].named) {
        own->lock[i].named = true;
        name_track(trace, LOCKS, LOCK_TRACK + i, hb_trace_place(trace, own->lock[i].address, name));
    }
    return LOCK_TRACK + i;
}

/* ---- CPUs ------------------------------------------------------------------------------------------------------ */

static void follow_tasks(struct hb_trace *trace, uint64_t now);
static void stop_waiting(struct hb_trace *trace, uint32_t h, uint64_t now);

static void end_activity(struct hb_trace *trace, uint32_t h, const struct hb_trace_hart *was, uint64_t now) {
    char name[HB_TRACE_NAME_BYTES], place[HB_TRACE_NAME_BYTES], args[ARGS_BYTES] = "";
    if (was->activity.waits && was->waits_for != HB_NO_LINE)
        snprintf(args, sizeof args, "\"address\":\"0x%" PRIx64 "\",\"symbol\":\"%.200s\"", was->waits_for,
                 ESCAPED(hb_trace_symbol(trace, was->waits_for, place)));
    slice(trace, CPUS, cpu_track(trace, h, CPU_STATE), hb_trace_activity(trace, &was->activity, name), was->since, now,
          args);
}

static void hart(struct hb_trace *trace, uint32_t h, const struct hb_trace_hart *was, uint64_t now) {
    end_activity(trace, h, was, now);
    if (trace->hart[h].activity.run_state >= HB_HART_STOPPED) { /* the view of the OS follows these by itself */
        stop_waiting(trace, h, now);
        if (trace->machine->cores.trace_points)
            follow_tasks(trace, now);
    }
}

static void function(struct hb_trace *trace, uint32_t h, const char *was, uint64_t since, uint64_t now) {
    if (was)
        slice(trace, CPUS, cpu_track(trace, h, CPU_FUNCTION), was, since, now, "");
}

/* ---- The bus --------------------------------------------------------------------------------------------------- */

static void granted(void *context, const struct hb_bus *bus, const struct hb_transaction *t, uint64_t now) {
    struct hb_trace *trace = context;
    const struct hb_request *request = &bus->state->port[t->port].request;
    if (t->port < bus->harts)
        slice(trace, CPUS, cpu_track(trace, t->port, CPU_BUS), "asks", request->posted_cycle, now, "");
}

static uint64_t earlier(uint64_t a, uint64_t b) {
    return a < b ? a : b;
}

/* Up to cycle `now`: its finish, or the end of the trace. */
static void write_transaction(struct hb_trace *trace, const struct hb_bus *bus, const struct hb_transaction *t,
                              uint64_t now) {
    char name[HB_TRACE_NAME_BYTES], port[HB_TRACE_NAME_BYTES], place[HB_TRACE_NAME_BYTES], args[ARGS_BYTES];
    char supplier[HB_TRACE_NAME_BYTES];
    snprintf(args, sizeof args, "\"line\":\"0x%" PRIx64 "\",\"symbol\":\"%.200s\",\"supplier\":\"%s\",\"for\":\"%s\"%s",
             t->line, ESCAPED(hb_trace_symbol(trace, t->line, place)), hb_trace_supplier(t, supplier),
             hb_trace_access(bus->state->port[t->port].request.kind), t->active ? ",\"unfinished\":true" : "");
    snprintf(name, sizeof name, "%s %s", hb_txn_name(t->kind), hb_trace_port(bus, t->port, port));
    uint64_t snoop = earlier(t->snoop_cycle, now);
    uint64_t data = t->snooped ? earlier(t->finish_cycle - t->data_cycles, now) : now;
    if (bus->config.split) {
        slice(trace, BUS, bus_track(trace, ADDRESS_TRACK), name, t->grant_cycle, snoop, args);
        slice(trace, BUS, bus_track(trace, DATA_TRACK), name, data, now, args);
        return;
    }
    uint32_t track = bus_track(trace, BUS_TRACK);
    slice(trace, BUS, track, name, t->grant_cycle, now, args);
    slice(trace, BUS, track, "address", t->grant_cycle, snoop, "");
    slice(trace, BUS, track, supplier, snoop, data, "");
    slice(trace, BUS, track, "data", data, now, "");
}

static void write_request(struct hb_trace *trace, const struct hb_bus *bus, const struct hb_transaction *t,
                          uint64_t now) {
    char name[HB_TRACE_NAME_BYTES + 16], place[HB_TRACE_NAME_BYTES];
    if (t->port >= bus->harts)
        return;
    snprintf(name, sizeof name, "%s %s", hb_txn_name(t->kind), hb_trace_place(trace, t->line, place));
    slice(trace, CPUS, cpu_track(trace, t->port, CPU_BUS), name, t->grant_cycle, now, "");
}

/* A line moves from cache to cache: draw the arrow from one CPU to the other. */
static void write_transfer(struct hb_trace *trace, const struct hb_bus *bus, const struct hb_transaction *t,
                           uint64_t now) {
    char name[HB_TRACE_NAME_BYTES + 32], place[HB_TRACE_NAME_BYTES];
    struct own *own = trace->own;
    uint32_t giver = t->supplier / 2u, taker = t->port;
    uint64_t from = now - t->data_cycles;
    bool arrow = taker < bus->harts && taker != giver && from >= trace->begun_cycle && from < now;
    uint32_t giving = cpu_track(trace, giver, CPU_CACHE);
    snprintf(name, sizeof name, "gives %s", hb_trace_place(trace, t->line, place));
    slice(trace, CPUS, giving, name, from, now, "");
    if (!arrow)
        return;
    uint32_t taking = cpu_track(trace, taker, CPU_CACHE);
    snprintf(name, sizeof name, "takes %s", hb_trace_place(trace, t->line, place));
    slice(trace, CPUS, taking, name, from, now, "");
    uint64_t id = ++own->flows;
    flow(trace, 's', id, CPUS, giving, from, "transfer");
    flow(trace, 'f', id, CPUS, taking, now - 1, "transfer");
}

static void finished(void *context, const struct hb_bus *bus, const struct hb_transaction *t, uint64_t now) {
    struct hb_trace *trace = context;
    write_transaction(trace, bus, t, now);
    if (t->supplier != HB_NO_AGENT && t->data_cycles)
        write_transfer(trace, bus, t, now);
    write_request(trace, bus, t, now);
}

/* What is under way when the trace ends. */
static void end_bus(struct hb_trace *trace, uint64_t now) {
    const struct hb_bus *bus = &trace->machine->bus;
    for (uint32_t i = 0; i < bus->limit; i++) {
        const struct hb_transaction *t = &bus->state->transaction[i];
        if (!t->active)
            continue;
        write_transaction(trace, bus, t, now);
        write_request(trace, bus, t, now);
    }
    for (uint32_t h = 0; h < bus->harts; h++) {
        const struct hb_port *port = &bus->state->port[h];
        if (port->request.kind != HB_ACCESS_NONE && !port->granted)
            slice(trace, CPUS, cpu_track(trace, h, CPU_BUS), "asks", port->request.posted_cycle, now, "");
    }
}

/* ---- Tasks ----------------------------------------------------------------------------------------------------- */

static void write_move(struct hb_trace *trace, uint32_t number, uint32_t h, uint64_t run_since) {
    struct own *own = trace->own;
    struct task *task = &own->task[number];
    bool ran_there = task->last_hart == task->from && task->last_end > trace->begun_cycle;
    uint64_t id = ++own->flows;
    task->moves = false;
    if (ran_there)
        flow(trace, 's', id, CPUS, cpu_track(trace, task->from, CPU_TASK), task->last_end - 1, "migration");
    else
        flow(trace, 's', id, TASKS, task_track(trace, number), task->moved, "migration");
    flow(trace, 'f', id, CPUS, cpu_track(trace, h, CPU_TASK), run_since, "migration");
}

/* The slice of the task that the CPU has run until now. */
static void end_run(struct hb_trace *trace, uint32_t h, uint64_t now) {
    struct own *own = trace->own;
    struct cpu *cpu = &own->cpu[h];
    char name[32];
    if (cpu->task >= HB_TASKS_MAX || cpu->task_since >= now)
        return;
    snprintf(name, sizeof name, "task %" PRIu32, cpu->task);
    slice(trace, CPUS, cpu_track(trace, h, CPU_TASK), name, cpu->task_since, now, "");
    struct task *task = &own->task[cpu->task];
    if (task->moves && task->moved <= cpu->task_since)
        write_move(trace, cpu->task, h, cpu->task_since);
    task->last_hart = (uint8_t)h;
    task->last_end = now;
}

static void follow_cpu(struct hb_trace *trace, uint32_t h, uint64_t now) {
    struct own *own = trace->own;
    uint32_t task = trace->machine->saved->os.harts[h].task;
    if (task == own->cpu[h].task)
        return;
    end_run(trace, h, now);
    own->cpu[h].task = task;
    own->cpu[h].task_since = now;
}

static bool is_shown(uint8_t state) {
    return state != HB_OS_TASK_UNSEEN && state != HB_OS_TASK_DONE && state != HB_OS_TASK_LOST;
}

static void end_state(struct hb_trace *trace, uint32_t number, uint64_t now) {
    struct own *own = trace->own;
    const struct task *task = &own->task[number];
    char name[64];
    if (!is_shown(task->state))
        return;
    const char *state = hb_os_task_state_name(task->state);
    if (task->state == HB_OS_TASK_RUNNING || task->state == HB_OS_TASK_STRANDED)
        snprintf(name, sizeof name, "%s on CPU %u", state, task->hart);
    else if (task->state == HB_OS_TASK_READY)
        snprintf(name, sizeof name, "%s for CPU %u", state, task->hart);
    else
        snprintf(name, sizeof name, "%s", state);
    slice(trace, TASKS, task_track(trace, number), name, task->since, now, "");
}

static void follow_task(struct hb_trace *trace, uint32_t number, uint64_t now) {
    struct own *own = trace->own;
    struct task *task = &own->task[number];
    const struct hb_os_task *seen = &trace->machine->saved->os.tasks[number];
    uint8_t hart = seen->state == HB_OS_TASK_READY ? seen->queue : seen->hart;
    if (seen->state == task->state && hart == task->hart)
        return;
    end_state(trace, number, now);
    task->state = seen->state;
    task->hart = hart;
    task->since = now;
}

static void follow_tasks(struct hb_trace *trace, uint64_t now) {
    for (uint32_t h = 0; h < trace->machine->bus.harts; h++)
        follow_cpu(trace, h, now);
    for (uint32_t i = 0; i < HB_TASKS_MAX; i++)
        follow_task(trace, i, now);
}

/* ---- Locks ----------------------------------------------------------------------------------------------------- */

/* Its index in the table, or LOCKS_MAX when that is full. */
static uint32_t find_lock(struct own *own, uint32_t address) {
    for (uint32_t n = 0, i = address / 8; n < LOCKS_MAX; n++, i++) {
        struct lock *lock = &own->lock[i % LOCKS_MAX];
        if (lock->address == 0)
            *lock = (struct lock){.address = address, .holder = NO_HART};
        if (lock->address == address)
            return i % LOCKS_MAX;
    }
    return LOCKS_MAX;
}

static void stop_holding(struct hb_trace *trace, uint32_t i, uint64_t now) {
    struct own *own = trace->own;
    struct lock *lock = &own->lock[i];
    char name[32], args[32] = "";
    if (lock->holder == NO_HART)
        return;
    snprintf(name, sizeof name, "held by CPU %u", lock->holder);
    if (lock->task < HB_TASKS_MAX)
        snprintf(args, sizeof args, "\"task\":%" PRIu32, lock->task);
    slice(trace, LOCKS, lock_track(trace, i), name, lock->since, now, args);
    lock->holder = NO_HART;
}

static void stop_waiting(struct hb_trace *trace, uint32_t h, uint64_t now) {
    struct own *own = trace->own;
    struct cpu *cpu = &own->cpu[h];
    char name[HB_TRACE_NAME_BYTES], args[32] = "";
    if (!cpu->wanted)
        return;
    if (cpu->wanted_from)
        snprintf(args, sizeof args, "\"held_by\":\"CPU %u\"", cpu->wanted_from - 1u);
    slice(trace, CPUS, cpu_track(trace, h, CPU_LOCK), hb_trace_place(trace, cpu->wanted, name), cpu->wait_since, now,
          args);
    cpu->wanted = 0;
}

static void follow_lock(struct hb_trace *trace, const struct hb_trace_record *record) {
    struct own *own = trace->own;
    uint32_t address = (uint32_t)record->value, h = record->hart, i;
    struct cpu *cpu = &own->cpu[h];
    if (address == 0)
        return;
    switch (record->id) {
    case HB_TP_LOCK_WAIT:
        if (cpu->wanted == address)
            return;
        stop_waiting(trace, h, record->cycle);
        cpu->wanted = address;
        cpu->wanted_from = (uint8_t)(record->value >> 32);
        cpu->wait_since = record->cycle;
        return;
    case HB_TP_LOCK_ACQUIRE:
        stop_waiting(trace, h, record->cycle);
        i = find_lock(own, address);
        if (i == LOCKS_MAX)
            return;
        stop_holding(trace, i, record->cycle);
        own->lock[i].holder = (uint8_t)h;
        own->lock[i].task = trace->machine->saved->os.harts[h].task;
        own->lock[i].since = record->cycle;
        return;
    default:
        i = find_lock(own, address);
        if (i < LOCKS_MAX)
            stop_holding(trace, i, record->cycle);
        return;
    }
}

/* ---- Tracepoints ----------------------------------------------------------------------------------------------- */

static void note_move(struct hb_trace *trace, const struct hb_trace_record *record, uint32_t number) {
    struct own *own = trace->own;
    struct task *task = &own->task[number];
    uint32_t from = record->value >> 32 & 0xffff;
    task->moves = from < trace->machine->bus.harts && is_shown(task->state);
    task->from = (uint8_t)from;
    task->moved = record->cycle;
}

static void write_queue(struct hb_trace *trace, const struct hb_trace_record *record) {
    uint32_t queue = (uint32_t)record->value;
    if (queue < trace->machine->bus.harts)
        hb_trace_print(trace,
                       ",\n{\"ph\":\"C\",\"pid\":%d,\"ts\":" TIME_FORMAT ",\"name\":\"CPU %" PRIu32
                       " run queue\",\"args\":{\"tasks\":%" PRIu32 "}}",
                       CPUS, TIME(record->cycle), queue, (uint32_t)(record->value >> 32));
}

/* Frequent events have a track; the rest are shown where they happen. */
static bool is_rare(uint32_t id) {
    switch (id) {
    case HB_TP_TASK_CREATE:
    case HB_TP_TASK_READY:
    case HB_TP_TASK_RUN:
    case HB_TP_TASK_STOP:
    case HB_TP_TASK_MIGRATE:
    case HB_TP_IDLE_ENTER:
    case HB_TP_IDLE_LEAVE:
    case HB_TP_LOCK_WAIT:
    case HB_TP_LOCK_ACQUIRE:
    case HB_TP_LOCK_RELEASE:
    case HB_TP_BEAT:
    case HB_TP_LOOK:
    case HB_TP_QUEUE_LENGTH:
    case HB_TP_PROGRESS: return false;
    default: return true;
    }
}

static void point(struct hb_trace *trace, const struct hb_trace_record *record) {
    char sentence[HB_OS_TEXT_BYTES];
    uint32_t subject = (uint32_t)record->value;
    bool of_task = record->id >= HB_TP_TASK_CREATE && record->id <= HB_TP_TASK_RESTART && subject < HB_TASKS_MAX;
    if (of_task)
        follow_task(trace, subject, record->cycle);
    if (of_task && record->id == HB_TP_TASK_MIGRATE)
        note_move(trace, record, subject);
    follow_cpu(trace, record->hart, record->cycle);
    if (record->id == HB_TP_QUEUE_LENGTH)
        write_queue(trace, record);
    if ((record->id >= HB_TP_LOCK_WAIT && record->id <= HB_TP_LOCK_RELEASE) || record->id == HB_TP_LOCK_RECOVERED)
        follow_lock(trace, record);
    if (is_rare(record->id))
        instant(trace, cpu_track(trace, record->hart, CPU_STATE), record->cycle, hb_os_event_name(record->id),
                hb_trace_sentence(trace, record, sentence, sizeof sentence));
}

/* ---- Lines ----------------------------------------------------------------------------------------------------- */

static void end_line(struct hb_trace *trace, uint32_t i, uint32_t h, uint8_t was, uint64_t since, uint64_t now) {
    char name[2] = {hb_trace_letter(trace, trace->line[i].address, was), 0};
    if (was != HB_STATE_I)
        slice(trace, LINES, LINE_TRACK + i * HB_HARTS_LIMIT + h, name, since, now, "");
}

static void name_lines(struct hb_trace *trace) {
    char name[HB_NAME_BYTES + 24];
    if (trace->lines)
        name_process(trace, LINES, "lines");
    for (uint32_t i = 0; i < trace->lines; i++)
        for (uint32_t h = 0; h < trace->machine->bus.harts; h++) {
            snprintf(name, sizeof name, "%s CPU %" PRIu32, trace->line[i].name, h);
            name_track(trace, LINES, LINE_TRACK + i * HB_HARTS_LIMIT + h, name);
        }
}

/* ---- Begin and end --------------------------------------------------------------------------------------------- */

static void begin(struct hb_trace *trace, uint64_t now) {
    struct own *own = trace->own;
    name_process(trace, CPUS, "CPUs (a cycle is 10 ns)");
    for (uint32_t h = 0; h < trace->machine->bus.harts; h++) {
        own->cpu[h].task = HB_OS_NO_TASK;
        cpu_track(trace, h, CPU_STATE);
    }
    for (uint32_t i = 0; i < HB_TASKS_MAX; i++)
        own->task[i].last_hart = NO_HART;
    for (uint32_t i = 0; i < LOCKS_MAX; i++)
        own->lock[i].holder = NO_HART;
    bus_track(trace, trace->machine->bus.config.split ? ADDRESS_TRACK : BUS_TRACK);
    name_lines(trace);
    if (trace->machine->cores.trace_points)
        follow_tasks(trace, now);
}

static void end(struct hb_trace *trace, uint64_t now) {
    end_bus(trace, now);
    for (uint32_t h = 0; h < trace->machine->bus.harts; h++) {
        end_activity(trace, h, &trace->hart[h], now);
        end_run(trace, h, now);
        stop_waiting(trace, h, now);
        if (trace->machine->config.trace.functions)
            function(trace, h, trace->hart[h].function, trace->hart[h].function_since, now);
        for (uint32_t i = 0; i < trace->lines; i++)
            end_line(trace, i, h, trace->line[i].state[h], trace->line[i].since[h], now);
    }
    for (uint32_t i = 0; i < HB_TASKS_MAX; i++)
        end_state(trace, i, now);
    for (uint32_t i = 0; i < LOCKS_MAX; i++)
        stop_holding(trace, i, now);
    hb_trace_print(trace, "\n]\n");
}

const struct hb_trace_format hb_trace_json = {
    .suffix = ".json",
    .own_bytes = sizeof(struct own),
    .watch = {.granted = granted, .finished = finished},
    .begin = begin,
    .point = point,
    .hart = hart,
    .function = function,
    .line = end_line,
    .end = end,
};
