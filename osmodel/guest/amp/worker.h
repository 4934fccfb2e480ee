/* A worker: takes requests out of its ring, runs their tasks in U mode, and sends what became of them. It knows no
 * other worker, and of the master only its interrupt. Everything here belongs to the executing hart alone. */
#ifndef HB_AMP_WORKER_H
#define HB_AMP_WORKER_H

#include <stdbool.h>
#include <stdint.h>

#include "osmodel/abi.h"
#include "osmodel/guest/amp/ring.h"
#include "osmodel/guest/machine/context.h"

/* A request that was taken. There are HB_REQUESTS_AT_ONCE, so that the next is at hand while the answer to the last is
 * on its way. */
struct hb_work {
    struct hb_context context;
    struct hb_fp fp;
    uint64_t room; /* its number in this hart's part of the memory */
    uint32_t task;
    uint32_t attempt;
    bool taken; /* and not yet answered; else this place is free */
    bool begun;
};

struct hb_worker {
    struct hb_work work[HB_REQUESTS_AT_ONCE];
    struct hb_work *present; /* the one running in U mode; NULL: none */
    struct hb_ring_end requests, answers;
    uint32_t last; /* the place of the present one, or of the one before */
    uint64_t next_room;
    uint64_t slice_end;
    bool idle;
};

/* Take what has arrived, end a slice that is over, and choose a task. False: there is nothing to run. */
bool hb_worker_prepare(void);

/* Go on with the task that hb_worker_prepare has chosen. */
_Noreturn void hb_worker_resume(void);

/* When the present task's slice ends, in ticks; UINT64_MAX when nothing ends it. */
uint64_t hb_worker_slice_end(void);

/* The present task has made a system call or faulted. Afterwards there may be no present task. */
void hb_worker_syscall(void);
void hb_worker_fault(uint64_t cause);

#endif
