/* Sharing patterns under every protocol: what their data cost the bus, and whether the protocols stand in the order
 * that the literature has them in (Archibald and Baer, TOCS 4(4), 1986; Eggers and Katz, ISCA 1989: updates win where
 * others read what one writes and lose with long write runs; Illinois spares invalidations of private data; ownership
 * without writing memory saves write-backs). Counted are address and data cycles of transactions about
 * the data only, of the program of the experiment `patterns`. */
#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "bus/shared/watch.h"
#include "sim/engine/run.h"
#include "sim/machine/machine.h"

struct cost {
    uint64_t base[2], bytes[2]; /* of the data: what is shared, and what is a hart's own */
    uint64_t transactions, address_cycles, data_cycles;
    uint64_t memory_writes; /* lines that memory took */
    uint64_t upgrades;
    bool passed;
};

static uint64_t cycles_of(const struct cost *cost) {
    return cost->address_cycles + cost->data_cycles;
}

static void count(void *context, const struct hb_bus *bus, const struct hb_transaction *t, uint64_t now) {
    struct cost *cost = context;
    (void)bus, (void)now;
    if (t->line - cost->base[0] >= cost->bytes[0] && t->line - cost->base[1] >= cost->bytes[1])
        return;
    cost->transactions++;
    cost->address_cycles += t->snoop_cycle - t->grant_cycle;
    cost->data_cycles += t->data_cycles;
    cost->memory_writes += t->kind == HB_TXN_WRITE_BACK || t->memory_takes;
    cost->upgrades += t->kind == HB_TXN_UPGRADE;
}

/* `order`: what the program reads: a pattern and its length of write runs. */
static struct cost run(enum hb_protocol_id protocol, const char *order) {
    static struct hb_config config;
    const struct hb_input_config input = {.text = order};
    struct hb_error error = {.text = ""};
    struct cost cost = {0};
    hb_config_defaults(&config);
    snprintf(config.image, sizeof config.image, "%s/images/patterns.elf", HB_BINARY_DIR);
    config.memory.size_bytes = 2 << 20;
    config.inputs = &input;
    config.n_inputs = 1;
    config.bus.protocol = (uint8_t)protocol;
    for (uint32_t h = 0; h < config.harts; h++)
        config.hart[h].l1d.write_through = hb_protocol_find(protocol)->write_through;
    struct hb_machine *machine = hb_machine_create(&config, &error);
    struct hb_watcher watcher = {.context = &cost, .bus.finished = count};
    if (!machine || !hb_symbols_find(&machine->symbols, "shared", &cost.base[0], &cost.bytes[0]) ||
        !hb_symbols_find(&machine->symbols, "own", &cost.base[1], &cost.bytes[1])) {
        puts(error.text);
        return cost;
    }
    hb_machine_watch_add(machine, &watcher);
    hb_machine_run(machine, UINT64_MAX);
    cost.passed = machine->saved->outcome == HB_OUTCOME_PASSED;
    hb_machine_destroy(machine);
    return cost;
}

/* The costs of all protocols for a pattern, printed. */
static bool compare(const char *order, struct cost cost[HB_PROTOCOL_NONE]) {
    bool passed = true;
    printf("%s", order);
    for (uint32_t protocol = 0; protocol < HB_PROTOCOL_NONE; protocol++) {
        cost[protocol] = run((enum hb_protocol_id)protocol, order);
        passed &= cost[protocol].passed;
        printf("  %-10s %5" PRIu64 " transactions, %5" PRIu64 " address and %5" PRIu64
               " data cycles, memory takes %3" PRIu64 " lines, %3" PRIu64 " upgrades\n",
               hb_protocol_find((enum hb_protocol_id)protocol)->name, cost[protocol].transactions,
               cost[protocol].address_cycles, cost[protocol].data_cycles, cost[protocol].memory_writes,
               cost[protocol].upgrades);
    }
    return passed;
}

static bool holds(bool condition, const char *what) {
    printf("    %-14s %s\n", condition ? "holds" : "DOES NOT HOLD", what);
    return condition;
}

static bool updates_win(const struct cost *cost) {
    bool win = true;
    for (uint32_t p = 0; p < HB_PROTOCOL_FIREFLY; p++)
        win &= cycles_of(&cost[HB_PROTOCOL_FIREFLY]) < cycles_of(&cost[p]) &&
               cycles_of(&cost[HB_PROTOCOL_DRAGON]) < cycles_of(&cost[p]);
    return win;
}

/* Against those that write back; write-through pays for every store, as updates do. */
static bool updates_lose(const struct cost *cost) {
    bool lose = true;
    for (uint32_t p = HB_PROTOCOL_WRITE_ONCE; p < HB_PROTOCOL_FIREFLY; p++)
        lose &= cycles_of(&cost[HB_PROTOCOL_FIREFLY]) > cycles_of(&cost[p]) &&
                cycles_of(&cost[HB_PROTOCOL_DRAGON]) > cycles_of(&cost[p]);
    return lose;
}

int main(void) {
    static struct cost cost[HB_PROTOCOL_NONE], padded[HB_PROTOCOL_NONE];
    bool good = compare("producer-consumer 1\n", cost);
    good &= holds(updates_win(cost), "updates beat all others");
    good &= holds(cost[HB_PROTOCOL_MOESI].memory_writes < cost[HB_PROTOCOL_MESI].memory_writes / 10,
                  "MOESI saves what MESI writes to memory when a modified line is read");
    good &= compare("producer-consumer 16\n", cost);
    good &= holds(updates_lose(cost), "with long write runs updates lose against write-back");
    good &= compare("migratory 8\n", cost);
    good &= holds(updates_lose(cost), "updates lose against write-back");
    good &= holds(cost[HB_PROTOCOL_MOESI].memory_writes < cost[HB_PROTOCOL_MESI].memory_writes / 10,
                  "MOESI saves what MESI writes to memory");
    good &= compare("false-sharing 1\n", cost);
    good &= compare("apart 1\n", padded);
    for (uint32_t p = HB_PROTOCOL_WRITE_ONCE; p < HB_PROTOCOL_NONE; p++)
        good &= holds(cycles_of(&padded[p]) < cycles_of(&cost[p]) / 4, hb_protocol_find((enum hb_protocol_id)p)->name);
    good &= compare("read-mostly 1\n", cost);
    good &= holds(updates_win(cost), "updates beat all others");
    good &= compare("private 1\n", cost);
    good &= holds(cost[HB_PROTOCOL_MSI].upgrades == 4 * 32 * 16 && cost[HB_PROTOCOL_MESI].upgrades == 0,
                  "MESI spares every upgrade that MSI makes");
    return good ? 0 : 1;
}
