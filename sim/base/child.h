/* A process that works behind its caller and sends messages of one size, so that the caller, say a window, never waits.
 *
 *     struct hb_child child;
 *     if (!hb_child_begin(&child, work, &context, &error)) ... error.text ...
 *     while (hb_child_hear(&child, &message, sizeof message, false) == HB_CHILD_MESSAGE) ... message ...
 *     hb_child_end(&child);
 *
 * It finds everything as its caller had it when it began, and can change nothing of the caller's. */
#ifndef HB_SIM_CHILD_H
#define HB_SIM_CHILD_H

#include <limits.h>
#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "sim/base/error.h"

#define HB_CHILD_MESSAGE_MAX PIPE_BUF /* bytes that a pipe takes and gives whole */

struct hb_child {
    pid_t pid; /* 0: it has ended, or was never begun */
    int pipe;  /* negative: nothing will come any more */
};

enum hb_child_news { HB_CHILD_MESSAGE, HB_CHILD_NOTHING_YET, HB_CHILD_OVER };

/* Begin: `work` is called in the process, which ends after it, or with its caller. False: the host gives no process,
 * `error`. */
bool hb_child_begin(struct hb_child *child, void (*work)(void *context, int out), void *context,
                    struct hb_error *error);

/* In `work`: send a message of up to HB_CHILD_MESSAGE_MAX bytes. Ends the process when nobody is left to hear it. */
void hb_child_say(int out, const void *message, size_t bytes);

/* Take the next message, with `wait` until there is one. After HB_CHILD_OVER there will be none, and the process is
 * gone. */
enum hb_child_news hb_child_hear(struct hb_child *child, void *message, size_t bytes, bool wait);

/* End it, at work or not. A child that was never begun must be zeros. */
void hb_child_end(struct hb_child *child);

#endif
