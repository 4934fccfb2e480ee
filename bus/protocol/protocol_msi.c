/* MSI: the least that a write-back, write-invalidate protocol needs. */
#include "bus/protocol/protocols.h"

enum { I, S, M };

const struct hb_protocol hb_protocol_msi =
    {
        .name = "msi",
        .source = "Hennessy and Patterson, Computer Architecture, 5th edition, section 5.2, figures 5.5 to 5.7. The "
                  "owner supplies, and memory takes a modified line whenever another cache asks for it; memory "
                  "supplies all else. A write to a shared copy only invalidates (BusUpgr)",
        .states = 3,
        .state =
            {
                [I] = {'I', "invalid", 0},
                [S] = {'S', "shared", HB_CLEAN_COPY},
                [M] = {'M', "modified", HB_DIRTY_ALONE},
            },
        .row =
            {
                [I] =
                    {
                        [HB_EVENT_READ] = OWN(HB_TXN_READ, S, S),
                        [HB_EVENT_WRITE] = OWN(HB_TXN_READ_X, M, M),
                        [HB_EVENT_ATOMIC] = OWN(HB_TXN_READ_X, M, M),
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
                [S] =
                    {
                        [HB_EVENT_READ] = HIT(S),
                        [HB_EVENT_WRITE] = OWN(HB_TXN_UPGRADE, M, M),
                        [HB_EVENT_ATOMIC] = OWN(HB_TXN_UPGRADE, M, M),
                        [HB_EVENT_EVICT] = HIT(I),
                        [HB_EVENT_CLEAN] = OWN(HB_TXN_CLEAN, S, S),
                        [HB_EVENT_FLUSH] = OWN(HB_TXN_FLUSH, I, I),
                        [HB_EVENT_INVALIDATE] = OWN(HB_TXN_INVALIDATE, I, I),
                        [HB_SNOOP_READ] = SEES(S, HB_ACT_SHARED),
                        [HB_SNOOP_READ_X] = SEES(I, 0),
                        [HB_SNOOP_UPGRADE] = SEES(I, 0),
                        [HB_SNOOP_CLEAN] = SEES(S, HB_ACT_SHARED),
                        [HB_SNOOP_FLUSH] = SEES(I, 0),
                        [HB_SNOOP_INVALIDATE] = SEES(I, 0),
                    },
                [M] =
                    {
                        [HB_EVENT_READ] = HIT(M),
                        [HB_EVENT_WRITE] = HIT(M),
                        [HB_EVENT_ATOMIC] = HIT(M),
                        [HB_EVENT_EVICT] = OWN(HB_TXN_WRITE_BACK, I, I),
                        [HB_EVENT_CLEAN] = OWN(HB_TXN_WRITE_BACK, S, S),
                        [HB_EVENT_FLUSH] = OWN(HB_TXN_WRITE_BACK, I, I),
                        [HB_EVENT_INVALIDATE] = OWN(HB_TXN_INVALIDATE, I, I),
                        [HB_SNOOP_READ] = SEES(S, HB_ACT_SHARED | HB_ACT_SUPPLY | HB_ACT_MEMORY),
                        [HB_SNOOP_READ_X] = SEES(I, HB_ACT_SUPPLY | HB_ACT_MEMORY),
                        [HB_SNOOP_CLEAN] = SEES(S, HB_ACT_SHARED | HB_ACT_SUPPLY | HB_ACT_MEMORY),
                        [HB_SNOOP_FLUSH] = SEES(I, HB_ACT_SUPPLY | HB_ACT_MEMORY),
                        [HB_SNOOP_INVALIDATE] = SEES(I, 0),
                    },
            },
};
