/* When tasks arrive, wait and run: what the view notes for the numbers of groups (osmodel/os_groups.h).
 *
 * A task arrives when it is first ready, but not before all harts are up. An activation begins when a task arrives or
 * wakes, and its response is the time until its first instruction. Each response is a sample, since percentiles need
 * them all; the view has room for so many, and beyond that only their sum, number and maximum are exact. */
#ifndef HB_OSMODEL_OS_TIMES_H
#define HB_OSMODEL_OS_TIMES_H

#include "osmodel/os_view.h"

/* Called by the view, with its cycle up to date, when: */
void hb_os_times_up(struct hb_os_view *view);                                 /* all harts are up */
void hb_os_times_ready(struct hb_os_view *view, struct hb_os_task *task);     /* it is ready, and was not; its state is
                                                                               still the one before */
void hb_os_times_wait_over(struct hb_os_view *view, struct hb_os_task *task); /* it is not ready any more */
void hb_os_times_run(struct hb_os_view *view, struct hb_os_task *task);       /* its hart begins to execute it */
void hb_os_times_stop(struct hb_os_view *view, struct hb_os_task *task);      /* ... and no longer does */
void hb_os_times_done(struct hb_os_view *view);                               /* a task is done */

/* Request number `request` of all servers together was taken by a worker, answered, or refused. Numbers that cannot be
 * are counted as ignored. */
void hb_os_times_request_taken(struct hb_os_view *view, uint32_t request);
void hb_os_times_request_answered(struct hb_os_view *view, uint32_t request, uint32_t answer);
void hb_os_times_request_refused(struct hb_os_view *view, uint32_t request);

#endif
