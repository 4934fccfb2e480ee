/* No coherence: caches write through and do not snoop; what they hold goes stale. */
#include "bus/protocol/protocols.h"

enum { I, V };

const struct hb_protocol hb_protocol_none = {
    .name = "none",
    .source = "ours: the write-through table with every snoop left out, so that a course can show what goes "
              "wrong. LR, SC and AMO are performed in memory",
    .write_through = true,
    .incoherent = true,
    .states = 2,
    .state =
        {
            [I] = {'I', "invalid", 0},
            [V] = {'V', "valid", HB_CLEAN_COPY},
        },
    .row =
        {
            [I] =
                {
                    [HB_EVENT_READ] = OWN(HB_TXN_READ, V, V),
                    [HB_EVENT_WRITE] = OWN(HB_TXN_WRITE, I, I),
                    [HB_EVENT_ATOMIC] = OWN(HB_TXN_ATOMIC, I, I),
                    [HB_EVENT_CLEAN] = HIT(I),
                    [HB_EVENT_FLUSH] = OWN(HB_TXN_FLUSH, I, I),
                    [HB_EVENT_INVALIDATE] = OWN(HB_TXN_INVALIDATE, I, I),
                    [HB_SNOOP_READ] = SEES(I, 0),
                    [HB_SNOOP_WRITE] = SEES(I, 0),
                    [HB_SNOOP_FLUSH] = SEES(I, 0),
                    [HB_SNOOP_INVALIDATE] = SEES(I, 0),
                },
            [V] =
                {
                    [HB_EVENT_READ] = HIT(V),
                    [HB_EVENT_WRITE] = OWN(HB_TXN_WRITE, V, V),
                    [HB_EVENT_ATOMIC] = OWN(HB_TXN_ATOMIC, V, V),
                    [HB_EVENT_EVICT] = HIT(I),
                    [HB_EVENT_CLEAN] = HIT(V),
                    [HB_EVENT_FLUSH] = OWN(HB_TXN_FLUSH, I, I),
                    [HB_EVENT_INVALIDATE] = OWN(HB_TXN_INVALIDATE, I, I),
                    [HB_SNOOP_READ] = SEES(V, 0),
                    [HB_SNOOP_WRITE] = SEES(V, 0),
                    [HB_SNOOP_FLUSH] = SEES(V, 0),
                    [HB_SNOOP_INVALIDATE] = SEES(V, 0),
                },
        },
};
