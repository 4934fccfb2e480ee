#include "osmodel/guest/smp/hart.h"

#include "osmodel/guest/lib/times.h"
#include "osmodel/guest/machine/atomic.h"
#include "osmodel/guest/machine/board.h"
#include "osmodel/guest/machine/devices.h"

HB_TIMES struct hb_smp_hart hb_harts[HB_HARTS_MAX];
uint64_t hb_live __attribute__((aligned(HB_LINE_ALIGN)));
uint64_t hb_fallen __attribute__((aligned(HB_LINE_ALIGN)));
uint64_t hb_idle __attribute__((aligned(HB_LINE_ALIGN)));

uint32_t hb_count(uint64_t set) {
    uint32_t count = 0;
    for (; set != 0; set &= set - 1)
        count++;
    return count;
}

uint32_t hb_next_in(uint64_t set, uint32_t hart) {
    if (set == 0)
        return HB_HARTS_MAX;
    do {
        hart = hart + 1 < hb_board.harts ? hart + 1 : 0;
    } while (!(set & hb_bit(hart)));
    return hart;
}

/* The fence stands between the store that made work visible and this look; a hart that goes to sleep first sets its bit
 * and then looks for work. So one of the two sees the other. */
bool hb_wake_idle_hart(void) {
    hb_fence();
    uint64_t idle = hb_load(&hb_idle) & hb_load(&hb_live) & ~hb_bit(hb_hart_id());
    if (idle == 0)
        return false;
    hb_send_interrupt(hb_next_in(idle, hb_hart_id()));
    return true;
}
