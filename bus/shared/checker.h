/* The coherence checker: watches every transaction and, with host lookups off, every access.
 *
 * After each transaction, about its line: at most one cache may write it, and then no other cache holds it; copies that
 * are not dirty equal memory when no cache is dirty, and equal the owner when one is. At each access, against a shadow
 * of memory to which every store is applied when it is performed: what is read is what was last written (no lost write,
 * no stale read).
 */
#ifndef HB_BUS_CHECKER_H
#define HB_BUS_CHECKER_H

#include <stdbool.h>
#include <stdint.h>

#include "bus/shared/state.h"

struct hb_violation {
    bool found;
    uint64_t cycle;
    uint64_t address;
    uint32_t hart;
    char what[96];
};

struct hb_checker {
    uint8_t *shadow; /* what RAM and caches together hold; NULL: transactions only */
    uint64_t shadow_bytes;
    struct hb_violation first;
};

/* `n` bytes were put at a physical address from outside. */
void hb_checker_write(struct hb_checker *checker, uint64_t address, const void *from, uint64_t n);

/* `n` bytes were read at a physical address by a device. */
void hb_checker_read(struct hb_checker *checker, uint64_t address, const void *bytes, uint64_t n, uint64_t now);

/* An access was performed: `value` is what it returned, `at` points to its bytes afterwards. */
void hb_checker_access(struct hb_checker *checker, const struct hb_bus *bus, uint32_t hart,
                       const struct hb_request *request, uint64_t value, const uint8_t *at, uint64_t now);

/* A transaction about the line at `address` has finished. */
void hb_checker_line(struct hb_checker *checker, const struct hb_bus *bus, uint64_t address, uint64_t now);

#endif
