#include "sim/lesson/behind.h"

#include <stdio.h>
#include <stdlib.h>

struct message {
    uint32_t step; /* HB_LESSON_NOWHERE: the lesson could not be played, `played.trouble` */
    struct hb_played_step played;
};

_Static_assert(sizeof(struct message) <= HB_CHILD_MESSAGE_MAX, "a message could be torn");

/* ---- In the process -------------------------------------------------------------------------------------------- */

static void send_step(void *context, uint32_t step, const struct hb_played_step *played) {
    const struct message message = {.step = step, .played = *played};
    hb_child_say(*(const int *)context, &message, sizeof message);
}

static void work(void *context, int out) {
    const struct hb_lesson *lesson = context;
    struct hb_error error = {.text = ""};
    const struct hb_lesson_options options = {.played = send_step, .context = &out};
    if (!hb_lesson_play(lesson, &options, &error)) {
        struct hb_played_step why = {.reached = false};
        snprintf(why.trouble, sizeof why.trouble, "%.*s", (int)sizeof why.trouble - 1, error.text);
        send_step(&out, HB_LESSON_NOWHERE, &why);
    }
}

/* ---- In the caller --------------------------------------------------------------------------------------------- */

bool hb_lesson_behind_begin(struct hb_lesson_behind *behind, struct hb_lesson *lesson, struct hb_error *error) {
    *behind = (struct hb_lesson_behind){.lesson = lesson};
    behind->play = calloc(1, sizeof *behind->play);
    if (!behind->play || !(behind->play->step = calloc(lesson->steps, sizeof *behind->play->step)))
        abort();
    if (hb_child_begin(&behind->child, work, lesson, error))
        return true;
    hb_lesson_behind_end(behind);
    return false;
}

static void take_step(struct hb_lesson_behind *behind, uint32_t i, const struct hb_played_step *played) {
    struct hb_lesson_play *play = behind->play;
    play->step[i] = *played;
    play->step[i].known = true;
    play->troubles += played->trouble[0] != 0;
    play->questions += hb_lesson_asks(&behind->lesson->step[i]);
}

static void take_message(struct hb_lesson_behind *behind, const struct message *message) {
    if (message->step < behind->lesson->steps)
        take_step(behind, message->step, &message->played);
    else
        hb_error_set(&behind->error, "%s", message->played.trouble);
}

/* The process has closed its end: what it has not sent will not come. */
static void settle(struct hb_lesson_behind *behind) {
    struct hb_played_step never = {.reached = false, .right = HB_LESSON_NOWHERE};
    snprintf(never.trouble, sizeof never.trouble, "it could not be worked out%s%.300s",
             behind->error.text[0] ? ": " : "", behind->error.text);
    for (uint32_t i = 0; i < behind->lesson->steps; i++)
        if (!behind->play->step[i].known)
            take_step(behind, i, &never);
    behind->settled = true;
}

bool hb_lesson_behind_take(struct hb_lesson_behind *behind, bool wait) {
    struct message message;
    bool some = false;
    while (!behind->settled) {
        const enum hb_child_news news = hb_child_hear(&behind->child, &message, sizeof message, wait);
        if (news == HB_CHILD_NOTHING_YET)
            break;
        if (news == HB_CHILD_MESSAGE)
            take_message(behind, &message);
        else
            settle(behind);
        some = true;
    }
    return some;
}

void hb_lesson_behind_end(struct hb_lesson_behind *behind) {
    hb_child_end(&behind->child);
    hb_lesson_play_free(behind->play);
    behind->play = NULL;
}
