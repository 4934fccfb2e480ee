#include "ui/dashboard/sentence.h"

#include <stdio.h>

#include "ui/dashboard/format.h"

static const struct {
    enum hb_view_icon icon;
    bool routine;
} looks[HB_HAPPENINGS] = {
    [HB_HAPPENED_KILLED] = {HB_ICON_KILL, false},
    [HB_HAPPENED_SUSPECTED] = {HB_ICON_SUSPECT, false},
    [HB_HAPPENED_FENCED] = {HB_ICON_FENCE, false},
    [HB_HAPPENED_RECOVERY] = {HB_ICON_RECOVER, false},
    [HB_HAPPENED_LOCK] = {HB_ICON_LOCK, false},
    [HB_HAPPENED_RECOVERED] = {HB_ICON_RECOVER, false},
    [HB_HAPPENED_FIRST_WORK] = {HB_ICON_WORK, false},
    [HB_HAPPENED_FALSE_ALARM] = {HB_ICON_SUSPECT, false},
    [HB_HAPPENED_TASK_DONE] = {HB_ICON_DONE, true},
    [HB_HAPPENED_TASK_LOST] = {HB_ICON_LOST, false},
    [HB_HAPPENED_TASK_RESTART] = {HB_ICON_MOVE, false},
    [HB_HAPPENED_MIGRATED] = {HB_ICON_MOVE, true},
    [HB_HAPPENED_ALL_UP] = {HB_ICON_INFO, false},
    [HB_HAPPENED_LEFT_OUT] = {HB_ICON_LOST, false},
    [HB_HAPPENED_PANIC] = {HB_ICON_KILL, false},
};

enum hb_view_icon hb_sentence_icon(enum hb_happening_kind kind) {
    return looks[kind].icon;
}

bool hb_sentence_routine(enum hb_happening_kind kind) {
    return looks[kind].routine;
}

static const char *plural(uint64_t count) {
    return count == 1 ? "" : "s";
}

/* About the fault itself: from the death to the fence. */
static void of_fault(const struct hb_happening *e, char *text, size_t bytes) {
    char number[HB_FORMAT_BYTES];
    hb_format_count(number, e->argument);
    switch (e->kind) {
    case HB_HAPPENED_KILLED:
        if (e->by != 0) {
            snprintf(text, bytes, "CPU %u dies and takes its cache with it: %s modified line%s lost.", e->hart, number,
                     plural(e->argument));
        } else {
            snprintf(text, bytes, "CPU %u dies: it executes nothing from now on.", e->hart);
        }
        break;
    case HB_HAPPENED_SUSPECTED:
        snprintf(text, bytes, "CPU %u suspects CPU %u: no heartbeat for %s cycles.", e->by, e->hart, number);
        break;
    case HB_HAPPENED_FENCED:
        snprintf(text, bytes, "CPU %u fences CPU %u, so that it can never interfere again.", e->by, e->hart);
        break;
    case HB_HAPPENED_FALSE_ALARM:
        snprintf(text, bytes, "CPU %u beats again: the suspicion was a false alarm.", e->hart);
        break;
    }
}

static void of_recovery(const struct hb_happening *e, char *text, size_t bytes) {
    unsigned long long count = e->argument;
    switch (e->kind) {
    case HB_HAPPENED_RECOVERY:
        if (count > 0) {
            snprintf(text, bytes, "CPU %u takes over the recovery of CPU %u: CPU %llu, which had begun it, is gone.",
                     e->by, e->hart, count - 1);
        } else {
            snprintf(text, bytes, "CPU %u begins to recover what CPU %u held.", e->by, e->hart);
        }
        break;
    case HB_HAPPENED_LOCK:
        snprintf(text, bytes, "CPU %u frees the lock %s: its owner, CPU %u, is dead.", e->by, e->name, e->hart);
        break;
    case HB_HAPPENED_RECOVERED:
        snprintf(text, bytes, "CPU %u has put %llu task%s of CPU %u back into the run queues.", e->by, count,
                 plural(count), e->hart);
        break;
    case HB_HAPPENED_FIRST_WORK:
        snprintf(text, bytes, "CPU %u runs task %d of CPU %u: useful work again.", e->by, e->task, e->hart);
        break;
    }
}

static void of_task(const struct hb_happening *e, char *text, size_t bytes) {
    unsigned long long count = e->argument;
    switch (e->kind) {
    case HB_HAPPENED_TASK_DONE: snprintf(text, bytes, "CPU %u finishes task %d.", e->by, e->task); break;
    case HB_HAPPENED_TASK_LOST:
        snprintf(text, bytes, "Task %d is lost with CPU %u: it will never run again.", e->task, e->hart);
        break;
    case HB_HAPPENED_TASK_RESTART:
        snprintf(text, bytes, "Task %d starts again from its beginning (attempt %llu).", e->task, count + 1);
        break;
    case HB_HAPPENED_MIGRATED:
        snprintf(text, bytes, "CPU %u takes task %d from CPU %u: its own queue was empty.", e->by, e->task, e->hart);
        break;
    case HB_HAPPENED_ALL_UP: snprintf(text, bytes, "All %llu CPUs are up.", count); break;
    case HB_HAPPENED_LEFT_OUT: snprintf(text, bytes, "CPU %u never reported at boot and is left out.", e->hart); break;
    case HB_HAPPENED_PANIC: snprintf(text, bytes, "The kernel on CPU %u gives up (panic).", e->by); break;
    }
}

void hb_sentence(const struct hb_happening *event, char *text, size_t bytes) {
    text[0] = '\0';
    of_fault(event, text, bytes);
    of_recovery(event, text, bytes);
    of_task(event, text, bytes);
}

void hb_sentence_many(const struct hb_happening *last, uint64_t count, char *text, size_t bytes) {
    char number[HB_FORMAT_BYTES];
    hb_format_count(number, count);
    if (count == 1) {
        hb_sentence(last, text, bytes);
    } else if (last->kind == HB_HAPPENED_TASK_DONE) {
        snprintf(text, bytes, "%s tasks finished; the last was task %d on CPU %u.", number, last->task, last->by);
    } else {
        snprintf(text, bytes, "%s tasks moved to idle CPUs; the last was task %d, from CPU %u to CPU %u.", number,
                 last->task, last->hart, last->by);
    }
}
