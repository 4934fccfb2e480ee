/* One hart at work for ever: arithmetic of several costs, and loads and stores that find their lines in the cache, or
 * (with STRIDE) mostly do not. */
#include "tests/unit/guests/board.h"

#ifndef STRIDE
#define STRIDE 0
#endif

uint64_t words[65536] __attribute__((aligned(128)));

int main(uint64_t hart) {
    uint64_t value = hart + 3, at = 0;
    while (hart == 0) {
        value = value * 0x9e3779b97f4a7c15ull + words[at];
        if (value & 1)
            value /= (value >> 60) + 3;
        words[at + 1] = value;
        at = (at + STRIDE) % 65536;
    }
    return 0;
}
