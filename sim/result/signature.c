#include "sim/result/signature.h"

#include <string.h>

#include "memory/hash.h"
#include "sim/machine/machine.h"

struct range {
    uint64_t from, bytes;
};

/* False: there is no such variable, or nobody knows its size. */
static bool range_of(const struct hb_machine *machine, const char *name, struct range *range) {
    return hb_symbols_find(&machine->symbols, name, &range->from, &range->bytes) && range->bytes &&
           hb_ram_contains(&machine->ram, range->from - HB_RAM_BASE, range->bytes);
}

bool hb_signature_check(const struct hb_signature *signature, const struct hb_machine *machine,
                        struct hb_error *error) {
    for (uint32_t i = 0; i < signature->variables; i++) {
        struct range range;
        if (range_of(machine, signature->variable[i], &range))
            continue;
        hb_error_set(error, "signature.memory: \"%s\" is no variable of the image (%.200s)", signature->variable[i],
                     machine->config.image);
        return false;
    }
    return true;
}

static uint64_t hash_range(const struct hb_machine *machine, struct range range, uint64_t hash) {
    uint8_t bytes[256];
    while (range.bytes) {
        const uint64_t n = range.bytes < sizeof bytes ? range.bytes : sizeof bytes;
        if (!hb_bus_debug_read(&machine->bus, range.from, bytes, n))
            break;
        hash = hb_hash_bytes(hash, bytes, n);
        range.from += n;
        range.bytes -= n;
    }
    return hash;
}

bool hb_signature_hash(const struct hb_signature *signature, const struct hb_machine *machine, uint64_t *hash) {
    const struct hb_elf *elf = &machine->elf;
    const struct range marked = {elf->begin_signature, elf->end_signature - elf->begin_signature};
    const bool is_marked = !signature->variables && elf->begin_signature && elf->end_signature > elf->begin_signature;
    struct range range;
    *hash = HB_HASH_SEED;
    if (signature->console)
        *hash = hb_hash_bytes(*hash, (const uint8_t *)machine->console, machine->saved->console_bytes);
    for (uint32_t i = 0; i < signature->variables; i++)
        if (range_of(machine, signature->variable[i], &range))
            *hash = hash_range(machine, range, *hash);
    if (is_marked)
        *hash = hash_range(machine, marked, *hash);
    return signature->console || signature->variables || is_marked;
}
