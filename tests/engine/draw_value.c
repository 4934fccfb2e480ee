#include "tests/engine/draw_value.h"

#include <cjson/cJSON.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bus/protocol/mutations.h"
#include "sim/machine/machine.h"

#define MEMORY_MOST (256u << 20)
#define SYMBOLS     200

/* Text that grows at its end; what does not fit is cut, and then does not load. */
struct text {
    char *at;
    size_t left;
};

__attribute__((format(printf, 2, 3))) static void add(struct text *text, const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    int n = vsnprintf(text->at, text->left, format, arguments);
    va_end(arguments);
    size_t used = (size_t)n < text->left ? (size_t)n : text->left - 1;
    text->at += used;
    text->left -= used;
}

/* Go on after what another has written at its end. */
static void pass(struct text *text) {
    size_t n = strlen(text->at);
    text->at += n;
    text->left -= n;
}

/* ---- Numbers --------------------------------------------------------------------------------------------------- */

static uint64_t within(const struct hb_key *key, uint64_t value) {
    value = value < key->minimum ? key->minimum : value;
    return value > key->maximum ? key->maximum : value;
}

/* Some powers of two away. */
static uint64_t near(struct dice *thrown, uint64_t value) {
    int shift = (int)dice(thrown, 9) - 5;
    return shift < 0 ? value >> -shift : value << shift;
}

static uint64_t draw_number(struct dice *thrown, const struct hb_key *key) {
    uint64_t fallback = 0;
    bool has = hb_key_default(key, &fallback);
    if (strcmp(key->path, "faults.*.after") == 0)
        return 0; /* the first */
    if (!has && key->maximum < HB_HARTS_LIMIT)
        return within(key, dice(thrown, 3)); /* a hart */
    if (key->maximum > UINT32_MAX && key->type == HB_KEY_INTEGER && dice(thrown, 2))
        return within(key, dice(thrown, DRAWN_CYCLES)); /* a time */
    if (dice_one_in(thrown, 4))
        return key->minimum;
    uint64_t value = near(thrown, fallback ? fallback : key->type == HB_KEY_SIZE ? 32768 : 8);
    if (!key->power_of_two && value > key->minimum && dice(thrown, 2))
        value -= 1;
    return within(key, value > MEMORY_MOST && key->type == HB_KEY_SIZE ? MEMORY_MOST : value);
}

static void draw_numbers(struct dice *thrown, const struct hb_key *key, struct text *text) {
    const bool harts = strcmp(key->path, "faults.*.target.harts") == 0;
    uint64_t n = 1 + dice(thrown, harts ? 2 : 6);
    if (harts) { /* none is named twice */
        add(text, n == 1 ? "[%" PRIu64 "]" : "[%" PRIu64 ",2]", dice(thrown, 2));
        return;
    }
    for (uint64_t i = 0; i < n; i++)
        add(text, "%s%" PRIu64, i ? "," : "[", within(key, key->minimum + dice(thrown, 4)));
    add(text, "]");
}

/* ---- Words ----------------------------------------------------------------------------------------------------- */

/* Some names out of the image of what is run. */
struct symbols {
    struct base base;
    uint32_t n;
    char name[SYMBOLS][HB_NAME_BYTES];
};

static void take_symbols(const struct hb_symbols *from, struct symbols *to) {
    for (uint32_t i = 0; i < from->symbols && to->n < SYMBOLS; i++) {
        const char *name = from->text + from->symbol[i].name;
        if (from->symbol[i].kind >= HB_SYMBOL_OBJECT && strlen(name) < HB_NAME_BYTES)
            snprintf(to->name[to->n++], HB_NAME_BYTES, "%s", name);
    }
}

static const struct symbols *symbols_of(const struct base *base) {
    static struct symbols symbols;
    static struct drawn plain;
    struct hb_experiment experiment;
    struct hb_error error;
    if (memcmp(&symbols.base, base, sizeof *base) == 0)
        return &symbols;
    symbols.base = plain.base = *base;
    symbols.n = 0;
    if (!drawn_load(&plain, "lockstep", &experiment, &error))
        return &symbols;
    struct hb_machine *machine = hb_machine_create(&experiment.variant[0].config, &error);
    if (machine) {
        take_symbols(&machine->symbols, &symbols);
        hb_machine_destroy(machine);
    }
    hb_experiment_free(&experiment);
    return &symbols;
}

static void draw_symbol(struct drawn *drawn, struct text *text) {
    const struct symbols *symbols = symbols_of(&drawn->base);
    const char *name = symbols->n ? symbols->name[dice(&drawn->dice, symbols->n)] : "0x80000000";
    add(text, dice_one_in(&drawn->dice, 4) ? "\"%s+0x4\"" : "\"%s\"", name);
}

static void draw_mutation(struct drawn *drawn, struct text *text) {
    uint32_t n = 0;
    while (hb_mutation_at(n))
        n++;
    add(text, "\"%s\"", hb_mutation_at((uint32_t)dice(&drawn->dice, n))->name);
}

/* What the bundled programs read from the console is a line that chooses what they do. */
static void draw_typing(struct drawn *drawn, struct text *text) {
    static const char *const lines[] = {
        "producer-consumer 1", "migratory 8", "false-sharing 1", "apart 1", "read-mostly 1", "private 1", "q", "abc"};
    add(text, "\"%s\\n\"", lines[dice(&drawn->dice, sizeof lines / sizeof lines[0])]);
}

static void draw_group_name(struct drawn *drawn, struct text *text) {
    add(text, "\"group%" PRIu64 "\"", dice(&drawn->dice, 1000));
}

/* What the bundled programs may well write. */
static void draw_text(struct drawn *drawn, struct text *text) {
    static const char *const texts[] = {"up", "a", "passed", "\\n", "tasks"};
    add(text, "\"%s\"", texts[dice(&drawn->dice, sizeof texts / sizeof texts[0])]);
}

static void draw_disk(struct drawn *drawn, struct text *text) {
    (void)drawn;
    add(text, "\"%s\"", HB_TEST_DISK);
}

static bool draw_word(struct drawn *drawn, const struct hb_key *key, struct text *text) {
    static const struct {
        const char *path;
        void (*draw)(struct drawn *drawn, struct text *text);
    } words[] = {{"machine.bus.mutation", draw_mutation},
                 {"os.workload.name", draw_group_name},
                 {"faults.*.trigger.symbol", draw_symbol},
                 {"faults.*.trigger.lock_held", draw_symbol},
                 {"stop.console.passed", draw_text},
                 {"stop.console.failed", draw_text},
                 {"stop.word", draw_symbol},
                 {"machine.disk", draw_disk},
                 {"input.*.text", draw_typing}};
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
        if (strcmp(key->path, words[i].path) == 0) {
            words[i].draw(drawn, text);
            return true;
        }
    return false;
}

static void draw_roles(struct drawn *drawn, struct text *text) {
    static const char *const roles[] = {"any", "compute", "io"};
    uint64_t n = 1 + dice(&drawn->dice, 2);
    for (uint64_t i = 0; i < n; i++)
        add(text, "%s\"%s\"", i ? "," : "", roles[dice(&drawn->dice, 3)]);
}

static void draw_words(struct drawn *drawn, const struct hb_key *key, struct text *text) {
    add(text, "[");
    if (strcmp(key->path, "os.amp.roles") == 0)
        draw_roles(drawn, text);
    else
        draw_symbol(drawn, text);
    add(text, "]");
}

static void draw_name(struct dice *thrown, const struct hb_key *key, struct text *text) {
    const char *built[256];
    uint32_t n = 0;
    for (const struct hb_key_name *name = key->names; name->name && n < 256; name++)
        if (name->built)
            built[n++] = name->name;
    if (key->type == HB_KEY_PROTOCOL && dice_one_in(thrown, 12))
        add(text, "\"%s/configs/protocols/my-msi.json\"", HB_SOURCE_DIR);
    else
        add(text, "\"%s\"", built[dice(thrown, n)]);
}

static void draw_name_or_number(struct dice *thrown, const struct hb_key *key, struct text *text) {
    if (dice(thrown, 3))
        add(text, "%" PRIu64, draw_number(thrown, key));
    else
        draw_name(thrown, key, text);
}

/* ---- Objects --------------------------------------------------------------------------------------------------- */

/* An object of what is `chosen`, by number of key, in the group `path`. */
static void write_group(struct drawn *drawn, const char *path, const bool *chosen, struct text *text) {
    const char *between = "{";
    for (size_t i = 0; i < hb_keys_n; i++) {
        const struct hb_key *key = &hb_keys[i];
        if (!chosen[i] || !hb_key_is_in(key, path))
            continue;
        add(text, "%s\"%s\":", between, hb_key_last(key));
        between = ",";
        if (key->type == HB_KEY_GROUP)
            write_group(drawn, key->path, chosen, text);
        else if (draw_value(drawn, key, text->at, text->left))
            pass(text);
    }
    add(text, *between == '{' ? "{}" : "}");
}

static bool is_below(const struct hb_key *key, const char *path) {
    size_t n = strlen(path);
    return strncmp(key->path, path, n) == 0 && key->path[n] == '.' && key->path[n + 1];
}

static bool has_required(const struct hb_key *group) {
    for (size_t i = 0; i < hb_keys_n; i++)
        if (is_below(&hb_keys[i], group->path) && hb_keys[i].required)
            return true;
    return false;
}

/* One key of a group that must be there, although none of its keys must. */
static void choose_one(struct dice *thrown, const char *path, bool *chosen) {
    size_t in = 0, first = 0;
    for (size_t i = hb_keys_n; i--;)
        if (hb_key_is_in(&hb_keys[i], path)) {
            in++;
            first = i;
        }
    chosen[first + dice(thrown, in)] = true;
    if (dice_one_in(thrown, 4))
        chosen[first + in - 1] = true; /* `count` goes with some of the others */
}

static void choose(struct dice *thrown, const char *path, bool *chosen) {
    for (size_t i = 0; i < hb_keys_n; i++) {
        const struct hb_key *key = &hb_keys[i];
        if (!hb_key_is_in(key, path) || chosen[i])
            continue;
        chosen[i] = key->required || dice(thrown, 8) < (key->type == HB_KEY_ENUM ? 5 : 3);
        if (key->type != HB_KEY_GROUP || !chosen[i])
            continue;
        if (key->required && !has_required(key))
            choose_one(thrown, key->path, chosen);
        else
            choose(thrown, key->path, chosen);
    }
}

static size_t place_of(const char *path) {
    size_t i = 0;
    while (i < hb_keys_n && strcmp(hb_keys[i].path, path) != 0)
        i++;
    return i;
}

/* When it strikes: by one trigger, or again and again. */
static void choose_when(struct dice *thrown, bool *chosen) {
    const bool rate = dice_one_in(thrown, 4);
    for (size_t i = 0; i < hb_keys_n; i++)
        if (is_below(&hb_keys[i], "faults.*.trigger") || is_below(&hb_keys[i], "faults.*.rate"))
            chosen[i] = false;
    chosen[place_of("faults.*.rate")] = rate;
    chosen[place_of("faults.*.trigger")] = !rate;
    if (!rate) {
        choose_one(thrown, "faults.*.trigger", chosen);
        return;
    }
    chosen[place_of(dice(thrown, 2) ? "faults.*.rate.weibull" : "faults.*.rate.exponential")] = true;
    chosen[place_of("faults.*.rate.stream")] = dice_one_in(thrown, 2);
}

static void choose_target(struct dice *thrown, bool *chosen) {
    const bool several = dice_one_in(thrown, 4);
    chosen[place_of("faults.*.target.hart")] = !several;
    chosen[place_of("faults.*.target.harts")] = several;
    chosen[place_of("faults.*.common")] &= several;
}

/* A model, and of the terms those that it needs, and those drawn that it takes: else hardly a fault would load. The
 * first fault has none to come after. */
static void choose_model(struct drawn *drawn, bool first, bool *chosen) {
    const struct hb_fault_model_info *model = &hb_fault_model[dice(&drawn->dice, HB_FAULTS_KNOWN)];
    char path[HB_KEY_PATH_BYTES];
    drawn->model = model->name;
    chosen[place_of("faults.*.model")] = true;
    chosen[place_of("faults.*.after")] &= !first;
    choose_when(&drawn->dice, chosen);
    choose_target(&drawn->dice, chosen);
    for (uint32_t i = 0; i < HB_FAULT_TERMS; i++) {
        const uint32_t bit = hb_fault_term[i].bit;
        snprintf(path, sizeof path, "faults.*.%s", hb_fault_term[i].key);
        bool *term = &chosen[place_of(path)];
        *term = (model->needs & bit) || (*term && (model->takes & bit));
        if (bit == HB_TERM_DURATION)
            chosen[place_of("faults.*.duration.cycles")] = *term;
    }
}

static void draw_list(struct drawn *drawn, const struct hb_key *key, struct text *text) {
    char path[HB_KEY_PATH_BYTES];
    uint64_t n = 1 + dice(&drawn->dice, 2);
    snprintf(path, sizeof path, "%s.*", key->path);
    for (uint64_t i = 0; i < n; i++) {
        bool chosen[HB_KEYS_MOST] = {false};
        choose(&drawn->dice, path, chosen);
        if (strcmp(key->path, "faults") == 0)
            choose_model(drawn, i == 0, chosen);
        add(text, i ? "," : "[");
        write_group(drawn, path, chosen, text);
    }
    add(text, "]");
}

/* A block for each hart, with a key or two of those that harts may have of their own. */
static void draw_blocks(struct drawn *drawn, struct text *text) {
    uint64_t harts = 1 + dice(&drawn->dice, 4);
    for (uint64_t h = 0; h < harts; h++) {
        bool chosen[HB_KEYS_MOST] = {false};
        for (size_t i = 0; i < hb_keys_n; i++)
            chosen[i] = hb_keys[i].place == HB_PLACE_HART && dice_one_in(&drawn->dice, 16);
        add(text, h ? "," : "[");
        for (size_t i = 0; i < hb_keys_n; i++)
            for (size_t k = 0; k < hb_keys_n && hb_keys[i].type == HB_KEY_GROUP; k++)
                chosen[i] = chosen[i] || (chosen[k] && is_below(&hb_keys[k], hb_keys[i].path));
        write_group(drawn, "machine", chosen, text);
    }
    add(text, "]");
}

/* Objects in a list, each with some of the keys that a single one would have. */
static void draw_groups(struct drawn *drawn, const struct hb_key *key, struct text *text) {
    uint64_t n = 1 + dice(&drawn->dice, 3);
    for (uint64_t g = 0; g < n; g++) {
        bool chosen[HB_KEYS_MOST] = {false};
        for (size_t i = 0; i < hb_keys_n; i++)
            chosen[i] = hb_key_is_in(&hb_keys[i], key->path) && dice_one_in(&drawn->dice, 4);
        add(text, g ? "," : "[");
        write_group(drawn, key->path, chosen, text);
    }
    add(text, "]");
}

static void draw_harts(struct drawn *drawn, struct text *text) {
    if (dice_one_in(&drawn->dice, 4))
        draw_blocks(drawn, text);
    else
        add(text, "%" PRIu64, 1 + dice(&drawn->dice, dice(&drawn->dice, 4) ? 4 : 12));
}

/* Its value, which comes next, is drawn for it. */
static void draw_changed(struct drawn *drawn, const struct hb_key *key, struct text *text) {
    size_t n = 0;
    while (key->names[n].name)
        n++;
    const char *name = key->names[dice(&drawn->dice, n)].name;
    drawn->changed = hb_key_find(name);
    add(text, "\"%s\"", name);
}

/* ---- Any ------------------------------------------------------------------------------------------------------- */

bool draw_value(struct drawn *drawn, const struct hb_key *key, char *to, size_t bytes) {
    struct dice *thrown = &drawn->dice;
    struct text text = {to, bytes};
    if (strcmp(key->path, "faults.*.model") == 0) {
        add(&text, "\"%s\"", drawn->model);
        return true;
    }
    if (strcmp(key->path, "changes.*.key") == 0) {
        draw_changed(drawn, key, &text);
        return true;
    }
    switch (key->type) {
    case HB_KEY_VALUE: return draw_value(drawn, drawn->changed, to, bytes);
    case HB_KEY_INTEGER:
    case HB_KEY_SIZE: add(&text, "%" PRIu64, draw_number(thrown, key)); return true;
    case HB_KEY_BOOL: add(&text, dice(thrown, 2) ? "true" : "false"); return true;
    case HB_KEY_ENUM:
    case HB_KEY_PROTOCOL: draw_name(thrown, key, &text); return true;
    case HB_KEY_NUMBERED: draw_name_or_number(thrown, key, &text); return true;
    case HB_KEY_NUMBERS:
    case HB_KEY_GRANTS: draw_numbers(thrown, key, &text); return true;
    case HB_KEY_WEIBULL:
        add(&text, "[%" PRIu64 ",%" PRIu64 ".%" PRIu64 "]", 1 + dice(thrown, DRAWN_CYCLES), dice(thrown, 3),
            1 + dice(thrown, 9));
        return true;
    case HB_KEY_STRINGS: draw_words(drawn, key, &text); return true;
    case HB_KEY_STRING: return draw_word(drawn, key, &text);
    case HB_KEY_HARTS: draw_harts(drawn, &text); return true;
    case HB_KEY_LIST: draw_list(drawn, key, &text); return true;
    case HB_KEY_GROUPS: draw_groups(drawn, key, &text); return true;
    default: return false;
    }
}

/* The table has '*' where a place in the list stands. */
static void note_object(const cJSON *object, const char *path, bool *was_drawn) {
    char below[HB_KEY_PATH_BYTES];
    for (const cJSON *item = object->child; item; item = item->next) {
        if (snprintf(below, sizeof below, "%s.%s", path, item->string ? item->string : "*") >= (int)sizeof below)
            continue;
        const struct hb_key *key = hb_key_find(below);
        if (key)
            was_drawn[key - hb_keys] = true;
        note_object(item, below, was_drawn);
    }
}

void draw_note_list(const struct hb_key *list, const char *text, bool *was_drawn) {
    cJSON *items = cJSON_Parse(strchr(text, '=') + 1);
    if (items)
        note_object(items, list->path, was_drawn);
    cJSON_Delete(items);
}
