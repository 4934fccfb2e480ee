#include "ui/cli/options.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim/base/nearest.h"

#define AT(field) offsetof(struct hb_options, field)
#define RUNS      (HB_CMD_RUN | HB_CMD_EXEC)

#define FLAG    HB_OPTION_FLAG
#define TEXT    HB_OPTION_TEXT
#define PAIR    HB_OPTION_PAIR
#define SETTING HB_OPTION_SETTING
#define NUMBER  HB_OPTION_NUMBER
#define NAME    HB_OPTION_NAME

static const struct hb_option rows[] = {
    {"--out", "DIR", TEXT, AT(out), RUNS, "write result.json and console.txt there", NULL, NULL},
    {"--out", "DIR", TEXT, AT(out), HB_CMD_CAMPAIGN | HB_CMD_MERGE,
     "the folder for summary.json, runs.jsonl and the rest", NULL, NULL},
    {"--out", "DIR", TEXT, AT(out), HB_CMD_CHECK, "write grade.json of a file of answers there", NULL, NULL},
    {"--notes", NULL, FLAG, AT(notes), HB_CMD_RUN, "a lesson: write notes.md for the teacher, too", "--out", NULL},
    {"--csv", NULL, FLAG, AT(csv), RUNS, "write result.csv, harts.csv, caches.csv and faults.csv too", "--out", NULL},
    {"--jobs", "N", TEXT, AT(jobs), HB_CMD_RUN,
     "run up to N variants at a time (default: as many as the computer has cores)", NULL, NULL},
    {"--jobs", "N", TEXT, AT(jobs), HB_CMD_CAMPAIGN,
     "run up to N at a time (default: as many as the computer has cores)", NULL, NULL},
    {"--shard", "I/N", TEXT, AT(shard), HB_CMD_CAMPAIGN, "only every N-th run, from run I on: for several computers",
     NULL, NULL},
    {"--slurm", "DIR", TEXT, AT(slurm), HB_CMD_CAMPAIGN,
     "run nothing: write a job array for Slurm, whose results will be there too", NULL, NULL},
    {"--tasks", "N", TEXT, AT(tasks), HB_CMD_CAMPAIGN, "of how many tasks (default 16, at most 1000)", "--slurm", NULL},
    {"--resume", NULL, FLAG, AT(resume), HB_CMD_CAMPAIGN, "go on with a campaign that was interrupted", NULL, NULL},
    {"--run", "I", TEXT, AT(run), HB_CMD_RUN | HB_CMD_GUI,
     "the argument is the folder of a campaign, whose run I is repeated", NULL, NULL},
    {"--set", "KEY=VALUE", SETTING, 0, RUNS | HB_CMD_GUI | HB_CMD_CHECK | HB_CMD_BISECT,
     "set one key of the experiment, dotted (machine.harts=2); may be given for several keys", NULL, NULL},
    {"--cycles", "N", TEXT, AT(cycles), HB_CMD_RUN, "stop after cycle N at the latest", NULL, NULL},
    {"--cycles", "N", NUMBER, 0, HB_CMD_EXEC, "stop after cycle N; without it there is no limit", NULL, "stop.cycles"},
    {"--engine", "NAME", NAME, 0, RUNS, "fast (the default), fast-interpreted, lockstep: all the same results", NULL,
     "engine"},
    {"--engine", "NAME", TEXT, AT(engine), HB_CMD_BENCH,
     "fast (the default), fast-interpreted, lockstep: all the same results", NULL, NULL},
    {"--record", "FILE", TEXT, AT(record), RUNS | HB_CMD_GUI, "write every input with its cycle", NULL, NULL},
    {"--commands", "FILE", TEXT, AT(commands), HB_CMD_GUI,
     "write every command of mouse and keys with its cycle, for --replay", NULL, NULL},
    {"--replay", "FILE", TEXT, AT(replay), RUNS | HB_CMD_GUI, "take the inputs from a recording", NULL, NULL},
    {"--trace", "FILE", TEXT, AT(trace), RUNS,
     "write what happens to FILE: .json for Perfetto, .vcd for GTKWave, .csv, .grants (docs/traces.md)", NULL, NULL},
    {"--save-at", "CYCLE FILE", PAIR, AT(save_at), RUNS, "write a snapshot of the machine before this cycle, and go on",
     NULL, NULL},
    {"--clean", NULL, FLAG, AT(clean), RUNS,
     "--save-at: at rest, with empty caches, for another protocol, arbiter or caches", "--save-at", NULL},
    {"--from", "SNAPSHOT", TEXT, AT(from), RUNS, "go on from a snapshot of the same machine", NULL, NULL},
    {"--log-commits", "FILE", TEXT, AT(log_commits), RUNS,
     "write what every instruction did, in the format of Spike (slow)", NULL, NULL},
    {"--quiet", NULL, FLAG, AT(quiet), RUNS | HB_CMD_CAMPAIGN, "print nothing but errors and the guest's console", NULL,
     NULL},
    {"--harts", "N", NUMBER, 0, HB_CMD_EXEC, "number of harts", NULL, "machine.harts"},
    {"--harts", "N", TEXT, AT(harts), HB_CMD_BENCH, "number of harts (default 4)", NULL, NULL},
    {"--machine", "FILE", TEXT, AT(machine), HB_CMD_EXEC, "a machine object, or an experiment whose machine is taken",
     NULL, NULL},
    {"--signature", "FILE", TEXT, AT(signature), HB_CMD_EXEC, "write the words from begin_signature to end_signature",
     NULL, NULL},
    {"--bios", "FILE", TEXT, AT(bios), HB_CMD_EXEC,
     "firmware that runs first (ELF, or raw at 0x80000000); PROGRAM may then be raw, at 0x80200000", NULL, NULL},
    {"--initrd", "FILE", TEXT, AT(initrd), HB_CMD_EXEC, "an initial RAM disk; the device tree says where it is", NULL,
     NULL},
    {"--append", "TEXT", TEXT, AT(append), HB_CMD_EXEC, "the kernel's command line, in the device tree", NULL, NULL},
    {"--disk", "IMAGE", TEXT, AT(disk), HB_CMD_EXEC, "a virtio disk; the image is only read, writes stay in memory",
     NULL, NULL},
    {"--disk-write", NULL, FLAG, AT(disk_write), HB_CMD_EXEC,
     "put what the guest wrote to the disk into IMAGE at the end", "--disk", NULL},
    {"--gdb", "PORT", TEXT, AT(gdb), HB_CMD_EXEC,
     "wait for gdb on this port of 127.0.0.1 (0: a free one) and let it drive the machine", NULL, NULL},
    {"--mem-trace", NULL, FLAG, AT(mem_trace), HB_CMD_EXEC,
     "FILE...: memory traces, one a hart or one in order for all, in place of PROGRAM (docs/traces.md)", NULL, NULL},
    {"--mem-trace-format", "F", TEXT, AT(mem_trace_format), HB_CMD_EXEC,
     "din, smpcache, parsec, order or order-bus; without it, the suffix decides: .din; .prg, .trc; .data; .order",
     "--mem-trace", NULL},
    {"--shot", "FILE.png", TEXT, AT(shot), HB_CMD_GUI, "write a picture of the dashboard; needs no display", NULL,
     NULL},
    {"--at", "CYCLE", TEXT, AT(at), HB_CMD_GUI, "the cycle of --shot", "--shot", NULL},
    {"--scene", "NAME", TEXT, AT(scene), HB_CMD_GUI, "what fills the window: overview, lanes, lines, ...", NULL, NULL},
    {"--size", "WxH", TEXT, AT(size), HB_CMD_GUI, "of the window or picture in pixels (default: 1600x900)", NULL, NULL},
    {"--describe", NULL, FLAG, AT(why), HB_CMD_RUN,
     "print what every CPU does at the end, or before the cycle of --cycles, and why", NULL, NULL},
    {"--describe", "FILE", TEXT, AT(describe), HB_CMD_GUI,
     "keep a text description of what is shown up to date in FILE", NULL, NULL},
    {"--start", NULL, FLAG, AT(start), HB_CMD_GUI, "open the start page, from which everything else is opened", NULL,
     NULL},
    {"--notes", NULL, FLAG, AT(notes), HB_CMD_GUI, "a lesson: a second window with notes and answers", NULL, NULL},
    {"--dark", NULL, FLAG, AT(dark), HB_CMD_GUI, "dark colours", NULL, NULL},
    {"--large", NULL, FLAG, AT(large), HB_CMD_GUI, "text for a lecture hall", NULL, NULL},
    {"--compare", NULL, FLAG, AT(compare), HB_CMD_BENCH,
     "run lockstep and the engine in turn, and print how they compare", NULL, NULL},
    {"--json", NULL, FLAG, AT(json), HB_CMD_BENCH, "print JSON", NULL, NULL},
    {"--runs", "N", TEXT, AT(runs), HB_CMD_BENCH, "runs of each program; their median is printed (default 5)", NULL,
     NULL},
    {"--table", NULL, FLAG, AT(table), HB_CMD_PROTOCOL, "print the table (what it does without options)", NULL, NULL},
    {"--table=markdown", NULL, FLAG, AT(markdown), HB_CMD_PROTOCOL, "the same in Markdown", NULL, NULL},
    {"--dot", NULL, FLAG, AT(dot), HB_CMD_PROTOCOL, "print the state diagram for Graphviz: ... --dot | dot -Tsvg", NULL,
     NULL},
    {"--verify", NULL, FLAG, AT(verify), HB_CMD_PROTOCOL, "search every state that caches, bus and memory can reach",
     NULL, NULL},
    {"--caches", "N", TEXT, AT(caches), HB_CMD_PROTOCOL, "--verify: with N harts and their caches, 1 to 6 (default 3)",
     "--verify", NULL},
    {"--lines", "N", TEXT, AT(lines), HB_CMD_PROTOCOL, "--verify: 1 line, or 2 that compete for one place (default 1)",
     "--verify", NULL},
    {"--split", NULL, FLAG, AT(split), HB_CMD_PROTOCOL, "--verify: on the split bus", "--verify or --mutation", NULL},
    {"--mutation", "NAME", TEXT, AT(mutation), HB_CMD_PROTOCOL, "with one fault (machine.bus.mutation); listed above",
     NULL, NULL},
    {"--completion", "SHELL", TEXT, AT(completion), HB_CMD_HELP,
     "print completion for bash or zsh, from the tables of commands and options", NULL, NULL},
    {"--man", NULL, FLAG, AT(man), HB_CMD_HELP, "print it as a man page (roff)", NULL, NULL},
    {"--help", NULL, FLAG, AT(help), HB_CMD_ALL, "print this (also -h)", NULL, NULL},
};

#define ROWS (sizeof rows / sizeof rows[0])
_Static_assert(ROWS <= HB_OPTIONS_MAX, "struct hb_options has no room for the table");

const struct hb_option *hb_option_at(size_t i) {
    return i < ROWS ? &rows[i] : NULL;
}

/* Of two options that exclude each other the second is reported. `with` and `option`: names, or several joined by " or
 * ". */
static const struct clash {
    unsigned commands;
    const char *with, *option, *why;
} clashes[] = {
    {RUNS, "--from", "--replay", "the snapshot of --from holds its own inputs"},
    {HB_CMD_EXEC, "--gdb", "--trace or --log-commits", "does not go with --gdb, under which time may go back"},
    {HB_CMD_EXEC, "--mem-trace",
     "--signature or --bios or --initrd or --append or --disk or --gdb or --record or --replay or --clean "
     "or --log-commits",
     "needs a program, not memory traces"},
    {HB_CMD_HELP, "--completion", "--man", "goes with a command, not with --completion"},
    {HB_CMD_GUI, "--shot", "--describe", "goes with a window, not with --shot"},
    {HB_CMD_PROTOCOL, "--table or --table=markdown or --dot", "--verify",
     "--table, --table=markdown, --dot, --verify: one of them"},
    {HB_CMD_PROTOCOL, "--table or --table=markdown", "--dot",
     "--table, --table=markdown, --dot, --verify: one of them"},
    {HB_CMD_PROTOCOL, "--table", "--table=markdown", "--table, --table=markdown, --dot, --verify: one of them"},
};

/* The state of parsing. */
struct reading {
    struct hb_options *options;
    unsigned bit;
    const char *command;
};

static bool refuse(const struct reading *reading, const char *name, const char *why) {
    fprintf(stderr, "hartbeat %s: %s: %s (see: hartbeat help %s)\n", reading->command, name, why, reading->command);
    return false;
}

static int give_up(const struct reading *reading, const char *name, const char *why) {
    refuse(reading, name, why);
    return -1;
}

/* ---- Names ----------------------------------------------------------------------------------------------------- */

/* The row of the option named by these n bytes; NULL: the command takes no such option. */
static const struct hb_option *find(const struct reading *reading, const char *name, size_t n) {
    for (size_t i = 0; i < ROWS; i++)
        if (rows[i].commands & reading->bit && strncmp(rows[i].name, name, n) == 0 && rows[i].name[n] == 0)
            return &rows[i];
    return NULL;
}

static void refuse_unknown(const struct reading *reading, const char *name) {
    char why[96];
    struct hb_nearest nearest = {.word = name};
    for (size_t i = 0; i < ROWS; i++)
        if (rows[i].commands & reading->bit)
            hb_nearest_try(&nearest, rows[i].name);
    const char *found = hb_nearest_found(&nearest);
    snprintf(why, sizeof why, found ? "no such option; did you mean %s?" : "no such option", found);
    refuse(reading, name, why);
}

/* Is one of the options that `names` lists given? The first such is written to `which`. */
static bool any_given(const struct reading *reading, const char *names, char which[HB_OPTION_NAME_BYTES]) {
    for (const char *at = names; *at;) {
        size_t n = strcspn(at, " ");
        const struct hb_option *option = find(reading, at, n);
        if (option && reading->options->given[option - rows]) {
            snprintf(which, HB_OPTION_NAME_BYTES, "%s", option->name);
            return true;
        }
        at += n;
        at += strncmp(at, " or ", 4) == 0 ? 4 : 0;
    }
    return false;
}

/* ---- Settings -------------------------------------------------------------------------------------------------- */

static bool is_set(const struct hb_options *options, const char *setting) {
    size_t n = strcspn(setting, "=");
    for (size_t i = 0; i < options->sets; i++)
        if (strncmp(options->set[i], setting, n) == 0 && options->set[i][n] == '=')
            return true;
    return false;
}

static bool add_setting(const struct reading *reading, const struct hb_option *option, const char *setting) {
    struct hb_options *options = reading->options;
    char why[HB_SETTING_BYTES + 32];
    if (options->sets == HB_SETTINGS_MAX)
        return refuse(reading, option->name, "too many settings (64 at most)");
    if (is_set(options, setting)) {
        snprintf(why, sizeof why, "%.*s is set twice", (int)strcspn(setting, "="), setting);
        return refuse(reading, option->name, why);
    }
    options->set[options->sets++] = setting;
    return true;
}

/* An option that abbreviates a setting. */
static bool add_short(const struct reading *reading, const struct hb_option *option, const char *value) {
    struct hb_options *options = reading->options;
    uint64_t number;
    if (options->sets == HB_SETTINGS_MAX)
        return refuse(reading, option->name, "too many settings (64 at most)");
    char *text = options->setting[options->sets];
    if (option->kind == NAME)
        snprintf(text, HB_SETTING_BYTES, "%s=\"%.64s\"", option->key, value);
    else if (hb_options_number(value, option->name, &number))
        snprintf(text, HB_SETTING_BYTES, "%s=%" PRIu64, option->key, number);
    else
        return false;
    return add_setting(reading, option, text);
}

/* ---- One option ------------------------------------------------------------------------------------------------ */

/* How many values an option has. */
static int values_of(const struct hb_option *option) {
    return option->kind == FLAG ? 0 : option->kind == PAIR ? 2 : 1;
}

static bool store(const struct reading *reading, const struct hb_option *option, const char *const *value) {
    char *field = (char *)reading->options + option->offset;
    switch (option->kind) {
    case FLAG: *(bool *)field = true; return true;
    case PAIR: memcpy(field + sizeof *value, &value[1], sizeof *value); /* fallthrough */
    case TEXT: memcpy(field, &value[0], sizeof *value); return true;
    case SETTING: return add_setting(reading, option, value[0]);
    default: return add_short(reading, option, value[0]);
    }
}

/* `joined`: the value after "=", or NULL. `next`: the texts that follow, ending with NULL. Returns how many of these
 * are values; -1: refused. */
static int take(const struct reading *reading, const struct hb_option *option, const char *joined, char **next) {
    const char *value[2] = {joined, NULL};
    int wanted = values_of(option), have = joined != NULL, took = 0;
    bool *given = &reading->options->given[option - rows];
    if (joined && wanted == 0)
        return give_up(reading, option->name, "takes no value");
    if (*given && option->kind != SETTING)
        return give_up(reading, option->name, "is given twice");
    for (*given = true; have + took < wanted; took++) {
        const char *text = next[took];
        if (!text || (strncmp(text, "--", 2) == 0 && find(reading, text, strlen(text))))
            return give_up(reading, option->name,
                           wanted == 2 && have + took ? "two values must follow" : "a value must follow");
        value[have + took] = text;
    }
    return store(reading, option, value) ? took : -1;
}

/* ---- All of them ----------------------------------------------------------------------------------------------- */

static bool add_argument(const struct reading *reading, const char *text) {
    struct hb_options *options = reading->options;
    if (options->arguments == HB_ARGUMENTS_MAX)
        return refuse(reading, text, "too many arguments");
    options->argument[options->arguments++] = text;
    return true;
}

/* An option at `text[0]`. Returns how many texts after it are its values; -1: refused. */
static int read_option(const struct reading *reading, char **text) {
    const char *name = strcmp(text[0], "-h") == 0 ? "--help" : text[0];
    const struct hb_option *option = find(reading, name, strlen(name));
    if (option)
        return take(reading, option, NULL, &text[1]);
    size_t n = strcspn(name, "=");
    option = find(reading, name, n);
    if (!option) {
        refuse_unknown(reading, name);
        return -1;
    }
    return take(reading, option, name + n + 1, &text[1]);
}

static bool read_all(const struct reading *reading, int n, char **text) {
    bool ended = false; /* by "--" */
    for (int i = 0; i < n; i++) {
        if (ended || text[i][0] != '-' || text[i][1] == 0) {
            if (!add_argument(reading, text[i]))
                return false;
        } else if (strcmp(text[i], "--") == 0) {
            ended = true;
        } else {
            int values = read_option(reading, &text[i]);
            if (values < 0)
                return false;
            i += values;
        }
    }
    return true;
}

static bool check_needs(const struct reading *reading) {
    char why[96], which[HB_OPTION_NAME_BYTES];
    for (size_t i = 0; i < ROWS; i++) {
        const struct hb_option *option = &rows[i];
        if (!reading->options->given[i] || !option->needs || any_given(reading, option->needs, which))
            continue;
        snprintf(why, sizeof why, "needs %s", option->needs);
        return refuse(reading, option->name, why);
    }
    return true;
}

static bool check_clashes(const struct reading *reading) {
    char with[HB_OPTION_NAME_BYTES], option[HB_OPTION_NAME_BYTES];
    for (size_t i = 0; i < sizeof clashes / sizeof clashes[0]; i++) {
        const struct clash *clash = &clashes[i];
        if (clash->commands & reading->bit && any_given(reading, clash->with, with) &&
            any_given(reading, clash->option, option))
            return refuse(reading, option, clash->why);
    }
    return true;
}

bool hb_options_read(struct hb_options *options, unsigned command_bit, const char *command, int n, char **text) {
    const struct reading reading = {options, command_bit, command};
    memset(options, 0, sizeof *options);
    return read_all(&reading, n, text) && (options->help || (check_needs(&reading) && check_clashes(&reading)));
}

void hb_options_help(unsigned command_bit, FILE *out) {
    for (size_t i = 0; i < ROWS; i++) {
        const struct hb_option *option = &rows[i];
        if (!(option->commands & command_bit))
            continue;
        char left[48];
        snprintf(left, sizeof left, "%s%s%s", option->name, option->value ? " " : "",
                 option->value ? option->value : "");
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
