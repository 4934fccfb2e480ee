#include "ui/cli/exec_table.h"

#include <inttypes.h>
#include <stdlib.h>

#include "osmodel/os_text.h"
#include "sim/machine/counts.h"

static double percent(uint64_t part, uint64_t whole) {
    return whole ? 100.0 * (double)part / (double)whole : 0;
}

/* A cache that was never asked has no rate. */
static void print_rate(FILE *out, const struct hb_cache_stats *cache) {
    if (cache->accesses)
        fprintf(out, "  %9.2f%%", percent(cache->misses, cache->accesses));
    else
        fprintf(out, "  %10s", "-");
}

static void print_hart(FILE *out, const struct hb_counts *counts, uint32_t h) {
    const struct hb_hart_stats *hart = &counts->hart[h];
    char instructions[HB_OS_GROUPED_BYTES], cycles[HB_OS_GROUPED_BYTES];
    uint64_t all = hart->busy_cycles + hb_stats_stalled(hart) + hart->idle_cycles;
    fprintf(out, "%4" PRIu32 "  %18s  %18s  %5.3f", h, hb_os_grouped(hart->instructions, instructions),
            hb_os_grouped(all, cycles), all ? (double)hart->instructions / (double)all : 0);
    print_rate(out, &counts->l1i[h]);
    print_rate(out, &counts->l1d[h]);
    fputc('\n', out);
}

void hb_exec_table(const struct hb_machine *machine, FILE *out) {
    struct hb_counts counts;
    hb_counts_take(machine, &counts);
    fprintf(out, "%4s  %18s  %18s  %5s  %10s  %10s\n", "hart", "instructions", "cycles", "IPC", "L1I misses",
            "L1D misses");
    for (uint32_t h = 0; h < machine->bus.harts; h++)
        print_hart(out, &counts, h);
    fprintf(out, "bus: %.1f%% in use\n", percent(counts.bus.busy_cycles, counts.cycle));
}
