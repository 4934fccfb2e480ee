/* MESIF: MESI in which one of the sharers, the most recent, answers for all. */
#include "bus/protocol/protocols.h"

enum { I, S, E, F, M };

const struct hb_protocol
    hb_protocol_mesif =
        {
            .name = "mesif",
            .source = "Goodman and Hum, MESIF: A Two-Hop Cache Coherency Protocol for Point-to-Point Interconnects, "
                      "2009, on a bus: the cache that read last is the forwarder (F) and supplies; when it has dropped "
                      "the line, memory does. Memory takes a modified line when it is read, not when it is read to be "
                      "written. Ours: a read by a device or an L1I makes F an S",
            .states = 5,
            .state =
                {
                    [I] = {'I', "invalid", 0},
                    [S] = {'S', "shared", HB_CLEAN_COPY},
                    [E] = {'E', "exclusive", HB_CLEAN_ALONE},
                    [F] = {'F', "forward", HB_CLEAN_COPY},
                    [M] = {'M', "modified", HB_DIRTY_ALONE},
                },
            .row =
                {
                    [I] =
                        {
                            [HB_EVENT_READ] = OWN(HB_TXN_READ, E, F),
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
                            [HB_SNOOP_READ] = SEES(S, HB_ACT_SHARED | HB_ACT_SUPPLY),
                            [HB_SNOOP_READ_X] = SEES(I, HB_ACT_SUPPLY),
                            [HB_SNOOP_CLEAN] = SEES(E, HB_ACT_SHARED),
                            [HB_SNOOP_FLUSH] = SEES(I, 0),
                            [HB_SNOOP_INVALIDATE] = SEES(I, 0),
                        },
                    [F] =
                        {
                            [HB_EVENT_READ] = HIT(F),
                            [HB_EVENT_WRITE] = OWN(HB_TXN_UPGRADE, M, M),
                            [HB_EVENT_ATOMIC] = OWN(HB_TXN_UPGRADE, M, M),
                            [HB_EVENT_EVICT] = HIT(I),
                            [HB_EVENT_CLEAN] = OWN(HB_TXN_CLEAN, F, F),
                            [HB_EVENT_FLUSH] = OWN(HB_TXN_FLUSH, I, I),
                            [HB_EVENT_INVALIDATE] = OWN(HB_TXN_INVALIDATE, I, I),
                            [HB_SNOOP_READ] = SEES(S, HB_ACT_SHARED | HB_ACT_SUPPLY),
                            [HB_SNOOP_READ_X] = SEES(I, HB_ACT_SUPPLY),
                            [HB_SNOOP_UPGRADE] = SEES(I, 0),
                            [HB_SNOOP_CLEAN] = SEES(F, HB_ACT_SHARED),
                            [HB_SNOOP_FLUSH] = SEES(I, 0),
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
                            [HB_SNOOP_READ] = SEES(S, HB_ACT_SHARED | HB_ACT_SUPPLY | HB_ACT_MEMORY),
                            [HB_SNOOP_READ_X] = SEES(I, HB_ACT_SUPPLY),
                            [HB_SNOOP_CLEAN] = SEES(E, HB_ACT_SHARED | HB_ACT_SUPPLY | HB_ACT_MEMORY),
                            [HB_SNOOP_FLUSH] = SEES(I, HB_ACT_SUPPLY | HB_ACT_MEMORY),
                            [HB_SNOOP_INVALIDATE] = SEES(I, 0),
                        },
                },
};
