/* Performing an access on bytes: the one place where loads, stores and atomics touch data. */
#ifndef HB_BUS_PERFORM_H
#define HB_BUS_PERFORM_H

#include "bus/access/access.h"

/* Perform `request` on the bytes at `at` (its first byte). Returns the value read, or 0. */
uint64_t hb_perform(const struct hb_request *request, uint8_t *at);

#endif
