/* kill_everywhere WORKLOAD PART PARTS [recoverer]: a hart is killed at the first and at the last execution, by any
 * hart, of every address of kernel text that is executed after `all harts up` and before the run ends: just before the
 * instruction and just after it. With `recoverer`: one hart is dead already, and the one that is recovering it is
 * killed at the first and last execution of every address between its suspicion and the end of the recovery, verifying
 * included. WORKLOAD: a name in the table below.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim/engine/run.h"
#include "tests/guest/kills/campaign.h"

#define TEXT_HALVES   65536u /* of the kernel's text, from its beginning on */
#define VERIFY_CYCLES 6000u  /* after the recovery, in which the recoverer verifies the task table */

struct execution {
    uint64_t cycle;
    uint32_t hart;
    bool seen;
};

struct recorder {
    struct execution first[TEXT_HALVES];
    struct execution last[TEXT_HALVES];
    uint32_t hart; /* only this one's; UINT32_MAX: everybody's */
};

static struct campaign campaign;
static struct recorder recorder;

static void record(void *context, const struct hb_trace_record *retired) {
    struct recorder *to = context;
    uint64_t half = (retired->address - HB_RAM_BASE) / 2;
    if (retired->kind != HB_TRACE_RETIRE || half >= TEXT_HALVES)
        return;
    if (to->hart != UINT32_MAX && retired->hart != to->hart)
        return;
    struct execution now = {.cycle = retired->cycle, .hart = retired->hart, .seen = true};
    if (!to->first[half].seen)
        to->first[half] = now;
    to->last[half] = now;
}

/* The kernel's text: what the image's symbols bound. */
static bool is_kernel_text(uint64_t address) {
    uint64_t from = HB_RAM_BASE, to = 0;
    if (!hb_symbols_find(&campaign.machine->symbols, "hb_kernel_text_end", &to, NULL))
        abort();
    return address >= from && address < to;
}

static void record_until(uint64_t cycle, uint32_t hart) {
    memset(&recorder, 0, sizeof recorder);
    recorder.hart = hart;
    struct hb_watcher watcher = {.context = &recorder, .record = record, .retired = true};
    hb_machine_watch_add(campaign.machine, &watcher);
    hb_machine_run(campaign.machine, cycle);
    hb_machine_watch_remove(campaign.machine, &watcher);
}

static void name_place(uint64_t address, const char *when, char *text, size_t n) {
    char symbol[64];
    hb_symbols_text(&campaign.machine->symbols, address, symbol, sizeof symbol);
    snprintf(text, n, "%s 0x%" PRIx64 " %s", when, address, symbol);
}

/* ---- Any hart -------------------------------------------------------------------------------------------------- */

static void kill_around(const struct execution *execution, uint64_t address, const char *which) {
    char why[128], when[32];
    for (uint64_t after = 0; after < 2; after++) {
        snprintf(when, sizeof when, "%s, %s", which, after ? "after" : "before");
        name_place(address, when, why, sizeof why);
        campaign_kill(&campaign, execution->hart, execution->cycle + after, why);
    }
}

static void everywhere(uint32_t part, uint32_t parts) {
    campaign_go_to(&campaign, campaign.up_cycle);
    hb_machine_run(campaign.machine, campaign.up_cycle + 1);
    record_until(campaign.end_cycle, UINT32_MAX);
    uint32_t addresses = 0;
    for (uint32_t half = 0; half < TEXT_HALVES; half++) {
        uint64_t address = HB_RAM_BASE + 2ull * half;
        if (!recorder.first[half].seen || !is_kernel_text(address) || addresses++ % parts != part)
            continue;
        kill_around(&recorder.first[half], address, "first");
        if (recorder.last[half].cycle != recorder.first[half].cycle)
            kill_around(&recorder.last[half], address, "last");
    }
    printf("%" PRIu32 " addresses of kernel text executed\n", addresses);
}

/* ---- The recoverer --------------------------------------------------------------------------------------------- */

struct recovery {
    uint64_t suspected, recovered;
    uint32_t recoverer;
};

/* Let one hart die and see who recovers it, and when. */
static struct recovery first_recovery(uint32_t victim, uint64_t cycle) {
    campaign_go_to(&campaign, cycle);
    campaign_run_with_kill(&campaign, victim, cycle, false);
    const struct hb_os_recovery *told = &campaign.machine->saved->os.harts[victim].recovery;
    if (told->suspected_cycle == HB_OS_NONE || told->recovered_cycle == HB_OS_NONE) {
        printf("hart %u, killed at %" PRIu64 ", was not recovered\n", victim, cycle);
        exit(1);
    }
    return (struct recovery){told->suspected_cycle, told->recovered_cycle, told->recovered_by};
}

static void kill_recoverer(uint32_t victim, uint64_t cycle, uint32_t recoverer, uint64_t second, uint64_t address) {
    char why[128];
    struct hb_machine *machine = campaign.machine;
    campaign_go_to(&campaign, cycle);
    hb_machine_input(machine, &(struct hb_input){.cycle = cycle, .kind = HB_INPUT_FAULT, .hart = (uint8_t)victim});
    campaign.kills++;
    if (campaign_run_with_kill(&campaign, recoverer, second, false))
        return;
    name_place(address, "the recoverer", why, sizeof why);
    campaign_tell(&campaign, recoverer, second, why);
}

static void recoverer_everywhere(uint32_t victim, uint64_t cycle, uint32_t part, uint32_t parts) {
    static struct recorder seen;
    struct recovery recovery = first_recovery(victim, cycle);
    campaign_go_to(&campaign, cycle);
    hb_machine_input(campaign.machine,
                     &(struct hb_input){.cycle = cycle, .kind = HB_INPUT_FAULT, .hart = (uint8_t)victim});
    hb_machine_run(campaign.machine, recovery.suspected);
    record_until(recovery.recovered + VERIFY_CYCLES, recovery.recoverer);
    seen = recorder;
    uint32_t addresses = 0;
    for (uint32_t half = 0; half < TEXT_HALVES; half++) {
        uint64_t address = HB_RAM_BASE + 2ull * half;
        if (!seen.first[half].seen || !is_kernel_text(address) || addresses++ % parts != part)
            continue;
        for (uint64_t after = 0; after < 2; after++) {
            kill_recoverer(victim, cycle, recovery.recoverer, seen.first[half].cycle + after, address);
            kill_recoverer(victim, cycle, recovery.recoverer, seen.last[half].cycle + after, address);
        }
    }
    printf("hart %u dies at %" PRIu64 ", hart %u recovers it: %" PRIu32 " addresses executed meanwhile\n", victim,
           cycle, recovery.recoverer, addresses);
}

/* Short runs in which the kernel does all that it can: tasks that are never preempted, tasks that are, and tasks that
 * wait for each other at mutexes, conditions, semaphores and barriers. */
static const struct workload {
    const char *name;
    uint64_t kind, tasks, work, locks, forks, quantum_cycles, requests, gap_cycles;
} workloads[] = {
    {.name = "batch", .kind = HB_KIND_BATCH, .tasks = 24, .work = 8},
    {.name = "preempt", .kind = HB_KIND_BATCH, .tasks = 24, .work = 8, .quantum_cycles = 3000},
    {.name = "contend", .kind = HB_KIND_CONTEND, .tasks = 8, .work = 9, .locks = 2},
    {.name = "stencil", .kind = HB_KIND_STENCIL, .tasks = 6, .work = 12},
    {.name = "pipeline", .kind = HB_KIND_PIPELINE, .tasks = 5, .work = 8},
    {.name = "philosophers", .kind = HB_KIND_PHILOSOPHERS, .tasks = 6, .work = 3, .forks = HB_FORKS_ORDERED},
    {.name = "transactions",
     .kind = HB_KIND_SERVER,
     .tasks = 4,
     .work = 2,
     .locks = 2,
     .requests = 30,
     .gap_cycles = 3000},
};

static bool open_workload(const char *name) {
    static struct hb_config config;
    const struct workload *workload = workloads;
    for (size_t i = 0; i < sizeof workloads / sizeof *workloads; i++)
        if (strcmp(workloads[i].name, name) == 0)
            workload = &workloads[i];
    campaign_configure(&config, "smp", workload->kind, workload->tasks, workload->work);
    if (workload->locks)
        config.os.group[0].locks = workload->locks;
    if (workload->quantum_cycles)
        config.os.quantum_cycles = workload->quantum_cycles;
    config.os.group[0].forks = workload->forks;
    if (workload->requests) {
        config.os.group[0].service = HB_SERVICE_TRANSACTION;
        config.os.group[0].requests = workload->requests;
        config.os.group[0].gap_cycles = workload->gap_cycles;
    }
    campaign_open_on(&campaign, &config);
    return strcmp(workload->name, name) == 0;
}

int main(int argc, char **argv) {
    if (argc < 4 || !open_workload(argv[1]))
        return 2;
    uint32_t part = (uint32_t)strtoul(argv[2], NULL, 10), parts = (uint32_t)strtoul(argv[3], NULL, 10);
    if (argc == 4) {
        everywhere(part, parts);
        return campaign_close(&campaign);
    }
    uint64_t span = campaign.last_dispatch_cycle - campaign.up_cycle;
    for (uint32_t victim = 0; victim < campaign.config.harts; victim++)
        recoverer_everywhere(victim, campaign.up_cycle + span / 5 * (victim + 1), part, parts);
    return campaign_close(&campaign);
}
