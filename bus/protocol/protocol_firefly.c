/* Firefly: a store to a shared line goes to every copy and to memory. */
#include "bus/protocol/protocols.h"

enum { I, S, E, D };

const struct hb_protocol hb_protocol_firefly =
    {
        .name = "firefly",
        .source = "Thacker, Stewart and Satterthwaite, Firefly: A Multiprocessor Workstation, IEEE TC 37(8), 1988, "
                  "and Archibald and Baer, TOCS 4(4), 1986. Caches that hold the line supply it (the lowest number "
                  "among several); memory takes a dirty line when it is read, and the bytes of every BusUpd. A line "
                  "that nobody else turns out to hold is no longer written through",
        .states = 4,
        .state =
            {
                [I] = {'I', "invalid", 0},
                [S] = {'S', "shared", HB_CLEAN_COPY},
                [E] = {'E', "valid, exclusive", HB_CLEAN_ALONE},
                [D] = {'D', "dirty", HB_DIRTY_ALONE},
            },
        .row =
            {
                [I] =
                    {
                        [HB_EVENT_READ] = OWN(HB_TXN_READ, E, S),
                        [HB_EVENT_WRITE] = OWN_ACTS(HB_TXN_READ_UPDATE, D, S, HB_ACT_MEMORY),
                        [HB_EVENT_ATOMIC] = OWN_ACTS(HB_TXN_READ_UPDATE, D, S, HB_ACT_MEMORY),
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
                        [HB_EVENT_WRITE] = OWN_ACTS(HB_TXN_UPDATE, E, S, HB_ACT_MEMORY),
                        [HB_EVENT_ATOMIC] = OWN_ACTS(HB_TXN_UPDATE, E, S, HB_ACT_MEMORY),
                        [HB_EVENT_EVICT] = HIT(I),
                        [HB_EVENT_CLEAN] = HIT(S),
                        [HB_EVENT_FLUSH] = OWN(HB_TXN_FLUSH, I, I),
                        [HB_EVENT_INVALIDATE] = OWN(HB_TXN_INVALIDATE, I, I),
                        [HB_SNOOP_READ] = SEES(S, HB_ACT_SHARED | HB_ACT_SUPPLY),
                        [HB_SNOOP_UPDATE] = SEES(S, HB_ACT_SHARED),
                        [HB_SNOOP_CLEAN] = SEES(S, HB_ACT_SHARED),
                        [HB_SNOOP_FLUSH] = SEES(I, 0),
                        [HB_SNOOP_INVALIDATE] = SEES(I, 0),
                    },
                [E] =
                    {
                        [HB_EVENT_READ] = HIT(E),
                        [HB_EVENT_WRITE] = HIT(D),
                        [HB_EVENT_ATOMIC] = HIT(D),
                        [HB_EVENT_EVICT] = HIT(I),
                        [HB_EVENT_CLEAN] = HIT(E),
                        [HB_EVENT_FLUSH] = OWN(HB_TXN_FLUSH, I, I),
                        [HB_EVENT_INVALIDATE] = OWN(HB_TXN_INVALIDATE, I, I),
                        [HB_SNOOP_READ] = SEES(S, HB_ACT_SHARED | HB_ACT_SUPPLY),
                        [HB_SNOOP_CLEAN] = SEES(E, HB_ACT_SHARED),
                        [HB_SNOOP_FLUSH] = SEES(I, 0),
                        [HB_SNOOP_INVALIDATE] = SEES(I, 0),
                    },
                [D] =
                    {
                        [HB_EVENT_READ] = HIT(D),
                        [HB_EVENT_WRITE] = HIT(D),
                        [HB_EVENT_ATOMIC] = HIT(D),
                        [HB_EVENT_EVICT] = OWN(HB_TXN_WRITE_BACK, I, I),
                        [HB_EVENT_CLEAN] = OWN(HB_TXN_WRITE_BACK, E, E),
                        [HB_EVENT_FLUSH] = OWN(HB_TXN_WRITE_BACK, I, I),
                        [HB_EVENT_INVALIDATE] = OWN(HB_TXN_INVALIDATE, I, I),
                        [HB_SNOOP_READ] = SEES(S, HB_ACT_SHARED | HB_ACT_SUPPLY | HB_ACT_MEMORY),
                        [HB_SNOOP_CLEAN] = SEES(E, HB_ACT_SHARED | HB_ACT_SUPPLY | HB_ACT_MEMORY),
                        [HB_SNOOP_FLUSH] = SEES(I, HB_ACT_SUPPLY | HB_ACT_MEMORY),
                        [HB_SNOOP_INVALIDATE] = SEES(I, 0),
                    },
            },
};
