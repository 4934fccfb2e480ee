/* Building a machine from its configuration: lay out the arena, join the parts, load what it boots
 * (sim/machine/boot.h). */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bus/shared/presence.h"
#include "cpu/hart/checkpoint.h"
#include "cpu/translate/translate.h"
#include "memory/hash.h"
#include "memory/zeros.h"
#include "sim/config/heartbeat.h"
#include "sim/machine/boot.h"
#include "sim/machine/commit_log.h"
#include "sim/machine/machine.h"
#include "sim/machine/measure.h"
#include "sim/machine/mem_trace.h"
#include "sim/machine/snapshot.h"
#include "sim/machine/state_hash.h"

#define SEED_OF_CACHES 0x63616368u /* component of random choices: "cach" */

static size_t aligned(size_t bytes) {
    return (bytes + 63) & ~(size_t)63;
}

/* ---- Memory of the host ---------------------------------------------------------------------------------------- */

static size_t cache_bytes(const struct hb_config *config, uint32_t h) {
    return aligned(hb_cache_block_bytes(&config->hart[h].l1d)) + aligned(hb_cache_block_bytes(&config->hart[h].l1i));
}

static bool lay_out_arena(struct hb_machine *machine) {
    const struct hb_config *config = &machine->config;
    size_t harts_at = aligned(sizeof(struct hb_saved));
    size_t caches_at = harts_at + aligned(config->harts * sizeof(struct hb_hart));
    machine->arena_bytes = caches_at;
    for (uint32_t h = 0; h < config->harts; h++)
        machine->arena_bytes += cache_bytes(config, h);
    if (config->l2.size_bytes)
        machine->arena_bytes += aligned(hb_cache_block_bytes(&config->l2));
    machine->arena = aligned_alloc(64, machine->arena_bytes);
    if (!machine->arena)
        return false;
    memset(machine->arena, 0, machine->arena_bytes);
    machine->saved = (struct hb_saved *)(void *)machine->arena;
    machine->hart = (struct hb_hart *)(void *)(machine->arena + harts_at);
    uint8_t *block = machine->arena + caches_at;
    for (uint32_t h = 0; h < config->harts; h++) {
        hb_cache_init(&machine->bus.l1d[h], &config->hart[h].l1d, block);
        machine->bus.l1d[h].seed = hb_choice(config->seed, SEED_OF_CACHES, 2 * h);
        block += aligned(hb_cache_block_bytes(&config->hart[h].l1d));
        hb_cache_init(&machine->bus.l1i[h], &config->hart[h].l1i, block);
        machine->bus.l1i[h].seed = hb_choice(config->seed, SEED_OF_CACHES, 2 * h + 1);
        block += aligned(hb_cache_block_bytes(&config->hart[h].l1i));
    }
    if (config->l2.size_bytes) {
        hb_cache_init(&machine->bus.l2, &config->l2, block);
        machine->bus.l2.seed = hb_choice(config->seed, SEED_OF_CACHES, 2 * HB_HARTS_LIMIT);
    }
    return true;
}

static bool make_bus(struct hb_machine *machine) {
    const struct hb_config *config = &machine->config;
    struct hb_bus *bus = &machine->bus;
    bus->config = config->bus;
    bus->harts = config->harts;
    bus->line_bytes = config->hart[0].l1d.line_bytes;
    bus->memory_latency_cycles = config->memory.latency_cycles;
    bus->state = &machine->saved->bus;
    bus->devices = &machine->saved->devices;
    bus->ram = &machine->ram;
    bus->rom = machine->rom;
    bus->cycles_per_tick = config->cycles_per_tick;
    hb_bus_reset(bus);
    hb_devices_reset(bus->devices, config->harts, config->cycles_per_tick);
    return bus->protocol != NULL && hb_presence_create(bus);
}

static bool make_disk(struct hb_machine *machine, struct hb_error *error) {
    char message[256];
    if (!machine->config.disk)
        return true;
    if (!hb_disk_open(&machine->disk, machine->config.disk, machine->config.disk_write, message, sizeof message)) {
        hb_error_set(error, "%s", message);
        return false;
    }
    machine->bus.disk = &machine->disk;
    hb_devices_add_disk(machine->bus.devices, machine->disk.sectors, machine->ram.size_bytes);
    return true;
}

/* Harts that cost the same share one. */
static struct hb_code *code_for(struct hb_cores *cores, const struct hb_cpu_config *config, uint32_t line_bytes) {
    for (uint32_t i = 0; i < cores->codes; i++)
        if (hb_translator_fits(cores->code[i], config))
            return cores->code[i];
    struct hb_code *made = hb_translator_create(cores, config, line_bytes);
    if (made)
        cores->code[cores->codes++] = made;
    return made;
}

static bool make_cores(struct hb_machine *machine) {
    const struct hb_config *config = &machine->config;
    struct hb_cores *cores = &machine->cores;
    *cores = (struct hb_cores){.harts = config->harts,
                               .host_lookups = config->host_lookups && !hb_measure_needs_every_access(&config->stats),
                               .tohost = HB_NO_LINE,
                               .fromhost = HB_NO_LINE};
    cores->core = calloc(config->harts, sizeof *cores->core);
    cores->decoded = hb_zeros_alloc(HB_DECODED_LINES * sizeof *cores->decoded);
    cores->decoded_bits = calloc(HB_DECODED_BITS, sizeof *cores->decoded_bits);
    cores->code = calloc(config->harts, sizeof(struct hb_code *));
    if (!cores->code || !cores->core || !cores->decoded || !cores->decoded_bits)
        return false;
    for (uint32_t h = 0; h < config->harts; h++) {
        struct hb_core *core = &cores->core[h];
        core->hart = &machine->hart[h];
        core->shared = cores;
        core->ahead = calloc(1, sizeof *core->ahead);
        if (!core->ahead)
            return false;
        core->ahead->quantum_cycles = HB_AHEAD_CYCLES_MAX;
        core->ahead->core = core;
        core->bus = &machine->bus;
        core->config = config->hart[h].cpu;
        if (config->engine == HB_ENGINE_FAST) /* fast-interpreted has none */
            core->code = code_for(cores, &config->hart[h].cpu, machine->bus.line_bytes);
        core->line_mask = ~(uint64_t)(machine->bus.line_bytes - 1);
        core->line_shift = machine->bus.l1d[h].line_shift;
        core->l1d_hit_extra_cycles = config->hart[h].l1d.hit_cycles - 1;
        core->l1i_hit_extra_cycles = config->hart[h].l1i.hit_cycles - 1;
        core->has_slow_l1 = core->l1d_hit_extra_cycles || core->l1i_hit_extra_cycles;
        core->hot_bytes = core->has_slow_l1 ? 0 : machine->bus.line_bytes;
        hb_hart_reset(core->hart, (uint8_t)h, HB_ROM_BASE, 0);
        hb_core_drop_lookups(core);
        core->turn = hb_core_any_turn;
        machine->order[h] = (uint8_t)h;
    }
    return true;
}

static bool make_checker(struct hb_machine *machine) {
    if (!machine->config.check_coherence)
        return true;
    machine->bus.checker = &machine->checker;
    if (machine->config.host_lookups)
        return true; /* hits are not seen: transactions are checked, values are not */
    machine->checker.shadow = malloc(machine->ram.size_bytes);
    machine->checker.shadow_bytes = machine->ram.size_bytes;
    if (machine->checker.shadow)
        memcpy(machine->checker.shadow, machine->ram.bytes, machine->ram.size_bytes);
    return machine->checker.shadow != NULL;
}

/* ---- Faults and inputs of the configuration -------------------------------------------------------------------- */

static bool find_trigger_symbol(struct hb_machine *machine, uint32_t i, struct hb_error *error) {
    struct hb_fault_config *fault = &machine->config.faults[i];
    if (!hb_trigger[fault->trigger].by_symbol)
        return true;
    const char *wrong = hb_symbols_place(&machine->symbols, fault->symbol, &fault->address);
    if (wrong)
        hb_error_set(error, "faults.%u.trigger: \"%s\" %s (%.200s)", i, fault->symbol, wrong, machine->config.image);
    return !wrong;
}

static bool set_up_faults(struct hb_machine *machine, struct hb_error *error) {
    struct hb_config *config = &machine->config;
    for (uint32_t i = 0; i < config->n_faults; i++) {
        if (!find_trigger_symbol(machine, i, error))
            return false;
        if (config->faults[i].hart < config->harts) /* else it is known once it strikes */
            machine->saved->fault[i].hart = (uint8_t)config->faults[i].hart;
        machine->saved->fault[i].terms = config->faults[i].terms;
        hb_fault_set_clock(machine, i);
        hb_fault_watch(machine, config->faults[i].trigger);
    }
    machine->saved->faults = config->n_faults;
    machine->had_fault = config->n_faults > 0;
    return true;
}

bool hb_machine_set_faults(struct hb_machine *machine, const struct hb_fault_config *faults, uint32_t n,
                           struct hb_error *error) {
    memset(machine->saved->fault, 0, sizeof machine->saved->fault);
    memcpy(machine->config.faults, faults, n * sizeof *faults);
    machine->config.n_faults = n;
    machine->cores.trace_sc = false;
    machine->triggers_retired = false;
    hb_machine_heed_watchers(machine);
    bool ok = set_up_faults(machine, error);
    hb_machine_schedule(machine, machine->saved->cycle);
    return ok;
}

void hb_machine_plan_inputs(struct hb_machine *machine, uint64_t from_cycle) {
    const struct hb_config *config = &machine->config;
    for (uint32_t i = 0; i < config->n_inputs; i++)
        hb_machine_type(machine, &config->inputs[i], from_cycle);
    for (uint32_t i = 0; i < config->n_changes; i++) {
        const struct hb_change_config *change = &config->changes[i];
        const struct hb_input input = {
            .cycle = change->cycle, .kind = HB_INPUT_PARAMETER, .parameter = change->parameter, .value = change->value};
        if (change->cycle >= from_cycle)
            hb_machine_input(machine, &input);
    }
}

/* ---- The machine as a whole ------------------------------------------------------------------------------------ */

/* What the harts are to do. */
static bool load(struct hb_machine *machine, struct hb_error *error) {
    if (!machine->config.mem_trace)
        return hb_boot_load(machine, error);
    hb_mem_trace_begin(machine);
    return true;
}

static bool build(struct hb_machine *machine, struct hb_error *error) {
    if (!hb_ram_init(&machine->ram, machine->config.memory.size_bytes) || !lay_out_arena(machine)) {
        hb_error_set(error, "the host does not have enough memory for this machine");
        return false;
    }
    if (!make_bus(machine) || !make_cores(machine)) {
        hb_error_set(error, "machine: this protocol is not built yet, or the host does not have enough memory");
        return false;
    }
    if (!make_disk(machine, error))
        return false;
    machine->saved->next_timer = HB_NEVER;
    hb_os_view_init(&machine->saved->os, machine->config.cycles_per_tick);
    machine->saved->os.patience_instructions = machine->config.stop_quiet_cycles / 16;
    if (!load(machine, error) || !set_up_faults(machine, error))
        return false;
    hb_machine_plan_inputs(machine, 0);
    hb_machine_schedule(machine, 0);
    if (!make_checker(machine)) {
        hb_error_set(error, "the host does not have enough memory for the coherence checker");
        return false;
    }
    hb_measure_start(machine);
    return true;
}

struct hb_machine *hb_machine_create(const struct hb_config *config, struct hb_error *error) {
    struct hb_machine *machine = calloc(1, sizeof *machine);
    if (!machine) {
        hb_error_set(error, "the host does not have enough memory");
        return NULL;
    }
    machine->config = *config;
    hb_heartbeat_settle(&machine->config);
    if (build(machine, error)) {
        machine->birth = hb_hash_bytes(hb_state_hash(machine), machine->rom, sizeof machine->rom);
        if (config->mem_trace)
            machine->birth = hb_hash_u64(machine->birth, hb_mem_trace_hash(config->mem_trace));
        machine->first_boot_hash = hb_hash_bytes(machine->boot_hash, machine->rom, sizeof machine->rom);
        return machine;
    }
    hb_machine_destroy(machine);
    return NULL;
}

bool hb_machine_write_disk(struct hb_machine *machine, struct hb_error *error) {
    char message[256];
    if (!machine->bus.disk || hb_disk_write_back(machine->bus.disk, message, sizeof message))
        return true;
    hb_error_set(error, "%s", message);
    hb_error_blame_host(error); /* that the file may be written was found when it was opened */
    return false;
}

void hb_machine_destroy(struct hb_machine *machine) {
    if (!machine)
        return;
    hb_commit_log_close(machine, NULL);
    hb_measure_stop(machine);
    hb_snapshot_release_base(machine);
    if (machine->bus.disk)
        hb_disk_close(machine->bus.disk);
    hb_symbols_free(&machine->symbols);
    hb_ram_free(&machine->ram);
    for (uint32_t h = 0; machine->cores.core && h < machine->config.harts; h++)
        free(machine->cores.core[h].ahead);
    free(machine->cores.core);
    for (uint32_t i = 0; i < machine->cores.codes; i++)
        hb_translator_destroy(machine->cores.code[i]);
    free(machine->cores.code);
    hb_zeros_free(machine->cores.decoded, HB_DECODED_LINES * sizeof *machine->cores.decoded);
    free(machine->cores.decoded_bits);
    free(machine->checker.shadow);
    free(machine->log.input);
    free(machine->console);
    hb_presence_free(&machine->bus);
    free(machine->arena);
    free(machine);
}
