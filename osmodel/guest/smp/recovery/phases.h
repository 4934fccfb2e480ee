/* The phases of a recovery: what is done about a dead hart, step by step. */
#ifndef HB_SMP_PHASES_H
#define HB_SMP_PHASES_H

#include <stdbool.h>
#include <stdint.h>

#include "osmodel/guest/smp/waiters.h"

enum hb_recovery_phase {
    HB_RECOVERY_NONE, /* the hart is well */
    HB_RECOVERY_EXPEL,
    HB_RECOVERY_FENCE,
    HB_RECOVERY_LOCK, /* the last urgent one */
    HB_RECOVERY_RUNNING,
    HB_RECOVERY_WAKING,
    HB_RECOVERY_THINGS,
    HB_RECOVERY_INTERRUPTS,
    HB_RECOVERY_FILL, /* in pieces, as the next: what must go on goes on by now */
    HB_RECOVERY_VERIFY,
    HB_RECOVERY_DONE,
};

/* What a recovery has found out, where the next recoverer finds it when this one dies. */
struct hb_remains {
    struct hb_things things; /* of the attempts that ended with the hart */
    const uint64_t *lock;    /* that it owned; NULL: none, or nothing that is to be filled again */
    uint64_t unheeded;       /* harts that run on what has ended, found since verifying began */
    uint64_t requeued;       /* tasks put back so far: for the tracepoint only */
};

/* Do a phase of the recovery of `dead`, before those in pieces. False: the executing hart has been expelled itself,
 * and is not the one to do it. */
bool hb_recovery_do(enum hb_recovery_phase phase, uint32_t dead, struct hb_remains *remains);

/* Fill a piece of the list that the dead hart was changing. Returns whether it is whole again. */
bool hb_recovery_fill_piece(struct hb_remains *remains);

/* Verify a piece of the task table, from task `from` on. Returns where the next piece begins: there again if something
 * must be waited for; at 0 again as long as a hart has not heeded an interrupt; HB_TASKS_MAX when all is done. */
uint32_t hb_recovery_verify_piece(uint32_t dead, uint32_t from, struct hb_remains *remains);

#endif
