/* bench_restore [MILLISECONDS]: going back to a snapshot of smp4 and running 10 million cycles from there takes less
 * than that much processor time (the median of several; without a limit it is only printed). */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "sim/engine/run.h"
#include "sim/experiment/experiment.h"
#include "sim/machine/machine.h"
#include "sim/machine/snapshot.h"

#define FROM   2000000u
#define CYCLES 10000000u
#define RUNS   9

static double milliseconds(void) {
    struct timespec now;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return (double)now.tv_sec * 1e3 + (double)now.tv_nsec * 1e-6;
}

static int by_value(const void *a, const void *b) {
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static double seek(struct hb_machine *machine, const struct hb_snapshot *snapshot) {
    double from = milliseconds();
    hb_snapshot_restore(machine, snapshot);
    hb_machine_run(machine, FROM + CYCLES);
    return milliseconds() - from;
}

int main(int argc, char **argv) {
    static const char *const sets[] = {"os.workload.tasks=400"}; /* more than fit into these cycles */
    struct hb_experiment experiment;
    struct hb_error error = {.text = "the machine cannot be created"};
    double took[RUNS];
    struct hb_machine *machine = NULL;
    if (hb_experiment_load("smp4", sets, 1, &experiment, &error))
        machine = hb_machine_create(&experiment.variant[0].config, &error);
    if (!machine) {
        printf("%s\n", error.text);
        return 1;
    }
    hb_machine_run(machine, FROM);
    struct hb_snapshot *snapshot = hb_snapshot_take(machine);
    for (int i = 0; i < RUNS; i++)
        took[i] = seek(machine, snapshot);
    bool whole = machine->saved->cycle == FROM + CYCLES;
    qsort(took, RUNS, sizeof took[0], by_value);
    printf("%.1f ms (%.1f to %.1f), up to cycle %" PRIu64 "\n", took[RUNS / 2], took[0], took[RUNS - 1],
           machine->saved->cycle);
    hb_snapshot_free(snapshot);
    hb_machine_destroy(machine);
    hb_experiment_free(&experiment);
    return !whole || (argc > 1 && took[RUNS / 2] >= atof(argv[1]));
}
