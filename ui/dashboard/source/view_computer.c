/* The parts of the computer: what is in each cache, and which way the bus carries data. */
#include <string.h>

#include "ui/dashboard/source/machine_session.h"

static void fill_cache(const struct hb_machine *machine, uint32_t h, struct hb_view_cache *view) {
    const struct hb_cache *cache = &machine->bus.l1d[h];
    const struct hb_port *port = &machine->saved->bus.port[h];
    *view = (struct hb_view_cache){.capacity = cache->sets * cache->ways,
                                   .lost = port->lost,
                                   .asks = port->request.kind != HB_ACCESS_NONE && !port->granted};
    for (uint32_t i = 0; i < view->capacity && !port->lost; i++) {
        const struct hb_line *line = hb_cache_line(cache, i);
        view->lines += line->address != HB_NO_LINE;
        view->modified += line->address != HB_NO_LINE && (line->attributes & HB_LINE_DIRTY) != 0;
    }
}

/* Does it bring data to memory? */
static bool writes(uint8_t kind) {
    return kind == HB_TXN_WRITE_BACK || kind == HB_TXN_WRITE || kind == HB_TXN_CLEAN || kind == HB_TXN_FLUSH ||
           kind == HB_TXN_DMA_WRITE;
}

static bool is_of_device(uint8_t kind) {
    return kind == HB_TXN_DEVICE_READ || kind == HB_TXN_DEVICE_WRITE;
}

static void fill_traffic(const struct hb_machine *machine, struct hb_view_computer *view) {
    const struct hb_transaction *t = &machine->saved->bus.transaction[0];
    for (uint32_t i = 1; i < machine->bus.limit && !t->active; i++)
        t = &machine->saved->bus.transaction[i];
    view->traffic = HB_TRAFFIC_NONE;
    view->supplier = -1;
    view->symbol[0] = '\0';
    if (!t->active)
        return;
    if (hb_symbols_at(&machine->symbols, t->line, NULL) != NULL)
        hb_symbols_text(&machine->symbols, t->line, view->symbol, sizeof view->symbol);
    view->traffic = is_of_device(t->kind)        ? HB_TRAFFIC_DEVICE
                    : !t->snooped                ? HB_TRAFFIC_ASKS
                    : writes(t->kind)            ? HB_TRAFFIC_TO_MEMORY
                    : t->supplier != HB_NO_AGENT ? HB_TRAFFIC_FROM_CACHE
                    : t->data_cycles > 0         ? HB_TRAFFIC_FROM_MEMORY
                                                 : HB_TRAFFIC_ASKS;
    if (view->traffic == HB_TRAFFIC_FROM_CACHE)
        view->supplier = t->supplier / 2;
}

void hb_view_fill_computer(const struct hb_machine *machine, struct hb_view_computer *view) {
    memset(view, 0, sizeof *view);
    for (uint32_t h = 0; h < machine->bus.harts; h++)
        fill_cache(machine, h, &view->cache[h]);
    fill_traffic(machine, view);
}
