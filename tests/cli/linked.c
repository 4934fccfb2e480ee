/* What a C file is, linked without a linker script: it passes if its data are where it looks for them. */
volatile int counter = 5;
int zeros[10];
const char *const words[] = {"from", "C"};
char stack[4096];

__asm__(".globl _start\n_start:\n  lla sp, stack + 4096\n  j begin\n");

void begin(void) {
    for (int i = 0; i < 2; i++)
        for (const char *c = words[i]; *c; c++)
            *(volatile char *)0x10000000 = *c;
    *(volatile int *)0x100000 = counter == 5 && zeros[3] == 0 ? 0x5555 : 0x3333 | 1 << 16;
    for (;;)
        ;
}
