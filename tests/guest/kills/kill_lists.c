/* kill_lists: a hart dies while it changes a long list: of those that sleep, of those that wait for a mutex, or of the
 * requests of a server. The list is filled again in pieces: the run passes, and from the moment when its lock was
 * recovered no hart has interrupts off for longer than 20,000 cycles, with 2,000 tasks, most of which are in that list.
 * (Who spins on the lock before has them off until the death is noticed.)
 *
 *     kill_lists MOMENTS     so many deaths in each list */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "sim/engine/run.h"
#include "sim/result/gather.h"
#include "tests/guest/kills/campaign.h"

#define TAKEN_CYCLES  10u /* after so long it still owns the lock */
#define IRQ_OFF_MAX   20000u
#define STRIDE_CYCLES 2000u
#define QUIET_CYCLES  20000000u /* who is preempted with the mutex waits until 500 others have begun */

static struct campaign campaign;

struct list {
    const char *name;   /* what is in it */
    const char *symbol; /* of the lock, or of an array of things that begin with it */
    uint64_t kind, tasks, work, locks, bursts, sleep_cycles, requests, gap_cycles;
};

static const struct list lists[] = {
    {.name = "sleepers",
     .symbol = "sleepers",
     .kind = HB_KIND_INTERACTIVE,
     .tasks = 2000,
     .work = 1,
     .bursts = 2,
     .sleep_cycles = 2500000},
    {.name = "waiters", .symbol = "hb_syncs", .kind = HB_KIND_CONTEND, .tasks = 2000, .work = 1, .locks = 1},
    {.name = "requests",
     .symbol = "servers",
     .kind = HB_KIND_SERVER,
     .tasks = 4,
     .work = 2,
     .requests = 4000,
     .gap_cycles = 700},
};

/* Where the lock was taken by a hart other than the first, and how often it was recovered. */
struct seen {
    uint32_t from, to; /* addresses of the locks */
    uint32_t takings, recovered;
    struct taking {
        uint64_t cycle;
        uint32_t hart;
    } taking[1u << 16];
};

static struct seen seen;

static void note(void *context, const struct hb_trace_record *record) {
    struct seen *to = context;
    uint32_t lock = (uint32_t)record->value;
    if (record->kind != HB_TRACE_POINT || lock < to->from || lock >= to->to)
        return;
    to->recovered += record->id == HB_TP_LOCK_RECOVERED;
    if (record->id == HB_TP_LOCK_ACQUIRE && record->hart != 0 && to->takings < sizeof to->taking / sizeof *to->taking)
        to->taking[to->takings++] = (struct taking){record->cycle, record->hart};
}

/* To `cycle`, or until a lock is recovered. */
static void run_and_note(uint64_t cycle) {
    struct hb_machine *machine = campaign.machine;
    struct hb_watcher watcher = {.context = &seen, .record = note};
    hb_machine_watch_add(machine, &watcher);
    while (seen.recovered == 0 && machine->saved->outcome == HB_OUTCOME_RUNNING && machine->saved->cycle < cycle)
        hb_machine_run(machine, machine->saved->cycle + STRIDE_CYCLES);
    hb_machine_watch_remove(machine, &watcher);
}

static void run_and_note_all(uint64_t cycle) {
    struct hb_watcher watcher = {.context = &seen, .record = note};
    hb_machine_watch_add(campaign.machine, &watcher);
    hb_machine_run(campaign.machine, cycle);
    hb_machine_watch_remove(campaign.machine, &watcher);
}

/* The longest time with interrupts off is measured from here on. */
static void measure_from_here(void) {
    for (uint32_t h = 0; h < campaign.config.harts; h++)
        hb_hart_measure_interrupts_from(&campaign.machine->hart[h], campaign.machine->saved->cycle);
}

static uint64_t irq_off(void) {
    struct hb_run_result *result = hb_result_gather(campaign.machine);
    uint64_t cycles = result->os.max_irq_off_cycles;
    hb_result_free(result);
    return cycles;
}

static void judge(uint32_t hart, uint64_t cycle, const char *name) {
    char why[128];
    uint64_t off = irq_off();
    bool passed = campaign_judge(&campaign);
    snprintf(why, sizeof why, "%s, interrupts off for %" PRIu64 " cycles, %u locks recovered", name, off,
             seen.recovered);
    printf("hart %u killed at %" PRIu64 ": %s\n", hart, cycle, why);
    campaign.kills++;
    if (!passed || off > IRQ_OFF_MAX || seen.recovered != 1)
        campaign_tell(&campaign, hart, cycle, why);
}

static void kill_while_it_owns(struct taking taking, const char *name) {
    uint64_t end = taking.cycle + campaign.patience_cycles;
    campaign_go_to(&campaign, taking.cycle);
    hb_machine_run(campaign.machine, taking.cycle);
    hb_machine_input(
        campaign.machine,
        &(struct hb_input){.cycle = taking.cycle + TAKEN_CYCLES, .kind = HB_INPUT_FAULT, .hart = (uint8_t)taking.hart});
    seen.recovered = 0;
    run_and_note(end);
    measure_from_here();
    run_and_note_all(end);
    judge(taking.hart, taking.cycle, name);
}

static void open_list(const struct list *list) {
    static struct hb_config config;
    uint64_t address, size;
    campaign_configure(&config, "smp", list->kind, list->tasks, list->work);
    struct hb_group *group = &config.os.group[0];
    group->locks = list->locks != 0 ? list->locks : group->locks;
    group->bursts = list->bursts;
    group->sleep_cycles = list->sleep_cycles;
    group->requests = list->requests;
    group->gap_cycles = list->gap_cycles;
    group->room = HB_REQUESTS_MAX;
    config.stop_quiet_cycles = QUIET_CYCLES;
    campaign_open_on(&campaign, &config);
    if (!hb_symbols_find(&campaign.machine->symbols, list->symbol, &address, &size))
        abort();
    seen = (struct seen){.from = (uint32_t)address, .to = (uint32_t)(address + size)};
}

static int kill_in(const struct list *list, uint32_t moments) {
    open_list(list);
    campaign_go_to(&campaign, campaign.up_cycle);
    run_and_note_all(campaign.end_cycle);
    uint32_t takings = seen.takings;
    printf("%s: the lock is taken %u times, interrupts off for %" PRIu64 " cycles at most\n", list->name, takings,
           irq_off());
    for (uint32_t i = 1; i <= moments && takings > moments; i++)
        kill_while_it_owns(seen.taking[takings * i / (moments + 1)], list->name);
    return campaign_close(&campaign);
}

int main(int argc, char **argv) {
    const uint32_t moments = argc == 2 ? (uint32_t)strtoul(argv[1], NULL, 10) : 0;
    int wrong = 0;
    for (size_t i = 0; i < sizeof lists / sizeof *lists; i++)
        wrong |= kill_in(&lists[i], moments);
    return wrong || moments == 0;
}
