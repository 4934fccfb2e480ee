#include "bus/devices/finisher.h"

void hb_finisher_write(struct hb_finisher *finisher, uint32_t value) {
    uint32_t word = value & 0xffff;
    if (finisher->requested || (word != HB_FINISHER_PASS && word != HB_FINISHER_FAIL && word != HB_FINISHER_RESET))
        return;
    finisher->requested = true;
    finisher->value = value;
}

bool hb_finisher_take(struct hb_finisher *finisher, uint32_t *value) {
    if (!finisher->requested)
        return false;
    *value = finisher->value;
    finisher->requested = false;
    return true;
}
