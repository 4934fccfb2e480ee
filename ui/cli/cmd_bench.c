/* hartbeat bench: how many guest instructions a second this computer executes, summed over the harts. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "cpu/hart/checkpoint.h"
#include "sim/config/images.h"
#include "sim/config/keys.h"
#include "sim/engine/run.h"
#include "sim/machine/machine.h"
#include "sim/result/result.h"
#include "ui/cli/commands.h"
#include "ui/cli/options.h"
#include "ui/cli/terminal/progress.h"

#define RUNS_MAX 100

struct program {
    const char *name;
    const char *image;
    uint32_t harts;    /* 0: as asked */
    uint8_t workload;  /* HB_KIND_*, for the bundled kernel, */
    uint32_t work;     /* and how much its tasks have to do */
    const char *typed; /* on the console, to choose among the programs of an image; NULL: nothing */
};

/* The batch of the bundled kernel, and a bare-metal program with private work, a ticket lock, a falsely shared line,
 * and barriers (tests/bench/contention). */
static const struct program programs[] = {{"batch", "smp", 0, HB_KIND_BATCH, 400, NULL},
                                          {"contention", "contention", 0, 0, 0, NULL}};

#define PROGRAMS (sizeof programs / sizeof programs[0])

/* What engines are compared on: the same two, tasks of the kernel that fight for locks, the programs of
 * tests/bench/speed, and the batch on other numbers of harts. */
static const struct program compared[] = {
    /* each once: */
    {"batch", "smp", 4, HB_KIND_BATCH, 400, NULL},
    {"contention", "contention", 4, 0, 0, NULL},
    {"contend", "smp", 4, HB_KIND_CONTEND, 100, NULL},
    {"kernels", "speed", 4, 0, 0, "k"},
    {"stream", "speed", 4, 0, 0, "s"},
    {"storm", "speed", 8, 0, 0, "l"},
    {"idle", "speed", 8, 0, 0, "i"},
    /* and more of the batch: */
    {"batch", "smp", 1, HB_KIND_BATCH, 400, NULL},
    {"batch", "smp", 2, HB_KIND_BATCH, 400, NULL},
    {"batch", "smp", 8, HB_KIND_BATCH, 400, NULL},
    {"batch", "smp", 16, HB_KIND_BATCH, 400, NULL},
    {"batch", "smp", 32, HB_KIND_BATCH, 400, NULL},
};

#define COMPARED      (sizeof compared / sizeof compared[0])
#define COMPARED_ONCE 7

struct measurement {
    uint64_t instructions, cycles;
    double seconds; /* median */
    uint64_t requests;
    uint64_t taken_back, redone; /* how often a hart had run too far ahead, and how many instructions that cost */
    uint64_t translated;         /* instructions executed as code of the host, those thrown away included */
};

/* What is measured. */
struct plan {
    uint32_t harts; /* 0: each program's own number */
    uint32_t runs;
    enum hb_engine engine;
    bool json;
};

/* Processor time of this process, which other programs on the computer affect less than they do a wall clock. The
 * emulator is one thread that only computes, so on an idle computer both are the same. */
static double host_seconds(void) {
    struct timespec now;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return (double)now.tv_sec + (double)now.tv_nsec * 1e-9;
}

static uint64_t retired(const struct hb_machine *machine) {
    uint64_t sum = 0;
    for (uint32_t h = 0; h < machine->bus.harts; h++)
        sum += machine->hart[h].instructions;
    return sum;
}

static void count(const struct hb_machine *machine, struct measurement *measured) {
    measured->instructions = retired(machine);
    measured->cycles = machine->saved->cycle;
    measured->requests = measured->taken_back = measured->redone = measured->translated = 0;
    for (uint32_t h = 0; h < machine->bus.harts; h++) {
        measured->requests += machine->saved->bus.port[h].stats.requests;
        measured->taken_back += machine->cores.core[h].ahead->taken_back;
        measured->redone += machine->cores.core[h].ahead->redone;
        measured->translated += machine->cores.core[h].ahead->translated;
    }
}

static bool run_once(const struct hb_config *config, struct measurement *measured, struct hb_error *error) {
    struct hb_machine *machine = hb_machine_create(config, error);
    if (!machine)
        return false;
    double from = host_seconds();
    hb_machine_run(machine, UINT64_MAX);
    measured->seconds = host_seconds() - from;
    count(machine, measured);
    bool passed = machine->saved->outcome == HB_OUTCOME_PASSED;
    if (!passed)
        hb_error_set(error, "%s: the benchmark itself did not pass", config->image);
    hb_machine_destroy(machine);
    return passed;
}

static int by_value(const void *a, const void *b) {
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static double median(double *value, uint32_t n) {
    qsort(value, n, sizeof value[0], by_value);
    return n % 2 ? value[n / 2] : (value[n / 2 - 1] + value[n / 2]) / 2;
}

/* `typed` must outlive the configuration. */
static bool configure(const struct program *program, const struct plan *plan, struct hb_config *config,
                      struct hb_input_config *typed, struct hb_error *error) {
    hb_config_defaults(config);
    config->engine = (uint8_t)plan->engine;
    config->harts = plan->harts;
    config->os.group[0].kind = program->workload;
    config->os.group[0].tasks = 160;
    config->os.group[0].work = program->work;
    hb_config_settle_groups(config);
    *typed = (struct hb_input_config){.text = program->typed};
    config->inputs = typed;
    config->n_inputs = program->typed != NULL;
    return hb_image_find(program->image, config->image, error);
}

static bool measure(const struct program *program, const struct plan *plan, struct measurement *measured,
                    struct hb_error *error) {
    double seconds[RUNS_MAX];
    struct hb_config config;
    struct hb_input_config typed;
    struct hb_progress_line progress;
    if (!configure(program, plan, &config, &typed, error))
        return false;
    hb_progress_begin(&progress, false);
    for (uint32_t i = 0; i < plan->runs; i++) {
        hb_progress_show(&progress, program->name, measured->cycles, 100.0 * i / plan->runs);
        if (!run_once(&config, measured, error))
            return false;
        seconds[i] = measured->seconds;
    }
    hb_progress_end(&progress);
    measured->seconds = median(seconds, plan->runs);
    return true;
}

static void print(const struct program *program, const struct plan *plan, const struct measurement *m, bool last) {
    const char *engine = hb_engine_name(plan->engine);
    double rate = (double)m->instructions / m->seconds / 1e6;
    if (plan->json)
        printf("  {\"program\": \"%s\", \"engine\": \"%s\", \"harts\": %" PRIu32 ", \"instructions\": %" PRIu64
               ", \"cycles\": %" PRIu64 ", \"seconds\": %.4f, \"minstr_per_s\": %.2f}%s\n",
               program->name, engine, plan->harts, m->instructions, m->cycles, m->seconds, rate, last ? "" : ",");
    else
        printf("%-10s %-8s %2" PRIu32 " %12" PRIu64 " %12" PRIu64 " %8.3f %8.2f\n", program->name, engine, plan->harts,
               m->instructions, m->cycles, m->seconds, rate);
    fflush(stdout);
}

static int bench(const struct plan *plan) {
    struct hb_error error;
    puts(plan->json ? "[" : "# program  engine   harts instructions       cycles  seconds minstr_per_s");
    for (size_t i = 0; i < PROGRAMS; i++) {
        struct measurement measured = {0};
        if (!measure(&programs[i], plan, &measured, &error)) {
            fprintf(stderr, "hartbeat bench: %s\n", error.text);
            return HB_EXIT_FAILED;
        }
        print(&programs[i], plan, &measured, i + 1 == PROGRAMS);
    }
    if (plan->json)
        puts("]");
    return HB_EXIT_OK;
}

/* ---- Comparing ------------------------------------------------------------------------------------------------- */

struct comparison {
    struct plan side[2]; /* lockstep, and the engine that was asked for */
    struct measurement measured[2];
    double ratio[RUNS_MAX]; /* of pairs, in rising order */
    double middle;
};

/* Both engines in turn, so that what else the computer does meanwhile affects both: ratios are those of pairs. */
static bool run_pairs(const struct program *program, struct comparison *c, struct hb_error *error) {
    double seconds[2][RUNS_MAX];
    const uint32_t runs = c->side[0].runs;
    struct hb_config config;
    struct hb_input_config typed;
    for (uint32_t i = 0; i < runs; i++) {
        for (uint32_t k = 0; k < 2; k++) {
            if (!configure(program, &c->side[k], &config, &typed, error) || !run_once(&config, &c->measured[k], error))
                return false;
            seconds[k][i] = c->measured[k].seconds;
        }
        c->ratio[i] = seconds[0][i] / seconds[1][i];
    }
    for (uint32_t k = 0; k < 2; k++)
        c->measured[k].seconds = median(seconds[k], runs);
    c->middle = median(c->ratio, runs);
    return true;
}

static double percent(uint64_t part, const struct measurement *m) {
    return 100.0 * (double)part / (double)(m->instructions + m->redone);
}

static void print_comparison(const struct program *program, const struct comparison *c, bool last) {
    const struct measurement *fast = &c->measured[1];
    const uint32_t runs = c->side[1].runs;
    const double ns = fast->seconds * 1e9 / (double)fast->requests;
    if (c->side[1].json) {
        printf("  {\"program\": \"%s\", \"compared\": \"%s\", \"harts\": %" PRIu32
               ", \"ratio\": %.3f, \"least\": %.3f, \"most\": %.3f, \"requests\": %" PRIu64
               ", \"ns_per_request\": %.1f, \"taken_back\": %" PRIu64 ", \"redone\": %" PRIu64
               ", \"translated\": %.4f}%s\n",
               program->name, hb_engine_name(c->side[1].engine), c->side[1].harts, c->middle, c->ratio[0],
               c->ratio[runs - 1], fast->requests, ns, fast->taken_back, fast->redone,
               percent(fast->translated, fast) / 100, last ? "" : ",");
        return;
    }
    printf("# %s: %.2f times as fast (%.2f to %.2f); %" PRIu64 " requests, %.0f ns each; taken back %" PRIu64
           " times, %.2f %% of instructions executed again; %.1f %% translated\n",
           program->name, c->middle, c->ratio[0], c->ratio[runs - 1], fast->requests, ns, fast->taken_back,
           percent(fast->redone, fast), percent(fast->translated, fast));
}

static bool compare_one(const struct program *program, const struct plan *plan, bool last, struct hb_error *error) {
    struct comparison c = {.side = {*plan, *plan}};
    c.side[0].engine = HB_ENGINE_LOCKSTEP;
    for (uint32_t k = 0; k < 2; k++)
        c.side[k].harts = plan->harts ? plan->harts : program->harts;
    if (!run_pairs(program, &c, error))
        return false;
    for (uint32_t k = 0; k < 2; k++)
        print(program, &c.side[k], &c.measured[k], false);
    print_comparison(program, &c, last);
    fflush(stdout);
    return true;
}

/* Every program on its number of harts, or each once on the number that was asked for. */
static int compare(const struct plan *plan) {
    struct hb_error error;
    const size_t n = plan->harts ? COMPARED_ONCE : COMPARED;
    puts(plan->json ? "[" : "# program  engine   harts instructions       cycles  seconds minstr_per_s");
    for (size_t i = 0; i < n; i++) {
        if (!compare_one(&compared[i], plan, i + 1 == n, &error)) {
            fprintf(stderr, "hartbeat bench: %s\n", error.text);
            return HB_EXIT_FAILED;
        }
    }
    if (plan->json)
        puts("]");
    return HB_EXIT_OK;
}

/* The engine of that name, or the one that runs have by default. False: there is none. */
static bool find_engine(const char *name, enum hb_engine *engine) {
    uint64_t number = HB_ENGINE_FAST;
    const struct hb_key *key = hb_key_find("engine");
    hb_key_default(key, &number);
    const struct hb_key_name *known = key->names;
    while (name && known->name && strcmp(known->name, name) != 0)
        known++;
    *engine = name ? (enum hb_engine)known->value : (enum hb_engine)number;
    if (!name || known->name)
        return true;
    fprintf(stderr, "hartbeat bench: --engine: \"%s\" is unknown; did you mean %s?\n", name,
            hb_key_nearest_name(key->names, name));
    return false;
}

int hb_cmd_bench(const struct hb_options *options) {
    uint64_t harts = 4, runs = options->compare ? 3 : 5;
    enum hb_engine engine;
    if ((options->harts && !hb_options_number(options->harts, "--harts", &harts)) ||
        (options->runs && !hb_options_number(options->runs, "--runs", &runs)) || !find_engine(options->engine, &engine))
        return HB_EXIT_USAGE;
    if (harts < 1 || harts > HB_HARTS_LIMIT || runs < 1 || runs > RUNS_MAX) {
        fprintf(stderr, "hartbeat bench: --harts takes 1 to %d, --runs 1 to %d\n", HB_HARTS_LIMIT, RUNS_MAX);
        return HB_EXIT_USAGE;
    }
    struct plan plan = {(uint32_t)harts, (uint32_t)runs, engine, options->json};
    if (options->compare && !options->harts)
        plan.harts = 0;
    return options->compare ? compare(&plan) : bench(&plan);
}
