/* A line on standard error that rewrites itself while something long goes on; nothing where there is no terminal. */
#ifndef HB_CLI_PROGRESS_H
#define HB_CLI_PROGRESS_H

#include <stdbool.h>
#include <stdint.h>

struct hb_progress_line {
    bool shown;     /* there is a terminal, and quiet was not requested */
    bool dirty;     /* a line is on the screen */
    bool ticks;     /* the clock runs */
    double started; /* seconds of a steady clock */
    double updated;
};

void hb_progress_begin(struct hb_progress_line *progress, bool quiet);

/* Show the progress, at most ten times a second. `percent` below 0: unknown. */
void hb_progress_show(struct hb_progress_line *progress, const char *what, uint64_t cycle, double percent);

/* The same for several jobs, of which `ended` are ready; `part`, 0 to 1, of the whole is done. Estimates the time
 * left. */
void hb_progress_show_all(struct hb_progress_line *progress, uint32_t ended, uint32_t all, double part);

/* For work that cannot report its progress: from here to hb_progress_end() a line with `what` and the seconds so far is
 * kept up to date. One at a time. */
void hb_progress_clock(struct hb_progress_line *progress, const char *what, bool quiet);

/* Remove the line. */
void hb_progress_end(struct hb_progress_line *progress);

/* Seconds of a monotonic clock. */
double hb_seconds(void);

#endif
