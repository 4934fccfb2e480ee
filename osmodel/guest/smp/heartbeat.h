/* Heartbeats: each hart shows from time to time that it is alive, and checks that the next one in hb_live does.
 *
 * Everything that may take long calls one of these, whatever the hart is doing: */
#ifndef HB_SMP_HEARTBEAT_H
#define HB_SMP_HEARTBEAT_H

#include <stdbool.h>
#include <stdint.h>

#include "osmodel/guest/lib/params.h"
#include "osmodel/guest/machine/atomic.h"
#include "osmodel/guest/machine/inline.h"
#include "osmodel/guest/machine/riscv.h"
#include "osmodel/guest/smp/hart.h"

/* When each hart has beaten last, in ticks, and how many instructions it had retired (sched/pace.h). Alone in its
 * line: its hart writes it and its watcher reads it. */
struct hb_heartbeat {
    uint64_t ticks;
    uint64_t instructions;
} __attribute__((aligned(HB_LINE_ALIGN)));

#define HB_BREATH_TICKS 200u /* in long loops a hart beats as often as this */

extern struct hb_heartbeat hb_heartbeats[HB_HARTS_MAX];

/* What the executing hart writes with each beat. */
HB_INLINE void hb_heartbeat_show(uint64_t now) {
    struct hb_heartbeat *mine = &hb_heartbeats[hb_hart_id()];
    hb_store(&mine->instructions, HB_CSR_READ(minstret));
    hb_store(&mine->ticks, now);
}

/* The executing hart shows that it is alive. */
void hb_beat(uint64_t now);

/* A look that would come between two beats comes with the earlier one, so that both share an interrupt. */
static inline void hb_look_with_beat(struct hb_smp_hart *self) {
    if (self->next_check - self->next_beat < self->beat_period.ticks) /* huge, when the look comes first */
        self->next_check = self->next_beat;
}

/* When the timer has fired, and whenever an idle hart wakes: beat, watch, recover, wake sleepers, whatever is due. The
 * hart must not be in the middle of anything. What a spin loop does is hb_spin_poll(): it beats, watches, and frees the
 * locks of the dead. */
void hb_tick_at_length(uint64_t now);

HB_INLINE void hb_tick(uint64_t now) {
    const struct hb_smp_hart *self = hb_self();
    if (now >= self->next_beat || now >= self->next_check || now >= self->next_wake)
        hb_tick_at_length(now);
}

/* In the middle of something long, with or without a lock: beat, though it may not be time yet. The longest time
 * between two beats is J, for which the host has a bound (sim/config/heartbeat.h). `now` may be a while ago, and the
 * hart may have beaten since, as it waited for a lock: no stamp is older than the one before. */
HB_INLINE void hb_breathe_at(uint64_t now) {
    int64_t since = (int64_t)(now - hb_heartbeats[hb_hart_id()].ticks);
    if (hb_params.heartbeat_period_cycles != 0 && HB_RARE(since >= (int64_t)HB_BREATH_TICKS))
        hb_beat(now);
}

void hb_breathe(void);

/* hb_breathe at every 32nd `step` of a loop. */
static inline void hb_breathe_in_loop(uint32_t step) {
    if (step % 32 == 31)
        hb_breathe();
}

/* Has `hart` beaten within the timeout? */
bool hb_seems_alive(uint32_t hart);

/* Another hart's watcher believes that it is silent. The executing hart, which owns no lock, reads the beat itself, and
 * if that is so recovers the hart, unless another hart does. */
void hb_look_at(uint32_t hart);

/* Beat now: called at the start, so that no hart counts as dead before it has begun. */
void hb_beat_first(uint32_t hart);

#endif
