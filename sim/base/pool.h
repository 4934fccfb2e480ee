/* Jobs spread over the cores of the host: each runs in a process of its own, forked from this one, and hands its answer
 * back as bytes.
 *
 *     struct hb_pool pool = {.jobs = 8, .workers = hb_pool_cores(), .run = run, .take = take, .context = &work};
 *     if (!hb_pool_run(&pool, &error)) ... error.text ...
 *
 * A worker finds everything as its caller had it when the job began (pointers included), and changes nothing of the
 * caller's but what hb_pool_share() gave. Jobs begin in their order and end in any; whoever needs an order puts the
 * answers into an array.
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
    uint32_t workers; /* so many at once, at least 1 */
    /* In the worker: do the job, and write what it gives to `answer`. False: `error` is handed back instead. */
    bool (*run)(void *context, uint32_t job, FILE *answer, struct hb_error *error);
    /* In the caller, as jobs end: `bytes` belong to the pool. False: `error`; no more jobs are begun. */
    bool (*take)(void *context, uint32_t job, const char *bytes, size_t n, struct hb_error *error);
    /* In the caller, some ten times a second. NULL: not wanted. */
    void (*tick)(void *context);
    /* In the caller, now and then, until it is true: shall the workers be asked to end (by SIGTERM, which they may
     * handle)? NULL: never. */
    bool (*interrupted)(void *context);
    /* What a job is called in an error. NULL: it has a number only. */
    const char *(*name)(void *context, uint32_t job);
    void *context;
};

/* Run all jobs, and wait for them. False: the first error, which is that of a job, of `take`, or of a worker that
 * died. */
bool hb_pool_run(const struct hb_pool *pool, struct hb_error *error);

/* Memory that the caller and its workers see alike, all zero: for telling how far a job is. NULL: there is none. To be
 * given back with hb_pool_unshare(). */
void *hb_pool_share(size_t bytes);
void hb_pool_unshare(void *memory, size_t bytes);

/* How many processes the host can run at once; at least 1. */
uint32_t hb_pool_cores(void);

#endif
