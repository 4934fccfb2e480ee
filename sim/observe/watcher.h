/* Observers of a machine: a console that prints, logs, traces, the dashboard. A watcher is a struct of its owner's with
 * the functions that it wants called, on the machine's only list.
 *
 *     struct hb_watcher watcher = {.context = self, .record = see, .bus.granted = see_grant};
 *     hb_machine_watch_add(machine, &watcher);
 *     ... run ...
 *     hb_machine_watch_remove(machine, &watcher);
 *
 * Watchers see and never change anything: no result depends on whether there is one. They are called in the order in
 * which they were added. What a watcher wants does not change while it is on the list, and none is added or removed
 * within a call.
 */
#ifndef HB_SIM_WATCHER_H
#define HB_SIM_WATCHER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "bus/shared/watch.h"
#include "cpu/hart/core.h"

struct hb_watcher {
    struct hb_watcher *next; /* the list's */
    void *context;           /* handed to every function */
    /* Each may be NULL. Every record of a cycle, by hart, when the cycle is closed: */
    void (*record)(void *context, const struct hb_trace_record *record);
    /* `n` bytes that have just come to the console: */
    void (*console)(void *context, const char *text, size_t n);
    /* What happens on the bus, as it happens. Here its functions alone are the owner's. */
    struct hb_bus_watch bus;
    bool retired;  /* record() also of every instruction that retires, which is slow */
    bool accesses; /* bus.access() also of what hits by a host lookup, which is slow */
    bool aloof;    /* record() looks at records and the view of the OS alone: harts may be further, which is faster */
    bool off;      /* nothing is called: hb_machine_watch_switch() */
};

struct hb_watchers {
    struct hb_watcher *first;
    /* Is there one that is on and wants this? */
    bool records;
    bool harts; /* record() with every hart where the record's cycle has it */
    bool retired;
    bool accesses;
};

/* Inside sim/: only the list; what harts have to do for it is up to the machine. `bus` is the machine's. */
void hb_watchers_add(struct hb_watchers *watchers, struct hb_bus *bus, struct hb_watcher *watcher);

/* Does nothing if it is not on the list. */
void hb_watchers_remove(struct hb_watchers *watchers, struct hb_bus *bus, struct hb_watcher *watcher);

void hb_watchers_switch(struct hb_watchers *watchers, struct hb_watcher *watcher, bool on);

void hb_watchers_tell_record(const struct hb_watchers *watchers, const struct hb_trace_record *record);
void hb_watchers_tell_console(const struct hb_watchers *watchers, const char *text, size_t n);

#endif
