#include "ui/dashboard/model/command.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ui/dashboard/model/scene.h"

enum operand { NO_OPERAND, WHOLE, REAL, SCENE, PAIR };

static const struct {
    const char *word;
    enum operand operand;
} forms[HB_COMMAND_KINDS] = {
    [HB_COMMAND_NONE] = {"none", NO_OPERAND},
    [HB_COMMAND_PLAY] = {"play", NO_OPERAND},
    [HB_COMMAND_PAUSE] = {"pause", NO_OPERAND},
    [HB_COMMAND_STEP_CYCLE] = {"step-cycle", NO_OPERAND},
    [HB_COMMAND_STEP_BACK] = {"step-back", NO_OPERAND},
    [HB_COMMAND_STEP_INSTRUCTION] = {"step-instruction", WHOLE},
    [HB_COMMAND_STEP_TRANSACTION] = {"step-transaction", NO_OPERAND},
    [HB_COMMAND_STEP_EVENT] = {"step-event", NO_OPERAND},
    [HB_COMMAND_BACK_INSTRUCTION] = {"step-back-instruction", WHOLE},
    [HB_COMMAND_BACK_TRANSACTION] = {"step-back-transaction", NO_OPERAND},
    [HB_COMMAND_BACK_EVENT] = {"step-back-event", NO_OPERAND},
    [HB_COMMAND_TO_PLACE] = {"to-place", WHOLE},
    [HB_COMMAND_BOOKMARK] = {"bookmark", NO_OPERAND},
    [HB_COMMAND_MARKER] = {"marker", WHOLE},
    [HB_COMMAND_FOLLOW] = {"follow", PAIR},
    [HB_COMMAND_BEFORE] = {"event-before", NO_OPERAND},
    [HB_COMMAND_AFTER] = {"event-after", NO_OPERAND},
    [HB_COMMAND_CAUSE] = {"cause", WHOLE},
    [HB_COMMAND_GO] = {"go-to-cycle", WHOLE},
    [HB_COMMAND_TO_START] = {"to-start", NO_OPERAND},
    [HB_COMMAND_SPEED] = {"speed", REAL},
    [HB_COMMAND_KILL] = {"kill", WHOLE},
    [HB_COMMAND_KILL_LOST] = {"kill-lost", WHOLE},
    [HB_COMMAND_TO_FAULT] = {"to-the-fault", NO_OPERAND},
    [HB_COMMAND_SWITCH] = {"switch", WHOLE},
    [HB_COMMAND_DOING] = {"doing", WHOLE},
    [HB_COMMAND_MODEL] = {"fault-model", WHOLE},
    [HB_COMMAND_TERM] = {"fault-term", PAIR},
    [HB_COMMAND_WHEN] = {"fault-cycle", WHOLE},
    [HB_COMMAND_INJECT] = {"inject", WHOLE},
    [HB_COMMAND_UNPLAN] = {"forget-planned-faults", NO_OPERAND},
    [HB_COMMAND_KEY] = {"set-key", PAIR},
    [HB_COMMAND_VARIANT] = {"variant", WHOLE},
    [HB_COMMAND_CHOOSE] = {"choose-variant", NO_OPERAND},
    [HB_COMMAND_BACK] = {"back-to-before-the-fault", NO_OPERAND},
    [HB_COMMAND_AGAIN_OFF] = {"again-with-recovery-off", NO_OPERAND},
    [HB_COMMAND_AGAIN_ON] = {"again-with-recovery-on", NO_OPERAND},
    [HB_COMMAND_AGAIN_LOST] = {"again-with-cache-lost", NO_OPERAND},
    [HB_COMMAND_PAGE] = {"page", WHOLE},
    [HB_COMMAND_OPEN] = {"open", WHOLE},
    [HB_COMMAND_SELECT] = {"select", WHOLE},
    [HB_COMMAND_PIN] = {"pin", WHOLE},
    [HB_COMMAND_VARIABLE] = {"variable", WHOLE},
    [HB_COMMAND_ORDER] = {"order", WHOLE},
    [HB_COMMAND_SCENE] = {"scene", SCENE},
    [HB_COMMAND_LANES] = {"lanes-by", WHOLE},
    [HB_COMMAND_ZOOM] = {"zoom", WHOLE},
    [HB_COMMAND_SCROLL] = {"scroll", WHOLE},
    [HB_COMMAND_LIST_SCROLL] = {"list-scroll", WHOLE},
    [HB_COMMAND_TEXT] = {"text", WHOLE},
    [HB_COMMAND_THEME] = {"theme", NO_OPERAND},
    [HB_COMMAND_HELP] = {"help", NO_OPERAND},
    [HB_COMMAND_SCREENSHOT] = {"screenshot", NO_OPERAND},
    [HB_COMMAND_SAVE] = {"save-experiment", NO_OPERAND},
    [HB_COMMAND_QUIT] = {"quit", NO_OPERAND},
};

/* That of the overview for what is none. */
static const char *scene_name(int64_t scene) {
    return hb_scene_table[scene >= 0 && scene < HB_SCENES ? scene : HB_SCENE_ALL].name;
}

void hb_command_format(const struct hb_command *command, char *text, size_t bytes) {
    const char *word = forms[command->kind].word;
    switch (forms[command->kind].operand) {
    case NO_OPERAND: snprintf(text, bytes, "%s", word); break;
    case WHOLE: snprintf(text, bytes, "%s %lld", word, (long long)command->argument); break;
    case REAL: snprintf(text, bytes, "%s %.17g", word, command->value); break;
    case PAIR: snprintf(text, bytes, "%s %lld %.17g", word, (long long)command->argument, command->value); break;
    case SCENE: snprintf(text, bytes, "%s %s", word, scene_name(command->argument)); break;
    }
}

static bool parse_operand(enum operand operand, const char *text, struct hb_command *command) {
    char *end = NULL;
    if (operand == NO_OPERAND)
        return *text == '\0';
    if (operand == SCENE) {
        command->argument = hb_scene_named(text);
        return command->argument < HB_SCENES;
    }
    if (operand != REAL) {
        command->argument = strtoll(text, &end, 10);
        if (end == text || (operand == PAIR && *end != ' '))
            return false;
        text = end;
    }
    if (operand != WHOLE) {
        command->value = strtod(text, &end);
        if (end == text)
            return false;
    }
    return *end == '\0';
}

bool hb_command_parse(const char *text, struct hb_command *command) {
    size_t length = strcspn(text, " ");
    const char *rest = text[length] == ' ' ? text + length + 1 : text + length;
    for (int kind = 0; kind < HB_COMMAND_KINDS; kind++) {
        if (strlen(forms[kind].word) == length && strncmp(forms[kind].word, text, length) == 0) {
            *command = hb_command_of((enum hb_command_kind)kind, 0);
            if (parse_operand(forms[kind].operand, rest, command))
                return true;
        }
    }
    *command = hb_command_of(HB_COMMAND_NONE, 0);
    return false;
}
