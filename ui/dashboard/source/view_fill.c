/* From the machine into the view. Called once a frame, and for the sums once a slice: looks at nothing large. */
#include <ctype.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include "ui/dashboard/source/machine_session.h"

_Static_assert((int)HB_STALLS <= HB_VIEW_CAUSES, "every stall cause has its place in the view");
_Static_assert((int)HB_TXNS <= HB_VIEW_TYPES, "every transaction type has its place in the view");

/* As they follow "waits for". */
static const char *const cause_words[HB_STALLS] = {
    [HB_STALL_LOAD_USE] = "a value being loaded",
    [HB_STALL_BRANCH] = "a wrong branch guess",
    [HB_STALL_MUL_DIV] = "multiply or divide",
    [HB_STALL_ATOMIC] = "an atomic access",
    [HB_STALL_CSR] = "a control register",
    [HB_STALL_TRAP] = "a trap",
    [HB_STALL_HIT] = "its own cache",
    [HB_STALL_FETCH] = "instructions",
    [HB_STALL_LOAD] = "data over the bus",
    [HB_STALL_STORE] = "a line to write to",
    [HB_STALL_DEVICE] = "a device",
    [HB_STALL_CACHE_BLOCK] = "a line written back",
    [HB_STALL_WALK] = "the page table",
    [HB_STALL_FP] = "floating point",
    [HB_STALL_FAULT] = "its fault to end",
};

static const char *const type_words[HB_TXNS] = {
    [HB_TXN_READ] = "read",
    [HB_TXN_READ_X] = "read exclusive",
    [HB_TXN_UPGRADE] = "upgrade",
    [HB_TXN_WRITE_BACK] = "write-back",
    [HB_TXN_WRITE] = "write through",
    [HB_TXN_ATOMIC] = "locked update",
    [HB_TXN_UPDATE] = "update",
    [HB_TXN_READ_UPDATE] = "read and update",
    [HB_TXN_CLEAN] = "clean",
    [HB_TXN_FLUSH] = "flush",
    [HB_TXN_INVALIDATE] = "invalidate",
    [HB_TXN_DEVICE_READ] = "device read",
    [HB_TXN_DEVICE_WRITE] = "device write",
    [HB_TXN_DMA_READ] = "DMA read",
    [HB_TXN_DMA_WRITE] = "DMA write",
};

/* The view leaves out HB_TXN_NONE. */
static uint8_t type_of(uint32_t transaction) {
    return transaction > 0 ? (uint8_t)(transaction - 1) : 0;
}

/* ---- What does not change ---- */

static bool is_amp(const struct hb_machine *machine) {
    return machine->elf.has_note && ((const struct hb_note *)(const void *)machine->elf.note)->amp != 0;
}

bool hb_view_has_kernel(const struct hb_machine *machine) {
    return machine->elf.has_note && machine->params_address != 0;
}

static void write_summary(const struct hb_machine *machine, struct hb_view_machine *view) {
    char protocol[16] = "";
    bool bundled = hb_view_has_kernel(machine), coherent = machine->config.bus.protocol != HB_PROTOCOL_NONE;
    for (size_t i = 0; coherent && i + 1 < sizeof protocol && machine->bus.protocol->name[i] != '\0'; i++) {
        protocol[i] = (char)toupper((unsigned char)machine->bus.protocol->name[i]);
        protocol[i + 1] = '\0';
    }
    snprintf(view->summary, sizeof view->summary, "%s%u CPU%s, %s, seed %llu",
             !bundled          ? ""
             : is_amp(machine) ? "AMP, "
                               : "SMP, ",
             view->harts, view->harts == 1 ? "" : "s", coherent ? protocol : "no coherence",
             (unsigned long long)machine->config.seed);
}

void hb_view_fill_machine(const struct hb_machine *machine, struct hb_view_machine *view) {
    const struct hb_params *os = &machine->config.os;
    memset(view, 0, sizeof *view);
    snprintf(view->name, sizeof view->name, "%.40s", machine->config.name);
    view->harts = machine->bus.harts;
    view->causes = HB_STALLS;
    view->types = HB_TXNS - 1;
    for (int i = 0; i < HB_STALLS; i++)
        snprintf(view->cause[i], sizeof view->cause[i], "%s", cause_words[i]);
    for (uint32_t i = 1; i < HB_TXNS; i++)
        snprintf(view->type[type_of(i)], sizeof view->type[0], "%s", type_words[i]);
    bool watched =
        hb_view_has_kernel(machine) && os->heartbeat_period_cycles > 0 && os->recovery_detect != HB_DETECT_NONE;
    view->heartbeat_period_cycles = hb_view_has_kernel(machine) ? os->heartbeat_period_cycles : 0;
    view->heartbeat_timeout_cycles = watched ? os->heartbeat_timeout_cycles : 0;
    view->heartbeat_check_cycles = watched ? os->heartbeat_check_cycles : 0;
    view->tasks = hb_view_has_kernel(machine) ? (uint32_t)os->workload_tasks : 0;
    view->amp = is_amp(machine);
    view->succeeds = view->amp && os->recovery_failover != HB_FAILOVER_NONE;
    hb_view_fill_phases(machine, view);
    hb_view_fill_models(view);
    hb_view_fill_orders(machine, &view->orders);
    view->protocol = machine->bus.protocol;
    write_summary(machine, view);
}

enum hb_view_status hb_view_status_of(const struct hb_machine *machine) {
    switch (machine->saved->outcome) {
    case HB_OUTCOME_RUNNING: return HB_VIEW_GOING;
    case HB_OUTCOME_PASSED: return HB_VIEW_FINISHED;
    case HB_OUTCOME_LIMIT: return HB_VIEW_LIMIT;
    case HB_OUTCOME_HANG: return HB_VIEW_HUNG;
    default: return HB_VIEW_FAILED;
    }
}

/* ---- What is true at this cycle ---- */

/* A CPU that died also shows as fenced once a fence is in force: from then on the two cannot be distinguished. */
static uint8_t state_of(const struct hb_machine *machine, uint32_t h) {
    const struct hb_hart *hart = &machine->hart[h];
    bool fenced = machine->saved->os.harts[h].recovery.fenced_cycle != HB_OS_NONE;
    switch (hart->run_state) {
    case HB_HART_IDLE: return HB_VIEW_IDLE;
    case HB_HART_STOPPED: return HB_VIEW_STOPPED;
    case HB_HART_FENCED: return HB_VIEW_FENCED;
    case HB_HART_DEAD: return fenced ? HB_VIEW_FENCED : HB_VIEW_DEAD;
    default: break;
    }
    if (hb_view_spins(machine, h))
        return HB_VIEW_SPINS;
    return hart->ready_at > machine->saved->cycle ? HB_VIEW_STALLED : HB_VIEW_RUNNING;
}

static bool is_at_work(const struct hb_hart *hart) {
    return hart->run_state == HB_HART_RUNNING || hart->run_state == HB_HART_IDLE;
}

static int32_t task_of(const struct hb_machine *machine, uint32_t h) {
    uint32_t task = machine->saved->os.harts[h].task;
    return task == HB_OS_NO_TASK ? -1 : (int32_t)task;
}

static uint64_t bus_wait(const struct hb_machine *machine, uint32_t h) {
    const struct hb_port *port = &machine->saved->bus.port[h];
    bool waits = port->request.kind != HB_ACCESS_NONE && !port->granted;
    return port->stats.wait_cycles + (waits ? machine->saved->cycle - port->request.posted_cycle : 0);
}

static void count_hart(const struct hb_machine *machine, uint32_t h, struct hb_counters_hart *sums) {
    uint64_t now = machine->saved->cycle, stalled = 0;
    struct hb_hart hart = machine->hart[h];
    if (is_at_work(&hart))
        hb_hart_close_accounts(&hart, now);
    else if (hart.halted_at < now)
        now = hart.halted_at;
    for (int i = 0; i < HB_STALLS; i++) {
        sums->stalled[i] = hart.stalled_cycles[i];
        stalled += hart.stalled_cycles[i];
    }
    sums->instructions = hart.instructions;
    sums->user_instructions = hb_hart_user_instructions(&hart);
    sums->idle = hart.idle_cycles;
    sums->busy = now > stalled + hart.idle_cycles ? now - stalled - hart.idle_cycles : 0;
    sums->bus_wait = bus_wait(machine, h);
    sums->task = task_of(machine, h);
    sums->state = state_of(machine, h);
}

void hb_view_fill_counters(const struct hb_machine *machine, struct hb_counters *counters) {
    const struct hb_saved *saved = machine->saved;
    const struct hb_transaction *transaction = &saved->bus.transaction[0];
    uint64_t held = transaction->active && !machine->bus.config.split ? saved->cycle - transaction->grant_cycle : 0;
    memset(counters, 0, offsetof(struct hb_counters, hart) + machine->bus.harts * sizeof counters->hart[0]);
    memset(counters->lock, 0, sizeof counters->lock);
    counters->locks = 0;
    counters->cycle = saved->cycle;
    counters->bus_busy = saved->bus.busy_cycles + held;
    counters->tasks_done = saved->os.tasks_done;
    for (uint32_t i = 1; i < HB_TXNS; i++)
        counters->type[type_of(i)] = saved->bus.transactions[i];
    for (uint32_t h = 0; h < machine->bus.harts; h++)
        count_hart(machine, h, &counters->hart[h]);
}

/* Under AMP the master reports how many it has given to a worker, and does so no more when it is dead: so counted. */
static int32_t waiting_at(const struct hb_machine *machine, uint32_t h) {
    int32_t count = 0;
    for (uint32_t i = 0; i < HB_TASKS_MAX; i++)
        count += machine->saved->os.tasks[i].state == HB_OS_TASK_READY && machine->saved->os.tasks[i].queue == h;
    return count;
}

static void fill_hart(const struct hb_machine *machine, uint32_t h, struct hb_view_hart *view) {
    const struct hb_hart *hart = &machine->hart[h];
    const struct hb_os_hart *os = &machine->saved->os.harts[h];
    bool told = hb_view_has_kernel(machine);
    view->state = state_of(machine, h);
    view->cause = hart->in_flight.active ? hart->in_flight.cause : hart->last_stall;
    view->task = task_of(machine, h);
    view->reigned = os->reigned != 0;
    view->attempt = view->task >= 0 ? machine->saved->os.tasks[view->task].attempt : 0;
    view->pc = hart->pc;
    view->symbol[0] = '\0';
    if (hb_symbols_at(&machine->symbols, hart->pc, NULL) != NULL)
        hb_symbols_text(&machine->symbols, hart->pc, view->symbol, sizeof view->symbol);
    view->queue = !told ? -1 : is_amp(machine) ? waiting_at(machine, h) : (int32_t)os->queue_length;
    bool beaten = os->last_beat_cycle != HB_OS_NONE;
    view->beat_age_cycles = beaten ? (int64_t)(machine->saved->cycle - os->last_beat_cycle) : -1;
    view->stopped_cycle = hart->halted_at;
    view->frozen = hart->frozen_until != 0 && hart->frozen_until >= machine->saved->cycle && is_at_work(hart);
    view->at_work = view->task >= 0 || view->queue > 0;
    hb_view_fill_os(machine, h, view);
}

static void fill_bus(const struct hb_machine *machine, struct hb_view_bus *view) {
    const struct hb_bus_state *bus = &machine->saved->bus;
    const struct hb_transaction *transaction = &bus->transaction[0];
    for (uint32_t i = 1; i < machine->bus.limit && !transaction->active; i++)
        transaction = &bus->transaction[i];
    view->active = transaction->active;
    view->hart = transaction->port;
    view->type = type_of(transaction->kind);
    view->address = transaction->line;
    view->left_cycles = transaction->snooped && transaction->finish_cycle >= machine->saved->cycle
                            ? (uint32_t)(transaction->finish_cycle - machine->saved->cycle + 1)
                            : 0;
    view->posted = 0;
    for (uint32_t h = 0; h < machine->bus.harts; h++)
        view->posted += bus->port[h].request.kind != HB_ACCESS_NONE && !bus->port[h].granted;
    for (uint32_t i = 1; i < HB_TXNS; i++)
        view->count[type_of(i)] = bus->transactions[i];
}

void hb_view_fill(struct hb_machine *machine, struct hb_view *view) {
    view->cycle = machine->saved->cycle;
    view->status = (uint8_t)hb_view_status_of(machine);
    view->master = machine->saved->os.master;
    view->master_since = machine->saved->os.predecessor == HB_OS_NO_HART ? 0 : machine->saved->os.elected_cycle;
    view->throughput.tasks_done = machine->saved->os.tasks_done;
    view->throughput.tasks_lost = machine->saved->os.tasks_lost;
    hb_view_fill_coming(machine, view);
    for (uint32_t h = 0; h < machine->bus.harts; h++)
        fill_hart(machine, h, &view->hart[h]);
    fill_bus(machine, &view->bus);
    hb_view_fill_fault(machine, view);
}
