/* Berkeley: ownership without an exclusive clean state; memory is written only on eviction. */
#include "bus/protocol/protocols.h"

enum { I, V, N, X };

const struct hb_protocol
    hb_protocol_berkeley =
        {
            .name = "berkeley",
            .source = "Katz, Eggers, Wood, Perkins and Sheldon, Implementing a Cache Consistency Protocol, ISCA 1985. "
                      "The owner supplies and memory does not take the data; there is no shared line, so every read "
                      "miss ends UnOwned (V)",
            .states = 4,
            .state =
                {
                    [I] = {'I', "invalid", 0},
                    [V] = {'V', "unowned", HB_CLEAN_COPY},
                    [N] = {'N', "owned, not exclusive", HB_DIRTY_SHARED},
                    [X] = {'X', "owned, exclusive", HB_DIRTY_ALONE},
                },
            .row =
                {
                    [I] =
                        {
                            [HB_EVENT_READ] = OWN(HB_TXN_READ, V, V),
                            [HB_EVENT_WRITE] = OWN(HB_TXN_READ_X, X, X),
                            [HB_EVENT_ATOMIC] = OWN(HB_TXN_READ_X, X, X),
                            [HB_EVENT_CLEAN] = OWN(HB_TXN_CLEAN, I, I),
                            [HB_EVENT_FLUSH] = OWN(HB_TXN_FLUSH, I, I),
                            [HB_EVENT_INVALIDATE] = OWN(HB_TXN_INVALIDATE, I, I),
                            [HB_SNOOP_READ] = SEES(I, 0),
                            [HB_SNOOP_READ_X] = SEES(I, 0),
                            [HB_SNOOP_UPGRADE] = SEES(I, 0),
                            [HB_SNOOP_CLEAN] = SEES(I, 0),
                            [HB_SNOOP_FLUSH] = SEES(I, 0),
                            [HB_SNOOP_INVALIDATE] = SEES(I, 0),
                        },
                    [V] =
                        {
                            [HB_EVENT_READ] = HIT(V),
                            [HB_EVENT_WRITE] = OWN(HB_TXN_UPGRADE, X, X),
                            [HB_EVENT_ATOMIC] = OWN(HB_TXN_UPGRADE, X, X),
                            [HB_EVENT_EVICT] = HIT(I),
                            [HB_EVENT_CLEAN] = OWN(HB_TXN_CLEAN, V, V),
                            [HB_EVENT_FLUSH] = OWN(HB_TXN_FLUSH, I, I),
                            [HB_EVENT_INVALIDATE] = OWN(HB_TXN_INVALIDATE, I, I),
                            [HB_SNOOP_READ] = SEES(V, HB_ACT_SHARED),
                            [HB_SNOOP_READ_X] = SEES(I, 0),
                            [HB_SNOOP_UPGRADE] = SEES(I, 0),
                            [HB_SNOOP_CLEAN] = SEES(V, HB_ACT_SHARED),
                            [HB_SNOOP_FLUSH] = SEES(I, 0),
                            [HB_SNOOP_INVALIDATE] = SEES(I, 0),
                        },
                    [N] =
                        {
                            [HB_EVENT_READ] = HIT(N),
                            [HB_EVENT_WRITE] = OWN(HB_TXN_UPGRADE, X, X),
                            [HB_EVENT_ATOMIC] = OWN(HB_TXN_UPGRADE, X, X),
                            [HB_EVENT_EVICT] = OWN(HB_TXN_WRITE_BACK, I, I),
                            [HB_EVENT_CLEAN] = OWN(HB_TXN_WRITE_BACK, V, V),
                            [HB_EVENT_FLUSH] = OWN_ACTS(HB_TXN_FLUSH, I, I, HB_ACT_SUPPLY | HB_ACT_MEMORY),
                            [HB_EVENT_INVALIDATE] = OWN(HB_TXN_INVALIDATE, I, I),
                            [HB_SNOOP_READ] = SEES(N, HB_ACT_SHARED | HB_ACT_SUPPLY),
                            [HB_SNOOP_READ_X] = SEES(I, HB_ACT_SUPPLY),
                            [HB_SNOOP_UPGRADE] = SEES(I, 0),
                            [HB_SNOOP_CLEAN] = SEES(V, HB_ACT_SHARED | HB_ACT_SUPPLY | HB_ACT_MEMORY),
                            [HB_SNOOP_FLUSH] = SEES(I, HB_ACT_SUPPLY | HB_ACT_MEMORY),
                            [HB_SNOOP_INVALIDATE] = SEES(I, 0),
                        },
                    [X] =
                        {
                            [HB_EVENT_READ] = HIT(X),
                            [HB_EVENT_WRITE] = HIT(X),
                            [HB_EVENT_ATOMIC] = HIT(X),
                            [HB_EVENT_EVICT] = OWN(HB_TXN_WRITE_BACK, I, I),
                            [HB_EVENT_CLEAN] = OWN(HB_TXN_WRITE_BACK, V, V),
                            [HB_EVENT_FLUSH] = OWN(HB_TXN_WRITE_BACK, I, I),
                            [HB_EVENT_INVALIDATE] = OWN(HB_TXN_INVALIDATE, I, I),
                            [HB_SNOOP_READ] = SEES(N, HB_ACT_SHARED | HB_ACT_SUPPLY),
                            [HB_SNOOP_READ_X] = SEES(I, HB_ACT_SUPPLY),
                            [HB_SNOOP_CLEAN] = SEES(V, HB_ACT_SHARED | HB_ACT_SUPPLY | HB_ACT_MEMORY),
                            [HB_SNOOP_FLUSH] = SEES(I, HB_ACT_SUPPLY | HB_ACT_MEMORY),
                            [HB_SNOOP_INVALIDATE] = SEES(I, 0),
                        },
                },
};
