/* Replug: a hart that has been recovered may be of use again one day, which nothing shows. So it is started over at
 * intervals (os.recovery.replug_cycles), and takes part again once it beats.
 *
 * It is called by whoever serves its sleepers, the live hart before it; when that one dies, by the next. A call fences
 * it first: it may be alive, and hang. It begins like a hart that has never run, knows by the call that it is no boot,
 * and beats until it is admitted. From then on its queue and its sleepers are its own again. */
#ifndef HB_SMP_REPLUG_H
#define HB_SMP_REPLUG_H

#include <stdbool.h>
#include <stdint.h>

/* Call or admit those harts that are the executing one's to call, as far as it is time. Returns the time, in ticks, at
 * which to do so again; UINT64_MAX: there is nobody to call. */
uint64_t hb_replug_as_due(uint64_t now);

/* Is the executing hart, which has just started, back? */
bool hb_replug_is_called(void);

/* If it is: beat until it is admitted. */
void hb_replug_answer(void);

#endif
