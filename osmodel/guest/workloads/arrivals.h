/* When the requests of a server arrive, and who serves them: functions of the seed and the request's number, the same
 * on guest and host. */
#ifndef HB_WORKLOAD_ARRIVALS_H
#define HB_WORKLOAD_ARRIVALS_H

#include <stdint.h>

#include "osmodel/abi.h"

/* From the arrival of the request before (or from all harts up) to that of `request`, in cycles. On average
 * group->gap_cycles:
 *   even      always that
 *   poisson   exponentially distributed: arrivals know nothing of each other
 *   bursty    seven of eight follow closely, an eighth of the mean apart; before the eighth there is a long pause.
 *             Both are exponentially distributed */
uint64_t hb_arrival_gap(uint64_t seed, const volatile struct hb_group *group, uint32_t request);

/* The queue that `request` joins, of hb_server_queues(): the only one (one), by a hash (hashed), in turn (dealt). */
uint32_t hb_request_queue(uint64_t seed, const volatile struct hb_group *group, uint32_t request);

/* How many queues the group has: one, or one for each of its tasks. */
uint32_t hb_server_queues(const volatile struct hb_group *group);

/* Serve `request`: `units` of work on a small set (2 KiB, aligned to 64 bytes). Gives the answer. */
uint64_t hb_request_serve(uint64_t seed, uint32_t request, uint64_t units, uint8_t *set);

/* The requests of all groups have numbers of their own: those of group `number` begin here; for the number of groups,
 * how many there are. */
uint64_t hb_requests_before(const volatile struct hb_params *params, uint32_t number);

/* The checksum of a worker: which requests it serves depends on the others, so it says only that it came to its end.
 * The answers are compared one by one. */
uint64_t hb_server_checksum(uint64_t seed, uint32_t task);

#endif
