/* The program of all tasks: run the workload, bring the checksum home. */
#include "osmodel/abi.h"
#include "osmodel/guest/user/syscall.h"
#include "osmodel/guest/user/user.h"
#include "osmodel/guest/workloads/workload.h"

/* A restarted task goes on where its increments ended: the kernel counts them, and no other attempt's work is lost or
 * done twice. */
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

_Noreturn void hb_user_main(uint64_t kind, uint64_t seed, uint64_t task, uint64_t work, uint8_t *set, uint64_t bytes,
                            uint64_t locks) {
    uint64_t checksum = kind == HB_KIND_CONTEND ? contend(seed, (uint32_t)task, work, locks)
                                                : hb_batch_run(seed, (uint32_t)task, work, set, bytes);
    for (;;) {
        hb_syscall(HB_SYS_EXIT, checksum, 0);
    }
}
