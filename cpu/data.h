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

/* The same without translation, of a line that no host word is in; `rights`: what protection allows on all of it. */
void hb_lookup_fill_plain(struct hb_core *core, uint64_t address, uint8_t rights);

/* The same for `line`, which is that line. */
void hb_lookup_set_plain(struct hb_core *core, struct hb_line *line, uint8_t rights);

static inline bool hb_overlaps_word(uint64_t word, uint64_t address, uint64_t bytes) {
    return word != HB_NO_LINE && address < word + 8 && word < address + bytes;
}

/* tohost or fromhost: the host sees every store to them, once it is performed. */
static inline bool hb_overlaps_host_words(const struct hb_core *core, uint64_t address, uint64_t bytes) {
    return hb_overlaps_word(core->shared->tohost, address, bytes) ||
           hb_overlaps_word(core->shared->fromhost, address, bytes);
}

#endif
