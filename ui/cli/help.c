#include "ui/cli/help.h"

#include <string.h>

#include "ui/cli/commands.h"
#include "ui/cli/options.h"

static const char run_details[] =
    "Runs every variant of the experiment, prints a table of results, and evaluates its \"expect\" block.\n"
    "Exit status: with \"expect\", 0 if all of it holds, else 1. Without: 0 the guest passed, 1 it failed or crashed,\n"
    "3 it did not finish (limit, hang). 2: the input is wrong. 4: a fault of hartbeat's own.\n";

static const char exec_details[] =
    "Runs a bare-metal RV64GC program for QEMU's `virt` board that uses the UART (0x10000000), the CLINT (0x2000000),\n"
    "the PLIC (0xc000000), the virtio disk (0x10001000) and the finisher (0x100000) or `tohost`\n"
    "(exit, console, and the system calls write and exit). Standard output is the guest's console and nothing else;\n"
    "standard input goes to its UART; a terminal is raw in the meantime, and Ctrl-A x leaves (exit status 3).\n"
    "A program that sleeps at a terminal until a key or its timer wakes it sleeps about as long as it says; elsewhere\n"
    "such time takes none. There is one hart unless --harts or --machine says how many, and no limit of cycles unless\n"
    "--cycles gives one. At a terminal, a table of what each hart did ends the run.\n"
    "With --mem-trace, files of memory accesses take the place of the program, one a hart; the results are printed on\n"
    "standard error.\n";

static const char gui_details[] =
    "Opens the dashboard on the experiment (default: smp4). Click a CPU to kill it; ? lists the keys. With --shot it\n"
    "needs no display and writes a picture.\n";

static const char bisect_details[] =
    "Runs both experiments side by side and finds the first cycle at whose close their machines differ, and the first\n"
    "field that does. Exit status: 0 they do not differ, 1 they do.\n";

static const char bench_details[] =
    "Runs the batch of the bundled SMP kernel and a bare-metal program with locks, false sharing and barriers, and "
    "prints\n"
    "a line for each: PROGRAM ENGINE HARTS instructions cycles seconds minstr_per_s (median of the runs; seconds are\n"
    "processor time).\n";

static const char protocol_details[] = "Prints the table of a coherence protocol, bundled or from a JSON file "
                                       "(docs/protocols.md). With --verify every state\n"
                                       "that caches, bus, store buffers, an L2, devices and memory can reach under it "
                                       "is searched, on the very table and steps\n"
                                       "that are executed. Exit status: 0 all is well, 1 something is wrong, and is "
                                       "told as a shortest story, or a row of the\n"
                                       "table is never used; 2 the input is wrong; 3 not all states were searched.\n";

static const struct hb_command_info commands[] = {
    {"run", HB_CMD_RUN, hb_cmd_run, "EXPERIMENT.json", "run an experiment", run_details, NULL},
    {"exec", HB_CMD_EXEC, hb_cmd_exec, "PROGRAM.elf", "run a bare-metal program of your own", exec_details, NULL},
    {"gui", HB_CMD_GUI, hb_cmd_gui, "[EXPERIMENT.json]", "open the dashboard", gui_details, NULL},
    {"check", HB_CMD_CHECK, hb_cmd_check, "FILE...", "say what is wrong with experiment files", NULL, NULL},
    {"bisect", HB_CMD_BISECT, hb_cmd_bisect, "A.json B.json", "first cycle and field in which two runs differ",
     bisect_details, NULL},
    {"bench", HB_CMD_BENCH, hb_cmd_bench, "", "measure the emulator's speed on this computer", bench_details, NULL},
    {"protocol", HB_CMD_PROTOCOL, hb_cmd_protocol, "NAME | FILE.json", "print, draw or verify a coherence protocol",
     protocol_details, hb_protocol_help},
    {"help", 0, hb_cmd_help, "[COMMAND]", "explain a command and its options", NULL, NULL},
    {"campaign", 0, NULL, "CAMPAIGN.json", "many faults, one summary", NULL, NULL},
    {"merge", 0, NULL, "DIR...", "join the shards of a campaign", NULL, NULL},
    {"report", 0, NULL, "DIR", "a report of a campaign", NULL, NULL},
};

#define COMMANDS (sizeof commands / sizeof commands[0])

const struct hb_command_info *hb_command_find(const char *name) {
    for (size_t i = 0; i < COMMANDS; i++)
        if (strcmp(commands[i].name, name) == 0)
            return &commands[i];
    return NULL;
}

static size_t common_start(const char *a, const char *b) {
    size_t n = 0;
    while (a[n] && a[n] == b[n])
        n++;
    return n;
}

void hb_command_unknown(const char *name) {
    const char *nearest = NULL;
    size_t most = 0;
    for (size_t i = 0; i < COMMANDS; i++) {
        size_t n = common_start(commands[i].name, name);
        if (n > most) {
            most = n;
            nearest = commands[i].name;
        }
    }
    fprintf(stderr, "hartbeat: %s: no such command", name);
    if (nearest)
        fprintf(stderr, " (did you mean \"%s\"?)", nearest);
    fputs("; see: hartbeat help\n", stderr);
}

void hb_help_overview(FILE *out) {
    fputs("hartbeat: a cycle-stepped emulator of a small RISC-V multiprocessor with coherent caches\n\n", out);
    for (size_t i = 0; i < COMMANDS; i++)
        if (commands[i].run)
            fprintf(out, "  hartbeat %-7s %-18s %s\n", commands[i].name, commands[i].arguments, commands[i].summary);
    fputs("  hartbeat --version\n\n`hartbeat help COMMAND` lists the options of a command.\n", out);
}

void hb_help_command(const struct hb_command_info *command, FILE *out) {
    fprintf(out, "hartbeat %s %s: %s\n", command->name, command->arguments, command->summary);
    if (command->run == NULL)
        fputs("\nIt is not built yet.\n", out);
    if (command->details)
        fprintf(out, "\n%s", command->details);
    if (command->more)
        command->more(out);
    if (command->bit) {
        fputc('\n', out);
        hb_options_help(command->bit, out);
    }
}

int hb_cmd_help(int argc, char **argv) {
    if (argc < 3) {
        hb_help_overview(stdout);
        return HB_EXIT_OK;
    }
    const struct hb_command_info *command = hb_command_find(argv[2]);
    if (command == NULL) {
        hb_command_unknown(argv[2]);
        return HB_EXIT_USAGE;
    }
    hb_help_command(command, stdout);
    return HB_EXIT_OK;
}
