/* Physical memory protection (privileged specification, section 3.7). */
#include "cpu/hart/pmp.h"

#include <string.h>

#include "cpu/hart/core.h"

#define PMP_MODE 0x18u
#define PMP_TOR  0x08u
#define PMP_NA4  0x10u
#define PMP_LOCK 0x80u

struct range {
    uint64_t first;
    uint64_t last;
};

/* Addresses are in units of 4 bytes in the registers; a range is given by its first and last byte. */
static bool entry_range(const struct hb_hart *hart, uint32_t i, struct range *range) {
    uint64_t address = hart->pmp_address[i];
    switch (hart->pmp_config[i] & PMP_MODE) {
    case 0: return false;
    case PMP_TOR: {
        uint64_t from = i ? hart->pmp_address[i - 1] : 0;
        *range = (struct range){from << 2, (address << 2) - 1};
        return from < address;
    }
    case PMP_NA4: *range = (struct range){address << 2, (address << 2) + 3}; return true;
    default: {
        uint64_t ones = address ^ (address + 1); /* the trailing ones and the zero above them */
        *range = (struct range){(address & ~ones) << 2, ((address | ones) << 2) + 3};
        return true;
    }
    }
}

static uint8_t entry_rights(const struct hb_hart *hart, uint32_t i, uint8_t mode) {
    bool bound = mode != HB_PRIV_M || hart->pmp_config[i] & PMP_LOCK;
    return bound ? hart->pmp_config[i] & 7u : HB_PMP_R | HB_PMP_W | HB_PMP_X;
}

/* The entries that are on, a bit an entry: most are off, and this is asked for every line that comes. */
static uint32_t entries_on(const struct hb_hart *hart) {
    uint32_t on = 0;
    for (uint32_t i = 0; i < HB_PMP_ENTRIES; i += 8) {
        uint64_t config;
        memcpy(&config, &hart->pmp_config[i], sizeof config);
        uint64_t modes = (config >> 3 | config >> 4) & 0x0101010101010101;
        on |= (uint32_t)((modes * 0x0102040810204080) >> 56) << i; /* the lowest bit of byte k becomes bit k */
    }
    return on;
}

uint8_t hb_pmp_rights(const struct hb_hart *hart, uint64_t address, uint64_t bytes, uint8_t mode) {
    uint64_t last = address + bytes - 1;
    for (uint32_t on = entries_on(hart); on; on &= on - 1) {
        uint32_t i = (uint32_t)__builtin_ctz(on);
        struct range range;
        if (!entry_range(hart, i, &range) || last < range.first || address > range.last)
            continue;
        /* The lowest matching entry decides; an access that it covers only in part fails. */
        bool whole = address >= range.first && last <= range.last;
        return whole ? entry_rights(hart, i, mode) : 0;
    }
    return mode == HB_PRIV_M ? HB_PMP_R | HB_PMP_W | HB_PMP_X : 0;
}

struct hb_pmp_span hb_pmp_span(const struct hb_hart *hart, uint64_t address, uint8_t mode) {
    struct hb_pmp_span span = {0, UINT64_MAX, mode == HB_PRIV_M ? HB_PMP_R | HB_PMP_W | HB_PMP_X : 0};
    for (uint32_t on = entries_on(hart); on; on &= on - 1) {
        uint32_t i = (uint32_t)__builtin_ctz(on);
        struct range range;
        if (!entry_range(hart, i, &range))
            continue;
        if (range.last < address) { /* another entry begins to matter below, */
            span.first = range.last + 1 > span.first ? range.last + 1 : span.first;
        } else if (range.first > address) { /* or above */
            span.last = range.first - 1 < span.last ? range.first - 1 : span.last;
        } else {
            span.first = range.first > span.first ? range.first : span.first;
            span.last = range.last < span.last ? range.last : span.last;
            span.rights = entry_rights(hart, i, mode);
            return span;
        }
    }
    return span;
}

struct hb_pmp_span hb_pmp_reach(const struct hb_hart *hart, uint32_t i) {
    struct hb_pmp_span reach = {.first = 1};
    for (uint32_t entry = i; entry < i + 2 && entry < HB_PMP_ENTRIES; entry++) {
        struct range range;
        if (entry_range(hart, entry, &range))
            reach = hb_pmp_span_of_both(reach, (struct hb_pmp_span){.first = range.first, .last = range.last});
    }
    return reach;
}

bool hb_pmp_allows(const struct hb_hart *hart, uint64_t address, uint64_t bytes, uint8_t mode, uint8_t need) {
    return (hb_pmp_rights(hart, address, bytes, mode) & need) == need;
}

bool hb_pmp_binds_m(const struct hb_hart *hart, uint32_t line_bytes) {
    for (uint32_t i = 0; i < HB_PMP_ENTRIES; i++) {
        struct range range;
        if (!entry_range(hart, i, &range))
            continue;
        bool whole_lines = ((range.first | (range.last + 1)) & (line_bytes - 1)) == 0;
        if (hart->pmp_config[i] & PMP_LOCK || !whole_lines)
            return true;
    }
    return false;
}
