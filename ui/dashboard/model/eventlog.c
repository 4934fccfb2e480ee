#include "ui/dashboard/model/eventlog.h"

#include <string.h>

#include "ui/dashboard/model/sentence.h"

/* The entry that gathers this kind of routine event: after the last event that is not routine. */
static struct hb_eventlog_entry *gatherer(struct hb_eventlog *log, uint8_t kind) {
    for (uint32_t i = log->count; i-- > 0 && hb_sentence_routine(log->entry[i].last.kind);)
        if (log->entry[i].last.kind == kind)
            return &log->entry[i];
    return NULL;
}

void hb_eventlog_add(struct hb_eventlog *log, const struct hb_happening *event) {
    if (!hb_happening_is_listed(event->kind))
        return;
    struct hb_eventlog_entry *entry = hb_sentence_routine(event->kind) ? gatherer(log, event->kind) : NULL;
    if (entry != NULL) {
        entry->last = *event;
        entry->count++;
        return;
    }
    if (log->count == HB_VIEW_EVENTS) {
        memmove(&log->entry[0], &log->entry[1], (HB_VIEW_EVENTS - 1) * sizeof log->entry[0]);
        log->count--;
    }
    log->entry[log->count++] = (struct hb_eventlog_entry){*event, 1};
}

void hb_eventlog_view(const struct hb_eventlog *log, struct hb_view *view) {
    view->events = log->count;
    for (uint32_t i = 0; i < log->count; i++) {
        const struct hb_eventlog_entry *entry = &log->entry[i];
        struct hb_view_event *event = &view->event[i];
        event->cycle = entry->last.cycle;
        event->icon = (uint8_t)hb_sentence_icon(entry->last.kind);
        hb_sentence_many(&entry->last, entry->count, event->sentence, sizeof event->sentence);
    }
}
