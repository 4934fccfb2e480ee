/* VI: write-through, write-invalidate, no write-allocate. Memory is never stale, so a dead cache loses nothing. */
#include "bus/protocol/protocols.h"

enum { I, V };

const struct hb_protocol hb_protocol_vi = {
    .name = "vi",
    .source =
        "Hennessy and Patterson, Computer Architecture, 5th edition, section 5.2, and Culler and Singh, Parallel "
        "Computer Architecture, figure 5.5 (write-through, no write-allocate, invalidate); memory always supplies",
    .write_through = true,
    .states = 2,
    .state = {[I] = {'I', "invalid", 0}, [V] = {'V', "valid", HB_CLEAN_COPY}},
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
                    [HB_SNOOP_READ] = SEES(V, HB_ACT_SHARED),
                    [HB_SNOOP_WRITE] = SEES(I, 0),
                    [HB_SNOOP_FLUSH] = SEES(I, 0),
                    [HB_SNOOP_INVALIDATE] = SEES(I, 0),
                },
        },
};
