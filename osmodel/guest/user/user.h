/* A task's program. The kernel starts an attempt here, in U mode, with the address of its job in a0. */
#ifndef HB_GUEST_USER_H
#define HB_GUEST_USER_H

#include <stdint.h>

/* What a task has to do. The kernel puts it at the top of the stack when an attempt begins. */
struct hb_job {
    uint64_t kind; /* HB_KIND_* */
    uint64_t seed;
    uint64_t work; /* units or increments of this task */
    uint8_t *set;  /* its own memory, set_bytes long */
    uint64_t set_bytes;
    uint8_t *shared; /* what all tasks of the group may read and write */
    uint64_t choice; /* the kernel (batch), or how many counters, accounts (server) or forks */
    uint32_t task;
    uint32_t thread;  /* its place in its group, from 0 */
    uint32_t threads; /* how many tasks the group has */
    uint32_t life;    /* how often all of them have begun again */
    /* What the group was told, as in osmodel/abi.h. */
    uint32_t size;
    uint32_t serial;
    uint32_t stages;
    uint32_t lock;
    uint32_t barrier;
    uint32_t forks;
    uint32_t wait;
    uint32_t service;
    uint64_t bursts;
    uint64_t sleep_cycles;
};

_Noreturn void hb_user_main(const struct hb_job *job);

#endif
