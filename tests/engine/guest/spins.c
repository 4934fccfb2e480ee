/* Written to break the fast engine: loops of a load and a branch back that do not wait for their word alone.
 *
 * Hart 1 walks along pointers, by a loop that looks as if it waited. Hart 2 waits for a word that never changes, in
 * code that hart 0 changes under it, in one line or in two; the others wait for that word, too, where nobody changes
 * the code. Hart 0 writes to the lines of the pointers and of the word, so that all of them miss again and again. */
#include "bare.h"

#define LINES  8u
#define NODES  6u /* of a line: each leads to the next, the last to the next line */
#define ROUNDS 20000u

struct node {
    struct node *next;
};

static struct {
    _Alignas(BARE_LINE) struct node node[NODES];
    volatile uint64_t written;
} line[LINES];

static _Alignas(BARE_LINE) volatile uint64_t word[8], own[BARE_HARTS][8];
static struct bare_barrier barrier;

/* Waits until the word at a1 is not 0, or until its first instruction is another. */
#define LOAD   0x0005b503u /* ld a0, 0(a1) */
#define SET    0x00100513u /* li a0, 1 */
#define AGAIN  0xfe050ee3u /* beqz a0, -4 */
#define RETURN 0x00008067u
static _Alignas(BARE_LINE) volatile uint32_t code[16] = {LOAD, AGAIN, RETURN};

/* The same, in two lines: it waits until one of its instructions is another. */
static _Alignas(BARE_LINE) volatile uint32_t in_two[32] = {[15] = LOAD, [16] = AGAIN, [17] = RETURN};

static void wait(uint64_t steps) {
    for (uint64_t i = 0; i < steps; i++)
        own[0][i % 8] += i;
}

static void tie(void) {
    for (uint32_t i = 0; i < LINES * NODES; i++)
        line[i / NODES].node[i % NODES].next = &line[(i + 1) / NODES % LINES].node[(i + 1) % NODES];
    line[LINES - 1].node[NODES - 1].next = 0;
}

static void disturb(uint32_t round) {
    line[round % LINES].written = round;
    wait(round * 7 % 64);
    code[0] = SET;
    wait(round * 5 % 32);
    code[0] = LOAD;
    in_two[15 + round % 2] = round % 2 ? RETURN : SET;
    wait(round * 11 % 256);
    in_two[15 + round % 2] = round % 2 ? AGAIN : LOAD;
    wait(round * 3 % 128);
    if (round % 3 == 0)
        word[1] = round;
}

static void walk(void) {
    struct node *at = &line[0].node[0];
    asm volatile("1: ld %0, 0(%0)\n"
                 "   bnez %0, 1b\n"
                 : "+r"(at)
                 :
                 : "memory");
    own[1][0]++;
}

static void call(volatile uint32_t *at) {
    uint64_t (*wait_for)(uint64_t, volatile uint64_t *) = (uint64_t(*)(uint64_t, volatile uint64_t *))(uintptr_t)at;
    own[2][0] += 1 + wait_for(0, word);
}

void bare_main(uint64_t hart, const void *tree) {
    if (hart == 0)
        tie();
    bare_wait(&barrier, bare_harts(tree));
    for (uint32_t round = 0; hart || round < ROUNDS; round++) {
        if (hart == 0)
            disturb(round);
        else if (hart == 1)
            walk();
        else if (hart == 2)
            call(round % 2 ? code : &in_two[15]);
        else
            while (!word[0])
                ;
    }
    bare_finish(0);
}
