#include "osmodel/guest/amp/reign.h"

#define SHORTEST_LINE 16u /* every line there may be is cleaned, some more than once */

struct hb_reign hb_reign __attribute__((section(".shared"), aligned(HB_LINE_ALIGN)));

bool hb_reign_claim(uint64_t word) {
    uint64_t mine = (hb_reign_term(word) + 1) << 8 | hb_hart_id();
    bool claimed = hb_compare_and_swap(&hb_reign.word, word, mine);
    if (claimed)
        hb_keep_safe(&hb_reign.word, sizeof hb_reign.word);
    return claimed;
}

/* cbo.clean, by number: not every assembler knows it. */
static void clean_block(uint64_t address) {
    __asm__ volatile(".insn i 0x0f, 2, x0, %0, 1" ::"r"(address) : "memory");
}

void hb_clean(const void *data, uint64_t bytes) {
    uint64_t end = (uint64_t)data + bytes;
    for (uint64_t at = (uint64_t)data / SHORTEST_LINE * SHORTEST_LINE; at < end; at += SHORTEST_LINE)
        clean_block(at);
    hb_fence();
}
