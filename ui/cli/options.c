#include "ui/cli/options.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum kind { FLAG, TEXT, PAIR, SETTING, NOT_BUILT };

struct option {
    const char *name;
    const char *value; /* what the value is called (a PAIR: both); NULL for flags */
    enum kind kind;
    size_t offset;
    unsigned commands;
    const char *help;
};

#define AT(field) offsetof(struct hb_options, field)
#define RUNS      (HB_CMD_RUN | HB_CMD_EXEC)

static const struct option options_table[] = {
    {"--out", "DIR", TEXT, AT(out), RUNS, "write result.json and console.txt there"},
    {"--set", "KEY=VALUE", SETTING, 0, RUNS | HB_CMD_GUI | HB_CMD_CHECK | HB_CMD_BISECT,
     "set one key of the experiment, dotted (machine.harts=2); may be repeated"},
    {"--cycles", "N", TEXT, AT(cycles), RUNS, "stop after cycle N at the latest"},
    {"--engine", "NAME", TEXT, AT(engine), RUNS | HB_CMD_BENCH, "lockstep (the default and the definition)"},
    {"--record", "FILE", TEXT, AT(record), RUNS | HB_CMD_GUI, "write every input with its cycle"},
    {"--replay", "FILE", TEXT, AT(replay), RUNS | HB_CMD_GUI, "take the inputs from a recording"},
    {"--trace", "FILE", TEXT, AT(trace), RUNS,
     "write what happens there: .json for Perfetto, .vcd for GTKWave, .csv, .grants (docs/traces.md)"},
    {"--save-at", "CYCLE FILE", PAIR, AT(save_at), RUNS,
     "write a snapshot of the machine before this cycle, and go on"},
    {"--clean", NULL, FLAG, AT(clean), RUNS,
     "--save-at: at rest, with empty caches, for another protocol, arbiter or caches"},
    {"--from", "SNAPSHOT", TEXT, AT(from), RUNS, "go on from a snapshot of the same machine"},
    {"--log-commits", "FILE", TEXT, AT(log_commits), RUNS, "write what every instruction did, as Spike does (slow)"},
    {"--quiet", NULL, FLAG, AT(quiet), RUNS, "print nothing but errors and the guest's console"},
    {"--harts", "N", TEXT, AT(harts), HB_CMD_EXEC | HB_CMD_BENCH, "number of harts"},
    {"--machine", "FILE", TEXT, AT(machine), HB_CMD_EXEC, "a machine object, or an experiment whose machine is taken"},
    {"--signature", "FILE", TEXT, AT(signature), HB_CMD_EXEC, "write the words from begin_signature to end_signature"},
    {"--bios", "FILE", TEXT, AT(bios), HB_CMD_EXEC,
     "firmware that runs first (ELF, or raw at 0x80000000); PROGRAM may then be raw, at 0x80200000"},
    {"--initrd", "FILE", TEXT, AT(initrd), HB_CMD_EXEC, "an initial RAM disk, told in the device tree"},
    {"--append", "TEXT", TEXT, AT(append), HB_CMD_EXEC, "the kernel's command line, told in the device tree"},
    {"--disk", "IMAGE", TEXT, AT(disk), HB_CMD_EXEC, "a virtio disk; the image is only read, writes stay in memory"},
    {"--disk-write", NULL, FLAG, AT(disk_write), HB_CMD_EXEC, "put what was written to the disk into IMAGE at the end"},
    {"--gdb", "PORT", TEXT, AT(gdb), HB_CMD_EXEC,
     "wait for gdb on this port of 127.0.0.1 and let it drive the machine"},
    {"--mem-trace", NULL, FLAG, AT(mem_trace), HB_CMD_EXEC,
     "FILE...: memory traces, one a hart, in place of PROGRAM (docs/traces.md)"},
    {"--mem-trace-format", "F", TEXT, AT(mem_trace_format), HB_CMD_EXEC,
     "din, smpcache or parsec; left out, the suffix tells: .din; .prg, .trc; .data"},
    {"--shot", "FILE.png", TEXT, AT(shot), HB_CMD_GUI, "write a picture of the dashboard; needs no display"},
    {"--at", "CYCLE", TEXT, AT(at), HB_CMD_GUI, "the cycle of --shot"},
    {"--describe", "FILE", TEXT, AT(describe), HB_CMD_GUI,
     "keep a description of what is shown up to date there, as text"},
    {"--dark", NULL, FLAG, AT(dark), HB_CMD_GUI, "dark colours"},
    {"--large", NULL, FLAG, AT(large), HB_CMD_GUI, "text for a lecture hall"},
    {"--json", NULL, FLAG, AT(json), HB_CMD_BENCH, "print JSON"},
    {"--runs", "N", TEXT, AT(runs), HB_CMD_BENCH, "runs a program, of which the median is printed (default 5)"},
    {"--table", NULL, FLAG, AT(table), HB_CMD_PROTOCOL, "print the table (what it does without options)"},
    {"--table=markdown", NULL, FLAG, AT(markdown), HB_CMD_PROTOCOL, "the same in Markdown"},
    {"--dot", NULL, FLAG, AT(dot), HB_CMD_PROTOCOL, "print the state diagram for Graphviz: ... --dot | dot -Tsvg"},
    {"--verify", NULL, FLAG, AT(verify), HB_CMD_PROTOCOL, "search every state that caches, bus and memory can reach"},
    {"--caches", "N", TEXT, AT(caches), HB_CMD_PROTOCOL,
     "--verify: so many harts with their caches, 1 to 6 (default 3)"},
    {"--lines", "N", TEXT, AT(lines), HB_CMD_PROTOCOL, "--verify: 1 line, or 2 that want the same place (default 1)"},
    {"--split", NULL, FLAG, AT(split), HB_CMD_PROTOCOL, "--verify: on the split bus"},
    {"--mutation", "NAME", TEXT, AT(mutation), HB_CMD_PROTOCOL,
     "with one thing wrong (machine.bus.mutation), see above"},
};

static const struct option *find(const char *name, unsigned command_bit) {
    for (size_t i = 0; i < sizeof options_table / sizeof options_table[0]; i++)
        if (options_table[i].commands & command_bit && strcmp(options_table[i].name, name) == 0)
            return &options_table[i];
    return NULL;
}

static bool refuse(const char *command, const char *name, const char *why) {
    fprintf(stderr, "hartbeat %s: %s: %s (see: hartbeat help %s)\n", command, name, why, command);
    return false;
}

/* How many values follow an option. */
static int values_of(const struct option *option) {
    switch (option->kind) {
    case TEXT:
    case SETTING: return 1;
    case PAIR: return 2;
    default: return 0;
    }
}

/* `value`: the arguments that follow, and NULL. */
static bool take(struct hb_options *options, const struct option *option, const char *command, char **value) {
    if (option->kind == NOT_BUILT)
        return refuse(command, option->name, "not built yet");
    if (option->kind == FLAG) {
        *(bool *)((char *)options + option->offset) = true;
        return true;
    }
    if (!value[0])
        return refuse(command, option->name, "a value must follow");
    if (option->kind == PAIR && !value[1])
        return refuse(command, option->name, "two values must follow");
    if (option->kind != SETTING) {
        const char **to = (const char **)(void *)((char *)options + option->offset);
        for (int i = 0; i < values_of(option); i++)
            to[i] = value[i];
        return true;
    }
    if (options->sets == HB_SETTINGS_MAX)
        return refuse(command, option->name, "too many settings (64 at most)");
    options->set[options->sets++] = value[0];
    return true;
}

bool hb_options_read(struct hb_options *options, unsigned command_bit, const char *command, int argc, char **argv) {
    *options = (struct hb_options){0};
    for (int i = 2; i < argc; i++) {
        if (strncmp(argv[i], "--", 2) != 0) {
            if (options->arguments == HB_ARGUMENTS_MAX)
                return refuse(command, argv[i], "too many arguments");
            options->argument[options->arguments++] = argv[i];
            continue;
        }
        const struct option *option = find(argv[i], command_bit);
        if (!option)
            return refuse(command, argv[i], "no such option");
        if (!take(options, option, command, &argv[i + 1])) /* argv[argc] is NULL */
            return false;
        i += values_of(option);
    }
    return !options->clean || options->save_at[0] || refuse(command, "--clean", "needs --save-at");
}

void hb_options_help(unsigned command_bit, FILE *out) {
    for (size_t i = 0; i < sizeof options_table / sizeof options_table[0]; i++) {
        const struct option *option = &options_table[i];
        if (!(option->commands & command_bit) || option->kind == NOT_BUILT)
            continue;
        char left[40];
        snprintf(left, sizeof left, "%s %s", option->name, option->value ? option->value : "");
        fprintf(out, "  %-22s %s\n", left, option->help);
    }
}

bool hb_options_number(const char *text, const char *what, uint64_t *number) {
    uint64_t value = 0;
    bool any = false, ok = true;
    for (const char *at = text; *at; at++) {
        if (*at == ',' || *at == '_')
            continue;
        ok &= *at >= '0' && *at <= '9' && value <= (UINT64_MAX - 9) / 10;
        value = value * 10 + (uint64_t)(*at - '0');
        any = true;
    }
    *number = value;
    if (any && ok)
        return true;
    fprintf(stderr, "hartbeat: %s: \"%s\" is not a whole number\n", what, text);
    return false;
}
