#include "ui/cli/progress.h"

#include <inttypes.h>
#include <stdio.h>
#include <time.h>
#include <unistd.h>

#include "osmodel/os_text.h"

double hb_seconds(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + (double)now.tv_nsec * 1e-9;
}

void hb_progress_begin(struct hb_progress *progress, bool quiet) {
    *progress = (struct hb_progress){.shown = !quiet && isatty(STDERR_FILENO), .started = hb_seconds()};
}

void hb_progress_show(struct hb_progress *progress, const char *what, uint64_t cycle, double percent) {
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

#define ESTIMATE_PART    0.02 /* before so much is done, an estimate says little */
#define ESTIMATE_SECONDS 1.0

void hb_progress_show_all(struct hb_progress *progress, uint32_t ended, uint32_t all, double part) {
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

void hb_progress_end(struct hb_progress *progress) {
    if (progress->dirty)
        fputs("\r\033[K", stderr);
    progress->dirty = false;
}
