/* The table is at the end; before it the lists of names that it refers to. */
#include "sim/config/keys.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "sim/base/nearest.h"

#include "sim/config/fault_models.h"

/* ---- Names ----------------------------------------------------------------------------------------------------- */

static const struct hb_key_name engines[] = {{"lockstep", HB_ENGINE_LOCKSTEP, true},
                                             {"fast", HB_ENGINE_FAST, true},
                                             {"fast-interpreted", HB_ENGINE_FAST_INTERPRETED, true},
                                             {NULL, 0, false}};

static const struct hb_key_name protocols[] = {
    {"vi", HB_PROTOCOL_VI, true},
    {"write-once", HB_PROTOCOL_WRITE_ONCE, true},
    {"msi", HB_PROTOCOL_MSI, true},
    {"mesi", HB_PROTOCOL_MESI, true},
    {"mesif", HB_PROTOCOL_MESIF, true},
    {"moesi", HB_PROTOCOL_MOESI, true},
    {"berkeley", HB_PROTOCOL_BERKELEY, true},
    {"firefly", HB_PROTOCOL_FIREFLY, true},
    {"dragon", HB_PROTOCOL_DRAGON, true},
    {"none", HB_PROTOCOL_NONE, true},
    {NULL, 0, false},
};

static const struct hb_key_name arbiters[] = {
    {"fixed", HB_ARBITER_FIXED, true},     {"round-robin", HB_ARBITER_ROUND_ROBIN, true},
    {"fcfs", HB_ARBITER_FCFS, true},       {"tdma", HB_ARBITER_TDMA, true},
    {"lottery", HB_ARBITER_LOTTERY, true}, {"random", HB_ARBITER_RANDOM, true},
    {"script", HB_ARBITER_SCRIPT, true},   {NULL, 0, false},
};

static const struct hb_key_name incoherent[] = {{"user", 0, true}, {"all", 1, true}, {NULL, 0, false}};

static const struct hb_key_name store_orders[] = {
    {"fifo", HB_STORES_FIFO, true}, {"any", HB_STORES_ANY, true}, {NULL, 0, false}};

static const struct hb_key_name replacements[] = {
    {"lru", HB_REPLACE_LRU, true},
    {"plru", HB_REPLACE_PLRU, true},
    {"fifo", HB_REPLACE_FIFO, true},
    {"random", HB_REPLACE_RANDOM, true},
    {NULL, 0, false},
};

static const struct hb_key_name writes[] = {{"back", 0, true}, {"through", 1, true}, {NULL, 0, false}};

static const struct hb_key_name checks[] = {
    {"off", HB_CHECK_OFF, true},
    {"transactions", HB_CHECK_TRANSACTIONS, true},
    {"values", HB_CHECK_VALUES, true},
    {NULL, 0, false},
};

static const struct hb_key_name schedulers[] = {
    {"fifo", HB_SCHED_FIFO, true},         {"round-robin", HB_SCHED_ROUND_ROBIN, true},
    {"priority", HB_SCHED_PRIORITY, true}, {"mlfq", HB_SCHED_MLFQ, true},
    {"sjf", HB_SCHED_SJF, true},           {"lottery", HB_SCHED_LOTTERY, true},
    {"fair", HB_SCHED_FAIR, true},         {"gang", HB_SCHED_GANG, true},
    {"mine", HB_SCHED_MINE, true},         {NULL, 0, false},
};

static const struct hb_key_name balances[] = {
    {"steal", HB_BALANCE_STEAL, true},
    {"none", HB_BALANCE_NONE, true},
    {"push", HB_BALANCE_PUSH, true},
    {"global", HB_BALANCE_GLOBAL, true},
    {NULL, 0, false},
};

static const struct hb_key_name kinds[] = {
    {"batch", HB_KIND_BATCH, true},
    {"contend", HB_KIND_CONTEND, true},
    {"share", HB_KIND_SHARE, true},
    {"interactive", HB_KIND_INTERACTIVE, true},
    {"server", HB_KIND_SERVER, true},
    {"stencil", HB_KIND_STENCIL, true},
    {"matmul", HB_KIND_MATMUL, true},
    {"mapreduce", HB_KIND_MAPREDUCE, true},
    {"pipeline", HB_KIND_PIPELINE, true},
    {"philosophers", HB_KIND_PHILOSOPHERS, true},
    {"echo", HB_KIND_ECHO, true},
    {"selftest", HB_KIND_SELFTEST, true},
    {NULL, 0, false},
};

static const struct hb_key_name irqs[] = {
    {"one", HB_IRQ_ONE, true},
    {"spread", HB_IRQ_SPREAD, true},
    {"all", HB_IRQ_ALL, true},
    {NULL, 0, false},
};

#define PARAMETER(field) (offsetof(struct hb_params, field) / sizeof(uint64_t))

static const struct hb_key_name changeable[] = {
    {"os.scheduler", PARAMETER(scheduler), true},
    {"os.quantum_cycles", PARAMETER(quantum_cycles), true},
    {"os.balance", PARAMETER(balance), true},
    {"os.aging_cycles", PARAMETER(aging_cycles), true},
    {"os.boost_cycles", PARAMETER(boost_cycles), true},
    {"os.heartbeat.period_cycles", PARAMETER(heartbeat_period_cycles), true},
    {"os.heartbeat.timeout_cycles", PARAMETER(heartbeat_timeout_cycles), true},
    {"os.heartbeat.check_cycles", PARAMETER(heartbeat_check_cycles), true},
    {"os.recovery.detect", PARAMETER(recovery_detect), true},
    {"os.recovery.fence", PARAMETER(recovery_fence), true},
    {"os.recovery.locks", PARAMETER(recovery_locks), true},
    {"os.recovery.queues", PARAMETER(recovery_queues), true},
    {"os.recovery.restart", PARAMETER(recovery_restart), true},
    {"os.recovery.checkpoint_cycles", PARAMETER(checkpoint_cycles), true},
    {"os.recovery.replug_cycles", PARAMETER(recovery_replug_cycles), true},
    {"os.recovery.ipi_retry", PARAMETER(recovery_ipi_retry), true},
    {NULL, 0, false},
};

static const struct hb_key_name assignments[] = {
    {"dynamic", HB_ASSIGN_DYNAMIC, true},
    {"static", HB_ASSIGN_STATIC, true},
    {NULL, 0, false},
};

static const struct hb_key_name roles[] = {
    {"any", HB_ROLE_ANY, true},
    {"compute", HB_ROLE_COMPUTE, true},
    {"io", HB_ROLE_IO, true},
    {NULL, 0, false},
};

static const struct hb_key_name user_locks[] = {
    {"mutex", HB_USER_LOCK_MUTEX, true},   {"none", HB_USER_LOCK_NONE, true},
    {"tas", HB_USER_LOCK_TAS, true},       {"ttas", HB_USER_LOCK_TTAS, true},
    {"ticket", HB_USER_LOCK_TICKET, true}, {"mcs", HB_USER_LOCK_MCS, true},
    {"mine", HB_USER_LOCK_MINE, true},     {NULL, 0, false},
};

static const struct hb_key_name barriers[] = {
    {"kernel", HB_BARRIER_KERNEL, true},
    {"spin", HB_BARRIER_SPIN, true},
    {NULL, 0, false},
};

static const struct hb_key_name forks[] = {
    {"left", HB_FORKS_LEFT, true},
    {"ordered", HB_FORKS_ORDERED, true},
    {"seats", HB_FORKS_SEATS, true},
    {NULL, 0, false},
};

static const struct hb_key_name waits[] = {
    {"while", HB_WAIT_WHILE, true},
    {"if", HB_WAIT_IF, true},
    {NULL, 0, false},
};

static const struct hb_key_name contracts[] = {
    {"kind", HB_CONTRACT_OF_KIND, true},
    {"none", HB_CONTRACT_LOST, true},
    {NULL, 0, false},
};

static const struct hb_key_name arrivals[] = {
    {"poisson", HB_ARRIVALS_POISSON, true},
    {"bursty", HB_ARRIVALS_BURSTY, true},
    {"even", HB_ARRIVALS_EVEN, true},
    {NULL, 0, false},
};

static const struct hb_key_name server_queues[] = {
    {"one", HB_SERVER_ONE, true},
    {"hashed", HB_SERVER_HASHED, true},
    {"dealt", HB_SERVER_DEALT, true},
    {NULL, 0, false},
};

static const struct hb_key_name services[] = {
    {"read", HB_SERVICE_READ, true},
    {"transaction", HB_SERVICE_TRANSACTION, true},
    {NULL, 0, false},
};

static const struct hb_key_name lengths[] = {
    {"mixed", HB_LENGTHS_MIXED, true},
    {"equal", HB_LENGTHS_EQUAL, true},
    {NULL, 0, false},
};

static const struct hb_key_name sets[] = {
    {"mixed", HB_SETS_MIXED, true},
    {"small", HB_SETS_SMALL, true},
    {"large", HB_SETS_LARGE, true},
    {"fresh", HB_SETS_FRESH, true},
    {NULL, 0, false},
};

static const struct hb_key_name kernels[] = {
    {"mixed", HB_KERNELS_MIXED, true},
    {"sieve", HB_KERNEL_SIEVE, true},
    {"crc", HB_KERNEL_CRC, true},
    {"matrix", HB_KERNEL_MATRIX, true},
    {"sort", HB_KERNEL_SORT, true},
    {"walk", HB_KERNEL_WALK, true},
    {"automaton", HB_KERNEL_AUTOMATON, true},
    {NULL, 0, false},
};

static const struct hb_key_name detects[] = {
    {"none", HB_DETECT_NONE, true},
    {"ring", HB_DETECT_RING, true},
    {"agree", HB_DETECT_AGREE, true},
    {NULL, 0, false},
};

static const struct hb_key_name locks[] = {
    {"none", HB_LOCKS_NONE, true},
    {"steal", HB_LOCKS_STEAL, true},
    {NULL, 0, false},
};

static const struct hb_key_name queues[] = {
    {"none", HB_QUEUES_NONE, true},
    {"rebuild", HB_QUEUES_REBUILD, true},
    {NULL, 0, false},
};

static const struct hb_key_name restarts[] = {
    {"none", HB_RESTART_NONE, true},
    {"start", HB_RESTART_START, true},
    {"checkpoint", HB_RESTART_CHECKPOINT, true},
    {NULL, 0, false},
};

static const struct hb_key_name kernel_data[] = {
    {"cached", HB_KERNEL_DATA_CACHED, true},
    {"flushed", HB_KERNEL_DATA_FLUSHED, true},
    {"flushed_alone", HB_KERNEL_DATA_ALONE, true},
    {NULL, 0, false},
};

static const struct hb_key_name failovers[] = {
    {"none", HB_FAILOVER_NONE, true},
    {"static", HB_FAILOVER_STATIC, true},
    {"election", HB_FAILOVER_ELECTION, true},
    {NULL, 0, false},
};

static const struct hb_key_name models[] = {
#define MODEL(id, name, ...) {name, HB_FAULT_##id, true},
    HB_FAULT_MODELS(MODEL)
#undef MODEL
#define MODEL(name) {name, 0, false},
        HB_FAULT_MODELS_TO_COME(MODEL)
#undef MODEL
            {NULL, 0, false},
};

static const struct hb_key_name deaths[] = {{"snoopable", 0, true}, {"lost", 1, true}, {NULL, 0, false}};

static const struct hb_key_name lines[] = {
    {"software", HB_FAULT_SOFTWARE, true}, {"timer", HB_FAULT_TIMER, true}, {NULL, 0, false}};

static const struct hb_key_name effects[] = {{"drop", HB_FAULT_DROP, true},
                                             {"delay", HB_FAULT_DELAY, true},
                                             {"spurious", HB_FAULT_SPURIOUS, true},
                                             {NULL, 0, false}};

static const struct hb_key_name targets[] = {
    {"any", HB_TARGET_ANY, true},
    {"recoverer", HB_TARGET_RECOVERER, true},
    {"watcher", HB_TARGET_WATCHER, true},
    {"master", HB_TARGET_MASTER, true},
    {NULL, 0, false},
};

static const struct hb_key_name tracepoints[] = {
    {"hart_up", HB_TP_HART_UP, true},
    {"all_harts_up", HB_TP_ALL_HARTS_UP, true},
    {"task_create", HB_TP_TASK_CREATE, true},
    {"task_ready", HB_TP_TASK_READY, true},
    {"task_run", HB_TP_TASK_RUN, true},
    {"task_stop", HB_TP_TASK_STOP, true},
    {"task_done", HB_TP_TASK_DONE, true},
    {"task_lost", HB_TP_TASK_LOST, true},
    {"task_migrate", HB_TP_TASK_MIGRATE, true},
    {"task_restart", HB_TP_TASK_RESTART, true},
    {"idle_enter", HB_TP_IDLE_ENTER, true},
    {"idle_leave", HB_TP_IDLE_LEAVE, true},
    {"lock_wait", HB_TP_LOCK_WAIT, true},
    {"lock_acquire", HB_TP_LOCK_ACQUIRE, true},
    {"lock_release", HB_TP_LOCK_RELEASE, true},
    {"beat", HB_TP_BEAT, true},
    {"suspect", HB_TP_SUSPECT, true},
    {"fenced", HB_TP_FENCED, true},
    {"recovery_begin", HB_TP_RECOVERY_BEGIN, true},
    {"recovery_phase", HB_TP_RECOVERY_PHASE, true},
    {"recovered", HB_TP_RECOVERED, true},
    {"lock_recovered", HB_TP_LOCK_RECOVERED, true},
    {"false_alarm", HB_TP_FALSE_ALARM, true},
    {"hart_left_out", HB_TP_HART_LEFT_OUT, true},
    {"queue_length", HB_TP_QUEUE_LENGTH, true},
    {"progress", HB_TP_PROGRESS, true},
    {"panic", HB_TP_PANIC, true},
    {"mail_send", HB_TP_MAIL_SEND, true},
    {"mail_take", HB_TP_MAIL_TAKE, true},
    {"hart_stopped", HB_TP_HART_STOPPED, true},
    {"interrupt", HB_TP_INTERRUPT, true},
    {"request_taken", HB_TP_SERVER_TAKE, true},
    {"request_answered", HB_TP_SERVER_REPLY, true},
    {"request_refused", HB_TP_SERVER_DROP, true},
    {"look", HB_TP_LOOK, true},
    {"ask", HB_TP_ASK, true},
    {"elected", HB_TP_ELECTED, true},
    {"checkpoint_begin", HB_TP_SAVE_BEGIN, true},
    {"checkpoint", HB_TP_SAVED, true},
    {"task_restored", HB_TP_RESTORED, true},
    {NULL, 0, false},
};

/* ---- Looking things up ----------------------------------------------------------------------------------------- */

const struct hb_key *hb_key_find(const char *path) {
    for (size_t i = 0; i < hb_keys_n; i++)
        if (strcmp(hb_keys[i].path, path) == 0)
            return &hb_keys[i];
    return NULL;
}

const char *hb_key_last(const struct hb_key *key) {
    const char *dot = strrchr(key->path, '.');
    return dot ? dot + 1 : key->path;
}

bool hb_key_is_in(const struct hb_key *key, const char *path) {
    size_t n = strlen(path);
    const char *last = hb_key_last(key);
    if (n == 0)
        return last == key->path;
    return last == key->path + n + 1 && strncmp(key->path, path, n) == 0 && strcmp(last, "*") != 0;
}

const char *hb_key_name_of(const struct hb_key_name *names, uint64_t value) {
    for (; names->name; names++)
        if (names->built && names->value == value)
            return names->name;
    return NULL;
}

/* ---- What was meant -------------------------------------------------------------------------------------------- */

/* With this many letters wrong, a word is looked for in other groups, too. */
#define ELSEWHERE_LETTERS 3u

const char *hb_key_nearest(const char *path, const char *name) {
    struct hb_nearest nearest = {.word = name};
    for (size_t i = 0; i < hb_keys_n; i++)
        if (hb_key_is_in(&hb_keys[i], path))
            hb_nearest_try(&nearest, hb_key_last(&hb_keys[i]));
    /* The right word in the wrong group is a better guess than a wrong word in the right group. */
    for (size_t i = 0; nearest.far >= ELSEWHERE_LETTERS && i < hb_keys_n; i++)
        if (strcasecmp(hb_key_last(&hb_keys[i]), name) == 0)
            return hb_keys[i].path;
    return nearest.best ? nearest.best : "";
}

const char *hb_key_nearest_name(const struct hb_key_name *names, const char *name) {
    struct hb_nearest nearest = {.word = name};
    for (; names->name; names++)
        hb_nearest_try(&nearest, names->name);
    return nearest.best ? nearest.best : "";
}

/* ---- Values ---------------------------------------------------------------------------------------------------- */

bool hb_key_parse_size(const char *text, uint64_t *bytes) {
    static const struct {
        const char *name;
        unsigned shift;
    } unit[] = {{"", 0}, {"B", 0}, {"KiB", 10}, {"MiB", 20}, {"GiB", 30}};
    char *end;
    if (text[0] < '0' || text[0] > '9' || strspn(text, "0123456789") > 15)
        return false;
    uint64_t number = strtoull(text, &end, 10);
    end += *end == ' ';
    for (size_t i = 0; i < sizeof unit / sizeof unit[0]; i++)
        if (strcmp(end, unit[i].name) == 0) {
            *bytes = number << unit[i].shift;
            return *bytes >> unit[i].shift == number && *bytes <= HB_KEY_INTEGER_MAX;
        }
    return false;
}

bool hb_key_default(const struct hb_key *key, uint64_t *value) {
    if (!key->fallback)
        return false;
    switch (key->type) {
    case HB_KEY_INTEGER:
    case HB_KEY_SIZE:
    case HB_KEY_HARTS: return hb_key_parse_size(key->fallback, value);
    case HB_KEY_BOOL: *value = strcmp(key->fallback, "true") == 0; return true;
    case HB_KEY_ENUM:
    case HB_KEY_PROTOCOL:
        for (const struct hb_key_name *name = key->names; name->name; name++)
            if (strcmp(name->name, key->fallback) == 0) {
                *value = name->value;
                return true;
            }
        return false;
    default: return false;
    }
}

void hb_key_store(const struct hb_key *key, void *object, uint64_t value) {
    uint8_t *field = (uint8_t *)object + key->offset;
    switch (key->bytes) {
    case 1: *field = (uint8_t)value; break;
    case 2: memcpy(field, &(uint16_t){(uint16_t)value}, 2); break;
    case 4: memcpy(field, &(uint32_t){(uint32_t)value}, 4); break;
    default: memcpy(field, &value, 8); break;
    }
}

/* ---- Keys that may change while a run goes on ------------------------------------------------------------------ */

/* A time of 0 often stands for one that was chosen when the run began. */
static const struct {
    uint32_t parameter;
    bool or_never; /* 0 means never */
    uint64_t least;
    const char *wrong;
} change_rules[] = {
    {PARAMETER(quantum_cycles), false, HB_QUANTUM_CYCLES_MIN, "should be at least 1000 once the run goes on"},
    {PARAMETER(heartbeat_timeout_cycles), false, 1, "should be at least 1 once the run goes on"},
    {PARAMETER(heartbeat_check_cycles), false, 1, "should be at least 1 once the run goes on"},
    {PARAMETER(recovery_replug_cycles), true, HB_REPLUG_CYCLES_MIN, "should be 0 or at least 50000"},
};

/* Its place among the fields of struct hb_params; UINT32_MAX: it may not change. */
static uint32_t parameter_of(const struct hb_key *key) {
    for (const struct hb_key_name *name = changeable; name->name; name++)
        if (strcmp(name->name, key->path) == 0)
            return name->value;
    return UINT32_MAX;
}

bool hb_key_may_change(const struct hb_key *key) {
    return parameter_of(key) != UINT32_MAX;
}

const char *hb_key_change_wrong(const struct hb_key *key, uint64_t value) {
    for (size_t i = 0; i < sizeof change_rules / sizeof change_rules[0]; i++)
        if (change_rules[i].parameter == parameter_of(key) && value < change_rules[i].least &&
            !(change_rules[i].or_never && value == 0))
            return change_rules[i].wrong;
    return NULL;
}

/* ---- The table ------------------------------------------------------------------------------------------------- */

/* NOLINTBEGIN(bugprone-macro-parentheses): types and names of members cannot stand in parentheses */
#define FIELD(place_, type_, member)                                                                                   \
    .place = (place_), .offset = offsetof(type_, member), .bytes = sizeof(((type_ *)NULL)->member)
#define CONFIG(member) FIELD(HB_PLACE_CONFIG, struct hb_config, member)
#define HART(member)   FIELD(HB_PLACE_HART, struct hb_hart_config, member)
#define FAULT(member)  FIELD(HB_PLACE_FAULT, struct hb_fault_config, member)
#define INPUT(member)  FIELD(HB_PLACE_INPUT, struct hb_input_config, member)
#define CHANGE(member) FIELD(HB_PLACE_CHANGE, struct hb_change_config, member)
#define TASKS(member)  FIELD(HB_PLACE_TASKS, struct hb_group, member)

/* "; fail_stop: what it does; freeze: ..." */
#define MODEL(id, name, takes, needs, flags, was_to, did, happens, ends, help_) "; " name ": " help_

#define GROUP(path_, help_)                                                                                            \
    { .path = (path_), .type = HB_KEY_GROUP, .help = (help_) }
#define COST(name, default_, help_)                                                                                    \
    {                                                                                                                  \
        .path = "machine.cpu." #name, .type = HB_KEY_INTEGER, HART(cpu.name), .unit = "cycles",                        \
        .fallback = (default_), .maximum = 1000, .help = (help_)                                                       \
    }
#define CYCLES(path_, member, default_, help_)                                                                         \
    {                                                                                                                  \
        .path = (path_), .type = HB_KEY_INTEGER, CONFIG(member), .unit = "cycles", .fallback = (default_),             \
        .maximum = HB_KEY_INTEGER_MAX, .help = (help_)                                                                 \
    }
#define BUS_CYCLES(name, default_, help_)                                                                              \
    {                                                                                                                  \
        .path = "machine.bus." #name, .type = HB_KEY_INTEGER, CONFIG(bus.name), .unit = "cycles",                      \
        .fallback = (default_), .maximum = 10000, .help = (help_)                                                      \
    }
#define CHOICE(path_, member, names_, default_, help_)                                                                 \
    { .path = (path_), .type = HB_KEY_ENUM, CONFIG(member), .names = (names_), .fallback = (default_), .help = (help_) }
#define TASKS_CHOICE(member, names_, default_, help_)                                                                  \
    {                                                                                                                  \
        .path = "os.workload." #member, .type = HB_KEY_ENUM, TASKS(member), .names = (names_), .fallback = (default_), \
        .help = (help_)                                                                                                \
    }
#define CACHE(cache, help_)                                                                                            \
    GROUP("machine." #cache, help_),                                                                                   \
        {.path = "machine." #cache ".size",                                                                            \
         .type = HB_KEY_SIZE,                                                                                          \
         HART(cache.size_bytes),                                                                                       \
         .unit = "bytes",                                                                                              \
         .fallback = "16KiB",                                                                                          \
         .minimum = 64,                                                                                                \
         .maximum = 1 << 20,                                                                                           \
         .power_of_two = true,                                                                                         \
         .help = "Its capacity; size / ways / line, the number of sets, must come to at least 1."},                    \
        {.path = "machine." #cache ".ways",                                                                            \
         .type = HB_KEY_INTEGER,                                                                                       \
         HART(cache.ways),                                                                                             \
         .fallback = "4",                                                                                              \
         .minimum = 1,                                                                                                 \
         .maximum = 16,                                                                                                \
         .power_of_two = true,                                                                                         \
         .help = "Lines that compete for a set; 1 is a direct-mapped cache."},                                         \
        {.path = "machine." #cache ".line",                                                                            \
         .type = HB_KEY_SIZE,                                                                                          \
         HART(cache.line_bytes),                                                                                       \
         .unit = "bytes",                                                                                              \
         .fallback = "64",                                                                                             \
         .minimum = HB_LINE_BYTES_MIN,                                                                                 \
         .maximum = HB_LINE_BYTES_MAX,                                                                                 \
         .power_of_two = true,                                                                                         \
         .help = "Bytes in a line, the unit of coherence: the same in all caches of a machine."},                      \
        {.path = "machine." #cache ".replacement",                                                                     \
         .type = HB_KEY_ENUM,                                                                                          \
         HART(cache.replacement),                                                                                      \
         .names = replacements,                                                                                        \
         .fallback = "lru",                                                                                            \
         .help = "Which line of a full set is evicted for a new one."},                                                \
    {                                                                                                                  \
        .path = "machine." #cache ".hit_cycles", .type = HB_KEY_INTEGER, HART(cache.hit_cycles), .unit = "cycles",     \
        .fallback = "1", .minimum = 1, .maximum = 1000,                                                                \
        .help = "What a hit takes; 1 is hidden by the pipeline, more stalls the hart by the difference."               \
    }
#define MARK_KEYS(mark, cycle_help, tracepoint_help, count_help)                                                       \
    {.path = "stats.roi." #mark ".cycle",                                                                              \
     .type = HB_KEY_INTEGER,                                                                                           \
     CONFIG(stats.mark.cycle),                                                                                         \
     .maximum = HB_KEY_INTEGER_MAX,                                                                                    \
     .help = (cycle_help)},                                                                                            \
        {.path = "stats.roi." #mark ".tracepoint",                                                                     \
         .type = HB_KEY_NUMBERED,                                                                                      \
         CONFIG(stats.mark.tracepoint),                                                                                \
         .names = tracepoints,                                                                                         \
         .minimum = 1,                                                                                                 \
         .maximum = 127,                                                                                               \
         .help = (tracepoint_help)},                                                                                   \
    {                                                                                                                  \
        .path = "stats.roi." #mark ".count", .type = HB_KEY_INTEGER, CONFIG(stats.mark.count), .fallback = "1",        \
        .minimum = 1, .maximum = HB_KEY_INTEGER_MAX, .help = (count_help)                                              \
    }
/* NOLINTEND(bugprone-macro-parentheses) */

const struct hb_key hb_keys[] = {
    {.path = "$schema",
     .type = HB_KEY_STRING,
     .help = "Where an editor finds the JSON Schema; hartbeat does not read it."},
    {.path = "name",
     .type = HB_KEY_STRING,
     CONFIG(name),
     .help = "What the experiment is called in its results; left out, the name of its file."},
    {.path = "about", .type = HB_KEY_STRING, .help = "What it shows, in a line that `hartbeat list` prints."},
    {.path = "seed",
     .type = HB_KEY_INTEGER,
     CONFIG(seed),
     .fallback = "1",
     .maximum = HB_KEY_INTEGER_MAX,
     .help = "Enters the input of every task and all random choices."},
    CHOICE("engine", engine, engines, "fast", "How the machine is stepped; results are the same with every engine."),

    GROUP("machine", "The machine that is emulated."),
    {.path = "machine.harts",
     .type = HB_KEY_HARTS,
     CONFIG(harts),
     .fallback = "4",
     .minimum = 1,
     .maximum = HB_HARTS_LIMIT,
     .help =
         "How many CPUs there are; or a list with a block {cpu, l1i, l1d} for each, which overrides the common ones."},
    {.path = "machine.cycles_per_tick",
     .type = HB_KEY_INTEGER,
     CONFIG(cycles_per_tick),
     .unit = "cycles",
     .fallback = "10",
     .minimum = 1,
     .maximum = 1000000,
     .help = "Cycles in a tick of mtime; a cycle counts as 10 ns."},
    {.path = "machine.check",
     .type = HB_KEY_ENUM,
     .names = checks,
     .fallback = "off",
     .help = "Watch coherence: states at every transaction, or also the value of every access (slow)."},
    GROUP("machine.cpu", "What instructions cost on top of their one cycle (docs/timing.md)."),
    COST(load_use_cycles, "1", "The next instruction uses the register that a load writes."),
    COST(mispredict_cycles, "2", "A branch goes against the static prediction: backward taken, forward not."),
    COST(jump_cycles, "1", "jal, whose target is known in decode."),
    COST(jalr_cycles, "2", "jalr, whose target is known in execute."),
    COST(mul_cycles, "2", "A multiplication."),
    COST(div_cycles, "20", "A division or remainder."),
    COST(fp_cycles, "3", "Floating point that rounds: addition, multiplication, fused multiply-add, conversion."),
    COST(fp_div_cycles, "20", "A floating-point division."),
    COST(fp_sqrt_cycles, "25", "A floating-point square root."),
    COST(amo_cycles, "1", "An AMO or SC, besides the access itself."),
    COST(csr_cycles, "2", "A CSR access or fence: the pipeline drains."),
    COST(trap_cycles, "4", "Entering a trap handler, and mret."),
    CACHE(l1i, "The instruction cache of each CPU."),
    CACHE(l1d, "The data cache of each CPU."),
    {.path = "machine.l1d.write",
     .type = HB_KEY_ENUM,
     HART(l1d.write_through),
     .names = writes,
     .help = "Write-back or write-through; left out, it follows the protocol: \"through\" goes with vi and none, "
             "\"back\" with the others."},
    GROUP("machine.l2", "A cache between the bus and memory, shared by all CPUs; it includes what their caches hold."),
    {.path = "machine.l2.size",
     .type = HB_KEY_SIZE,
     CONFIG(l2.size_bytes),
     .unit = "bytes",
     .fallback = "0",
     .maximum = 64 << 20,
     .help = "Its capacity, a power of two; 0: no L2."},
    {.path = "machine.l2.ways",
     .type = HB_KEY_INTEGER,
     CONFIG(l2.ways),
     .fallback = "16",
     .minimum = 1,
     .maximum = 32,
     .power_of_two = true,
     .help = "Lines that compete for a set; with a split bus at least as many as there may be transactions under way."},
    CHOICE("machine.l2.replacement", l2.replacement, replacements, "lru",
           "Which line of a full set is evicted for a new one."),
    {.path = "machine.l2.latency_cycles",
     .type = HB_KEY_INTEGER,
     CONFIG(bus.l2_latency_cycles),
     .unit = "cycles",
     .fallback = "10",
     .maximum = 10000,
     .help = "From the address phase to the first data; on a miss memory's latency is added."},
    GROUP("machine.store_buffer", "Stores that wait between a CPU and its data cache."),
    {.path = "machine.store_buffer.depth",
     .type = HB_KEY_INTEGER,
     CONFIG(bus.store_depth),
     .fallback = "0",
     .maximum = HB_STORES_MAX,
     .help = "Stores that fit into it; 0: no buffer, and the machine is sequentially consistent."},
    CHOICE("machine.store_buffer.order", bus.store_order, store_orders, "fifo",
           "fifo: stores are performed in program order (TSO); any: in any order that keeps those to the same bytes "
           "apart (weak)."),
    {.path = "machine.store_buffer.drain_cycles",
     .type = HB_KEY_INTEGER,
     CONFIG(bus.store_drain_cycles),
     .unit = "cycles",
     .fallback = "0",
     .maximum = 100000,
     .help = "A store waits at least this long before it is performed."},
    GROUP("machine.bus", "The bus that joins caches, memory and devices."),
    {.path = "machine.bus.protocol",
     .type = HB_KEY_PROTOCOL,
     CONFIG(bus.protocol),
     .names = protocols,
     .fallback = "mesi",
     .help = "How caches are kept coherent; a path that ends in .json is a protocol of your own (docs/protocols.md)."},
    {.path = "machine.bus.mutation",
     .type = HB_KEY_STRING,
     .help = "One deliberate mistake in the protocol, for lectures; `hartbeat help protocol` lists them."},
    CHOICE("machine.bus.arbiter", bus.arbiter, arbiters, "round-robin", "Who gets the bus when several ask for it."),
    CHOICE("machine.bus.incoherent", bus.incoherent_all, incoherent, "user",
           "With the protocol none: which memory is left incoherent; user: that of tasks, so that a kernel can boot."),
    {.path = "machine.bus.slot_cycles",
     .type = HB_KEY_INTEGER,
     CONFIG(bus.slot_cycles),
     .unit = "cycles",
     .fallback = "0",
     .maximum = 100000,
     .help = "With tdma: length of a slot; 0: as long as the longest transaction, which is also the minimum."},
    {.path = "machine.bus.tickets",
     .type = HB_KEY_NUMBERS,
     CONFIG(bus.tickets),
     .item_bytes = 4,
     .minimum = 1,
     .maximum = 1000000,
     .help = "With lottery: the tickets of each CPU, 1 for those that are not listed."},
    {.path = "machine.bus.script",
     .type = HB_KEY_GRANTS,
     .maximum = HB_HARTS_LIMIT,
     .help = "With script: the CPUs in the order in which they get the bus, a list, or a file that `--trace "
             "FILE.grants` has recorded; after its end round-robin."},
    {.path = "machine.bus.width_bytes",
     .type = HB_KEY_INTEGER,
     CONFIG(bus.width_bytes),
     .unit = "bytes",
     .fallback = "8",
     .minimum = 1,
     .maximum = 128,
     .power_of_two = true,
     .help = "Data that it moves in a cycle."},
    BUS_CYCLES(arbitration_cycles, "1",
               "From the grant to the address phase; together with address_cycles at least 1."),
    BUS_CYCLES(address_cycles, "1", "The address phase, at whose end all caches snoop."),
    BUS_CYCLES(cache_supply_cycles, "4", "From the address phase to the first data, when another cache supplies them."),
    BUS_CYCLES(device_cycles, "4", "From the address phase to the first data of a device register."),
    {.path = "machine.bus.split",
     .type = HB_KEY_BOOL,
     CONFIG(bus.split),
     .fallback = "false",
     .help =
         "The bus is free between a request and its data: several transactions are under way, at most one per line."},
    {.path = "machine.bus.outstanding",
     .type = HB_KEY_INTEGER,
     CONFIG(bus.outstanding),
     .fallback = "8",
     .minimum = 1,
     .maximum = HB_OUTSTANDING_MAX,
     .help = "With split: how many transactions may be under way."},
    GROUP("machine.memory", "RAM, from 0x80000000 up."),
    {.path = "machine.memory.size",
     .type = HB_KEY_SIZE,
     CONFIG(memory.size_bytes),
     .unit = "bytes",
     .fallback = "128MiB",
     .minimum = 1 << 20,
     .maximum = 4ull << 30,
     .help = "Its size, a multiple of 4 KiB."},
    {.path = "machine.memory.latency_cycles",
     .type = HB_KEY_INTEGER,
     CONFIG(memory.latency_cycles),
     .unit = "cycles",
     .fallback = "40",
     .maximum = 100000,
     .help = "From the address phase to the first data."},
    {.path = "machine.disk",
     .type = HB_KEY_STRING,
     CONFIG(disk_file),
     .help = "The image of a virtio disk, which is only read: what the program writes is kept with the run alone."},

    {.path = "image",
     .type = HB_KEY_STRING,
     CONFIG(image),
     .required = true,
     .help = "The program: \"smp\" or \"amp\" for the bundled systems, \"sharing\", \"by-hand\", \"job-list\" or "
             "\"patterns\" for bundled bare-metal programs, else the path of an ELF."},

    GROUP("os", "Parameters of the bundled systems."),
    CHOICE("os.scheduler", os.scheduler, schedulers, "round-robin", "How a CPU chooses its next task."),
    {.path = "os.quantum_cycles",
     .type = HB_KEY_INTEGER,
     CONFIG(os.quantum_cycles),
     .unit = "cycles",
     .fallback = "0",
     .maximum = HB_KEY_INTEGER_MAX,
     .help = "How long a task runs before the next one has its turn, at least 1000; 0: 20000, and more where the "
             "kernel is slow: under tdma, and with an L1 under 8 KiB."},
    CHOICE("os.balance", os.balance, balances, "steal", "How tasks are spread over CPUs (image \"smp\")."),
    CYCLES("os.aging_cycles", os.aging_cycles, "0",
           "priority: a task that has waited so long goes down a level, towards the first; 0: never."),
    CYCLES("os.boost_cycles", os.boost_cycles, "0",
           "mlfq: so often all tasks begin in the first level again; 0: never."),
    {.path = "os.workload",
     .type = HB_KEY_GROUPS,
     .maximum = HB_GROUPS_MAX,
     .help = "The tasks; or a list of groups of tasks, which run at once."},
    {.path = "os.workload.name",
     .type = HB_KEY_STRING,
     .place = HB_PLACE_NAME,
     .bytes = HB_NAME_BYTES,
     .help = "What results call the group; left out, by its kind."},
    TASKS_CHOICE(
        kind, kinds, "batch",
        "batch: independent computations, some of them on more data than the cache holds; contend: tasks that "
        "fight for locks; share: tasks that count in memory that they share; stencil: threads that step a grid of "
        "doubles; matmul: threads that multiply matrices, some rows of them one alone; mapreduce: threads that "
        "count words; pipeline: threads that hand items from stage to stage; philosophers: tasks that need "
        "both forks beside them; selftest: threads that check what the kernel promises, and print it; interactive: "
        "tasks that work a little and sleep, again and again; server: tasks that answer requests, which arrive by "
        "themselves; echo: tasks that print each line that is typed (input)."),
    {.path = "os.workload.tasks",
     .type = HB_KEY_INTEGER,
     TASKS(tasks),
     .fallback = "64",
     .minimum = 1,
     .maximum = HB_TASKS_MAX,
     .help = "How many there are."},
    {.path = "os.workload.work",
     .type = HB_KEY_INTEGER,
     TASKS(work),
     .fallback = "100",
     .minimum = 1,
     .maximum = HB_WORK_ALL_MAX,
     .help =
         "How much each has to do, in batch on average: about 1,000 instructions a unit there and in each burst of "
         "interactive and request of server, one increment in "
         "contend "
         "and share; steps of a stencil, rows of a matrix (all together this times the tasks), pages of words, items "
         "of a pipeline (all together), meals; of all tasks together at most 200000000."},
    TASKS_CHOICE(
        lengths, lengths, "mixed",
        "batch; mixed: a task has between half the work and one and a half times as much, by a hash of seed and "
        "task; equal: all have the same, but for the laps of a large set."),
    TASKS_CHOICE(
        sets, sets, "mixed",
        "batch: the memory that a task works on; small: 2KiB; large: set_bytes, gone round at least twice, however "
        "little the work; mixed: small or large, by a hash of seed and task; fresh: nothing is touched twice."),
    TASKS_CHOICE(kernel, kernels, "mixed",
                 "batch: what a task computes; mixed: one of the others, by a hash of seed and task."),
    {.path = "os.workload.set_bytes",
     .type = HB_KEY_SIZE,
     TASKS(set_bytes),
     .unit = "bytes",
     .fallback = "48KiB",
     .maximum = HB_SET_BYTES_MAX,
     .help = "batch: the memory that a large task works on, at least 128; 0 for 48KiB."},
    {.path = "os.workload.locks",
     .type = HB_KEY_INTEGER,
     TASKS(locks),
     .fallback = "4",
     .minimum = 1,
     .maximum = HB_LOCKS_MAX,
     .help = "contend, share: how many counters there are, each under its own lock; server: how many accounts."},
    TASKS_CHOICE(lock, user_locks, "mutex",
                 "share: what guards a counter: the kernel's mutex, nothing, or a lock that spins in U mode."),
    {.path = "os.workload.size",
     .type = HB_KEY_INTEGER,
     TASKS(size),
     .fallback = "16",
     .minimum = 1,
     .maximum = HB_SIZE_MAX,
     .help = "stencil, matmul: the side of the grid or matrix; pipeline: how many items a buffer has room for."},
    {.path = "os.workload.serial_permille",
     .type = HB_KEY_INTEGER,
     TASKS(serial),
     .fallback = "0",
     .maximum = 1000,
     .help = "matmul: thousandths of the rows that one thread computes while the others wait."},
    {.path = "os.workload.stages",
     .type = HB_KEY_INTEGER,
     TASKS(stages),
     .fallback = "0",
     .maximum = HB_USER_THREADS_MAX,
     .help =
         "pipeline: from the first, which makes the items, to the last, which more threads than stages share; 0: as "
         "many as threads."},
    TASKS_CHOICE(barrier, barriers, "kernel",
                 "stencil, matmul: where threads meet; kernel: who waits gives its CPU away; spin: in U mode."),
    TASKS_CHOICE(forks, forks, "ordered",
                 "philosophers; left: the left one first; ordered: the one with the smaller number first; seats: the "
                 "left one first, with a seat less than philosophers; then all begin again when one dies, for nobody "
                 "knows who had a seat."),
    TASKS_CHOICE(wait, waits, "while",
                 "pipeline: whether one that was woken looks again for what it waited for (while) or not (if)."),
    TASKS_CHOICE(restart, contracts, "kind",
                 "When a CPU dies; kind: its task begins again, or all threads of its group, or it goes on after its "
                 "last increment, as the kind has it; none: it is lost."),
    {.path = "os.workload.bursts",
     .type = HB_KEY_INTEGER,
     TASKS(bursts),
     .fallback = "100",
     .minimum = 1,
     .maximum = HB_BURSTS_MAX,
     .help = "interactive: how often a task works, each time as much as work says."},
    {.path = "os.workload.sleep_cycles",
     .type = HB_KEY_INTEGER,
     TASKS(sleep_cycles),
     .unit = "cycles",
     .fallback = "100000",
     .maximum = HB_KEY_INTEGER_MAX,
     .help = "interactive: how long it sleeps between two bursts."},
    {.path = "os.workload.requests",
     .type = HB_KEY_INTEGER,
     TASKS(requests),
     .fallback = "1000",
     .minimum = 1,
     .maximum = HB_REQUESTS_MAX,
     .help = "server: how many arrive, for all its tasks together."},
    {.path = "os.workload.gap_cycles",
     .type = HB_KEY_INTEGER,
     TASKS(gap_cycles),
     .unit = "cycles",
     .fallback = "100000",
     .minimum = 1,
     .maximum = HB_GAP_CYCLES_MAX,
     .help = "server: from one arrival to the next, on average; the first comes as long after all CPUs are up."},
    TASKS_CHOICE(
        arrivals, arrivals, "poisson",
        "server; poisson: each arrival by itself, by the seed; bursty: seven of eight follow closely; even: one "
        "gap is as long as the other."),
    TASKS_CHOICE(queues, server_queues, "one",
                 "server; one: its tasks share a queue; hashed: each has its own, and a hash of the request chooses; "
                 "dealt: each has its own, in turn."),
    {.path = "os.workload.room",
     .type = HB_KEY_INTEGER,
     TASKS(room),
     .fallback = "8192",
     .minimum = 1,
     .maximum = HB_REQUESTS_MAX,
     .help = "server: how many requests may wait in a queue, beside those that are served; others are dropped."},
    TASKS_CHOICE(
        service, services, "read",
        "server; read: a request asks for an answer; transaction: it also pays into one of as many accounts as "
        "locks says, once, whoever dies."),
    {.path = "os.workload.arrival_cycles",
     .type = HB_KEY_INTEGER,
     TASKS(arrival_cycles),
     .unit = "cycles",
     .fallback = "0",
     .maximum = HB_KEY_INTEGER_MAX,
     .help = "When its tasks arrive, counted from all CPUs up (smp)."},
    {.path = "os.workload.priority",
     .type = HB_KEY_INTEGER,
     TASKS(priority),
     .fallback = "0",
     .maximum = 7,
     .help = "Its level, 0 first, for the scheduler priority."},
    {.path = "os.workload.weight",
     .type = HB_KEY_INTEGER,
     TASKS(weight),
     .fallback = "1",
     .minimum = 1,
     .maximum = 1000,
     .help = "Its share of the CPUs, against those of other groups, for the schedulers lottery and fair."},
    TASKS_CHOICE(role, roles, "any", "amp: which workers run them: those of this role (os.amp.roles); any: all."),
    {.path = "os.workload.placement",
     .type = HB_KEY_INTEGER,
     TASKS(placement),
     .fallback = "64",
     .maximum = HB_PLACE_ANY,
     .help = "The CPU that its tasks are pinned to, counted from 0; 64: they may run on any (smp)."},
    {.path = "os.workload.long_every",
     .type = HB_KEY_INTEGER,
     TASKS(long_every),
     .fallback = "1",
     .minimum = 1,
     .maximum = HB_TASKS_MAX,
     .help = "batch: its first task, and every so many after it, has long_times the work of the others."},
    {.path = "os.workload.long_times",
     .type = HB_KEY_INTEGER,
     TASKS(long_times),
     .fallback = "1",
     .minimum = 1,
     .maximum = 1000,
     .help = "batch: by how much the work of those tasks is multiplied."},
    GROUP("os.heartbeat", "How CPUs show that they are alive, and watch each other."),
    CYCLES("os.heartbeat.period_cycles", os.heartbeat_period_cycles, "10000", "A CPU beats this often; 0: never."),
    {.path = "os.heartbeat.timeout_cycles",
     .type = HB_KEY_INTEGER,
     CONFIG(os.heartbeat_timeout_cycles),
     .unit = "cycles",
     .fallback = "0",
     .maximum = HB_KEY_INTEGER_MAX,
     .help = "Silence after which the watcher suspects a CPU; 0: as short as healthy CPUs allow, by their number and "
             "the bus "
             "(30000 on the default machine)."},
    {.path = "os.heartbeat.check_cycles",
     .type = HB_KEY_INTEGER,
     CONFIG(os.heartbeat_check_cycles),
     .unit = "cycles",
     .fallback = "0",
     .maximum = HB_KEY_INTEGER_MAX,
     .help = "How often the watcher looks; 0: by number of CPUs and bus (5000 on the default machine)."},
    GROUP("os.recovery", "What is done about a dead CPU."),
    CHOICE("os.recovery.detect", os.recovery_detect, detects, "ring",
           "Who watches whom; ring: each CPU the next one that is alive; agree: the same, but it asks another CPU, "
           "which must find that one silent, too, and recovers it; none: nobody."),
    {.path = "os.recovery.fence",
     .type = HB_KEY_BOOL,
     CONFIG(os.recovery_fence),
     .fallback = "true",
     .help = "Stop a suspected CPU for certain before its work is taken over."},
    CHOICE("os.recovery.locks", os.recovery_locks, locks, "steal", "Locks that it held; steal: they are freed."),
    CHOICE("os.recovery.queues", os.recovery_queues, queues, "rebuild",
           "Its run queue; rebuild: the others take from it, and if it died changing it, it is filled again from the "
           "task table."),
    CHOICE("os.recovery.restart", os.recovery_restart, restarts, "start",
           "The task that it ran; start: it begins again; none: it is lost; checkpoint (smp; batch, contend and "
           "interactive tasks): it goes on from its last copy in memory."),
    {.path = "os.recovery.checkpoint_cycles",
     .type = HB_KEY_INTEGER,
     CONFIG(os.checkpoint_cycles),
     .unit = "cycles",
     .fallback = "100000",
     .minimum = HB_CHECKPOINT_CYCLES_MIN,
     .maximum = HB_KEY_INTEGER_MAX,
     .help = "restart \"checkpoint\": how long a task runs from one copy of it to the next."},
    CHOICE(
        "os.recovery.kernel_data", os.recovery_kernel_data, kernel_data, "cached",
        "What of the kernel's is lost with a CPU's cache; flushed (smp): nothing, for it writes its data to memory at "
        "once, and tasks that have run on the dead CPU begin again; flushed_alone: but for these, which go on."),
    {.path = "os.recovery.replug_cycles",
     .type = HB_KEY_INTEGER,
     CONFIG(os.recovery_replug_cycles),
     .unit = "cycles",
     .fallback = "0",
     .maximum = HB_KEY_INTEGER_MAX,
     .help = "smp: a recovered CPU is started this often until it beats, and takes part again then; 0: never."},
    {.path = "os.recovery.ipi_retry",
     .type = HB_KEY_BOOL,
     CONFIG(os.recovery_ipi_retry),
     .fallback = "true",
     .help = "smp: a CPU that does not heed an interrupt by which recovery makes it begin its task again, because that "
             "was lost, is interrupted again until it does."},
    CHOICE("os.recovery.failover", os.recovery_failover, failovers, "none",
           "amp: when the master dies, the service ends (none); the worker with the lowest number takes its place "
           "(static); or "
           "the first that claims it (election)."),
    CHOICE("os.irq", os.irq, irqs, "one",
           "echo: whom devices interrupt; one: the first CPU that is alive; spread: each in turn; all: all of them, of "
           "which one finds something to do."),
    GROUP("os.amp", "amp: the master and its workers."),
    {.path = "os.amp.locked",
     .type = HB_KEY_BOOL,
     CONFIG(os.amp_locked),
     .fallback = "true",
     .help = "Locked memory protection keeps even a worker's kernel to its own memory, rings and timer: a worker that "
             "touches anything else traps, and stops alone."},
    CHOICE("os.amp.assignment", os.amp_assignment, assignments, "dynamic",
           "dynamic: a task goes to the worker that is free first; static: tasks are dealt to the workers in turn, "
           "before the first of them runs."),
    {.path = "os.amp.roles",
     .type = HB_KEY_STRINGS,
     CONFIG(amp_role),
     .item_bytes = HB_NAME_BYTES,
     .length_offset = offsetof(struct hb_config, amp_roles),
     .help = "What workers 1, 2, ... do, each \"any\", \"compute\" or \"io\": groups of that role, and those of "
             "\"any\"; left out: \"any\". A role of which no worker is left falls to all."},

    {.path = "faults", .type = HB_KEY_LIST, .maximum = HB_CONFIG_FAULTS_MAX, .help = "What breaks, and when."},
    GROUP("faults.*", "A fault."),
    {.path = "faults.*.model",
     .type = HB_KEY_ENUM,
     FAULT(terms.model),
     .names = models,
     .fallback = "fail_stop",
     .help = "What it does to its CPU" HB_FAULT_MODELS(MODEL) "."},
    {.path = "faults.*.target", .type = HB_KEY_GROUP, .required = true, .help = "What it strikes."},
    {.path = "faults.*.target.hart",
     .type = HB_KEY_NUMBERED,
     FAULT(hart),
     .names = targets,
     .maximum = HB_HARTS_LIMIT - 1,
     .help = "The CPU, counted from 0; any: one that the seed chooses; or, of the fault that `after` names, whoever "
             "recovers the CPU that it struck, or watches it; or the master of amp."},
    {.path = "faults.*.target.harts",
     .type = HB_KEY_NUMBERS,
     FAULT(harts),
     .item_bytes = 1,
     .length_offset = offsetof(struct hb_fault_config, n_harts),
     .maximum = HB_HARTS_LIMIT - 1,
     .help =
         "Several CPUs in the place of one, each with a trigger and a clock of its own; results list the first in the "
         "place of the fault, the others after all that are given."},
    {.path = "faults.*.common",
     .type = HB_KEY_BOOL,
     FAULT(common),
     .fallback = "false",
     .help = "With target.harts: one cause; all of them are struck in the cycle in which the trigger comes for any of "
             "them, or the clock of the first."},
    {.path = "faults.*.after",
     .type = HB_KEY_INTEGER,
     FAULT(after),
     .maximum = HB_CONFIG_FAULTS_MAX - 1,
     .help = "Another fault, counted from 0: once that has struck, this one is armed. Its trigger counts cycles, "
             "instructions and occurrences from there."},
    {.path = "faults.*.trigger",
     .type = HB_KEY_GROUP,
     .help = "When it strikes: exactly one of cycle, instructions, symbol, tracepoint, lock_held; with rate, the cycle "
             "in which its clock begins, or nothing."},
    {.path = "faults.*.trigger.cycle",
     .type = HB_KEY_INTEGER,
     FAULT(cycle),
     .maximum = HB_KEY_INTEGER_MAX,
     .help = "At the beginning of this cycle."},
    {.path = "faults.*.trigger.instructions",
     .type = HB_KEY_INTEGER,
     FAULT(instructions),
     .minimum = 1,
     .maximum = HB_KEY_INTEGER_MAX,
     .help = "Once the CPU has executed this many instructions."},
    {.path = "faults.*.trigger.symbol",
     .type = HB_KEY_STRING,
     FAULT(symbol),
     .help = "After the CPU has executed the instruction at this place: a symbol of the image, NAME+OFFSET, or an "
             "address."},
    {.path = "faults.*.trigger.tracepoint",
     .type = HB_KEY_NUMBERED,
     FAULT(tracepoint),
     .names = tracepoints,
     .minimum = 1,
     .maximum = 127,
     .help = "After the CPU has passed this tracepoint of the kernel, by name or number."},
    {.path = "faults.*.trigger.lock_held",
     .type = HB_KEY_STRING,
     FAULT(symbol),
     .help = "In the cycle after the CPU has taken the lock at this place: a symbol of the image, NAME+OFFSET, or an "
             "address."},
    {.path = "faults.*.trigger.count",
     .type = HB_KEY_INTEGER,
     FAULT(count),
     .fallback = "1",
     .minimum = 1,
     .maximum = HB_KEY_INTEGER_MAX,
     .help = "With symbol, tracepoint and lock_held: at which of their occurrences."},
    GROUP(
        "faults.*.rate",
        "It strikes again and again, after times that are drawn from one of these distributions; the clock begins anew "
        "whenever its CPU is back (started again, or its duration over)."),
    {.path = "faults.*.rate.exponential",
     .type = HB_KEY_INTEGER,
     FAULT(rate.scale_cycles),
     .unit = "cycles",
     .minimum = 1,
     .maximum = HB_DURATION_MAX,
     .help = "The mean of an exponential distribution: failures know nothing of each other."},
    {.path = "faults.*.rate.weibull",
     .type = HB_KEY_WEIBULL,
     FAULT(rate),
     .unit = "cycles",
     .minimum = 1,
     .maximum = HB_DURATION_MAX,
     .help = "Scale and shape of a Weibull distribution. Shape 0.1 to below 1: early failures; 1: exponential; above "
             "it, to 100: wear."},
    {.path = "faults.*.rate.stream",
     .type = HB_KEY_INTEGER,
     FAULT(rate.stream),
     .fallback = "0",
     .maximum = HB_KEY_INTEGER_MAX,
     .help = "Another number: other failures from the same seed. In a campaign it follows from the campaign's seed "
             "and the number of the run unless it is given."},
    {.path = "faults.*.cache_on_death",
     .type = HB_KEY_ENUM,
     FAULT(terms.lost),
     .names = deaths,
     .fallback = "snoopable",
     .help = "fail_stop, restart; snoopable: the dead CPU's cache goes on answering; lost: what only it held is gone."},
    GROUP("faults.*.duration",
          "freeze, fail_slow, restart, irq with delay: how long it lasts; fail_slow without it: for "
          "good."),
    {.path = "faults.*.duration.cycles",
     .type = HB_KEY_INTEGER,
     FAULT(terms.duration_cycles),
     .unit = "cycles",
     .minimum = 1,
     .maximum = HB_KEY_INTEGER_MAX,
     .required = true,
     .help = "So many cycles, that in which it strikes included."},
    {.path = "faults.*.factor",
     .type = HB_KEY_INTEGER,
     FAULT(terms.factor),
     .minimum = 2,
     .maximum = HB_FACTOR_MAX,
     .help = "fail_slow: how many times as long each instruction takes; what the bus takes stays the same."},
    {.path = "faults.*.interrupt",
     .type = HB_KEY_ENUM,
     FAULT(terms.interrupt),
     .names = lines,
     .fallback = "software",
     .help = "irq: which one of its CPU's; software: what other CPUs send it; timer: that of mtimecmp."},
    {.path = "faults.*.effect",
     .type = HB_KEY_ENUM,
     FAULT(terms.effect),
     .names = effects,
     .fallback = "drop",
     .help = "irq; drop: one that is pending is lost, else the next software interrupt that is sent, or the timer's "
             "present setting; delay: none comes for `duration`, and what is due then comes at its end; spurious: one "
             "comes at once, as if it had been sent, or set to now."},

    {.path = "changes",
     .type = HB_KEY_LIST,
     .maximum = HB_CONFIG_CHANGES_MAX,
     .help = "Which keys of the bundled systems change while they run, and when."},
    GROUP("changes.*", "A change: the kernel finds the new value at its next decision."),
    {.path = "changes.*.cycle",
     .type = HB_KEY_INTEGER,
     CHANGE(cycle),
     .maximum = HB_KEY_INTEGER_MAX,
     .required = true,
     .help = "At the beginning of this cycle."},
    {.path = "changes.*.key",
     .type = HB_KEY_ENUM,
     CHANGE(parameter),
     .names = changeable,
     .required = true,
     .help = "Which key."},
    {.path = "changes.*.value",
     .type = HB_KEY_VALUE,
     .required = true,
     .help = "Its new value, such as the key itself takes; no time of which 0 means that it follows the machine."},

    {.path = "input", .type = HB_KEY_LIST, .maximum = 100000, .help = "What is typed on the console, and when."},
    GROUP("input.*", "Some typing."),
    {.path = "input.*.cycle",
     .type = HB_KEY_INTEGER,
     INPUT(cycle),
     .fallback = "0",
     .maximum = HB_KEY_INTEGER_MAX,
     .help = "When it arrives."},
    {.path = "input.*.every_cycles",
     .type = HB_KEY_INTEGER,
     INPUT(every_cycles),
     .unit = "cycles",
     .fallback = "0",
     .maximum = 1000000000,
     .help = "The time between two of its characters; 0: all come at once."},
    {.path = "input.*.text", .type = HB_KEY_STRING, INPUT(text), .required = true, .help = "The characters."},

    GROUP("stop", "When a run ends that does not end by itself, or is cut off."),
    CYCLES("stop.cycles", stop_cycles, "1000000000", "After this many cycles, with outcome limit; 0: never."),
    CYCLES("stop.quiet_cycles", stop_quiet_cycles, "20000000",
           "When no task was completed for this long, with outcome hang; 0: never."),
    GROUP("stop.console", "Texts that end a run, as soon as the program has written them."),
    {.path = "stop.console.passed",
     .type = HB_KEY_STRING,
     CONFIG(stop_text[HB_STOP_PASSED]),
     .help = "It has passed: what a program says last that has no other way to end."},
    {.path = "stop.console.failed",
     .type = HB_KEY_STRING,
     CONFIG(stop_text[HB_STOP_FAILED]),
     .help = "It has failed, with code 1."},
    {.path = "stop.word",
     .type = HB_KEY_STRING,
     CONFIG(stop_word),
     .help = "A variable, or an address: once it is not 0 any more the run has passed, with 1, or failed, with any "
             "other number as its code. With it tohost is a word like any other."},
    GROUP("stats", "What is counted."),
    CYCLES("stats.window_cycles", window_cycles, "500000", "Length of the windows of goodput_series; 0: no series."),
    {.path = "stats.misses",
     .type = HB_KEY_BOOL,
     CONFIG(stats.misses),
     .fallback = "false",
     .help = "Split misses into cold, capacity, conflict, true and false sharing (slow: every access is looked at)."},
    {.path = "stats.lines",
     .type = HB_KEY_INTEGER,
     CONFIG(stats.lines),
     .unit = "lines",
     .fallback = "0",
     .maximum = 1000,
     .help =
         "List this many of the lines with the most bus transactions, and who used which of their bytes (slow, too)."},
    {.path = "stats.watch",
     .type = HB_KEY_STRINGS,
     CONFIG(stats.watch),
     .item_bytes = HB_NAME_BYTES,
     .length_offset = offsetof(struct hb_config, stats.watches),
     .help = "Variables of the image, by their symbols: in which data caches their lines are at the end, in which "
             "states, and what each holds of them."},
    {.path = "stats.locks",
     .type = HB_KEY_BOOL,
     CONFIG(stats.locks),
     .fallback = "false",
     .help = "Count acquisitions, waits and hand-overs of the kernel's locks, and LR reservations lost."},
    CYCLES("stats.interval_cycles", stats.interval_cycles, "0",
           "Length of the intervals of series, at least 100; 0: no series."),
    GROUP("stats.roi", "The region of interest: what harts, caches, bus, lines and locks count is what happens in it."),
    GROUP("stats.roi.from", "When it begins: one of cycle, tracepoint; left out, with the run."),
    MARK_KEYS(from, "Before this cycle.",
              "After the cycle in which some CPU passes this tracepoint, by name or number.",
              "With tracepoint: at which of its occurrences."),
    GROUP("stats.roi.to", "When it ends: one of cycle, tracepoint; left out, with the run."),
    MARK_KEYS(to, "Before this cycle.", "After the cycle in which some CPU passes this tracepoint, by name or number.",
              "With tracepoint: at which of its occurrences since the region began."),

    GROUP("trace", "What --trace writes (docs/traces.md); results are the same with and without."),
    CYCLES("trace.from_cycle", trace.from_cycle, "0", "The first cycle that is traced."),
    CYCLES("trace.to_cycle", trace.to_cycle, "0", "The first cycle that is no longer traced; 0: to the end."),
    {.path = "trace.lines",
     .type = HB_KEY_STRINGS,
     CONFIG(trace.line),
     .item_bytes = HB_NAME_BYTES,
     .length_offset = offsetof(struct hb_config, trace.lines),
     .help = "Lines whose states in each data cache .json and .vcd show: symbols of the image, or physical addresses "
             "such as \"0x80001000\"; either may be followed by \"+0x40\"."},
    {.path = "trace.functions",
     .type = HB_KEY_BOOL,
     CONFIG(trace.functions),
     .fallback = "false",
     .help = "Also the function of the image that each CPU is in."},
    {.path = "trace.accesses",
     .type = HB_KEY_BOOL,
     CONFIG(trace.accesses),
     .fallback = "false",
     .help = "In .csv also every load, store and fetch, including those that hit their cache (slow)."},

    {.path = "variants",
     .type = HB_KEY_VARIANTS,
     .help = "Runs the experiment once for each: a name, and keys (dotted) with the values that they have in it."},
    {.path = "expect",
     .type = HB_KEY_EXPECT,
     .help = "What must hold of the results: \"that\", an expression, and \"because\", the reason."},
};

const size_t hb_keys_n = sizeof hb_keys / sizeof hb_keys[0];
