/* hartbeat bench: how many guest instructions a second this computer executes, summed over the harts. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "sim/config/images.h"
#include "sim/config/keys.h"
#include "sim/machine/machine.h"
#include "ui/cli/commands.h"
#include "ui/cli/options.h"
#include "ui/cli/progress.h"

#define RUNS_MAX 100

struct program {
    const char *name;
    const char *image;
};

/* The batch of the bundled kernel, and a bare-metal program with private work, a ticket lock, a falsely shared line and
 * barriers (tests/bench/contention). */
static const struct program programs[] = {{"batch", "smp"}, {"contention", "contention"}};

#define PROGRAMS (sizeof programs / sizeof programs[0])

struct measurement {
    uint64_t instructions, cycles;
    double seconds; /* median */
};

/* Processor time of this process: what other programs do on the computer then matters less than to a wall clock. The
 * emulator is one thread and does nothing but compute, so on an idle computer both are the same. */
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

static bool run_once(const struct hb_config *config, struct measurement *measured, struct hb_error *error) {
    struct hb_machine *machine = hb_machine_create(config, error);
    if (!machine)
        return false;
    double from = host_seconds();
    hb_machine_run(machine, UINT64_MAX);
    measured->seconds = host_seconds() - from;
    measured->instructions = retired(machine);
    measured->cycles = machine->saved->cycle;
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

static bool measure(const struct program *program, uint32_t harts, uint32_t runs, struct measurement *measured,
                    struct hb_error *error) {
    double seconds[RUNS_MAX];
    struct hb_config config;
    struct hb_progress_line progress;
    hb_config_defaults(&config);
    config.harts = harts;
    config.os.workload_tasks = 160;
    config.os.workload_work = 400;
    config.stop_quiet_cycles = 0; /* the first task ends later than the default allows */
    if (!hb_image_find(program->image, config.image, error))
        return false;
    hb_progress_begin(&progress, false);
    for (uint32_t i = 0; i < runs; i++) {
        hb_progress_show(&progress, program->name, measured->cycles, 100.0 * i / runs);
        if (!run_once(&config, measured, error))
            return false;
        seconds[i] = measured->seconds;
    }
    hb_progress_end(&progress);
    qsort(seconds, runs, sizeof seconds[0], by_value);
    measured->seconds = runs % 2 ? seconds[runs / 2] : (seconds[runs / 2 - 1] + seconds[runs / 2]) / 2;
    return true;
}

static void print(const struct program *program, uint32_t harts, const struct measurement *m, bool json, bool last) {
    double rate = (double)m->instructions / m->seconds / 1e6;
    if (json)
        printf("  {\"program\": \"%s\", \"engine\": \"lockstep\", \"harts\": %" PRIu32 ", \"instructions\": %" PRIu64
               ", \"cycles\": %" PRIu64 ", \"seconds\": %.4f, \"minstr_per_s\": %.2f}%s\n",
               program->name, harts, m->instructions, m->cycles, m->seconds, rate, last ? "" : ",");
    else
        printf("%-10s lockstep %2" PRIu32 " %12" PRIu64 " %12" PRIu64 " %8.3f %8.2f\n", program->name, harts,
               m->instructions, m->cycles, m->seconds, rate);
    fflush(stdout);
}

static int bench(uint32_t harts, uint32_t runs, bool json) {
    struct hb_error error;
    puts(json ? "[" : "# program  engine   harts instructions       cycles  seconds minstr_per_s");
    for (size_t i = 0; i < PROGRAMS; i++) {
        struct measurement measured = {0};
        if (!measure(&programs[i], harts, runs, &measured, &error)) {
            fprintf(stderr, "hartbeat bench: %s\n", error.text);
            return HB_EXIT_FAILED;
        }
        print(&programs[i], harts, &measured, json, i + 1 == PROGRAMS);
    }
    if (json)
        puts("]");
    return HB_EXIT_OK;
}

static bool knows_engine(const char *name) {
    const struct hb_key_name *engine = hb_key_find("engine")->names;
    while (engine->name && strcmp(engine->name, name) != 0)
        engine++;
    if (engine->name && engine->built)
        return true;
    fprintf(stderr, "hartbeat bench: --engine: \"%s\" is %s (lockstep is)\n", name,
            engine->name ? "not built yet" : "unknown");
    return false;
}

int hb_cmd_bench(const struct hb_options *options) {
    uint64_t harts = 4, runs = 5;
    if ((options->harts && !hb_options_number(options->harts, "--harts", &harts)) ||
        (options->runs && !hb_options_number(options->runs, "--runs", &runs)) ||
        (options->engine && !knows_engine(options->engine)))
        return HB_EXIT_USAGE;
    if (harts < 1 || harts > HB_HARTS_LIMIT || runs < 1 || runs > RUNS_MAX) {
        fprintf(stderr, "hartbeat bench: --harts takes 1 to %d, --runs 1 to %d\n", HB_HARTS_LIMIT, RUNS_MAX);
        return HB_EXIT_USAGE;
    }
    return bench((uint32_t)harts, (uint32_t)runs, options->json);
}
