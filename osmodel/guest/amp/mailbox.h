/* Mailboxes: all communication between the master and one worker. Workers cannot communicate with each other.
 *
 * Each word has one writer, so nothing is ever locked, and a writer that dies has either written a word or has not:
 *
 *     the master writes   request[slot]   what to do; 0: the slot is free
 *     the worker writes   begun[slot]     the request that it has begun to execute
 *                         answer[slot]    the request that has ended, how, and its checksum
 *                         beat            when it last showed that it is alive
 *
 * A request's word is never used twice: it carries the task, its attempt, and a number that counts up in each mailbox.
 * An answer repeats it, so an answer is for exactly this attempt or not an answer, however late it comes. An answer
 * stays until its slot is reused: when its writer dies, recovery finds everything that it had reported.
 *
 * There are two slots, so that a worker has its next task at hand while the answer to the last one is on its way. */
#ifndef HB_AMP_MAILBOX_H
#define HB_AMP_MAILBOX_H

#include <stdint.h>

#include "osmodel/abi.h"

#define HB_MASTER     0u
#define HB_MAIL_SLOTS 2u
#define HB_LINE_ALIGN 128 /* the longest cache line there is: no line has two writers */

struct hb_answer {
    uint64_t checksum; /* written first; of a fault: its cause */
    uint64_t word;     /* the request, and HB_MAIL_DONE or HB_MAIL_FAULTED */
};

struct hb_mailbox {
    uint64_t request[HB_MAIL_SLOTS] __attribute__((aligned(HB_LINE_ALIGN)));
    struct hb_answer answer[HB_MAIL_SLOTS] __attribute__((aligned(HB_LINE_ALIGN)));
    uint64_t begun[HB_MAIL_SLOTS];
    uint64_t beat __attribute__((aligned(HB_LINE_ALIGN))); /* in ticks; 0: it has not reported yet */
};

/* One per hart. The master's own is used when no worker is left. */
extern struct hb_mailbox hb_mailboxes[HB_HARTS_MAX];

#define HB_MAIL_DONE    (1ull << 62)
#define HB_MAIL_FAULTED (2ull << 62)
#define HB_MAIL_ENDINGS (3ull << 62)

/* `number`: 1 .. 2^30 - 1. */
static inline uint64_t hb_mail_word(uint32_t task, uint32_t attempt, uint32_t number) {
    return (uint64_t)number << 32 | attempt << 16 | task;
}

static inline uint32_t hb_mail_task(uint64_t word) {
    return word & 0xffff;
}

static inline uint32_t hb_mail_attempt(uint64_t word) {
    return word >> 16 & 0xffff;
}

#endif
