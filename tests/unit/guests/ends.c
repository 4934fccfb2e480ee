/* Ends as it is told: ENDS is what it writes to the finisher; 0: it sleeps for ever, 1: it spins for ever. */
#include "tests/unit/guests/board.h"

int main(uint64_t hart) {
    if (hart != 0)
        return 0;
    print("hello\n");
    if (ENDS == 1)
        for (;;)
            ;
    if (ENDS)
        FINISHER = ENDS;
    return 0;
}
