#include "sim/state/recording.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "osmodel/abi.h"
#include "sim/base/output.h"
#include "sim/machine/debug.h"

#define HEADER     "hartbeat-inputs 1"
#define LINE_BYTES 256

static const char *const parameter_names[] = {
#define NAME(field) #field,
    HB_PARAMS(NAME)
#undef NAME
};

enum { PARAMETERS = sizeof parameter_names / sizeof parameter_names[0] };

/* Registers as in struct hb_input, by name: x10, pc, f3, csr300, mode. */
static const struct {
    const char *prefix;
    uint32_t first, registers;
    int base;
} register_names[] = {
    {"x", 0, 32, 10},
    {"pc", HB_REGISTER_PC, 1, 10},
    {"f", HB_REGISTER_F, 32, 10},
    {"csr", HB_REGISTER_CSR, 4096, 16},
    {"mode", HB_REGISTER_MODE, 1, 10},
};

enum { REGISTER_NAMES = sizeof register_names / sizeof register_names[0] };

static void write_register(FILE *file, const struct hb_input *input) {
    uint32_t i = REGISTER_NAMES - 1;
    while (input->parameter < register_names[i].first)
        i--;
    fprintf(file, "%" PRIu64 " register %u %s", input->cycle, input->hart, register_names[i].prefix);
    if (register_names[i].registers > 1)
        fprintf(file, register_names[i].base == 16 ? "%03" PRIx32 : "%" PRIu32,
                input->parameter - register_names[i].first);
    fprintf(file, " %" PRIx64 "\n", input->value);
}

static void write_fault(FILE *file, const struct hb_input *input) {
    const struct hb_fault_model_info *model = &hb_fault_model[input->terms.model];
    fprintf(file, "%" PRIu64 " fault %u %s", input->cycle, input->hart, model->name);
    for (size_t i = 0; i < HB_FAULT_TERMS; i++) {
        const struct hb_fault_term *term = &hb_fault_term[i];
        uint64_t value = hb_fault_term_get(term, &input->terms);
        if (model->takes & term->bit && value)
            fprintf(file, " %s %" PRIu64, term->result, value);
    }
    fputc('\n', file);
}

static void write_input(FILE *file, const struct hb_input *input) {
    switch (input->kind) {
    case HB_INPUT_TEXT: fprintf(file, "%" PRIu64 " text %02x\n", input->cycle, input->byte); break;
    case HB_INPUT_FAULT: write_fault(file, input); break;
    case HB_INPUT_HOLD: fprintf(file, "%" PRIu64 " hold %" PRIx64 "\n", input->cycle, input->value); break;
    case HB_INPUT_REGISTER: write_register(file, input); break;
    case HB_INPUT_MEMORY:
        fprintf(file, "%" PRIu64 " memory %" PRIx64 " %u %" PRIx64 "\n", input->cycle, input->address, input->byte,
                input->value);
        break;
    default:
        fprintf(file, "%" PRIu64 " set %s %" PRIu64 "\n", input->cycle, parameter_names[input->parameter],
                input->value);
        break;
    }
}

bool hb_recording_write(const struct hb_machine *machine, const char *path, struct hb_error *error) {
    struct hb_output out;
    if (!hb_output_open(&out, path, HB_OUTPUT_WHOLE, error))
        return false;
    fputs(HEADER "\n", out.file);
    for (uint32_t i = 0; i < machine->log.inputs; i++)
        write_input(out.file, &machine->log.input[i]);
    return hb_output_close(&out, error);
}

/* ---- A line ---------------------------------------------------------------------------------------------------- */

/* The next word of a line, which is advanced past it; "" at its end. */
static char *next_word(char **line) {
    char *word = *line + strspn(*line, " \t\r");
    *line = word + strcspn(word, " \t\r");
    if (**line)
        *(*line)++ = 0;
    return word;
}

/* False: the word is not a number from 0 to `most`. */
static bool read_number(const char *word, int base, uint64_t most, uint64_t *value) {
    char *end;
    errno = 0;
    *value = strtoull(word, &end, base);
    return word[0] != 0 && strchr("+-", word[0]) == NULL && *end == 0 && errno == 0 && *value <= most;
}

/* The terms of a model, each as its name and a number. */
static bool read_terms(char *rest, struct hb_fault_terms *terms) {
    const struct hb_fault_model_info *model = &hb_fault_model[terms->model];
    uint32_t given = 0;
    for (char *word = next_word(&rest); word[0]; word = next_word(&rest)) {
        const struct hb_fault_term *term = hb_fault_term;
        while (term < hb_fault_term + HB_FAULT_TERMS && strcmp(term->result, word) != 0)
            term++;
        uint64_t value;
        if (term == hb_fault_term + HB_FAULT_TERMS || !(model->takes & ~given & term->bit) ||
            !read_number(next_word(&rest), 10, term->maximum, &value))
            return false;
        hb_fault_term_set(term, terms, value);
        given |= value ? term->bit : 0;
    }
    for (size_t i = 0; i < HB_FAULT_TERMS; i++)
        given |= hb_fault_term[i].names ? hb_fault_term[i].bit : 0; /* left out: the first of its names */
    return (model->needs & ~given) == 0;
}

/* A model and its terms; or what became of the cache alone, as recordings had it when there was but one model. */
static bool read_fault(char *rest, struct hb_input *input, uint32_t harts) {
    uint64_t hart;
    if (!read_number(next_word(&rest), 10, harts - 1, &hart))
        return false;
    const char *word = next_word(&rest);
    input->kind = HB_INPUT_FAULT;
    input->hart = (uint8_t)hart;
    input->terms.lost = strcmp(word, "lost") == 0;
    if (input->terms.lost || strcmp(word, "snoopable") == 0)
        return true;
    for (uint8_t i = 0; i < HB_FAULTS_KNOWN; i++)
        if (strcmp(hb_fault_model[i].name, word) == 0) {
            input->terms.model = i;
            return read_terms(rest, &input->terms);
        }
    return false;
}

static bool read_parameter(char *rest, struct hb_input *input) {
    const char *name = next_word(&rest);
    input->kind = HB_INPUT_PARAMETER;
    if (!read_number(next_word(&rest), 10, UINT64_MAX, &input->value))
        return false;
    for (input->parameter = 0; input->parameter < PARAMETERS; input->parameter++)
        if (strcmp(parameter_names[input->parameter], name) == 0)
            return true;
    return false;
}

static bool read_text(char *rest, struct hb_input *input) {
    uint64_t byte;
    if (!read_number(next_word(&rest), 16, UINT8_MAX, &byte))
        return false;
    input->kind = HB_INPUT_TEXT;
    input->byte = (uint8_t)byte;
    return true;
}

static bool read_hold(char *rest, struct hb_input *input) {
    input->kind = HB_INPUT_HOLD;
    return read_number(next_word(&rest), 16, UINT64_MAX, &input->value);
}

static bool read_register_name(const char *name, uint32_t *number) {
    for (uint32_t i = 0; i < REGISTER_NAMES; i++) {
        uint64_t index = 0;
        size_t n = strlen(register_names[i].prefix);
        bool one = register_names[i].registers == 1;
        if (strncmp(name, register_names[i].prefix, n) != 0)
            continue;
        if (one ? name[n] != 0
                : !read_number(name + n, register_names[i].base, register_names[i].registers - 1, &index))
            continue;
        *number = register_names[i].first + (uint32_t)index;
        return true;
    }
    return false;
}

static bool read_register(char *rest, struct hb_input *input, uint32_t harts) {
    uint64_t hart;
    input->kind = HB_INPUT_REGISTER;
    if (!read_number(next_word(&rest), 10, harts - 1, &hart) ||
        !read_register_name(next_word(&rest), &input->parameter))
        return false;
    input->hart = (uint8_t)hart;
    return read_number(next_word(&rest), 16, UINT64_MAX, &input->value);
}

static bool read_memory(char *rest, struct hb_input *input) {
    uint64_t bytes;
    input->kind = HB_INPUT_MEMORY;
    if (!read_number(next_word(&rest), 16, UINT64_MAX, &input->address) ||
        !read_number(next_word(&rest), 10, sizeof input->value, &bytes))
        return false;
    input->byte = (uint8_t)bytes;
    return read_number(next_word(&rest), 16, UINT64_MAX, &input->value);
}

/* Take the line apart. */
static bool read_line(char *line, struct hb_input *input, uint32_t harts) {
    *input = (struct hb_input){0};
    if (!read_number(next_word(&line), 10, UINT64_MAX, &input->cycle))
        return false;
    const char *kind = next_word(&line);
    if (strcmp(kind, "fault") == 0)
        return read_fault(line, input, harts);
    if (strcmp(kind, "set") == 0)
        return read_parameter(line, input);
    if (strcmp(kind, "hold") == 0)
        return read_hold(line, input) && hb_debug_is_fit(input, harts);
    if (strcmp(kind, "register") == 0)
        return read_register(line, input, harts) && hb_debug_is_fit(input, harts);
    if (strcmp(kind, "memory") == 0)
        return read_memory(line, input) && hb_debug_is_fit(input, harts);
    return strcmp(kind, "text") == 0 && read_text(line, input);
}

/* ---- The file -------------------------------------------------------------------------------------------------- */

static bool read_lines(struct hb_machine *machine, FILE *file, const char *path, struct hb_error *error) {
    char line[LINE_BYTES], pieces[LINE_BYTES];
    struct hb_input input;
    if (!fgets(line, sizeof line, file) || strncmp(line, HEADER "\n", sizeof HEADER) != 0) {
        hb_error_set(error, "%s: line 1: not a recording: it should begin with \"" HEADER "\"", path);
        return false;
    }
    for (unsigned number = 2; fgets(line, sizeof line, file); number++) {
        line[strcspn(line, "\n")] = 0;
        memcpy(pieces, line, sizeof pieces);
        if (!read_line(pieces, &input, machine->bus.harts)) {
            hb_error_set(error, "%s: line %u: \"%.60s\" is not an input of this machine", path, number, line);
            return false;
        }
        hb_machine_input(machine, &input);
    }
    return true;
}

bool hb_recording_is(const char *path) {
    char line[sizeof HEADER + 1] = "";
    FILE *file = fopen(path, "r");
    bool is = file && fgets(line, sizeof line, file) && strcmp(line, HEADER "\n") == 0;
    if (file)
        (void)fclose(file);
    return is;
}

bool hb_recording_read(struct hb_machine *machine, const char *path, struct hb_error *error) {
    FILE *file = fopen(path, "r");
    if (!file) {
        hb_error_set(error, "%s: cannot be read: %s", path, strerror(errno));
        return false;
    }
    bool ok = read_lines(machine, file, path, error);
    (void)fclose(file);
    return ok;
}
