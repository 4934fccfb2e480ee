#include "ui/cli/completion.h"

#include <string.h>

#include "ui/cli/help.h"
#include "ui/cli/options.h"

/* What completes a value or an argument. */
enum what { NOTHING, FILES, FOLDERS, EXPERIMENTS, PROTOCOLS, KEYS, SETTINGS, COMMANDS, SHELLS, WHATS };

static const struct {
    const char *name; /* as help calls the value */
    enum what what;
} values[] = {
    {"DIR", FOLDERS},
    {"FILE", FILES},
    {"SNAPSHOT", FILES},
    {"IMAGE", FILES},
    {"SHELL", SHELLS},
    {"FILE.png", FILES},
    {"KEY=VALUE", SETTINGS},
    {"PROGRAM.elf", FILES},
    {"[KEY]", KEYS},
    {"[COMMAND]", COMMANDS},
    {"NAME | FILE.json", PROTOCOLS},
    {"EXPERIMENT.json", EXPERIMENTS},
    {"EXPERIMENT.json | LESSON.json | DIR", EXPERIMENTS},
    {"[EXPERIMENT.json | LESSON.json | DIR]", EXPERIMENTS},
    {"A.json B.json", EXPERIMENTS},
    {"FILE...", EXPERIMENTS},
};

static enum what what_completes(const char *value) {
    for (size_t i = 0; value && i < sizeof values / sizeof values[0]; i++)
        if (strcmp(values[i].name, value) == 0)
            return values[i].what;
    return NOTHING;
}

/* ---- bash ------------------------------------------------------------------------------------------------------ */

static const char *const bash_words[WHATS] = {
    [FILES] = "compgen -f -- \"$word\"",
    [FOLDERS] = "compgen -d -- \"$word\"",
    [EXPERIMENTS] = "compgen -f -W \"$(_hartbeat_listed experiments)\" -- \"$word\"",
    [PROTOCOLS] = "compgen -f -W \"$(_hartbeat_listed protocols)\" -- \"$word\"",
    [KEYS] = "compgen -W \"$(hartbeat keys 2>/dev/null | sed '/^\\$/d; s/ .*//')\" -- \"$word\"",
    [SETTINGS] = "compgen -S = -W \"$(hartbeat keys 2>/dev/null | sed '/^\\$/d; s/ .*//')\" -- \"$word\"",
    [COMMANDS] = "compgen -W \"$commands\" -- \"$word\"",
    [SHELLS] = "compgen -W \"bash zsh\" -- \"$word\"",
};

static const char bash_head[] = "# Completion of hartbeat for bash; made by `hartbeat help --completion bash`.\n"
                                "_hartbeat_listed() { hartbeat list 2>/dev/null | awk -v want=\"$1\" '/^[a-z]/ { "
                                "section = $1 } /^ / && section == want "
                                "{ print $1 }'; }\n\n"
                                "_hartbeat() {\n"
                                "    local word=$2 before=$3 commands options=\n";

static void bash_cases(const struct hb_command_info *command, FILE *out) {
    fprintf(out, "    %s)\n        case $before in\n", command->name);
    const struct hb_option *option;
    for (size_t i = 0; (option = hb_option_at(i)); i++) {
        enum what what = what_completes(option->value);
        if (option->commands & command->bit && what)
            fprintf(out, "        %s) mapfile -t COMPREPLY < <(%s); return ;;\n", option->name, bash_words[what]);
        else if (option->commands & command->bit && option->value)
            fprintf(out, "        %s) return ;;\n", option->name);
    }
    fputs("        esac\n        options=\"", out);
    for (size_t i = 0; (option = hb_option_at(i)); i++)
        if (option->commands & command->bit)
            fprintf(out, "%s ", option->name);
    enum what what = what_completes(command->arguments);
    fprintf(out, "\"\n        [[ $word == -* ]] || mapfile -t COMPREPLY < <(%s) ;;\n", what ? bash_words[what] : ":");
}

static void print_bash(FILE *out) {
    const struct hb_command_info *command;
    fputs(bash_head, out);
    fputs("    commands=\"", out);
    for (size_t i = 0; (command = hb_command_at(i)); i++)
        if (command->run)
            fprintf(out, "%s ", command->name);
    fputs(
        "--version --help\"\n"
        "    COMPREPLY=()\n"
        "    [ \"$COMP_CWORD\" != 1 ] || { mapfile -t COMPREPLY < <(compgen -W \"$commands\" -- \"$word\"); return; }\n"
        "    case ${COMP_WORDS[1]} in\n",
        out);
    for (size_t i = 0; (command = hb_command_at(i)); i++)
        if (command->run)
            bash_cases(command, out);
    fputs("    esac\n"
          "    [[ $word != -* ]] || mapfile -t COMPREPLY < <(compgen -W \"$options\" -- \"$word\")\n"
          "}\n\ncomplete -o filenames -F _hartbeat hartbeat\n",
          out);
}

/* ---- zsh ------------------------------------------------------------------------------------------------------- */

static const char *const zsh_actions[WHATS] = {
    [NOTHING] = " ",
    [FILES] = "_files",
    [FOLDERS] = "_files -/",
    [EXPERIMENTS] = "_alternative \"experiments:experiment:($(_hartbeat_listed experiments))\" files:file:_files",
    [PROTOCOLS] = "_alternative \"protocols:protocol:($(_hartbeat_listed protocols))\" files:file:_files",
    [KEYS] = "_values key $(_hartbeat_keys)",
    [SETTINGS] = "_values -S = key $(_hartbeat_keys)",
    [COMMANDS] = "_describe command commands",
    [SHELLS] = "(bash zsh)",
};

static const char zsh_head[] =
    "#compdef hartbeat\n# Completion of hartbeat for zsh; made by `hartbeat help --completion zsh`.\n"
    "_hartbeat_listed() { hartbeat list 2>/dev/null | awk -v want=\"$1\" '/^[a-z]/ { section = $1 } /^ / && section == "
    "want "
    "{ print $1 }' }\n"
    "_hartbeat_keys() { hartbeat keys 2>/dev/null | sed '/^\\$/d; s/ .*//' }\n\n"
    "_hartbeat() {\n    local -a commands\n    commands=(\n";

/* Inside '...' and [...] of a specification. */
static void put_quoted(const char *text, FILE *out) {
    for (; *text; text++) {
        if (*text == '\'')
            fputs("'\\'", out);
        else if (strchr("[]:\\", *text))
            fputc('\\', out);
        fputc(*text, out);
    }
}

/* Two values are two messages: ":CYCLE: :FILE:_files". */
static void zsh_value(const struct hb_option *option, FILE *out) {
    const char *second = option->kind == HB_OPTION_PAIR ? strchr(option->value, ' ') : NULL;
    if (second)
        fprintf(out, ":%.*s: :%s:%s", (int)(second - option->value), option->value, second + 1,
                zsh_actions[what_completes(second + 1)]);
    else
        fprintf(out, ":%s:%s", option->value, zsh_actions[what_completes(option->value)]);
}

static void zsh_case(const struct hb_command_info *command, FILE *out) {
    fprintf(out, "    %s)\n        _arguments", command->name);
    const struct hb_option *option;
    for (size_t i = 0; (option = hb_option_at(i)); i++) {
        if (!(option->commands & command->bit))
            continue;
        fprintf(out, " \\\n            '%s%s[", option->kind == HB_OPTION_SETTING ? "*" : "", option->name);
        put_quoted(option->help, out);
        fputc(']', out);
        if (option->value)
            zsh_value(option, out);
        fputc('\'', out);
    }
    if (command->most)
        fprintf(out, " \\\n            '*:argument:%s'", zsh_actions[what_completes(command->arguments)]);
    fputs(" ;;\n", out);
}

static void print_zsh(FILE *out) {
    const struct hb_command_info *command;
    fputs(zsh_head, out);
    for (size_t i = 0; (command = hb_command_at(i)); i++) {
        if (!command->run)
            continue;
        fprintf(out, "        '%s:", command->name);
        put_quoted(command->summary, out);
        fputs("'\n", out);
    }
    fputs("    )\n"
          "    (( CURRENT > 2 )) || { _describe command commands; return }\n"
          "    local name=$words[2]\n"
          "    shift words\n"
          "    (( CURRENT-- ))\n"
          "    case $name in\n",
          out);
    for (size_t i = 0; (command = hb_command_at(i)); i++)
        if (command->run)
            zsh_case(command, out);
    fputs("    esac\n}\n\n_hartbeat \"$@\"\n", out);
}

bool hb_completion_print(const char *shell, FILE *out) {
    if (strcmp(shell, "bash") == 0) {
        print_bash(out);
    } else if (strcmp(shell, "zsh") == 0) {
        print_zsh(out);
    } else {
        fprintf(stderr, "hartbeat help: --completion: \"%s\" is not a known shell (bash, zsh)\n", shell);
        return false;
    }
    return true;
}
