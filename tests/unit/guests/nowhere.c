/* Jumps into nowhere. */
#include "tests/unit/guests/board.h"

__attribute__((noinline)) void leap(void (*to)(void)) {
    to();
}

int main(uint64_t hart) {
    if (hart == 1)
        leap((void (*)(void))0x123456789abcull);
    return 0;
}
