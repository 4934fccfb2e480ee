/* Written to break the fast engine: while other harts do nothing but fetch lines and have them written back, hart 0
 * resets the machine, which takes what is on the bus away. */
#include "bare.h"

#define FINISHER (*(volatile uint32_t *)0x100000)
#define RESET    0x7777u
#define LINES    4096u /* more than any cache holds */

/* Outside the image, and so not loaded again. */
static volatile uint64_t *const lines = (volatile uint64_t *)0x80400000;

static uint64_t cycles(void) {
    uint64_t now;
    __asm__ volatile("rdcycle %0" : "=r"(now));
    return now;
}

static void fetch_lines(uint64_t hart, uint64_t n) {
    volatile uint64_t *own = lines + hart * LINES * BARE_LINE / sizeof *lines;
    for (uint64_t i = 0; i < n; i++) {
        volatile uint64_t *at = own + i % LINES * BARE_LINE / sizeof *lines;
        if (i % 3)
            (void)*at;
        else
            *at += i;
    }
}

void bare_main(uint64_t hart, const void *tree) {
    (void)tree;
    if (hart)
        fetch_lines(hart, UINT64_MAX);
    for (uint64_t i = cycles() % 97; i; i--)
        __asm__ volatile("nop");
    fetch_lines(hart, 3 + cycles() % 7);
    FINISHER = RESET;
    for (;;)
        ;
}
