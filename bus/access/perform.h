/* Performing an access on bytes: the one place where loads, stores and atomics touch data. */
#ifndef HB_BUS_PERFORM_H
#define HB_BUS_PERFORM_H

#include "bus/access/access.h"
#include "memory/copy.h"

/* The same for what is neither a load nor a store. */
uint64_t hb_perform_other(const struct hb_request *request, uint8_t *at);

/* Perform `request` on the bytes at `at` (its first byte). Returns the value read, or 0. */
static inline uint64_t hb_perform(const struct hb_request *request, uint8_t *at) {
    uint64_t value = 0;
    if (request->kind == HB_ACCESS_LOAD)
        hb_copy_access(&value, at, request->bytes);
    else if (request->kind == HB_ACCESS_STORE)
        hb_copy_access(at, &request->operand, request->bytes);
    else
        value = hb_perform_other(request, at);
    return value;
}

#endif
