/* The checkpoint of a hart that runs ahead, and the logs of what it changes in its lines after it. */
#ifndef HB_CPU_AHEAD_LOG_H
#define HB_CPU_AHEAD_LOG_H

#include "cpu/hart/checkpoint.h"

/* What has been done so far is final: begin anew from here, hart->ready_at. */
void hb_ahead_checkpoint(struct hb_core *core);

/* Forget what was logged; the checkpoint stays. */
void hb_ahead_forget(struct hb_ahead *ahead);

/* Back to the checkpoint, snoops that were applied since included. */
void hb_ahead_undo(struct hb_core *core);

/* Floating point is about to be used for the first time since the checkpoint. */
void hb_ahead_save_fp(struct hb_ahead *ahead, const struct hb_hart *hart);

/* Set a stamp; what it was at the checkpoint is logged at the first touch after it. */
static inline void hb_ahead_touch(struct hb_ahead *ahead, uint64_t *stamp, uint64_t value) {
    if (*stamp < ahead->since_stamp)
        *ahead->stamp_end++ = (struct hb_ahead_stamp){stamp, *stamp};
    *stamp = value;
}

#endif
