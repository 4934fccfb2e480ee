#include "tests/golden/synthetic.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define TASKS_MAX      4096
#define EVENTS_MAX     1024
#define ASKED_MAX      64
#define WORK_MIN       5000 /* instructions of a task */
#define WORK_SPAN      6000
#define QUANTUM_CYCLES 3000
#define SWITCH_CYCLES  60
#define LATENCY_CYCLES 36
#define UP_CYCLE       20000
#define LINES          40

enum cause { CAUSE_MEMORY, CAUSE_BUS, CAUSE_PIPELINE, CAUSES };
enum type { TYPE_READ, TYPE_READ_EXCLUSIVE, TYPE_UPGRADE, TYPE_WRITE_BACK, TYPES };

struct hart {
    struct hb_counters_hart sums;
    uint32_t left[TASKS_MAX / 64 + 1]; /* run queue: tasks, first in front */
    uint32_t queue, work, stall, kernel, quantum;
    uint8_t cause;
    bool silent, fenced;
    uint64_t beat_cycle, silent_cycle;
};

/* What the user asked for; stays when the machine is taken back, so that it comes again. */
struct asked {
    uint64_t cycle;
    int32_t kill; /* hart, or -1: set watching */
    bool lost, watching;
};

struct recovery {
    uint64_t cycle; /* when the next phase is due; 0: none under way */
    uint32_t phase, dead, by;
};

struct machine {
    uint32_t harts, tasks, next_task, tasks_done;
    uint64_t seed, cycle, bus_free, bus_busy, type[TYPES];
    bool up, watching;
    uint32_t next_asked, fault_hart, bus_hart, bus_type;
    uint64_t fault_cycle, lost_cycle;
    uint32_t lost_hart;
    int32_t first_work; /* the task whose run ends the story; -1: none */
    uint32_t first_work_of;
    uint32_t attempts[TASKS_MAX];
    struct recovery recovery;
    struct hart hart[HB_VIEW_HARTS];
    uint32_t events;
    struct hb_happening event[EVENTS_MAX];
};

struct synthetic {
    struct hb_session session;
    struct machine machine;
    uint32_t asks;
    struct asked asked[ASKED_MAX];
    uint64_t snapshots;
};

static uint64_t mix(uint64_t x) {
    x += 0x9e3779b97f4a7c15u;
    x = (x ^ x >> 30) * 0xbf58476d1ce4e5b9u;
    x = (x ^ x >> 27) * 0x94d049bb133111ebu;
    return x ^ x >> 31;
}

static uint32_t chance(const struct machine *m, uint32_t hart, uint32_t what, uint32_t of) {
    return (uint32_t)(mix(m->seed * 77 + m->cycle * 131 + hart * 7 + what) % of);
}

static struct hb_happening *tell(struct machine *m, enum hb_happening_kind kind, uint32_t hart, uint32_t by,
                                 int32_t task, uint64_t argument) {
    static struct hb_happening scratch;
    struct hb_happening *event = m->events < EVENTS_MAX ? &m->event[m->events++] : &scratch;
    *event = (struct hb_happening){.cycle = m->cycle,
                                   .kind = (uint8_t)kind,
                                   .hart = (uint8_t)hart,
                                   .by = (uint8_t)by,
                                   .task = task,
                                   .argument = argument};
    return event;
}

static void enqueue(struct hart *hart, uint32_t task) {
    if (hart->queue < sizeof hart->left / sizeof *hart->left)
        hart->left[hart->queue++] = task;
}

static uint32_t dequeue(struct hart *hart) {
    uint32_t task = hart->left[0];
    memmove(&hart->left[0], &hart->left[1], --hart->queue * sizeof hart->left[0]);
    return task;
}

static void start_task(struct machine *m, uint32_t id, uint32_t task) {
    struct hart *hart = &m->hart[id];
    hart->sums.task = (int32_t)task;
    hart->work = WORK_MIN + (uint32_t)(mix(m->seed + task) % WORK_SPAN);
    hart->quantum = QUANTUM_CYCLES;
    hart->kernel = SWITCH_CYCLES;
    if (m->first_work == (int32_t)task) {
        tell(m, HB_HAPPENED_FIRST_WORK, m->first_work_of, id, (int32_t)task, m->attempts[task]);
        m->first_work = -1;
    }
}

/* Its own queue, then new tasks, then the longest queue of the others. */
static void schedule(struct machine *m, uint32_t id) {
    struct hart *hart = &m->hart[id];
    if (hart->queue == 0 && m->next_task < m->tasks)
        for (int i = 0; i < 3 && m->next_task < m->tasks; i++)
            enqueue(hart, m->next_task++);
    for (uint32_t i = 0; i < m->harts && hart->queue == 0; i++) {
        struct hart *other = &m->hart[i];
        if (i != id && !other->silent && other->queue > 1) {
            uint32_t task = dequeue(other);
            enqueue(hart, task);
            tell(m, HB_HAPPENED_MIGRATED, i, id, (int32_t)task, 0);
        }
    }
    hart->sums.task = -1;
    if (hart->queue > 0)
        start_task(m, id, dequeue(hart));
}

static void begin_miss(struct machine *m, uint32_t id) {
    struct hart *hart = &m->hart[id];
    uint64_t start = m->bus_free > m->cycle ? m->bus_free : m->cycle;
    uint32_t wait = (uint32_t)(start - m->cycle);
    m->bus_type = chance(m, id, 5, TYPES);
    m->bus_hart = id;
    m->type[m->bus_type]++;
    m->bus_free = start + LATENCY_CYCLES;
    m->bus_busy += LATENCY_CYCLES;
    hart->sums.bus_wait += wait;
    hart->stall = wait + LATENCY_CYCLES;
    hart->cause = wait > LATENCY_CYCLES ? CAUSE_BUS : CAUSE_MEMORY;
}

static void execute(struct machine *m, uint32_t id) {
    struct hart *hart = &m->hart[id];
    hart->sums.busy++;
    hart->sums.instructions++;
    hart->sums.state = HB_VIEW_RUNNING;
    if (hart->kernel > 0) {
        hart->kernel--;
        return;
    }
    hart->sums.user_instructions++;
    if (--hart->work == 0) {
        m->tasks_done++;
        tell(m, HB_HAPPENED_TASK_DONE, id, id, hart->sums.task, 0);
        schedule(m, id);
    } else if (chance(m, id, 1, hart->sums.task % 2 == 0 ? 300 : 170) == 0) {
        begin_miss(m, id);
    } else if (chance(m, id, 2, 9) == 0) {
        hart->stall = 2;
        hart->cause = CAUSE_PIPELINE;
    }
}

static void tick_hart(struct machine *m, uint32_t id) {
    struct hart *hart = &m->hart[id];
    if (hart->silent) {
        hart->sums.state = hart->fenced ? HB_VIEW_FENCED : HB_VIEW_DEAD;
        return;
    }
    if (m->cycle % HB_SYNTHETIC_PERIOD_CYCLES == id * 700)
        hart->beat_cycle = m->cycle;
    if (hart->stall > 0) {
        hart->stall--;
        hart->sums.stalled[hart->cause]++;
        hart->sums.state = HB_VIEW_STALLED;
    } else if (hart->sums.task >= 0) {
        execute(m, id);
    } else {
        hart->sums.idle++;
        hart->sums.state = HB_VIEW_IDLE;
        if (m->up && m->cycle % 64 == id)
            schedule(m, id);
    }
}

static void die(struct machine *m, uint32_t id, bool lost) {
    struct hart *hart = &m->hart[id];
    hart->silent = true;
    hart->silent_cycle = m->cycle;
    hart->sums.state = HB_VIEW_DEAD;
    if (lost) {
        m->lost_cycle = m->cycle;
        m->lost_hart = id;
    }
    tell(m, HB_HAPPENED_KILLED, id, lost, -1, lost ? 14 : 0);
}

/* The next living hart behind a silent one looks every check period. */
static void watch(struct machine *m) {
    for (uint32_t dead = 0; dead < m->harts && m->watching && m->recovery.cycle == 0; dead++) {
        uint64_t silent = m->cycle - m->hart[dead].beat_cycle;
        if (!m->hart[dead].silent || m->hart[dead].fenced || silent < HB_SYNTHETIC_TIMEOUT_CYCLES)
            continue;
        uint32_t by = dead;
        do {
            by = (by + 1) % m->harts;
        } while (m->hart[by].silent && by != dead);
        if (by != dead) {
            tell(m, HB_HAPPENED_SUSPECTED, dead, by, -1, silent);
            m->recovery = (struct recovery){m->cycle + 240, 0, dead, by};
        }
    }
}

static void recover(struct machine *m) {
    struct recovery *recovery = &m->recovery;
    struct hart *dead = &m->hart[recovery->dead];
    uint32_t moved = dead->queue + (dead->sums.task >= 0);
    if (recovery->phase == 0) {
        dead->fenced = true;
        tell(m, HB_HAPPENED_FENCED, recovery->dead, recovery->by, -1, 0);
        tell(m, HB_HAPPENED_RECOVERY, recovery->dead, recovery->by, -1, 0);
        tell(m, HB_HAPPENED_PHASE, recovery->dead, recovery->by, -1, 1);
        *recovery = (struct recovery){m->cycle + 1500, 1, recovery->dead, recovery->by};
        return;
    }
    tell(m, HB_HAPPENED_PHASE, recovery->dead, recovery->by, -1, 2);
    snprintf(tell(m, HB_HAPPENED_LOCK, recovery->dead, recovery->by, -1, 0)->name, 40, "run_queue[%u]", recovery->dead);
    if (dead->sums.task >= 0) {
        m->first_work = dead->sums.task;
        m->first_work_of = recovery->dead;
        m->attempts[dead->sums.task]++;
        tell(m, HB_HAPPENED_TASK_RESTART, recovery->dead, recovery->by, dead->sums.task, m->attempts[dead->sums.task]);
        struct hart *by = &m->hart[recovery->by];
        memmove(&by->left[1], &by->left[0], by->queue++ * sizeof by->left[0]);
        by->left[0] = (uint32_t)dead->sums.task;
        by->quantum = by->quantum > 400 ? 400 : by->quantum;
    }
    while (dead->queue > 0)
        enqueue(&m->hart[recovery->by], dequeue(dead));
    dead->sums.task = -1;
    tell(m, HB_HAPPENED_RECOVERED, recovery->dead, recovery->by, -1, moved);
    *recovery = (struct recovery){0};
}

static void preempt(struct machine *m, uint32_t id) {
    struct hart *hart = &m->hart[id];
    bool urgent = hart->queue > 0 && (int32_t)hart->left[0] == m->first_work;
    if (!urgent || hart->sums.task < 0 || hart->silent || hart->quantum == 0 || --hart->quantum > 0)
        return;
    uint32_t current = (uint32_t)hart->sums.task;
    start_task(m, id, dequeue(hart));
    enqueue(hart, current);
}

static void take_asked(struct synthetic *self) {
    struct machine *m = &self->machine;
    for (; m->next_asked < self->asks && self->asked[m->next_asked].cycle <= m->cycle; m->next_asked++) {
        const struct asked *asked = &self->asked[m->next_asked];
        if (asked->kill < 0)
            m->watching = asked->watching;
        else if (!m->hart[asked->kill].silent)
            die(m, (uint32_t)asked->kill, asked->lost);
    }
}

static void tick(struct synthetic *self) {
    struct machine *m = &self->machine;
    take_asked(self);
    if (m->fault_cycle != 0 && m->cycle == m->fault_cycle && !m->hart[m->fault_hart].silent)
        die(m, m->fault_hart, false);
    if (m->cycle == UP_CYCLE) {
        m->up = true;
        tell(m, HB_HAPPENED_ALL_UP, 0, 0, -1, m->harts);
    }
    if (m->recovery.cycle != 0 && m->cycle >= m->recovery.cycle)
        recover(m);
    if (m->cycle % HB_SYNTHETIC_CHECK_CYCLES == 0)
        watch(m);
    for (uint32_t id = 0; id < m->harts; id++) {
        preempt(m, id);
        tick_hart(m, id);
    }
    m->cycle++;
}

static struct machine *machine_of(void *self) {
    return &((struct synthetic *)self)->machine;
}

static enum hb_view_status status(void *self) {
    const struct machine *m = machine_of(self);
    uint32_t alive = 0;
    for (uint32_t id = 0; id < m->harts; id++)
        alive += !m->hart[id].silent;
    return m->tasks_done >= m->tasks ? HB_VIEW_FINISHED : alive == 0 ? HB_VIEW_HUNG : HB_VIEW_GOING;
}

static enum hb_view_status run_to(void *self, uint64_t cycle) {
    struct machine *m = machine_of(self);
    while (m->cycle < cycle && status(self) == HB_VIEW_GOING)
        tick(self);
    return status(self);
}

static uint64_t cycle_of(void *self) {
    return machine_of(self)->cycle;
}

static void machine(void *self, struct hb_view_machine *machine) {
    static const char *const causes[CAUSES] = {"data from memory", "the bus, others hold it", "an earlier result"};
    static const char *const types[TYPES] = {"read", "read exclusive", "upgrade", "write-back"};
    const struct machine *m = machine_of(self);
    memset(machine, 0, sizeof *machine);
    snprintf(machine->name, sizeof machine->name, "smp%u", m->harts);
    snprintf(machine->summary, sizeof machine->summary, "SMP, %u CPU%s, MESI, seed %llu", m->harts,
             m->harts == 1 ? "" : "s", (unsigned long long)m->seed);
    machine->harts = m->harts;
    machine->causes = CAUSES;
    machine->types = TYPES;
    for (int i = 0; i < CAUSES; i++)
        snprintf(machine->cause[i], sizeof machine->cause[i], "%s", causes[i]);
    for (int i = 0; i < TYPES; i++)
        snprintf(machine->type[i], sizeof machine->type[i], "%s", types[i]);
    machine->heartbeat_period_cycles = HB_SYNTHETIC_PERIOD_CYCLES;
    machine->heartbeat_timeout_cycles = HB_SYNTHETIC_TIMEOUT_CYCLES;
    machine->heartbeat_check_cycles = HB_SYNTHETIC_CHECK_CYCLES;
    machine->tasks = m->tasks;
    machine->switches = (1u << HB_SWITCHES) - 1;
    machine->protocol = hb_protocol_find(HB_PROTOCOL_MESI);
    machine->orders = (struct hb_view_orders){.variables = 4, .variable = {'a', 'b', 'c', 'd'}};
    snprintf(machine->phase[2], sizeof machine->phase[2], "its lock and queue in order");
}

static void counters(void *self, struct hb_counters *counters) {
    const struct machine *m = machine_of(self);
    memset(counters, 0, sizeof *counters);
    counters->cycle = m->cycle;
    counters->bus_busy = m->bus_busy - (m->bus_free > m->cycle ? m->bus_free - m->cycle : 0);
    counters->tasks_done = m->tasks_done;
    memcpy(counters->type, m->type, sizeof m->type);
    for (uint32_t id = 0; id < m->harts; id++) {
        uint32_t stall = m->hart[id].stall;
        counters->hart[id] = m->hart[id].sums;
        counters->hart[id].bus_wait -= stall > LATENCY_CYCLES ? stall - LATENCY_CYCLES : 0;
    }
}

static size_t events(void *self, struct hb_happening *event, size_t max) {
    struct machine *m = machine_of(self);
    size_t count = m->events < max ? m->events : max;
    memcpy(event, m->event, count * sizeof *event);
    memmove(m->event, m->event + count, (m->events - count) * sizeof *event);
    m->events -= (uint32_t)count;
    return count;
}

static void fill_hart(const struct machine *m, uint32_t id, struct hb_view_hart *view) {
    static const char *const symbols[] = {"batch_mix", "batch_sort", "batch_hash", "batch_walk"};
    const struct hart *hart = &m->hart[id];
    uint32_t place = (uint32_t)(mix(hart->sums.instructions / 3) % 64) * 4;
    view->state = hart->sums.state;
    view->cause = hart->cause;
    view->task = hart->sums.task;
    view->attempt = hart->sums.task >= 0 ? m->attempts[hart->sums.task] : 0;
    view->queue = (int32_t)hart->queue;
    view->beat_age_cycles = (int64_t)(m->cycle - hart->beat_cycle);
    view->stopped_cycle = hart->silent_cycle;
    view->wanted_from = -1;
    view->at_work = hart->sums.task >= 0 || view->queue > 0;
    view->left_running = view->state == HB_VIEW_DEAD ? hart->sums.task : -1;
    view->left_queued = view->state == HB_VIEW_DEAD ? hart->queue : 0;
    view->pc = 0x80001000u + (uint32_t)hart->sums.task % 4 * 256 + place;
    snprintf(view->symbol, sizeof view->symbol, "%s+0x%x", symbols[(uint32_t)hart->sums.task % 4], place);
    if (hart->sums.task < 0) {
        view->pc = 0x800000c0;
        snprintf(view->symbol, sizeof view->symbol, "kernel_idle+0x8");
    }
}

static void fill_lines(const struct machine *m, struct hb_view_lines *lines) {
    static const char *const symbols[] = {"task_table", "run_queue", "hb_results", "heartbeats", "console_lock"};
    lines->count = LINES;
    lines->line_bytes = 64;
    lines->total = LINES * 13;
    for (uint32_t i = 0; i < LINES; i++) {
        struct hb_view_line *line = &lines->line[i];
        uint32_t owner = (uint32_t)(mix(i + m->cycle / 5000) % (m->harts + 2));
        line->address = 0x80010000u + i * 64;
        snprintf(line->symbol, sizeof line->symbol, "%s+0x%x", symbols[i % 5], i / 5 * 64);
        for (uint32_t id = 0; id < m->harts; id++) {
            bool shared = owner >= m->harts && mix(i * 64 + id) % 3 != 0;
            line->state[id] = owner == id ? (i % 3 == 0 ? 'E' : 'M') : shared ? 'S' : mix(i + id) % 4 == 0 ? 'I' : ' ';
        }
        line->memory_stale = owner < m->harts && i % 3 != 0;
        line->value = mix(i) >> (i % 5 * 12);
        line->memory_value = line->memory_stale ? line->value - 1 : line->value;
        line->pinned = i < 2;
        line->transactions = 100 - i;
    }
    lines->turn = (struct hb_view_turn){.known = true,
                                        .cycle = m->cycle,
                                        .address = lines->line[1].address,
                                        .transaction = HB_TXN_UPGRADE,
                                        .changes = m->harts < 2 ? 1 : 2,
                                        .change = {{0, 1, 3}, {1, 1, 0}}};
}

/* What waits in the run queues, each task since a cycle of its own. */
static void fill_queues(const struct machine *m, struct hb_view_queues *view) {
    memset(view, 0, sizeof *view);
    view->longest_wait_cycles = 40000;
    for (uint32_t id = 0; id < m->harts; id++) {
        struct hb_view_queue *queue = &view->queue[id];
        queue->count = m->hart[id].queue;
        queue->chips = queue->count < HB_VIEW_CHIPS ? queue->count : HB_VIEW_CHIPS;
        for (uint32_t i = 0; i < queue->chips; i++)
            queue->chip[i] = (struct hb_view_chip){(int32_t)m->hart[id].left[i], 40000 / (i + 1)};
        view->ready += queue->count;
        view->running += m->hart[id].sums.task >= 0;
    }
}

static void fill_locks(const struct machine *m, struct hb_view_locks *view) {
    *view = (struct hb_view_locks){.since_cycle = UP_CYCLE, .count = 12, .total = 19};
    for (uint32_t i = 0; i < view->count; i++) {
        struct hb_view_lock *lock = &view->lock[i];
        snprintf(lock->name, sizeof lock->name, i % 2 == 0 ? "the run queue of CPU %u" : "mutex %u", i);
        snprintf(lock->brief, sizeof lock->brief, i % 2 == 0 ? "queue %u" : "mutex %u", i);
        lock->owner = i % 3 == 2 ? -1 : (int32_t)(mix(i) % m->harts);
        lock->waiters = lock->owner < 0 ? 0 : mix(i + 9) & (m->harts == 64 ? UINT64_MAX : (1ull << m->harts) - 1);
        lock->waiters &= ~(1ull << (lock->owner & 63));
        lock->taken = 1234567 / (i + 1);
        lock->contended = lock->taken / 7;
        lock->handed_over = lock->taken / 9;
        lock->handed_from = i % 4 == 3 ? -1 : (int32_t)(mix(i + 1) % m->harts);
        lock->handed_to = i % 4 == 3 ? -1 : (int32_t)(mix(i + 2) % m->harts);
        lock->handed_cycle = 1000 * i;
        lock->wait_cycles = lock->contended * 345;
    }
}

static void fill_computer(const struct machine *m, struct hb_view_computer *view) {
    *view = (struct hb_view_computer){.traffic = (uint8_t)(m->cycle / 7 % (HB_TRAFFIC_DEVICE + 1)), .supplier = -1};
    if (view->traffic == HB_TRAFFIC_FROM_CACHE)
        view->supplier = (int32_t)((m->bus_hart + 1) % m->harts);
    snprintf(view->symbol, sizeof view->symbol, "task_table+0x40");
    for (uint32_t id = 0; id < m->harts; id++)
        view->cache[id] = (struct hb_view_cache){.lines = 400 + id,
                                                 .modified = (uint32_t)(mix(id) % 300),
                                                 .capacity = 512,
                                                 .lost = id == m->lost_hart && m->lost_cycle != 0,
                                                 .asks = m->hart[id].stall > LATENCY_CYCLES};
}

static void fill_server(const struct machine *m, struct hb_view_server *view) {
    *view = (struct hb_view_server){.known = true, .offered = 1200, .dropped = 3, .waiting = 30, .serving = m->harts};
    view->wait_chips = view->served_chips = m->harts < HB_VIEW_CHIPS ? m->harts : HB_VIEW_CHIPS;
    view->longest_cycles = 200000;
    for (uint32_t i = 0; i < view->wait_chips; i++) {
        view->waits[i] = (struct hb_view_chip){(int32_t)(1100 + i), 90000 / (i + 1)};
        view->served[i] = (struct hb_view_chip){(int32_t)(1000 + i), 20000 / (i + 1)};
    }
    for (uint32_t i = 6; i < 16; i++) {
        view->bucket[i] = i < 9 ? 300 : 40 / (i - 8);
        view->answered += view->bucket[i];
    }
}

static void fill_core(const struct machine *m, uint32_t id, struct hb_view_core *view) {
    static const char *const code[] = {"addi a0,a0,1", "c.sdsp s0,48(sp)", "jal ra,batch_run+0x1c4",
                                       "amoadd.d a0,a1,(a2)"};
    *view = (struct hb_view_core){.pc = 0x80001008, .codes = HB_VIEW_CODES, .words = HB_VIEW_WORDS};
    for (uint32_t i = 0; i < 32; i++) {
        snprintf(view->name[i], sizeof view->name[i], i == 1 ? "ra" : i == 2 ? "sp" : "s%u", i % 12);
        view->x[i] = mix(i + id) >> (i % 4 * 16);
    }
    for (uint32_t i = 0; i < view->codes; i++) {
        view->code[i].address = 0x80001000 + 4 * i;
        snprintf(view->code[i].text, sizeof view->code[i].text, "%s", code[i % 4]);
    }
    for (uint32_t i = 0; i < view->words; i++)
        view->word[i] = mix(i + m->seed);
    snprintf(view->source, sizeof view->source, "batch.c:17");
    snprintf(view->console, sizeof view->console,
             "4 CPUs are up.\nTask 1 is done, and this line is longer than any window is "
             "wide, so that the rest of it cannot be seen, however small the text of the console may be drawn.\n");
}

/* Whatever was lost, it was this. */
static void fill_loss(const struct machine *m, struct hb_view_loss *loss) {
    *loss = (struct hb_view_loss){.known = m->lost_cycle != 0, .hart = (uint8_t)m->lost_hart, .cycle = m->lost_cycle};
    loss->lines = 14;
    loss->differing = 9;
    loss->groups = 3;
    loss->group[0].lines = 8;
    loss->group[1].lines = 5;
    loss->group[2].lines = 1;
    for (int i = 0; i < 3; i++)
        snprintf(loss->group[i].symbol, sizeof loss->group[i].symbol, "%s",
                 i == 0   ? "hb_results"
                 : i == 1 ? "task_table"
                          : "console_lock");
}

static void fill(void *self, struct hb_view *view) {
    const struct machine *m = machine_of(self);
    view->cycle = m->cycle;
    view->status = (uint8_t)status(self);
    view->throughput.tasks_done = m->tasks_done;
    for (int i = 0; i < HB_SWITCHES; i++)
        view->switch_on[i] = i != HB_SWITCH_DETECT || m->watching;
    for (uint32_t id = 0; id < m->harts; id++)
        fill_hart(m, id, &view->hart[id]);
    fill_lines(m, &view->lines);
    fill_loss(m, &view->loss);
    fill_queues(m, &view->queues);
    fill_locks(m, &view->locks);
    fill_computer(m, &view->computer);
    fill_server(m, &view->server);
    fill_core(m, view->selected, &view->core);
    memcpy(view->bus.count, m->type, sizeof m->type);
    view->bus.active = m->bus_free > m->cycle;
    view->bus.hart = (uint8_t)m->bus_hart;
    view->bus.type = (uint8_t)m->bus_type;
    view->bus.address = 0x80010000u + m->bus_hart * 64;
    view->bus.left_cycles = view->bus.active ? (uint32_t)((m->bus_free - m->cycle) % LATENCY_CYCLES + 1) : 0;
    view->bus.posted = view->bus.active ? (uint32_t)((m->bus_free - m->cycle) / LATENCY_CYCLES) : 0;
}

static void *snapshot(void *self) {
    struct machine *copy = malloc(sizeof *copy);
    if (copy != NULL) {
        *copy = *machine_of(self);
        ((struct synthetic *)self)->snapshots++;
    }
    return copy;
}

static void restore(void *self, const void *snapshot) {
    struct machine *m = machine_of(self);
    const uint32_t hart = m->fault_hart; /* the experiment's own fault is no part of the state */
    const uint64_t cycle = m->fault_cycle;
    *m = *(const struct machine *)snapshot;
    m->events = 0;
    m->fault_hart = hart;
    m->fault_cycle = cycle;
}

static void ask(struct synthetic *self, struct asked asked) {
    asked.cycle = self->machine.cycle;
    if (self->asks < ASKED_MAX)
        self->asked[self->asks++] = asked;
}

static void forget_ahead(void *self) {
    ((struct synthetic *)self)->asks = machine_of(self)->next_asked;
}

static void release(void *self, void *snapshot) {
    ((struct synthetic *)self)->snapshots--;
    free(snapshot);
}

static uint64_t snapshots_bytes(void *self) {
    return ((struct synthetic *)self)->snapshots * sizeof(struct machine);
}

static void kill_hart(void *self, uint32_t hart, bool cache_lost) {
    ask(self, (struct asked){.kill = (int32_t)hart, .lost = cache_lost});
}

static void type(void *self, const char *line) {
    (void)self;
    (void)line;
}

static void watch_lines(void *self, bool on) {
    (void)self;
    (void)on;
}

static void set_switch(void *self, uint32_t which, bool on) {
    if (which == HB_SWITCH_DETECT)
        ask(self, (struct asked){.kill = -1, .watching = on});
}

static uint64_t hash(void *self) {
    const struct machine *m = machine_of(self);
    uint64_t sum = mix(m->cycle) ^ mix(m->tasks_done + 17);
    for (uint32_t id = 0; id < m->harts; id++) {
        const struct hart *hart = &m->hart[id];
        sum = mix(sum ^ hart->sums.instructions) ^ mix(hart->work * 3 + hart->stall + hart->queue) ^ hart->silent;
    }
    return sum;
}

static const struct hb_session_ops ops = {
    .machine = machine,
    .run_to = run_to,
    .cycle = cycle_of,
    .status = status,
    .counters = counters,
    .events = events,
    .fill = fill,
    .snapshot = snapshot,
    .restore = restore,
    .release = release,
    .snapshots_bytes = snapshots_bytes,
    .forget_ahead = forget_ahead,
    .kill = kill_hart,
    .set_switch = set_switch,
    .type = type,
    .watch_lines = watch_lines,
    .hash = hash,
};

struct hb_session *hb_synthetic_new(uint32_t harts, uint32_t tasks, uint64_t seed) {
    struct synthetic *self = calloc(1, sizeof *self);
    if (self == NULL)
        return NULL;
    struct machine *m = &self->machine;
    m->harts = harts;
    m->tasks = tasks < TASKS_MAX ? tasks : TASKS_MAX;
    m->seed = seed;
    m->watching = true;
    m->first_work = -1;
    for (uint32_t id = 0; id < harts; id++)
        m->hart[id].sums.task = -1;
    self->session = (struct hb_session){&ops, self};
    return &self->session;
}

void hb_synthetic_free(struct hb_session *session) {
    free(session->self);
}

void hb_synthetic_fault_at(struct hb_session *session, uint32_t hart, uint64_t cycle) {
    struct machine *m = machine_of(session->self);
    m->fault_hart = hart;
    m->fault_cycle = cycle;
}
