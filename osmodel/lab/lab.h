/* What a file for ./lab includes. It says what the three kinds of files are, and brings what each may call.
 *
 * A scheduler defines       const struct hb_scheduler hb_mine = {.enqueue = ..., .pick = ..., .slice = ...};
 *                           osmodel/guest/smp/sched/scheduler.h is its manual, list.h has the lists
 * A lock defines            void acquire(struct hb_user_lock *lock, uint32_t thread);
 *                           void release(struct hb_user_lock *lock, uint32_t thread);
 *                           osmodel/guest/user/locks/locks.h; it runs in U mode and may use __atomic_...
 * A task defines            uint64_t task(const struct hb_job *job);
 *                           osmodel/guest/user/user.h: it runs in U mode, in the place of the program of the
 *                           experiment's kind, and gives the task's checksum; osmodel/guest/user/syscall.h has the
 *                           system calls, osmodel/guest/workloads/threads.h the parts of the work
 *
 * The file is compiled twice: for the machine, where it is linked with the kernel, and for the host, where it is tried
 * for a moment, alone and in a cage (cage.h), so that a mistake is found before the machine is asked. */
#ifndef HB_LAB_H
#define HB_LAB_H

#ifndef __riscv
#include "osmodel/lab/host.h"
#else
#include "osmodel/guest/user/syscall.h"
#endif

#include "osmodel/guest/machine/board.h"
#include "osmodel/guest/smp/sched/scheduler.h"
#include "osmodel/guest/user/locks/locks.h"
#include "osmodel/guest/user/user.h"
#include "osmodel/guest/workloads/threads.h"
#include "osmodel/guest/workloads/workload.h"

void acquire(struct hb_user_lock *lock, uint32_t thread);
void release(struct hb_user_lock *lock, uint32_t thread);
uint64_t task(const struct hb_job *job);

#endif
