/* A task's program. The kernel starts an attempt here, in U mode, with these arguments in registers. */
#ifndef HB_GUEST_USER_H
#define HB_GUEST_USER_H

#include <stdint.h>

/* What a task has to do. */
struct hb_job {
    uint64_t seed;
    uint32_t task;
    uint64_t work; /* units or increments of this task */
    uint8_t *set;  /* its own memory, set_bytes long */
    uint64_t set_bytes;
    uint64_t choice; /* the kernel (batch) or the number of counters (contend, share) */
    uint8_t *shared; /* what all tasks of the group may read and write */
};

/* `kind`: HB_KIND_*; `work`: units or increments of this task; `set`: its own memory, `bytes` long; `choice`: the
 * kernel (batch) or the number of counters (contend, share); `shared`: the memory of the group. */
_Noreturn void hb_user_main(uint64_t kind, uint64_t seed, uint64_t task, uint64_t work, uint8_t *set, uint64_t bytes,
                            uint64_t choice, uint8_t *shared);

#endif
