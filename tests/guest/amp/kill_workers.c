/* The harts of the AMP kernel are killed; `seeded` cycles lie between `all harts up` and the last dispatch.
 *
 *     kill_workers seeded N               each worker at N seeded cycles: all tasks come home
 *     kill_workers lost N                 likewise, and what its cache held modified is gone
 *     kill_workers two N                  each pair of workers, each of the two at N seeded cycles: likewise
 *     kill_workers master N               the master at N seeded cycles: the service ends, and no result is wrong
 *     kill_workers everywhere PART PARTS  each time that a worker executes an address of kernel text for the first or
 *                                         the last time, just before and just after it: all tasks come home
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "memory/hash.h"
#include "sim/engine/run.h"
#include "tests/guest/kills/campaign.h"

#define MASTER      0u
#define TEXT_HALVES 65536u /* of the kernel's text, from its beginning on */

static struct campaign campaign;

static uint64_t seeded_cycle(uint32_t component, uint64_t i) {
    uint64_t span = campaign.last_dispatch_cycle - campaign.up_cycle;
    return campaign.up_cycle + hb_choice(1, component, i) % span;
}

static void seeded(uint64_t n) {
    for (uint32_t hart = MASTER + 1; hart < campaign.config.harts; hart++)
        for (uint64_t i = 0; i < n; i++)
            campaign_kill(&campaign, hart, seeded_cycle(hart, i), "seeded");
}

/* A worker's modified lines hold its own words of the rings, its own registers and its task's memory: nothing that is
 * needed any more once its task is run again elsewhere. */
static void lost(uint64_t n) {
    for (uint32_t hart = MASTER + 1; hart < campaign.config.harts; hart++)
        for (uint64_t i = 0; i < n; i++) {
            uint64_t cycle = seeded_cycle(200 + hart, i);
            campaign_go_to(&campaign, cycle);
            campaign.kills++;
            if (!campaign_run_with_kill(&campaign, hart, cycle, true))
                campaign_tell(&campaign, hart, cycle, "its cache lost");
        }
}

/* ---- Two of them ----------------------------------------------------------------------------------------------- */

static void kill_both(uint32_t first, uint64_t first_cycle, uint32_t second, uint64_t second_cycle) {
    char why[64];
    campaign_go_to(&campaign, first_cycle < second_cycle ? first_cycle : second_cycle);
    hb_machine_input(campaign.machine,
                     &(struct hb_input){.cycle = first_cycle, .kind = HB_INPUT_FAULT, .hart = (uint8_t)first});
    campaign.kills++;
    if (campaign_run_with_kill(&campaign, second, second_cycle, false))
        return;
    snprintf(why, sizeof why, "and hart %" PRIu32 " at %" PRIu64, first, first_cycle);
    campaign_tell(&campaign, second, second_cycle, why);
}

static void two(uint64_t n) {
    for (uint32_t a = MASTER + 1; a < campaign.config.harts; a++)
        for (uint32_t b = a + 1; b < campaign.config.harts; b++)
            for (uint64_t i = 0; i < n; i++)
                kill_both(a, seeded_cycle(100 + b, i), b, seeded_cycle(100 + a, i));
}

/* ---- The master ------------------------------------------------------------------------------------------------ */

static void kill_master(uint64_t cycle) {
    campaign_go_to(&campaign, cycle);
    campaign.kills++;
    bool passed = campaign_run_with_kill(&campaign, MASTER, cycle, false);
    const struct hb_os_result *result = &campaign.result;
    bool is_hang = campaign.machine->saved->outcome == HB_OUTCOME_HANG;
    if (passed || !is_hang || result->tasks_wrong != 0 || result->tasks_completed == campaign.config.os.workload_tasks)
        campaign_tell(&campaign, MASTER, cycle, "the master; the service should end");
}

/* ---- Everywhere ------------------------------------------------------------------------------------------------ */

struct execution {
    uint64_t cycle;
    uint32_t hart;
    bool seen;
};

static struct execution first[TEXT_HALVES], last[TEXT_HALVES];

static void record(void *context, const struct hb_trace_record *retired) {
    (void)context;
    uint64_t half = (retired->address - HB_RAM_BASE) / 2;
    if (retired->kind != HB_TRACE_RETIRE || retired->hart == MASTER || half >= TEXT_HALVES)
        return;
    struct execution now = {.cycle = retired->cycle, .hart = retired->hart, .seen = true};
    if (!first[half].seen)
        first[half] = now;
    last[half] = now;
}

static void record_workers(void) {
    campaign_go_to(&campaign, campaign.up_cycle);
    hb_machine_run(campaign.machine, campaign.up_cycle + 1);
    struct hb_watcher watcher = {.record = record, .retired = true};
    hb_machine_watch_add(campaign.machine, &watcher);
    hb_machine_run(campaign.machine, campaign.end_cycle);
    hb_machine_watch_remove(campaign.machine, &watcher);
}

static void kill_around(const struct execution *execution, uint64_t address, const char *which) {
    char symbol[64], why[128];
    hb_symbols_text(&campaign.machine->symbols, address, symbol, sizeof symbol);
    for (uint64_t after = 0; after < 2; after++) {
        snprintf(why, sizeof why, "%s, %s %s", which, after ? "after" : "before", symbol);
        campaign_kill(&campaign, execution->hart, execution->cycle + after, why);
    }
}

static void everywhere(uint32_t part, uint32_t parts) {
    uint64_t text_end;
    if (!hb_symbols_find(&campaign.machine->symbols, "hb_kernel_text_end", &text_end, NULL))
        abort();
    record_workers();
    uint32_t addresses = 0;
    for (uint32_t half = 0; half < (text_end - HB_RAM_BASE) / 2; half++) {
        if (!first[half].seen || addresses++ % parts != part)
            continue;
        kill_around(&first[half], HB_RAM_BASE + 2ull * half, "first");
        if (last[half].cycle != first[half].cycle)
            kill_around(&last[half], HB_RAM_BASE + 2ull * half, "last");
    }
    printf("%" PRIu32 " addresses of kernel text executed by workers\n", addresses);
}

int main(int argc, char **argv) {
    if (argc < 3)
        return 2;
    uint64_t n = strtoull(argv[2], NULL, 10);
    bool is_everywhere = argc == 4 && strcmp(argv[1], "everywhere") == 0;
    campaign_open(&campaign, "amp", HB_KIND_BATCH, is_everywhere ? 12 : 32, is_everywhere ? 80 : 20);
    if (is_everywhere)
        everywhere((uint32_t)n, (uint32_t)strtoul(argv[3], NULL, 10));
    else if (strcmp(argv[1], "seeded") == 0)
        seeded(n);
    else if (strcmp(argv[1], "lost") == 0)
        lost(n);
    else if (strcmp(argv[1], "two") == 0)
        two(n);
    else if (strcmp(argv[1], "master") == 0)
        for (uint64_t i = 0; i < n; i++)
            kill_master(seeded_cycle(MASTER, i));
    else
        return 2;
    return campaign_close(&campaign);
}
