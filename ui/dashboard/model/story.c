#include "ui/dashboard/model/story.h"

#include <stdio.h>
#include <string.h>

#include "ui/dashboard/model/format.h"
#include "ui/dashboard/model/sentence.h"

#define NOTICE_CYCLES_WITHOUT_HEARTBEATS 20000

uint64_t hb_story_notice_cycles(const struct hb_view_machine *machine) {
    uint64_t bound = machine->heartbeat_timeout_cycles + machine->heartbeat_check_cycles;
    return bound == 0 ? NOTICE_CYCLES_WITHOUT_HEARTBEATS : bound + bound / 2;
}

static void begin(struct hb_story *story, const struct hb_view_machine *machine, const struct hb_happening *event) {
    bool off = story->shown.recovery_off;
    *story = (struct hb_story){.notice_by_cycle = event->cycle + hb_story_notice_cycles(machine)};
    story->shown.kind = HB_STORY_ACTING;
    story->shown.stage = HB_STAGE_KILLED;
    story->shown.hart = event->hart;
    story->shown.cache_lost = event->by != 0;
    story->shown.recovery_off = off;
    story->shown.cycle[HB_STAGE_KILLED] = event->cycle;
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

void hb_story_event(struct hb_story *story, const struct hb_view_machine *machine, const struct hb_happening *event) {
    int stage = stage_of(event->kind);
    if (event->kind == HB_HAPPENED_KILLED) {
        begin(story, machine, event);
    } else if (stage > story->shown.stage && story->shown.kind != HB_STORY_NONE && event->hart == story->shown.hart) {
        story->shown.stage = (uint8_t)stage;
        story->shown.cycle[stage] = event->cycle;
        story->last[stage] = *event;
        bool over = stage == HB_STAGE_WORKING || (stage == HB_STAGE_RECOVERED && event->argument == 0);
        story->shown.kind = over ? HB_STORY_SETTLED : HB_STORY_ACTING;
    }
}

void hb_story_recovery_off(struct hb_story *story) {
    story->shown.recovery_off = true;
}

void hb_story_pass(struct hb_story *story, uint64_t cycle) {
    uint64_t killed = story->shown.cycle[HB_STAGE_KILLED], patience = story->notice_by_cycle - killed;
    if (story->shown.kind != HB_STORY_ACTING)
        return;
    if (story->shown.stage == HB_STAGE_KILLED && cycle > killed + patience)
        story->shown.kind = HB_STORY_UNNOTICED;
    else if (story->shown.stage != HB_STAGE_KILLED && cycle > killed + patience + HB_STORY_RECOVERY_CYCLES)
        story->shown.kind = HB_STORY_SETTLED;
}

static uint32_t alive(const struct hb_view *view) {
    uint32_t count = 0;
    for (uint32_t i = 0; i < view->machine.harts; i++) {
        uint8_t state = view->hart[i].state;
        count += state != HB_VIEW_DEAD && state != HB_VIEW_FENCED && state != HB_VIEW_STOPPED;
    }
    return count;
}

static void tell_killed(const struct hb_story *story, const struct hb_view *view, char *reason, size_t bytes) {
    char silent[HB_FORMAT_BYTES], timeout[HB_FORMAT_BYTES];
    if (view->machine.heartbeat_timeout_cycles == 0 || story->shown.recovery_off) {
        snprintf(reason, bytes, "Nobody is watching: heartbeats are not checked in this run.");
        return;
    }
    hb_format_count(silent, view->cycle - story->shown.cycle[HB_STAGE_KILLED]);
    hb_format_count(timeout, view->machine.heartbeat_timeout_cycles);
    snprintf(reason, bytes, "No register says so. Its heartbeat must be missing for %s cycles; so far %s.", timeout,
             silent);
}

static void tell_reason(const struct hb_story *story, const struct hb_view *view, char *reason, size_t bytes) {
    char number[HB_FORMAT_BYTES];
    switch (story->shown.stage) {
    case HB_STAGE_KILLED: tell_killed(story, view, reason, bytes); break;
    case HB_STAGE_SUSPECTED: snprintf(reason, bytes, "A slow CPU would look the same, so it is fenced first."); break;
    case HB_STAGE_FENCED:
        snprintf(reason, bytes, "Now its locks can be freed and its run queue rebuilt from the task table.");
        break;
    case HB_STAGE_RECOVERED:
        if (story->last[HB_STAGE_RECOVERED].argument == 0) {
            snprintf(reason, bytes, "It had nothing to do; the work goes on with %u CPU%s.", alive(view),
                     alive(view) == 1 ? "" : "s");
            break;
        }
        snprintf(reason, bytes, "What it was running starts again from the beginning on another CPU.");
        break;
    default:
        hb_format_count(number, story->shown.cycle[HB_STAGE_WORKING] - story->shown.cycle[HB_STAGE_KILLED]);
        snprintf(reason, bytes, "%s cycles after the fault the work goes on with %u CPU%s.", number, alive(view),
                 alive(view) == 1 ? "" : "s");
        break;
    }
}

static void tell_unnoticed(const struct hb_story *story, const struct hb_view *view, struct hb_view_story *shown) {
    snprintf(shown->sentence, sizeof shown->sentence, "CPU %u is dead, and nobody notices.", story->shown.hart);
    if (alive(view) == 0) {
        snprintf(shown->reason, sizeof shown->reason, "No CPU is left that could.");
    } else {
        snprintf(shown->reason, sizeof shown->reason, "%s: its task and its run queue are stranded.",
                 shown->recovery_off ? "Recovery is off" : "No CPU watches it");
    }
}

/* What a click would cause. */
static const char *tell_prospect(const struct hb_view *view) {
    if (alive(view) < 2)
        return "There is no other that could notice.";
    return view->machine.heartbeat_timeout_cycles == 0 ? "Nobody watches heartbeats in this run, so nobody will notice."
                                                       : "The others will miss its heartbeat and take over its work.";
}

static void tell_status(const struct hb_view *view, struct hb_view_story *shown) {
    static const char *const ends[] = {
        [HB_VIEW_FINISHED] = "The experiment is finished.",
        [HB_VIEW_FAILED] = "The guest has failed.",
        [HB_VIEW_HUNG] = "Nothing can run any more: the system hangs.",
        [HB_VIEW_LIMIT] = "The experiment's limit of cycles is reached.",
    };
    char done[HB_FORMAT_BYTES], all[HB_FORMAT_BYTES];
    hb_format_count(done, view->throughput.tasks_done);
    hb_format_count(all, view->machine.tasks);
    snprintf(shown->sentence, sizeof shown->sentence, "%s", ends[view->status]);
    snprintf(shown->reason, sizeof shown->reason, "%s of %s tasks are done.", done, all);
}

void hb_story_view(const struct hb_story *story, struct hb_view *view) {
    struct hb_view_story *shown = &view->story;
    *shown = story->shown;
    if (view->status != HB_VIEW_GOING) {
        tell_status(view, shown);
    } else if (shown->kind == HB_STORY_UNNOTICED) {
        tell_unnoticed(story, view, shown);
    } else if (shown->kind != HB_STORY_NONE) {
        hb_sentence(&story->last[shown->stage], shown->sentence, sizeof shown->sentence);
        tell_reason(story, view, shown->reason, sizeof shown->reason);
    } else {
        snprintf(shown->sentence, sizeof shown->sentence, "Click a CPU to kill it");
        snprintf(shown->reason, sizeof shown->reason, "%s", tell_prospect(view));
    }
}
