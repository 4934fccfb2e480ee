/* What faults do to a hart that lives on: its time stands still, or its instructions take longer. */
#include <stddef.h>

#include "bus/config.h"
#include "cpu/hart/hart.h"

/* The cycle up to which its time is accounted for: that of its next turn, or since when it sleeps. NULL: it waits for
 * the bus, or is halted. */
static uint64_t *settled_at(struct hb_hart *hart) {
    uint64_t *at = hart->run_state == HB_HART_IDLE ? &hart->idle_since : &hart->ready_at;
    return *at == HB_NEVER ? NULL : at;
}

void hb_hart_freeze(struct hb_hart *hart, uint64_t until, uint64_t now) {
    uint64_t from = hb_hart_clock(hart, now);
    if (until <= from)
        return;
    hart->frozen_until = until;
    if (hart->irq_off_since != HB_NEVER)
        hart->irq_off_since += until - from;
    uint64_t *at = settled_at(hart);
    if (!at || (hart->run_state == HB_HART_IDLE && *at <= now))
        return; /* it waits, or sleeps, and is charged for that */
    uint64_t next = (*at > now ? *at : now) + (until - from);
    hb_stall(hart, HB_STALL_FAULT, next - *at);
    *at = next;
}

void hb_hart_slow(struct hb_hart *hart, uint32_t factor) {
    hart->slow_factor = factor;
    hart->attention &= (uint8_t)~HB_ATTEND_SLOW;
    if (factor > 1)
        hart->attention |= HB_ATTEND_SLOW;
}

void hb_hart_take_longer(struct hb_hart *hart, uint64_t now) {
    uint64_t *at = settled_at(hart);
    if (!at || *at <= now)
        return;
    uint64_t more = (hart->slow_factor - 1) * (*at - now);
    hb_stall(hart, HB_STALL_FAULT, more);
    *at += more;
}
