/* The last hart jumps to where nothing is, and its trap handler is not there either. */
#include "bare.h"

static struct bare_barrier barrier;

__attribute__((noinline)) static void fall(uint64_t to) {
    asm volatile("csrw mtvec, %0\n"
                 "jr %0\n"
                 :
                 : "r"(to));
}

void bare_main(uint64_t hart, const void *tree) {
    uint32_t harts = bare_harts(tree);
    bare_wait(&barrier, harts);
    if (hart == harts - 1)
        fall(0x4000000000);
}
