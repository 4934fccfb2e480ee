#include "sim/experiment/by_hand.h"

#include <cjson/cJSON.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim/base/json.h"
#include "sim/base/output.h"
#include "sim/config/keys.h"

/* ---- Faults ---------------------------------------------------------------------------------------------------- */

static void add_term(cJSON *fault, const struct hb_fault_term *term, uint64_t value) {
    if (term->bit == HB_TERM_DURATION)
        cJSON_AddNumberToObject(cJSON_AddObjectToObject(fault, term->key), "cycles", (double)value);
    else if (term->names)
        cJSON_AddStringToObject(fault, term->key, term->names[value]);
    else
        cJSON_AddNumberToObject(fault, term->key, (double)value);
}

static cJSON *fault_of(const struct hb_input *input) {
    const struct hb_fault_model_info *model = &hb_fault_model[input->terms.model];
    cJSON *fault = cJSON_CreateObject();
    cJSON_AddStringToObject(fault, "model", model->name);
    cJSON_AddNumberToObject(cJSON_AddObjectToObject(fault, "target"), "hart", input->hart);
    cJSON_AddNumberToObject(cJSON_AddObjectToObject(fault, "trigger"), "cycle", (double)input->cycle);
    for (size_t i = 0; i < HB_FAULT_TERMS; i++) {
        const struct hb_fault_term *term = &hb_fault_term[i];
        const uint64_t value = hb_fault_term_get(term, &input->terms);
        if (model->takes & term->bit && (value != 0 || model->needs & term->bit))
            add_term(fault, term, value);
    }
    return fault;
}

/* ---- Changes --------------------------------------------------------------------------------------------------- */

/* The key of a parameter, among those that may change; NULL: there is none. */
static const struct hb_key *key_of(uint32_t parameter) {
    for (size_t i = 0; i < hb_keys_n; i++)
        if (hb_keys[i].place == HB_PLACE_CONFIG && hb_key_may_change(&hb_keys[i]) &&
            hb_keys[i].offset == offsetof(struct hb_config, os) + sizeof(uint64_t) * parameter)
            return &hb_keys[i];
    return NULL;
}

static void add_value(cJSON *change, const struct hb_key *key, uint64_t value) {
    if (key->type == HB_KEY_BOOL)
        cJSON_AddBoolToObject(change, "value", value != 0);
    else if (key->type == HB_KEY_ENUM)
        cJSON_AddStringToObject(change, "value", hb_key_name_of(key->names, value));
    else
        cJSON_AddNumberToObject(change, "value", (double)value);
}

static cJSON *change_of(const struct hb_input *input, const struct hb_key *key) {
    cJSON *change = cJSON_CreateObject();
    cJSON_AddNumberToObject(change, "cycle", (double)input->cycle);
    cJSON_AddStringToObject(change, "key", key->path);
    add_value(change, key, input->value);
    return change;
}

/* ---- Typing ---------------------------------------------------------------------------------------------------- */

/* The text of this cycle's bytes, from place *i of the log on, which goes to the last of them. */
static cJSON *typing_of(const struct hb_input_log *log, uint32_t *i) {
    char text[256];
    size_t n = 0;
    const uint64_t cycle = log->input[*i].cycle;
    for (; n + 1 < sizeof text; ++*i) {
        text[n++] = (char)log->input[*i].byte;
        const struct hb_input *next = *i + 1 < log->inputs ? &log->input[*i + 1] : NULL;
        if (!next || next->kind != HB_INPUT_TEXT || next->cycle != cycle)
            break;
    }
    text[n] = 0;
    cJSON *typing = cJSON_CreateObject();
    cJSON_AddNumberToObject(typing, "cycle", (double)cycle);
    cJSON_AddStringToObject(typing, "text", text);
    return typing;
}

/* ---- All of it ------------------------------------------------------------------------------------------------- */

struct lists {
    cJSON *faults, *changes, *input;
};

static cJSON *fresh_list(cJSON *document, const char *name, bool empty) {
    cJSON *list = cJSON_GetObjectItemCaseSensitive(document, name);
    if (list && empty)
        cJSON_DeleteItemFromObjectCaseSensitive(document, name);
    return list && !empty ? list : cJSON_AddArrayToObject(document, name);
}

/* What cannot be said of it; NULL: it is in the lists. */
static const char *add_input(const struct hb_input_log *log, uint32_t *i, const struct lists *lists) {
    const struct hb_input *input = &log->input[*i];
    const struct hb_key *key = input->kind == HB_INPUT_PARAMETER ? key_of(input->parameter) : NULL;
    switch (input->kind) {
    case HB_INPUT_FAULT: cJSON_AddItemToArray(lists->faults, fault_of(input)); return NULL;
    case HB_INPUT_TEXT:
        if (input->byte == 0 || input->byte >= 0x80)
            return "a byte was typed that is no character";
        cJSON_AddItemToArray(lists->input, typing_of(log, i));
        return NULL;
    case HB_INPUT_PARAMETER:
        if (!key)
            return "a parameter was changed that no experiment can change in mid-run";
        cJSON_AddItemToArray(lists->changes, change_of(input, key));
        return NULL;
    default: return "a debugger has changed the machine";
    }
}

/* The log holds what the experiment itself types and changes, too. */
static const char *add_all(cJSON *document, const struct hb_input_log *log) {
    const struct lists lists = {.faults = fresh_list(document, "faults", false),
                                .changes = fresh_list(document, "changes", true),
                                .input = fresh_list(document, "input", true)};
    const char *wrong = NULL;
    for (uint32_t i = 0; i < log->inputs && !wrong; i++)
        wrong = add_input(log, &i, &lists);
    if (!wrong && cJSON_GetArraySize(lists.faults) > HB_CONFIG_FAULTS_MAX)
        wrong = "there are more faults than an experiment has room for (32)";
    if (!wrong && cJSON_GetArraySize(lists.changes) > HB_CONFIG_CHANGES_MAX)
        wrong = "there are more changes than an experiment has room for (64)";
    return wrong;
}

static void tell_about(cJSON *document, const struct hb_variant *variant, uint64_t cycle) {
    char about[HB_NAME_BYTES + 96];
    snprintf(about, sizeof about, "%s, with what was done by hand up to cycle %" PRIu64 ".", variant->config.name,
             cycle);
    cJSON_DeleteItemFromObjectCaseSensitive(document, "name"); /* it is that of its file */
    cJSON_DeleteItemFromObjectCaseSensitive(document, "about");
    cJSON_AddStringToObject(document, "about", about);
}

static bool write_text(const char *text, const char *path, struct hb_error *error) {
    struct hb_output out;
    if (!hb_output_open(&out, path, HB_OUTPUT_WHOLE, error))
        return false;
    fprintf(out.file, "%s\n", text);
    return hb_output_close(&out, error);
}

bool hb_by_hand_write(const struct hb_variant *variant, const struct hb_machine *machine, const char *path,
                      struct hb_error *error) {
    cJSON *document = hb_json_parse(path, variant->text, strlen(variant->text), error);
    const char *wrong = document ? add_all(document, &machine->log) : NULL;
    if (wrong)
        hb_error_set(error, "%s: is not written: %s", path, wrong);
    else if (document)
        tell_about(document, variant, machine->saved->cycle);
    char *text = document && !wrong ? cJSON_Print(document) : NULL;
    if (document && !wrong && !text)
        hb_error_set(error, "the host does not have enough memory");
    bool ok = text && write_text(text, path, error);
    cJSON_free(text);
    cJSON_Delete(document);
    return ok;
}
