#include "osmodel/guest/amp/reign.h"

struct hb_reign hb_reign __attribute__((section(".shared"), aligned(HB_LINE_ALIGN)));

bool hb_reign_claim(uint64_t word) {
    uint64_t mine = (hb_reign_term(word) + 1) << 8 | hb_hart_id();
    bool claimed = hb_compare_and_swap(&hb_reign.word, word, mine);
    if (claimed)
        hb_keep_safe(&hb_reign.word, sizeof hb_reign.word);
    return claimed;
}
