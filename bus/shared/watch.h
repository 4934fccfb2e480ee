/* Whoever wants to know what happens on the bus (statistics, traces) attaches a watcher to it.
 *
 * Watchers see and never change anything: no result depends on whether there is one. Any function may be NULL. For each
 * event they are called in the order in which they were added, and events are reported as they happen: posted, granted
 * (or declined), then in the snoop `line` for each cache that changes, snooped, at the finish `line` for the requester,
 * `access` for the access that is performed, finished. An access that hits its L1 is reported by `access` alone (and
 * `line`, when E becomes M), and only if no host lookup serves it: a watcher that must see every access turns host
 * lookups off.
 */
#ifndef HB_BUS_WATCH_H
#define HB_BUS_WATCH_H

#include "bus/shared/state.h"

enum hb_access_way {
    HB_WAY_HIT,       /* the L1 served it */
    HB_WAY_BUS,       /* performed by a transaction's finish in the L1 */
    HB_WAY_MEMORY,    /* performed by a transaction's finish in memory: write-through, atomics in memory */
    HB_WAY_FORWARDED, /* a load that the store buffer served */
    HB_WAY_BUFFERED,  /* a store that went into the store buffer; reported again when it is performed */
};

struct hb_bus_watch {
    struct hb_bus_watch *next; /* the bus's */
    void *context;
    bool off; /* nothing is called */
    void (*posted)(void *context, const struct hb_bus *bus, uint32_t port, uint64_t now);
    void (*granted)(void *context, const struct hb_bus *bus, const struct hb_transaction *t, uint64_t now);
    /* The arbiter chose the port, but its request no longer needs the bus: it is answered, and another may be
     * chosen. */
    void (*declined)(void *context, const struct hb_bus *bus, uint32_t port, uint64_t now);
    void (*snooped)(void *context, const struct hb_bus *bus, const struct hb_transaction *t, uint64_t now);
    void (*finished)(void *context, const struct hb_bus *bus, const struct hb_transaction *t, uint64_t now);
    /* The line at `address` goes from one state to another in an agent's cache. `t`: the transaction that causes it;
     * NULL: a hit, an eviction of a clean line, the power controller. */
    void (*line)(void *context, const struct hb_bus *bus, uint8_t agent, uint64_t address, uint8_t before,
                 uint8_t after, const struct hb_transaction *t, uint64_t now);
    void (*access)(void *context, const struct hb_bus *bus, uint32_t hart, const struct hb_request *request,
                   uint64_t value, enum hb_access_way way, uint64_t now);
    /* An LR reservation was lost to another's access or to an eviction. */
    void (*reservation_lost)(void *context, const struct hb_bus *bus, uint32_t hart, uint64_t address, uint64_t now);
};

/* Attach it to the bus, as the last one. It must stay in place until it is removed. */
void hb_bus_watch_add(struct hb_bus *bus, struct hb_bus_watch *watch);

/* Remove it from the bus; does nothing if it is not attached. */
void hb_bus_watch_remove(struct hb_bus *bus, struct hb_bus_watch *watch);

/* Does any watcher listen to the bus? */
static inline bool hb_bus_is_watched(const struct hb_bus *bus) {
    return bus->watch != NULL;
}

/* Call this function of all watchers of `bus` that have it: HB_TELL(bus, granted, t, now). */
#define HB_TELL(bus_, what, ...)                                                                                       \
    do {                                                                                                               \
        for (const struct hb_bus_watch *watch_ = (bus_)->watch; watch_; watch_ = watch_->next)                         \
            if (watch_->what && !watch_->off)                                                                          \
                watch_->what(watch_->context, (bus_), __VA_ARGS__);                                                    \
    } while (0)

/* What seldom happens, out of line: a line takes `state`, if it has another one; the hart's reservation of the line at
 * this address is lost. */
void hb_tell_line(const struct hb_bus *bus, uint8_t agent, const struct hb_line *line, uint8_t state,
                  const struct hb_transaction *t, uint64_t now);
void hb_tell_reservation_lost(const struct hb_bus *bus, uint32_t hart, uint64_t line, uint64_t now);

#endif
