#include "osmodel/guest/machine/clean.h"

#include "osmodel/guest/machine/atomic.h"
#include "osmodel/guest/machine/board.h"

void hb_clean(const volatile void *at, uint64_t bytes) {
    uint64_t line = hb_board.clean_bytes;
    uint64_t end = (uint64_t)at + bytes;
    for (uint64_t address = (uint64_t)at & ~(line - 1); address < end; address += line)
        __asm__ volatile(".insn i 0x0f, 2, x0, %0, 1" ::"r"(address) : "memory"); /* cbo.clean */
    hb_fence();
}

/* The words of each pair that is compared here never become again what they were, but by a store that was lost
 * (a task's generation, a lock's epoch); or they have one writer. */
void hb_store_kept(uint64_t *word, uint64_t value) {
    uint64_t before = hb_load(word);
    do {
        hb_store_cached(word, value);
        hb_clean(word, sizeof *word);
    } while (hb_load(word) == before && before != value);
}

bool hb_compare_and_swap_kept(uint64_t *word, uint64_t expected, uint64_t desired) {
    do {
        if (!hb_compare_and_swap_cached(word, expected, desired))
            return false;
        hb_clean(word, sizeof *word);
    } while (hb_load(word) == expected && expected != desired);
    return true;
}

uint64_t hb_fetch_add_kept(uint64_t *word, uint64_t addend) {
    uint64_t before = hb_load(word);
    while (!hb_compare_and_swap_kept(word, before, before + addend))
        before = hb_load(word);
    return before;
}
