/* Write-once: the first write to a line goes through to memory, the next ones stay in the cache. */
#include "bus/protocol/protocols.h"

enum { I, V, R, D };

const struct hb_protocol hb_protocol_write_once =
    {
        .name = "write-once",
        .source =
            "Goodman, Using Cache Memory to Reduce Processor-Memory Traffic, ISCA 1983, as described by "
            "Archibald and Baer, TOCS 4(4), 1986. A dirty cache supplies, and memory takes the line when it is read, "
            "not when it is read to be written; memory supplies all else. A write miss reads the line to write it and "
            "ends dirty (others describe it as a read miss and then a write-through). Ours: an atomic on a valid copy "
            "is one write-through",
        .states = 4,
        .state =
            {
                [I] = {'I', "invalid", 0},
                [V] = {'V', "valid", HB_CLEAN_COPY},
                [R] = {'R', "reserved", HB_CLEAN_ALONE},
                [D] = {'D', "dirty", HB_DIRTY_ALONE},
            },
        .row =
            {
                [I] =
                    {
                        [HB_EVENT_READ] = OWN(HB_TXN_READ, V, V),
                        [HB_EVENT_WRITE] = OWN(HB_TXN_READ_X, D, D),
                        [HB_EVENT_ATOMIC] = OWN(HB_TXN_READ_X, D, D),
                        [HB_EVENT_CLEAN] = OWN(HB_TXN_CLEAN, I, I),
                        [HB_EVENT_FLUSH] = OWN(HB_TXN_FLUSH, I, I),
                        [HB_EVENT_INVALIDATE] = OWN(HB_TXN_INVALIDATE, I, I),
                        [HB_SNOOP_READ] = SEES(I, 0),
                        [HB_SNOOP_READ_X] = SEES(I, 0),
                        [HB_SNOOP_WRITE] = SEES(I, 0),
                        [HB_SNOOP_CLEAN] = SEES(I, 0),
                        [HB_SNOOP_FLUSH] = SEES(I, 0),
                        [HB_SNOOP_INVALIDATE] = SEES(I, 0),
                    },
                [V] =
                    {
                        [HB_EVENT_READ] = HIT(V),
                        [HB_EVENT_WRITE] = OWN(HB_TXN_WRITE, R, R),
                        [HB_EVENT_ATOMIC] = OWN(HB_TXN_WRITE, R, R),
                        [HB_EVENT_EVICT] = HIT(I),
                        [HB_EVENT_CLEAN] = HIT(V),
                        [HB_EVENT_FLUSH] = OWN(HB_TXN_FLUSH, I, I),
                        [HB_EVENT_INVALIDATE] = OWN(HB_TXN_INVALIDATE, I, I),
                        [HB_SNOOP_READ] = SEES(V, HB_ACT_SHARED),
                        [HB_SNOOP_READ_X] = SEES(I, 0),
                        [HB_SNOOP_WRITE] = SEES(I, 0),
                        [HB_SNOOP_CLEAN] = SEES(V, HB_ACT_SHARED),
                        [HB_SNOOP_FLUSH] = SEES(I, 0),
                        [HB_SNOOP_INVALIDATE] = SEES(I, 0),
                    },
                [R] =
                    {
                        [HB_EVENT_READ] = HIT(R),
                        [HB_EVENT_WRITE] = HIT(D),
                        [HB_EVENT_ATOMIC] = HIT(D),
                        [HB_EVENT_EVICT] = HIT(I),
                        [HB_EVENT_CLEAN] = HIT(R),
                        [HB_EVENT_FLUSH] = OWN(HB_TXN_FLUSH, I, I),
                        [HB_EVENT_INVALIDATE] = OWN(HB_TXN_INVALIDATE, I, I),
                        [HB_SNOOP_READ] = SEES(V, HB_ACT_SHARED),
                        [HB_SNOOP_READ_X] = SEES(I, 0),
                        [HB_SNOOP_CLEAN] = SEES(R, HB_ACT_SHARED),
                        [HB_SNOOP_FLUSH] = SEES(I, 0),
                        [HB_SNOOP_INVALIDATE] = SEES(I, 0),
                    },
                [D] =
                    {
                        [HB_EVENT_READ] = HIT(D),
                        [HB_EVENT_WRITE] = HIT(D),
                        [HB_EVENT_ATOMIC] = HIT(D),
                        [HB_EVENT_EVICT] = OWN(HB_TXN_WRITE_BACK, I, I),
                        [HB_EVENT_CLEAN] = OWN(HB_TXN_WRITE_BACK, R, R),
                        [HB_EVENT_FLUSH] = OWN(HB_TXN_WRITE_BACK, I, I),
                        [HB_EVENT_INVALIDATE] = OWN(HB_TXN_INVALIDATE, I, I),
                        [HB_SNOOP_READ] = SEES(V, HB_ACT_SHARED | HB_ACT_SUPPLY | HB_ACT_MEMORY),
                        [HB_SNOOP_READ_X] = SEES(I, HB_ACT_SUPPLY),
                        [HB_SNOOP_CLEAN] = SEES(R, HB_ACT_SHARED | HB_ACT_SUPPLY | HB_ACT_MEMORY),
                        [HB_SNOOP_FLUSH] = SEES(I, HB_ACT_SUPPLY | HB_ACT_MEMORY),
                        [HB_SNOOP_INVALIDATE] = SEES(I, 0),
                    },
            },
};
