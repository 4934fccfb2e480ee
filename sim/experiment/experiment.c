#include "sim/experiment/experiment.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "sim/base/json.h"
#include "sim/base/nearest.h"
#include "sim/config/agree.h"
#include "sim/config/document.h"
#include "sim/config/fault_models.h"
#include "sim/config/grants.h"
#include "sim/config/images.h"
#include "sim/config/keys.h"
#include "sim/config/protocol_file.h"
#include "sim/result/expect.h"

#define WHERE_BYTES  320
#define VARIANTS_MAX 256
#define EXPECTS_MAX  1000

/* What the user gave, while it is made into an experiment. */
struct source {
    const char *file; /* the file's name, for messages and for paths that are relative to it */
    const char *const *sets;
    size_t n_sets;
    struct hb_error *error;
};

/* ---- Images ---------------------------------------------------------------------------------------------------- */

static bool sets_key(const struct source *source, const char *key) {
    size_t n = strlen(key);
    for (size_t i = 0; i < source->n_sets; i++)
        if (strncmp(source->sets[i], key, n) == 0 && (source->sets[i][n] == '=' || source->sets[i][n] == '.'))
            return true;
    return false;
}

/* A path in a file, the value of `key`, is relative to that file; one on the command line is relative to the working
 * directory. */
static bool relative_path(const struct source *source, const char *key, const char *name, char path[HB_PATH_BYTES]) {
    const char *slash = source->file ? strrchr(source->file, '/') : NULL;
    int folder = name[0] == '/' || sets_key(source, key) || !slash ? 0 : (int)(slash - source->file + 1);
    int n = snprintf(path, HB_PATH_BYTES, "%.*s%s", folder, source->file ? source->file : "", name);
    return n < HB_PATH_BYTES;
}

static void refuse_image(const char *name, const char *path, struct hb_error *error) {
    const char *why = strerror(errno);
    struct hb_nearest nearest = {.word = name};
    const struct hb_image *image;
    for (size_t i = 0; (image = hb_image_at(i)); i++)
        hb_nearest_try(&nearest, image->name);
    const char *found = hb_nearest_found(&nearest);
    hb_error_set(error, "%.300s: cannot be read: %s%s%s%s", path, why, found ? " (did you mean \"" : "",
                 found ? found : "", found ? "\"?)" : "");
}

static bool resolve_image(const struct source *source, struct hb_config *config, const char *where) {
    char path[HB_PATH_BYTES];
    struct hb_error error = {.text = ""};
    if (config->image[0] == 0) {
        hb_error_set(source->error, "%s: image: is missing: \"smp\", \"amp\" or the path of an ELF", where);
        return false;
    }
    bool found;
    if (hb_image_is_bundled(config->image)) {
        found = hb_image_find(hb_image_variant(config), path, &error);
    } else {
        found = relative_path(source, "image", config->image, path) && access(path, R_OK) == 0;
        refuse_image(config->image, path, &error);
    }
    if (found)
        snprintf(config->image, sizeof config->image, "%s", path);
    else
        hb_error_set(source->error, "%s: image: %s", where, error.text);
    return found;
}

/* ---- Protocols ------------------------------------------------------------------------------------------------- */

static bool resolve_protocol(const struct source *source, struct hb_variant *variant, const char *where) {
    struct hb_config *config = &variant->config;
    char path[HB_PATH_BYTES];
    struct hb_error error = {.text = "the path is too long"};
    hb_protocol_free(variant->protocol);
    variant->protocol = NULL;
    if (config->bus.protocol != HB_PROTOCOL_GIVEN)
        return true;
    if (relative_path(source, "machine.bus.protocol", config->protocol_file, path))
        variant->protocol = hb_protocol_load(path, &error);
    config->bus.given = variant->protocol;
    if (!variant->protocol)
        hb_error_set(source->error, "%s: machine.bus.protocol: %s", where, error.text);
    return variant->protocol != NULL;
}

/* ---- Orders of grants ------------------------------------------------------------------------------------------ */

static bool resolve_script(const struct source *source, struct hb_variant *variant, const char *where) {
    struct hb_config *config = &variant->config;
    char path[HB_PATH_BYTES];
    struct hb_error error = {.text = "the path is too long"};
    if (!config->script_file[0])
        return true;
    if (!relative_path(source, "machine.bus.script", config->script_file, path) ||
        !hb_grants_load(path, &variant->lists.script, &config->bus.script_length, &error)) {
        hb_error_set(source->error, "%s: machine.bus.script: %s", where, error.text);
        return false;
    }
    config->bus.script = variant->lists.script;
    return true;
}

/* ---- Disks ----------------------------------------------------------------------------------------------------- */

static bool resolve_disk(const struct source *source, struct hb_variant *variant, const char *where) {
    struct hb_config *config = &variant->config;
    char path[HB_PATH_BYTES];
    if (!config->disk_file[0])
        return true;
    if (!relative_path(source, "machine.disk", config->disk_file, path) || access(path, R_OK) != 0) {
        hb_error_set(source->error, "%s: machine.disk: %.300s: cannot be read: %s", where, path, strerror(errno));
        return false;
    }
    config->disk = variant->lists.disk = strdup(path);
    if (!config->disk)
        hb_error_set(source->error, "the host does not have enough memory");
    return config->disk != NULL;
}

/* ---- Text ------------------------------------------------------------------------------------------------------ */

/* Paths are as they were resolved: the text may be read again from another folder. */
static bool set_path(cJSON *document, const char *key, const char *path, struct hb_error *error) {
    cJSON *value = cJSON_CreateString(path);
    return value && hb_document_set(document, key, value, "experiment", error);
}

/* Keeps what the variant is made of: for whoever writes it down with what was done to its run. */
static bool keep_text(cJSON *document, const struct source *source, struct hb_variant *variant) {
    const struct hb_config *config = &variant->config;
    const cJSON *image = cJSON_GetObjectItemCaseSensitive(document, "image");
    char path[HB_PATH_BYTES];
    bool ok = true;
    cJSON_DeleteItemFromObjectCaseSensitive(document, "variants");
    cJSON_DeleteItemFromObjectCaseSensitive(document, "expect");
    cJSON_DeleteItemFromObjectCaseSensitive(document, "$schema");
    if (!hb_image_is_bundled(image->valuestring))
        ok = set_path(document, "image", config->image, source->error);
    if (config->bus.protocol == HB_PROTOCOL_GIVEN)
        ok = ok && relative_path(source, "machine.bus.protocol", config->protocol_file, path) &&
             set_path(document, "machine.bus.protocol", path, source->error);
    if (config->script_file[0])
        ok = ok && relative_path(source, "machine.bus.script", config->script_file, path) &&
             set_path(document, "machine.bus.script", path, source->error);
    if (config->disk)
        ok = ok && set_path(document, "machine.disk", config->disk, source->error);
    cJSON_free(variant->text);
    variant->text = ok ? cJSON_PrintUnformatted(document) : NULL;
    if (ok && !variant->text)
        hb_error_set(source->error, "the host does not have enough memory");
    return variant->text != NULL;
}

/* ---- One variant ----------------------------------------------------------------------------------------------- */

static bool read_variant(const cJSON *document, const char *where, struct hb_variant *variant, struct hb_error *error) {
    hb_config_free_lists(&variant->lists);
    return hb_document_read(document, where, &variant->config, &variant->lists, error);
}

/* Keys of the experiment as a whole cannot differ between its variants. */
static bool is_for_all(const char *key) {
    size_t n = strcspn(key, ".=");
    return (n == 8 && strncmp(key, "variants", n) == 0) || (n == 6 && strncmp(key, "expect", n) == 0);
}

static bool apply_variant(cJSON *document, const cJSON *settings, const char *where, struct hb_error *error) {
    for (const cJSON *setting = settings ? settings->child : NULL; setting; setting = setting->next) {
        if (is_for_all(setting->string)) {
            hb_error_set(error, "%s: %.60s: cannot be set by a variant", where, setting->string);
            return false;
        }
        cJSON *value = cJSON_Duplicate(setting, true);
        if (!value || !hb_document_set(document, setting->string, value, where, error))
            return false;
    }
    return true;
}

static bool apply_sets(cJSON *document, const struct source *source) {
    for (size_t i = 0; i < source->n_sets; i++)
        if (!is_for_all(source->sets[i]) && !hb_document_set_text(document, source->sets[i], source->error))
            return false;
    return true;
}

/* The file has been read as it is; now the variant's `settings` (NULL: none) and the sets are applied. */
static bool make_variant(cJSON *document, const cJSON *settings, const struct source *source,
                         struct hb_variant *variant) {
    char where[WHERE_BYTES];
    const char *file = source->file ? source->file : "machine";
    if (settings)
        snprintf(where, sizeof where, "%.200s: variants.%s", file, variant->name);
    else
        snprintf(where, sizeof where, "%.200s", file);
    return apply_variant(document, settings, where, source->error) &&
           read_variant(document, where, variant, source->error) && apply_sets(document, source) &&
           (source->n_sets == 0 || read_variant(document, "--set", variant, source->error)) &&
           resolve_protocol(source, variant, where) && resolve_script(source, variant, where) &&
           resolve_disk(source, variant, where) && hb_agree(document, where, &variant->config, source->error) &&
           resolve_image(source, &variant->config, where) && keep_text(document, source, variant);
}

/* ---- All variants ---------------------------------------------------------------------------------------------- */

/* The name of the file without folder and ".json". */
static void name_of_file(const char *file, char name[HB_NAME_BYTES]) {
    if (strcmp(file, HB_JSON_STDIN) == 0)
        file = "stdin";
    const char *slash = strrchr(file, '/'), *start = slash ? slash + 1 : file;
    const char *dot = strrchr(start, '.');
    size_t n = dot && dot != start ? (size_t)(dot - start) : strlen(start);
    snprintf(name, HB_NAME_BYTES, "%.*s", n < HB_NAME_BYTES ? (int)n : HB_NAME_BYTES - 1, start);
}

static bool make_all(const cJSON *root, const cJSON *variants, const struct source *source,
                     struct hb_experiment *experiment) {
    const cJSON *settings = variants ? variants->child : NULL;
    for (uint32_t i = 0; i < experiment->variants; i++, settings = settings ? settings->next : NULL) {
        struct hb_variant *variant = &experiment->variant[i];
        if (settings)
            snprintf(variant->name, sizeof variant->name, "%s", settings->string);
        cJSON *document = cJSON_Duplicate(root, true);
        bool ok = document && make_variant(document, settings, source, variant);
        cJSON_Delete(document);
        if (!ok)
            return false;
        if (variant->config.name[0] == 0)
            name_of_file(source->file, variant->config.name);
    }
    snprintf(experiment->name, sizeof experiment->name, "%s", experiment->variant[0].config.name);
    return true;
}

static bool check_variants(const cJSON *variants, const struct source *source) {
    if (!cJSON_IsObject(variants) || !variants->child || cJSON_GetArraySize(variants) > VARIANTS_MAX) {
        hb_error_set(source->error, "%s: variants: should be an object of 1 to %d variants", source->file,
                     VARIANTS_MAX);
        return false;
    }
    for (const cJSON *variant = variants->child; variant; variant = variant->next) {
        const char *wrong = NULL;
        if (!hb_expect_is_name(variant->string) || strlen(variant->string) >= HB_NAME_BYTES)
            wrong = "is not a name for a variant (a letter, then letters, digits, '_', '-')";
        else if (!cJSON_IsObject(variant))
            wrong = "should be an object of dotted keys and values";
        if (!wrong)
            continue;
        hb_error_set(source->error, "%s: variants: \"%.60s\" %s", source->file, variant->string, wrong);
        return false;
    }
    return true;
}

/* Errors in the file itself are reported without the name of a variant. */
static bool check_base(const cJSON *root, const struct source *source) {
    struct hb_variant scratch = {.name = ""};
    bool ok = read_variant(root, source->file, &scratch, source->error);
    hb_config_free_lists(&scratch.lists);
    return ok;
}

static bool make_variants(const cJSON *root, const struct source *source, struct hb_experiment *experiment) {
    const cJSON *variants = cJSON_GetObjectItemCaseSensitive(root, "variants");
    if (variants && (!check_variants(variants, source) || !check_base(root, source)))
        return false;
    experiment->has_variants = variants != NULL;
    experiment->variants = variants ? (uint32_t)cJSON_GetArraySize(variants) : 1;
    experiment->variant = calloc(experiment->variants, sizeof *experiment->variant);
    if (experiment->variant)
        return make_all(root, variants, source, experiment);
    experiment->variants = 0;
    hb_error_set(source->error, "the host does not have enough memory");
    return false;
}

/* ---- Expectations ---------------------------------------------------------------------------------------------- */

/* Is `node` {"that": string, "because": string}? */
static const char *wrong_expectation(const cJSON *node) {
    if (!cJSON_IsObject(node))
        return "should be {\"that\": EXPRESSION, \"because\": TEXT}";
    for (const cJSON *child = node->child; child; child = child->next) {
        bool is_that = strcmp(child->string, "that") == 0, is_because = strcmp(child->string, "because") == 0;
        if (!is_that && !is_because)
            return "unknown key (did you mean \"that\" or \"because\"?)";
        if (!cJSON_IsString(child))
            return "\"that\" and \"because\" should be strings";
    }
    return cJSON_GetObjectItemCaseSensitive(node, "that") ? NULL : "has no \"that\"";
}

static bool check_expression(const char *that, const struct hb_experiment *experiment, struct hb_error *error) {
    const char *names[VARIANTS_MAX];
    for (uint32_t i = 0; i < experiment->variants; i++)
        names[i] = experiment->variant[i].name;
    struct hb_expect *expect = hb_expect_parse(that, error);
    bool ok =
        expect && hb_expect_check_names(expect, names, experiment->has_variants ? experiment->variants : 0, error);
    hb_expect_free(expect);
    return ok;
}

static bool make_expectation(const cJSON *node, const struct source *source, struct hb_experiment *experiment) {
    uint32_t i = experiment->expectations++;
    struct hb_expectation *expectation = &experiment->expectation[i];
    struct hb_error error = {.text = ""};
    const char *wrong = wrong_expectation(node);
    if (wrong) {
        hb_error_set(source->error, "%s: expect.%u: %s", source->file, i, wrong);
        return false;
    }
    const cJSON *because = cJSON_GetObjectItemCaseSensitive(node, "because");
    expectation->that = strdup(cJSON_GetObjectItemCaseSensitive(node, "that")->valuestring);
    expectation->because = strdup(because ? because->valuestring : "");
    if (!expectation->that || !expectation->because)
        hb_error_set(&error, "the host does not have enough memory");
    else if (check_expression(expectation->that, experiment, &error))
        return true;
    hb_error_set(source->error, "%s: expect.%u.that: %s", source->file, i, error.text);
    return false;
}

static bool make_expectations(const cJSON *root, const struct source *source, struct hb_experiment *experiment) {
    const cJSON *list = cJSON_GetObjectItemCaseSensitive(root, "expect");
    if (!list)
        return true;
    int n = cJSON_GetArraySize(list);
    if (!cJSON_IsArray(list) || n > EXPECTS_MAX) {
        hb_error_set(source->error, "%s: expect: should be a list of at most %d expectations", source->file,
                     EXPECTS_MAX);
        return false;
    }
    experiment->expectation = calloc((size_t)n + 1, sizeof *experiment->expectation);
    if (!experiment->expectation) {
        hb_error_set(source->error, "the host does not have enough memory");
        return false;
    }
    for (const cJSON *node = list->child; node; node = node->next)
        if (!make_expectation(node, source, experiment))
            return false;
    return true;
}

/* ---- Entry points ---------------------------------------------------------------------------------------------- */

/* --set can change what is expected, but not which variants there are. */
static bool apply_sets_for_all(cJSON *root, const struct source *source) {
    for (size_t i = 0; i < source->n_sets; i++) {
        if (!is_for_all(source->sets[i]))
            continue;
        if (source->sets[i][0] == 'v') {
            hb_error_set(source->error, "--set: variants cannot be set; set the key itself, in every variant");
            return false;
        }
        if (!hb_document_set_text(root, source->sets[i], source->error))
            return false;
    }
    return true;
}

/* Of a campaign the first key would be unknown, which tells nobody what to do with it. */
static bool refuse_campaign(const cJSON *root, const struct source *source) {
    const char *schema = cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(root, "schema"));
    if (!schema || strncmp(schema, "hartbeat-campaign/", 18) != 0)
        return true;
    hb_error_set(source->error,
                 "%s: is a campaign: `hartbeat campaign %s --out DIR` carries it out, and `hartbeat gui DIR --run I` "
                 "then opens one of its runs",
                 source->file, source->file);
    return false;
}

static bool make_experiment(cJSON *root, const struct source *source, struct hb_experiment *experiment) {
    if (!cJSON_IsObject(root)) {
        hb_error_set(source->error, "%s: is %s, should be an object", source->file, hb_json_kind(root));
        return false;
    }
    if (!refuse_campaign(root, source))
        return false;
    if (apply_sets_for_all(root, source) && make_variants(root, source, experiment) &&
        make_expectations(root, source, experiment))
        return true;
    hb_experiment_free(experiment);
    return false;
}

/* There is no such experiment, as `error` says; add which one may be meant. */
static void offer_nearest(const char *path, struct hb_error *error) {
    char nearest[HB_NAME_BYTES];
    const struct hb_error told = *error;
    hb_experiment_nearest(path, nearest);
    if (nearest[0])
        hb_error_set(error, "%s (did you mean \"%s\"?)", told.text, nearest);
}

bool hb_experiment_load(const char *path, const char *const *sets, size_t n, struct hb_experiment *experiment,
                        struct hb_error *error) {
    char file[HB_PATH_BYTES];
    const bool from_input = strcmp(path, "-") == 0;
    struct source source = {.file = from_input ? HB_JSON_STDIN : file, .sets = sets, .n_sets = n, .error = error};
    memset(experiment, 0, sizeof *experiment);
    const bool found = from_input || hb_experiment_find(path, file);
    cJSON *root = hb_json_read(from_input ? path : file, error);
    if (!found && !root)
        offer_nearest(path, error);
    bool ok = root && make_experiment(root, &source, experiment);
    cJSON_Delete(root);
    return ok;
}

bool hb_experiment_load_text(const char *text, const char *file, const char *const *sets, size_t n,
                             struct hb_experiment *experiment, struct hb_error *error) {
    struct source source = {.file = file, .sets = sets, .n_sets = n, .error = error};
    memset(experiment, 0, sizeof *experiment);
    cJSON *root = hb_json_parse(file, text, strlen(text), error);
    bool ok = root && make_experiment(root, &source, experiment);
    cJSON_Delete(root);
    return ok;
}

/* A machine object, or an experiment whose machine is taken; NULL: `error`. Without a path: an empty machine. */
static cJSON *read_machine(const char *path, struct hb_error *error) {
    if (!path)
        return cJSON_CreateObject();
    cJSON *root = hb_json_read(path, error);
    bool is_experiment =
        cJSON_GetObjectItemCaseSensitive(root, "machine") || cJSON_GetObjectItemCaseSensitive(root, "image");
    if (!root || !is_experiment)
        return root;
    cJSON *machine = cJSON_DetachItemFromObjectCaseSensitive(root, "machine");
    cJSON_Delete(root);
    return machine ? machine : cJSON_CreateObject();
}

/* What a program and memory traces have in common: the machine, and no limits but those that are set. */
static bool make_run(cJSON *document, const char *named_after, const struct source *source,
                     struct hb_variant *variant) {
    struct hb_config *config = &variant->config;
    const char *where = source->file ? source->file : "machine";
    if (!read_variant(document, where, variant, source->error) || !apply_sets(document, source) ||
        (source->n_sets && !read_variant(document, "--set", variant, source->error)) ||
        !resolve_protocol(source, variant, where) || !hb_agree(document, where, config, source->error))
        return false;
    if (!hb_json_find(document, "stop.cycles"))
        config->stop_cycles = UINT64_MAX;
    if (!hb_json_find(document, "stop.quiet_cycles"))
        config->stop_quiet_cycles = 0;
    if (config->name[0] == 0)
        name_of_file(named_after, config->name);
    return true;
}

/* The document of a run without an experiment, and room for its only variant. NULL: `error`. */
static cJSON *make_document(const struct source *source, struct hb_experiment *experiment) {
    memset(experiment, 0, sizeof *experiment);
    if (sets_key(source, "image") || sets_key(source, "variants") || sets_key(source, "expect")) {
        hb_error_set(source->error, "--set: image, variants and expect are keys of experiments, not of a program");
        return NULL;
    }
    cJSON *machine = read_machine(source->file, source->error);
    cJSON *document = cJSON_CreateObject();
    experiment->variant = calloc(1, sizeof *experiment->variant);
    experiment->variants = experiment->variant != NULL;
    if (machine && document && experiment->variant && cJSON_AddItemToObject(document, "machine", machine))
        return document;
    cJSON_Delete(document);
    hb_experiment_free(experiment);
    return NULL;
}

static bool finish_run(cJSON *document, struct hb_experiment *experiment, bool ok) {
    cJSON_Delete(document);
    if (ok)
        snprintf(experiment->name, sizeof experiment->name, "%s", experiment->variant->config.name);
    else
        hb_experiment_free(experiment);
    return ok;
}

static bool take_image(struct hb_config *config, const char *image, struct hb_error *error) {
    snprintf(config->image, sizeof config->image, "%s", image);
    if (access(image, R_OK) == 0)
        return true;
    hb_error_set(error, "%s: cannot be read: %s", image, strerror(errno));
    return false;
}

/* A program counts as written for one hart unless the user says otherwise; on more it would race with itself. */
static void start_one_hart(cJSON *document) {
    cJSON *machine = cJSON_GetObjectItemCaseSensitive(document, "machine");
    if (cJSON_IsObject(machine) && !cJSON_GetObjectItemCaseSensitive(machine, "harts"))
        cJSON_AddNumberToObject(machine, "harts", 1);
}

bool hb_experiment_for_program(const char *image, const char *machine_path, const char *const *sets, size_t n,
                               struct hb_experiment *experiment, struct hb_error *error) {
    struct source source = {.file = machine_path, .sets = sets, .n_sets = n, .error = error};
    cJSON *document = make_document(&source, experiment);
    if (!document)
        return false;
    start_one_hart(document);
    bool ok = make_run(document, image, &source, experiment->variant) &&
              take_image(&experiment->variant->config, image, error);
    return finish_run(document, experiment, ok);
}

/* ---- Memory traces --------------------------------------------------------------------------------------------- */

/* Nothing is executed, so no instruction, symbol or tracepoint ever occurs. */
static bool check_triggers(const struct hb_config *config, struct hb_error *error) {
    for (uint32_t f = 0; f < config->n_faults; f++) {
        if (config->faults[f].trigger == HB_TRIGGER_CYCLE)
            continue;
        hb_error_set(error, "--set: faults.%" PRIu32 ".trigger: with memory traces only \"cycle\" can come", f);
        return false;
    }
    return true;
}

static bool take_traces(const struct hb_trace_files *files, bool harts_given, struct hb_experiment *experiment,
                        struct hb_error *error) {
    struct hb_config *config = &experiment->variant->config;
    if (!check_triggers(config, error))
        return false;
    if (files->n > HB_HARTS_LIMIT) {
        hb_error_set(error, "%" PRIu32 " memory traces are given, one a hart, but a machine has at most %d harts",
                     files->n, HB_HARTS_LIMIT);
        return false;
    }
    struct hb_mem_trace *trace =
        hb_mem_trace_read(files->path, files->n, files->format, config->memory.size_bytes, error);
    experiment->mem_trace = trace;
    config->mem_trace = trace;
    if (!trace)
        return false;
    if (!harts_given)
        config->harts = trace->files;
    if (trace->files <= config->harts)
        return true;
    if (files->n == 1)
        hb_error_set(error, "%.300s: CPU %" PRIu32 " makes accesses, but machine.harts is %" PRIu32, files->path[0],
                     trace->files - 1, config->harts);
    else
        hb_error_set(error, "%" PRIu32 " memory traces are given, one a hart, but machine.harts is %" PRIu32, files->n,
                     config->harts);
    return false;
}

bool hb_experiment_for_traces(const struct hb_trace_files *files, const char *machine_path, const char *const *sets,
                              size_t n, struct hb_experiment *experiment, struct hb_error *error) {
    struct source source = {.file = machine_path, .sets = sets, .n_sets = n, .error = error};
    cJSON *document = make_document(&source, experiment);
    if (!document)
        return false;
    bool ok = make_run(document, files->path[0], &source, experiment->variant) &&
              take_traces(files, hb_json_find(document, "machine.harts") != NULL, experiment, error);
    return finish_run(document, experiment, ok);
}

void hb_experiment_about(const char *name, char *text, size_t bytes) {
    char path[HB_PATH_BYTES];
    struct hb_error error;
    cJSON *root = hb_experiment_find(name, path) ? hb_json_read(path, &error) : NULL;
    const cJSON *about = cJSON_GetObjectItemCaseSensitive(root, "about");
    snprintf(text, bytes, "%s", cJSON_IsString(about) ? about->valuestring : "");
    cJSON_Delete(root);
}

bool hb_experiment_is_one_run(const struct hb_experiment *experiment, const char *what, struct hb_error *error) {
    char names[300] = "";
    if (!experiment->has_variants)
        return true;
    for (uint32_t i = 0; i < experiment->variants; i++) {
        size_t used = strlen(names);
        snprintf(names + used, sizeof names - used, "%s%s", i ? ", " : "", experiment->variant[i].name);
    }
    hb_error_set(error, "%s: the experiment has variants (%s), and %s one run", experiment->name, names, what);
    return false;
}

void hb_experiment_free(struct hb_experiment *experiment) {
    for (uint32_t i = 0; i < experiment->variants; i++) {
        struct hb_variant *variant = &experiment->variant[i];
        hb_config_free_lists(&variant->lists);
        hb_protocol_free(variant->protocol);
        cJSON_free(variant->text);
    }
    for (uint32_t i = 0; i < experiment->expectations; i++) {
        free(experiment->expectation[i].that);
        free(experiment->expectation[i].because);
    }
    hb_mem_trace_free(experiment->mem_trace);
    free(experiment->variant);
    free(experiment->expectation);
    memset(experiment, 0, sizeof *experiment);
}
