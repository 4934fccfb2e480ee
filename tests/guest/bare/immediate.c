/* The store changes the very next instruction, in the line that is being executed. The specification wants fence.i in
 * between; here nothing is ever fetched ahead and the L1I snoops its own hart, so it works without (QEMU does not). */
#include "bare.h"

#define ROUNDS 300
#define LI_A0  0x00000513u

uint64_t patched(uint32_t instruction); /* `li a0, N`: gives N */

asm(".text\n"
    ".balign 64\n"
    ".option push\n"
    ".option norvc\n"
    "patched:\n"
    "    la t0, 1f\n"
    "    sw a0, 0(t0)\n"
    "1:  li a0, -1\n"
    "    ret\n"
    ".option pop\n");

void bare_main(uint64_t hart, const void *tree) {
    (void)tree;
    if (hart)
        return;
    uint32_t wrong = 0;
    for (uint32_t round = 1; round < ROUNDS; round++)
        wrong += patched(LI_A0 | round << 20) != round;
    bare_print("old instruction executed ");
    bare_print_number(wrong);
    bare_print(" times\n");
    bare_finish(wrong ? 1 : 0);
}
