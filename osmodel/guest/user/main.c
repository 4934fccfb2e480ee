/* The programs of tasks, one for each kind: run the workload, deliver the checksum. */
#include "osmodel/abi.h"
#include "osmodel/guest/user/syscall.h"
#include "osmodel/guest/user/user.h"
#include "osmodel/guest/workloads/workload.h"

/* A restarted task continues where its increments ended: the kernel counts them, and no attempt's work is lost or done
 * twice. */
static uint64_t contend(const struct hb_job *job) {
    uint64_t step = hb_contend_step(job->seed, job->task);
    uint64_t sequence = hb_syscall(HB_SYS_RESUME, 0, 0);
    uint64_t sum = hb_contend_checksum(job->seed, job->task, sequence);
    while (sequence < job->work) {
        uint32_t counter = hb_contend_counter(job->seed, job->task, sequence, job->choice);
        hb_syscall(HB_SYS_LOCK, counter, 0);
        uint64_t next = hb_syscall(HB_SYS_INCREMENT, counter, sequence);
        hb_syscall(HB_SYS_UNLOCK, counter, 0);
        sum += step * (next - sequence);
        sequence = next;
    }
    return sum;
}

/* The counter is in memory that all tasks share: it is read, raised and written here, under the kernel's mutex. A
 * restarted task repeats its increments: this workload is for systems in which no hart dies. */
static uint64_t share(const struct hb_job *job) {
    for (uint64_t sequence = 0; sequence < job->work; sequence++) {
        uint64_t counter = hb_contend_counter(job->seed, job->task, sequence, job->choice);
        volatile uint64_t *word = (volatile uint64_t *)(void *)(job->shared + counter * HB_SHARED_COUNTER_BYTES);
        hb_syscall(HB_SYS_LOCK, counter, 0);
        *word = *word + 1;
        hb_syscall(HB_SYS_UNLOCK, counter, 0);
    }
    return hb_contend_checksum(job->seed, job->task, job->work);
}

static uint64_t batch(const struct hb_job *job) {
    struct hb_batch_plan plan = {.units = job->work, .set_bytes = job->set_bytes, .kernel = (uint32_t)job->choice};
    return hb_batch_run(job->seed, job->task, &plan, job->set);
}

static uint64_t (*const programs[HB_KINDS])(const struct hb_job *job) = {
    [HB_KIND_BATCH] = batch,
    [HB_KIND_CONTEND] = contend,
    [HB_KIND_SHARE] = share,
};

_Noreturn void hb_user_main(uint64_t kind, uint64_t seed, uint64_t task, uint64_t work, uint8_t *set, uint64_t bytes,
                            uint64_t choice, uint8_t *shared) {
    const struct hb_job job = {seed, (uint32_t)task, work, set, bytes, choice, shared};
    uint64_t checksum = programs[kind](&job);
    for (;;)
        hb_syscall(HB_SYS_EXIT, checksum, 0);
}
