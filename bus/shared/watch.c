#include "bus/shared/watch.h"

void hb_bus_watch_add(struct hb_bus *bus, struct hb_bus_watch *watch) {
    struct hb_bus_watch **link = &bus->watch;
    while (*link)
        link = &(*link)->next;
    watch->next = NULL;
    *link = watch;
}

void hb_bus_watch_remove(struct hb_bus *bus, struct hb_bus_watch *watch) {
    struct hb_bus_watch **link = &bus->watch;
    while (*link && *link != watch)
        link = &(*link)->next;
    if (*link)
        *link = watch->next;
}

void hb_tell_reservation_lost(const struct hb_bus *bus, uint32_t hart, uint64_t line, uint64_t now) {
    HB_TELL(bus, reservation_lost, hart, line, now);
}

void hb_tell_line(const struct hb_bus *bus, uint8_t agent, const struct hb_line *line, uint8_t state,
                  const struct hb_transaction *t, uint64_t now) {
    if (line->state != state)
        HB_TELL(bus, line, agent, line->address, line->state, state, t, now);
}
