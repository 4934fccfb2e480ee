#include "ui/dashboard/model/sentence.h"

#include <stdio.h>
#include <string.h>

#include "osmodel/abi.h"
#include "osmodel/os_text.h"
#include "ui/dashboard/model/format.h"

static const struct {
    enum hb_view_icon icon;
    bool routine;
} looks[HB_HAPPENINGS] = {
    [HB_HAPPENED_KILLED] = {HB_ICON_KILL, false},       [HB_HAPPENED_SUSPECTED] = {HB_ICON_SUSPECT, false},
    [HB_HAPPENED_FENCED] = {HB_ICON_FENCE, false},      [HB_HAPPENED_RECOVERY] = {HB_ICON_RECOVER, false},
    [HB_HAPPENED_LOCK] = {HB_ICON_LOCK, false},         [HB_HAPPENED_RECOVERED] = {HB_ICON_RECOVER, false},
    [HB_HAPPENED_FIRST_WORK] = {HB_ICON_WORK, false},   [HB_HAPPENED_FALSE_ALARM] = {HB_ICON_SUSPECT, false},
    [HB_HAPPENED_TASK_DONE] = {HB_ICON_DONE, true},     [HB_HAPPENED_TASK_LOST] = {HB_ICON_LOST, false},
    [HB_HAPPENED_TASK_RESTART] = {HB_ICON_MOVE, false}, [HB_HAPPENED_MIGRATED] = {HB_ICON_MOVE, true},
    [HB_HAPPENED_ALL_UP] = {HB_ICON_INFO, false},       [HB_HAPPENED_LEFT_OUT] = {HB_ICON_LOST, false},
    [HB_HAPPENED_PANIC] = {HB_ICON_KILL, false},        [HB_HAPPENED_AILS] = {HB_ICON_SUSPECT, false},
    [HB_HAPPENED_ELECTED] = {HB_ICON_RECOVER, false},
};

enum hb_view_icon hb_sentence_icon(enum hb_happening_kind kind) {
    return looks[kind].icon;
}

bool hb_sentence_routine(enum hb_happening_kind kind) {
    return looks[kind].routine;
}

/* The sentence of the tracepoint that reported it, as everywhere else. */
static void of_tracepoint(const struct hb_happening *e, uint32_t id, uint64_t subject, char *text, size_t bytes) {
    const struct hb_os_words words = {.cycles_per_tick = 1};
    uint64_t argument = e->kind == HB_HAPPENED_MIGRATED ? e->hart | (uint64_t)e->by << 16 : e->argument;
    hb_os_event_text(&words, e->by, id, subject | argument << 32, text, bytes);
}

static void add(char *text, size_t bytes, const char *tail) {
    size_t used = strlen(text);
    snprintf(text + used, bytes - used, "%s", tail);
}

static void of_death(const struct hb_happening *e, char *text, size_t bytes) {
    char number[HB_FORMAT_BYTES];
    if (e->by == 0) {
        snprintf(text, bytes, "CPU %u dies: it executes nothing from now on", e->hart);
        return;
    }
    snprintf(text, bytes, "CPU %u dies and takes its cache with it: %s modified line%s lost", e->hart,
             hb_format_count(number, e->argument), e->argument == 1 ? "" : "s");
}

/* Which tracepoint reports it, and its subject. */
static const struct {
    uint8_t tracepoint;
    enum { OF_HART, OF_TASK, OF_COUNT } subject;
} told_by[HB_HAPPENINGS] = {
    [HB_HAPPENED_SUSPECTED] = {HB_TP_SUSPECT, OF_HART},
    [HB_HAPPENED_FENCED] = {HB_TP_FENCED, OF_HART},
    [HB_HAPPENED_RECOVERY] = {HB_TP_RECOVERY_BEGIN, OF_HART},
    [HB_HAPPENED_RECOVERED] = {HB_TP_RECOVERED, OF_HART},
    [HB_HAPPENED_FALSE_ALARM] = {HB_TP_FALSE_ALARM, OF_HART},
    [HB_HAPPENED_TASK_DONE] = {HB_TP_TASK_DONE, OF_TASK},
    [HB_HAPPENED_TASK_LOST] = {HB_TP_TASK_LOST, OF_TASK},
    [HB_HAPPENED_TASK_RESTART] = {HB_TP_TASK_RESTART, OF_TASK},
    [HB_HAPPENED_MIGRATED] = {HB_TP_TASK_MIGRATE, OF_TASK},
    [HB_HAPPENED_ALL_UP] = {HB_TP_ALL_HARTS_UP, OF_COUNT},
    [HB_HAPPENED_LEFT_OUT] = {HB_TP_HART_LEFT_OUT, OF_HART},
    [HB_HAPPENED_PANIC] = {HB_TP_PANIC, OF_COUNT},
    [HB_HAPPENED_ELECTED] = {HB_TP_ELECTED, OF_HART},
};

void hb_sentence(const struct hb_happening *event, char *text, size_t bytes) {
    struct hb_happening e = *event;
    if (e.kind == HB_HAPPENED_KILLED) {
        of_death(&e, text, bytes);
    } else if (e.kind == HB_HAPPENED_AILS) {
        snprintf(text, bytes, "CPU %u %s", e.hart, e.name);
    } else if (e.kind == HB_HAPPENED_LOCK) {
        snprintf(text, bytes, "CPU %u frees %s, which dead CPU %u held", e.by, e.name, e.hart);
    } else if (e.kind == HB_HAPPENED_FIRST_WORK) {
        snprintf(text, bytes, "CPU %u runs task %d of CPU %u: useful work again", e.by, e.task, e.hart);
    } else {
        uint64_t subject = e.hart;
        if (told_by[e.kind].subject == OF_TASK) {
            subject = (uint32_t)e.task;
        } else if (told_by[e.kind].subject == OF_COUNT) {
            subject = e.argument;
            e.argument = 0;
        }
        of_tracepoint(&e, told_by[e.kind].tracepoint, subject, text, bytes);
    }
    add(text, bytes, ".");
}

void hb_sentence_many(const struct hb_happening *last, uint64_t count, char *text, size_t bytes) {
    char number[HB_FORMAT_BYTES];
    hb_format_count(number, count);
    if (count == 1) {
        hb_sentence(last, text, bytes);
    } else if (last->kind == HB_HAPPENED_TASK_DONE) {
        snprintf(text, bytes, "%s tasks finished; the last was task %d on CPU %u.", number, last->task, last->hart);
    } else {
        snprintf(text, bytes, "%s tasks moved; the last was task %d, from CPU %u to CPU %u.", number, last->task,
                 last->hart, last->by);
    }
}

void hb_sentence_spins(const struct hb_view *view, uint32_t hart, char *text, size_t bytes) {
    const struct hb_view_hart *spins = &view->hart[hart];
    int32_t owner = spins->wanted_from;
    if (owner < 0) {
        snprintf(text, bytes, "CPU %u spins for %s, free at this moment.", hart, spins->wanted);
        return;
    }
    uint8_t state = view->hart[owner].state;
    const char *dead = state == HB_VIEW_DEAD     ? ", which is dead"
                       : state == HB_VIEW_FENCED ? ", which is fenced off"
                                                 : "";
    snprintf(text, bytes, "CPU %u spins for %s, held by CPU %d%s.", hart, spins->wanted, owner, dead);
}
