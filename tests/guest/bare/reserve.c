/* Every hart adds 1 to one word a thousand times by LR/SC, all at once, and nothing else is done to its line. */
#include "bare.h"

#define TIMES 1000

static struct bare_barrier barrier;
_Alignas(BARE_LINE) uint64_t counter;

void bare_main(uint64_t hart, const void *tree) {
    uint32_t harts = bare_harts(tree);
    bare_wait(&barrier, harts);
    for (uint32_t i = 0; i < TIMES; i++) {
        uint64_t value, refused;
        do
            asm volatile("lr.d %0, (%2)\n"
                         "addi %0, %0, 1\n"
                         "sc.d %1, %0, (%2)\n"
                         : "=&r"(value), "=&r"(refused)
                         : "r"(&counter)
                         : "memory");
        while (refused); /* cppcheck-suppress uninitvar ; the assembler sets it */
    }
    bare_wait(&barrier, harts);
    if (hart == 0)
        bare_finish(counter == TIMES * harts ? 0 : 1);
}
