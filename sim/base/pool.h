/* Jobs spread over the host's cores: each runs in its own process, forked from this one, and hands its answer back as
 * bytes.
 *
 *     struct hb_pool pool = {.jobs = 8, .workers = hb_pool_cores(), .run = run, .take = take, .context = &work};
 *     if (!hb_pool_run(&pool, &error)) ... error.text ...
 *
 * A worker finds everything as its caller had it when the job began (pointers included), and can change nothing of the
 * caller's except what hb_pool_share() returned. Jobs begin in order and end in any order; a caller that needs an order
 * puts the answers into an array.
 *
 * A worker that dies (a signal, no memory, a broken invariant) ends the whole with an error that names its job and is
 * not the user's mistake (hb_error_is_the_hosts()); the other workers are then ended too, and no process is left. A
 * worker whose caller dies is ended by the host.
 */
#ifndef HB_SIM_POOL_H
#define HB_SIM_POOL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "sim/base/error.h"

struct hb_pool {
    uint32_t jobs;
    uint32_t workers; /* this many at once, at least 1 */
    /* In the worker: do the job, and write its result to `answer`. False: `error` is handed back instead. */
    bool (*run)(void *context, uint32_t job, FILE *answer, struct hb_error *error);
    /* In the caller, as jobs end: `bytes` belong to the pool. False: `error`; no more jobs are begun. */
    bool (*take)(void *context, uint32_t job, const char *bytes, size_t n, struct hb_error *error);
    /* In the caller, some ten times a second. NULL: not wanted. */
    void (*tick)(void *context);
    /* In the caller, now and then, until it is true: should the workers be asked to end (by SIGTERM, which they may
     * handle)? NULL: never. */
    bool (*interrupted)(void *context);
    /* In the caller, when a worker has died: is its job begun again? NULL: never; the death ends the whole. */
    bool (*again)(void *context, uint32_t job);
    /* What a job is called in an error. NULL: it has only a number. */
    const char *(*name)(void *context, uint32_t job);
    void *context;
};

/* Run all jobs, and wait for them. False: the first error, which is that of a job, of `take`, or of a worker that
 * died. */
bool hb_pool_run(const struct hb_pool *pool, struct hb_error *error);

/* Memory shared by the caller and its workers, all zero: for reporting how far a job is. NULL: none to be had. Release
 * it with hb_pool_unshare(). */
void *hb_pool_share(size_t bytes);
void hb_pool_unshare(void *memory, size_t bytes);

/* How many processes the host can run at once; at least 1. */
uint32_t hb_pool_cores(void);

#endif
