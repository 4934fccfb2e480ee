/* Four harts for gdb: hart 0 sets what the others wait for, and then all sleep for ever. Who is woken ends the run. */
#include "bare.h"

#define CLINT_MSIP 0x2000000ull
#define MSIE       8u

volatile uint64_t begun, woken;

void bare_main(uint64_t hart, const void *tree) {
    (void)tree;
    if (hart == 0)
        begun = 1;
    while (!begun)
        ;
    __asm__ volatile("csrw mie, %0" ::"r"(MSIE)); /* mstatus.MIE is 0: it wakes without a trap */
    while (!woken)
        __asm__ volatile("wfi");
    bare_print("woken\n");
    bare_finish(3);
}
