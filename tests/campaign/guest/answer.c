/* A program that neither judges its answer nor ends: every hart adds up its share of the numbers below N; the first
 * waits for the others as long as that takes, whether they are alive or not, adds up what is there, says so on the
 * console and in a variable, and goes on for ever. */
#include "bare.h"

#define N       40000u
#define LONGEST 20000u /* turns of waiting */

static volatile uint64_t part[BARE_HARTS][BARE_LINE / 8];
volatile uint64_t answer[2];
volatile uint32_t finished, noise;

/* The answer again, by the names that tools for conformance know. */
asm(".globl begin_signature, end_signature\n"
    ".set begin_signature, answer\n"
    ".set end_signature, answer + 16\n");

static void add_up(uint64_t hart, uint32_t harts) {
    uint64_t sum = 0;
    for (uint64_t i = hart; i < N; i += harts)
        sum += i;
    part[hart][0] = sum;
}

void bare_main(uint64_t hart, const void *tree) {
    const uint32_t harts = bare_harts(tree);
    add_up(hart, harts);
    if (hart)
        return;
    for (uint32_t i = 0; i < LONGEST; i++)
        noise++;
    for (uint32_t h = 0; h < harts; h++)
        answer[0] += part[h][0];
    answer[1] = harts;
    bare_print("all ");
    bare_print("done\n");
    finished = 1;
    for (;;)
        noise++;
}
