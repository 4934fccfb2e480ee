/* State of the dashboard, not of the machine: how fast it plays, what is open, where the mouse is. */
#ifndef HB_DASHBOARD_UI_STATE_H
#define HB_DASHBOARD_UI_STATE_H

#include <stdbool.h>
#include <stdint.h>

#include "sim/race/race.h"
#include "ui/dashboard/draw/metrics.h"
#include "ui/dashboard/draw/theme.h"
#include "ui/dashboard/model/deck.h"
#include "ui/dashboard/model/scene.h"
#include "ui/dashboard/model/start.h"
#include "ui/dashboard/model/view_scenes.h"

#define HB_SPEED_MIN 1.0
#define HB_SPEED_MAX 1e8

/* A moment to measure from or to, with what had been counted by then. */
struct hb_marker {
    bool set;
    uint64_t cycle, instructions, transactions, tasks;
};

/* What the lanes of their scene stand for. */
enum hb_lanes_by { HB_LANES_CPU, HB_LANES_TASK, HB_LANES_LOCK, HB_LANES_KINDS };

struct hb_ui_state {
    const struct hb_metrics *metrics;
    const struct hb_theme *theme;
    bool playing;
    bool quiet;   /* its narration needs little room in a scene, and none above a lesson's page */
    bool plain;   /* it tells of no fault: two lines are enough */
    bool compact; /* one panel at a time: set when a window is drawn */
    uint8_t help; /* page of the help that is shown, from 1; 0: none */
    uint8_t help_pages;
    bool tip;           /* the mouse rests: show a tooltip */
    double speed;       /* cycles a second that are played now */
    bool slow;          /* the story of a fault has set the speed */
    bool behind;        /* the host cannot keep up */
    bool can_back;      /* there is a fault to go back to */
    bool can_step_back; /* there are earlier cycles */
    uint32_t selected;  /* hart */
    uint32_t variable;  /* that orders to it are about */
    uint32_t pins;
    uint64_t pin[HB_VIEW_PINS];      /* lines that stay on top */
    uint32_t variants, variant;      /* of the experiment, and which is shown */
    const char *const *variant_name; /* NULL: it has none */
    bool choosing;                   /* their list is open */
    uint32_t choose_at;              /* which of them Enter opens */
    const struct hb_race *race;      /* all variants side by side; NULL: there are none */
    uint8_t doing;                   /* page of what can be done, see HB_COMMAND_DOING; 0: it is not open */
    struct hb_view_fault draft;      /* the fault that is made ready there */
    uint8_t scene;                   /* enum hb_scene_id: what fills the window */
    const struct hb_deck *deck;      /* a lesson's pages; NULL: there is no lesson */
    uint32_t page;                   /* of the deck */
    bool revealed;                   /* its answer is shown */
    const struct hb_start *start;    /* what the start page offers; NULL: there is none */
    bool starting;                   /* it is shown */
    uint32_t start_at;               /* its selected entry */
    int mouse_x, mouse_y;
    uint64_t column_cycles;         /* zoom of the timeline */
    struct hb_marker marker[2];     /* A, B */
    struct hb_view_subject subject; /* whose events are gone to; of a CPU: the selected one */
    uint8_t lanes_by;               /* enum hb_lanes_by */
    bool zoomed;                    /* set by hand; otherwise the zoom follows the speed */
    uint64_t scroll_columns;
    uint64_t window_cycles; /* of the throughput */
    uint32_t list_scroll;   /* rows up from the newest event, or down from the first line */
    char notice[240];       /* shown in the status bar for a while: "Saved hartbeat-0001.png" */
};

/* A number of ems of body text in pixels. */
static inline int hb_em(const struct hb_ui_state *ui, double ems) {
    return (int)(ems * ui->metrics->text_px + 0.5);
}

#endif
