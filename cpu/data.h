/* Loads, stores, atomics and cache-block operations on the slow way. */
#ifndef HB_CPU_DATA_H
#define HB_CPU_DATA_H

#include "cpu/hart/core.h"

struct hb_data_access {
    uint64_t address; /* virtual */
    uint64_t operand;
    uint8_t kind; /* enum hb_access */
    uint8_t bytes;
    uint8_t amo;
};

/* Perform it, or as much as can be. False: the instruction cannot go on in this turn (it waits, or has trapped). */
bool hb_data_access(struct hb_core *core, const struct hb_data_access *access, uint64_t now, uint64_t *value);

/* The same for the block that holds `address`, that is, its line: a cache-block operation, or HB_ACCESS_STORE to store
 * zeros to all of it. */
bool hb_block_access(struct hb_core *core, uint8_t kind, uint64_t address, uint64_t now);

/* Let the store buffer drain, as fences do. False: the instruction waits. */
bool hb_wait_for_stores(struct hb_core *core, uint64_t now);

/* Make the host lookup for `address`, whose line is in the L1D at `physical`. */
void hb_lookup_fill(struct hb_core *core, uint64_t address, uint64_t physical);

#endif
