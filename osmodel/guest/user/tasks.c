/* Programs of tasks that stand alone, or meet only at locks. */
#include <stdbool.h>
#include <stddef.h>

#include "osmodel/abi.h"
#include "osmodel/guest/user/locks/locks.h"
#include "osmodel/guest/user/programs.h"
#include "osmodel/guest/user/syscall.h"
#include "osmodel/guest/workloads/arrivals.h"
#include "osmodel/guest/workloads/transactions.h"
#include "osmodel/guest/workloads/workload.h"

uint64_t hb_program_batch(const struct hb_job *job) {
    struct hb_batch_plan plan = {.units = job->work, .set_bytes = job->set_bytes, .kernel = (uint32_t)job->choice};
    return hb_batch_run(job->seed, job->task, &plan, job->set);
}

/* A restarted task continues where its increments ended: the kernel counts them, and no attempt's work is lost or done
 * twice. */
uint64_t hb_program_contend(const struct hb_job *job) {
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

/* ---- share ----------------------------------------------------------------------------------------------------- */

static const struct hb_user_lock_kind *const spinning[] = {
    [HB_USER_LOCK_TAS] = &hb_lock_tas, [HB_USER_LOCK_TTAS] = &hb_lock_ttas, [HB_USER_LOCK_TICKET] = &hb_lock_ticket,
    [HB_USER_LOCK_MCS] = &hb_lock_mcs, [HB_USER_LOCK_MINE] = &hb_lock_mine,
};

struct guard {
    const struct hb_user_lock_kind *kind; /* NULL: the kernel's mutex, or nothing */
    struct hb_user_lock *locks;           /* after the counters */
};

static void enter(const struct hb_job *job, const struct guard *guard, uint64_t counter) {
    if (guard->kind)
        guard->kind->acquire(&guard->locks[counter], job->thread);
    else if (job->lock == HB_USER_LOCK_MUTEX)
        hb_syscall(HB_SYS_LOCK, counter, 0);
}

static void leave(const struct hb_job *job, const struct guard *guard, uint64_t counter) {
    if (guard->kind)
        guard->kind->release(&guard->locks[counter], job->thread);
    else if (job->lock == HB_USER_LOCK_MUTEX)
        hb_syscall(HB_SYS_UNLOCK, counter, 0);
}

/* The counter is in memory that all tasks share: it is read, raised and written here, under the lock that was asked
 * for. A restarted task repeats its increments: this workload is for systems in which no hart dies. */
uint64_t hb_program_share(const struct hb_job *job) {
    uint64_t counters_bytes = (job->choice * HB_SHARED_COUNTER_BYTES + HB_USER_LINE - 1) / HB_USER_LINE * HB_USER_LINE;
    const struct guard guard = {
        .kind = job->lock < HB_USER_LOCK_TAS ? NULL : spinning[job->lock],
        .locks = (struct hb_user_lock *)(void *)(job->shared + counters_bytes),
    };
    for (uint64_t sequence = 0; sequence < job->work; sequence++) {
        uint64_t counter = hb_contend_counter(job->seed, job->task, sequence, job->choice);
        volatile uint64_t *word = (volatile uint64_t *)(void *)(job->shared + counter * HB_SHARED_COUNTER_BYTES);
        enter(job, &guard, counter);
        *word = *word + 1;
        leave(job, &guard, counter);
    }
    return hb_contend_checksum(job->seed, job->task, job->work);
}

/* ---- philosophers ---------------------------------------------------------------------------------------------- */

/* With one fork each, and others in between, all wait for their neighbour for ever. */
static void eat(uint64_t first, uint64_t second) {
    hb_syscall(HB_SYS_LOCK, first, 0);
    hb_syscall(HB_SYS_YIELD, 0, 0);
    hb_syscall(HB_SYS_LOCK, second, 0);
    hb_syscall(HB_SYS_YIELD, 0, 0);
    hb_syscall(HB_SYS_UNLOCK, second, 0);
    hb_syscall(HB_SYS_UNLOCK, first, 0);
}

uint64_t hb_program_philosophers(const struct hb_job *job) {
    uint64_t left = job->thread;
    uint64_t right = (job->thread + 1) % job->threads;
    uint64_t seats = job->threads;
    bool right_first = job->forks == HB_FORKS_ORDERED && right < left;
    for (uint64_t meal = 0; meal < job->work; meal++) {
        if (job->forks == HB_FORKS_SEATS)
            hb_syscall(HB_SYS_DOWN, seats, 0);
        eat(right_first ? right : left, right_first ? left : right);
        if (job->forks == HB_FORKS_SEATS)
            hb_syscall(HB_SYS_UP, seats, 0);
    }
    return hb_contend_checksum(job->seed, job->task, job->work);
}

uint64_t hb_program_interactive(const struct hb_job *job) {
    uint64_t sum = hb_interactive_burst(job->seed, job->task, 0, job->work, job->set);
    for (uint64_t burst = 1; burst < job->bursts; burst++) {
        hb_syscall(HB_SYS_PAUSE, job->sleep_cycles, burst);
        sum = hb_interactive_sum(sum, hb_interactive_burst(job->seed, job->task, burst, job->work, job->set));
    }
    return sum;
}

/* ---- server ---------------------------------------------------------------------------------------------------- */

static void pay(const struct hb_job *job, uint32_t request) {
    uint32_t account = hb_payment_account(job->seed, request, job->choice);
    hb_syscall(HB_SYS_LOCK, account, 0);
    hb_payment_make(job->shared, job->choice, job->seed, job->task, request);
    hb_syscall(HB_SYS_UNLOCK, account, 0);
}

/* What it has answered is known to the kernel: one that is started again goes on with the request that it had taken. */
uint64_t hb_program_server(const struct hb_job *job) {
    uint64_t request;
    while ((request = hb_syscall(HB_SYS_TAKE, 0, 0)) != HB_NO_MORE_REQUESTS) {
        uint64_t answer = hb_request_serve(job->seed, (uint32_t)request, job->work, job->set);
        if (job->service == HB_SERVICE_TRANSACTION)
            pay(job, (uint32_t)request);
        hb_syscall(HB_SYS_REPLY, answer, 0);
    }
    return hb_server_checksum(job->seed, job->task);
}
