#include "ui/cli/terminal/progress.h"

#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

#include "osmodel/os_text.h"

double hb_seconds(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + (double)now.tv_nsec * 1e-9;
}

void hb_progress_begin(struct hb_progress_line *progress, bool quiet) {
    *progress = (struct hb_progress_line){.shown = !quiet && isatty(STDERR_FILENO), .started = hb_seconds()};
}

void hb_progress_show(struct hb_progress_line *progress, const char *what, uint64_t cycle, double percent) {
    double now = progress->shown ? hb_seconds() : 0;
    if (!progress->shown || now - progress->updated < 0.1)
        return;
    char cycles[HB_OS_GROUPED_BYTES];
    progress->updated = now;
    progress->dirty = true;
    fprintf(stderr, "\r\033[K%s: cycle %s", what, hb_os_grouped(cycle, cycles));
    if (percent >= 0)
        fprintf(stderr, ", %.0f %%", percent);
    fprintf(stderr, ", %.1f s", now - progress->started);
    fflush(stderr);
}

#define ESTIMATE_PART    0.02 /* before this much is done, an estimate means little */
#define ESTIMATE_SECONDS 1.0

void hb_progress_show_all(struct hb_progress_line *progress, uint32_t ended, uint32_t all, double part) {
    double now = progress->shown ? hb_seconds() : 0;
    if (!progress->shown || now - progress->updated < 0.1)
        return;
    double spent = now - progress->started;
    progress->updated = now;
    progress->dirty = true;
    fprintf(stderr, "\r\033[K%" PRIu32 " of %" PRIu32 " variants, %.0f %%, %.1f s", ended, all, 100 * part, spent);
    if (part > ESTIMATE_PART && spent > ESTIMATE_SECONDS)
        fprintf(stderr, ", about %.0f s left", spent * (1 - part) / part);
    fflush(stderr);
}

/* ---- The clock ------------------------------------------------------------------------------------------------- */

#define TICK_MICROSECONDS 500000

/* What the signal handler needs; there is only one clock. */
static char clock_text[80];
static time_t clock_start; /* seconds of a steady clock */
static volatile sig_atomic_t clock_shown;

static void tick(int signal_number) {
    char line[sizeof clock_text + 16];
    size_t n = 0, digits = 1;
    struct timespec now;
    (void)signal_number;
    clock_gettime(CLOCK_MONOTONIC, &now);
    long number = (long)(now.tv_sec - clock_start);
    for (long rest = number; rest >= 10; rest /= 10)
        digits++;
    for (const char *from = clock_text; *from; from++)
        line[n++] = *from;
    for (size_t i = digits; i-- > 0; number /= 10)
        line[n + i] = (char)('0' + number % 10);
    n += digits;
    line[n++] = ' ';
    line[n++] = 's';
    clock_shown = 1;
    (void)!write(STDERR_FILENO, line, n); /* only what a handler may do: no stdio */
}

static void set_timer(long microseconds) {
    const struct itimerval often = {{0, microseconds}, {0, microseconds}};
    setitimer(ITIMER_REAL, &often, NULL);
}

void hb_progress_clock(struct hb_progress_line *progress, const char *what, bool quiet) {
    hb_progress_begin(progress, quiet);
    if (!progress->shown)
        return;
    struct sigaction action = {.sa_handler = tick, .sa_flags = SA_RESTART};
    snprintf(clock_text, sizeof clock_text, "\r\033[K%.60s: ", what);
    clock_shown = 0;
    clock_start = (time_t)progress->started;
    progress->ticks = sigaction(SIGALRM, &action, NULL) == 0;
    if (progress->ticks)
        set_timer(TICK_MICROSECONDS);
}

void hb_progress_end(struct hb_progress_line *progress) {
    if (progress->ticks)
        set_timer(0);
    if (progress->dirty || (progress->ticks && clock_shown))
        fputs("\r\033[K", stderr);
    progress->dirty = progress->ticks = false;
}
