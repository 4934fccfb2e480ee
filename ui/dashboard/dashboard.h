/* The dashboard: a window on a running machine, or a picture of it without any display.
 *
 * One thread: each turn of the loop takes the input, runs the machine for the frame's share of time (at most about 10
 * ms of the host's), copies what the panels draw, and paints. Nothing else of the project sees SDL. */
#ifndef HB_DASHBOARD_DASHBOARD_H
#define HB_DASHBOARD_DASHBOARD_H

#include <stdbool.h>
#include <stdint.h>

#include "sim/base/error.h"
#include "sim/race/race.h"
#include "ui/dashboard/model/session.h"
#include "ui/dashboard/model/start.h"

/* The variants of an experiment, of which one is shown at a time. */
struct hb_dashboard_variants {
    uint32_t count, shown; /* the session that the dashboard is opened on is that of `shown` */
    const char *const *name;
    /* Closes the session that is shown and opens that of variant i; NULL, with `error`, leaves the old one open. */
    struct hb_session *(*open)(void *self, uint32_t i, struct hb_error *error);
    void *self;
};

struct hb_dashboard_options {
    struct hb_keeper keeper; /* writes the session that is open as an experiment; save NULL: nobody does */
    const struct hb_dashboard_variants *variants; /* NULL: there is one run alone */
    struct hb_race *race;                         /* of the same variants, not begun; NULL: there are none to race */
    int width, height;                            /* of the window or picture in pixels; 0: 1600 x 900 */
    const struct hb_deck *deck;   /* the pages of a lesson, whose runs are the variants; NULL: no lesson */
    uint32_t first_page;          /* that is open at first; the variant that is shown is its run */
    bool revealed;                /* with its answer */
    const struct hb_start *start; /* the start page, shown at first; NULL: there is none */
    int *opened;                  /* takes the entry of it that is to be opened next, -1: none; with `start` */
    bool notes;                   /* a second window with the teacher's notes on the lesson */
    bool large;                   /* text for a lecture hall: 28 pixels in place of 18 */
    bool dark;
    uint8_t scene; /* enum hb_scene_id that fills the window at first; 0: the overview, or what the lesson says */
    const char *shot_path;     /* PNG to write, without a window; NULL: open a window */
    uint64_t shot_cycle;       /* of the picture; 0: where the dashboard would open */
    uint64_t fault_cycle;      /* opens, and stands still, shortly before this cycle; 0: where work is in progress */
    const char *log_path;      /* writes every command with its cycle; NULL: does not */
    const char *replay_path;   /* executes such a log first; NULL: does not */
    const char *describe_path; /* keeps a text description of the present up to date there; NULL: does not */
};

/* Runs it. Gives 0 when the user leaves or the picture is written; 2, and one line in `error`, when a font, a display
 * or a file is missing; 4 when memory is, or a file could not be written whole. The session stays the caller's. */
int hb_dashboard_run(struct hb_session *session, const struct hb_dashboard_options *options, struct hb_error *error);

#endif
