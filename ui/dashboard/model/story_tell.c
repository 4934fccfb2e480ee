/* The two lines of the narration: what happens, and why. Each says only what the run has shown: tests/window/
 * test_sentences.c holds every one of them against the machine. */
#include <stdio.h>
#include <string.h>

#include "ui/dashboard/model/format.h"
#include "ui/dashboard/model/sentence.h"
#include "ui/dashboard/model/story.h"

#define PART_BYTES 160

static bool is_alive(const struct hb_view *view, uint32_t hart) {
    return view->hart[hart].state < HB_VIEW_STOPPED && !view->hart[hart].frozen;
}

static uint32_t alive(const struct hb_view *view) {
    uint32_t count = 0;
    for (uint32_t i = 0; i < view->machine.harts; i++)
        count += is_alive(view, i);
    return count;
}

/* "3 CPUs", "the master and 2 workers" */
static void tell_alive(const struct hb_view *view, char *text, size_t bytes) {
    uint32_t count = alive(view);
    bool master = view->machine.amp && is_alive(view, view->master);
    if (master)
        snprintf(text, bytes, "the master and %u worker%s", count - 1, count == 2 ? "" : "s");
    else
        snprintf(text, bytes, "%u %s%s", count, view->machine.amp ? "worker" : "CPU", count == 1 ? "" : "s");
}

static bool is_master(const struct hb_view *view, uint32_t hart) {
    return view->machine.amp && (hart == view->master || view->hart[hart].reigned);
}

/* Who spins for a lock that this dead CPU has; false: nobody. */
static bool tell_spinners(const struct hb_view *view, uint32_t dead, char *text, size_t bytes) {
    uint32_t count = 0, first = 0;
    for (uint32_t i = 0; i < view->machine.harts; i++)
        if (view->hart[i].state == HB_VIEW_SPINS && view->hart[i].wanted_from == (int32_t)dead && count++ == 0)
            first = i;
    if (count == 1)
        snprintf(text, bytes, "CPU %u spins for %s, which it holds", first, view->hart[first].wanted);
    else if (count > 1)
        snprintf(text, bytes, "CPU %u and %u more spin for %s, which it holds", first, count - 1,
                 view->hart[first].wanted);
    return count > 0;
}

/* What nobody has taken over from it: the task that it was running, and those that wait with it. */
static void tell_left(const struct hb_view *view, uint32_t dead, char *text, size_t bytes) {
    const struct hb_view_hart *hart = &view->hart[dead];
    const uint32_t queued = hart->left_queued;
    if (hart->left_running >= 0 && queued > 0)
        snprintf(text, bytes, "task %d and %u more stay with it", hart->left_running, queued);
    else if (hart->left_running >= 0)
        snprintf(text, bytes, "task %d stays with it", hart->left_running);
    else if (queued > 0)
        snprintf(text, bytes, "%u task%s with it", queued, queued == 1 ? " stays" : "s stay");
    else
        snprintf(text, bytes, "no task stays with it");
}

/* What those do that are left: for whom it matters that it has a lock, and whether there is work elsewhere. */
static void tell_rest(const struct hb_view *view, uint32_t dead, char *text, size_t bytes) {
    bool works = false;
    if (tell_spinners(view, dead, text, bytes))
        return;
    for (uint32_t i = 0; i < view->machine.harts; i++)
        works |= is_alive(view, i) && view->hart[i].at_work;
    const char *rest = works ? "the rest goes on" : "the rest has nothing to do";
    if (view->hart[dead].left_lock[0] != '\0')
        snprintf(text, bytes, "it holds %s; %s", view->hart[dead].left_lock, rest);
    else
        snprintf(text, bytes, "%s", rest);
}

/* ---- The stages of a fault ---- */

static void tell_killed(const struct hb_story *story, const struct hb_view *view, char *reason, size_t bytes) {
    char silent[HB_FORMAT_BYTES], timeout[HB_FORMAT_BYTES];
    if (alive(view) == 0) {
        snprintf(reason, bytes, "No CPU is left that could notice.");
    } else if (is_master(view, story->shown.hart) && !view->machine.succeeds) {
        snprintf(reason, bytes, "It was the master, and nobody watches the master.");
    } else if (view->story.recovery_off && view->machine.heartbeat_timeout_cycles != 0) {
        snprintf(reason, bytes, "Recovery is off: nobody checks heartbeats any more.");
    } else if (view->machine.heartbeat_timeout_cycles == 0) {
        snprintf(reason, bytes, "Nobody is watching: heartbeats are not checked in this run.");
    } else {
        const int64_t age = view->hart[story->shown.hart].beat_age_cycles;
        hb_format_count(silent, age >= 0 ? (uint64_t)age : view->cycle - story->shown.cycle[HB_STAGE_KILLED]);
        hb_format_count(timeout, view->machine.heartbeat_timeout_cycles);
        snprintf(reason, bytes, "No register says so. Its heartbeat must be missing for %s cycles; so far %s.", timeout,
                 silent);
    }
}

static const char *tell_fenced(const struct hb_view *view, uint32_t dead) {
    const bool rebuilds = view->switch_on[HB_SWITCH_QUEUES];
    if (is_master(view, dead))
        return view->hart[dead].reigned ? "It was the master; another has taken its place."
                                        : "It was the master. Now another can take its place.";
    if (view->machine.amp)
        return "Now the master can give what it was doing to another worker.";
    if (view->switch_on[HB_SWITCH_LOCKS])
        return rebuilds ? "Now its locks can be freed and its run queue rebuilt from the task table."
                        : "Now its locks can be freed; its run queue is not rebuilt in this run.";
    return rebuilds ? "Its run queue can be rebuilt from the task table; locks are not freed in this run."
                    : "Neither are locks freed in this run, nor run queues rebuilt.";
}

static void tell_recovered(const struct hb_story *story, const struct hb_view *view, char *reason, size_t bytes) {
    char rest[48], left[PART_BYTES / 2];
    const struct hb_view_hart *dead = &view->hart[story->shown.hart];
    const bool kept = dead->left_queued > 0 && !view->switch_on[HB_SWITCH_QUEUES]; /* a queue in order is served */
    tell_alive(view, rest, sizeof rest);
    tell_left(view, story->shown.hart, left, sizeof left);
    if (story->last[HB_STAGE_RECOVERED].argument == 0 && (kept || dead->left_running >= 0))
        snprintf(reason, bytes, "But %s; the work goes on with %s.", left, rest);
    else if (story->last[HB_STAGE_RECOVERED].argument == 0)
        snprintf(reason, bytes, "The work goes on with %s.", rest);
    else if (story->shown.restarted >= 0)
        snprintf(reason, bytes, "Task %d, which it was running, will start again.", story->shown.restarted);
    else
        snprintf(reason, bytes, "%s",
                 story->shown.requeued == 1 ? "It goes on when its turn comes." : "They go on when their turn comes.");
}

static void tell_reason(const struct hb_story *story, const struct hb_view *view, char *reason, size_t bytes) {
    char number[HB_FORMAT_BYTES], rest[PART_BYTES];
    switch (story->shown.stage) {
    case HB_STAGE_KILLED: tell_killed(story, view, reason, bytes); break;
    case HB_STAGE_SUSPECTED:
        snprintf(reason, bytes, "A slow CPU would look the same%s.",
                 view->switch_on[HB_SWITCH_FENCE] ? ", so it is fenced first" : "; it is not fenced in this run");
        break;
    case HB_STAGE_FENCED:
        if (view->switch_on[HB_SWITCH_LOCKS] || !tell_spinners(view, story->shown.hart, rest, sizeof rest))
            snprintf(rest, sizeof rest, "%s", tell_fenced(view, story->shown.hart));
        snprintf(reason, bytes, "%s%s", rest, rest[strlen(rest) - 1] == '.' ? "" : ".");
        break;
    case HB_STAGE_RECOVERED: tell_recovered(story, view, reason, bytes); break;
    default:
        hb_format_count(number, story->shown.cycle[HB_STAGE_WORKING] - story->shown.cycle[HB_STAGE_KILLED]);
        tell_alive(view, rest, sizeof rest);
        snprintf(reason, bytes, "%s cycles after the fault its work goes on, with %s.", number, rest);
        break;
    }
}

static void tell_unnoticed(const struct hb_story *story, const struct hb_view *view, struct hb_view_story *shown) {
    char left[PART_BYTES / 2], rest[PART_BYTES];
    uint32_t dead = story->shown.hart;
    snprintf(shown->sentence, sizeof shown->sentence, "CPU %u %s, and nobody notices.", dead,
             shown->ails ? "does nothing of use" : "is dead");
    if (view->machine.switches == 0) { /* nothing is known of what it does about it */
        snprintf(shown->sentence, sizeof shown->sentence, "CPU %u %s.", dead,
                 shown->ails ? "does nothing of use" : "is dead");
        snprintf(shown->reason, sizeof shown->reason, "The program reports nothing of it.");
    } else if (alive(view) == 0) {
        snprintf(shown->reason, sizeof shown->reason, "No CPU is left that could.");
    } else if (is_master(view, dead) && !view->machine.succeeds) {
        snprintf(shown->reason, sizeof shown->reason,
                 "It was the master: the workers finish what they have, and nobody gives them more.");
    } else {
        tell_left(view, dead, left, sizeof left);
        tell_rest(view, dead, rest, sizeof rest);
        snprintf(shown->reason, sizeof shown->reason, "%s: %s; %s.",
                 shown->recovery_off ? "Recovery is off" : "No CPU watches it", left, rest);
    }
}

/* ---- Before and after ---- */

/* What a click would cause. */
static const char *tell_prospect(const struct hb_view *view) {
    if (alive(view) < 2)
        return "There is no other that could notice.";
    if (view->machine.heartbeat_timeout_cycles == 0 || view->story.recovery_off)
        return "Nobody watches heartbeats in this run, so nobody will notice.";
    if (view->machine.succeeds)
        return "The others will miss its heartbeat; if it is the master, one of them takes its place.";
    if (view->machine.amp)
        return "The master will miss a worker's heartbeat; nobody watches the master.";
    return view->switch_on[HB_SWITCH_LOCKS] && view->switch_on[HB_SWITCH_QUEUES]
               ? "The others will miss its heartbeat and take over its work."
               : "The others will miss its heartbeat; not all that it has will be taken over in this run.";
}

/* The first CPU that spins, and for what; false: none does. */
static bool tell_spinner(const struct hb_view *view, char *text, size_t bytes) {
    for (uint32_t i = 0; i < view->machine.harts; i++) {
        if (view->hart[i].state == HB_VIEW_SPINS) {
            hb_sentence_spins(view, i, text, bytes);
            return true;
        }
    }
    return false;
}

/* The first CPU with which tasks have stayed that executes nothing any more; false: there is none. */
static bool tell_stranded(const struct hb_view *view, char *text, size_t bytes) {
    char left[PART_BYTES / 2];
    for (uint32_t i = 0; i < view->machine.harts; i++) {
        const struct hb_view_hart *hart = &view->hart[i];
        const bool gone = hart->state > HB_VIEW_STOPPED;
        if ((!gone && !hart->frozen) || (hart->left_running < 0 && hart->left_queued == 0))
            continue;
        tell_left(view, i, left, sizeof left);
        snprintf(text, bytes, "CPU %u %s: %s.", i,
                 !gone                           ? "does nothing of use"
                 : hart->state == HB_VIEW_FENCED ? "is fenced off"
                                                 : "is dead",
                 left);
        return true;
    }
    return false;
}

/* What a server has done; what tasks that share a word have left in it. */
static void tell_work(const struct hb_view_end *end, char *text, size_t bytes) {
    char done[HB_FORMAT_BYTES], all[HB_FORMAT_BYTES], dropped[HB_FORMAT_BYTES];
    text[0] = '\0';
    if (end->requests > 0) {
        int used = snprintf(text, bytes, "%s of %s requests are answered", hb_format_count(done, end->answered),
                            hb_format_count(all, end->requests));
        if (end->dropped > 0)
            snprintf(text + used, bytes - (size_t)used, ", %s dropped", hb_format_count(dropped, end->dropped));
    } else if (end->increments_expected > 0) {
        snprintf(text, bytes, "%s of %s increments are kept", hb_format_count(done, end->increments),
                 hb_format_count(all, end->increments_expected));
    }
}

static void tell_count(const struct hb_view *view, char *text, size_t bytes) {
    char done[HB_FORMAT_BYTES], all[HB_FORMAT_BYTES], number[HB_FORMAT_BYTES];
    bool known = view->end.known && view->end.created > 0;
    hb_format_count(done, known ? view->end.completed : view->throughput.tasks_done);
    hb_format_count(all, view->machine.tasks);
    if (view->machine.tasks == 0) { /* a program without a kernel */
        snprintf(text, bytes, "It came to cycle %s", hb_format_count(number, view->cycle));
        return;
    }
    tell_work(&view->end, text, bytes);
    if (text[0] != '\0')
        return;
    int used = snprintf(text, bytes, "%s of %s %s done", done, all, view->machine.tasks == 1 ? "task is" : "tasks are");
    if (known && view->end.wrong > 0)
        used += snprintf(text + used, bytes - (size_t)used, ", %s wrong", hb_format_count(number, view->end.wrong));
    if (known && view->end.lost > 0)
        snprintf(text + used, bytes - (size_t)used, ", %s lost", hb_format_count(number, view->end.lost));
}

static void tell_status(const struct hb_view *view, struct hb_view_story *shown) {
    static const char *const ends[] = {
        [HB_VIEW_FINISHED] = "The experiment is finished.",
        [HB_VIEW_FAILED] = "The guest has failed.",
        [HB_VIEW_HUNG] = "The system hangs: nothing makes progress any more.",
        [HB_VIEW_LIMIT] = "The experiment's limit of cycles is reached.",
    };
    char count[PART_BYTES], why[PART_BYTES];
    const struct hb_view_end *end = &view->end;
    const bool waits =
        view->status == HB_VIEW_HUNG || view->status == HB_VIEW_LIMIT; /* elsewhere some wait at the end */
    bool doubted = view->status == HB_VIEW_FINISHED && end->known && !end->passed;
    tell_count(view, count, sizeof count);
    snprintf(shown->sentence, sizeof shown->sentence, "%s",
             doubted ? "The guest says that it has passed, and has not." : ends[view->status]);
    if (waits && (tell_spinner(view, why, sizeof why) || tell_stranded(view, why, sizeof why)))
        snprintf(shown->reason, sizeof shown->reason, "%s. %s", count, why);
    else if (end->panic[0] != '\0')
        snprintf(shown->reason, sizeof shown->reason, "%s. Its kernel gave up: %s.", count, end->panic);
    else if ((doubted || view->status == HB_VIEW_FAILED) && end->increments == end->increments_expected)
        snprintf(shown->reason, sizeof shown->reason, "%s%s%.150s.", count, end->reason[0] != '\0' ? ": " : "",
                 end->reason);
    else
        snprintf(shown->reason, sizeof shown->reason, "%s.", count);
}

void hb_story_view(const struct hb_story *story, struct hb_view *view) {
    struct hb_view_story *shown = &view->story;
    *shown = story->shown;
    shown->recovery_off = (view->machine.switches >> HB_SWITCH_DETECT & 1) != 0 && !view->switch_on[HB_SWITCH_DETECT];
    if (view->status != HB_VIEW_GOING) {
        tell_status(view, shown);
    } else if (shown->kind == HB_STORY_UNNOTICED) {
        tell_unnoticed(story, view, shown);
    } else if (shown->kind != HB_STORY_NONE) {
        hb_sentence(&story->last[shown->stage], shown->sentence, sizeof shown->sentence);
        tell_reason(story, view, shown->reason, sizeof shown->reason);
    } else {
        snprintf(shown->sentence, sizeof shown->sentence, "Click a CPU to kill it");
        if (view->coming[0] != '\0')
            snprintf(shown->reason, sizeof shown->reason, "%s", view->coming);
        else
            snprintf(shown->reason, sizeof shown->reason, "%s", tell_prospect(view));
    }
}

void hb_story_searching(struct hb_view *view) {
    snprintf(view->story.sentence, sizeof view->story.sentence, "On the way to work in progress ...");
    snprintf(view->story.reason, sizeof view->story.reason, "Space stops here.");
}
