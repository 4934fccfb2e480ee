#include "ui/cli/terminal/exec_table.h"

#include <inttypes.h>
#include <stdlib.h>

#include "osmodel/os_text.h"
#include "sim/machine/counts.h"

static double percent(struct hb_quotient share) {
    return 100 * hb_quotient_value(share);
}

/* A cache without accesses has no rate. */
static void print_rate(FILE *out, const struct hb_cache_stats *cache) {
    if (cache->accesses)
        fprintf(out, "  %9.2f%%", percent((struct hb_quotient){cache->misses, cache->accesses}));
    else
        fprintf(out, "  %10s", "-");
}

static void print_hart(FILE *out, const struct hb_counts *counts, uint32_t h) {
    const struct hb_hart_stats *hart = &counts->hart[h];
    char instructions[HB_OS_GROUPED_BYTES], cycles[HB_OS_GROUPED_BYTES];
    fprintf(out, "%4" PRIu32 "  %18s  %18s  %5.3f", h, hb_os_grouped(hart->instructions, instructions),
            hb_os_grouped(hb_stats_cycles(hart), cycles), hb_quotient_value(hb_stats_ipc(hart)));
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
    fprintf(out, "bus: %.1f%% in use\n", percent(hb_stats_utilisation(&counts.bus, counts.cycle)));
}
