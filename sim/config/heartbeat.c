#include "sim/config/heartbeat.h"

#include "bus/protocol/protocol.h"

#define COMPUTE_CYCLES 4400u /* of the longest stretch between two beats, all hits */
#define MISSES         24u   /* of that stretch ... */
#define HART_MISSES    1u    /* ... and this many more per hart: its queue and its heartbeat are looked at */
#define STORES         24u /* ... and where stores go to memory, at once or cleaned, this many that wait for the bus */

#define ROOM_BYTES 8192u /* of an L1 in which the kernel finds again what it needs from beat to beat */

#define SHORTEST_TICKS 20u   /* the kernels beat and look no more often */
#define LOOK_CYCLES    5000u /* so that looking and beating, every 10000, share their interrupts */
#define QUANTUM_CYCLES 20000u
#define FIXED_HARTS    4u /* this many do not keep the default bus busy all the time */

static uint64_t most(uint64_t a, uint64_t b) {
    return a > b ? a : b;
}

/* How often the kernel misses what larger caches would have kept: by how much the smallest L1 is smaller than what it
 * works with. */
static uint64_t crowding(const struct hb_config *config) {
    uint64_t least = UINT64_MAX;
    for (uint32_t h = 0; h < config->harts; h++) {
        least = config->hart[h].l1d.size_bytes < least ? config->hart[h].l1d.size_bytes : least;
        least = config->hart[h].l1i.size_bytes < least ? config->hart[h].l1i.size_bytes : least;
    }
    return least < ROOM_BYTES ? ROOM_BYTES / least : 1;
}

/* Of the longest line of any cache. */
static uint64_t transaction_cycles(const struct hb_config *config) {
    const struct hb_bus_config *bus = &config->bus;
    uint64_t line = 0;
    for (uint32_t h = 0; h < config->harts; h++)
        line = most(line, most(config->hart[h].l1d.line_bytes, config->hart[h].l1i.line_bytes));
    uint64_t memory = config->memory.latency_cycles + (config->l2.size_bytes ? bus->l2_latency_cycles : 0);
    uint64_t source = most(memory, most(bus->cache_supply_cycles, bus->device_cycles));
    return bus->arbitration_cycles + bus->address_cycles + source + (line + bus->width_bytes - 1) / bus->width_bytes;
}

/* How many turns of others a hart may have to wait for, its own included. */
static uint64_t turns(const struct hb_config *config) {
    const uint32_t *tickets = config->bus.tickets;
    uint64_t sum = 0, least = UINT64_MAX;
    for (uint32_t h = 0; h < config->harts; h++) {
        uint64_t mine = tickets[h] ? tickets[h] : 1;
        sum += mine;
        least = mine < least ? mine : least;
    }
    return config->bus.arbiter == HB_ARBITER_LOTTERY ? sum / least : config->harts;
}

/* Under tdma a hart waits for its slot although nobody else wants the bus; where turns are drawn, some come late. */
static uint64_t round_cycles(const struct hb_config *config) {
    const struct hb_bus_config *bus = &config->bus;
    uint64_t turn = transaction_cycles(config);
    if (bus->arbiter == HB_ARBITER_TDMA)
        turn = 2 * most(turn, bus->slot_cycles);
    if (bus->arbiter == HB_ARBITER_LOTTERY || bus->arbiter == HB_ARBITER_RANDOM)
        turn = turn * 3 / 2;
    return turn * turns(config);
}

/* By the protocol, or since the kernel cleans what recovery relies on. */
static bool stores_go_to_memory(const struct hb_config *config) {
    const struct hb_protocol *protocol = hb_config_protocol(config);
    bool cleans = config->os.recovery_kernel_data != HB_KERNEL_DATA_CACHED;
    return cleans || (protocol && protocol->write_through);
}

uint64_t hb_heartbeat_late_cycles(const struct hb_config *config) {
    uint64_t misses = MISSES + HART_MISSES * config->harts;
    uint64_t stores = stores_go_to_memory(config) ? STORES : 0;
    return COMPUTE_CYCLES + (misses * crowding(config) + stores) * round_cycles(config);
}

uint64_t hb_heartbeat_gap_cycles(const struct hb_config *config, uint64_t period_cycles) {
    return most(period_cycles, (uint64_t)SHORTEST_TICKS * config->cycles_per_tick) + hb_heartbeat_late_cycles(config);
}

uint64_t hb_heartbeat_least_timeout_cycles(const struct hb_config *config) {
    uint64_t period = config->os.heartbeat_period_cycles;
    return period + hb_heartbeat_gap_cycles(config, period);
}

uint64_t hb_heartbeat_takeover_cycles(const struct hb_config *config) {
    uint64_t tasks = config->os.workload_tasks;
    uint64_t misses = HB_TAKEOVER_MISSES + HB_TAKEOVER_HART_MISSES * config->harts + tasks / HB_TAKEOVER_MISS_TASKS;
    return HB_TAKEOVER_CYCLES + HB_TAKEOVER_TASK_CYCLES * tasks + misses * crowding(config) * round_cycles(config);
}

/* A time that is 0 becomes `value`, and is known to follow. */
static void follow(struct hb_config *config, uint64_t *time, uint64_t value, uint8_t follows) {
    if (*time != 0)
        return;
    *time = value;
    config->os_follows |= follows;
}

void hb_heartbeat_settle(struct hb_config *config) {
    struct hb_params *os = &config->os;
    uint64_t late = hb_heartbeat_late_cycles(config);
    uint64_t check = (late / 2 + LOOK_CYCLES - 1) / LOOK_CYCLES * LOOK_CYCLES;
    bool is_slow = config->bus.arbiter == HB_ARBITER_TDMA || crowding(config) > 1;
    uint64_t quantum = is_slow ? most(QUANTUM_CYCLES, late) : QUANTUM_CYCLES;
    follow(config, &os->heartbeat_timeout_cycles, hb_heartbeat_least_timeout_cycles(config), HB_FOLLOWS_TIMEOUT);
    follow(config, &os->heartbeat_check_cycles, check, HB_FOLLOWS_CHECK);
    follow(config, &os->quantum_cycles, quantum, HB_FOLLOWS_QUANTUM);
}

void hb_heartbeat_unsettle(struct hb_config *config) {
    if (config->os_follows & HB_FOLLOWS_TIMEOUT)
        config->os.heartbeat_timeout_cycles = 0;
    if (config->os_follows & HB_FOLLOWS_CHECK)
        config->os.heartbeat_check_cycles = 0;
    if (config->os_follows & HB_FOLLOWS_QUANTUM)
        config->os.quantum_cycles = 0;
}

bool hb_heartbeat_is_unbounded(const struct hb_config *config) {
    return config->bus.arbiter == HB_ARBITER_FIXED && config->harts > FIXED_HARTS;
}
