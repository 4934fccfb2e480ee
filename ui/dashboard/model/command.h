/* What the user can do, as plain data.
 *
 * A click or a key becomes one hb_command; app.c executes it in one place and writes it to the command log. Commands
 * that change the machine are logged with the cycle at which they took effect, so that a log replays to the same
 * machine. The text form of a command is one line of words ("kill 2 lost", "speed 10000"). */
#ifndef HB_DASHBOARD_COMMAND_H
#define HB_DASHBOARD_COMMAND_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum hb_command_kind {
    HB_COMMAND_NONE,
    HB_COMMAND_PLAY,
    HB_COMMAND_PAUSE,
    HB_COMMAND_STEP_CYCLE,
    HB_COMMAND_STEP_BACK,        /* to the previous cycle: keyframe and replay */
    HB_COMMAND_STEP_INSTRUCTION, /* argument: hart; until it has retired one more instruction */
    HB_COMMAND_STEP_TRANSACTION, /* until the bus has been granted once more */
    HB_COMMAND_STEP_EVENT,       /* until something is told */
    HB_COMMAND_BACK_INSTRUCTION, /* argument: hart; and so on, in the other direction */
    HB_COMMAND_BACK_TRANSACTION,
    HB_COMMAND_BACK_EVENT,
    HB_COMMAND_GO,       /* argument: cycle */
    HB_COMMAND_TO_PLACE, /* the next fault or bookmark; argument: 1 for the one before */
    HB_COMMAND_BOOKMARK, /* at the present cycle; none if there is one */
    HB_COMMAND_MARKER,   /* argument: 0 for A, 1 for B; at the present cycle, or none if it is there */
    HB_COMMAND_FOLLOW,   /* argument: id, value: enum hb_subject_kind: to its event before the present cycle */
    HB_COMMAND_BEFORE,   /* to the event before of the subject that was followed last, and after */
    HB_COMMAND_AFTER,
    HB_COMMAND_CAUSE,       /* argument: hart: to what its present doings come from */
    HB_COMMAND_TO_START,    /* to where the dashboard opened */
    HB_COMMAND_SPEED,       /* value: cycles a second */
    HB_COMMAND_KILL,        /* argument: hart; its cache still answers */
    HB_COMMAND_KILL_LOST,   /* argument: hart; its cache is lost with it */
    HB_COMMAND_TO_FAULT,    /* to shortly before the experiment's next own fault */
    HB_COMMAND_BACK,        /* to the cycle before the last fault */
    HB_COMMAND_AGAIN_OFF,   /* the last fault again, with recovery off ... */
    HB_COMMAND_AGAIN_ON,    /* ... and on */
    HB_COMMAND_AGAIN_LOST,  /* the last fault again, with the cache lost */
    HB_COMMAND_SWITCH,      /* argument: twice the enum hb_view_switch, and 1 to switch it on */
    HB_COMMAND_DOING,       /* argument: page of what can be done: 0 none, 1 faults, from 2 on keys */
    HB_COMMAND_MODEL,       /* argument: model of the fault that is made ready */
    HB_COMMAND_TERM,        /* argument: term of it, value: its value */
    HB_COMMAND_WHEN,        /* argument: its cycle, 0: now */
    HB_COMMAND_INJECT,      /* argument: hart that it strikes */
    HB_COMMAND_UNPLAN,      /* faults that are planned do not come */
    HB_COMMAND_KEY,         /* argument: row of a key, value: its new value */
    HB_COMMAND_VARIANT,     /* argument: variant of the experiment to show */
    HB_COMMAND_CHOOSE,      /* shows or hides the list of variants */
    HB_COMMAND_PAGE,        /* argument: twice the page of the lesson, and 1 with its answer */
    HB_COMMAND_OPEN,        /* argument: entry of the start page */
    HB_COMMAND_SELECT,      /* argument: hart */
    HB_COMMAND_SCENE,       /* argument: enum hb_scene_id */
    HB_COMMAND_LANES,       /* argument: enum hb_lanes_by */
    HB_COMMAND_ZOOM,        /* argument: cycles a column of the timeline (a power of two); 0: the whole run */
    HB_COMMAND_PIN,         /* argument: address of a line, which is pinned, or no longer */
    HB_COMMAND_VARIABLE,    /* argument: number of the variable that orders are about */
    HB_COMMAND_ORDER,       /* argument: twice the hart, and 1 to write; about that variable */
    HB_COMMAND_SCROLL,      /* argument: columns before now; 0 follows */
    HB_COMMAND_LIST_SCROLL, /* argument: rows by which the open list is scrolled */
    HB_COMMAND_TEXT,        /* argument: text size in pixels */
    HB_COMMAND_THEME,       /* light, dark, in turn */
    HB_COMMAND_HELP,        /* shows or hides the help */
    HB_COMMAND_SCREENSHOT,
    HB_COMMAND_SAVE, /* writes what was done by hand as an experiment */
    HB_COMMAND_QUIT,
    HB_COMMAND_KINDS
};

struct hb_command {
    uint8_t kind; /* enum hb_command_kind */
    int64_t argument;
    double value;
};

/* A command of this kind with an argument. */
static inline struct hb_command hb_command_of(enum hb_command_kind kind, int64_t argument) {
    return (struct hb_command){(uint8_t)kind, argument, 0};
}

/* Writes the text form into `text` (cut off at `bytes`). */
void hb_command_format(const struct hb_command *command, char *text, size_t bytes);

/* Reads a text form; false (and *command of kind NONE) if it is none. */
bool hb_command_parse(const char *text, struct hb_command *command);

#endif
