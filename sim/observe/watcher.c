#include "sim/observe/watcher.h"

static void note_wants(struct hb_watchers *watchers) {
    watchers->records = watchers->harts = watchers->retired = watchers->accesses = false;
    for (const struct hb_watcher *w = watchers->first; w; w = w->next) {
        watchers->records |= !w->off && w->record;
        watchers->harts |= !w->off && w->record && !w->aloof;
        watchers->retired |= !w->off && w->retired;
        watchers->accesses |= !w->off && w->accesses;
    }
}

/* A watcher that wants nothing of the bus is not on the bus's list, so that the bus need not ask it. */
static bool wants_bus(const struct hb_bus_watch *w) {
    return w->posted || w->granted || w->declined || w->snooped || w->finished || w->line || w->access ||
           w->reservation_lost;
}

void hb_watchers_add(struct hb_watchers *watchers, struct hb_bus *bus, struct hb_watcher *watcher) {
    struct hb_watcher **link = &watchers->first;
    while (*link)
        link = &(*link)->next;
    watcher->next = NULL;
    *link = watcher;
    watcher->bus.context = watcher->context;
    watcher->bus.off = watcher->off;
    if (wants_bus(&watcher->bus))
        hb_bus_watch_add(bus, &watcher->bus);
    note_wants(watchers);
}

void hb_watchers_remove(struct hb_watchers *watchers, struct hb_bus *bus, struct hb_watcher *watcher) {
    struct hb_watcher **link = &watchers->first;
    while (*link && *link != watcher)
        link = &(*link)->next;
    if (!*link)
        return;
    *link = watcher->next;
    hb_bus_watch_remove(bus, &watcher->bus);
    note_wants(watchers);
}

void hb_watchers_switch(struct hb_watchers *watchers, struct hb_watcher *watcher, bool on) {
    watcher->off = watcher->bus.off = !on;
    note_wants(watchers);
}

void hb_watchers_tell_record(const struct hb_watchers *watchers, const struct hb_trace_record *record) {
    for (const struct hb_watcher *w = watchers->first; w; w = w->next)
        if (w->record && !w->off)
            w->record(w->context, record);
}

void hb_watchers_tell_console(const struct hb_watchers *watchers, const char *text, size_t n) {
    for (const struct hb_watcher *w = watchers->first; w; w = w->next)
        if (w->console && !w->off)
            w->console(w->context, text, n);
}
