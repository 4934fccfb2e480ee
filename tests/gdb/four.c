/* Four harts for gdb: each calls tick() over and over, with its own counter and one that all share; no end. */
#include "bare.h"

#define HARTS 4

struct counter {
    _Alignas(BARE_LINE) volatile uint64_t value;
};

struct counter ticks[HARTS];
volatile uint64_t shared;

__attribute__((noinline)) void tick(uint64_t hart) {
    ticks[hart].value++;
}

void bare_main(uint64_t hart, const void *tree) {
    (void)tree;
    while (hart < HARTS) {
        tick(hart);
        __atomic_fetch_add(&shared, 1, __ATOMIC_RELAXED);
    }
}
