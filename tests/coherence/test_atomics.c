/* LR/SC and AMO on one line, 8 harts of 1,000 increments each, 1-way caches: the exact sum under every protocol,
 * arbiter and bus. And of LR/SC alone: how many transactions of that line pass between two SC that succeed; with the
 * arbiter `fixed` never more than 2N + 2 (N harts), whatever the protocol. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "bus/shared/watch.h"
#include "sim/engine/run.h"
#include "sim/machine/machine.h"

#define HARTS       8
#define GRANTS_MOST (2 * HARTS + 2)

static const char *const arbiters[] = {"fixed", "round-robin", "fcfs", "tdma", "lottery", "random", "script"};

/* Grants of the line since an SC last succeeded there. */
struct gaps {
    uint64_t line;
    uint32_t grants, most;
    uint32_t succeeded;
};

static void see_grant(void *context, const struct hb_bus *bus, const struct hb_transaction *t, uint64_t now) {
    struct gaps *gaps = context;
    (void)bus, (void)now;
    gaps->grants += t->line == gaps->line;
}

static void see_access(void *context, const struct hb_bus *bus, uint32_t hart, const struct hb_request *request,
                       uint64_t value, enum hb_access_way way, uint64_t now) {
    struct gaps *gaps = context;
    (void)bus, (void)hart, (void)way, (void)now;
    if (request->kind != HB_ACCESS_SC || value != 0 || request->address != gaps->line)
        return;
    if (gaps->succeeded && gaps->grants > gaps->most)
        gaps->most = gaps->grants;
    gaps->grants = 0;
    gaps->succeeded++;
}

static void configure(struct hb_config *config, const char *image, uint32_t protocol, uint32_t arbiter, bool split) {
    hb_config_defaults(config);
    snprintf(config->image, sizeof config->image, "%s/tests/bare/%s.elf", HB_BINARY_DIR, image);
    config->harts = HARTS;
    config->memory.size_bytes = 16 << 20;
    config->stop_cycles = 100000000;
    config->bus.protocol = (uint8_t)protocol;
    config->bus.arbiter = (uint8_t)arbiter;
    config->bus.split = split;
    config->bus.seed = 1;
    static uint8_t script[1000];
    for (uint32_t i = 0; i < sizeof script; i++)
        script[i] = (uint8_t)(i * 5 % HARTS);
    config->bus.script = script;
    config->bus.script_length = sizeof script;
    for (uint32_t h = 0; h < HARTS; h++) {
        config->hart[h].l1d.ways = config->hart[h].l1i.ways = 1;
        config->hart[h].l1d.write_through = hb_protocol_find((enum hb_protocol_id)protocol)->write_through;
    }
}

static bool run(const struct hb_config *config, struct gaps *gaps) {
    struct hb_error error;
    struct hb_machine *machine = hb_machine_create(config, &error);
    if (!machine) {
        puts(error.text);
        return false;
    }
    struct hb_watcher watcher = {.context = gaps, .bus = {.granted = see_grant, .access = see_access}};
    hb_symbols_find(&machine->symbols, "counter", &gaps->line, NULL);
    hb_machine_watch_add(machine, &watcher);
    hb_machine_run(machine, UINT64_MAX);
    bool passed = machine->saved->outcome == HB_OUTCOME_PASSED;
    hb_machine_destroy(machine);
    return passed;
}

int main(void) {
    static struct hb_config config;
    int failed = 0;
    for (uint32_t protocol = 0; protocol < HB_PROTOCOL_NONE; protocol++)
        for (uint32_t split = 0; split < 2; split++) {
            const char *name = hb_protocol_find((enum hb_protocol_id)protocol)->name;
            uint32_t most_fixed = 0, most = 0;
            for (uint32_t arbiter = 0; arbiter <= HB_ARBITER_SCRIPT; arbiter++) {
                struct gaps sums = {0}, gaps = {0};
                configure(&config, "counters", protocol, arbiter, split);
                bool exact = run(&config, &sums);
                configure(&config, "reserve", protocol, arbiter, split);
                exact &= run(&config, &gaps) && gaps.succeeded == HARTS * 1000;
                bool bounded = arbiter != HB_ARBITER_FIXED || gaps.most <= GRANTS_MOST;
                uint32_t *longest = arbiter == HB_ARBITER_FIXED ? &most_fixed : &most;
                *longest = gaps.most > *longest ? gaps.most : *longest;
                if (exact && bounded)
                    continue;
                printf("%s, %s, %s: %s; %u grants between two SC that succeed\n", name, split ? "split" : "atomic",
                       arbiters[arbiter], exact ? "exact" : "NOT exact", gaps.most);
                failed = 1;
            }
            printf("%s, %s: %u arbiters; longest way from one successful SC to the next: %u grants under fixed (at "
                   "most %u), %u under others\n",
                   name, split ? "split" : "atomic", HB_ARBITER_SCRIPT + 1, most_fixed, GRANTS_MOST, most);
        }
    return failed;
}
