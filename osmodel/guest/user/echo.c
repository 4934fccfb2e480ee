/* Lines typed on the console are printed again. */
#include "osmodel/guest/user/programs.h"
#include "osmodel/guest/user/syscall.h"
#include "osmodel/guest/workloads/workload.h"

/* A restarted task is given the line that it had. */
uint64_t hb_program_echo(const struct hb_job *job) {
    uint64_t answered;
    while ((answered = hb_syscall(HB_SYS_ANSWERED, 0, 0)) < job->work) {
        uint64_t bytes = hb_syscall(HB_SYS_TAKE_LINE, (uint64_t)job->set, job->set_bytes);
        hb_syscall(HB_SYS_ANSWER, (uint64_t)job->set, bytes);
    }
    return hb_contend_checksum(job->seed, job->task, answered);
}
