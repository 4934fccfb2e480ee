/* Heartbeats: each hart writes to its own cell, from time to time, that it is alive. There the master looks
 * (watch.h). A master that may be succeeded also writes it where workers can look (reign.h). */
#ifndef HB_AMP_BEAT_H
#define HB_AMP_BEAT_H

#include <stdbool.h>
#include <stdint.h>

/* With nothing else to wait for, a hart checks this often, in ticks, whether a policy has changed. */
#define HB_LOOK_AGAIN_TICKS 5000u

/* A time from the parameters, in ticks, but not so short that no time is left for tasks. */
uint64_t hb_period_ticks(uint64_t cycles);

/* Do `ticks` correspond to `cycles`? */
bool hb_has_passed(uint64_t ticks, uint64_t cycles);

/* Beat now, whatever the policy: this is how a hart reports at boot. */
void hb_beat(void);

/* Beat if it is time. Called at every entry into the kernel, and whenever a sleeping hart wakes. */
void hb_beat_if_due(void);

/* In the middle of something long: beat if the last time is a while ago. Not only loops are long: when many harts enter
 * the kernel at once, its code comes to their caches line by line, over one bus. The longest time between two beats is
 * J, for which the host has a bound (sim/config/heartbeat.h). */
void hb_breathe(void);

/* When the executing hart must next beat or look, in ticks. */
uint64_t hb_beat_due(void);

#endif
