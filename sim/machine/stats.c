#include "sim/machine/stats.h"

#include "sim/machine/machine.h"

/* ---- Figures --------------------------------------------------------------------------------------------------- */

double hb_quotient_value(struct hb_quotient quotient) {
    return quotient.whole ? (double)quotient.part / (double)quotient.whole : 0;
}

uint64_t hb_stats_stalled(const struct hb_hart_stats *stats) {
    uint64_t sum = 0;
    for (uint32_t i = 0; i < HB_STALLS; i++)
        sum += stats->stalled_cycles[i];
    return sum;
}

uint64_t hb_stats_cycles(const struct hb_hart_stats *stats) {
    return stats->busy_cycles + hb_stats_stalled(stats) + stats->idle_cycles;
}

struct hb_quotient hb_stats_ipc(const struct hb_hart_stats *stats) {
    return (struct hb_quotient){stats->instructions, hb_stats_cycles(stats)};
}

struct hb_quotient hb_stats_utilisation(const struct hb_bus_stats *stats, uint64_t cycles) {
    return (struct hb_quotient){stats->busy_cycles, cycles};
}

struct hb_quotient hb_stats_mean_wait(const struct hb_bus_stats *stats) {
    return (struct hb_quotient){stats->wait_cycles, stats->granted};
}

uint64_t hb_stats_longest_wait(const struct hb_port_wait *wait, uint32_t harts) {
    uint64_t longest = 0;
    for (uint32_t h = 0; h < harts; h++)
        longest = wait[h].max_cycles > longest ? wait[h].max_cycles : longest;
    return longest;
}

uint64_t hb_stats_transactions(const struct hb_bus_stats *stats) {
    uint64_t sum = 0;
    for (uint32_t i = HB_TXN_NONE + 1; i < HB_TXNS; i++)
        sum += stats->transactions[i];
    return sum;
}

/* ---- Counts ---------------------------------------------------------------------------------------------------- */

static uint64_t irq_off_max(const struct hb_hart *hart, uint64_t now) {
    uint64_t present = hart->irq_off_since == HB_NEVER ? 0 : hb_hart_clock(hart, now) - hart->irq_off_since;
    return present > hart->irq_off_max_cycles ? present : hart->irq_off_max_cycles;
}

void hb_stats_hart(const struct hb_machine *machine, uint32_t h, struct hb_hart_stats *stats) {
    const uint64_t now = machine->saved->cycle;
    const struct hb_port_stats *port = &machine->saved->bus.port[h].stats;
    struct hb_hart hart = machine->hart[h]; /* closing the account takes back what was charged ahead */
    if (hart.run_state == HB_HART_RUNNING || hart.run_state == HB_HART_IDLE)
        hb_hart_close_accounts(&hart, now);
    else if (hart.run_state != HB_HART_DEAD)
        hart.idle_cycles += now - hart.halted_at;
    *stats = (struct hb_hart_stats){
        .instructions = hart.instructions,
        .user_instructions = hb_hart_user_instructions(&hart),
        .busy_cycles = hart.instructions, /* each retired instruction has one cycle of its own */
        .idle_cycles = hart.idle_cycles,
        .traps = hart.traps,
        .bus_transactions = port->transactions,
        .bus_bytes = port->bytes,
        .lines_from_caches = port->received,
        .lines_to_caches = port->supplied,
        .irq_off_max_cycles = irq_off_max(&hart, now),
        .run_state = hart.run_state,
    };
    for (uint32_t i = 0; i < HB_STALLS; i++)
        stats->stalled_cycles[i] = hart.stalled_cycles[i];
}

/* Fetches that the bus has not counted: those of the fast path. */
static uint64_t fast_fetches(const struct hb_hart *hart) {
    bool fetched_in_flight = hart->in_flight.active && hart->in_flight.fetched;
    return hart->instructions + hart->fetches + fetched_in_flight - hart->slow_fetches;
}

void hb_stats_cache(const struct hb_machine *machine, uint32_t h, bool l1i, struct hb_cache_stats *stats) {
    const struct hb_port_stats *port = &machine->saved->bus.port[h].stats;
    const struct hb_hart *hart = &machine->hart[h];
    const uint64_t fast = l1i ? fast_fetches(hart) : hart->lookup_hits[0] + hart->lookup_hits[1];
    const uint64_t hits = port->hits[l1i] + fast;
    *stats = (struct hb_cache_stats){
        .accesses = hits + port->misses[l1i],
        .hits = hits,
        .misses = port->misses[l1i],
        .writes = l1i ? 0 : port->write_hits + port->write_misses + hart->lookup_hits[1],
        .write_misses = l1i ? 0 : port->write_misses,
        .upgrades = l1i ? 0 : port->upgrades,
        .writebacks = l1i ? 0 : port->writebacks,
        .invalidations_received = port->invalidations[l1i],
        .back_invalidations_received = port->taken_back[l1i],
        .updates_received = l1i ? 0 : port->updates_received,
    };
    stats->reads = stats->accesses - stats->writes;
    stats->read_misses = stats->misses - stats->write_misses;
}

void hb_stats_bus(const struct hb_machine *machine, struct hb_bus_stats *stats) {
    const struct hb_bus_state *bus = &machine->saved->bus;
    const struct hb_transaction *present = &bus->transaction[0];
    *stats = (struct hb_bus_stats){
        .busy_cycles = bus->busy_cycles, .address_cycles = bus->address_cycles, .data_cycles = bus->data_cycles};
    if (present->active && !machine->bus.config.split)
        stats->busy_cycles += machine->saved->cycle - present->grant_cycle;
    for (uint32_t i = 0; i < HB_TXNS; i++)
        stats->transactions[i] = bus->transactions[i];
    for (uint32_t i = 0; i < hb_bus_ports(&machine->bus); i++) {
        const struct hb_port_stats *port = &bus->port[i].stats;
        stats->granted += port->grants;
        stats->wait_cycles += port->wait_cycles;
        stats->bytes += port->bytes;
        stats->cache_to_cache += port->received;
    }
}

struct hb_port_wait hb_stats_wait(const struct hb_machine *machine, uint32_t h) {
    const struct hb_port *port = &machine->saved->bus.port[h];
    struct hb_port_wait wait = {port->stats.wait_cycles, port->stats.grants, port->stats.wait_max_cycles};
    bool waits = port->request.kind != HB_ACCESS_NONE && !port->granted;
    if (waits && machine->saved->cycle - port->request.posted_cycle > wait.max_cycles)
        wait.max_cycles = machine->saved->cycle - port->request.posted_cycle;
    return wait;
}

const char *hb_stall_key(enum hb_stall cause) {
    static const char *const keys[HB_STALLS] = {
        [HB_STALL_LOAD_USE] = "load_use", [HB_STALL_BRANCH] = "branch",
        [HB_STALL_MUL_DIV] = "mul_div",   [HB_STALL_ATOMIC] = "atomic",
        [HB_STALL_CSR] = "csr",           [HB_STALL_TRAP] = "trap",
        [HB_STALL_HIT] = "slow_hit",      [HB_STALL_FETCH] = "fetch_miss",
        [HB_STALL_LOAD] = "load_miss",    [HB_STALL_STORE] = "store_miss",
        [HB_STALL_DEVICE] = "device",     [HB_STALL_CACHE_BLOCK] = "cache_block",
        [HB_STALL_WALK] = "page_walk",    [HB_STALL_FP] = "fp",
        [HB_STALL_FAULT] = "fault",
    };
    return keys[cause];
}

const char *hb_run_state_key(enum hb_run_state state) {
    static const char *const keys[] = {
        [HB_HART_RUNNING] = "running", [HB_HART_IDLE] = "idle", [HB_HART_STOPPED] = "stopped",
        [HB_HART_FENCED] = "fenced",   [HB_HART_DEAD] = "dead",
    };
    return keys[state];
}

/* ---- The table of statistics ------------------------------------------------------------------------------------ */

/* NOLINTBEGIN(bugprone-macro-parentheses): types and names of members cannot stand in parentheses */
#define COUNT(type, member, name_, unit_, meaning_)                                                                    \
    { .name = (name_), .unit = (unit_), .offset = offsetof(struct type, member), .meaning = (meaning_) }
#define FIGURE(name_, unit_, meaning_)                                                                                 \
    { .name = (name_), .unit = (unit_), .offset = HB_NO_COUNT, .meaning = (meaning_) }
#define END                                                                                                            \
    { .name = NULL }

#define HART(member, name, unit, meaning) COUNT(hb_hart_stats, member, name, unit, meaning)
#define L1(member, name, unit, meaning)   COUNT(hb_cache_stats, member, name, unit, meaning)
#define L2(member, name, unit, meaning)   COUNT(hb_l2_stats, member, name, unit, meaning)
#define BUS(member, name, unit, meaning)  COUNT(hb_bus_stats, member, name, unit, meaning)
/* NOLINTEND(bugprone-macro-parentheses) */

static const struct hb_statistic of_hart[] = {
    HART(instructions, "instructions", NULL, "retired"),
    HART(user_instructions, "user_instructions", NULL, "retired in U mode"),
    HART(busy_cycles, "cycles_busy", "cycles", "the base cycle of each retired instruction"),
    FIGURE("cycles_stalled", "cycles", "by cause ([timing.md](timing.md)); `fault`: only where one has struck"),
    HART(idle_cycles, "cycles_idle", "cycles",
         "asleep in `wfi`, stopped or fenced; with `cycles_busy` and `cycles_stalled` the cycles until its death, or "
         "the end"),
    FIGURE("ipc", "instructions a cycle", "over the same cycles"),
    HART(traps, "traps", NULL, "exceptions and interrupts taken"),
    HART(bus_transactions, "bus_transactions", NULL, "finished ones of its caches, and of what it asks devices"),
    HART(bus_bytes, "bus_bytes", "bytes", "moved by them over the data lines"),
    HART(lines_from_caches, "lines_from_caches", NULL, "that its caches got from a cache and not from memory"),
    HART(lines_to_caches, "lines_to_caches", NULL, "that its caches gave to others, or to a device that reads"),
    END,
};

static const struct hb_statistic of_l1[] = {
    L1(accesses, "accesses", NULL, "= `hits` + `misses.total`"),
    L1(hits, "hits", NULL, "accesses that found their line"),
    FIGURE("hit_rate", "of the accesses", "`hits` / `accesses`; null: nothing was accessed"),
    FIGURE("misses", NULL, "`total`, and with `stats.misses` by class"),
    L1(reads, "reads", NULL, "accesses that only read: loads, LR, page walks; of an L1I all"),
    L1(writes, "writes", NULL, "the other accesses: stores, SC, AMO"),
    L1(read_misses, "read_misses", NULL, "of the reads; with `write_misses` they are `misses.total`"),
    L1(write_misses, "write_misses", NULL, "of the writes"),
    L1(upgrades, "upgrades", NULL,
       "writes that found their line and need the bus all the same: by the protocol BusUpgr, BusUpd, BusWr, ..."),
    L1(writebacks, "writebacks", NULL, "transactions that brought a modified line to memory"),
    L1(invalidations_received, "invalidations_received", NULL, "lines that others' accesses took away"),
    L1(back_invalidations_received, "back_invalidations_received", NULL,
       "lines that the L2 took away, for it gave "
       "them up"),
    L1(updates_received, "updates_received", NULL, "stores of others that a line of it took"),
    END,
};

static const struct hb_statistic of_l2[] = {
    L2(accesses, "accesses", NULL, "= `hits` + `misses.total`"),
    L2(hits, "hits", NULL, "accesses that found their line"),
    FIGURE("hit_rate", "of the accesses", "`hits` / `accesses`; null: nothing was accessed"),
    FIGURE("misses", NULL, "`total`"),
    L2(writebacks, "writebacks", NULL, "modified lines that went to memory"),
    L2(back_invalidations, "back_invalidations", NULL, "lines that it took away from L1s, for it gave them up"),
    END,
};

static const struct hb_statistic of_bus[] = {
    FIGURE("utilisation", "of the cycles", "from grant to finish"),
    BUS(address_cycles, "address_cycles", "cycles", "arbitration and address phases"),
    BUS(data_cycles, "data_cycles", "cycles", "transfers"),
    BUS(bytes, "bytes", "bytes", "moved over the data lines by finished transactions, of devices, too"),
    BUS(cache_to_cache, "cache_to_cache", NULL, "lines that came from a cache and not from memory"),
    FIGURE("transactions", NULL, "finished ones, by type"),
    FIGURE("wait_cycles", "cycles",
           "from request to grant: `per_hart` (sums), `mean_per_hart`, `max_per_hart`, `mean` of a request, `max`"),
    END,
};

const struct hb_statistic *const hb_statistics[HB_OFS] = {
    [HB_OF_HART] = of_hart, [HB_OF_L1] = of_l1, [HB_OF_L2] = of_l2, [HB_OF_BUS] = of_bus};

const char *hb_statistics_path(enum hb_statistic_of of) {
    static const char *const paths[HB_OFS] = {
        [HB_OF_HART] = "harts[]", [HB_OF_L1] = "caches[]", [HB_OF_L2] = "caches[] (the L2)", [HB_OF_BUS] = "bus"};
    return paths[of];
}

void hb_statistics_subtract(enum hb_statistic_of of, void *object, const void *base) {
    for (const struct hb_statistic *statistic = hb_statistics[of]; statistic->name; statistic++) {
        if (statistic->offset == HB_NO_COUNT)
            continue;
        uint64_t *count = (uint64_t *)(void *)((uint8_t *)object + statistic->offset);
        *count -= hb_statistic_of(statistic, base);
    }
}
