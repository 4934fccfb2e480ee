/* Four harts for gdb: hart 2 jumps to nowhere, and so does its handler. */
#include "bare.h"

void bare_main(uint64_t hart, const void *tree) {
    (void)tree;
    for (volatile uint32_t i = 0; i < 100; i++)
        ;
    if (hart == 2)
        __asm__ volatile("li t6, 0x77; csrw mtvec, zero; jr zero");
    for (;;)
        ;
}
