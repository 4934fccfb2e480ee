/* What can be done to a run by hand: the models of faults with their terms, and the keys with their values. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "sim/config/keys.h"
#include "ui/dashboard/source/machine_session.h"

#define STEP_BY_ONE 16     /* numbers below this change by one; others are halved and doubled */
#define FIRST_TIME  1000   /* in cycles: where a time of 0 stands for none, or for one that follows the machine */
#define LONG_TIME   100000 /* above this maximum a key that counts cycles is a time, not the cost of a step */

_Static_assert((int)HB_FAULTS_KNOWN <= HB_VIEW_MODELS, "every model has its place in the view");
_Static_assert(HB_FAULT_TERMS <= HB_VIEW_TERMS, "every term has its place in the view");

/* ---- Faults ---------------------------------------------------------------------------------------------------- */

static void fill_term(uint32_t i, struct hb_view_term *view) {
    const struct hb_fault_term *term = &hb_fault_term[i];
    *view = (struct hb_view_term){.least = 1, .most = term->maximum, .usual = 100000, .with_term = -1};
    snprintf(view->name, sizeof view->name, "%s", term->key);
    if (term->bit == HB_TERM_FACTOR) {
        view->least = 2;
        view->usual = 4;
    }
    if (term->names == NULL)
        return;
    view->names = (uint32_t)term->maximum + 1;
    view->least = view->usual = 0;
    for (uint32_t n = 0; n < view->names; n++)
        snprintf(view->value_name[n], sizeof view->value_name[n], "%s", term->names[n]);
}

static uint32_t place_of_term(uint32_t bit) {
    uint32_t i = 0;
    while (hb_fault_term[i].bit != bit)
        i++;
    return i;
}

/* The sentence of the reference page, which begins in the middle of one, without the marks that set keys apart. */
static void copy_plain(const char *from, char *to, size_t bytes) {
    size_t n = 0;
    for (; *from != '\0' && n + 2 < bytes; from++)
        if (*from != '`')
            to[n++] = *from;
    to[n++] = '.';
    to[n] = '\0';
    if (to[0] >= 'a' && to[0] <= 'z')
        to[0] = (char)(to[0] - ('a' - 'A'));
}

void hb_view_fill_models(struct hb_view_machine *view) {
    view->models = HB_FAULTS_KNOWN;
    for (uint32_t i = 0; i < HB_FAULT_TERMS; i++)
        fill_term(i, &view->term[i]);
    struct hb_view_term *duration = &view->term[place_of_term(HB_TERM_DURATION)];
    duration->with_term = (int8_t)place_of_term(HB_TERM_EFFECT);
    duration->with_value = HB_FAULT_DELAY;
    for (uint32_t m = 0; m < HB_FAULTS_KNOWN; m++) {
        struct hb_view_model *model = &view->model[m];
        snprintf(model->name, sizeof model->name, "%s", hb_fault_model[m].name);
        copy_plain(hb_fault_model[m].help, model->does, sizeof model->does);
        for (uint32_t i = 0; i < HB_FAULT_TERMS; i++)
            model->takes |= (uint8_t)((hb_fault_model[m].takes & hb_fault_term[i].bit ? 1u : 0u) << i);
        model->kills = (hb_fault_model[m].flags & HB_MODEL_KILLS) != 0;
    }
}

void hb_view_fault_terms(const struct hb_view_fault *fault, struct hb_fault_terms *terms) {
    const struct hb_fault_model_info *model = &hb_fault_model[fault->model];
    *terms = (struct hb_fault_terms){.model = fault->model};
    for (uint32_t i = 0; i < HB_FAULT_TERMS; i++)
        if (model->takes & hb_fault_term[i].bit)
            hb_fault_term_set(&hb_fault_term[i], terms, fault->term[i]);
    if (model->takes & HB_TERM_EFFECT && terms->effect != HB_FAULT_DELAY)
        terms->duration_cycles = 0;
}

/* ---- Keys ------------------------------------------------------------------------------------------------------ */

/* What the list shows: a single value, of which the next one is known. */
static bool is_shown(const struct hb_machine *machine, const struct hb_key *key) {
    const bool fits = key->type == HB_KEY_INTEGER || key->type == HB_KEY_SIZE || key->type == HB_KEY_BOOL ||
                      key->type == HB_KEY_ENUM || key->type == HB_KEY_PROTOCOL || key->type == HB_KEY_HARTS;
    const bool tasks = key->place == HB_PLACE_TASKS && machine->config.os.workload_groups == 1;
    return fits && (key->place == HB_PLACE_CONFIG || key->place == HB_PLACE_HART || tasks);
}

static uint64_t configured(const struct hb_machine *machine, const struct hb_key *key) {
    const void *object = key->place == HB_PLACE_HART    ? (const void *)&machine->config.hart[0]
                         : key->place == HB_PLACE_TASKS ? (const void *)&machine->config.os.group[0]
                                                        : (const void *)&machine->config;
    uint64_t value = 0;
    memcpy(&value, (const uint8_t *)object + key->offset, key->bytes < sizeof value ? key->bytes : sizeof value);
    return value;
}

static uint32_t parameter_of(const struct hb_key *key) {
    return (uint32_t)((key->offset - offsetof(struct hb_config, os)) / sizeof(uint64_t));
}

static bool changes_at_once(const struct hb_machine *machine, const struct hb_key *key) {
    return hb_view_has_kernel(machine) && hb_key_may_change(key);
}

static uint64_t present(const struct hb_machine *machine, const struct hb_key *key) {
    uint64_t value = configured(machine, key);
    if (changes_at_once(machine, key))
        (void)hb_bus_debug_read(&machine->bus, machine->params_address + 8ull * parameter_of(key), &value,
                                sizeof value);
    return value;
}

static bool has_names(const struct hb_key *key) {
    return key->type == HB_KEY_ENUM || key->type == HB_KEY_PROTOCOL;
}

static void write_value(const struct hb_key *key, uint64_t value, char *text, size_t bytes) {
    const char *name = has_names(key) ? hb_key_name_of(key->names, value) : NULL;
    if (has_names(key))
        snprintf(text, bytes, "%s", name != NULL ? name : "a file");
    else if (key->type == HB_KEY_BOOL)
        snprintf(text, bytes, "%s", value != 0 ? "true" : "false");
    else
        snprintf(text, bytes, "%" PRIu64, value);
}

static bool is_fit(const struct hb_machine *machine, const struct hb_key *key, uint64_t value) {
    if (changes_at_once(machine, key) && hb_key_change_wrong(key, value) != NULL)
        return false;
    if (key->type == HB_KEY_BOOL)
        return value <= 1;
    for (const struct hb_key_name *name = key->names; has_names(key) && name->name != NULL; name++)
        if (name->value == value)
            return name->built;
    return !has_names(key) && value >= key->minimum && value <= key->maximum;
}

static uint64_t less_than(const struct hb_key *key, uint64_t value) {
    const bool time = key->maximum > LONG_TIME && !key->power_of_two;
    if (time && value <= FIRST_TIME)
        return 0;
    return value < STEP_BY_ONE && !key->power_of_two ? value - 1 : value / 2;
}

static uint64_t more_than(const struct hb_key *key, uint64_t value) {
    const bool time = key->maximum > LONG_TIME && !key->power_of_two;
    if (time && value < FIRST_TIME)
        return FIRST_TIME;
    return value < STEP_BY_ONE && !key->power_of_two ? value + 1 : value * 2;
}

/* The nearest value on one side that the key takes. */
static bool beside(const struct hb_machine *machine, const struct hb_key *key, uint64_t value, bool more,
                   uint64_t *found) {
    const bool steps = has_names(key) || key->type == HB_KEY_BOOL;
    for (int tries = 0; tries < 32 && (more || value > 0); tries++) {
        value = steps ? (more ? value + 1 : value - 1) : more ? more_than(key, value) : less_than(key, value);
        *found = value;
        if (is_fit(machine, key, value))
            return true;
    }
    return false;
}

static void fill_key(const struct hb_machine *machine, const struct hb_key *key, struct hb_view_key *view) {
    const uint64_t value = present(machine, key);
    *view = (struct hb_view_key){.row = (uint32_t)(key - hb_keys), .at_once = changes_at_once(machine, key)};
    snprintf(view->path, sizeof view->path, "%s", key->path);
    snprintf(view->help, sizeof view->help, "%s", key->help);
    write_value(key, value, view->value, sizeof view->value);
    view->has_less = beside(machine, key, value, false, &view->less);
    view->has_more = beside(machine, key, value, true, &view->more);
}

void hb_view_fill_keys(const struct hb_machine *machine, struct hb_view *view) {
    view->keys = 0;
    for (int at_once = 1; at_once >= 0; at_once--)
        for (size_t i = 0; i < hb_keys_n && view->keys < HB_VIEW_KEYS; i++)
            if (is_shown(machine, &hb_keys[i]) && changes_at_once(machine, &hb_keys[i]) == (at_once != 0))
                fill_key(machine, &hb_keys[i], &view->key[view->keys++]);
}

bool hb_view_set_key(struct hb_machine *machine, uint32_t row, uint64_t value) {
    const struct hb_key *key = row < hb_keys_n ? &hb_keys[row] : NULL;
    if (key == NULL || !is_shown(machine, key) || !changes_at_once(machine, key) || !is_fit(machine, key, value))
        return false;
    hb_machine_input(machine, &(struct hb_input){.cycle = machine->saved->cycle,
                                                 .kind = HB_INPUT_PARAMETER,
                                                 .parameter = parameter_of(key),
                                                 .value = value});
    return true;
}

bool hb_view_key_text(const struct hb_machine *machine, uint32_t row, uint64_t value, char *text, size_t bytes) {
    const struct hb_key *key = row < hb_keys_n ? &hb_keys[row] : NULL;
    char written[32];
    if (key == NULL || !is_shown(machine, key) || !is_fit(machine, key, value))
        return false;
    write_value(key, value, written, sizeof written);
    snprintf(text, bytes, "%s=%s", key->path, written);
    return true;
}
