/* Writes back what comes in, until a line ends. */
#include "tests/unit/guests/board.h"

int main(uint64_t hart) {
    uint8_t byte = 0;
    if (hart != 0)
        return 0;
    while (byte != '\n') {
        while (!(UART[5] & 1))
            ;
        byte = *UART;
        *UART = byte;
    }
    FINISHER = 0x5555;
    return 0;
}
