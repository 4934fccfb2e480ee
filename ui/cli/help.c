#include "ui/cli/help.h"

#include <string.h>

#include "sim/base/nearest.h"
#include "ui/cli/commands.h"
#include "ui/cli/completion.h"
#include "ui/cli/man.h"
#include "ui/cli/options.h"

const char hb_help_statuses[] =
    "0: the guest passed, or the job is done. 1: the guest failed or crashed, or an expectation does not hold. 2: the\n"
    "input is wrong. 3: the run did not finish (a limit, a hang, a signal). 4: a file could not be written, or "
    "hartbeat\n"
    "itself is at fault.\n";

static const char run_details[] =
    "Runs every variant of the experiment (a JSON file, the name of a bundled one, or - for standard input), prints a\n"
    "table of results, and evaluates its \"expect\" block. A lesson (docs/lessons.md) is played step by step: --out\n"
    "writes its handout, with --set student=N that student's worksheet; exit status 1: a step is not reached, or a\n"
    "question has not one answer. DIR --run I repeats run I of the campaign whose folder DIR is.\n"
    "Exit status: with \"expect\", 0 if all of it holds, else 1. Without: 0 the guest passed, 1 it failed or crashed, "
    "3\n"
    "the run did not finish (a limit, a hang). In either case 2: the input is wrong; 3: stopped by a signal; 4: a "
    "file\n"
    "could not be written, or hartbeat itself is at fault.\n";

static const char exec_details[] =
    "Runs a bare-metal RV64GC program for QEMU's `virt` board that uses the UART (0x10000000), the CLINT (0x2000000),\n"
    "the PLIC (0xc000000), the virtio disk (0x10001000) and the finisher (0x100000) or `tohost` (exit, console, and\n"
    "the system calls write and exit). There is one hart unless --harts or --machine says otherwise, and no limit of\n"
    "cycles without --cycles.\n"
    "Standard output is the guest's console and nothing else; standard input goes to its UART. On a terminal, keys go\n"
    "to the guest as they are typed, Ctrl-A x leaves (exit status 3), a guest that sleeps takes about as long as it\n"
    "says (elsewhere, no time at all), and a table of what each hart did follows the run.\n"
    "With --mem-trace, files of memory accesses take the place of the program, one a hart; a table of results goes to\n"
    "standard error.\n";

static const char gui_details[] =
    "Opens the dashboard on the experiment (default: smp4). Click a CPU to kill it; ? lists the keys. With --shot it\n"
    "writes a picture instead, and needs no display. What --record wrote, `hartbeat run --replay` runs again. With\n"
    "DIR --run I it opens run I of the campaign whose folder DIR is, and stops before its fault.\n";

static const char campaign_details[] =
    "Runs the experiment without faults, then as often as the campaign says with faults of its choice, and counts how\n"
    "the runs ended (docs/campaigns.md). A campaign is a file, or the name of one in configs/campaigns/. The folder "
    "gets\n"
    "campaign.json, golden.json, runs.jsonl, summary.json, summary.csv, of healthy machines means.csv, and "
    "speed.json;\n"
    "all but the last are the same on every computer and with every number of workers. With --slurm it writes scripts\n"
    "for a cluster: DIR/submit.sh submits the shards as a job array, and a job that merges them.\n"
    "Exit status: 0 it is done, and what it expects holds; 1 an expectation does not hold, or the run without faults\n"
    "does not pass; 2 the input is wrong; 3 stopped by a signal (--resume goes on); 4 a file could not be written.\n";

static const char merge_details[] = "Joins the folders that `hartbeat campaign --shard I/N` wrote, all N of them, into "
                                    "the one that a single computer would\n"
                                    "have written. Exit status: as that of campaign; 2 also when a shard is missing, "
                                    "twice there, or of another campaign.\n";

static const char report_details[] = "Writes DIR/report.html, one file that needs no network, and prints its path. DIR "
                                     "is what `hartbeat campaign --out`\n"
                                     "or `hartbeat run --out` wrote. gnuplot draws the plots (Debian: gnuplot-nox). "
                                     "Exit status: 2 there are no results\n"
                                     "in DIR, 4 gnuplot is missing or a file could not be written.\n";

static const char bisect_details[] =
    "Lists the keys in which the two machines differ, runs both side by side and reports the first cycle at whose end\n"
    "their states differ, and the first place that differs: hart 2, x13 (a3). Machines with other harts, caches,\n"
    "memory or image have no states to compare. Exit status: 0 they do not differ, 1 they do.\n";

static const char bench_details[] =
    "Runs the batch of the bundled SMP kernel and a bare-metal program with locks, false sharing and barriers, and "
    "prints\n"
    "a line for each: PROGRAM ENGINE HARTS instructions cycles seconds minstr_per_s (median of the runs; seconds are\n"
    "processor time). With --compare it runs more programs, each by lockstep and by the engine in turn, and prints "
    "the\n"
    "median of the ratios of pairs, requests of the bus and host time for each, how often harts were taken back and "
    "how\n"
    "much was executed again, and how much was executed as code of the host.\n";

static const char protocol_details[] =
    "Prints the table of a coherence protocol, bundled or from a JSON file "
    "(docs/protocols.md). With --verify every state\n"
    "that caches, bus, store buffers, an L2, devices and memory can reach under it "
    "is searched, with the same table and steps\n"
    "that a run executes. Exit status: 0 all is well; 1 something is wrong (the "
    "shortest way to it is shown), or a row of\n"
    "the table is never used; 2 the input is wrong; 3 not all states were searched.\n";

static const char check_details[] =
    "Checks experiments, lessons, and the protocols and orders of grants that they name, without running them: one "
    "line for\n"
    "each file, \"ok\" or what is wrong and where, with the nearest key for one that does not exist. A file of answers "
    "to a\n"
    "lesson's worksheet is graded: the student's run is run. Exit status: 0 all are right, 1 an answer is not, 2 a "
    "file "
    "is\n"
    "not.\n";

static const char list_details[] = "Lists the bundled experiments (names that run, check, gui and bisect take), "
                                   "images, protocols and the other names\n"
                                   "that the keys of an experiment take.\n";

static const char keys_details[] =
    "Lists every key of an experiment, one a line: its type, default and legal values. KEY alone (machine.l1d.size,\n"
    "faults.0.trigger) prints all that is known about it, or about the keys of a group.\n";

static const struct hb_command_info commands[] = {
    {"run", HB_CMD_RUN, hb_cmd_run, "EXPERIMENT.json | LESSON.json | DIR", 1, 1,
     "one experiment is needed: a JSON file, or - for standard input", "run an experiment, or play a lesson",
     run_details, NULL},
    {"exec", HB_CMD_EXEC, hb_cmd_exec, "PROGRAM.elf", 0, HB_ARGUMENTS_MAX, NULL, "run a bare-metal program of your own",
     exec_details, NULL},
    {"gui", HB_CMD_GUI, hb_cmd_gui, "[EXPERIMENT.json | LESSON.json | DIR]", 0, 1, "one experiment at a time",
     "open the dashboard", gui_details, NULL},
    {"campaign", HB_CMD_CAMPAIGN, hb_cmd_campaign, "CAMPAIGN.json", 1, 1, "one campaign is needed",
     "many runs of one experiment, each with other faults", campaign_details, NULL},
    {"merge", HB_CMD_MERGE, hb_cmd_merge, "DIR...", 1, HB_ARGUMENTS_MAX, "which folders?",
     "join the shards of a campaign", merge_details, NULL},
    {"report", HB_CMD_REPORT, hb_cmd_report, "DIR", 1, 1, "one folder of results is needed",
     "make a page with plots of a campaign's results", report_details, NULL},
    {"check", HB_CMD_CHECK, hb_cmd_check, "FILE...", 1, HB_ARGUMENTS_MAX, "which file?",
     "say what is wrong with experiment files; grade answers", check_details, NULL},
    {"bisect", HB_CMD_BISECT, hb_cmd_bisect, "A.json B.json", 2, 2, "two experiments are needed",
     "first cycle and place in which two runs differ", bisect_details, NULL},
    {"bench", HB_CMD_BENCH, hb_cmd_bench, "", 0, 0, NULL, "measure the emulator's speed on this computer",
     bench_details, NULL},
    {"protocol", HB_CMD_PROTOCOL, hb_cmd_protocol, "NAME | FILE.json", 1, 1, "one protocol is needed",
     "print, draw or verify a coherence protocol", protocol_details, hb_protocol_help},
    {"list", HB_CMD_LIST, hb_cmd_list, "", 0, 0, NULL, "list the bundled experiments, images, protocols, ...",
     list_details, NULL},
    {"keys", HB_CMD_KEYS, hb_cmd_keys, "[KEY]", 0, 1, "one key at a time", "explain the keys of an experiment",
     keys_details, NULL},
    {"help", HB_CMD_HELP, hb_cmd_help, "[COMMAND]", 0, 1, "one command at a time", "explain a command and its options",
     NULL, NULL},
};

#define COMMANDS (sizeof commands / sizeof commands[0])

const struct hb_command_info *hb_command_at(size_t i) {
    return i < COMMANDS ? &commands[i] : NULL;
}

const struct hb_command_info *hb_command_find(const char *name) {
    for (size_t i = 0; i < COMMANDS; i++)
        if (strcmp(commands[i].name, name) == 0)
            return &commands[i];
    return NULL;
}

void hb_command_unknown(const char *name) {
    struct hb_nearest nearest = {.word = name};
    for (size_t i = 0; i < COMMANDS; i++)
        hb_nearest_try(&nearest, commands[i].name);
    const char *found = hb_nearest_found(&nearest);
    fprintf(stderr, "hartbeat: %s: no such command%s%s%s; see: hartbeat help\n", name, found ? " (did you mean \"" : "",
            found ? found : "", found ? "\"?)" : "");
}

void hb_help_overview(FILE *out) {
    fputs("hartbeat: a cycle-stepped emulator of a small RISC-V multiprocessor with coherent caches\n\n", out);
    for (size_t i = 0; i < COMMANDS; i++)
        if (commands[i].run)
            fprintf(out, "  hartbeat %-8s %-18s %s\n", commands[i].name, commands[i].arguments, commands[i].summary);
    fputs("  hartbeat --version\n\n`hartbeat help COMMAND` lists the options of a command.\n", out);
}

void hb_help_command(const struct hb_command_info *command, FILE *out) {
    const char *space = *command->arguments ? " " : "";
    fprintf(out, "hartbeat %s%s%s: %s\n", command->name, space, command->arguments, command->summary);
    if (command->run == NULL)
        fputs("\nNot implemented yet.\n", out);
    if (command->details)
        fprintf(out, "\n%s", command->details);
    if (command->more)
        command->more(out);
    if (command->bit) {
        fputc('\n', out);
        hb_options_help(command->bit, out);
    }
}

int hb_cmd_help(const struct hb_options *options) {
    if (options->completion && options->arguments) {
        fputs("hartbeat help: --completion: is for all commands, and takes none (see: hartbeat help help)\n", stderr);
        return HB_EXIT_USAGE;
    }
    if (options->completion)
        return hb_completion_print(options->completion, stdout) ? HB_EXIT_OK : HB_EXIT_USAGE;
    const char *name = options->arguments ? options->argument[0] : NULL;
    const struct hb_command_info *command = name ? hb_command_find(name) : NULL;
    if (name && !command) {
        hb_command_unknown(name);
        return HB_EXIT_USAGE;
    }
    if (options->man)
        hb_man_print(command, stdout);
    else if (command)
        hb_help_command(command, stdout);
    else
        hb_help_overview(stdout);
    return HB_EXIT_OK;
}
