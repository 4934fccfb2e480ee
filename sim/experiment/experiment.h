/* Experiments: JSON files become configurations.
 *
 * One table of keys (sim/config/keys.c) gives validation, defaults, `--set`, the JSON Schema in configs/schema/ and the
 * reference page docs/experiments.md. Unknown keys are errors and name the nearest known one; what the design and the
 * schema name but hartbeat does not implement yet is refused with the words "not built yet".
 *
 *     struct hb_experiment experiment;
 *     struct hb_error error;
 *     if (!hb_experiment_load("configs/smp4.json", sets, n, &experiment, &error)) ... error.text ...
 *     for (uint32_t i = 0; i < experiment.variants; i++) run(&experiment.variant[i].config);
 *     hb_experiment_free(&experiment);
 */
#ifndef HB_SIM_EXPERIMENT_H
#define HB_SIM_EXPERIMENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "bus/protocol/protocol.h"
#include "sim/base/error.h"
#include "sim/config/config.h"
#include "sim/machine/mem_trace.h"

struct hb_variant {
    char name[HB_NAME_BYTES]; /* empty: the experiment has no variants and this is the experiment itself */
    struct hb_config config;
    struct hb_config_lists lists;       /* what config points to */
    const struct hb_protocol *protocol; /* what config.bus.given points to, or NULL */
    char *text; /* the experiment with this variant's keys alone, as JSON: paths in it are relative to the working
                   directory. NULL for one that was made without a file (hb_experiment_for_program(), _for_traces()) */
};

struct hb_expectation {
    char *that;
    char *because; /* may be empty */
};

struct hb_experiment {
    char name[HB_NAME_BYTES];
    bool has_variants;
    uint32_t variants; /* at least 1 */
    struct hb_variant *variant;
    struct hb_mem_trace *mem_trace; /* what the variant's config.mem_trace points to; NULL: it runs a program */
    uint32_t expectations;
    struct hb_expectation *expectation; /* each parses and names only variants that exist */
};

/* Load and check a file, a bundled experiment by its name (sim/config/images.h), or with "-" standard input. `sets`: n
 * texts KEY=VALUE, applied last and to every variant; VALUE is JSON, else a string. The image exists and can be read,
 * but has not been inspected. False: `error` says FILE: PLACE: what is wrong and what would be right, and the
 * experiment is empty. */
bool hb_experiment_load(const char *path, const char *const *sets, size_t n, struct hb_experiment *experiment,
                        struct hb_error *error);

/* The same for the text of an experiment, for those who keep it elsewhere than in a file of its own. `file` is what
 * messages call it and what its paths are relative to. */
bool hb_experiment_load_text(const char *text, const char *file, const char *const *sets, size_t n,
                             struct hb_experiment *experiment, struct hb_error *error);

/* An experiment in memory with `image` (a path) alone, as `hartbeat exec` needs it: no cycle limit, no hang by
 * quiet_cycles, and one hart unless the machine or a setting says how many. `machine_path`: NULL, or a file that holds
 * a machine object or an experiment whose machine is taken. */
bool hb_experiment_for_program(const char *image, const char *machine_path, const char *const *sets, size_t n,
                               struct hb_experiment *experiment, struct hb_error *error);

/* Files of accesses, one per hart (sim/machine/mem_trace.h). */
struct hb_trace_files {
    const char *const *path;
    uint32_t n; /* 1 to HB_HARTS_LIMIT */
    enum hb_mem_format format;
};

/* The same for `hartbeat exec --mem-trace`: the files are read. There are as many harts as files unless the machine
 * says how many; those without a file are stopped. */
bool hb_experiment_for_traces(const struct hb_trace_files *files, const char *machine_path, const char *const *sets,
                              size_t n, struct hb_experiment *experiment, struct hb_error *error);

/* For uses that need a single run, named by `what` ("a bisection covers"). False: the experiment has variants, which
 * `error` names. */
bool hb_experiment_is_one_run(const struct hb_experiment *experiment, const char *what, struct hb_error *error);

void hb_experiment_free(struct hb_experiment *experiment);

/* Inspect the images: is each an ELF that this machine can load, and does it have the symbols that triggers name?
 * False: `error`. */
bool hb_experiment_check_images(const struct hb_experiment *experiment, struct hb_error *error);

/* Write what a bundled experiment shows, in a line; empty: its file does not say. */
void hb_experiment_about(const char *name, char *text, size_t bytes);

/* What is allowed but probably unintended, one line "warning: ..." each, such as a timeout that suspects healthy CPUs;
 * to be freed. Empty: nothing. NULL: out of memory. */
char *hb_experiment_warnings(const struct hb_experiment *experiment);

/* Of these only what the images themselves give cause for, once for each image. */
char *hb_experiment_image_warnings(const struct hb_experiment *experiment);

/* The JSON Schema and the reference page, made from the table of keys; to be freed. NULL: out of memory. */
char *hb_experiment_schema(void);
char *hb_experiment_reference(void);

#endif
