/* seek CYCLES JUMPS: seeded jumps through a run of so many cycles of configs/smp4.json in which two CPUs die. Wherever
 * the dashboard goes, the machine is that of an unbroken run: its state hash is the same. Prints how long the jumps
 * took and how much memory the process has used, and holds both against what is promised. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "sim/engine/run.h"
#include "sim/experiment/experiment.h"
#include "sim/machine/state_hash.h"
#include "ui/dashboard/app/app.h"
#include "ui/dashboard/source/machine_session.h"

#define MEDIAN_SECONDS 0.1
#define WORST_SECONDS  0.25
#define MEMORY_KIB     (600u << 10)
#define SEED           1

struct jump {
    uint64_t cycle, hash;
};

static uint64_t mix(uint64_t x) { /* splitmix64 */
    x += 0x9e3779b97f4a7c15u;
    x = (x ^ x >> 30) * 0xbf58476d1ce4e5b9u;
    x = (x ^ x >> 27) * 0x94d049bb133111ebu;
    return x ^ x >> 31;
}

static _Noreturn void fail(const char *what) {
    printf("seek: %s\n", what);
    exit(1);
}

static int by_cycle(const void *a, const void *b) {
    const struct jump *const *left = a, *const *right = b;
    return ((*left)->cycle > (*right)->cycle) - ((*left)->cycle < (*right)->cycle);
}

static int by_size(const void *a, const void *b) {
    return (*(const double *)a > *(const double *)b) - (*(const double *)a < *(const double *)b);
}

static void load(uint64_t cycles, struct hb_experiment *experiment) {
    char stop[48], faults[240];
    struct hb_error error;
    snprintf(stop, sizeof stop, "stop.cycles=%" PRIu64, cycles + 1);
    snprintf(faults, sizeof faults,
             "faults=[{\"target\":{\"hart\":2},\"trigger\":{\"cycle\":%" PRIu64 "}},"
             "{\"target\":{\"hart\":3},\"trigger\":{\"cycle\":%" PRIu64 "}}]", /* a lost cache might end the run */
             cycles / 3, cycles / 2);
    const char *const sets[] = {stop, faults, "os.workload.tasks=2048"};
    if (!hb_experiment_load(HB_SOURCE_DIR "/configs/smp4.json", sets, 3, experiment, &error))
        fail(error.text);
}

/* One run from start to end, which stops at each of the places. */
static void note_hashes(const struct hb_config *config, struct jump *jump, uint32_t jumps) {
    struct hb_error error;
    struct jump **sorted = malloc(jumps * sizeof *sorted);
    struct hb_machine *machine = hb_machine_create(config, &error);
    if (machine == NULL || sorted == NULL)
        fail("the machine cannot be built");
    for (uint32_t i = 0; i < jumps; i++)
        sorted[i] = &jump[i];
    qsort(sorted, jumps, sizeof(struct jump *), by_cycle);
    for (uint32_t i = 0; i < jumps; i++) {
        hb_machine_run(machine, sorted[i]->cycle);
        sorted[i]->hash = hb_state_hash(machine);
    }
    hb_machine_destroy(machine);
    free(sorted);
}

static unsigned memory_kib(void) {
    unsigned kib = 0;
    char line[128];
    FILE *in = fopen("/proc/self/status", "r");
    while (in != NULL && fgets(line, sizeof line, in) != NULL)
        if (sscanf(line, "VmHWM: %u kB", &kib) == 1)
            break;
    if (in != NULL)
        fclose(in);
    return kib;
}

/* Gives whether the jumps were as fast as promised. */
static bool report(struct hb_app *app, double *seconds, uint32_t jumps) {
    qsort(seconds, jumps, sizeof *seconds, by_size);
    double median = seconds[jumps / 2], worst = seconds[jumps - 1];
    unsigned kib = memory_kib();
    printf("seek: %" PRIu32 " jumps: median %.1f ms, worst %.1f ms; %u MiB, %" PRIu32 " keyframes every %" PRIu64
           " cycles, %" PRIu64 " MiB\n",
           jumps, median * 1e3, worst * 1e3, kib >> 10, app->frames.count, app->frames.interval,
           app->session->ops->snapshots_bytes(app->session->self) >> 20);
    return median < MEDIAN_SECONDS && worst < WORST_SECONDS && kib <= MEMORY_KIB;
}

int main(int argc, char **argv) {
    static struct hb_app app;
    struct hb_experiment experiment;
    struct hb_metrics metrics;
    struct hb_error error;
    uint64_t cycles = argc == 3 ? strtoull(argv[1], NULL, 10) : 0;
    uint32_t jumps = argc == 3 ? (uint32_t)strtoul(argv[2], NULL, 10) : 0;
    if (access(HB_BINARY_DIR "/images/smp.elf", R_OK) != 0) {
        puts("images/smp.elf is not built: there is no guest to run");
        return 77;
    }
    if (cycles == 0 || jumps == 0)
        fail("usage: seek CYCLES JUMPS");
    struct jump *jump = malloc(jumps * sizeof *jump);
    double *seconds = malloc(jumps * sizeof *seconds);
    if (jump == NULL || seconds == NULL)
        fail("no memory");
    for (uint32_t i = 0; i < jumps; i++)
        jump[i].cycle = mix(SEED ^ i) % cycles;
    load(cycles, &experiment);
    note_hashes(&experiment.variant[0].config, jump, jumps);
    hb_metrics_fixed(&metrics, 18);
    struct hb_session *session = hb_session_open(&experiment.variant[0].config, &error);
    if (session == NULL || !hb_app_begin(&app, session, &metrics))
        fail("the dashboard does not open");
    double begin = hb_app_host_seconds();
    hb_app_run_to(&app, cycles, 0);
    printf("seek: %" PRIu64 " cycles in %.1f s\n", hb_app_cycle(&app), hb_app_host_seconds() - begin);
    if (hb_app_cycle(&app) != cycles)
        fail("the run has ended before its time");
    for (uint32_t i = 0; i < jumps; i++) {
        double from = hb_app_host_seconds();
        hb_app_seek(&app, jump[i].cycle);
        seconds[i] = hb_app_host_seconds() - from;
        if (hb_app_cycle(&app) != jump[i].cycle || session->ops->hash(session->self) != jump[i].hash)
            fail("a jump has led to another machine than that of the unbroken run");
    }
    bool ok = report(&app, seconds, jumps);
    hb_app_close(&app);
    hb_session_close(session);
    hb_experiment_free(&experiment);
    free(jump);
    free(seconds);
    return ok ? 0 : 1;
}
