/* kill_checkpoint SET_UP STEP: os.recovery.restart "checkpoint", and a hart that dies, and its cache with it, after
 * each STEPth instruction of the routine that copies a task, or while one of these waits for the bus; or of what brings
 * a task back to its copy, the hart that ran it having died the same way. At fewer moments another hart dies instead.
 * Nothing that is half copied may be believed: every task ends with the checksum that the host computes.
 *
 * SET_UP alone: each hart has one task. moving: tasks are preempted and move, so that what a hart copies was computed
 * elsewhere, too. Kernel data are flushed in both: else a lost cache leaves no kernel to go on. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim/engine/run.h"
#include "tests/guest/kills/campaign.h"

#define HART       2u    /* that copies, and dies */
#define COPIES     3u    /* the first has none before it; the last fills the slot of the first again */
#define EARLIER    2000u /* cycles before the last copy: the death after which another hart is watched */
#define DEATHS_MAX 65536u
#define SELDOM     8u
#define LONG_WAIT  4u /* cycles: an instruction that takes longer waits for the bus */

/* A routine, as a hart goes through it: from one tracepoint to another. */
struct stretch {
    uint32_t hart;
    uint64_t from, to;
};

static struct campaign campaign;

static struct {
    uint16_t from_id, to_id; /* of the stretches that are looked for */
    struct stretch stretch[COPIES];
    uint32_t begun;
    uint64_t restored; /* tasks, by all harts */
} seen;

static struct {
    uint32_t hart;
    uint64_t last; /* instruction */
    uint64_t death[DEATHS_MAX];
    uint32_t deaths;
} steps;

/* ---- Where to die ---------------------------------------------------------------------------------------------- */

/* One that does not end is none: the task went on elsewhere, or the run has ended. */
static void begin_stretch(const struct hb_trace_record *record) {
    bool is_open = seen.begun > 0 && seen.stretch[seen.begun - 1].to == 0;
    if (!is_open && seen.begun == COPIES)
        return;
    seen.begun += !is_open;
    seen.stretch[seen.begun - 1] = (struct stretch){.hart = record->hart, .from = record->cycle};
}

static void end_stretch(uint64_t cycle) {
    struct stretch *last = &seen.stretch[seen.begun - 1];
    last->to = last->to ? last->to : cycle;
}

static void note_point(void *context, const struct hb_trace_record *record) {
    (void)context;
    if (record->kind != HB_TRACE_POINT)
        return;
    seen.restored += record->id == HB_TP_RESTORED;
    if (record->id == seen.from_id && (record->hart == HART || seen.from_id != HB_TP_SAVE_BEGIN))
        begin_stretch(record);
    else if (record->id == seen.to_id && seen.begun > 0 && record->hart == seen.stretch[seen.begun - 1].hart)
        end_stretch(record->cycle);
}

static void note_step(void *context, const struct hb_trace_record *record) {
    (void)context;
    if (record->kind != HB_TRACE_RETIRE || record->hart != steps.hart)
        return;
    if (steps.deaths + 2 > DEATHS_MAX)
        abort();
    if (steps.last != 0 && record->cycle - steps.last > LONG_WAIT)
        steps.death[steps.deaths++] = steps.last + (record->cycle - steps.last) / 2;
    steps.death[steps.deaths++] = record->cycle + 1;
    steps.last = record->cycle;
}

static void watch_until(uint64_t cycle, void (*record)(void *, const struct hb_trace_record *), bool retired) {
    struct hb_watcher watcher = {.record = record, .retired = retired};
    hb_machine_watch_add(campaign.machine, &watcher);
    hb_machine_run(campaign.machine, cycle);
    hb_machine_watch_remove(campaign.machine, &watcher);
}

/* Bring the machine to `cycle`; HART has died in the cycle `death`, unless that is 0. */
static void go_to(uint64_t cycle, uint64_t death) {
    struct hb_input dies = {.cycle = death, .kind = HB_INPUT_FAULT, .hart = HART, .terms.lost = true};
    campaign_go_to(&campaign, death ? death : cycle);
    if (death)
        hb_machine_input(campaign.machine, &dies);
    hb_machine_run(campaign.machine, cycle);
}

static void find(uint16_t from_id, uint16_t to_id, uint64_t death) {
    memset(&seen, 0, sizeof seen);
    seen.from_id = from_id;
    seen.to_id = to_id;
    go_to(death ? death : campaign.up_cycle, death);
    watch_until(campaign.end_cycle + campaign.patience_cycles, note_point, false);
}

/* ---- Dying ------------------------------------------------------------------------------------------------------ */

static void die(uint32_t hart, uint64_t cycle, uint64_t death, const char *what) {
    struct hb_watcher watcher = {.record = note_point};
    go_to(cycle, death);
    campaign.kills++;
    hb_machine_watch_add(campaign.machine, &watcher);
    if (!campaign_run_with_kill(&campaign, hart, cycle, true))
        campaign_tell(&campaign, hart, cycle, what);
    hb_machine_watch_remove(campaign.machine, &watcher);
}

static void list_deaths(const struct stretch *stretch, uint64_t death) {
    memset(&steps, 0, sizeof steps);
    steps.hart = stretch->hart;
    go_to(stretch->from, death);
    watch_until(stretch->to + 1, note_step, true);
}

/* The hart itself dies; and, at fewer moments, each of the others, which may have run the task before. */
static void die_everywhere(const struct stretch *stretch, uint64_t death, uint32_t step, const char *what) {
    list_deaths(stretch, death);
    seen.restored = 0;
    for (uint32_t i = 0; i < steps.deaths; i += step)
        die(stretch->hart, steps.death[i], death, what);
    die(stretch->hart, steps.death[steps.deaths - 1], death, what);
    for (uint32_t i = 0; i < steps.deaths; i += step * SELDOM)
        for (uint32_t other = 0; other < campaign.config.harts; other++)
            if (other != stretch->hart && (other != HART || !death))
                die(other, steps.death[i], death, "another");
    printf("hart %u, %s, %" PRIu64 " cycles from %" PRIu64 " on: %" PRIu32
           " moments; tasks went on from a copy %" PRIu64 " times\n",
           stretch->hart, what, stretch->to - stretch->from, stretch->from, steps.deaths, seen.restored);
}

/* The stretches that are looked for, of a run in which HART dies in the cycle `death`, if that is not 0. */
static void find_all(uint16_t from_id, uint16_t to_id, uint64_t death, uint32_t n) {
    find(from_id, to_id, death);
    if (seen.begun >= n && seen.stretch[n - 1].to != 0)
        return;
    printf("not so often is a task copied, or goes on from a copy\n");
    exit(1);
}

static void copying(uint32_t step) {
    static struct stretch copies[COPIES];
    find_all(HB_TP_SAVE_BEGIN, HB_TP_SAVED, 0, COPIES);
    memcpy(copies, seen.stretch, sizeof copies);
    for (uint32_t i = 0; i < COPIES; i++)
        die_everywhere(&copies[i], 0, step, "copying");
}

static void going_back(uint32_t step) {
    find_all(HB_TP_SAVE_BEGIN, HB_TP_SAVED, 0, COPIES);
    uint64_t death = seen.stretch[COPIES - 1].from - EARLIER;
    find_all(HB_TP_TASK_RESTART, HB_TP_RESTORED, death, 1);
    const struct stretch first = seen.stretch[0];
    die_everywhere(&first, death, step, "going back to the copy");
}

/* ---- Set-up ------------------------------------------------------------------------------------------------------ */

static const struct set_up {
    const char *name;
    uint64_t tasks, quantum_cycles;
} set_ups[] = {{"alone", 4, 100000}, {"moving", 7, 12007}};

static int die_in_a_run(const struct set_up *set_up, uint32_t step) {
    static struct hb_config config;
    campaign_configure(&config, "smp_flushed", HB_KIND_BATCH, set_up->tasks, 60);
    config.os.recovery_kernel_data = HB_KERNEL_DATA_FLUSHED;
    config.os.recovery_restart = HB_RESTART_CHECKPOINT;
    config.os.checkpoint_cycles = 15000;
    config.os.heartbeat_timeout_cycles = 50011;
    config.os.quantum_cycles = set_up->quantum_cycles;
    config.os.group[0].sets = HB_SETS_SMALL;
    campaign_open_on(&campaign, &config);
    copying(step);
    going_back(step);
    return campaign_close(&campaign);
}

int main(int argc, char **argv) {
    uint32_t step = argc == 3 ? (uint32_t)strtoul(argv[2], NULL, 10) : 0;
    for (size_t i = 0; i < sizeof set_ups / sizeof *set_ups; i++)
        if (step != 0 && strcmp(argv[1], set_ups[i].name) == 0)
            return die_in_a_run(&set_ups[i], step);
    return 2;
}
