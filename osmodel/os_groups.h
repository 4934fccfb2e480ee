/* The numbers of each group of tasks: how its tasks were served.
 *
 *   cpu_share   of all cycles that harts spent inside tasks until the first task of any group was done, the part inside
 *               tasks of this group
 *   response    of each activation (a task arrives, or wakes): cycles until its first instruction; those that still
 *               wait at the end count as far as they go
 *   waiting     of each task that is done: cycles that it was ready and did not run
 *   turnaround  of each task that is done: cycles from its arrival
 *
 * A percentile is the smallest sample that so many of a hundred do not exceed (nearest rank). */
#ifndef HB_OSMODEL_OS_GROUPS_H
#define HB_OSMODEL_OS_GROUPS_H

#include <stdbool.h>
#include <stdint.h>

#include "osmodel/abi.h"
#include "osmodel/os_view.h"

struct hb_os_spread {
    uint64_t n;           /* 0: nothing below means anything */
    bool has_percentiles; /* false: there were more samples than the view has room for */
    double mean;
    uint64_t p50, p95, p99, max;
};

struct hb_os_group {
    bool has_share; /* a task was done, and some hart had been inside tasks */
    double cpu_share;
    struct hb_os_spread response, waiting, turnaround;
};

/* Fill groups[0 .. params->workload_groups - 1] (at most HB_GROUPS_MAX) from the view, which is up to date. */
void hb_os_groups_fill(const struct hb_os_view *view, const struct hb_params *params,
                       struct hb_os_group groups[HB_GROUPS_MAX]);

/* Of `n` values, which are sorted in place. */
void hb_os_spread_of(uint64_t *values, uint64_t n, struct hb_os_spread *spread);

#endif
