/* The past at every granularity, for the timeline and the throughput.
 *
 * The app stops the machine at the ends of slices and hands in running sums; their differences are added to one ring of
 * cells per level. Level k has cells of 2^k cycles, each ring the same number of cells, so a fine level reaches back a
 * little and a coarse one far, and every zoom of the timeline has its own level, without resampling. A slice longer
 * than a level's cells leaves that level without data for its time.
 *
 * A slice must not cross a boundary of cells of its own length (rounded up to a power of two):
 * hb_history_slice_end(). */
#ifndef HB_DASHBOARD_HISTORY_H
#define HB_DASHBOARD_HISTORY_H

#include "ui/dashboard/model/session.h"
#include "ui/dashboard/model/view.h"

#define HB_HISTORY_LEVELS 24
#define HB_HISTORY_CELLS  2048 /* of a level's ring */
#define HB_HISTORY_MARKS  4    /* sums kept for what is "recent" */

struct hb_history;

/* A history for this many harts; the sums are those of now. NULL without memory. */
struct hb_history *hb_history_new(uint32_t harts, const struct hb_counters *now);
void hb_history_free(struct hb_history *history);

/* Adds the slice between the last sums and these. */
void hb_history_add(struct hb_history *history, const struct hb_counters *now);

/* The machine went elsewhere in the same run: what was recorded stays, and what is recorded once more counts once. */
void hb_history_go(struct hb_history *history, const struct hb_counters *now);

/* Another future begins here: forgets everything from `cycle` on. */
void hb_history_fork(struct hb_history *history, uint64_t cycle);

/* Begins a new piece of recent time, if the present one is long enough for its shares to mean something; the oldest
 * of HB_HISTORY_MARKS pieces is no longer recent. */
void hb_history_mark(struct hb_history *history);

/* Where a slice of at most `slice_cycles` that begins at `cycle` must end. */
uint64_t hb_history_slice_end(uint64_t cycle, uint64_t slice_cycles);

/* Fills timeline (but for its marks): the `columns` columns of `column_cycles` (a power of two) that end `back` columns
 * before the one that holds the present. */
void hb_history_timeline(const struct hb_history *history, uint64_t column_cycles, uint32_t columns, uint64_t back,
                         struct hb_view_timeline *timeline);

/* Fills windows, work, total and tasks of the last HB_VIEW_WINDOWS windows of `window_cycles` (a power of two) that
 * begin at `from_cycle` or later. */
void hb_history_throughput(const struct hb_history *history, uint64_t from_cycle, uint64_t window_cycles,
                           struct hb_view_throughput *throughput);

/* Mean useful work per cycle over at most the last `cycles` cycles before `cycle`, at the granularity of
 * `window_cycles`; 0 when nothing was recorded. */
float hb_history_mean_work(const struct hb_history *history, uint64_t cycle, uint64_t window_cycles, uint64_t cycles);

/* The CPUs that did that work, as bits; a master that only hands out work is not among them. */
uint64_t hb_history_workers(const struct hb_history *history, uint64_t cycle, uint64_t window_cycles, uint64_t cycles);

/* Fills what is recent: of the harts, of the bus, and of the throughput. Of too short a time, such as a step after
 * going elsewhere, shares stay as they were. */
void hb_history_recent(const struct hb_history *history, struct hb_view *view);

#endif
