/* Everything that a machine counts, at one moment, and the difference between two moments. */
#ifndef HB_SIM_COUNTS_H
#define HB_SIM_COUNTS_H

#include <stdint.h>

#include "bus/shared/bus.h"
#include "sim/machine/stats.h"

struct hb_counts {
    uint64_t cycle;
    struct hb_hart_stats hart[HB_HARTS_LIMIT];
    struct hb_cache_stats l1d[HB_HARTS_LIMIT];
    struct hb_cache_stats l1i[HB_HARTS_LIMIT];
    struct hb_bus_stats bus;
    struct hb_port_wait wait[HB_HARTS_LIMIT];
    struct hb_l2_stats l2;
};

/* What the machine has counted from its beginning to its present cycle. */
void hb_counts_take(const struct hb_machine *machine, struct hb_counts *counts);

/* Subtract `base`. What is not a count (a hart's state, longest stretches and waits) stays as it is. */
void hb_counts_subtract(struct hb_counts *counts, const struct hb_counts *base, uint32_t harts);

#endif
