/* A worker: takes requests out of its mailbox, runs their tasks in U mode, and writes the answers. It knows no other
 * worker, and of the master only its interrupt. Everything here belongs to the executing hart alone. */
#ifndef HB_AMP_WORKER_H
#define HB_AMP_WORKER_H

#include <stdbool.h>
#include <stdint.h>

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
