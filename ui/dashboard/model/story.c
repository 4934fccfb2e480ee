#include "ui/dashboard/model/story.h"

#define NOTICE_CYCLES_WITHOUT_HEARTBEATS 20000

uint64_t hb_story_notice_cycles(const struct hb_view_machine *machine) {
    uint64_t bound = machine->heartbeat_timeout_cycles + machine->heartbeat_check_cycles;
    return bound == 0 ? NOTICE_CYCLES_WITHOUT_HEARTBEATS : bound + bound / 2;
}

static void begin(struct hb_story *story, const struct hb_happening *event, uint64_t notice_by_cycle) {
    const struct hb_story before = *story;
    *story = (struct hb_story){.notice_by_cycle = notice_by_cycle};
    if (before.ailing.hart != event->hart) { /* of another CPU: that goes on */
        story->ailing = before.ailing;
        story->ailing_by_cycle = before.ailing_by_cycle;
    }
    story->shown.ails = event->kind == HB_HAPPENED_AILS;
    story->shown.kind = HB_STORY_ACTING;
    story->shown.stage = HB_STAGE_KILLED;
    story->shown.hart = event->hart;
    story->shown.cache_lost = event->kind == HB_HAPPENED_KILLED && event->by != 0;
    story->shown.cycle[HB_STAGE_KILLED] = event->cycle;
    story->shown.task = story->shown.restarted = -1;
    story->last[HB_STAGE_KILLED] = *event;
}

static int stage_of(uint8_t kind) {
    switch (kind) {
    case HB_HAPPENED_SUSPECTED: return HB_STAGE_SUSPECTED;
    case HB_HAPPENED_FENCED: return HB_STAGE_FENCED;
    case HB_HAPPENED_RECOVERED: return HB_STAGE_RECOVERED;
    case HB_HAPPENED_FIRST_WORK: return HB_STAGE_WORKING;
    default: return -1;
    }
}

/* A task that the dead CPU was running is to start again: the narration names it. */
static void note_restart(struct hb_story *story, const struct hb_happening *event) {
    bool of_it = event->hart == story->shown.hart && story->shown.kind != HB_STORY_NONE;
    if (event->kind == HB_HAPPENED_TASK_RESTART && of_it)
        story->shown.restarted = event->task;
}

static void note_phase(struct hb_story *story, const struct hb_happening *event) {
    bool of_it = event->hart == story->shown.hart && story->shown.kind != HB_STORY_NONE;
    if (of_it && event->argument < HB_VIEW_PHASES && story->shown.phase_cycle[event->argument] == 0)
        story->shown.phase_cycle[event->argument] = event->cycle;
}

static void reach(struct hb_story *story, int stage, const struct hb_happening *event) {
    story->shown.stage = (uint8_t)stage;
    story->shown.cycle[stage] = event->cycle;
    story->shown.by[stage] = event->by;
    story->last[stage] = *event;
    if (stage == HB_STAGE_WORKING)
        story->shown.task = event->task;
    else if (stage == HB_STAGE_RECOVERED)
        story->shown.requeued = (uint32_t)event->argument;
    bool over = stage == HB_STAGE_WORKING || (stage == HB_STAGE_RECOVERED && event->argument == 0);
    story->shown.kind = over ? HB_STORY_SETTLED : HB_STORY_ACTING;
    if (stage == HB_STAGE_SUSPECTED && event->cycle > story->notice_by_cycle)
        story->notice_by_cycle = event->cycle; /* nobody watched before: what follows has its time from here on */
}

static void note_ailing(struct hb_story *story, const struct hb_view_machine *machine,
                        const struct hb_happening *event) {
    const struct hb_view_story *shown = &story->shown;
    if (event->argument == 0) {
        story->ailing = *event;
        story->ailing_by_cycle = event->cycle + hb_story_notice_cycles(machine);
    } else if (story->ailing.hart == event->hart) {
        story->ailing.cycle = 0;
    }
    if (event->argument != 0 && shown->ails && shown->kind == HB_STORY_UNNOTICED && shown->hart == event->hart)
        story->shown.kind = HB_STORY_NONE; /* it goes on, and nobody has noticed */
}

/* A CPU that hangs or is slow comes into it when it is suspected. */
static void suspect_ailing(struct hb_story *story, const struct hb_view_machine *machine,
                           const struct hb_happening *suspicion) {
    const struct hb_happening ailing = story->ailing;
    if (ailing.cycle == 0 || ailing.hart != suspicion->hart)
        return;
    begin(story, &ailing, suspicion->cycle + hb_story_notice_cycles(machine));
}

/* A CPU that executes nothing comes into it when it was not suspected in time. */
static void miss_ailing(struct hb_story *story, uint64_t cycle) {
    const struct hb_happening ailing = story->ailing;
    if (ailing.cycle == 0 || ailing.by == 0 || cycle <= story->ailing_by_cycle)
        return;
    begin(story, &ailing, story->ailing_by_cycle);
    story->shown.kind = HB_STORY_UNNOTICED;
}

void hb_story_event(struct hb_story *story, const struct hb_view_machine *machine, const struct hb_happening *event) {
    int stage = stage_of(event->kind);
    note_restart(story, event);
    if (event->kind == HB_HAPPENED_PHASE)
        note_phase(story, event);
    else if (event->kind == HB_HAPPENED_AILS)
        note_ailing(story, machine, event);
    else if (event->kind == HB_HAPPENED_SUSPECTED)
        suspect_ailing(story, machine, event);
    if (event->kind == HB_HAPPENED_KILLED)
        begin(story, event, event->cycle + hb_story_notice_cycles(machine));
    else if (stage > story->shown.stage && story->shown.kind != HB_STORY_NONE && event->hart == story->shown.hart)
        reach(story, stage, event);
}

void hb_story_pass(struct hb_story *story, uint64_t cycle) {
    miss_ailing(story, cycle);
    uint64_t killed = story->shown.cycle[HB_STAGE_KILLED], patience = story->notice_by_cycle - killed;
    if (story->shown.kind != HB_STORY_ACTING)
        return;
    if (story->shown.stage == HB_STAGE_KILLED && cycle > killed + patience)
        story->shown.kind = HB_STORY_UNNOTICED;
    else if (story->shown.stage != HB_STAGE_KILLED && cycle > killed + patience + HB_STORY_RECOVERY_CYCLES)
        story->shown.kind = HB_STORY_SETTLED;
}
