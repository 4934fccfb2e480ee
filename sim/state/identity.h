/* Which machine a snapshot is from, as numbers that must be the same in the machine that continues from it. */
#ifndef HB_SIM_IDENTITY_H
#define HB_SIM_IDENTITY_H

#include <stdbool.h>
#include <stdint.h>

struct hb_machine;

struct hb_identity {
    uint64_t layout; /* of the structs in the arena */
    uint64_t config; /* what shapes the machine; when a run ends, and what is reported about it, may differ */
    uint64_t birth;  /* what it booted */
    uint64_t disk;   /* the contents of its image; 0: it has none */
};

/* `clean`: for a snapshot whose caches are empty; protocol, arbiter and the geometry of caches are left out. False: the
 * disk's image cannot be read. */
bool hb_identity_of(const struct hb_machine *machine, bool clean, struct hb_identity *identity);

#endif
