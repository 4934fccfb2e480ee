/* Code of several harts at places that are a multiple of 1 MiB apart, so that whatever is kept by the place of a line
 * in a table is kept at one place for all of them. Each hart calls its own and must get its own answer, while the
 * others call theirs. */
#include "bare.h"

#define APART  (1u << 20)
#define PLACES 4
#define CALLS  4000

#define LI_A0(value) (0x00000513u | (uint32_t)(value) << 20)
#define RET          0x00008067u

static _Alignas(APART) uint32_t text[PLACES][APART / 4];
static struct bare_barrier barrier;
static _Alignas(BARE_LINE) uint32_t wrong;

static void write_function(uint64_t place) {
    text[place][0] = LI_A0(100 + place);
    text[place][1] = RET;
    asm volatile("fence.i" ::: "memory");
}

static uint32_t wrong_answers(uint64_t place) {
    uint64_t (*function)(void) = (uint64_t(*)(void))text[place];
    uint32_t sum = 0;
    for (uint32_t i = 0; i < CALLS; i++)
        sum += function() != 100 + place;
    return sum;
}

void bare_main(uint64_t hart, const void *tree) {
    uint32_t harts = bare_harts(tree);
    if (hart < PLACES)
        write_function(hart);
    bare_wait(&barrier, harts);
    if (hart < PLACES)
        __atomic_fetch_add(&wrong, wrong_answers(hart), __ATOMIC_RELAXED);
    bare_wait(&barrier, harts);
    if (hart)
        return;
    bare_print("harts ");
    bare_print_number(harts);
    bare_print(", others' code executed ");
    bare_print_number(wrong);
    bare_print(" times\n");
    bare_finish(wrong ? 1 : 0);
}
