/* The requests of groups of the kind server: who serves which, and when there is nothing to do.
 *
 * Requests arrive by the clock alone (osmodel/guest/workloads/arrivals.h), so nothing has to happen when one does:
 * whoever looks for work next lets in what has arrived since the last look, and refuses what finds its queue full. The
 * state of a request is one word, which says who has taken it; queues are counts over these words, and can be filled in
 * again from them. A worker that is started again is given the request that it had taken: no request is lost, and none
 * is answered twice. */
#ifndef HB_SMP_SERVER_H
#define HB_SMP_SERVER_H

#include <stdbool.h>
#include <stdint.h>

#define HB_NO_REQUEST UINT64_MAX

/* At boot: work out when requests arrive. */
void hb_server_prepare(void);

/* Arrivals count from `now`, in ticks: when all harts are up. */
void hb_server_open(uint64_t now);

/* The current task, a worker, takes the next request of its queue, or the one that it had taken before its hart died.
 * Gives its number within the group; HB_NO_REQUEST: none now. Then the worker is to look again at `*look_ticks`;
 * UINT64_MAX: no request is left for it, ever. */
uint64_t hb_server_take(uint32_t task, uint64_t *look_ticks);

/* It has served the request that it had taken, and this is the answer. False: it had taken none. */
bool hb_server_reply(uint32_t task, uint64_t answer);

/* If `lock`, which was a dead hart's, guards requests: they are counted again, in pieces, by whoever next takes one.
 * Returns whether it does. */
bool hb_server_mend(const uint64_t *lock);

#endif
