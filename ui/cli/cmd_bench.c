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
#include "ui/cli/progress.h"

#define RUNS_MAX 100

struct program {
    const char *name;
    const char *image;
};

/* The batch of the bundled kernel, and a bare-metal program with private work, a ticket lock, a falsely shared line,
 * and barriers (tests/bench/contention). */
static const struct program programs[] = {{"batch", "smp"}, {"contention", "contention"}};

#define PROGRAMS (sizeof programs / sizeof programs[0])

struct measurement {
    uint64_t instructions, cycles;
    double seconds; /* median */
    uint64_t requests;
    uint64_t taken_back, redone; /* how often a hart had run too far ahead, and how many instructions that cost */
};

/* What is measured. */
struct plan {
    uint32_t harts, runs;
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
    measured->requests = measured->taken_back = measured->redone = 0;
    for (uint32_t h = 0; h < machine->bus.harts; h++) {
        measured->requests += machine->saved->bus.port[h].stats.requests;
        measured->taken_back += machine->cores.core[h].ahead->taken_back;
        measured->redone += machine->cores.core[h].ahead->redone;
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

static bool configure(const struct program *program, const struct plan *plan, struct hb_config *config,
                      struct hb_error *error) {
    hb_config_defaults(config);
    config->engine = (uint8_t)plan->engine;
    config->harts = plan->harts;
    config->os.workload_tasks = 160;
    config->os.workload_work = 400;
    return hb_image_find(program->image, config->image, error);
}

static bool measure(const struct program *program, const struct plan *plan, struct measurement *measured,
                    struct hb_error *error) {
    double seconds[RUNS_MAX];
    struct hb_config config;
    struct hb_progress_line progress;
    if (!configure(program, plan, &config, error))
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

/* Both engines in turn, so that what else the computer does meanwhile falls on both: the median of ratios of pairs. */
static bool compare_one(const struct program *program, const struct plan *plan, struct hb_error *error) {
    double ratio[RUNS_MAX], seconds[2][RUNS_MAX];
    struct plan side[2] = {*plan, *plan};
    struct measurement measured[2] = {0};
    side[0].engine = HB_ENGINE_LOCKSTEP;
    for (uint32_t i = 0; i < plan->runs; i++) {
        for (uint32_t k = 0; k < 2; k++) {
            struct hb_config config;
            if (!configure(program, &side[k], &config, error) || !run_once(&config, &measured[k], error))
                return false;
            seconds[k][i] = measured[k].seconds;
        }
        ratio[i] = seconds[0][i] / seconds[1][i];
    }
    for (uint32_t k = 0; k < 2; k++) {
        measured[k].seconds = median(seconds[k], plan->runs);
        print(program, &side[k], &measured[k], false);
    }
    const struct measurement *fast = &measured[1];
    double middle = median(ratio, plan->runs);
    printf("# %s: %.2f times as fast (%.2f to %.2f); %" PRIu64 " requests, %.0f ns each; taken back %" PRIu64
           " times, %.2f %% of instructions executed again\n",
           program->name, middle, ratio[0], ratio[plan->runs - 1], fast->requests,
           fast->seconds * 1e9 / (double)fast->requests, fast->taken_back,
           100.0 * (double)fast->redone / (double)fast->instructions);
    return true;
}

static int compare(const struct plan *plan) {
    struct hb_error error;
    puts("# program  engine   harts instructions       cycles  seconds minstr_per_s");
    for (size_t i = 0; i < PROGRAMS; i++) {
        if (!compare_one(&programs[i], plan, &error)) {
            fprintf(stderr, "hartbeat bench: %s\n", error.text);
            return HB_EXIT_FAILED;
        }
    }
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
    uint64_t harts = 4, runs = 5;
    enum hb_engine engine;
    if ((options->harts && !hb_options_number(options->harts, "--harts", &harts)) ||
        (options->runs && !hb_options_number(options->runs, "--runs", &runs)) || !find_engine(options->engine, &engine))
        return HB_EXIT_USAGE;
    if (harts < 1 || harts > HB_HARTS_LIMIT || runs < 1 || runs > RUNS_MAX) {
        fprintf(stderr, "hartbeat bench: --harts takes 1 to %d, --runs 1 to %d\n", HB_HARTS_LIMIT, RUNS_MAX);
        return HB_EXIT_USAGE;
    }
    struct plan plan = {(uint32_t)harts, (uint32_t)runs, engine, options->json};
    return options->compare ? compare(&plan) : bench(&plan);
}
