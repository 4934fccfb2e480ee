/* What became of the requests of servers.
 *
 * A request's arrival follows from the parameters alone (osmodel/guest/workloads/arrivals.h), and latency counts from
 * it, whatever the kernel says. An answer counts as served if it is that which the host computes.
 *
 *   wait      from its arrival until a worker took it first
 *   service   from when it was taken last until it was answered
 *   latency   from its arrival until it was answered
 *   availability   of all windows of three services (medians), from all harts up until none waits any more, in which a
 *                  request had arrived at the beginning and was not answered yet: the part in which one was answered */
#ifndef HB_OSMODEL_OS_REQUESTS_H
#define HB_OSMODEL_OS_REQUESTS_H

#include <stdbool.h>
#include <stdint.h>

#include "osmodel/abi.h"
#include "osmodel/os_groups.h"
#include "osmodel/os_view.h"

#define HB_OS_REQUEST_WINDOWS_MAX 256

/* [from_cycle, to_cycle) */
struct hb_os_request_window {
    uint64_t from_cycle, to_cycle;
    uint32_t arrived, served;
};

struct hb_os_requests {
    uint64_t offered; /* arrived up to the end of the run */
    uint64_t served;
    uint64_t wrong;   /* answered, but not as the host does */
    uint64_t dropped; /* their queue had no room */
    uint64_t retried; /* how often one was taken again */
    uint64_t lost;    /* offered, and neither answered nor dropped; of a run that was cut off: not answered yet */
    struct hb_os_spread wait, service, latency;
    bool has_availability;
    double availability;
    uint32_t windows_count;
    struct hb_os_request_window windows[HB_OS_REQUEST_WINDOWS_MAX];
};

/* Write the cycles in which requests arrive, in the order of view->requests, to arrival[0 .. HB_REQUESTS_MAX - 1];
 * return how many there are. */
uint64_t hb_os_request_arrivals(const struct hb_os_view *view, const struct hb_params *params, uint64_t *arrival);

/* Fill `requests` from the view, which is up to date. `window_cycles`: of the series, doubled until it fits; 0: none.
 * False: no group is a server. */
bool hb_os_requests_fill(const struct hb_os_view *view, const struct hb_params *params, uint64_t window_cycles,
                         struct hb_os_requests *requests);

#endif
