#include "sim/config/agree.h"

#include <ctype.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "bus/protocol/mutations.h"
#include "memory/hash.h"
#include "osmodel/guest/workloads/arrivals.h"
#include "osmodel/guest/workloads/groups.h"
#include "osmodel/guest/workloads/kinds.h"
#include "osmodel/guest/workloads/threads.h"
#include "sim/base/json.h"
#include "sim/config/agree_amp.h"
#include "sim/config/fault_models.h"
#include "sim/config/keys.h"

struct agreement {
    const cJSON *document;
    const char *where;
    struct hb_config *config;
    struct hb_error *error;
};

static bool refuse(const struct agreement *a, const char *place, const char *what) {
    hb_error_set(a->error, "%s: %s: %s", a->where, place, what);
    return false;
}

/* ---- Caches ---------------------------------------------------------------------------------------------------- */

/* Where a cache's key is: in the hart's own block if it has one. */
static void cache_place(const struct agreement *a, uint32_t hart, const char *cache, const char *key, char *place,
                        size_t size) {
    snprintf(place, size, "machine.harts.%" PRIu32 ".%s.%s", hart, cache, key);
    if (!hb_json_find(a->document, place))
        snprintf(place, size, "machine.%s.%s", cache, key);
}

static bool check_geometry(const struct agreement *a, uint32_t hart, const char *name,
                           const struct hb_cache_config *cache) {
    char place[96], text[128];
    if ((uint64_t)cache->ways * cache->line_bytes <= cache->size_bytes)
        return true;
    cache_place(a, hart, name, "size", place, sizeof place);
    snprintf(text, sizeof text, "%" PRIu32 " bytes are less than one set (%" PRIu32 " ways of %" PRIu32 " bytes)",
             cache->size_bytes, cache->ways, cache->line_bytes);
    return refuse(a, place, text);
}

static bool check_line(const struct agreement *a, uint32_t hart, const char *name,
                       const struct hb_cache_config *cache) {
    uint32_t line_bytes = a->config->hart[0].l1d.line_bytes;
    char place[96], text[128];
    if (cache->line_bytes == line_bytes)
        return true;
    cache_place(a, hart, name, "line", place, sizeof place);
    snprintf(text, sizeof text, "%" PRIu32 " bytes differ from the %" PRIu32 " of %s; lines are the same in all caches",
             cache->line_bytes, line_bytes, hart == 0 ? "machine.l1d.line" : "hart 0");
    return refuse(a, place, text);
}

/* Left out, the write policy follows the protocol. */
static bool settle_write(const struct agreement *a, uint32_t hart) {
    bool through = hb_config_protocol(a->config)->write_through;
    struct hb_cache_config *cache = &a->config->hart[hart].l1d;
    char place[96], text[192];
    cache_place(a, hart, "l1d", "write", place, sizeof place);
    if (!hb_json_find(a->document, place))
        cache->write_through = through;
    if (cache->write_through == through)
        return true;
    snprintf(text, sizeof text, "\"%s\" does not go with the protocol \"%s\", which needs \"%s\"",
             cache->write_through ? "through" : "back", hb_config_protocol(a->config)->name,
             through ? "through" : "back");
    return refuse(a, place, text);
}

static bool check_l2(const struct agreement *a) {
    struct hb_cache_config *l2 = &a->config->l2;
    char text[128];
    l2->line_bytes = a->config->hart[0].l1d.line_bytes;
    if (l2->size_bytes == 0)
        return true;
    if (l2->size_bytes & (l2->size_bytes - 1))
        return refuse(a, "machine.l2.size", "is not a power of two (0 to 64MiB)");
    if (l2->size_bytes < l2->ways * l2->line_bytes) {
        snprintf(text, sizeof text, "%" PRIu32 " bytes are less than one set (%" PRIu32 " ways of %" PRIu32 " bytes)",
                 l2->size_bytes, l2->ways, l2->line_bytes);
        return refuse(a, "machine.l2.size", text);
    }
    const struct hb_bus_config *bus = &a->config->bus;
    uint32_t under_way = bus->split ? bus->outstanding : 1;
    if (under_way <= l2->ways)
        return true;
    snprintf(text, sizeof text, "%" PRIu32 " is less than machine.bus.outstanding, %" PRIu32, l2->ways, under_way);
    return refuse(a, "machine.l2.ways", text);
}

static bool check_caches(const struct agreement *a) {
    if (!check_l2(a))
        return false;
    for (uint32_t h = 0; h < a->config->harts; h++) {
        const struct hb_hart_config *hart = &a->config->hart[h];
        if (!check_geometry(a, h, "l1i", &hart->l1i) || !check_geometry(a, h, "l1d", &hart->l1d) ||
            !check_line(a, h, "l1d", &hart->l1d) || !check_line(a, h, "l1i", &hart->l1i) || !settle_write(a, h))
            return false;
    }
    return true;
}

/* ---- Faults ---------------------------------------------------------------------------------------------------- */

static bool has_rate(const struct agreement *a, uint32_t f) {
    char place[64];
    snprintf(place, sizeof place, "faults.%" PRIu32 ".rate", f);
    return hb_json_find(a->document, place) != NULL;
}

/* With a rate: exactly one distribution, and a clock that begins in a cycle or with the run. */
static bool settle_rate(const struct agreement *a, uint32_t f, const cJSON *trigger) {
    char place[64];
    snprintf(place, sizeof place, "faults.%" PRIu32 ".rate", f);
    const cJSON *rate = hb_json_find(a->document, place);
    if (!cJSON_GetObjectItemCaseSensitive(rate, "exponential") == !cJSON_GetObjectItemCaseSensitive(rate, "weibull"))
        return refuse(a, place, "should have exactly one of exponential, weibull");
    if (a->config->faults[f].hart >= a->config->harts && a->config->faults[f].hart != HB_TARGET_MASTER)
        return refuse(a, place, "goes with a CPU that is named by its number");
    a->config->faults[f].trigger = HB_TRIGGER_CYCLE;
    snprintf(place, sizeof place, "faults.%" PRIu32 ".trigger", f);
    return !trigger || (cJSON_GetArraySize(trigger) == 1 && cJSON_GetObjectItemCaseSensitive(trigger, "cycle")) ||
           refuse(a, place, "with rate it can only be a cycle, in which the clock begins");
}

static bool settle_trigger(const struct agreement *a, uint32_t f) {
    char place[64], names[96], text[160];
    unsigned given = 0;
    struct hb_fault_config *fault = &a->config->faults[f];
    snprintf(place, sizeof place, "faults.%" PRIu32 ".trigger", f);
    const cJSON *node = hb_json_find(a->document, place);
    if (has_rate(a, f))
        return settle_rate(a, f, node);
    if (!node) {
        snprintf(place, sizeof place, "faults.%" PRIu32, f);
        return refuse(a, place, "has no \"trigger\" and no \"rate\": when does it strike?");
    }
    for (uint8_t i = 0; i < HB_TRIGGERS_KNOWN; i++)
        if (cJSON_GetObjectItemCaseSensitive(node, hb_trigger[i].name)) {
            given++;
            fault->trigger = i;
        }
    bool counted = cJSON_GetObjectItemCaseSensitive(node, "count") != NULL;
    if (given == 1 && (!counted || hb_trigger[fault->trigger].counted))
        return true;
    hb_trigger_list(given == 1, names, sizeof names);
    snprintf(text, sizeof text, given == 1 ? "count goes with one of %s" : "should have exactly one of %s", names);
    return refuse(a, place, text);
}

static bool refuse_term(const struct agreement *a, uint32_t f, const struct hb_fault_term *term, bool missing) {
    const char *name = hb_fault_model[a->config->faults[f].terms.model].name;
    char place[64], text[96];
    snprintf(place, sizeof place, "faults.%" PRIu32 "%s%s", f, missing ? "" : ".", missing ? "" : term->key);
    if (missing)
        snprintf(text, sizeof text, "model \"%s\" needs %s", name, term->key);
    else
        snprintf(text, sizeof text, "means nothing to model \"%s\"", name);
    return refuse(a, place, text);
}

/* Of the effects of irq, one lasts. */
static bool settle_delay(const struct agreement *a, uint32_t f) {
    const struct hb_fault_terms *terms = &a->config->faults[f].terms;
    const bool delays = terms->effect == HB_FAULT_DELAY;
    char place[64];
    if (terms->model != HB_FAULT_IRQ || delays == (terms->duration_cycles != 0))
        return true;
    snprintf(place, sizeof place, "faults.%" PRIu32 "%s", f, delays ? "" : ".duration");
    return refuse(a, place, delays ? "effect \"delay\" needs duration" : "goes with effect \"delay\" alone");
}

/* A term that a fault's model does not take is refused: its default means nothing, a value given would be ignored. */
static bool settle_terms(const struct agreement *a, uint32_t f) {
    struct hb_fault_terms *terms = &a->config->faults[f].terms;
    const struct hb_fault_model_info *model = &hb_fault_model[terms->model];
    char place[64];
    for (size_t i = 0; i < HB_FAULT_TERMS; i++) {
        const struct hb_fault_term *term = &hb_fault_term[i];
        snprintf(place, sizeof place, "faults.%" PRIu32 ".%s", f, term->key);
        bool given = hb_json_find(a->document, place) != NULL;
        if ((given && !(model->takes & term->bit)) || (!given && model->needs & term->bit))
            return refuse_term(a, f, term, !given);
    }
    return settle_delay(a, f);
}

/* A fault that waits for another: for one before it, so that none waits for itself. */
static bool settle_after(const struct agreement *a, uint32_t f) {
    struct hb_fault_config *fault = &a->config->faults[f];
    const bool part = fault->hart == HB_TARGET_RECOVERER || fault->hart == HB_TARGET_WATCHER;
    char place[64], text[96];
    snprintf(place, sizeof place, "faults.%" PRIu32 ".after", f);
    fault->waits = hb_json_find(a->document, place) != NULL;
    snprintf(text, sizeof text, "should be the number of a fault before this one, 0 to %" PRIu32, f ? f - 1 : 0);
    if (fault->waits && fault->after >= f)
        return refuse(a, place, f ? text : "the first fault waits for none");
    if (part && !fault->waits)
        return refuse(a, place, "is missing: whose recoverer or watcher is struck?");
    if (fault->hart < HB_TARGET_RECOVERER || fault->trigger != HB_TRIGGER_INSTRUCTIONS)
        return true;
    snprintf(place, sizeof place, "faults.%" PRIu32 ".trigger.instructions", f);
    return refuse(a, place, "goes with a CPU that is named by its number");
}

#define ANY_HART UINT64_C(0x616e79) /* whose choice it is, for hb_choice() */

static bool is_hart(const struct agreement *a, uint32_t f, const char *key, uint32_t hart) {
    char place[64], text[96];
    if (hart < a->config->harts)
        return true;
    snprintf(place, sizeof place, "faults.%" PRIu32 ".target.%s", f, key);
    snprintf(text, sizeof text, "there is no hart %" PRIu32 " (the machine has 0 to %" PRIu32 ")", hart,
             a->config->harts - 1);
    return refuse(a, place, text);
}

static bool settle_harts(const struct agreement *a, uint32_t f) {
    struct hb_fault_config *fault = &a->config->faults[f];
    char place[64], text[64];
    snprintf(place, sizeof place, "faults.%" PRIu32 ".target.harts", f);
    if (fault->n_harts == 0)
        return refuse(a, place, "is empty");
    for (uint32_t i = 0; i < fault->n_harts; i++) {
        snprintf(text, sizeof text, "hart %u is named twice", fault->harts[i]);
        if (!is_hart(a, f, "harts", fault->harts[i]))
            return false;
        if (memchr(fault->harts, fault->harts[i], i))
            return refuse(a, place, text);
    }
    fault->hart = fault->harts[0];
    return true;
}

/* Each fault has its own choice of any hart. */
static bool settle_target(const struct agreement *a, uint32_t f) {
    struct hb_fault_config *fault = &a->config->faults[f];
    char place[64];
    snprintf(place, sizeof place, "faults.%" PRIu32 ".target.hart", f);
    const bool one = hb_json_find(a->document, place) != NULL;
    snprintf(place, sizeof place, "faults.%" PRIu32 ".target.harts", f);
    const bool several = hb_json_find(a->document, place) != NULL;
    snprintf(place, sizeof place, "faults.%" PRIu32 ".target", f);
    if (one == several)
        return refuse(a, place, "should have exactly one of hart, harts");
    snprintf(place, sizeof place, "faults.%" PRIu32 ".common", f);
    if (fault->common && !several)
        return refuse(a, place, "goes with target.harts: whom does it strike in one cycle?");
    fault->lead = f;
    if (several)
        return settle_harts(a, f);
    if (fault->hart == HB_TARGET_ANY)
        fault->hart = (uint32_t)(hb_choice(a->config->seed, ANY_HART, f) % a->config->harts);
    return fault->hart >= HB_TARGET_RECOVERER || is_hart(a, f, "hart", fault->hart);
}

/* A fault of its own for every further hart of fault `f`. */
static bool add_harts(const struct agreement *a, uint32_t f) {
    struct hb_config *config = a->config;
    char text[96];
    for (uint32_t i = 1; i < config->faults[f].n_harts; i++) {
        snprintf(text, sizeof text, "strike more than %d CPUs together", HB_CONFIG_FAULTS_ALL);
        if (config->n_faults == HB_CONFIG_FAULTS_ALL)
            return refuse(a, "faults", text);
        config->faults[config->n_faults] = config->faults[f];
        config->faults[config->n_faults++].hart = config->faults[f].harts[i];
    }
    return true;
}

static bool check_faults(const struct agreement *a) {
    const uint32_t given = (uint32_t)cJSON_GetArraySize(cJSON_GetObjectItemCaseSensitive(a->document, "faults"));
    a->config->n_faults = given;
    for (uint32_t f = 0; f < given; f++)
        if (!settle_target(a, f) || !settle_trigger(a, f) || !settle_terms(a, f) || !settle_after(a, f))
            return false;
    for (uint32_t f = 0; f < given; f++)
        if (!add_harts(a, f))
            return false;
    return true;
}

/* ---- Tasks ----------------------------------------------------------------------------------------------------- */

#define HOST_STEPS_MAX 4000000000u /* some seconds */

/* A message about a key of group `g`, which has a number only in a list. */
static bool refuse_group(const struct agreement *a, uint32_t g, const char *key, const char *what) {
    char place[64];
    if (cJSON_IsArray(hb_json_find(a->document, "os.workload")))
        snprintf(place, sizeof place, "os.workload.%" PRIu32 ".%s", g, key);
    else
        snprintf(place, sizeof place, "os.workload.%s", key);
    return refuse(a, place, what);
}

static bool is_name(const char *name) {
    for (const char *at = name; *at; at++)
        if (!isalpha((unsigned char)*at) && *at != '_' && (at == name || (!isdigit((unsigned char)*at) && *at != '-')))
            return false;
    return name[0] != 0;
}

/* Results have a key of that name for each group. */
static bool check_name(const struct agreement *a, uint32_t g) {
    const char *name = a->config->group_name[g];
    char text[192];
    if (!is_name(name)) {
        snprintf(text, sizeof text, "\"%s\" should begin with a letter or _, and go on with letters, digits, _ and -",
                 name);
        return refuse_group(a, g, "name", text);
    }
    for (uint32_t other = 0; other < g; other++) {
        if (strcmp(a->config->group_name[other], name) != 0)
            continue;
        snprintf(text, sizeof text, "\"%s\" is the name of group %" PRIu32 ", too; each should have one of its own",
                 name, other);
        return refuse_group(a, g, "name", text);
    }
    return true;
}

static bool check_batch(const struct agreement *a, uint32_t g) {
    const struct hb_group *group = &a->config->os.group[g];
    char text[128];
    if (group->set_bytes && group->set_bytes < HB_SET_BYTES_MIN) {
        snprintf(text, sizeof text, "%" PRIu64 " bytes are less than a task works on at a time (%d or more, or 0)",
                 group->set_bytes, HB_SET_BYTES_MIN);
        return refuse_group(a, g, "set_bytes", text);
    }
    if (group->sets == HB_SETS_FRESH && group->work * group->long_times > HB_FRESH_WORK_MAX) {
        snprintf(text, sizeof text, "%" PRIu64 " units, each on fresh memory, are too many (at most %d)",
                 group->work * group->long_times, HB_FRESH_WORK_MAX);
        return refuse_group(a, g, "work", text);
    }
    return true;
}

/* The AMP kernel's workers share nothing, so it has no mutexes for tasks to contend for; its master has no clock. */
static bool check_amp(const struct agreement *a, uint32_t g) {
    const struct hb_group *group = &a->config->os.group[g];
    const cJSON *image = cJSON_GetObjectItemCaseSensitive(a->document, "image");
    char text[128];
    if (!cJSON_IsString(image) || strcmp(image->valuestring, "amp") != 0)
        return true;
    if (group->arrival_cycles)
        return refuse_group(a, g, "arrival_cycles", "needs the image \"smp\"; with \"amp\" all tasks arrive at 0");
    if (group->placement != HB_PLACE_ANY)
        return refuse_group(a, g, "placement", "needs the image \"smp\"; with \"amp\" the master deals tasks");
    if (group->kind == HB_KIND_BATCH)
        return true;
    snprintf(text, sizeof text,
             "\"%s\" needs a system whose CPUs share memory (image \"smp\"; with \"amp\": \"batch\")",
             hb_key_name_of(hb_key_find("os.workload.kind")->names, group->kind));
    return refuse_group(a, g, "kind", text);
}

/* How often the host goes through the innermost loop, to compute what all threads of the group should find. */
static uint64_t host_steps(const struct hb_group *group) {
    uint64_t work = group->tasks * group->work;
    switch (group->kind) {
    case HB_KIND_STENCIL:
    case HB_KIND_MATMUL: return work * group->size * group->size;
    case HB_KIND_MAPREDUCE: return work * group->tasks * HB_MAP_PAGE;
    case HB_KIND_PIPELINE: return work * hb_pipeline_stages(group->stages, group->tasks);
    default: return 0;
    }
}

static bool check_threads(const struct agreement *a, uint32_t g) {
    const struct hb_group *group = &a->config->os.group[g];
    bool spins = group->kind == HB_KIND_SHARE && group->lock >= HB_USER_LOCK_TAS;
    bool meets = group->kind == HB_KIND_PIPELINE || group->kind == HB_KIND_PHILOSOPHERS;
    bool threads = hb_kinds[group->kind].others != NULL;
    if ((spins || threads) && group->tasks > HB_USER_THREADS_MAX)
        return refuse_group(a, g, "tasks", "are more threads than such a group may have (64)");
    if (meets && group->tasks < 2)
        return refuse_group(a, g, "tasks", "1 is too few: there should be 2 or more");
    if (group->kind == HB_KIND_PIPELINE && group->stages == 1)
        return refuse_group(a, g, "stages", "1 is too few: there should be 2 or more, or 0");
    return host_steps(group) <= HOST_STEPS_MAX ||
           refuse_group(a, g, "work", "is more than the host would compute again, to check what the threads found");
}

static bool check_objects(const struct agreement *a) {
    uint32_t objects = hb_group_objects_before(&a->config->os, (uint32_t)a->config->os.workload_groups);
    char text[128];
    if (objects <= HB_OBJECTS_MAX)
        return true;
    snprintf(text, sizeof text, "the groups need %" PRIu32 " locks, conditions and barriers together (at most %u)",
             objects, HB_OBJECTS_MAX);
    return refuse(a, "os.workload", text);
}

/* They are counted in as many bits. */
static bool check_increments(const struct agreement *a, uint32_t g) {
    const struct hb_group *group = &a->config->os.group[g];
    char text[128];
    if (!hb_kinds[group->kind].counts || group->work < HB_INCREMENTS_MAX)
        return true;
    snprintf(text, sizeof text, "%" PRIu64 " increments of a task are too many (at most %u)", group->work,
             HB_INCREMENTS_MAX - 1);
    return refuse_group(a, g, "work", text);
}

static bool check_placement(const struct agreement *a, uint32_t g) {
    uint64_t hart = a->config->os.group[g].placement;
    char text[128];
    if (hart == HB_PLACE_ANY || hart < a->config->harts)
        return true;
    snprintf(text, sizeof text, "there is no CPU %" PRIu64 " (the machine has 0 to %" PRIu32 "; %d: any)", hart,
             a->config->harts - 1, HB_PLACE_ANY);
    return refuse_group(a, g, "placement", text);
}

/* While nobody has anything to do but wait for a time, nothing is done. */
static bool check_quiet(const struct agreement *a, uint32_t g, const char *key, uint64_t cycles) {
    uint64_t quiet = a->config->stop_quiet_cycles;
    char text[128];
    if (quiet == 0 || cycles < quiet)
        return true;
    snprintf(text, sizeof text, "%" PRIu64 " should be less than stop.quiet_cycles, %" PRIu64, cycles, quiet);
    return refuse_group(a, g, key, text);
}

static bool check_times(const struct agreement *a, uint32_t g) {
    const struct hb_group *group = &a->config->os.group[g];
    uint64_t sleep_cycles = group->kind == HB_KIND_INTERACTIVE ? group->sleep_cycles : 0;
    return check_quiet(a, g, "arrival_cycles", group->arrival_cycles) &&
           check_quiet(a, g, "sleep_cycles", sleep_cycles);
}

static bool check_work(const struct agreement *a, uint32_t g, uint64_t *left) {
    const struct hb_group *group = &a->config->os.group[g];
    const bool serves = group->kind == HB_KIND_SERVER;
    const uint64_t long_tasks = (group->tasks + group->long_every - 1) / group->long_every;
    const uint64_t times = group->kind == HB_KIND_INTERACTIVE ? group->bursts : 1;
    const uint64_t runs = (group->tasks + long_tasks * (group->long_times - 1)) * times;
    const uint64_t all = serves ? group->requests : runs;
    char text[192];
    if (group->work <= *left / all) {
        *left -= group->work * all;
        return true;
    }
    snprintf(text, sizeof text,
             "%" PRIu64 " units for each of %" PRIu64 " %s are more than the host would compute again, to check what "
             "they found (at most %d in all)",
             times * group->work, serves ? group->requests : group->tasks, serves ? "requests" : "tasks",
             HB_WORK_ALL_MAX);
    return refuse_group(a, g, "work", text);
}

static bool check_server(const struct agreement *a, uint32_t g) {
    const struct hb_group *group = &a->config->os.group[g];
    char text[128];
    if (group->kind != HB_KIND_SERVER)
        return true;
    if (group->queues != HB_SERVER_ONE && group->tasks > HB_SERVER_QUEUES_MAX) {
        snprintf(text, sizeof text, "%" PRIu64 " tasks with a queue each are too many (at most %d)", group->tasks,
                 HB_SERVER_QUEUES_MAX);
        return refuse_group(a, g, "tasks", text);
    }
    if (hb_requests_before(&a->config->os, g + 1) <= HB_REQUESTS_MAX)
        return check_quiet(a, g, "gap_cycles", group->gap_cycles);
    snprintf(text, sizeof text, "%" PRIu64 " requests of all servers together are too many (at most %d)",
             hb_requests_before(&a->config->os, g + 1), HB_REQUESTS_MAX);
    return refuse_group(a, g, "requests", text);
}

static bool check_sum(const struct agreement *a) {
    char text[128];
    if (a->config->os.workload_tasks <= HB_TASKS_MAX)
        return true;
    snprintf(text, sizeof text, "%" PRIu64 " tasks in all groups together are too many (at most %d)",
             a->config->os.workload_tasks, HB_TASKS_MAX);
    return refuse(a, "os.workload", text);
}

/* Only where tasks read what is typed does the kernel let a device interrupt. */
static bool check_irq(const struct agreement *a) {
    for (uint32_t g = 0; g < a->config->os.workload_groups; g++)
        if (a->config->os.group[g].kind == HB_KIND_ECHO)
            return true;
    if (!hb_json_find(a->document, "os.irq"))
        return true;
    return refuse(a, "os.irq", "needs a group of the kind \"echo\": no device interrupts otherwise");
}

/* A start that comes before the CPU had time to beat would undo the one before. */
static bool check_replug(const struct agreement *a) {
    const uint64_t cycles = a->config->os.recovery_replug_cycles;
    char text[128];
    if (cycles == 0 || cycles >= HB_REPLUG_CYCLES_MIN)
        return true;
    snprintf(text, sizeof text, "%" PRIu64 " is out of range: it should be 0, or at least %u", cycles,
             HB_REPLUG_CYCLES_MIN);
    return refuse(a, "os.recovery.replug_cycles", text);
}

static bool check_workload(const struct agreement *a) {
    uint64_t left = HB_WORK_ALL_MAX;
    char text[128];
    if (a->config->os.quantum_cycles < HB_QUANTUM_CYCLES_MIN) {
        snprintf(text, sizeof text, "%" PRIu64 " is out of range: it should be 0, or at least %u",
                 a->config->os.quantum_cycles, HB_QUANTUM_CYCLES_MIN);
        return refuse(a, "os.quantum_cycles", text);
    }
    for (uint32_t g = 0; g < a->config->os.workload_groups; g++)
        if (!check_name(a, g) || !check_work(a, g, &left) || !check_batch(a, g) || !check_amp(a, g) ||
            !check_placement(a, g) || !check_times(a, g) || !check_server(a, g) || !check_threads(a, g) ||
            !check_increments(a, g))
            return false;
    return check_sum(a) && check_objects(a) && check_irq(a);
}

/* The AMP kernel deals tasks to its workers, which know but two ways to go on. */
static bool check_scheduler(const struct agreement *a) {
    char text[128];
    const cJSON *image = cJSON_GetObjectItemCaseSensitive(a->document, "image");
    bool amp = cJSON_IsString(image) && strcmp(image->valuestring, "amp") == 0;
    uint64_t scheduler = a->config->os.scheduler;
    if (amp && scheduler != HB_SCHED_FIFO && scheduler != HB_SCHED_ROUND_ROBIN) {
        snprintf(text, sizeof text, "\"%s\" needs image \"smp\" (with \"amp\": \"fifo\", \"round-robin\")",
                 hb_key_name_of(hb_key_find("os.scheduler")->names, scheduler));
        return refuse(a, "os.scheduler", text);
    }
    if (scheduler == HB_SCHED_GANG && a->config->os.workload_groups < 2)
        return refuse(a, "os.scheduler", "\"gang\" needs groups: os.workload should be a list of two or more");
    if (amp && a->config->os.balance != HB_BALANCE_STEAL)
        return refuse(a, "os.balance", "needs image \"smp\"");
    return true;
}

static bool check_trace(const struct agreement *a) {
    const struct hb_trace_config *trace = &a->config->trace;
    if (trace->to_cycle == 0 || trace->from_cycle < trace->to_cycle)
        return true;
    return refuse(a, "trace.to_cycle", "nothing is traced: it is not after trace.from_cycle");
}

/* ---- The bus --------------------------------------------------------------------------------------------------- */

/* Keys that have a meaning only with one value of another key. */
static bool check_companion(const struct agreement *a, const char *key, const char *with, bool fits) {
    char text[96];
    if (fits || !hb_json_find(a->document, key))
        return true;
    snprintf(text, sizeof text, "goes with %s only", with);
    return refuse(a, key, text);
}

static bool check_script(const struct agreement *a) {
    char place[64], text[96];
    const struct hb_bus_config *bus = &a->config->bus;
    if (bus->arbiter == HB_ARBITER_SCRIPT && !hb_json_find(a->document, "machine.bus.script"))
        return refuse(a, "machine.bus.arbiter", "\"script\" needs machine.bus.script, the order of grants");
    uint32_t ports = a->config->harts + (a->config->disk != NULL);
    for (uint32_t i = 0; i < bus->script_length; i++) {
        if (bus->script[i] < ports)
            continue;
        snprintf(place, sizeof place, "machine.bus.script.%" PRIu32, i);
        snprintf(text, sizeof text, "there is no CPU %u (the machine has 0 to %" PRIu32 ")", bus->script[i], ports - 1);
        return refuse(a, place, text);
    }
    return true;
}

static bool settle_mutation(const struct agreement *a) {
    char names[HB_ERROR_BYTES / 2];
    struct hb_bus_config *bus = &a->config->bus;
    const struct hb_protocol *protocol = hb_config_protocol(a->config);
    const cJSON *node = hb_json_find(a->document, "machine.bus.mutation");
    bus->mutation = 0;
    if (!node)
        return true;
    uint32_t n = hb_mutation_find(node->valuestring);
    if (hb_mutation_at(n) && hb_mutation_fits(hb_mutation_at(n), protocol, bus->split)) {
        bus->mutation = (uint8_t)(n + 1);
        return true;
    }
    hb_mutation_names(protocol, bus->split, names, sizeof names);
    hb_error_set(a->error, "%s: machine.bus.mutation: \"%.40s\" %s %s on this bus (those that fit: %s)", a->where,
                 node->valuestring, hb_mutation_at(n) ? "does not fit" : "is unknown for", protocol->name, names);
    return false;
}

static bool check_bus(const struct agreement *a) {
    struct hb_bus_config *bus = &a->config->bus;
    bus->seed = a->config->seed;
    if (bus->arbitration_cycles + bus->address_cycles < 1)
        return refuse(a, "machine.bus.address_cycles", "0 and arbitration_cycles 0: together they must be at least 1");
    return check_companion(a, "machine.bus.incoherent", "the protocol \"none\"", bus->protocol == HB_PROTOCOL_NONE) &&
           check_companion(a, "machine.bus.outstanding", "split: true", bus->split) &&
           check_companion(a, "machine.bus.slot_cycles", "the arbiter \"tdma\"", bus->arbiter == HB_ARBITER_TDMA) &&
           check_companion(a, "machine.bus.tickets", "the arbiter \"lottery\"", bus->arbiter == HB_ARBITER_LOTTERY) &&
           check_companion(a, "machine.bus.script", "the arbiter \"script\"", bus->arbiter == HB_ARBITER_SCRIPT) &&
           check_script(a) && settle_mutation(a);
}

/* ---- Statistics ------------------------------------------------------------------------------------------------ */

#define INTERVAL_CYCLES_MIN 100u

static bool settle_mark(const struct agreement *a, const char *place, struct hb_mark_config *mark) {
    const cJSON *node = hb_json_find(a->document, place);
    if (!node)
        return true;
    bool cycle = cJSON_GetObjectItemCaseSensitive(node, "cycle");
    bool tracepoint = cJSON_GetObjectItemCaseSensitive(node, "tracepoint");
    if (cycle == tracepoint)
        return refuse(a, place, "should have exactly one of cycle, tracepoint");
    if (cycle && cJSON_GetObjectItemCaseSensitive(node, "count"))
        return refuse(a, place, "count goes with tracepoint");
    mark->kind = cycle ? HB_MARK_CYCLE : HB_MARK_TRACEPOINT;
    return true;
}

static bool check_stats(const struct agreement *a) {
    struct hb_stats_config *stats = &a->config->stats;
    char text[96];
    if (!settle_mark(a, "stats.roi.from", &stats->from) || !settle_mark(a, "stats.roi.to", &stats->to))
        return false;
    uint64_t from = stats->from.kind == HB_MARK_CYCLE ? stats->from.cycle : 0;
    if (stats->to.kind == HB_MARK_CYCLE && stats->to.cycle <= from)
        return refuse(a, "stats.roi.to.cycle", "is not after the beginning of the region");
    if (stats->interval_cycles == 0 || stats->interval_cycles >= INTERVAL_CYCLES_MIN)
        return true;
    snprintf(text, sizeof text, "%" PRIu64 " is out of range: it should be 0, or at least %u", stats->interval_cycles,
             INTERVAL_CYCLES_MIN);
    return refuse(a, "stats.interval_cycles", text);
}

/* ---- Whole configurations -------------------------------------------------------------------------------------- */

bool hb_agree(const cJSON *document, const char *where, struct hb_config *config, struct hb_error *error) {
    struct agreement a = {document, where, config, error};
    if (config->memory.size_bytes % 4096 != 0)
        return refuse(&a, "machine.memory.size", "is not a multiple of 4KiB");
    return check_bus(&a) && check_caches(&a) && check_faults(&a) && check_replug(&a) && check_workload(&a) &&
           hb_agree_amp(document, where, config, error) && check_scheduler(&a) && check_stats(&a) && check_trace(&a);
}
