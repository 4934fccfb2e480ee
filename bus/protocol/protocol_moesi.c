/* MOESI: a modified line may be shared; its owner answers for it, memory stays stale. */
#include "bus/protocol/protocols.h"

enum { I, S, E, O, M };

const struct hb_protocol hb_protocol_moesi =
    {
        .name = "moesi",
        .source = "Sweazey and Smith, ISCA 1986 (the copy-back, invalidating choices of the class). The owner (M, "
                  "O) supplies and memory does not take the data until the owner gives the line up; memory supplies "
                  "what nobody owns",
        .states = 5,
        .state =
            {
                [I] = {'I', "invalid", 0},
                [S] = {'S', "shared", HB_CLEAN_COPY},
                [E] = {'E', "exclusive", HB_CLEAN_ALONE},
                [O] = {'O', "owned", HB_DIRTY_SHARED},
                [M] = {'M', "modified", HB_DIRTY_ALONE},
            },
        .row =
            {
                [I] =
                    {
                        [HB_EVENT_READ] = OWN(HB_TXN_READ, E, S),
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
                        [HB_SNOOP_READ_X] = SEES(I, 0),
                        [HB_SNOOP_CLEAN] = SEES(E, HB_ACT_SHARED),
                        [HB_SNOOP_FLUSH] = SEES(I, 0),
                        [HB_SNOOP_INVALIDATE] = SEES(I, 0),
                    },
                [O] =
                    {
                        [HB_EVENT_READ] = HIT(O),
                        [HB_EVENT_WRITE] = OWN(HB_TXN_UPGRADE, M, M),
                        [HB_EVENT_ATOMIC] = OWN(HB_TXN_UPGRADE, M, M),
                        [HB_EVENT_EVICT] = OWN(HB_TXN_WRITE_BACK, I, I),
                        [HB_EVENT_CLEAN] = OWN(HB_TXN_WRITE_BACK, S, S),
                        [HB_EVENT_FLUSH] = OWN_ACTS(HB_TXN_FLUSH, I, I, HB_ACT_SUPPLY | HB_ACT_MEMORY),
                        [HB_EVENT_INVALIDATE] = OWN(HB_TXN_INVALIDATE, I, I),
                        [HB_SNOOP_READ] = SEES(O, HB_ACT_SHARED | HB_ACT_SUPPLY),
                        [HB_SNOOP_READ_X] = SEES(I, HB_ACT_SUPPLY),
                        [HB_SNOOP_UPGRADE] = SEES(I, 0),
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
                        [HB_SNOOP_READ] = SEES(O, HB_ACT_SHARED | HB_ACT_SUPPLY),
                        [HB_SNOOP_READ_X] = SEES(I, HB_ACT_SUPPLY),
                        [HB_SNOOP_CLEAN] = SEES(E, HB_ACT_SHARED | HB_ACT_SUPPLY | HB_ACT_MEMORY),
                        [HB_SNOOP_FLUSH] = SEES(I, HB_ACT_SUPPLY | HB_ACT_MEMORY),
                        [HB_SNOOP_INVALIDATE] = SEES(I, 0),
                    },
            },
};
