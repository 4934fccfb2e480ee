/* kill_lost N: each hart killed at N seeded cycles with its cache lost, under MESI and then under write-through.
 *
 * Whatever happens is one of the known outcomes and every task has one verdict; the lines that the fault counts are
 * those that were modified, counted here from the cache's own array; where none was lost, everything survives; a task
 * counts as completed only with the checksum that the host computes itself; a panic names the dead hart, whose cache
 * may be its cause, unless it could not know yet; write-through loses nothing and survives always.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "memory/hash.h"
#include "osmodel/expected.h"
#include "sim/engine/run.h"
#include "tests/guest/kills/campaign.h"

#define UNKNOWN_CYCLES 15000u /* so long may a hart have beaten in time and be dead */

static struct campaign campaign;

struct tally {
    uint64_t outcome[HB_OUTCOME_CRASH + 1];
    uint64_t without_loss;
};

static uint32_t modified_lines(const struct hb_machine *machine, uint32_t hart) {
    const struct hb_cache *cache = &machine->bus.l1d[hart];
    uint32_t n = 0;
    for (uint32_t i = 0; i < cache->sets * cache->ways; i++) {
        const struct hb_line *line = hb_cache_line(cache, i);
        n += line->address != HB_NO_LINE && machine->bus.protocol->state[line->state].letter == 'M';
    }
    return n;
}

static void complain(uint32_t hart, uint64_t cycle, const char *what) {
    campaign_tell(&campaign, hart, cycle, what);
}

static bool verdicts_are_true(void) {
    const struct hb_os_result *result = &campaign.result;
    for (uint32_t task = 0; task < campaign.config.os.workload_tasks; task++)
        if (result->verdicts[task] == HB_OS_COMPLETED &&
            campaign.slots[task].checksum != hb_os_expected_checksum(&campaign.config.os, task))
            return false;
    return result->tasks_created ==
           result->tasks_completed + result->tasks_wrong + result->tasks_lost + result->tasks_unfinished;
}

/* The words of a panic end with a line; another hart may have come to the end of the run in the middle of them. */
static bool is_cut_short(const struct hb_machine *machine) {
    return machine->console[machine->saved->console_bytes - 1] != '\n';
}

static bool console_names(const struct hb_machine *machine, uint32_t hart) {
    char line[64];
    int n = snprintf(line, sizeof line, "\nsmp: hart %u ", hart);
    for (uint64_t i = 0; i + (size_t)n <= machine->saved->console_bytes; i++)
        if (memcmp(machine->console + i, line, (size_t)n) == 0)
            return true;
    return false;
}

static void kill_one(uint32_t hart, uint64_t cycle, struct tally *tally) {
    struct hb_machine *machine = campaign.machine;
    campaign_go_to(&campaign, cycle);
    hb_machine_run(machine, cycle);
    uint32_t modified = modified_lines(machine, hart);
    bool survived = campaign_run_with_kill(&campaign, hart, cycle, true);
    campaign.kills++;
    tally->outcome[machine->saved->outcome]++;
    tally->without_loss += modified == 0;
    if (machine->saved->fault[0].lines_lost != modified)
        complain(hart, cycle, "the lines lost are not those that were modified");
    if (!survived && modified == 0)
        complain(hart, cycle, "nothing was lost, and yet it did not survive");
    bool is_known = machine->saved->panicked && machine->saved->cycle > cycle + UNKNOWN_CYCLES;
    if (is_known && !is_cut_short(machine) && !console_names(machine, hart))
        complain(hart, cycle, "a panic that does not say who has died");
    if (!verdicts_are_true())
        complain(hart, cycle, "a task without a verdict, or completed with a wrong checksum");
}

static int kill_all(uint64_t n, enum hb_protocol_id protocol) {
    static struct hb_config config;
    struct tally tally = {0};
    campaign_configure(&config, "smp", HB_KIND_BATCH, 32, 20);
    config.bus.protocol = (uint8_t)protocol;
    for (uint32_t h = 0; h < config.harts; h++)
        config.hart[h].l1d.write_through = protocol == HB_PROTOCOL_VI;
    campaign_open_on(&campaign, &config);
    campaign.patience_cycles = 6000000; /* a task whose data are gone may compute for ever: outcome "limit" */
    uint64_t span = campaign.last_dispatch_cycle - campaign.up_cycle;
    for (uint32_t hart = 0; hart < config.harts; hart++)
        for (uint64_t i = 0; i < n; i++)
            kill_one(hart, campaign.up_cycle + hb_choice(2, hart, i) % span, &tally);
    printf("%s: %" PRIu64 " passed, %" PRIu64 " failed, %" PRIu64 " hang, %" PRIu64 " crash, %" PRIu64
           " at the limit; nothing modified was lost in %" PRIu64 "\n",
           campaign.machine->bus.protocol->name, tally.outcome[HB_OUTCOME_PASSED], tally.outcome[HB_OUTCOME_FAILED],
           tally.outcome[HB_OUTCOME_HANG], tally.outcome[HB_OUTCOME_CRASH],
           tally.outcome[HB_OUTCOME_LIMIT] + tally.outcome[HB_OUTCOME_RUNNING], tally.without_loss);
    return campaign_close(&campaign);
}

int main(int argc, char **argv) {
    if (argc != 2)
        return 2;
    uint64_t n = strtoull(argv[1], NULL, 10);
    int back = kill_all(n, HB_PROTOCOL_MESI);
    int through = kill_all(n, HB_PROTOCOL_VI);
    return back | through;
}
