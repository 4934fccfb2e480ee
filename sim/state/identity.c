#include "sim/state/identity.h"

#include <stddef.h>
#include <string.h>

#include "memory/hash.h"
#include "sim/config/heartbeat.h"
#include "sim/config/keys.h"
#include "sim/config/protocol_file.h"
#include "sim/machine/machine.h"

/* Incremented with every change after which a machine takes other steps from the same state. */
#define SEMANTICS 1u

/* Changes with the structs that make up the arena, so that no file is mistaken for what it is not. */
static uint64_t layout_of_arena(void) {
    static const uint64_t sizes[] = {
        SEMANTICS,
        sizeof(struct hb_saved),
        sizeof(struct hb_hart),
        sizeof(struct hb_devices),
        sizeof(struct hb_os_view),
        sizeof(struct hb_bus_state),
        sizeof(struct hb_port),
        sizeof(struct hb_transaction),
        sizeof(struct hb_fault_state),
        sizeof(struct hb_in_flight),
        sizeof(struct hb_tlb_entry),
        sizeof(struct hb_line),
        offsetof(struct hb_saved, bus),
        offsetof(struct hb_saved, os),
        offsetof(struct hb_saved, devices),
        offsetof(struct hb_hart, in_flight),
        offsetof(struct hb_hart, mstatus),
    };
    const uint16_t one = 1; /* the order of bytes */
    uint64_t hash = hb_hash_bytes(HB_HASH_SEED, (const uint8_t *)&one, sizeof one);
    for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++)
        hash = hb_hash_u64(hash, sizes[i]);
    return hash;
}

/* What a key holds; strings are part of the birth (the image), or are mere names. */
static uint64_t hash_key(uint64_t hash, const struct hb_key *key, const void *object) {
    const uint8_t *field = (const uint8_t *)object + key->offset;
    return key->type == HB_KEY_STRING ? hash : hb_hash_bytes(hash, field, key->bytes);
}

static bool begins(const char *path, const char *with) {
    return strncmp(path, with, strlen(with)) == 0;
}

/* When a run ends, what is reported about it, and which engine runs it may differ. */
static bool shapes_the_machine(const struct hb_key *key) {
    return strcmp(key->path, "engine") != 0 && !begins(key->path, "stop.") && !begins(key->path, "stats.") &&
           !begins(key->path, "trace.");
}

/* A machine whose caches are empty and whose bus is at rest holds none of it: how lines are kept coherent, who is
 * granted, where lines are placed. What caches cost is not geometry. */
static bool may_be_another(const struct hb_key *key) {
    static const char *const paths[] = {"machine.bus.protocol", "machine.bus.mutation", "machine.bus.incoherent",
                                        "machine.bus.arbiter",  "machine.bus.tickets",  "machine.bus.slot_cycles",
                                        "machine.l1i.",         "machine.l1d.",         "machine.l2."};
    if (strstr(key->path, "_cycles") && !begins(key->path, "machine.bus."))
        return false;
    for (size_t i = 0; i < sizeof paths / sizeof paths[0]; i++)
        if (begins(key->path, paths[i]))
            return true;
    return false;
}

static uint64_t hash_fault(uint64_t hash, const struct hb_fault_config *fault) {
    const uint64_t values[] = {fault->hart,
                               fault->trigger,
                               fault->terms.model,
                               fault->tracepoint,
                               fault->cycle,
                               fault->instructions,
                               fault->count,
                               fault->address,
                               fault->waits,
                               fault->after,
                               fault->lead,
                               fault->common,
                               fault->rate.scale_cycles,
                               fault->rate.shape_thousandths,
                               fault->rate.stream};
    for (size_t i = 0; i < sizeof values / sizeof values[0]; i++)
        hash = hb_hash_u64(hash, values[i]);
    for (size_t i = 0; i < HB_FAULT_TERMS; i++)
        hash = hb_hash_u64(hash, hb_fault_term_get(&hb_fault_term[i], &fault->terms));
    return hash;
}

/* What is kept outside the keys, in several fields. */
static uint64_t hash_bus(uint64_t hash, const struct hb_bus_config *bus) {
    hash = hb_hash_u64(hash, bus->mutation);
    hash = hb_hash_u64(hash, bus->script_length);
    if (bus->script_length)
        hash = hb_hash_bytes(hash, bus->script, bus->script_length);
    return bus->protocol == HB_PROTOCOL_GIVEN ? hb_hash_u64(hash, hb_protocol_hash(bus->given)) : hash;
}

/* What an experiment leaves open and follows from the machine is no difference of its own. */
static uint64_t hash_config(const struct hb_config *settled, bool clean) {
    struct hb_config open = *settled;
    const struct hb_config *config = &open;
    hb_heartbeat_unsettle(&open);
    uint64_t hash = hb_hash_u64(HB_HASH_SEED, config->n_faults);
    for (size_t i = 0; i < hb_keys_n; i++) {
        const struct hb_key *key = &hb_keys[i];
        if (!shapes_the_machine(key) || (clean && may_be_another(key)))
            continue;
        if (key->place == HB_PLACE_CONFIG)
            hash = hash_key(hash, key, config);
        for (uint32_t h = 0; key->place == HB_PLACE_HART && h < config->harts; h++)
            hash = hash_key(hash, key, &config->hart[h]);
        for (uint32_t g = 0; key->place == HB_PLACE_TASKS && g < config->os.workload_groups; g++)
            hash = hash_key(hash, key, &config->os.group[g]);
    }
    for (uint32_t i = 0; i < config->n_faults; i++)
        hash = hash_fault(hash, &config->faults[i]);
    return clean ? hash : hash_bus(hash, &config->bus);
}

bool hb_identity_of(const struct hb_machine *machine, bool clean, struct hb_identity *identity) {
    *identity = (struct hb_identity){.layout = layout_of_arena(),
                                     .config = hash_config(&machine->config, clean),
                                     .birth = clean ? machine->first_boot_hash : machine->birth};
    return !machine->bus.disk || hb_disk_image_hash(machine->bus.disk, &identity->disk);
}
