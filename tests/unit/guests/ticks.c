/* Sleeps, woken a thousand times a second by its timer, until a line ends; then tells how many ticks there were. */
#include "tests/unit/guests/board.h"

#define TICK_MTIME      10000 /* of a 10 MHz clock */
#define PRIORITY(irq)   (*(volatile uint32_t *)(0xc000000ul + 4 * (irq)))
#define ENABLED         (*(volatile uint32_t *)0xc002000ul)
#define CLAIM           (*(volatile uint32_t *)0xc200004ul)
#define UART_IRQ        10
#define TIMER_AND_OTHER (1u << 7 | 1u << 11)

static void print_number(uint64_t value) {
    if (value >= 10)
        print_number(value / 10);
    *UART = (uint8_t)('0' + value % 10);
}

static void wait_for_interrupts(void) {
    PRIORITY(UART_IRQ) = 1;
    ENABLED = 1u << UART_IRQ;
    UART[1] = 1;
    CSR_SET(mie, TIMER_AND_OTHER); /* mstatus keeps them from being taken: they only wake */
}

int main(uint64_t hart) {
    uint64_t ticks = 0;
    uint8_t byte = 0;
    if (hart != 0)
        return 0;
    MTIMECMP[0] = MTIME + TICK_MTIME;
    wait_for_interrupts();
    print("ready\n");
    while (byte != '\n') {
        __asm__ volatile("wfi");
        if (MTIME >= MTIMECMP[0]) {
            MTIMECMP[0] += TICK_MTIME;
            ticks++;
        }
        uint32_t source = CLAIM;
        if (UART[5] & 1)
            byte = *UART;
        CLAIM = source;
    }
    print_number(ticks);
    print(" ticks\n");
    FINISHER = 0x5555;
    return 0;
}
