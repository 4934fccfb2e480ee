/* The configuration of one run: plain data, complete and valid. Whoever fills it (sim/experiment/experiment.h from
 * JSON, a test by hand from hb_config_defaults()) has checked it; nothing downstream checks it again.
 */
#ifndef HB_SIM_CONFIG_H
#define HB_SIM_CONFIG_H

#include <stdbool.h>
#include <stdint.h>

#include "bus/config.h"
#include "cpu/hart/config.h"
#include "memory/config.h"
#include "osmodel/abi.h"
#include "sim/config/fault_models.h"
#include "sim/config/rate.h"

#define HB_CONFIG_FAULTS_MAX 32
#define HB_CONFIG_FAULTS_ALL 64 /* those that are given, and one more for each further hart of one with several */
#define HB_NAME_BYTES        64
#define HB_PATH_BYTES        4096

enum hb_engine { HB_ENGINE_LOCKSTEP, HB_ENGINE_FAST, HB_ENGINE_FAST_INTERPRETED, HB_ENGINES };

struct hb_mem_trace;

struct hb_hart_config {
    struct hb_cpu_config cpu;
    struct hb_cache_config l1i;
    struct hb_cache_config l1d;
};

/* In the place of a hart: one that the seed chooses (only until the experiment is read), or whoever has this part in
 * what follows from fault `after`. */
#define HB_TARGET_ANY       252u
#define HB_TARGET_RECOVERER 253u /* it recovers the hart that was struck */
#define HB_TARGET_WATCHER   254u /* it watches it */
#define HB_TARGET_MASTER    255u /* amp */

struct hb_fault_config {
    uint32_t hart;    /* or HB_TARGET_* */
    uint32_t n_harts; /* of harts[], if several are given: `hart` is the first, the others have faults of their own */
    uint8_t harts[HB_HARTS_LIMIT];
    uint32_t lead;       /* the fault of the first of these harts; for every other fault itself */
    bool common;         /* all of these harts are struck in one cycle, that in which `lead` strikes */
    uint32_t after;      /* it is armed once this one has struck: its trigger counts from there */
    bool waits;          /* `after` is given */
    uint8_t trigger;     /* enum hb_trigger */
    struct hb_rate rate; /* it strikes again and again, at times that are drawn; `cycle` is when their clock begins */
    struct hb_fault_terms terms;
    uint16_t tracepoint;
    uint64_t cycle;
    uint64_t instructions;
    uint64_t count;             /* 1: the first time */
    char symbol[HB_NAME_BYTES]; /* symbol, lock_held */
    uint64_t address;           /* of `symbol`: filled when the image is loaded */
};

/* When the region of interest begins or ends. */
enum hb_mark { HB_MARK_NONE, HB_MARK_CYCLE, HB_MARK_TRACEPOINT };

struct hb_mark_config {
    uint8_t kind;        /* enum hb_mark */
    uint16_t tracepoint; /* at the cycle after the one in which some hart passes it ... */
    uint64_t count;      /* ... for the n-th time, 1: the first; the end counts from the beginning of the region */
    uint64_t cycle;      /* before this cycle */
};

/* What is measured beyond the common counters (sim/machine/measure.h). */
#define HB_WATCHED_MAX 16

struct hb_stats_config {
    bool misses; /* classes of misses */
    bool locks;
    uint32_t lines;           /* this many of the hottest lines; 0: none */
    uint64_t interval_cycles; /* of the series; 0: none */
    struct hb_mark_config from, to;
    uint32_t watches;
    char watch[HB_WATCHED_MAX][HB_NAME_BYTES]; /* variables whose copies the result lists: symbols */
};

struct hb_input_config {
    uint64_t cycle;
    uint64_t every_cycles; /* between two of its characters; 0: all at once */
    const char *text;      /* console bytes; belongs to the experiment */
};

#define HB_QUANTUM_CYCLES_MIN    1000u
#define HB_REPLUG_CYCLES_MIN     50000u
#define HB_CHECKPOINT_CYCLES_MIN 5000u
#define HB_CONFIG_CHANGES_MAX    64

/* A parameter of the bundled systems that changes while they run. */
struct hb_change_config {
    uint64_t cycle;     /* at the beginning of this cycle */
    uint32_t parameter; /* its place among the fields of struct hb_params */
    uint64_t value;
};

#define HB_TRACE_LINES_MAX 16

/* What a trace shows (sim/trace/trace.h). */
struct hb_trace_config {
    uint64_t from_cycle;
    uint64_t to_cycle; /* the first that is no longer traced; 0: to the end */
    uint8_t functions; /* 1: which function each hart is in */
    uint8_t accesses;  /* 1: every load, store and fetch */
    uint32_t lines;
    char line[HB_TRACE_LINES_MAX][HB_NAME_BYTES]; /* lines whose states are shown: symbols, or addresses as numbers */
};

/* What the console says when the run has ended. */
enum hb_stop_text { HB_STOP_PASSED, HB_STOP_FAILED, HB_STOP_TEXTS };

#define HB_FOLLOWS_TIMEOUT 1u
#define HB_FOLLOWS_CHECK   2u
#define HB_FOLLOWS_QUANTUM 4u

struct hb_config {
    char name[HB_NAME_BYTES];
    uint64_t seed;
    uint8_t engine; /* enum hb_engine */
    uint32_t harts; /* 1 .. HB_HARTS_LIMIT */
    struct hb_hart_config hart[HB_HARTS_LIMIT];
    struct hb_cache_config l2; /* shared; size_bytes 0: no L2. Its latency is in `bus`. */
    struct hb_bus_config bus;
    char protocol_file[HB_PATH_BYTES]; /* bus.protocol GIVEN: where bus.given comes from, as the user wrote it */
    char script_file[HB_PATH_BYTES];   /* where bus.script comes from, as the user wrote it; empty: it is listed */
    struct hb_memory_config memory;
    uint32_t cycles_per_tick;
    char image[HB_PATH_BYTES];     /* path of the ELF; names such as "smp" are resolved already */
    const char *bios;              /* firmware, ELF or raw at 0x80000000, before `image`, which then may be raw, too, at
                                  0x80200000; NULL: none. This and the next four belong to the caller. */
    const char *initrd;            /* a file that is put into RAM and described under /chosen; NULL: none */
    const char *append;            /* the bootargs under /chosen; NULL: none */
    const char *disk;              /* image of the virtio disk, only read; NULL: there is no disk. The caller's, too. */
    char disk_file[HB_PATH_BYTES]; /* where `disk` comes from, as an experiment names it; empty: from elsewhere */
    bool disk_write;               /* hb_machine_write_disk() may put what the guest wrote into the image */
    const struct hb_mem_trace *mem_trace; /* what the harts do instead of running `image`, which is then empty
                                             (sim/machine/mem_trace.h); NULL: they run it. Belongs to the caller. */
    struct hb_params os; /* passed to the guest under /chosen; its seed and cycles_per_tick are those above */
    char group_name[HB_GROUPS_MAX][HB_NAME_BYTES];    /* of os.group[] */
    uint32_t amp_roles;                               /* how many are given */
    char amp_role[HB_HARTS_LIMIT - 1][HB_NAME_BYTES]; /* by name, of workers 1, 2, ...; the rest is `any` */
    uint8_t os_follows; /* HB_FOLLOWS_*: times of `os` that were left open, and follow harts and bus */
    uint32_t n_faults;
    struct hb_fault_config faults[HB_CONFIG_FAULTS_ALL]; /* those given come first, in their order */
    uint32_t n_changes;
    struct hb_change_config changes[HB_CONFIG_CHANGES_MAX]; /* in any order of cycles */
    uint32_t n_inputs;
    const struct hb_input_config *inputs;         /* sorted by cycle; belongs to the experiment */
    uint64_t stop_cycles;                         /* UINT64_MAX: no limit */
    uint64_t stop_quiet_cycles;                   /* 0: never counts as a hang */
    char stop_text[HB_STOP_TEXTS][HB_NAME_BYTES]; /* enum hb_stop_text; empty: none */
    char stop_word[HB_NAME_BYTES];                /* a symbol of the image or an address; empty: none */
    uint64_t window_cycles;                       /* stats.window_cycles, for goodput_series; 0: no series */
    struct hb_stats_config stats;
    struct hb_trace_config trace;
    bool check_coherence; /* watch every transaction (and with host_lookups off every value) */
    bool host_lookups;    /* false: every access takes the slow path, which is the definition; results are the same */
};

/* What of any length a configuration points to: `inputs`, `bus.script` and `disk`. */
struct hb_config_lists {
    struct hb_input_config *input;
    uint32_t inputs;
    uint8_t *script; /* NULL: none */
    char *disk;      /* a path; NULL: none */
};

/* Free what they hold; they are then empty. */
void hb_config_free_lists(struct hb_config_lists *lists);

/* What follows from the groups of tasks: which numbers their tasks have, how many there are in all, and the names of
 * those that were given none. To be called after os.group or os.workload_groups has been changed. */
void hb_config_settle_groups(struct hb_config *config);

/* The protocol of its bus; NULL: the user is to give one, and has not yet. */
const struct hb_protocol *hb_config_protocol(const struct hb_config *config);

/* Every key at its default: 4 harts, MESI, no image, no faults. */
void hb_config_defaults(struct hb_config *config);

#endif
