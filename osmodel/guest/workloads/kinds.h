/* The kinds of tasks. A kind is a row in three tables: here what kernel and host must know of it, in
 * osmodel/guest/user/main.c what it runs in U mode, in osmodel/expected.c what the host expects of it. */
#ifndef HB_WORKLOAD_KINDS_H
#define HB_WORKLOAD_KINDS_H

#include <stdbool.h>
#include <stdint.h>

#include "osmodel/abi.h"

#define HB_SET_SMALL_BYTES 2048u /* the memory of a task whose kind asks for no other */

/* What becomes of a task whose hart dies. */
enum hb_contract {
    HB_CONTRACT_TASK,   /* it begins again: nothing of it is visible before its exit */
    HB_CONTRACT_GROUP,  /* all tasks of its group begin again */
    HB_CONTRACT_COMMIT, /* it goes on after the last effect that carries its number and sequence */
    HB_CONTRACT_NONE,   /* it is lost */
};

struct hb_kind {
    const char *name;
    enum hb_contract contract;
    bool may_go_back; /* it may go on from where it was a while ago, though what it has called since then was done */
    /* Does a task of such a group take seats of a semaphore, which it would have to give back? Nobody knows whose they
     * are: so after a death all tasks of the group begin again, and the semaphore with them. NULL: no. */
    bool (*takes_seats)(const volatile struct hb_group *group);
    bool counts; /* its tasks count up `work` times each, in counters that each have a mutex */
    /* The memory of a task, in bytes, a multiple of 64, and the most that one of the group has. NULL:
     * HB_SET_SMALL_BYTES. */
    uint64_t (*set_bytes)(uint64_t seed, const volatile struct hb_group *group, uint32_t task);
    uint64_t (*set_bytes_max)(const volatile struct hb_group *group);
    /* The memory that all tasks of the group may read and write, in bytes. NULL: none. */
    uint64_t (*shared_bytes)(const volatile struct hb_group *group);
    /* What its tasks wait for: so many mutexes, and then so many other objects (NULL: none); and the value of an object
     * at first (NULL: 0). */
    uint32_t (*mutexes)(const volatile struct hb_group *group);
    uint32_t (*others)(const volatile struct hb_group *group);
    uint64_t (*value)(const volatile struct hb_group *group, uint32_t object);
};

extern const struct hb_kind hb_kinds[HB_KINDS];

#endif
