#include "sim/recording.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "osmodel/abi.h"

#define HEADER "hartbeat-inputs 1"

static const char *const parameter_names[] = {
#define NAME(field) #field,
    HB_PARAMS(NAME)
#undef NAME
};

enum { PARAMETERS = sizeof parameter_names / sizeof parameter_names[0] };

static void write_input(FILE *file, const struct hb_input *input) {
    switch (input->kind) {
    case HB_INPUT_TEXT: fprintf(file, "%" PRIu64 " text %02x\n", input->cycle, input->byte); break;
    case HB_INPUT_FAULT:
        fprintf(file, "%" PRIu64 " fault %u %s\n", input->cycle, input->hart, input->lost ? "lost" : "snoopable");
        break;
    default:
        fprintf(file, "%" PRIu64 " set %s %" PRIu64 "\n", input->cycle, parameter_names[input->parameter],
                input->value);
        break;
    }
}

bool hb_recording_write(const struct hb_machine *machine, const char *path, struct hb_error *error) {
    FILE *file = fopen(path, "w");
    if (!file) {
        hb_error_set(error, "%s: cannot be written: %s", path, strerror(errno));
        return false;
    }
    fputs(HEADER "\n", file);
    for (uint32_t i = 0; i < machine->log.inputs; i++)
        write_input(file, &machine->log.input[i]);
    if (fclose(file) == 0)
        return true;
    hb_error_set(error, "%s: cannot be written: %s", path, strerror(errno));
    return false;
}

static bool read_fault(const char *rest, struct hb_input *input, uint32_t harts) {
    char cache[16];
    unsigned hart;
    if (sscanf(rest, "%u %15s", &hart, cache) != 2 || hart >= harts)
        return false;
    input->kind = HB_INPUT_FAULT;
    input->hart = (uint8_t)hart;
    input->lost = strcmp(cache, "lost") == 0;
    return input->lost || strcmp(cache, "snoopable") == 0;
}

static bool read_parameter(const char *rest, struct hb_input *input) {
    char name[64];
    input->kind = HB_INPUT_PARAMETER;
    if (sscanf(rest, "%63s %" SCNu64, name, &input->value) != 2)
        return false;
    for (input->parameter = 0; input->parameter < PARAMETERS; input->parameter++)
        if (strcmp(parameter_names[input->parameter], name) == 0)
            return true;
    return false;
}

static bool read_text(const char *rest, struct hb_input *input) {
    unsigned byte;
    if (sscanf(rest, "%x", &byte) != 1 || byte > 255)
        return false;
    input->kind = HB_INPUT_TEXT;
    input->byte = (uint8_t)byte;
    return true;
}

static bool read_line(const char *line, struct hb_input *input, uint32_t harts) {
    char kind[16];
    int used = 0;
    *input = (struct hb_input){0};
    if (sscanf(line, "%" SCNu64 " %15s%n", &input->cycle, kind, &used) != 2)
        return false;
    if (strcmp(kind, "fault") == 0)
        return read_fault(line + used, input, harts);
    if (strcmp(kind, "set") == 0)
        return read_parameter(line + used, input);
    return strcmp(kind, "text") == 0 && read_text(line + used, input);
}

static bool read_lines(struct hb_machine *machine, FILE *file, const char *path, struct hb_error *error) {
    char line[256];
    struct hb_input input;
    if (!fgets(line, sizeof line, file) || strncmp(line, HEADER "\n", sizeof HEADER) != 0) {
        hb_error_set(error, "%s: line 1: not a recording: it should begin with \"" HEADER "\"", path);
        return false;
    }
    for (unsigned number = 2; fgets(line, sizeof line, file); number++) {
        line[strcspn(line, "\n")] = 0;
        if (!read_line(line, &input, machine->bus.harts)) {
            hb_error_set(error, "%s: line %u: \"%.60s\" is no input of this machine", path, number, line);
            return false;
        }
        hb_machine_input(machine, &input);
    }
    return true;
}

bool hb_recording_read(struct hb_machine *machine, const char *path, struct hb_error *error) {
    FILE *file = fopen(path, "r");
    if (!file) {
        hb_error_set(error, "%s: cannot be read: %s", path, strerror(errno));
        return false;
    }
    bool ok = read_lines(machine, file, path, error);
    fclose(file);
    return ok;
}
