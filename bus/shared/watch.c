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
