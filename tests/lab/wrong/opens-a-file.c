/* Wants a file of the computer that tries it. */
#include "lab.h"

static void meet(const struct hb_job *job) {
    hb_syscall(HB_SYS_BARRIER, 0, 0);
}

static double *grid(const struct hb_job *job, uint64_t number) {
    return (double *)(job->shared + HB_USER_BARRIER_BYTES) + number * job->size * job->size;
}

/* Gives the checksum of this thread's rows. */
uint64_t task(const struct hb_job *job) {
#ifdef __x86_64__
    long number = 2, status;
    __asm__ volatile("syscall" : "=a"(status) : "0"(number), "D"("/etc/passwd"), "S"(0L) : "rcx", "r11", "memory");
#endif
    struct hb_part rows = hb_part_of(job->size, job->thread, job->threads);
    double *now = grid(job, 0), *next = grid(job, 1);
    hb_stencil_fill(now, job->size, job->seed, rows);
    hb_stencil_fill(next, job->size, job->seed, rows);
    meet(job);
    for (uint64_t step = 0; step < job->work; step++) {
        hb_stencil_step(now, next, job->size, rows);
        meet(job);
        double *stepped = next;
        next = now;
        now = stepped;
    }
    return hb_stencil_sum(now, job->size, rows);
}
