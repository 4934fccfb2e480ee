/* What the rogue worker kernel does, and who is to suffer from it. */
#ifndef HB_TESTS_AMP_ROGUE_H
#define HB_TESTS_AMP_ROGUE_H

#define ROGUE_HART       3u
#define ROGUE_VICTIM     1u
#define ROGUE_TRACEPOINT 64 /* its deed is done, and it has not been stopped; subject: the deed */

enum rogue_deed {
    ROGUE_NOTHING, /* it uses what is its own */
    ROGUE_FORGES,
    ROGUE_READS_RING,
    ROGUE_INTERRUPTS,
    ROGUE_STOPS_TIMER,
    ROGUE_WRITES_MEMORY,
    ROGUE_WRITES_RESULTS,
    ROGUE_WRITES_TEXT,
    ROGUE_WRITES_PARAMETERS,
    ROGUE_PRINTS,
    ROGUE_FENCES,
    ROGUE_FINISHES,
    ROGUE_RINGS,      /* it interrupts the master, where it has no bell */
    ROGUE_SETS_ENTRY, /* where it begins after a reset */
    ROGUE_CLAIMS,     /* the next term, although the master is well */
    ROGUE_RESETS,     /* itself */
    ROGUE_UNLOCKS,    /* it turns its protection off, and interrupts the victim */
    ROGUE_DEEDS
};

#endif
