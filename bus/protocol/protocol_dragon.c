/* Dragon: a store to a shared line goes to every copy, and memory stays stale; the last writer owns it. */
#include "bus/protocol/protocols.h"

enum { I, S, E, N, M };

const struct hb_protocol hb_protocol_dragon =
    {
        .name = "dragon",
        .source = "McCreight, The Dragon Computer System, 1984, as described by Archibald and Baer, TOCS 4(4), 1986, "
                  "and by Culler and Singh, Parallel Computer Architecture, section 5.3.3. The owner (N: shared, "
                  "modified; M) supplies, memory supplies what nobody owns; memory takes nothing before the owner "
                  "gives the line up",
        .states = 5,
        .state =
            {
                [I] = {'I', "invalid", 0},
                [S] = {'S', "shared, clean", HB_CLEAN_COPY},
                [E] = {'E', "exclusive", HB_CLEAN_ALONE},
                [N] = {'N', "shared, modified", HB_DIRTY_SHARED},
                [M] = {'M', "modified", HB_DIRTY_ALONE},
            },
        .row =
            {
                [I] =
                    {
                        [HB_EVENT_READ] = OWN(HB_TXN_READ, E, S),
                        [HB_EVENT_WRITE] = OWN(HB_TXN_READ_UPDATE, M, N),
                        [HB_EVENT_ATOMIC] = OWN(HB_TXN_READ_UPDATE, M, N),
                        [HB_EVENT_CLEAN] = OWN(HB_TXN_CLEAN, I, I),
                        [HB_EVENT_FLUSH] = OWN(HB_TXN_FLUSH, I, I),
                        [HB_EVENT_INVALIDATE] = OWN(HB_TXN_INVALIDATE, I, I),
                        [HB_SNOOP_READ] = SEES(I, 0),
                        [HB_SNOOP_UPDATE] = SEES(I, 0),
                        [HB_SNOOP_CLEAN] = SEES(I, 0),
                        [HB_SNOOP_FLUSH] = SEES(I, 0),
                        [HB_SNOOP_INVALIDATE] = SEES(I, 0),
                    },
                [S] =
                    {
                        [HB_EVENT_READ] = HIT(S),
                        [HB_EVENT_WRITE] = OWN(HB_TXN_UPDATE, M, N),
                        [HB_EVENT_ATOMIC] = OWN(HB_TXN_UPDATE, M, N),
                        [HB_EVENT_EVICT] = HIT(I),
                        [HB_EVENT_CLEAN] = OWN(HB_TXN_CLEAN, S, S),
                        [HB_EVENT_FLUSH] = OWN(HB_TXN_FLUSH, I, I),
                        [HB_EVENT_INVALIDATE] = OWN(HB_TXN_INVALIDATE, I, I),
                        [HB_SNOOP_READ] = SEES(S, HB_ACT_SHARED),
                        [HB_SNOOP_UPDATE] = SEES(S, HB_ACT_SHARED),
                        [HB_SNOOP_CLEAN] = SEES(S, HB_ACT_SHARED),
                        [HB_SNOOP_FLUSH] = SEES(I, 0),
                        [HB_SNOOP_INVALIDATE] = SEES(I, 0),
                    },
                [E] =
                    {
                        [HB_EVENT_READ] = HIT(E),
                        [HB_EVENT_WRITE] = HIT(M),
                        [HB_EVENT_ATOMIC] = HIT(M),
                        [HB_EVENT_EVICT] = HIT(I),
                        [HB_EVENT_CLEAN] = HIT(E),
                        [HB_EVENT_FLUSH] = OWN(HB_TXN_FLUSH, I, I),
                        [HB_EVENT_INVALIDATE] = OWN(HB_TXN_INVALIDATE, I, I),
                        [HB_SNOOP_READ] = SEES(S, HB_ACT_SHARED),
                        [HB_SNOOP_CLEAN] = SEES(E, HB_ACT_SHARED),
                        [HB_SNOOP_FLUSH] = SEES(I, 0),
                        [HB_SNOOP_INVALIDATE] = SEES(I, 0),
                    },
                [N] =
                    {
                        [HB_EVENT_READ] = HIT(N),
                        [HB_EVENT_WRITE] = OWN(HB_TXN_UPDATE, M, N),
                        [HB_EVENT_ATOMIC] = OWN(HB_TXN_UPDATE, M, N),
                        [HB_EVENT_EVICT] = OWN(HB_TXN_WRITE_BACK, I, I),
                        [HB_EVENT_CLEAN] = OWN(HB_TXN_WRITE_BACK, S, S),
                        [HB_EVENT_FLUSH] = OWN_ACTS(HB_TXN_FLUSH, I, I, HB_ACT_SUPPLY | HB_ACT_MEMORY),
                        [HB_EVENT_INVALIDATE] = OWN(HB_TXN_INVALIDATE, I, I),
                        [HB_SNOOP_READ] = SEES(N, HB_ACT_SHARED | HB_ACT_SUPPLY),
                        [HB_SNOOP_UPDATE] = SEES(S, HB_ACT_SHARED),
                        [HB_SNOOP_CLEAN] = SEES(S, HB_ACT_SHARED | HB_ACT_SUPPLY | HB_ACT_MEMORY),
                        [HB_SNOOP_FLUSH] = SEES(I, HB_ACT_SUPPLY | HB_ACT_MEMORY),
                        [HB_SNOOP_INVALIDATE] = SEES(I, 0),
                    },
                [M] =
                    {
                        [HB_EVENT_READ] = HIT(M),
                        [HB_EVENT_WRITE] = HIT(M),
                        [HB_EVENT_ATOMIC] = HIT(M),
                        [HB_EVENT_EVICT] = OWN(HB_TXN_WRITE_BACK, I, I),
                        [HB_EVENT_CLEAN] = OWN(HB_TXN_WRITE_BACK, E, E),
                        [HB_EVENT_FLUSH] = OWN(HB_TXN_WRITE_BACK, I, I),
                        [HB_EVENT_INVALIDATE] = OWN(HB_TXN_INVALIDATE, I, I),
                        [HB_SNOOP_READ] = SEES(N, HB_ACT_SHARED | HB_ACT_SUPPLY),
                        [HB_SNOOP_CLEAN] = SEES(E, HB_ACT_SHARED | HB_ACT_SUPPLY | HB_ACT_MEMORY),
                        [HB_SNOOP_FLUSH] = SEES(I, HB_ACT_SUPPLY | HB_ACT_MEMORY),
                        [HB_SNOOP_INVALIDATE] = SEES(I, 0),
                    },
            },
};
