#include "ui/cli/man.h"

#include <ctype.h>
#include <stdbool.h>
#include <stdlib.h>

#include "ui/cli/help.h"
#include "ui/cli/options.h"

/* ---- roff ------------------------------------------------------------------------------------------------------ */

/* A '-' would become a hyphen, and a line that begins with '.' or '\'' a request. */
static void put_text(FILE *out, const char *text) {
    bool begins = true;
    for (; *text; text++) {
        if (begins && (*text == '.' || *text == '\''))
            fputs("\\&", out);
        if (*text == '-')
            fputs("\\-", out);
        else if (*text == '\\')
            fputs("\\e", out);
        else
            fputc(*text, out);
        begins = *text == '\n';
    }
}

static void put_upper(FILE *out, const char *text) {
    for (; *text; text++)
        fputc(toupper((unsigned char)*text), out);
}

static void head(FILE *out, const char *name, const char *summary) {
    fputs(".TH HARTBEAT", out);
    if (*name)
        fputs("\\-", out);
    put_upper(out, name);
    fprintf(out, " 1 \"\" \"hartbeat %s\" \"hartbeat\"\n.SH NAME\nhartbeat%s%s \\- ", HB_VERSION, *name ? "\\-" : "",
            name);
    put_text(out, summary);
    fputs("\n.SH SYNOPSIS\n.B hartbeat", out);
}

/* ---- A command ------------------------------------------------------------------------------------------------- */

static void put_options(const struct hb_command_info *command, FILE *out) {
    fputs(".SH OPTIONS\n", out);
    const struct hb_option *option;
    for (size_t i = 0; (option = hb_option_at(i)); i++) {
        if (!(option->commands & command->bit))
            continue;
        fputs(".TP\n.B ", out);
        put_text(out, option->name);
        if (option->value)
            fprintf(out, " \\fI%s\\fR", option->value);
        fputc('\n', out);
        put_text(out, option->help);
        fputc('\n', out);
    }
}

/* The variable part: lists, line by line. */
static void put_more(const struct hb_command_info *command, FILE *out) {
    char *text = NULL;
    size_t n = 0;
    FILE *lines = command->more ? open_memstream(&text, &n) : NULL;
    if (!lines)
        return;
    command->more(lines);
    if (fclose(lines) == 0) {
        fputs(".PP\n.nf\n", out);
        put_text(out, text);
        fputs(".fi\n", out);
    }
    free(text);
}

static void print_command(const struct hb_command_info *command, FILE *out) {
    head(out, command->name, command->summary);
    fprintf(out, " %s\n", command->name);
    fputs("[\\fIOPTION\\fR]... ", out);
    put_text(out, command->arguments);
    fputs("\n.SH DESCRIPTION\n", out);
    put_text(out, command->details ? command->details : command->summary);
    if (!command->details)
        fputs(".\n", out);
    put_more(command, out);
    put_options(command, out);
    fputs(".SH SEE ALSO\n.BR hartbeat (1)\n", out);
}

/* ---- hartbeat as a whole --------------------------------------------------------------------------------------- */

static void print_overview(FILE *out) {
    head(out, "", "a cycle-stepped emulator of a small RISC-V multiprocessor with coherent caches");
    fputs("\n\\fICOMMAND\\fR [\\fIOPTION\\fR]... [\\fIARGUMENT\\fR]...\n.SH COMMANDS\n", out);
    const struct hb_command_info *command;
    for (size_t i = 0; (command = hb_command_at(i)); i++) {
        if (!command->run)
            continue;
        fprintf(out, ".TP\n.B %s \\fI", command->name);
        put_text(out, command->arguments);
        fputs("\\fR\n", out);
        put_text(out, command->summary);
        fprintf(out, "; see\n.BR hartbeat\\-%s (1)\n", command->name);
    }
    fputs(".SH EXIT STATUS\n", out);
    put_text(out, hb_help_statuses);
}

void hb_man_print(const struct hb_command_info *command, FILE *out) {
    if (command)
        print_command(command, out);
    else
        print_overview(out);
}
