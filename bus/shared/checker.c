#include "bus/shared/checker.h"

#include <stdio.h>
#include <string.h>

#include "bus/access/perform.h"
#include "bus/shared/l2.h"
#include "bus/shared/memory.h"
#include "bus/shared/presence.h"

static void report(struct hb_checker *checker, uint64_t now, uint64_t address, uint32_t hart, const char *what) {
    if (checker->first.found)
        return;
    checker->first = (struct hb_violation){.found = true, .cycle = now, .address = address, .hart = hart};
    snprintf(checker->first.what, sizeof checker->first.what, "%s", what);
}

static uint8_t *shadow_at(struct hb_checker *checker, uint64_t address, uint64_t n) {
    uint64_t offset = address - HB_RAM_BASE;
    bool inside = checker->shadow && offset < checker->shadow_bytes && n <= checker->shadow_bytes - offset;
    return inside ? checker->shadow + offset : NULL;
}

void hb_checker_write(struct hb_checker *checker, uint64_t address, const void *from, uint64_t n) {
    uint8_t *shadow = shadow_at(checker, address, n);
    if (shadow)
        memcpy(shadow, from, n);
}

void hb_checker_read(struct hb_checker *checker, uint64_t address, const void *bytes, uint64_t n, uint64_t now) {
    const uint8_t *shadow = shadow_at(checker, address, n);
    if (shadow && memcmp(shadow, bytes, n) != 0)
        report(checker, now, address, 0, "a device read something other than what was last written");
}

void hb_checker_access(struct hb_checker *checker, const struct hb_bus *bus, uint32_t hart,
                       const struct hb_request *request, uint64_t value, const uint8_t *at, uint64_t now) {
    (void)bus;
    uint8_t *shadow = shadow_at(checker, request->address, request->bytes);
    if (!shadow)
        return;
    if (hb_perform(request, shadow) != value)
        report(checker, now, request->address, hart, "a read returned something other than what was last written");
    else if (memcmp(shadow, at, request->bytes) != 0)
        report(checker, now, request->address, hart, "a write left bytes other than it should");
}

void hb_checker_line(struct hb_checker *checker, const struct hb_bus *bus, uint64_t address, uint64_t now) {
    uint32_t holders = 0, writers = 0;
    const struct hb_agents present = hb_presence_of(bus, address & ~(uint64_t)(bus->line_bytes - 1));
    const struct hb_line *owner = NULL;
    if (!hb_bus_cacheable(bus, address, bus->line_bytes))
        return;
    for (uint8_t agent = 0; agent < 2 * bus->harts; agent++) {
        const struct hb_line *line = hb_bus_copy(bus, agent, address);
        if (line && !hb_agents_have(&present, agent))
            report(checker, now, address, agent / 2, "a cache holds a line that snoops do not look for there");
        holders += line != NULL;
        writers += line && line->attributes & HB_LINE_WRITABLE;
        if (line && line->attributes & HB_LINE_DIRTY)
            owner = line;
    }
    if (holders && hb_has_l2(bus) && !hb_bus_is_rom(address) && !hb_l2_find(bus, address))
        report(checker, now, address, 0, "a cache holds a line that the inclusive L2 does not have");
    if (writers > 1 || (writers == 1 && holders > 1))
        report(checker, now, address, 0, "a line that one cache may write is held by another cache too");
    uint8_t newest[HB_LINE_BYTES_MAX];
    hb_memory_read(bus, address, newest, bus->line_bytes);
    if (owner)
        memcpy(newest, owner + 1, bus->line_bytes);
    for (uint8_t agent = 0; agent < 2 * bus->harts; agent++) {
        const struct hb_line *line = hb_bus_copy(bus, agent, address);
        if (line && memcmp(line + 1, newest, bus->line_bytes) != 0)
            report(checker, now, address, agent / 2,
                   "a copy differs from its owner's, or from memory where it has no owner");
    }
}
