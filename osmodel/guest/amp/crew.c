#include "osmodel/guest/amp/crew.h"

#include "osmodel/guest/amp/reign.h"
#include "osmodel/guest/lib/params.h"
#include "osmodel/guest/machine/atomic.h"

static uint64_t bit(uint32_t hart) {
    return 1ull << hart;
}

static uint32_t count(uint64_t set) {
    uint32_t n = 0;
    for (; set != 0; set &= set - 1)
        n++;
    return n;
}

static void set(uint64_t crew) {
    hb_store(&hb_reign.crew, crew);
    hb_keep_safe(&hb_reign.crew, sizeof hb_reign.crew);
}

void hb_crew_add(uint32_t hart) {
    set(hb_reign.crew | bit(hart));
}

void hb_crew_remove(uint32_t hart) {
    set(hb_reign.crew & ~bit(hart));
}

bool hb_crew_has(uint32_t hart) {
    return hb_reign.crew & bit(hart);
}

uint32_t hb_crew_size(void) {
    return count(hb_reign.crew);
}

static uint64_t harts_for(uint32_t role) {
    uint64_t members = hb_reign.crew, able = members;
    if (members == 0)
        return bit(hb_master());
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
