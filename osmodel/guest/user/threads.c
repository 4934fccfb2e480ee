/* Programs of threads. One that dies means that all of them begin again, while some of the old ones may still be
 * running: so a program begins at the kernel's barrier, and touches no memory before that. Threads that meet in a loop
 * need none in their first life, and wait nowhere in the kernel then. */
#include "osmodel/guest/workloads/threads.h"

#include <stdbool.h>

#include "osmodel/abi.h"
#include "osmodel/guest/user/locks/locks.h"
#include "osmodel/guest/user/programs.h"
#include "osmodel/guest/user/syscall.h"

#define BARRIER 0u /* the kernel's: the only object of these kinds */

static void meet_in_kernel(void) {
    hb_syscall(HB_SYS_BARRIER, BARRIER, 0);
}

static void meet(const struct hb_job *job) {
    if (job->barrier == HB_BARRIER_SPIN)
        hb_user_barrier((struct hb_user_barrier *)(void *)job->shared, job->threads);
    else
        meet_in_kernel();
}

static bool need_no_kernel(const struct hb_job *job) {
    return job->barrier == HB_BARRIER_SPIN && job->life == 0;
}

/* What an old life has left in the spinning barrier is wiped out before anybody uses it. */
static void begin_together(const struct hb_job *job) {
    if (need_no_kernel(job))
        return;
    meet_in_kernel();
    struct hb_user_barrier *barrier = (struct hb_user_barrier *)(void *)job->shared;
    if (job->thread == 0) {
        barrier->arrived = 0;
        barrier->round = 0;
    }
}

/* All have filled in their part, and seen what begin_together() wiped out. */
static void go_on_together(const struct hb_job *job) {
    if (need_no_kernel(job))
        meet(job);
    else
        meet_in_kernel();
}

static double *square(const struct hb_job *job, uint32_t number) {
    return (double *)(void *)(job->shared + HB_USER_BARRIER_BYTES) + number * (uint64_t)job->size * job->size;
}

uint64_t hb_program_stencil(const struct hb_job *job) {
    struct hb_part rows = hb_part_of(job->size, job->thread, job->threads);
    double *grid = square(job, 0), *next = square(job, 1);
    begin_together(job);
    hb_stencil_fill(grid, job->size, job->seed, rows);
    hb_stencil_fill(next, job->size, job->seed, rows);
    go_on_together(job);
    for (uint64_t step = 0; step < job->work; step++) {
        hb_stencil_step(grid, next, job->size, rows);
        meet(job);
        double *stepped = next;
        next = grid;
        grid = stepped;
    }
    return hb_stencil_sum(grid, job->size, rows);
}

static uint64_t multiply(const struct hb_job *job, struct hb_part rows, uint64_t sum) {
    for (uint64_t row = rows.from; row < rows.to; row++)
        sum = hb_matmul_row(square(job, 0), square(job, 1), job->size, row, sum);
    return sum;
}

uint64_t hb_program_matmul(const struct hb_job *job) {
    struct hb_part mine = hb_part_of(job->size, job->thread, job->threads);
    struct hb_part alone = hb_matmul_alone(job->work, job->serial, job->thread, job->threads);
    begin_together(job);
    hb_matmul_fill(square(job, 0), job->size, job->seed, mine);
    hb_matmul_fill(square(job, 1), job->size, job->seed + 1, mine);
    go_on_together(job);
    uint64_t sum = multiply(job, alone, job->task);
    if (job->serial != 0)
        meet(job);
    sum = multiply(job, hb_matmul_together(job->work, job->serial, job->thread, job->threads), sum);
    meet(job);
    return sum;
}

/* Everybody counts in a table of their own, and then adds up some words of all tables. */
uint64_t hb_program_mapreduce(const struct hb_job *job) {
    uint64_t *tables = (uint64_t *)(void *)job->shared;
    uint64_t *mine = tables + job->thread * (uint64_t)HB_MAP_WORDS;
    meet_in_kernel();
    for (uint32_t word = 0; word < HB_MAP_WORDS; word++)
        mine[word] = 0;
    for (uint64_t page = 0; page < job->work; page++)
        hb_map_page(job->seed, job->thread * job->work + page, mine);
    meet_in_kernel();
    return hb_reduce_words(tables, job->threads, hb_part_of(HB_MAP_WORDS, job->thread, job->threads));
}
