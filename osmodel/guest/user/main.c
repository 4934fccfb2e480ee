/* The program of all tasks: run the workload, deliver the checksum. */
#include "osmodel/abi.h"
#include "osmodel/guest/lib/tasks_memory.h"
#include "osmodel/guest/user/syscall.h"
#include "osmodel/guest/user/user.h"
#include "osmodel/guest/workloads/workload.h"

/* A restarted task continues where its increments ended: the kernel counts them, and no attempt's work is lost or done
 * twice. */
static uint64_t contend(uint64_t seed, uint32_t task, uint64_t work, uint64_t locks) {
    uint64_t step = hb_contend_step(seed, task);
    uint64_t sequence = hb_syscall(HB_SYS_RESUME, 0, 0);
    uint64_t sum = hb_contend_checksum(seed, task, sequence);
    while (sequence < work) {
        uint32_t counter = hb_contend_counter(seed, task, sequence, locks);
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
static uint64_t share(uint64_t seed, uint32_t task, uint64_t work, uint64_t locks, uint8_t *shared) {
    for (uint64_t sequence = 0; sequence < work; sequence++) {
        uint32_t counter = hb_contend_counter(seed, task, sequence, locks);
        volatile uint64_t *word = (volatile uint64_t *)(void *)(shared + counter * (uint64_t)HB_SHARED_COUNTER_BYTES);
        hb_syscall(HB_SYS_LOCK, counter, 0);
        *word = *word + 1;
        hb_syscall(HB_SYS_UNLOCK, counter, 0);
    }
    return hb_contend_checksum(seed, task, work);
}

static uint64_t batch(uint64_t seed, uint32_t task, uint64_t units, uint8_t *set, uint64_t bytes, uint64_t kernel) {
    struct hb_batch_plan plan = {.units = units, .set_bytes = bytes, .kernel = (uint32_t)kernel};
    return hb_batch_run(seed, task, &plan, set);
}

static uint64_t run(uint64_t kind, uint64_t seed, uint32_t task, uint64_t work, uint8_t *set, uint64_t bytes,
                    uint64_t choice, uint8_t *shared) {
    switch (kind) {
    case HB_KIND_CONTEND: return contend(seed, task, work, choice);
    case HB_KIND_SHARE: return share(seed, task, work, choice, shared);
    default: return batch(seed, task, work, set, bytes, choice);
    }
}

_Noreturn void hb_user_main(uint64_t kind, uint64_t seed, uint64_t task, uint64_t work, uint8_t *set, uint64_t bytes,
                            uint64_t choice, uint8_t *shared) {
    uint64_t checksum = run(kind, seed, (uint32_t)task, work, set, bytes, choice, shared);
    for (;;)
        hb_syscall(HB_SYS_EXIT, checksum, 0);
}
