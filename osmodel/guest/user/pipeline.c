/* The program of pipelines: threads hand items from stage to stage through buffers with room for a few, each under a
 * mutex, with two conditions. The last stage may have several threads; each item is for one of them. */
#include <stdbool.h>

#include "osmodel/abi.h"
#include "osmodel/guest/user/programs.h"
#include "osmodel/guest/user/syscall.h"
#include "osmodel/guest/workloads/threads.h"

struct buffer {
    uint64_t put;   /* items so far */
    uint64_t taken; /* of them */
    uint64_t total; /* in the last buffer: of all items that have left the pipeline */
    uint64_t item[];
};

/* Where a buffer is, and the kernel's objects for it. */
struct pipe {
    volatile struct buffer *buffer;
    uint64_t mutex, not_empty, not_full;
};

static struct pipe pipe_of(const struct hb_job *job, uint32_t number) {
    uint32_t pipes = hb_pipeline_stages(job->stages, job->threads) - 1;
    return (struct pipe){
        .buffer = (volatile struct buffer *)(void *)(job->shared + number * hb_pipeline_buffer_bytes(job->size)),
        .mutex = number,
        .not_empty = pipes + 2 * (uint64_t)number,
        .not_full = pipes + 2 * (uint64_t)number + 1,
    };
}

static void barrier(const struct hb_job *job) {
    hb_syscall(HB_SYS_BARRIER, 3 * (hb_pipeline_stages(job->stages, job->threads) - 1), 0);
}

static bool is_full(const struct hb_job *job, const struct pipe *pipe) {
    return (int64_t)(pipe->buffer->put - pipe->buffer->taken) >= (int64_t)job->size;
}

/* Nothing is there, and something will come. */
static bool is_empty(const struct hb_job *job, const struct pipe *pipe) {
    return (int64_t)(pipe->buffer->put - pipe->buffer->taken) <= 0 && pipe->buffer->taken < job->work;
}

/* Whoever has the mutex when it is free again may have made what was waited for untrue: so a look before is not
 * enough. */
static void wait_until_not(bool (*is)(const struct hb_job *, const struct pipe *), const struct hb_job *job,
                           const struct pipe *pipe, uint64_t condition) {
    if (job->wait == HB_WAIT_IF) {
        if (is(job, pipe))
            hb_syscall(HB_SYS_WAIT, condition, pipe->mutex);
        return;
    }
    while (is(job, pipe))
        hb_syscall(HB_SYS_WAIT, condition, pipe->mutex);
}

static void put(const struct hb_job *job, const struct pipe *pipe, uint64_t value) {
    volatile struct buffer *buffer = pipe->buffer;
    hb_syscall(HB_SYS_LOCK, pipe->mutex, 0);
    wait_until_not(is_full, job, pipe, pipe->not_full);
    buffer->item[buffer->put % job->size] = value;
    buffer->put = buffer->put + 1;
    hb_syscall(HB_SYS_SIGNAL, pipe->not_empty, 0);
    hb_syscall(HB_SYS_UNLOCK, pipe->mutex, 0);
}

/* Take the next item; false when all have been taken. */
static bool take(const struct hb_job *job, const struct pipe *pipe, uint64_t *value) {
    volatile struct buffer *buffer = pipe->buffer;
    hb_syscall(HB_SYS_LOCK, pipe->mutex, 0);
    wait_until_not(is_empty, job, pipe, pipe->not_empty);
    bool is_there = buffer->taken < job->work;
    if (is_there) {
        *value = buffer->item[buffer->taken % job->size];
        buffer->taken = buffer->taken + 1;
        hb_syscall(HB_SYS_SIGNAL, pipe->not_full, 0);
    }
    if (buffer->taken == job->work)
        hb_syscall(HB_SYS_BROADCAST, pipe->not_empty, 0);
    hb_syscall(HB_SYS_UNLOCK, pipe->mutex, 0);
    return is_there;
}

/* A stage from the first to the last but one. */
static void pass_on(const struct hb_job *job, uint32_t stage) {
    struct pipe to = pipe_of(job, stage);
    for (uint64_t item = 0; item < job->work; item++) {
        uint64_t value = hb_pipeline_item(job->seed, item);
        struct pipe from = pipe_of(job, stage == 0 ? 0 : stage - 1);
        if (stage != 0)
            take(job, &from, &value);
        put(job, &to, hb_pipeline_stage(value, stage));
    }
}

static void collect(const struct hb_job *job, uint32_t stage) {
    struct pipe from = pipe_of(job, stage - 1);
    uint64_t sum = 0;
    uint64_t value;
    while (take(job, &from, &value))
        sum += hb_pipeline_stage(value, stage);
    hb_syscall(HB_SYS_LOCK, from.mutex, 0);
    from.buffer->total = from.buffer->total + sum;
    hb_syscall(HB_SYS_UNLOCK, from.mutex, 0);
}

uint64_t hb_program_pipeline(const struct hb_job *job) {
    uint32_t last = hb_pipeline_stages(job->stages, job->threads) - 1;
    barrier(job);
    if (job->thread < last) {
        volatile struct buffer *mine = pipe_of(job, job->thread).buffer;
        mine->put = 0;
        mine->taken = 0;
        mine->total = 0;
    }
    barrier(job);
    if (job->thread < last)
        pass_on(job, job->thread);
    else
        collect(job, last);
    barrier(job);
    return pipe_of(job, last - 1).buffer->total + job->task;
}
