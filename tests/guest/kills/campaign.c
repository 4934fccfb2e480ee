#include "tests/guest/kills/campaign.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "osmodel/expected.h"
#include "sim/engine/run.h"
#include "sim/result/gather.h"

#define SNAPSHOT_CYCLES 50000u

static uint64_t expected(void *context, uint32_t task) {
    const struct campaign *campaign = context;
    return campaign->expected[task];
}

static void note(void *context, const struct hb_trace_record *record) {
    struct campaign *campaign = context;
    if (record->kind == HB_TRACE_POINT && record->id == HB_TP_TASK_RUN)
        campaign->last_dispatch_cycle = record->cycle;
}

static void run_undisturbed(struct campaign *campaign) {
    struct hb_machine *machine = campaign->machine;
    struct hb_watcher watcher = {.context = campaign, .record = note};
    hb_machine_watch_add(machine, &watcher);
    uint64_t stride = SNAPSHOT_CYCLES;
    while (machine->saved->outcome == HB_OUTCOME_RUNNING) {
        if (campaign->snapshots < SNAPSHOTS_MAX)
            campaign->snapshot[campaign->snapshots++] = hb_snapshot_take(machine);
        hb_machine_run(machine, machine->saved->cycle + stride);
    }
    hb_machine_watch_remove(machine, &watcher);
    campaign->end_cycle = machine->saved->cycle;
    campaign->up_cycle = machine->saved->os.harts_up_cycle;
}

void campaign_configure(struct hb_config *config, const char *image, uint64_t kind, uint64_t tasks, uint64_t work) {
    hb_config_defaults(config);
    snprintf(config->image, HB_PATH_BYTES, HB_BINARY_DIR "/images/%s.elf", image);
    config->os.group[0].kind = kind;
    config->os.workload_tasks = config->os.group[0].tasks = tasks;
    config->os.group[0].work = work;
    config->os.group[0].sets = HB_SETS_FRESH; /* the runs are short, and the bus is to be busy */
    config->stop_quiet_cycles = 3000000;
    config->stop_cycles = 100000000;
}

void campaign_open(struct campaign *campaign, const char *image, uint64_t kind, uint64_t tasks, uint64_t work) {
    struct hb_config config;
    campaign_configure(&config, image, kind, tasks, work);
    campaign_open_on(campaign, &config);
}

void campaign_open_on(struct campaign *campaign, const struct hb_config *config) {
    struct hb_error error;
    uint64_t tasks = config->os.workload_tasks;
    memset(campaign, 0, sizeof *campaign);
    campaign->config = *config;
    campaign->patience_cycles = 40000000;
    campaign->machine = hb_machine_create(&campaign->config, &error);
    if (!campaign->machine) {
        printf("%s\n", error.text);
        exit(1);
    }
    for (uint32_t task = 0; task < tasks; task++)
        campaign->expected[task] = hb_os_expected_checksum(&campaign->config.os, task);
    run_undisturbed(campaign);
    printf("undisturbed: %" PRIu64 " cycles, harts up at %" PRIu64 ", last dispatch at %" PRIu64 ", %u snapshots\n",
           campaign->end_cycle, campaign->up_cycle, campaign->last_dispatch_cycle, campaign->snapshots);
    if (campaign_judge(campaign))
        return;
    printf("the undisturbed run does not pass\n");
    exit(1);
}

void campaign_go_to(struct campaign *campaign, uint64_t cycle) {
    uint32_t at = 0;
    while (at + 1 < campaign->snapshots && hb_snapshot_cycle(campaign->snapshot[at + 1]) <= cycle)
        at++;
    hb_snapshot_restore(campaign->machine, campaign->snapshot[at]);
    hb_machine_forget_inputs(campaign->machine, 0);
}

static bool requests_are_right(struct campaign *campaign) {
    const struct hb_os_requests *requests = &campaign->result.requests;
    struct hb_os_accounts accounts = {.wrong = 0};
    hb_result_gather_accounts(campaign->machine, &campaign->config.os, &accounts);
    return requests->lost == 0 && requests->wrong == 0 && accounts.wrong == 0;
}

bool campaign_judge(struct campaign *campaign) {
    struct hb_machine *machine = campaign->machine;
    struct hb_os_end end = {
        .slots = campaign->slots,
        .params = &campaign->config.os,
        .expected = expected,
        .context = campaign,
        .cycle = machine->saved->cycle,
        .final = machine->saved->outcome != HB_OUTCOME_LIMIT,
    };
    if (!hb_bus_debug_read(&machine->bus, machine->results_address, campaign->slots, sizeof campaign->slots))
        abort();
    hb_os_view_finish(&machine->saved->os, &end, &campaign->result);
    return machine->saved->outcome == HB_OUTCOME_PASSED &&
           campaign->result.tasks_completed == campaign->config.os.workload_tasks && requests_are_right(campaign);
}

bool campaign_run_with_kill(struct campaign *campaign, uint32_t hart, uint64_t cycle, bool lost) {
    struct hb_machine *machine = campaign->machine;
    hb_machine_input(
        machine, &(struct hb_input){.cycle = cycle, .kind = HB_INPUT_FAULT, .hart = (uint8_t)hart, .terms.lost = lost});
    hb_machine_run(machine, cycle + campaign->patience_cycles);
    return campaign_judge(campaign);
}

static const char *outcome_name(uint8_t outcome) {
    static const char *const names[] = {"still running", "passed", "failed", "limit", "hang", "crash"};
    return names[outcome];
}

void campaign_tell(struct campaign *campaign, uint32_t hart, uint64_t cycle, const char *why) {
    const struct hb_os_result *result = &campaign->result;
    campaign->failures++;
    if (campaign->told++ >= 20)
        return;
    printf("hart %u killed at cycle %" PRIu64 " (%s): %s at cycle %" PRIu64 ", completed %" PRIu64 " wrong %" PRIu64
           " lost %" PRIu64 " unfinished %" PRIu64 "\n",
           hart, cycle, why, outcome_name(campaign->machine->saved->outcome), campaign->machine->saved->cycle,
           result->tasks_completed, result->tasks_wrong, result->tasks_lost, result->tasks_unfinished);
}

void campaign_kill(struct campaign *campaign, uint32_t hart, uint64_t cycle, const char *why) {
    campaign_go_to(campaign, cycle);
    campaign->kills++;
    if (!campaign_run_with_kill(campaign, hart, cycle, false))
        campaign_tell(campaign, hart, cycle, why);
}

int campaign_close(struct campaign *campaign) {
    printf("%" PRIu64 " kills, %" PRIu64 " of them not as it should be\n", campaign->kills, campaign->failures);
    for (uint32_t i = 0; i < campaign->snapshots; i++)
        hb_snapshot_free(campaign->snapshot[i]);
    hb_machine_destroy(campaign->machine);
    return campaign->failures == 0 && campaign->kills > 0 ? 0 : 1;
}
