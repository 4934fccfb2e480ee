/* The machine: harts, caches, bus, devices and RAM put together, with pending faults and the view of the OS.
 *
 * Everything that the machine IS lives in one arena of plain data (struct hb_saved, the harts, the caches' lines) and
 * in RAM: a snapshot is a copy of both. Everything else in struct hb_machine is derived from that, or belongs to the
 * host.
 *
 *     struct hb_machine *machine = hb_machine_create(&config, &error);
 *     hb_machine_run(machine, cycle);      // up to the close of the cycle before `cycle`, or until it ends
 *     hb_machine_destroy(machine);
 *
 * The cycle, in this order (sim/engine/lockstep.c has it on one page):
 *     1. what is due: faults, input, timers, requests of the cycle before (stop, fence, tohost)
 *     2. the bus: finish, snoop, grant
 *     3. every hart whose turn has come
 *     4. close: traces are committed, in the order of harts
 */
#ifndef HB_SIM_MACHINE_H
#define HB_SIM_MACHINE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "bus/shared/bus.h"
#include "bus/shared/checker.h"
#include "cpu/cpu.h"
#include "memory/disk.h"
#include "memory/elf.h"
#include "memory/symbols.h"
#include "osmodel/abi.h"
#include "osmodel/os_view.h"
#include "sim/base/error.h"
#include "sim/config/config.h"
#include "sim/config/fault_models.h"
#include "sim/machine/htif.h"
#include "sim/machine/mem_trace.h"
#include "sim/observe/watcher.h"

enum hb_outcome {
    HB_OUTCOME_RUNNING,
    HB_OUTCOME_PASSED,
    HB_OUTCOME_FAILED,
    HB_OUTCOME_LIMIT,
    HB_OUTCOME_HANG,
    HB_OUTCOME_CRASH,
    HB_OUTCOME_INTERRUPTED, /* from outside: never in a snapshot */
};

#define HB_FAULTS_MAX     64 /* those of the configuration and those requested in mid-run */
#define HB_LOST_LINES_MAX 1024

/* A fault with a rate: its clock, and what all its strikes came to. */
struct hb_fault_repeats {
    uint64_t next_cycle;       /* in which it strikes next; HB_NEVER: the clock stands still */
    uint64_t draws;            /* how many times to failure have been drawn */
    uint64_t strikes;          /* of a hart that was alive */
    uint64_t suspected;        /* of these, how many were noticed ... */
    uint64_t suspected_cycles; /* ... and after how long, all together */
    uint64_t resumed;          /* after how many a task of the hart ran again elsewhere ... */
    uint64_t resumed_cycles;   /* ... and how long after the strike */
    uint64_t down_cycles;      /* from strikes until the hart took part again, all together */
    bool down;                 /* since the last strike it has not */
};

/* What became of a fault, whether configured or requested in mid-run. */
struct hb_fault_state {
    struct hb_fault_terms terms;
    uint8_t hart;
    bool armed; /* its trigger has been seen: it strikes in the next cycle */
    bool done;
    bool activated;              /* it has struck a hart that was alive */
    bool ended;                  /* its duration is over */
    uint64_t since_cycle;        /* the fault that it waits for has struck in this cycle ... */
    uint64_t since_instructions; /* ... when its hart had retired so many */
    uint64_t seen;               /* how often the trigger's event has been seen */
    uint64_t cycle;              /* cycle in which it struck */
    uint64_t end_cycle;          /* once activated: in which it is over; HB_NEVER: it lasts */
    uint64_t instructions_at_death;
    uint32_t lines_lost;
    uint32_t lines_differing; /* of these: memory held other bytes */
    uint32_t stores_lost;     /* that waited in the store buffer */
    uint32_t first_lost_line; /* index into lost_line[] */
    bool settled;             /* its hart has been started since: `recovery` is how it was dealt with */
    struct hb_os_recovery recovery;
    struct hb_fault_repeats repeats; /* of one with a rate; the rest is about the last time that it struck */
};

/* The progress of a region of interest that begins or ends with a tracepoint (sim/machine/measure.h). */
struct hb_region_state {
    uint64_t marks; /* which tracepoints; 0: none */
    uint64_t seen;  /* how often the awaited one has been passed */
    uint8_t phase;  /* enum hb_region_phase */
};

/* The fixed part of the arena. */
struct hb_saved {
    uint64_t cycle;      /* the next cycle */
    uint64_t next_event; /* earliest cycle in which phase 1 has something to do */
    uint64_t next_timer;
    uint8_t outcome; /* enum hb_outcome */
    uint32_t exit_code;
    uint32_t crash_hart;
    bool panicked;
    uint32_t next_input; /* index into the log of inputs */
    uint64_t console_bytes;
    uint32_t faults;
    struct hb_fault_state fault[HB_FAULTS_MAX];
    uint32_t lost_lines;
    uint64_t lost_line[HB_LOST_LINES_MAX]; /* addresses of lines that died modified */
    uint64_t start_pending;                /* harts that will start once their old lines are written back */
    uint8_t said;  /* the console has said that the run ends: enum hb_outcome; RUNNING: it has not */
    uint64_t held; /* harts that a debugger denies their turns; what they asked of the bus goes on */
    struct hb_bus_state bus;
    struct hb_devices devices;
    struct hb_htif htif;
    struct hb_os_view os;
    struct hb_region_state region;
    struct hb_mem_play play; /* with config.mem_trace */
};

/* Outside input: console bytes, faults, policy changes and what a debugger did, each with its cycle. All of it is kept,
 * for replay. */
enum hb_input_kind {
    HB_INPUT_TEXT,
    HB_INPUT_FAULT,
    HB_INPUT_PARAMETER,
    HB_INPUT_HOLD,     /* from here on the harts in `value` have no turns, and all others have */
    HB_INPUT_REGISTER, /* a register of a hart that is between two instructions becomes `value` */
    HB_INPUT_MEMORY,   /* bytes of RAM become `value` */
    HB_INPUTS
};

struct hb_input {
    uint64_t cycle;
    uint8_t kind; /* enum hb_input_kind */
    uint8_t byte; /* text: one byte; memory: how many, 1 to 8 */
    uint8_t hart; /* fault, register */
    struct hb_fault_terms terms;
    uint32_t parameter; /* index of the field of struct hb_params; register: its number (sim/machine/debug.h) */
    uint64_t value;     /* hold: one bit per hart; memory: the first byte lowest */
    uint64_t address;   /* memory: physical */
};

struct hb_input_log {
    struct hb_input *input;
    uint32_t inputs;
    uint32_t capacity;
};

struct hb_commit_log;
struct hb_measure;
struct hb_page; /* a saved page of RAM, shared by all snapshots in which it is the same */

struct hb_machine {
    struct hb_config config;
    uint8_t *arena;
    size_t arena_bytes;
    struct hb_saved *saved; /* in the arena */
    struct hb_hart *hart;   /* in the arena: one a hart */
    struct hb_bus bus;
    struct hb_cores cores;
    struct hb_ram ram;
    struct hb_disk disk; /* what is written to it is saved state, too; bus.disk is NULL when there is none */
    struct hb_checker checker;
    uint8_t rom[HB_ROM_BYTES];
    struct hb_elf elf;
    struct hb_elf firmware; /* zeros without config.bios */
    struct hb_symbols symbols;
    uint64_t params_address; /* of hb_params in the image; 0: it has none */
    uint64_t results_address;
    uint32_t stop_word_bytes; /* of the word that ends the run in tohost's place, at cores.tohost; 0: there is none */
    struct hb_input_log log;
    char *console; /* what the guest has written, saved->console_bytes long */
    size_t console_capacity;
    struct hb_page_group **base;   /* RAM and the arena as of the last snapshot taken or restored */
    uint64_t snapshots_bytes;      /* that snapshots hold, and the base */
    uint8_t order[HB_HARTS_LIMIT]; /* of the harts' turns within a cycle; no result depends on it */
    struct hb_watchers watchers;   /* who looks on: hb_machine_watch_add() */
    bool triggers_retired;         /* a fault's trigger waits for an instruction that retires */
    struct hb_commit_log
        *commit_log;       /* sim/machine/commit_log.h: a watcher that is closed with the machine; NULL: none */
    uint32_t engine_notes; /* why `fast` has left it to lockstep: a bit for each enum hb_engine_note */
    bool pause;            /* the present cycle is the last one before hb_lockstep_run() returns */
    bool
        input_may_come; /* from outside: when only that can interrupt a hart the machine waits instead of hanging ... */
    bool waits_for_input;       /* ... and hb_machine_run() returns */
    uint64_t birth;             /* hash of the machine as it was built, the boot ROM included */
    uint64_t boot_hash;         /* hash of what it booted last, whatever its caches are */
    uint64_t first_boot_hash;   /* the same at the time it was built, the boot ROM included */
    struct hb_measure *measure; /* what is measured beyond the common counters (sim/machine/measure.h); NULL: nothing */
    bool had_fault; /* the configuration or the log holds a fault: the checker records instead of stopping */
};

/* Build a machine and load its image. NULL and `error` if the configuration or the image is unfit. */
struct hb_machine *hb_machine_create(const struct hb_config *config, struct hb_error *error);
void hb_machine_destroy(struct hb_machine *machine);

/* Log an input for `input->cycle`, which must not be in the past. The log stays sorted by cycle. */
void hb_machine_input(struct hb_machine *machine, const struct hb_input *input);

/* Log what is typed: of its characters those that come in `from_cycle` or later. */
void hb_machine_type(struct hb_machine *machine, const struct hb_input_config *typing, uint64_t from_cycle);

/* Log what the configuration itself asks for in `from_cycle` or later: its typing, and changes of parameters. */
void hb_machine_plan_inputs(struct hb_machine *machine, uint64_t from_cycle);

/* Cut the log: input for `cycle` and later will not come. */
void hb_machine_forget_inputs(struct hb_machine *machine, uint64_t cycle);

/* Give a machine that has run without faults, or has just been restored to a time before any, these `n` in the place of
 * those of its configuration: it goes on as if it had been built with them. Triggers count from the present cycle on.
 * False: `error`, for a symbol that the image does not have. */
bool hb_machine_set_faults(struct hb_machine *machine, const struct hb_fault_config *faults, uint32_t n,
                           struct hb_error *error);

/* Put what the guest has written to its disk into the image file (config.disk_write); nothing to do without a disk. */
bool hb_machine_write_disk(struct hb_machine *machine, struct hb_error *error);

/* Let it look on, as the last of those who do (sim/observe/watcher.h). It must stay where it is until it is removed, or
 * the machine is destroyed. */
void hb_machine_watch_add(struct hb_machine *machine, struct hb_watcher *watcher);

/* Nothing happens when it does not look on. */
void hb_machine_watch_remove(struct hb_machine *machine, struct hb_watcher *watcher);

/* It is called no more, or again, in its old place. */
void hb_machine_watch_switch(struct hb_machine *machine, struct hb_watcher *watcher, bool on);

/* ---- Inside sim/ ---- */

/* Does anybody look at the harts when a cycle with records is closed? */
static inline bool hb_machine_is_watched(const struct hb_machine *machine) {
    return machine->measure || machine->watchers.harts;
}

/* The first part of phase 1 of cycle `now`: due faults, and due inputs up to index `end` of the log. */
void hb_machine_take_inputs(struct hb_machine *machine, uint32_t end, uint64_t now);

/* Phase 1 of cycle `now`. */
void hb_machine_events(struct hb_machine *machine, uint64_t now);

/* Send `n` bytes to the console. */
void hb_machine_show(struct hb_machine *machine, const char *text, size_t n);

/* What devices and timers say in cycle `now`: HB_MIP_* of hart `h`. */
uint32_t hb_machine_interrupt_lines(const struct hb_machine *machine, uint32_t h, uint64_t now);

/* After a device was written: interrupt lines, timers and requests may have changed. */
void hb_machine_devices_changed(struct hb_machine *machine, uint64_t now);

/* The first cycle after `now` in which a timer of hart `h` is due; HB_NEVER: none will be. */
uint64_t hb_machine_timer_cycle(const struct hb_machine *machine, uint32_t h, uint64_t now);

/* The earliest event of all others: in cycle `now` at the earliest, where software has asked for something. */
uint64_t hb_machine_next_but_timers(const struct hb_machine *machine, uint64_t now);

/* Set saved->next_event to the earliest event that is due after `now`. */
void hb_machine_schedule(struct hb_machine *machine, uint64_t now);

/* Phase 4: hand the records of this cycle to the view of the OS, to triggers and to watchers. */
void hb_machine_commit(struct hb_machine *machine, uint64_t now);

/* End the run with the close of cycle `now`. */
void hb_machine_end(struct hb_machine *machine, enum hb_outcome outcome, uint32_t exit_code);

/* Reset the machine in phase 1 of cycle `now` (sim/machine/restart.c). */
void hb_machine_restart(struct hb_machine *machine, uint64_t now);

/* The cycle in which `fault`, the configuration's number `index`, strikes for the first time, if its trigger is a cycle
 * or it has a rate, and it waits for no other; `seed` is that of the configuration. */
uint64_t hb_fault_first_cycle(const struct hb_fault_config *fault, uint64_t seed, uint32_t index);

/* Start the clock of configured fault `index`, if it has a rate; the machine is as at its beginning, or has just been
 * restored to a cycle before the first strike. */
void hb_fault_set_clock(struct hb_machine *machine, uint32_t index);

/* Count how a strike in `cycle` was dealt with. */
void hb_fault_add_recovery(struct hb_fault_repeats *repeats, const struct hb_os_recovery *recovery, uint64_t cycle);

/* Fault `index` strikes in phase 1 of cycle `now`. */
void hb_fault_strike(struct hb_machine *machine, uint32_t index, uint64_t now);

/* Have recorded what this trigger waits for. */
void hb_fault_watch(struct hb_machine *machine, enum hb_trigger trigger);

/* An event that triggers wait for has occurred; arms those whose count is complete. */
void hb_fault_seen(struct hb_machine *machine, const struct hb_trace_record *record);

/* `hart`, which had been halted, starts in cycle `now`: how its faults were dealt with is settled, what is over ails it
 * no more, and those with a rate may strike it again. */
void hb_fault_hart_started(struct hb_machine *machine, uint32_t hart, uint64_t now);

/* The earliest cycle in which a fault strikes or is over; HB_NEVER if none does. */
uint64_t hb_fault_next_cycle(const struct hb_machine *machine);
void hb_faults_due(struct hb_machine *machine, uint64_t now);

/* Have the harts record what triggers and watchers want to see. */
void hb_machine_heed_watchers(struct hb_machine *machine);

/* Rebuild what is derived from the arena, after it was copied in. */
void hb_machine_rederive(struct hb_machine *machine);

#endif
