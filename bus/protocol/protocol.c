#include "bus/protocol/protocol.h"

#include <stddef.h>

#include "bus/protocol/protocols.h"
#include "memory/cache.h"

const struct hb_protocol hb_protocol_l1i = {
    .name = "l1i",
    .source = "ours: a read-only cache beside the L1D, invalidated by whatever gets the line for writing",
    .states = 2,
    .state = {{'I', "invalid", 0}, {'V', "valid", HB_LINE_READABLE}},
    .row =
        {
            {
                [HB_EVENT_READ] = {.defined = true, .transaction = HB_TXN_READ, .next = 1, .next_shared = 1},
                [HB_SNOOP_READ] = {.defined = true},
                [HB_SNOOP_READ_X] = {.defined = true},
                [HB_SNOOP_UPGRADE] = {.defined = true},
                [HB_SNOOP_WRITE] = {.defined = true},
                [HB_SNOOP_UPDATE] = {.defined = true},
                [HB_SNOOP_CLEAN] = {.defined = true},
                [HB_SNOOP_FLUSH] = {.defined = true},
                [HB_SNOOP_INVALIDATE] = {.defined = true},
            },
            {
                [HB_EVENT_READ] = {.defined = true, .next = 1, .next_shared = 1},
                [HB_EVENT_EVICT] = {.defined = true},
                [HB_SNOOP_READ] = {.defined = true, .next = 1, .actions = HB_ACT_SHARED},
                [HB_SNOOP_READ_X] = {.defined = true},
                [HB_SNOOP_UPGRADE] = {.defined = true},
                [HB_SNOOP_WRITE] = {.defined = true},
                [HB_SNOOP_UPDATE] = {.defined = true},
                [HB_SNOOP_CLEAN] = {.defined = true, .next = 1, .actions = HB_ACT_SHARED},
                [HB_SNOOP_FLUSH] = {.defined = true},
                [HB_SNOOP_INVALIDATE] = {.defined = true},
            },
        },
};

const struct hb_protocol *hb_protocol_find(enum hb_protocol_id id) {
    static const struct hb_protocol *const tables[HB_PROTOCOLS] = {
        [HB_PROTOCOL_VI] = &hb_protocol_vi,
        [HB_PROTOCOL_WRITE_ONCE] = &hb_protocol_write_once,
        [HB_PROTOCOL_MSI] = &hb_protocol_msi,
        [HB_PROTOCOL_MESI] = &hb_protocol_mesi,
        [HB_PROTOCOL_MESIF] = &hb_protocol_mesif,
        [HB_PROTOCOL_MOESI] = &hb_protocol_moesi,
        [HB_PROTOCOL_BERKELEY] = &hb_protocol_berkeley,
        [HB_PROTOCOL_FIREFLY] = &hb_protocol_firefly,
        [HB_PROTOCOL_DRAGON] = &hb_protocol_dragon,
        [HB_PROTOCOL_NONE] = &hb_protocol_none,
    };
    return id < HB_PROTOCOLS ? tables[id] : NULL;
}

void hb_protocol_fill(struct hb_protocol *protocol) {
    for (uint8_t s = 0; s < protocol->states; s++)
        for (uint32_t e = HB_SNOOP_READ; e < HB_EVENTS; e++)
            if (!protocol->row[s][e].defined)
                protocol->row[s][e] = (struct hb_row){.defined = true, .next = s};
}

const char *hb_event_name(enum hb_event event) {
    static const char *const names[HB_EVENTS] = {
        [HB_EVENT_READ] = "read",
        [HB_EVENT_WRITE] = "write",
        [HB_EVENT_ATOMIC] = "atomic",
        [HB_EVENT_EVICT] = "evict",
        [HB_EVENT_CLEAN] = "clean",
        [HB_EVENT_FLUSH] = "flush",
        [HB_EVENT_INVALIDATE] = "invalidate",
        [HB_SNOOP_READ] = "BusRd",
        [HB_SNOOP_READ_X] = "BusRdX",
        [HB_SNOOP_UPGRADE] = "BusUpgr",
        [HB_SNOOP_WRITE] = "BusWr",
        [HB_SNOOP_UPDATE] = "BusUpd",
        [HB_SNOOP_CLEAN] = "BusClean",
        [HB_SNOOP_FLUSH] = "BusFlush",
        [HB_SNOOP_INVALIDATE] = "BusInval",
    };
    return names[event];
}

const char *hb_txn_name(enum hb_txn transaction) {
    static const char *const names[HB_TXNS] = {
        [HB_TXN_NONE] = "none",         [HB_TXN_READ] = "BusRd",         [HB_TXN_READ_X] = "BusRdX",
        [HB_TXN_UPGRADE] = "BusUpgr",   [HB_TXN_WRITE_BACK] = "BusWB",   [HB_TXN_WRITE] = "BusWr",
        [HB_TXN_ATOMIC] = "BusAtomic",  [HB_TXN_UPDATE] = "BusUpd",      [HB_TXN_READ_UPDATE] = "BusRdUpd",
        [HB_TXN_CLEAN] = "BusClean",    [HB_TXN_FLUSH] = "BusFlush",     [HB_TXN_INVALIDATE] = "BusInval",
        [HB_TXN_DEVICE_READ] = "DevRd", [HB_TXN_DEVICE_WRITE] = "DevWr", [HB_TXN_DMA_READ] = "DmaRd",
        [HB_TXN_DMA_WRITE] = "DmaWr",
    };
    return names[transaction];
}
