/* Echoes in capitals what comes in, by interrupt: between two bytes there is nothing that could wake the hart. */
#include "print.h"

#define UART ((volatile uint8_t *)0x10000000)
#define PLIC 0xc000000ul
#define MEIP (1ul << 11)

static volatile uint64_t interrupts;

uint64_t bare_trap(uint64_t cause, uint64_t pc, uint64_t value) {
    (void)value;
    if (!(cause >> 63))
        bare_finish(1);
    uint32_t source = *word(PLIC + 0x200004);
    interrupts++;
    while (UART[5] & 1) {
        uint8_t byte = UART[0];
        UART[0] = byte >= 'a' && byte <= 'z' ? byte - 32 : byte;
        if (byte == '\n')
            bare_finish(0);
    }
    *word(PLIC + 0x200004) = source;
    return pc;
}

void bare_main(uint64_t hart, const void *tree) {
    (void)tree;
    if (hart != 0)
        return;
    *word(PLIC + 4 * 10) = 1;
    *word(PLIC + 0x2000) = 1u << 10;
    UART[1] = 1;
    __asm__ volatile("csrs mie, %0" ::"r"(MEIP));
    __asm__ volatile("csrsi mstatus, 8");
    for (;;)
        __asm__ volatile("wfi");
}
