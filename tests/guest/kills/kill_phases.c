/* kill_phases: two harts die in the same cycle; and a hart dies, and the one that recovers it at the beginning of each
 * phase of the recovery, alone or together with one more, so that a single hart is left of four. All of it under batch
 * and under contention, at several moments. Whatever is left finishes the work. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "memory/hash.h"
#include "sim/engine/run.h"
#include "tests/guest/kills/campaign.h"

#define PHASES  10u /* 1 to 9: expelling, ..., verifying (osmodel/guest/smp/recovery/phases.h) */
#define MOMENTS 3u

static struct campaign campaign;

/* When a recovery came to each of its phases, and by whom. */
struct course {
    struct {
        uint64_t cycle; /* 0: it did not */
        uint32_t hart;
    } phase[PHASES];
};

static void note(void *context, const struct hb_trace_record *record) {
    struct course *course = context;
    uint32_t phase = (uint32_t)(record->value >> 32);
    if (record->kind != HB_TRACE_POINT || record->id != HB_TP_RECOVERY_PHASE || phase >= PHASES)
        return;
    if (course->phase[phase].cycle == 0) {
        course->phase[phase].cycle = record->cycle;
        course->phase[phase].hart = record->hart;
    }
}

static void kill_at(uint32_t hart, uint64_t cycle) {
    hb_machine_input(campaign.machine,
                     &(struct hb_input){.cycle = cycle, .kind = HB_INPUT_FAULT, .hart = (uint8_t)hart});
}

static struct course follow(uint32_t victim, uint64_t cycle) {
    struct course course = {0};
    struct hb_watcher watcher = {.context = &course, .record = note};
    campaign_go_to(&campaign, cycle);
    hb_machine_watch_add(campaign.machine, &watcher);
    campaign_run_with_kill(&campaign, victim, cycle, false);
    hb_machine_watch_remove(campaign.machine, &watcher);
    return course;
}

static void judge(uint32_t hart, uint64_t cycle, const char *why) {
    campaign.kills++;
    hb_machine_run(campaign.machine, cycle + campaign.patience_cycles);
    if (!campaign_judge(&campaign))
        campaign_tell(&campaign, hart, cycle, why);
}

/* `third`: a hart that dies together with the recoverer; the victim: none. */
static void kill_in_phase(uint32_t victim, uint64_t cycle, const struct course *course, uint32_t phase,
                          uint32_t third) {
    char why[64];
    uint64_t second = course->phase[phase].cycle + 1;
    uint32_t recoverer = course->phase[phase].hart;
    snprintf(why, sizeof why, "recoverer of hart %u in phase %u, and hart %u", victim, phase, third);
    campaign_go_to(&campaign, cycle);
    kill_at(victim, cycle);
    kill_at(recoverer, second);
    if (third != victim)
        kill_at(third, second);
    judge(recoverer, second, why);
}

static void kill_in_phases(uint32_t victim, uint64_t cycle) {
    struct course course = follow(victim, cycle);
    for (uint32_t phase = 1; phase < PHASES; phase++) {
        if (course.phase[phase].cycle == 0) {
            printf("hart %u, killed at %" PRIu64 ": no phase %u\n", victim, cycle, phase);
            exit(1);
        }
        kill_in_phase(victim, cycle, &course, phase, victim);
        uint32_t third = 0;
        while (third == victim || third == course.phase[phase].hart)
            third++;
        kill_in_phase(victim, cycle, &course, phase, third);
    }
}

static void kill_pairs(uint64_t cycle) {
    for (uint32_t first = 0; first < campaign.config.harts; first++) {
        for (uint32_t second = first + 1; second < campaign.config.harts; second++) {
            campaign_go_to(&campaign, cycle);
            kill_at(first, cycle);
            kill_at(second, cycle);
            judge(second, cycle, "two harts at once");
        }
    }
}

static int run(uint64_t kind, uint64_t work) {
    campaign_open(&campaign, "smp", kind, 32, work);
    uint64_t span = campaign.last_dispatch_cycle - campaign.up_cycle;
    for (uint64_t i = 0; i < MOMENTS; i++) {
        uint64_t cycle = campaign.up_cycle + hb_choice(3, kind, i) % (span * 3 / 4);
        kill_pairs(cycle);
        kill_in_phases((uint32_t)hb_choice(4, kind, i) % campaign.config.harts, cycle);
    }
    return campaign_close(&campaign);
}

int main(void) {
    int batch = run(HB_KIND_BATCH, 20);
    int contend = run(HB_KIND_CONTEND, 24);
    return batch | contend;
}
