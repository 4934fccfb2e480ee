#include "osmodel/guest/amp/crew.h"

#include "osmodel/guest/amp/cell.h"
#include "osmodel/guest/lib/params.h"

/* Bit h: worker h takes part. Only the master's. */
static uint64_t members __attribute__((aligned(HB_LINE_ALIGN)));

static uint64_t bit(uint32_t hart) {
    return 1ull << hart;
}

static uint32_t count(uint64_t set) {
    uint32_t n = 0;
    for (; set != 0; set &= set - 1)
        n++;
    return n;
}

void hb_crew_add(uint32_t hart) {
    members |= bit(hart);
}

void hb_crew_remove(uint32_t hart) {
    members &= ~bit(hart);
}

bool hb_crew_has(uint32_t hart) {
    return members & bit(hart);
}

uint32_t hb_crew_size(void) {
    return count(members);
}

static uint64_t harts_for(uint32_t role) {
    uint64_t able = members;
    if (members == 0)
        return bit(HB_MASTER);
    if (role == HB_ROLE_IO)
        able &= ~hb_params.amp_no_io;
    if (role == HB_ROLE_COMPUTE)
        able &= ~hb_params.amp_no_compute;
    return able != 0 ? able : members;
}

bool hb_crew_may_run(uint32_t hart, uint32_t role) {
    return harts_for(role) & bit(hart);
}

uint32_t hb_crew_nth(uint32_t n, uint32_t role) {
    uint64_t set = harts_for(role);
    uint32_t hart = 0;
    for (n %= count(set); n > 0; n--)
        set &= set - 1;
    while (!(set & bit(hart)))
        hart++;
    return hart;
}
