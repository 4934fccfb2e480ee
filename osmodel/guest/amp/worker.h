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
    bool taken; /* else this place is free */
    bool begun;
    bool ended;                   /* answered; until the master has the answer in its books, it is kept here */
    enum hb_message_kind outcome; /* ... and this is it: DONE or FAULTED, with its value */
    uint64_t value;
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

/* Stop the present task, if there is one; it stays at hand. */
void hb_worker_pause(void);

/* Another master has claimed `term`: no message of an older one is taken any more. And when it takes messages: tell it
 * of everything that this hart has been given. */
void hb_worker_turn_to(uint64_t term);
void hb_worker_join(uint64_t term);

/* The executing hart has become the master in `term`: it gives up all that it had been given, and returns how many
 * answers, in `answers`, no master has in its books yet. */
uint32_t hb_worker_retire(uint64_t term, struct hb_message answers[HB_REQUESTS_AT_ONCE]);

/* The present task has made a system call or faulted. Afterwards there may be no present task. */
void hb_worker_syscall(void);
void hb_worker_fault(uint64_t cause);

#endif
