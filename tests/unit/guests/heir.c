/* Hart 1 writes 42 over 7 and spins. Hart 0 waits until cycle 20,000, then ends with what it reads there, plus 100 if
 * the power controller says that hart 1 was not started. */
#include "tests/unit/guests/board.h"

volatile uint64_t legacy[16] __attribute__((aligned(128))) = {7};
volatile uint64_t ready __attribute__((aligned(128)));

int main(uint64_t hart) {
    if (hart == 1) {
        (void)legacy[0];
        legacy[0] = 42;
        for (;;)
            ;
    }
    if (hart != 0)
        return 0;
    while (CSR_READ(mcycle) < 20000)
        ;
    uint64_t value = legacy[0];
    if (*(volatile uint32_t *)POWER(1, HB_POWER_STATE) != HB_POWER_IS_STARTED)
        value += 100;
    FINISHER = (uint32_t)(0x3333 | value << 16);
    return 0;
}
