/* The ways in which programs share data (Gupta and Weber, Cache Invalidation Patterns, IEEE TC 41(7), 1992), each with a
 * length of write runs: how often a hart writes before another looks. Round after round, a barrier between. */
#include "bare.h"

#define HARTS  4
#define ROUNDS 64
#define WORDS  (BARE_LINE / 8)

enum pattern { PRODUCER_CONSUMER, MIGRATORY, FALSE_SHARING, PADDED, READ_MOSTLY, PRIVATE };

/* Set by the host before the start. */
uint64_t pattern, run_length = 1;

/* What is shared; the host counts what happens to it, and nothing else. */
_Alignas(4096) uint64_t data[HARTS * ROUNDS][WORDS];

static struct bare_barrier barrier;

static void write_run(volatile uint64_t *at) {
    for (uint64_t i = 0; i < run_length; i++)
        *at = i;
}

static void play(uint64_t hart, uint64_t round) {
    volatile uint64_t *shared = data[0];
    switch (pattern) {
    case PRODUCER_CONSUMER:
        if (hart == 0)
            write_run(shared);
        bare_wait(&barrier, HARTS);
        (void)*shared;
        break;
    case MIGRATORY: /* one after the other reads and then writes it */
        if (round % HARTS == hart) {
            (void)*shared;
            write_run(shared);
        }
        break;
    case FALSE_SHARING: write_run(&shared[hart]); break; /* words of their own in one line */
    case PADDED: write_run(data[hart]); break;           /* and in lines of their own */
    case READ_MOSTLY:
        if (hart == 0 && round % 16 == 0)
            write_run(shared);
        (void)*shared;
        break;
    default: /* data that only one hart ever uses: read, then written, once */
        (void)*(volatile uint64_t *)data[hart * ROUNDS + round];
        write_run(data[hart * ROUNDS + round]);
        break;
    }
    bare_wait(&barrier, HARTS);
}

void bare_main(uint64_t hart, const void *tree) {
    (void)tree;
    for (uint64_t round = 0; round < ROUNDS; round++)
        play(hart, round);
    if (hart == 0)
        bare_finish(0);
}
