/* The dashboard without a window: the state, the commands, and what a frame does. Uses no SDL, reads no clock but for
 * the frame's budget, so that tests drive it as the window does.
 *
 * A frame: hb_app_input... -> hb_app_advance -> hb_app_draw. Everything the user does goes through hb_app_execute(). */
#ifndef HB_DASHBOARD_APP_H
#define HB_DASHBOARD_APP_H

#include <stdio.h>

#include "sim/base/output.h"
#include "ui/dashboard/draw/draw.h"
#include "ui/dashboard/model/command.h"
#include "ui/dashboard/model/director.h"
#include "ui/dashboard/model/history.h"
#include "ui/dashboard/model/keyframes.h"
#include "ui/dashboard/model/session.h"
#include "ui/dashboard/panels/ui_state.h"

/* A fault to which it is possible to go back. */
struct hb_fault {
    bool known; /* false: there is none */
    uint32_t hart;
    uint64_t cycle;
    bool own;   /* caused by a click; else the experiment's own, which comes again by itself */
    bool ails;  /* it kills nobody */
    bool given; /* own: not a mere death, but what stands in `what` */
    struct hb_view_fault what;
    bool undone; /* the machine was taken back to before it: going back once more undoes the one before */
};

#define HB_APP_PLACES  32 /* faults, and bookmarks */
#define HB_FAULTS_KEPT 8 /* before the last one, to which it is possible to go back */

/* Cycles in order. */
struct hb_cycles {
    uint32_t count;
    uint64_t cycle[HB_APP_PLACES];
};

/* The throughput of the future that was left by going back. */
struct hb_ghost {
    uint64_t from_cycle, since_cycle; /* of the first window; where the machine went back to */
    uint64_t window_cycles;           /* 0: there is none */
    uint32_t windows;
    float total[HB_VIEW_WINDOWS];
};

/* The search for work in progress. */
struct hb_work_search {
    bool active;
    uint64_t first_cycle;           /* when the first task had finished; 0: none has */
    uint64_t work_cycle;            /* when half of the CPUs executed tasks; 0: they have not */
    uint64_t worked[HB_VIEW_HARTS]; /* instructions of tasks so far */
};

/* A search back that has found nothing yet. */
struct hb_sought {
    uint64_t from, reached; /* the cycle in which it began, and that down to which all was looked at */
    uint8_t kind;
    uint64_t id;
};

struct hb_app {
    struct hb_session *session;
    struct hb_keeper keeper; /* save NULL: nothing can be saved */
    struct hb_view view;
    struct hb_ui_state ui;
    struct hb_metrics metrics;
    struct hb_history *history;
    struct hb_past past;
    struct hb_keyframes frames;
    struct hb_sought sought;
    double back_seconds; /* of the host's time that a search back takes before it asks whether to go on */
    struct hb_fault fault, earlier[HB_FAULTS_KEPT]; /* the last one, and those before it, oldest first */
    uint32_t earliers;
    struct hb_ghost ghost;
    struct hb_director director;
    struct hb_race *race; /* the variants side by side, computed while a scene shows them; NULL: there are none */
    struct hb_work_search search;
    bool recalled;               /* hb_app_recall_lines() has been called since the machine came here */
    uint64_t furthest_cycle;     /* that this future has reached */
    uint64_t end_cycle;          /* at which this future ends; 0: it is not known yet */
    struct hb_cycles faults, bookmarks;
    uint64_t goal_cycle; /* to which it runs on, whatever is played; 0: nowhere */
    uint64_t open_cycle; /* where it opened */
    uint64_t up_cycle;   /* when all CPUs were up: the chart begins there */
    double normal_speed; /* what the user wants; ui.speed is what is played */
    double carry;        /* fraction of a cycle that is due */
    uint64_t slice;      /* cycles that surely fit into a frame's budget, as far as measured; 0: nothing was */
    double pace;         /* cycles that the host runs in a second of playing, as lately measured; 0: nothing was */
    uint32_t frame_number;
    struct hb_view_hart held[HB_VIEW_HARTS]; /* what is shown of CPUs between two refreshes */
    double still_seconds;                    /* how long the mouse has rested */
    double notice_seconds;                   /* how long the notice is still shown */
    struct hb_zone dragged;                  /* the slider or the strip that follows the mouse; empty: none */
    int wanted_text_px;                      /* the window opens fonts of this size */
    int wanted_entry;                        /* of the start page: whoever opened the app opens it; -1: none */
    char wanted_setting[96];                 /* KEY=VALUE with which whoever opened the app begins anew; empty: stay */
    int wanted_variant;                      /* whoever opened the app shows this one instead; -1: stay */
    bool quit, want_picture;
    struct hb_output *log; /* commands; NULL: none is wanted, or it could not be written any more */
    bool log_failed;
    struct hb_error log_error; /* why */
    struct hb_draw_list list;
};

/* Opens on this session (kept until hb_app_close) with the text metrics, at its reset: a picture can be drawn at once.
 * What is to be shown is searched for by hb_app_search(). False without memory. The app is large: allocate it. */
bool hb_app_begin(struct hb_app *app, struct hb_session *session, const struct hb_metrics *metrics);

/* Runs on to where work is under way, for about `budget_seconds` of the host's time, and once it is found computes the
 * speed at which about two tasks finish a second. app->search.active says whether that goes on. */
void hb_app_search(struct hb_app *app, double budget_seconds);

/* Both, until it is found. */
bool hb_app_open(struct hb_app *app, struct hb_session *session, const struct hb_metrics *metrics);
void hb_app_close(struct hb_app *app);

/* Sets the text metrics after a change of fonts. */
void hb_app_metrics(struct hb_app *app, const struct hb_metrics *metrics);

/* Does what the command says, if it can be done now, and logs it. */
void hb_app_execute(struct hb_app *app, struct hb_command command);

/* Runs the machine for `seconds` of playing, for at most `budget_seconds` of the host's time. */
void hb_app_advance(struct hb_app *app, double seconds, double budget_seconds);

/* Runs the machine to `cycle`, or as far as it goes, recording the last `fine_cycles` one by one. */
void hb_app_run_to(struct hb_app *app, uint64_t cycle, uint64_t fine_cycles);

/* Goes to `cycle` of this future: to the keyframe before it, then forward, however far that is. */
void hb_app_seek(struct hb_app *app, uint64_t cycle);

/* The same for who waits for a picture: further than it has been, it runs on in the frames to come, and stops there. */
void hb_app_go(struct hb_app *app, uint64_t cycle);

/* A fault has struck: it is a place to go to, until a future begins in which it will not. */
void hb_app_note_fault(struct hb_app *app, uint64_t cycle);
void hb_app_forget_faults(struct hb_app *app, uint64_t from_cycle);

/* A bookmark at the present cycle, or none if there is one. */
void hb_app_bookmark(struct hb_app *app);

/* Marker A or B at the present cycle, or none if it is there. Markers of a future that will not come are forgotten. */
void hb_app_marker(struct hb_app *app, bool b);
void hb_app_forget_markers(struct hb_app *app, uint64_t from_cycle);

/* To the next fault or bookmark, or to the one before. */
void hb_app_to_place(struct hb_app *app, bool back);

/* Fills view.time; the rest of the view is filled. */
void hb_app_fill_time(struct hb_app *app);

/* Another future begins: forgets what lay ahead, and what was asked of the machine there. */
void hb_app_fork(struct hb_app *app);

/* On to the next change of what STEP_CYCLE, STEP_INSTRUCTION (of `hart`), STEP_TRANSACTION and STEP_EVENT count, or
 * back to the one before. Stays where it is when there is none. */
void hb_app_step(struct hb_app *app, enum hb_command_kind what, uint32_t hart);
void hb_app_step_back(struct hb_app *app, enum hb_command_kind what, uint32_t hart);

/* Goes to shortly before the experiment's next own fault, and plays. Where none is to come it says so and goes on as
 * before; `played`: it was played. */
void hb_app_to_fault(struct hb_app *app, bool played);

/* Ends the search for where to open: goes to shortly before a fault that is known to come at this cycle, and pauses. */
void hb_app_stop_before(struct hb_app *app, uint64_t fault_cycle);

/* Takes machine and dashboard to a keyframe. */
void hb_app_restore(struct hb_app *app, const struct hb_keyframe *frame);

/* Makes a fault of this model ready, with the terms that are usual; sets one of its terms. */
void hb_app_draft(struct hb_app *app, uint32_t model);
void hb_app_draft_term(struct hb_app *app, uint32_t term, uint64_t value);

/* Injects the fault that is made ready: strikes the CPU now, or plans it for its cycle. Planned ones are forgotten by
 * hb_app_unplan(). */
void hb_app_inject(struct hb_app *app, uint32_t hart);
void hb_app_unplan(struct hb_app *app);

/* To the event of the subject that is followed before the present cycle, or after it; `follow` makes it another subject
 * first; `cause`: to what a CPU's present doings come from. They say what was found. */
void hb_app_find(struct hb_app *app, bool back);
void hb_app_follow(struct hb_app *app, uint8_t kind, uint64_t id);
void hb_app_cause(struct hb_app *app, uint32_t hart);

/* Another value of a key: from now on, or else the run begins anew. */
void hb_app_set_key(struct hb_app *app, uint32_t row, uint64_t value);

/* Another fault becomes the last one: keeps those before it that still lie in the past. */
void hb_app_push_fault(struct hb_app *app, const struct hb_fault *fault);

/* Is there a fault before the present cycle, or one that was undone? */
bool hb_app_can_back(const struct hb_app *app);

/* Forgets the last fault, and the one before it is the last; gives false when there is none before it. */
bool hb_app_pop_fault(struct hb_app *app);

/* Takes in what has happened up to now; `live`: a fault that no command caused is narrated like one that was. */
void hb_app_take_events(struct hb_app *app, bool live);

/* The host's clock, in seconds. */
double hb_app_host_seconds(void);

/* The machine's cycle. */
uint64_t hb_app_cycle(const struct hb_app *app);

/* Cycles a column with which the lanes show the whole run, as far as it has come. */
uint64_t hb_app_whole_column(const struct hb_app *app);

/* Sets the speed that the user wants, with a zoom and windows that suit it. */
void hb_app_set_speed(struct hb_app *app, double cycles_per_second);

/* Fills the view and draws a window of w x h pixels into app->list. */
void hb_app_draw(struct hb_app *app, int w, int h);

/* Shows a sentence in the status bar for some seconds. */
void hb_app_notice(struct hb_app *app, const char *text);

/* Executes a line of a command log ("@CYCLE COMMAND", or "@+CYCLES COMMAND" from the present on) at its cycle; false if
 * it is not one. */
bool hb_app_replay_line(struct hb_app *app, const char *line);

/* The present as text, one fact per line, and the zones that can be clicked: for people who do not see the window, and
 * for tests. */
void hb_app_describe(const struct hb_app *app, FILE *out);

/* Shows the page of a lesson that the state names, in the run that is open: the machine goes to its moment. */
void hb_app_show_page(struct hb_app *app);

/* The lanes are so many columns wide: a page at the end of a run shows all of it in them. */
void hb_app_fit_page(struct hb_app *app, uint32_t columns);

/* Takes in what has been worked out of the lesson; the page that waited for it goes to its moment. True: something has
 * been. */
bool hb_app_learn(struct hb_app *app);

/* What happens to lines is followed while their scene is open; called before the machine runs. */
void hb_app_watch_lines(struct hb_app *app);

/* Where their scene has just been opened, or the machine was taken elsewhere: finds out what last happened to lines. */
void hb_app_recall_lines(struct hb_app *app);

/* Pins the line at this address, or does so no longer. */
void hb_app_pin(struct hb_app *app, uint64_t address);

/* Types an order about the variable that is chosen (see HB_COMMAND_ORDER), and runs on until it is obeyed. */
void hb_app_order(struct hb_app *app, int64_t argument);

/* Begins the race of the variants when the scene shows it, and takes in what has come of it, with `wait` until all has.
 * True: something has. */
bool hb_app_race(struct hb_app *app, bool wait);

/* Something of it is still to come. */
bool hb_app_is_racing(const struct hb_app *app);

/* Draws the teacher's notes on the page that is shown, as a picture of their own. */
void hb_app_draw_notes(const struct hb_app *app, const struct hb_metrics *metrics, int w, int h,
                       struct hb_draw_list *list);

/* Turns to a page; one of another run is shown when that is open. */
void hb_app_turn(struct hb_app *app, uint32_t page, bool revealed);

/* One on (the answer counts) or back, as a command. */
void hb_app_turn_on(struct hb_app *app, bool back);

/* Opens an entry of the start page, which is then gone; a key while it is shown. */
void hb_app_open_entry(struct hb_app *app, uint32_t entry);
void hb_app_start_key(struct hb_app *app, int key);

/* Input. Keys are ASCII characters or one of these; positions are pixels of the draw list. */
enum hb_key_code {
    HB_KEY_LEFT = 256,
    HB_KEY_RIGHT,
    HB_KEY_UP,
    HB_KEY_DOWN,
    HB_KEY_HOME,
    HB_KEY_END,
    HB_KEY_F12,
    HB_KEY_PAGE_UP,
    HB_KEY_PAGE_DOWN
};
enum hb_mouse_button { HB_MOUSE_LEFT, HB_MOUSE_RIGHT };

void hb_app_key(struct hb_app *app, int key);
void hb_app_mouse_move(struct hb_app *app, int x, int y);
void hb_app_mouse_down(struct hb_app *app, enum hb_mouse_button button, int x, int y);
void hb_app_mouse_up(struct hb_app *app);
void hb_app_wheel(struct hb_app *app, int steps, bool shift);

#endif
