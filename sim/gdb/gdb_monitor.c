#include "sim/gdb/gdb_monitor.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "bus/shared/memory.h"
#include "cpu/mmu.h"
#include "sim/machine/state_hash.h"
#include "sim/machine/stats.h"

#define NAME_BYTES 96

/* ---- The machine ----------------------------------------------------------------------------------------------- */

static void say_outcome(const struct hb_saved *saved, struct hb_gdb_text *said) {
    switch (saved->outcome) {
    case HB_OUTCOME_RUNNING: hb_gdb_put(said, "running"); break;
    case HB_OUTCOME_PASSED: hb_gdb_put(said, "over: passed"); break;
    case HB_OUTCOME_FAILED: hb_gdb_put(said, "over: failed with code %" PRIu32, saved->exit_code); break;
    case HB_OUTCOME_CRASH: hb_gdb_put(said, "over: hart %" PRIu32 " crashed", saved->crash_hart); break;
    case HB_OUTCOME_LIMIT: hb_gdb_put(said, "over: the limit of cycles is reached"); break;
    default: hb_gdb_put(said, "at rest: none of the harts that may go on ever will"); break;
    }
}

static void say_cycle(struct hb_machine *machine, const char *rest, struct hb_gdb_text *said) {
    (void)rest;
    hb_gdb_put(said, "cycle %" PRIu64 ", ", machine->saved->cycle);
    say_outcome(machine->saved, said);
    hb_gdb_put(said, "\n");
}

static void say_hash(struct hb_machine *machine, const char *rest, struct hb_gdb_text *said) {
    (void)rest;
    hb_gdb_put(said, "state_hash %016" PRIx64 "\n", hb_state_hash(machine));
}

/* ---- Harts ----------------------------------------------------------------------------------------------------- */

static void say_harts(struct hb_machine *machine, const char *rest, struct hb_gdb_text *said) {
    static const char modes[] = "US?M";
    (void)rest;
    for (uint32_t h = 0; h < machine->bus.harts; h++) {
        const struct hb_hart *hart = &machine->hart[h];
        char name[NAME_BYTES];
        hb_symbols_text(&machine->symbols, hart->pc, name, sizeof name);
        hb_gdb_put(said, "hart %" PRIu32 ": %s%s%s, %c mode, pc 0x%" PRIx64 " %s\n", h,
                   hb_run_state_key((enum hb_run_state)hart->run_state), machine->saved->held >> h & 1 ? ", held" : "",
                   hart->in_flight.active ? ", in the middle of an instruction" : "", modes[hart->privilege & 3],
                   hart->pc, name);
    }
}

static void say_stats(struct hb_machine *machine, const char *rest, struct hb_gdb_text *said) {
    (void)rest;
    hb_gdb_put(said, "hart  instructions    IPC  L1D accesses  L1D misses  L1I accesses  L1I misses\n");
    for (uint32_t h = 0; h < machine->bus.harts; h++) {
        struct hb_hart_stats hart;
        struct hb_cache_stats l1d, l1i;
        hb_stats_hart(machine, h, &hart);
        hb_stats_cache(machine, h, false, &l1d);
        hb_stats_cache(machine, h, true, &l1i);
        hb_gdb_put(said,
                   "%4" PRIu32 "  %12" PRIu64 "  %.3f  %12" PRIu64 "  %10" PRIu64 "  %12" PRIu64 "  %10" PRIu64 "\n", h,
                   hart.instructions, hb_quotient_value(hb_stats_ipc(&hart)), l1d.accesses, l1d.misses, l1i.accesses,
                   l1i.misses);
    }
}

/* ---- A line in every cache ------------------------------------------------------------------------------------- */

static void say_bytes(struct hb_gdb_text *said, const uint8_t *bytes, uint32_t n) {
    for (uint32_t i = 0; i < n; i++)
        hb_gdb_put(said, "%s%02x", i && i % 8 == 0 ? " " : "", bytes[i]);
    hb_gdb_put(said, "\n");
}

/* `memory`: the bytes of the line in memory. */
static void say_copy(struct hb_gdb_text *said, const struct hb_line *line, const char *state, const uint8_t *bytes,
                     const uint8_t *memory, uint32_t n) {
    hb_gdb_put(said, "%s%s, ", state, line->attributes & HB_LINE_DIRTY ? ", dirty" : "");
    if (memcmp(bytes, memory, n) == 0)
        hb_gdb_put(said, "as in memory\n");
    else
        say_bytes(said, bytes, n);
}

static uint32_t say_copies(const struct hb_machine *machine, uint64_t address, const uint8_t *memory,
                           struct hb_gdb_text *said) {
    const struct hb_bus *bus = &machine->bus;
    uint32_t copies = 0;
    for (uint32_t agent = 0; agent < 2 * bus->harts; agent++) {
        bool l1i = hb_agent_is_l1i((uint8_t)agent);
        const struct hb_protocol *protocol = l1i ? &hb_protocol_l1i : hb_bus_protocol_at(bus, address);
        struct hb_line *line = hb_bus_copy(bus, (uint8_t)agent, address);
        if (!line)
            continue;
        hb_gdb_put(said, "L1%c of hart %" PRIu32 ": ", l1i ? 'I' : 'D', agent / 2);
        say_copy(said, line, protocol->state[line->state].name, hb_line_data(line), memory, bus->line_bytes);
        copies++;
    }
    return copies;
}

static void say_on_the_bus(const struct hb_bus *bus, uint64_t address, struct hb_gdb_text *said) {
    for (uint32_t i = 0; i < bus->limit; i++) {
        const struct hb_transaction *t = &bus->state->transaction[i];
        if (t->active && t->line == address)
            hb_gdb_put(said, "on the bus: %s of port %u\n", hb_txn_name((enum hb_txn)t->kind), t->port);
    }
}

static void say_line(const struct hb_machine *machine, uint64_t address, struct hb_gdb_text *said) {
    const struct hb_bus *bus = &machine->bus;
    uint8_t memory[HB_LINE_BYTES_MAX];
    hb_memory_read(bus, address, memory, bus->line_bytes);
    hb_gdb_put(said, "%s: ", bus->l2.block ? "memory, through the L2" : "memory");
    say_bytes(said, memory, bus->line_bytes);
    if (say_copies(machine, address, memory, said) == 0)
        hb_gdb_put(said, "no L1 has it\n");
    struct hb_line *line = bus->l2.block ? hb_cache_find(&bus->l2, address) : NULL;
    if (line)
        say_copy(said, line, "L2: here", hb_line_data(line), memory, bus->line_bytes);
    say_on_the_bus(bus, address, said);
}

/* A number, or a symbol's name. */
static bool read_address(const struct hb_machine *machine, const char *word, uint64_t *address) {
    char *end;
    *address = strtoull(word, &end, 0);
    return (word[0] >= '0' && word[0] <= '9' && *end == 0) || hb_symbols_find(&machine->symbols, word, address, NULL);
}

static void say_caches(struct hb_machine *machine, const char *rest, struct hb_gdb_text *said) {
    char *word;
    uint64_t address, physical, hart = strtoull(rest, &word, 10);
    if (word == rest || *word != ' ' || hart >= machine->bus.harts) {
        hb_gdb_put(said, "caches HART ADDRESS|SYMBOL: HART is 0 to %" PRIu32 "\n", machine->bus.harts - 1);
        return;
    }
    word += strspn(word, " ");
    if (!read_address(machine, word, &address)) {
        hb_gdb_put(said, "\"%.60s\" is neither an address nor a symbol of the program\n", word);
        return;
    }
    if (!hb_mmu_debug_translate(&machine->cores.core[hart], address, &physical) ||
        !hb_bus_cacheable(&machine->bus, physical, 1)) {
        hb_gdb_put(said, "0x%" PRIx64 " is not memory for hart %" PRIu64 "\n", address, hart);
        return;
    }
    uint64_t line = physical & ~(uint64_t)(machine->bus.line_bytes - 1);
    hb_gdb_put(said, "0x%" PRIx64 " is at 0x%" PRIx64 ", in the line 0x%" PRIx64 "\n", address, physical, line);
    say_line(machine, line, said);
}

/* ---- The table ------------------------------------------------------------------------------------------------- */

static void say_help(struct hb_machine *machine, const char *rest, struct hb_gdb_text *said);

static const struct {
    const char *name, *arguments, *help;
    void (*say)(struct hb_machine *machine, const char *rest, struct hb_gdb_text *said);
} commands[] = {
    {"help", "", "these lines", say_help},
    {"cycle", "", "how many cycles have run, and whether the machine can go on", say_cycle},
    {"harts", "", "what each hart is doing", say_harts},
    {"stats", "", "per hart: instructions, IPC, misses of its caches", say_stats},
    {"caches", " HART ADDRESS|SYMBOL", "the line there, in every cache and in memory", say_caches},
    {"hash", "", "the state_hash of the machine as it stands", say_hash},
};

static void say_help(struct hb_machine *machine, const char *rest, struct hb_gdb_text *said) {
    (void)machine;
    (void)rest;
    for (size_t i = 0; i < sizeof commands / sizeof commands[0]; i++)
        hb_gdb_put(said, "monitor %s%s: %s\n", commands[i].name, commands[i].arguments, commands[i].help);
}

void hb_gdb_monitor(struct hb_machine *machine, const char *line, struct hb_gdb_text *said) {
    line += strspn(line, " ");
    size_t n = strcspn(line, " ");
    for (size_t i = 0; i < sizeof commands / sizeof commands[0]; i++)
        if (strlen(commands[i].name) == n && strncmp(commands[i].name, line, n) == 0) {
            commands[i].say(machine, line + n + strspn(line + n, " "), said);
            return;
        }
    hb_gdb_put(said, "\"%.*s\" is none of these:\n", n < 60 ? (int)n : 60, line);
    say_help(machine, "", said);
}
