/* Inspecting the images of an experiment: can they be loaded, and do the experiment's figures fit them? */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bus/devices/memory_map.h"
#include "bus/verify/story.h"
#include "bus/verify/verify.h"
#include "sim/config/fault_models.h"
#include "sim/config/heartbeat.h"
#include "sim/config/image_fits.h"
#include "sim/config/images.h"
#include "sim/experiment/experiment.h"

/* Loading is only tried: what would be written is discarded. */
static bool let_go(void *context, uint64_t address, const void *bytes, uint64_t n) {
    (void)context, (void)address, (void)bytes, (void)n;
    return true;
}

static bool look_into(const struct hb_config *config, struct hb_elf *elf, struct hb_symbols *symbols,
                      struct hb_error *error) {
    char message[HB_ERROR_BYTES];
    const struct hb_elf_target target = hb_image_target(config->memory.size_bytes, let_go, NULL);
    if (hb_elf_load(config->image, &target, elf, symbols, message, sizeof message) == HB_ELF_OK)
        return true;
    hb_error_set(error, "%s", message);
    return false;
}

/* ---- Errors ---------------------------------------------------------------------------------------------------- */

static bool check_triggers(const struct hb_config *config, const struct hb_symbols *symbols, struct hb_error *error) {
    for (uint32_t f = 0; f < config->n_faults; f++) {
        const struct hb_fault_config *fault = &config->faults[f];
        uint64_t address;
        const char *wrong =
            hb_trigger[fault->trigger].by_symbol ? hb_symbols_place(symbols, fault->symbol, &address) : NULL;
        if (!wrong)
            continue;
        hb_error_set(error, "faults.%" PRIu32 ".trigger: \"%s\" %s (%.200s)", f, fault->symbol, wrong, config->image);
        return false;
    }
    return true;
}

static bool check_trace_lines(const struct hb_config *config, const struct hb_symbols *symbols,
                              struct hb_error *error) {
    for (uint32_t i = 0; i < config->trace.lines; i++) {
        uint64_t address;
        const char *wrong = hb_symbols_place(symbols, config->trace.line[i], &address);
        if (!wrong && address - HB_RAM_BASE >= config->memory.size_bytes)
            wrong = "is not in RAM";
        if (!wrong)
            continue;
        hb_error_set(error, "trace.lines.%" PRIu32 ": \"%s\" %s (%.200s)", i, config->trace.line[i], wrong,
                     config->image);
        return false;
    }
    return true;
}

bool hb_experiment_check_images(const struct hb_experiment *experiment, struct hb_error *error) {
    bool ok = true;
    for (uint32_t i = 0; ok && i < experiment->variants; i++) {
        const struct hb_config *config = &experiment->variant[i].config;
        struct hb_elf elf;
        struct hb_symbols symbols = {0};
        ok = look_into(config, &elf, &symbols, error) && hb_image_fits(config, &elf, &symbols, error) &&
             check_triggers(config, &symbols, error) && check_trace_lines(config, &symbols, error);
        hb_symbols_free(&symbols);
    }
    return ok;
}

/* ---- Warnings -------------------------------------------------------------------------------------------------- */

struct warnings {
    char *text;
    size_t used;
};

static void warn(struct warnings *warnings, const struct hb_variant *variant, const char *line) {
    size_t more = strlen("warning: ") + strlen(variant->name) + strlen(line) + 4;
    char *text = warnings->text ? realloc(warnings->text, warnings->used + more) : NULL;
    if (!text) {
        free(warnings->text);
        warnings->text = NULL;
        return;
    }
    warnings->text = text;
    int n =
        snprintf(text + warnings->used, more, "warning: %s%s%s\n", variant->name, variant->name[0] ? ": " : "", line);
    warnings->used += n > 0 ? (size_t)n : 0;
}

static bool is_new_image(const struct hb_experiment *experiment, uint32_t variant) {
    uint32_t i = 0;
    while (strcmp(experiment->variant[i].config.image, experiment->variant[variant].config.image) != 0)
        i++;
    return i == variant;
}

static void warn_of_images(struct warnings *warnings, const struct hb_experiment *experiment) {
    static const struct hb_variant nobody; /* the line names the file */
    char line[HB_ERROR_BYTES];
    for (uint32_t i = 0; i < experiment->variants; i++) {
        const struct hb_config *config = &experiment->variant[i].config;
        struct hb_elf elf;
        struct hb_symbols symbols = {0};
        if (is_new_image(experiment, i) && look_into(config, &elf, &symbols, NULL) &&
            hb_image_is_partly_outside(config->image, &elf, line, sizeof line))
            warn(warnings, &nobody, line);
        hb_symbols_free(&symbols);
    }
}

static void warn_of_timeout(struct warnings *warnings, const struct hb_variant *variant) {
    const struct hb_params *os = &variant->config.os;
    const uint64_t least = hb_heartbeat_least_timeout_cycles(&variant->config);
    char line[HB_ERROR_BYTES];
    if (os->heartbeat_timeout_cycles >= least)
        return;
    snprintf(line, sizeof line,
             "os.heartbeat.timeout_cycles: %" PRIu64 " is less than %" PRIu64 ", which is the period and the %" PRIu64
             " cycles that may lie between two beats of a healthy CPU on this machine; healthy CPUs may be suspected",
             os->heartbeat_timeout_cycles, least, least - os->heartbeat_period_cycles);
    warn(warnings, variant, line);
}

static void warn_of_heartbeat(struct warnings *warnings, const struct hb_variant *variant) {
    const struct hb_params *os = &variant->config.os;
    if (os->recovery_detect == HB_DETECT_NONE)
        return;
    if (os->heartbeat_period_cycles == 0) {
        warn(warnings, variant, "os.heartbeat.period_cycles: 0 turns heartbeats off, so no dead CPU is found");
        return;
    }
    warn_of_timeout(warnings, variant);
    if (hb_heartbeat_is_unbounded(&variant->config))
        warn(warnings, variant,
             "machine.bus.arbiter: \"fixed\" lets the last of more than 4 CPUs wait without a bound; healthy CPUs may "
             "be "
             "suspected");
}

static void warn_of_faults(struct warnings *warnings, const struct hb_variant *variant) {
    const struct hb_config *config = &variant->config;
    char line[HB_ERROR_BYTES];
    for (uint32_t f = 0; f < config->n_faults; f++) {
        if (config->faults[f].trigger != HB_TRIGGER_CYCLE || config->faults[f].cycle < config->stop_cycles)
            continue;
        snprintf(line, sizeof line,
                 "faults.%" PRIu32 ".trigger.cycle: %" PRIu64 " is not reached, because the run stops at %" PRIu64, f,
                 config->faults[f].cycle, config->stop_cycles);
        warn(warnings, variant, line);
    }
}

static bool has_share(const struct hb_params *os) {
    for (uint32_t g = 0; g < os->workload_groups; g++)
        if (os->group[g].kind == HB_KIND_SHARE)
            return true;
    return false;
}

/* The kernel starts what a dead CPU leaves behind from its beginning; the counters know nothing of that. */
static void warn_of_share(struct warnings *warnings, const struct hb_variant *variant) {
    const struct hb_config *config = &variant->config;
    for (uint32_t f = 0; f < config->n_faults; f++) {
        if (!(hb_fault_model[config->faults[f].terms.model].flags & HB_MODEL_KILLS))
            continue;
        if (has_share(&config->os))
            warn(warnings, variant,
                 "os.workload.kind: share: a task that is started again after a CPU has died counts its increments "
                 "twice; os.increments_counted may be more than os.increments_expected");
        return;
    }
}

/* A protocol of the user's own is worth a short search; it may be wrong on purpose. */
static void warn_of_protocol(struct warnings *warnings, const struct hb_variant *variant) {
    const struct hb_bus_config *bus = &variant->config.bus;
    struct hb_verify_result result;
    char line[HB_ERROR_BYTES];
    if (bus->protocol != HB_PROTOCOL_GIVEN || bus->mutation)
        return;
    struct hb_verify_options options = {.protocol = bus->given, .caches = 2, .lines = 1, .split = bus->split};
    if (!hb_verify(&options, &result))
        return;
    snprintf(line, sizeof line, "machine.bus.protocol: %s: %s; hartbeat protocol FILE --verify shows how",
             bus->given->name, hb_verify_story_found((enum hb_flaw_found)result.found));
    if (result.found != HB_FOUND_NOTHING)
        warn(warnings, variant, line);
    hb_verify_free(&result);
}

char *hb_experiment_image_warnings(const struct hb_experiment *experiment) {
    struct warnings warnings = {.text = calloc(1, 1)};
    warn_of_images(&warnings, experiment);
    return warnings.text;
}

char *hb_experiment_warnings(const struct hb_experiment *experiment) {
    struct warnings warnings = {.text = calloc(1, 1)};
    warn_of_images(&warnings, experiment);
    for (uint32_t i = 0; i < experiment->variants; i++) {
        struct hb_elf elf;
        struct hb_symbols symbols = {0};
        if (look_into(&experiment->variant[i].config, &elf, &symbols, NULL) && elf.has_note)
            warn_of_heartbeat(&warnings, &experiment->variant[i]);
        warn_of_faults(&warnings, &experiment->variant[i]);
        warn_of_share(&warnings, &experiment->variant[i]);
        warn_of_protocol(&warnings, &experiment->variant[i]);
        hb_symbols_free(&symbols);
    }
    return warnings.text;
}
