/* hartbeat bisect A.json B.json: the first cycle and place in which two runs differ. */
#include <inttypes.h>
#include <stdio.h>

#include "sim/experiment/experiment.h"
#include "sim/state/bisect.h"
#include "sim/state/kind.h"
#include "sim/state/place_text.h"
#include "ui/cli/commands.h"
#include "ui/cli/options.h"
#include "ui/cli/terminal/progress.h"

static struct hb_machine *build(const char *path, const struct hb_options *options, struct hb_experiment *experiment) {
    struct hb_error error;
    if (!hb_experiment_load(path, options->set, options->sets, experiment, &error)) {
        fprintf(stderr, "%s\n", error.text);
        return NULL;
    }
    if (!hb_experiment_is_one_run(experiment, "a bisection covers", &error)) {
        fprintf(stderr, "hartbeat bisect: %s\n", error.text);
        return NULL;
    }
    struct hb_machine *machine = hb_machine_create(&experiment->variant[0].config, &error);
    if (!machine)
        fprintf(stderr, "%s: %s\n", path, error.text);
    return machine;
}

static void print(const struct hb_machine *machine, const struct hb_difference *difference) {
    char text[128];
    hb_state_place_text(&difference->place, text, sizeof text);
    printf("first difference at the close of cycle %" PRIu64 ": %s", difference->cycle, text);
    if (difference->address != HB_NEVER) {
        hb_symbols_text(&machine->symbols, difference->address, text, sizeof text);
        printf(" at 0x%" PRIx64, difference->address);
        if (hb_symbols_at(&machine->symbols, difference->address, NULL))
            printf(" (%s)", text);
    }
    printf(": 0x%" PRIx64 " and 0x%" PRIx64 "\n", difference->left, difference->right);
}

static int compare(struct hb_machine *a, struct hb_machine *b) {
    struct hb_difference difference;
    uint64_t until = a->config.stop_cycles > b->config.stop_cycles ? a->config.stop_cycles : b->config.stop_cycles;
    struct hb_progress_line progress;
    hb_progress_clock(&progress, "comparing", false);
    const bool differ = hb_bisect(a, b, until, &difference);
    hb_progress_end(&progress);
    if (!differ) {
        printf("no difference up to cycle %" PRIu64 "\n", a->saved->cycle);
        return HB_EXIT_OK;
    }
    print(a, &difference);
    return HB_EXIT_FAILED;
}

static int refuse(void) {
    puts("the machines are of two kinds: no state of one can be compared with one of the other");
    return HB_EXIT_FAILED;
}

int hb_cmd_bisect(const struct hb_options *options) {
    struct hb_experiment experiment[2] = {0};
    struct hb_machine *machine[2] = {NULL, NULL};
    int status = HB_EXIT_USAGE;
    machine[0] = build(options->argument[0], options, &experiment[0]);
    if (machine[0])
        machine[1] = build(options->argument[1], options, &experiment[1]);
    if (machine[1]) {
        hb_kind_write(stdout, machine[0], machine[1]);
        status = hb_kind_is_one(machine[0], machine[1]) ? compare(machine[0], machine[1]) : refuse();
    }
    for (int i = 0; i < 2; i++) {
        hb_machine_destroy(machine[i]);
        hb_experiment_free(&experiment[i]);
    }
    return status;
}
