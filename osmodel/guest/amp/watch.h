/* The master watches the workers: one that does not beat is suspected, fenced, and recovered. Who watches the master:
 * succession.h. */
#ifndef HB_AMP_WATCH_H
#define HB_AMP_WATCH_H

#include <stdint.h>

/* Called by the master: silence before now does not count. */
void hb_watch_begin(void);

/* Look at all workers if it is time, and deal with the silent ones. */
void hb_watch_if_due(void);

/* When to look next, in ticks; UINT64_MAX while the policy is not to watch. */
uint64_t hb_watch_due(void);

#endif
