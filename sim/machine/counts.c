#include "sim/machine/counts.h"

#include "sim/machine/machine.h"

void hb_counts_take(const struct hb_machine *machine, struct hb_counts *counts) {
    *counts = (struct hb_counts){.cycle = machine->saved->cycle};
    for (uint32_t h = 0; h < machine->bus.harts; h++) {
        hb_stats_hart(machine, h, &counts->hart[h]);
        hb_stats_cache(machine, h, false, &counts->l1d[h]);
        hb_stats_cache(machine, h, true, &counts->l1i[h]);
        counts->wait[h] = hb_stats_wait(machine, h);
    }
    hb_stats_bus(machine, &counts->bus);
    counts->l2 = machine->saved->bus.l2;
}

static void subtract_hart(struct hb_hart_stats *hart, const struct hb_hart_stats *base) {
    hb_statistics_subtract(HB_OF_HART, hart, base);
    for (uint32_t i = 0; i < HB_STALLS; i++)
        hart->stalled_cycles[i] -= base->stalled_cycles[i];
}

static void subtract_cache(struct hb_cache_stats *cache, const struct hb_cache_stats *base) {
    hb_statistics_subtract(HB_OF_L1, cache, base);
    cache->misses -= base->misses;
}

static void subtract_bus(struct hb_bus_stats *bus, const struct hb_bus_stats *base) {
    hb_statistics_subtract(HB_OF_BUS, bus, base);
    bus->busy_cycles -= base->busy_cycles;
    bus->granted -= base->granted;
    bus->wait_cycles -= base->wait_cycles;
    for (uint32_t i = 0; i < HB_TXNS; i++)
        bus->transactions[i] -= base->transactions[i];
}

void hb_counts_subtract(struct hb_counts *counts, const struct hb_counts *base, uint32_t harts) {
    for (uint32_t h = 0; h < harts; h++) {
        subtract_hart(&counts->hart[h], &base->hart[h]);
        subtract_cache(&counts->l1d[h], &base->l1d[h]);
        subtract_cache(&counts->l1i[h], &base->l1i[h]);
        counts->wait[h].cycles -= base->wait[h].cycles;
        counts->wait[h].grants -= base->wait[h].grants;
    }
    subtract_bus(&counts->bus, &base->bus);
    hb_statistics_subtract(HB_OF_L2, &counts->l2, &base->l2);
}
