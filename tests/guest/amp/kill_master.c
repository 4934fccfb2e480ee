/* The master of the AMP kernel is killed: at every address of kernel text that it executes between `all harts up` and
 * the last result that it takes, at the first and the last execution of each, just before the instruction and just
 * after it.
 *
 *     kill_master none PART PARTS               the service ends: a hang, and nothing is wrong
 *     kill_master FAILOVER PART PARTS [lost]    `static` or `election`: another has its place in time, every task is
 *                                               done once, and no term has two masters; `lost`: its cache dies with it
 *     kill_master FAILOVER PART PARTS successor one master is dead already, and the hart that takes its place is killed
 *                                               at every address that it executes from its suspicion until it has
 *                                               sent its first request: the same; under `static`, a hang if the
 *                                               successor had not become the master yet
 *
 * Each PART of PARTS takes its share of the addresses.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim/config/heartbeat.h"
#include "sim/engine/run.h"
#include "tests/guest/kills/campaign.h"

#define MASTER      0u
#define TEXT_HALVES 65536u /* of the kernel's text, from its beginning on */
#define TERMS       8u

static struct campaign campaign;
static uint32_t part, parts;
static bool lost;
static uint64_t jitter_cycles, longest_outage_cycles;

/* ---- What a run tells ------------------------------------------------------------------------------------------ */

static struct {
    uint32_t elected[TERMS];
    uint32_t done[HB_TASKS_MAX];
    uint64_t last_take_cycle, first_send_cycle; /* by `hart` */
    uint32_t hart;
} told;

static void listen(void *context, const struct hb_trace_record *record) {
    (void)context;
    uint32_t subject = (uint32_t)record->value, argument = (uint32_t)(record->value >> 32);
    if (record->kind != HB_TRACE_POINT)
        return;
    if (record->id == HB_TP_ELECTED && argument < TERMS)
        told.elected[argument]++;
    if (record->id == HB_TP_TASK_DONE && subject < HB_TASKS_MAX)
        told.done[subject]++;
    if (record->id == HB_TP_MAIL_TAKE && record->hart == told.hart)
        told.last_take_cycle = record->cycle;
    if (record->id == HB_TP_MAIL_SEND && record->hart == told.hart && !told.first_send_cycle)
        told.first_send_cycle = record->cycle;
}

static struct hb_watcher listener = {.record = listen};

static void run_to(uint64_t cycle) {
    hb_machine_watch_add(campaign.machine, &listener);
    hb_machine_run(campaign.machine, cycle);
    hb_machine_watch_remove(campaign.machine, &listener);
}

static void add_kill(uint32_t hart, uint64_t cycle) {
    hb_machine_input(
        campaign.machine,
        &(struct hb_input){.cycle = cycle, .kind = HB_INPUT_FAULT, .hart = (uint8_t)hart, .terms.lost = lost});
}

/* ---- Judging --------------------------------------------------------------------------------------------------- */

static bool is_hang(void) {
    return campaign.machine->saved->outcome == HB_OUTCOME_HANG && campaign.result.tasks_wrong == 0;
}

static bool each_once(void) {
    for (uint32_t term = 0; term < TERMS; term++)
        if (told.elected[term] > 1)
            return false;
    for (uint32_t task = 0; task < HB_TASKS_MAX; task++)
        if (told.done[task] > 1)
            return false;
    return true;
}

/* From its death until another takes messages. */
static uint64_t outage_of(uint32_t hart) {
    const struct hb_os_hart *dead = &campaign.machine->saved->os.harts[hart];
    return dead->recovery.recovered_cycle == HB_OS_NONE ? UINT64_MAX
                                                        : dead->recovery.recovered_cycle - dead->stopped_cycle;
}

static uint64_t outage_bound(void) {
    const struct hb_params *os = &campaign.config.os;
    return os->heartbeat_timeout_cycles + os->heartbeat_check_cycles + jitter_cycles +
           hb_heartbeat_takeover_cycles(&campaign.config);
}

static bool in_time(uint32_t hart) {
    uint64_t outage = outage_of(hart);
    longest_outage_cycles = outage > longest_outage_cycles ? outage : longest_outage_cycles;
    return outage <= outage_bound();
}

/* ---- Where it executes ----------------------------------------------------------------------------------------- */

struct execution {
    uint64_t first, last; /* cycles; 0: never */
};

static struct execution executed[TEXT_HALVES];
static uint32_t recorded_hart;

static void record(void *context, const struct hb_trace_record *retired) {
    (void)context;
    uint64_t half = (retired->address - HB_RAM_BASE) / 2;
    if (retired->kind != HB_TRACE_RETIRE || retired->hart != recorded_hart || half >= TEXT_HALVES)
        return;
    if (executed[half].first == 0)
        executed[half].first = retired->cycle;
    executed[half].last = retired->cycle;
}

static void record_until(uint32_t hart, uint64_t cycle) {
    struct hb_watcher watcher = {.record = record, .retired = true};
    memset(executed, 0, sizeof executed);
    recorded_hart = hart;
    hb_machine_watch_add(campaign.machine, &watcher);
    hb_machine_run(campaign.machine, cycle);
    hb_machine_watch_remove(campaign.machine, &watcher);
}

/* Call `kill` for the cycles around all executions that were recorded; returns the number of addresses. */
static uint32_t at_each(void (*kill)(uint64_t cycle, const char *where)) {
    uint64_t text_end;
    uint32_t addresses = 0;
    if (!hb_symbols_find(&campaign.machine->symbols, "hb_kernel_text_end", &text_end, NULL))
        abort();
    for (uint32_t half = 0; half < (text_end - HB_RAM_BASE) / 2; half++) {
        char where[64];
        if (!executed[half].first || addresses++ % parts != part)
            continue;
        hb_symbols_text(&campaign.machine->symbols, HB_RAM_BASE + 2ull * half, where, sizeof where);
        for (uint64_t after = 0; after < 2; after++) {
            kill(executed[half].first + after, where);
            if (executed[half].last != executed[half].first)
                kill(executed[half].last + after, where);
        }
    }
    return addresses;
}

/* ---- The master ------------------------------------------------------------------------------------------------ */

static void begin_kill(uint64_t cycle) {
    campaign_go_to(&campaign, cycle);
    memset(&told, 0, sizeof told);
    campaign.kills++;
}

static void kill_master(uint64_t cycle, const char *where) {
    bool none = campaign.config.os.recovery_failover == HB_FAILOVER_NONE;
    begin_kill(cycle);
    add_kill(MASTER, cycle);
    run_to(cycle + campaign.patience_cycles);
    bool passed = campaign_judge(&campaign);
    if (none ? !is_hang() : !passed || !each_once() || told.elected[1] != 1 || !in_time(MASTER))
        campaign_tell(&campaign, MASTER, cycle, where);
}

static void master_everywhere(void) {
    campaign_go_to(&campaign, campaign.up_cycle);
    memset(&told, 0, sizeof told);
    told.hart = MASTER;
    run_to(campaign.end_cycle);
    uint64_t last_take = told.last_take_cycle;
    campaign_go_to(&campaign, campaign.up_cycle);
    hb_machine_run(campaign.machine, campaign.up_cycle + 1);
    record_until(MASTER, last_take);
    printf("%" PRIu32 " addresses of kernel text executed by the master\n", at_each(kill_master));
}

/* ---- And its successor ----------------------------------------------------------------------------------------- */

static struct {
    uint64_t cycle; /* of the master's death */
    uint32_t hart;
    uint64_t elected_cycle;
} successor;

/* Under static, nobody else is the heir before it is the master, and has told the next who is. */
static bool may_hang(uint64_t cycle) {
    uint64_t opened = campaign.machine->saved->os.harts[MASTER].recovery.recovered_cycle;
    return campaign.config.os.recovery_failover == HB_FAILOVER_STATIC && (opened == HB_OS_NONE || cycle <= opened);
}

static void kill_successor(uint64_t cycle, const char *where) {
    begin_kill(successor.cycle);
    add_kill(MASTER, successor.cycle);
    add_kill(successor.hart, cycle);
    run_to(cycle + campaign.patience_cycles);
    bool survived = campaign_judge(&campaign) && each_once();
    if (!survived && !(may_hang(cycle) && is_hang()))
        campaign_tell(&campaign, successor.hart, cycle, where);
}

static void successor_everywhere(void) {
    successor.cycle = campaign.up_cycle + (campaign.last_dispatch_cycle - campaign.up_cycle) / 3;
    begin_kill(successor.cycle);
    add_kill(MASTER, successor.cycle);
    run_to(successor.cycle + campaign.patience_cycles);
    const struct hb_os_view *view = &campaign.machine->saved->os;
    uint64_t suspected = view->harts[MASTER].recovery.suspected_cycle;
    successor.hart = view->master;
    begin_kill(successor.cycle);
    add_kill(MASTER, successor.cycle);
    told.hart = successor.hart;
    run_to(suspected);
    told.first_send_cycle = 0; /* it has answered before, as a worker */
    while (!told.first_send_cycle && campaign.machine->saved->outcome == HB_OUTCOME_RUNNING)
        run_to(campaign.machine->saved->cycle + 100);
    uint64_t until = campaign.machine->saved->cycle;
    begin_kill(successor.cycle);
    add_kill(MASTER, successor.cycle);
    hb_machine_run(campaign.machine, suspected);
    record_until(successor.hart, until);
    campaign.kills = 0;
    printf("the master dies at %" PRIu64 ", hart %" PRIu32 " suspects it at %" PRIu64 " and sends at %" PRIu64 ":\n",
           successor.cycle, successor.hart, suspected, until);
    printf("%" PRIu32 " addresses of kernel text executed by the successor\n", at_each(kill_successor));
}

/* ---- The whole ------------------------------------------------------------------------------------------------- */

static void open_campaign(const char *failover) {
    static struct hb_config config;
    campaign_configure(&config, "amp", HB_KIND_BATCH, 16, 40);
    config.os.recovery_failover = strcmp(failover, "static") == 0     ? HB_FAILOVER_STATIC
                                  : strcmp(failover, "election") == 0 ? HB_FAILOVER_ELECTION
                                                                      : HB_FAILOVER_NONE;
    hb_heartbeat_settle(&config);
    campaign_open_on(&campaign, &config);
    jitter_cycles = hb_os_view_longest_gap(&campaign.machine->saved->os, campaign.end_cycle);
}

int main(int argc, char **argv) {
    if (argc < 4)
        return 2;
    part = (uint32_t)strtoul(argv[2], NULL, 10);
    parts = (uint32_t)strtoul(argv[3], NULL, 10);
    lost = argc == 5 && strcmp(argv[4], "lost") == 0;
    open_campaign(argv[1]);
    if (argc == 5 && !lost)
        successor_everywhere();
    else
        master_everywhere();
    printf("longest outage %" PRIu64 " cycles, at most %" PRIu64 "\n", longest_outage_cycles, outage_bound());
    return campaign_close(&campaign);
}
