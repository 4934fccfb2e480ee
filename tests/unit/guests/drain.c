/* Two harts store to one line, each from put(), and then do a while nothing that touches memory: with a slow store
 * buffer the line is asked for when put() has long ended. */
#include "tests/unit/guests/board.h"

uint64_t common_words[16] __attribute__((aligned(128)));
uint64_t harts_done __attribute__((aligned(128)));

__attribute__((noinline)) void put(volatile uint64_t *at) {
    *at = 1;
}

__attribute__((noinline)) void rest(void) {
    __asm__ volatile(".rept 400\n nop\n .endr");
}

int main(uint64_t hart) {
    for (int i = 0; i < 50; i++) {
        put(&common_words[hart]);
        rest();
    }
    if (fetch_add(&harts_done, 1) == 1)
        FINISHER = 0x5555;
    for (;;)
        ;
}
