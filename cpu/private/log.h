/* The checkpoint of a hart that runs ahead, and the logs of what it changes in its lines after it. */
#ifndef HB_CPU_PRIVATE_LOG_H
#define HB_CPU_PRIVATE_LOG_H

#include "cpu/hart/checkpoint.h"

/* What has been done so far is final: begin anew from here, hart->ready_at. */
void hb_ahead_checkpoint(struct hb_core *core);

/* Forget what was logged; the checkpoint stays. */
void hb_ahead_forget(struct hb_ahead *ahead);

/* Back to the checkpoint, snoops that were applied since included. */
void hb_ahead_undo(struct hb_core *core);

/* Floating point or a system instruction is about to be executed: what they change goes into the checkpoint, the first
 * time after it was made. */
void hb_ahead_save_seldom(struct hb_ahead *ahead, const struct hb_hart *hart);

/* A line is read at `stamp`. */
static inline void hb_ahead_read(struct hb_ahead *ahead, struct hb_line *line, uint64_t stamp) {
    hb_ahead_log_read(ahead, line);
    line->last_read = stamp;
}

/* It will be written at `stamp`: its bytes must still be the old ones. */
static inline void hb_ahead_write(struct hb_ahead *ahead, struct hb_line *line, uint64_t stamp) {
    hb_ahead_log_write(ahead, line);
    line->last_write = stamp;
}

#endif
