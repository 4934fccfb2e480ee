/* hartbeat: the command. Which commands there are stands in the table of help.c. */
#include <stdio.h>
#include <string.h>

#include "ui/cli/commands.h"
#include "ui/cli/help.h"
#include "ui/cli/options.h"

int main(int argc, char **argv) {
    if (argc < 2) {
        hb_help_overview(stderr);
        return HB_EXIT_USAGE;
    }
    if (strcmp(argv[1], "--version") == 0) {
        puts("hartbeat " HB_VERSION);
        return HB_EXIT_OK;
    }
    if (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0) {
        hb_help_overview(stdout);
        return HB_EXIT_OK;
    }
    const struct hb_command_info *command = hb_command_find(argv[1]);
    if (command == NULL) {
        hb_command_unknown(argv[1]);
        return HB_EXIT_USAGE;
    }
    if (command->run == NULL) {
        fprintf(stderr, "hartbeat %s: not built yet\n", command->name);
        return HB_EXIT_USAGE;
    }
    if (argc > 2 && (strcmp(argv[2], "--help") == 0 || strcmp(argv[2], "-h") == 0)) {
        hb_help_command(command, stdout);
        return HB_EXIT_OK;
    }
    return command->run(argc, argv);
}
