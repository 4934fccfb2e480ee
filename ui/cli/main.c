/* hartbeat: the command. The list of commands is the table in help.c. */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>

#include "sim/config/images.h"
#include "ui/cli/commands.h"
#include "ui/cli/help.h"
#include "ui/cli/options.h"

#define COMMIT_BYTES 80

static void print_version(void) {
    char commit[COMMIT_BYTES];
    hb_commit_name(commit, sizeof commit);
    printf("hartbeat %s%s%s%s\n", HB_VERSION, commit[0] ? " (" : "", commit, commit[0] ? ")" : "");
}

/* Options of hartbeat as a whole. False: argv[1] is a command, or unknown. */
static bool answer(int argc, char **argv, int *status) {
    bool version = strcmp(argv[1], "--version") == 0 || strcmp(argv[1], "-V") == 0;
    bool help = strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0;
    if (!version && !help)
        return false;
    *status = argc > 2 ? HB_EXIT_USAGE : HB_EXIT_OK;
    if (argc > 2)
        fprintf(stderr, "hartbeat %s: %s: nothing may follow\n", argv[1], argv[2]);
    else if (version)
        print_version();
    else
        hb_help_overview(stdout);
    return true;
}

static bool check_arguments(const struct hb_command_info *command, const struct hb_options *options) {
    if (options->arguments >= command->least && options->arguments <= command->most)
        return true;
    if (command->most == 0)
        fprintf(stderr, "hartbeat %s: %s: takes no arguments (see: hartbeat help %s)\n", command->name,
                options->argument[0], command->name);
    else
        fprintf(stderr, "hartbeat %s: %s (see: hartbeat help %s)\n", command->name, command->wanted, command->name);
    return false;
}

static int run(const struct hb_command_info *command, int n, char **text) {
    struct hb_options options = {.arguments = 0};
    if (!hb_options_read(&options, command->bit, command->name, n, text))
        return HB_EXIT_USAGE;
    if (options.help) {
        hb_help_command(command, stdout);
        return HB_EXIT_OK;
    }
    return check_arguments(command, &options) ? command->run(&options) : HB_EXIT_USAGE;
}

/* A write error on standard output is reported, whatever the command found. */
static int close_output(int status) {
    errno = 0;
    if (fflush(stdout) == 0 && !ferror(stdout))
        return status;
    fprintf(stderr, "hartbeat: standard output: cannot be written: %s\n", strerror(errno ? errno : EIO));
    return HB_EXIT_INTERNAL;
}

static int take(int argc, char **argv) {
    int status;
    if (argc < 2) {
        hb_help_overview(stderr);
        return HB_EXIT_USAGE;
    }
    if (answer(argc, argv, &status))
        return status;
    const struct hb_command_info *command = hb_command_find(argv[1]);
    if (command == NULL) {
        hb_command_unknown(argv[1]);
        return HB_EXIT_USAGE;
    }
    if (command->run == NULL) {
        fprintf(stderr, "hartbeat %s: not built yet\n", command->name);
        return HB_EXIT_USAGE;
    }
    return run(command, argc - 2, argv + 2);
}

int main(int argc, char **argv) {
    signal(SIGXFSZ, SIG_IGN); /* a file that grows too large is a write error like any other */
    return close_output(take(argc, argv));
}
