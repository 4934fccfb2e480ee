/* What guest and host agree on: tracepoints, parameters, result slots, the power controller and the ELF note.
 *
 * This is the only header that both the guest kernels (osmodel/guest) and the emulator include. It holds numbers and
 * plain layouts, no code, and includes nothing but <stdint.h>; it may be included from assembly (then only the
 * macros are seen).
 *
 * Numbers here are part of saved images and recordings: add, never renumber.
 */
#ifndef HB_OSMODEL_ABI_H
#define HB_OSMODEL_ABI_H

/* ---- Limits ---------------------------------------------------------------------------------------------------- */
#define HB_ABI_VERSION      1
#define HB_HARTS_MAX        64
#define HB_TASKS_MAX        2048       /* length of hb_results[]; task ids are 0 .. tasks - 1 */
#define HB_INCREMENTS_MAX   (1u << 20) /* contend, share, ...: of one task */
#define HB_REQUESTS_AT_ONCE 2u         /* amp: that a worker has */
#define HB_LOCKS_MAX        64         /* counters of contend and share, each with its own lock */
#define HB_USER_THREADS_MAX 64         /* threads that share a user-mode lock */
#define HB_SIZE_MAX         512        /* side of a grid or matrix, room of a buffer */
#define HB_PLACE_ANY        64         /* in the place of a hart that tasks are pinned to: they may run anywhere */
#define HB_GROUPS_MAX       8          /* groups of tasks that run at once */

/* The work of all tasks together, in units: so much the host can compute again in some minutes. */
#define HB_WORK_ALL_MAX 200000000

/* The working set of a large batch task: at least one block of its kernels. */
#define HB_SET_BYTES_MIN 128
#define HB_SET_BYTES_MAX (1 << 20)

#define HB_GAP_CYCLES_MAX    (1ull << 32)
#define HB_REQUESTS_MAX      8192    /* of all servers together */
#define HB_SERVER_QUEUES_MAX 64      /* of a server whose workers have a queue each */
#define HB_BURSTS_MAX        1000000 /* of an interactive task */

/* What an AMP worker takes to become the master (amp/takeover.h), at most: cycles in all and for each task, and misses,
 * each of which may wait for all harts: in all, for each hart, and one for so many tasks. Seen on 3 to 16 harts was
 * 1/2 of it with 2,048 tasks and 1/5 to 1/9 with 60; on 64, which never all want the bus at once, 1/70. */
#define HB_TAKEOVER_CYCLES      8000u
#define HB_TAKEOVER_TASK_CYCLES 100u
#define HB_TAKEOVER_MISSES      220u
#define HB_TAKEOVER_HART_MISSES 12u
#define HB_TAKEOVER_MISS_TASKS  2u

/* The work of tasks that take a fresh block for each unit of it. */
#define HB_FRESH_WORK_MAX (1 << 16)

/* ---- Tracepoints --------------------------------------------------------------------------------------------
 * One instruction, the HINT `slti x0, rs1, ID`: a no-op on any RISC-V. rs1 = subject | (uint64_t)argument << 32.
 * Read only from images with the ELF note below; counted from M or S mode only.
 */
#define HB_TP_HART_UP        1  /* subject: hart that entered the kernel */
#define HB_TP_ALL_HARTS_UP   2  /* subject: number of harts in the live mask; argument: harts left out; once */
#define HB_TP_TASK_CREATE    3  /* subject: task; argument: workload kind (HB_KIND_*) of this task */
#define HB_TP_TASK_READY     4  /* subject: task; argument: hart whose run queue it joined */
#define HB_TP_TASK_RUN       5  /* subject: task; argument: attempt (0 = first); the hart that executes it runs it */
#define HB_TP_TASK_STOP      6  /* subject: task; argument: reason, HB_STOP_* */
#define HB_TP_TASK_DONE      7  /* subject: task; argument: attempt; its result slot is valid */
#define HB_TP_TASK_LOST      8  /* subject: task; argument: attempt; will never run again */
#define HB_TP_TASK_MIGRATE   9  /* subject: task; argument: from hart | to hart << 16 */
#define HB_TP_TASK_RESTART   10 /* subject: task; argument: the new attempt's number; it starts again */
#define HB_TP_IDLE_ENTER     11 /* subject: hart: nothing to run */
#define HB_TP_IDLE_LEAVE     12 /* subject: hart */
#define HB_TP_LOCK_WAIT      13 /* subject: lock (low 32 bits of its address); argument: owner hart + 1 */
#define HB_TP_LOCK_ACQUIRE   14 /* subject: lock; argument: epoch */
#define HB_TP_LOCK_RELEASE   15 /* subject: lock */
#define HB_TP_BEAT           16 /* subject: hart that wrote its heartbeat; argument: low half of the stamp */
#define HB_TP_SUSPECT        17 /* subject: suspected hart; the executing hart suspects it; argument: silent ticks */
#define HB_TP_FENCED         18 /* subject: hart whose fence was requested and is in force */
#define HB_TP_RECOVERY_BEGIN 19 /* subject: dead hart; argument: 0, or 1 + hart from which the recovery is taken over */
#define HB_TP_RECOVERY_PHASE 20 /* subject: dead hart; argument: phase */
#define HB_TP_RECOVERED      21 /* subject: dead hart; argument: tasks returned to run queues */
#define HB_TP_LOCK_RECOVERED 22 /* subject: lock; argument: dead owner */
#define HB_TP_FALSE_ALARM    23 /* subject: hart that was suspected but beat again before the fence */
#define HB_TP_HART_LEFT_OUT  24 /* subject: hart that never reported at boot */
#define HB_TP_QUEUE_LENGTH   25 /* subject: hart; argument: length of its run queue now */
#define HB_TP_PROGRESS       26 /* subject: task; argument: units of work done (contend: increments) */
#define HB_TP_PANIC          27 /* subject: kernel's line or cause; the kernel gives up */
#define HB_TP_MAIL_SEND      28 /* amp. subject: task; argument: receiving hart (0 = master) */
#define HB_TP_MAIL_TAKE      29 /* amp. subject: task; argument: sending hart */
#define HB_TP_HART_STOPPED   30 /* amp. subject: worker that stops itself: its kernel trapped; argument: the cause */
#define HB_TP_INTERRUPT      31 /* subject: source of the PLIC that the hart claims; argument: 1: for nothing */
#define HB_TP_SERVER_TAKE    32 /* subject: request, of all servers together; argument: group */
#define HB_TP_SERVER_REPLY   33 /* subject: request; argument: the low half of the answer */
#define HB_TP_SERVER_DROP    34 /* subject: request; argument: group; its queue was full */
#define HB_TP_LOOK           35 /* subject: hart whose heartbeat was read; argument: silent ticks when due, signed */
#define HB_TP_ASK            36 /* subject: silent hart; argument: the hart that is asked to look at it, too */
#define HB_TP_ELECTED        37 /* amp. subject: hart that is the master from here on; argument: its term */
#define HB_TP_SAVE_BEGIN     38 /* subject: task, which is about to be copied; argument: the copy's number */
#define HB_TP_SAVED          39 /* subject: task; argument: the number of its copy, which counts from here on */
#define HB_TP_RESTORED       40 /* subject: task, which begins again as it was copied; argument: the copy's number */
#define HB_TP_USER           64 /* 64 .. 127: free for experiments' own programs, any mode */

#define HB_STOP_PREEMPTED 0
#define HB_STOP_YIELDED   1
#define HB_STOP_BLOCKED   2
#define HB_STOP_SLEEPING  3
#define HB_STOP_EXITED    4
#define HB_STOP_FAULTED   5

/* ---- Workloads ------------------------------------------------------------------------------------------------- */
#define HB_KIND_BATCH        0  /* independent integer kernels, on sets that fit into an L1D or do not */
#define HB_KIND_CONTEND      1  /* lock-heavy: increments of shared counters, each with its sequence number */
#define HB_KIND_SHARE        2  /* the same increments, made by the tasks themselves in memory that they share */
#define HB_KIND_STENCIL      3  /* threads that step a grid of doubles, and meet after each step */
#define HB_KIND_MATMUL       4  /* threads that multiply matrices; a part of it one alone */
#define HB_KIND_MAPREDUCE    5  /* threads that count words, and then add up what all have counted */
#define HB_KIND_PIPELINE     6  /* threads that hand items from stage to stage, through buffers with room for a few */
#define HB_KIND_PHILOSOPHERS 7  /* tasks that need two of the things that stand in a ring, each for itself */
#define HB_KIND_SELFTEST     8  /* threads that check what the kernel promises them */
#define HB_KIND_INTERACTIVE  9  /* bursts of batch work on a small set, and sleep between them */
#define HB_KIND_SERVER       10 /* workers that answer requests, which arrive by themselves */
#define HB_KIND_ECHO         11 /* each line typed is printed again by one of them; work: so many lines each */
#define HB_KINDS             12

#define HB_SHARED_COUNTER_BYTES 64 /* share: counter i is a word in the group's shared memory, at 64 i */

/* What a batch task is like, where the parameters do not choose, follows a hash of (seed, task). */
#define HB_ARRIVALS_POISSON 0
#define HB_ARRIVALS_BURSTY  1
#define HB_ARRIVALS_EVEN    2
#define HB_SERVER_ONE       0 /* one queue for all workers of the group */
#define HB_SERVER_HASHED    1 /* one for each; a hash of the request chooses */
#define HB_SERVER_DEALT     2 /* one for each, in turn */

#define HB_SERVICE_READ        0 /* a request asks for an answer */
#define HB_SERVICE_TRANSACTION 1 /* and pays into an account */

#define HB_LENGTHS_MIXED    0 /* half of the work to one and a half times as much */
#define HB_LENGTHS_EQUAL    1
#define HB_SETS_MIXED       0 /* small or large */
#define HB_SETS_SMALL       1 /* fits into any L1D but the smallest */
#define HB_SETS_LARGE       2 /* gone round twice or more, however little work was asked for */
#define HB_SETS_FRESH       3 /* every unit works on memory that the task has not touched before */
#define HB_KERNELS_MIXED    0 /* one of the others for each task */
#define HB_KERNEL_SIEVE     1
#define HB_KERNEL_CRC       2
#define HB_KERNEL_MATRIX    3
#define HB_KERNEL_SORT      4
#define HB_KERNEL_WALK      5
#define HB_KERNEL_AUTOMATON 6

/* share: what guards a counter; all but `mutex` and `none` spin in U mode. */
#define HB_USER_LOCK_MUTEX  0 /* the kernel's */
#define HB_USER_LOCK_NONE   1
#define HB_USER_LOCK_TAS    2
#define HB_USER_LOCK_TTAS   3
#define HB_USER_LOCK_TICKET 4
#define HB_USER_LOCK_MCS    5
#define HB_USER_LOCK_MINE   6 /* linked from outside the kernel */

#define HB_BARRIER_KERNEL 0 /* whoever waits gives its hart away */
#define HB_BARRIER_SPIN   1 /* in U mode */

#define HB_FORKS_LEFT    0 /* every philosopher takes the left one first */
#define HB_FORKS_ORDERED 1 /* the one with the smaller number first */
#define HB_FORKS_SEATS   2 /* left first, and there is one seat less than philosophers */

#define HB_WAIT_WHILE 0 /* pipeline: whoever is woken looks again whether there is what it waited for */
#define HB_WAIT_IF    1 /* and here it does not */

#define HB_CONTRACT_OF_KIND 0 /* a dead task's fate is as its kind declares */
#define HB_CONTRACT_LOST    1 /* it is lost */

/* ---- Policies (values of parameters) --------------------------------------------------------------------------- */
#define HB_SCHED_ROUND_ROBIN   0
#define HB_SCHED_FIFO          1 /* no preemption by quantum */
#define HB_SCHED_PRIORITY      2
#define HB_SCHED_MLFQ          3
#define HB_SCHED_SJF           4
#define HB_SCHED_LOTTERY       5
#define HB_SCHED_FAIR          6
#define HB_SCHED_GANG          7
#define HB_SCHED_MINE          8 /* linked from outside the kernel */
#define HB_SCHEDULERS          9 /* how many there are */
#define HB_BALANCE_STEAL       0 /* an idle hart takes from others' queues */
#define HB_BALANCE_NONE        1
#define HB_BALANCE_PUSH        2 /* a hart gives of its queue to idle ones */
#define HB_BALANCE_GLOBAL      3 /* one queue */
#define HB_DETECT_NONE         0
#define HB_DETECT_RING         1 /* each hart watches the next id in the live mask */
#define HB_DETECT_AGREE        2 /* the same, but another hart must find it silent, too */
#define HB_LOCKS_NONE          0
#define HB_LOCKS_STEAL         1
#define HB_QUEUES_NONE         0
#define HB_QUEUES_REBUILD      1
#define HB_RESTART_NONE        0
#define HB_RESTART_START       1
#define HB_RESTART_CHECKPOINT  2
#define HB_KERNEL_DATA_CACHED  0
#define HB_KERNEL_DATA_FLUSHED 1
#define HB_KERNEL_DATA_ALONE   2 /* flushed; but tasks that the dead hart ran before, and that have moved on, go on */
#define HB_FAILOVER_NONE       0
#define HB_FAILOVER_STATIC     1
#define HB_FAILOVER_ELECTION   2

#define HB_IRQ_ONE        0 /* who is interrupted by devices */
#define HB_IRQ_SPREAD     1
#define HB_IRQ_ALL        2
#define HB_ASSIGN_DYNAMIC 0
#define HB_ASSIGN_STATIC  1
#define HB_ROLES          3 /* of tasks and of AMP workers */
#define HB_ROLE_ANY       0
#define HB_ROLE_COMPUTE   1
#define HB_ROLE_IO        2

/* ---- Power controller (hartbeat's own device; absent on QEMU) -----------------------------------------------
 * Device-tree node with compatible "hartbeat,power". Hart h's block is at base + 0x20 * h. It reports only what
 * software asked for: a hart that died by itself still reads "started".
 */
#define HB_POWER_BASE       0x500000ull
#define HB_POWER_STRIDE     0x20
#define HB_POWER_COMMAND    0x00 /* 32 bits, write: HB_POWER_CMD_*; read: last command */
#define HB_POWER_STATE      0x04 /* 32 bits, read: HB_POWER_IS_* */
#define HB_POWER_ENTRY      0x08 /* 64 bits: where a started hart begins, in M mode with a0 = hart id */
#define HB_POWER_ARGUMENT   0x10 /* 64 bits: its a1 */
#define HB_POWER_CMD_FENCE  1    /* the hart executes nothing from the next cycle on; its cache still answers */
#define HB_POWER_CMD_START  2    /* start a stopped or fenced hart at ENTRY, with a cold cache */
#define HB_POWER_CMD_FLUSH  3    /* write back the hart's modified lines */
#define HB_POWER_CMD_STOP   4    /* the hart itself stops (only through its own block) */
#define HB_POWER_CMD_RESET  5    /* a hart that executes begins again at ENTRY, as it asked itself: its cache stays */
#define HB_POWER_IS_STARTED 0
#define HB_POWER_IS_STOPPED 1
#define HB_POWER_IS_FENCED  2

/* ---- ELF note: name "hartbeat", type 1, descriptor = struct hb_note -------------------------------------------- */
#define HB_NOTE_NAME "hartbeat"
#define HB_NOTE_TYPE 1

/* ---- Spin-lock word -----------------------------------------------------------------------------------------
 * One aligned 64-bit word, taken in one step with LR.D/SC.D: bits 0..31 = owner hart + 1 (0 = free),
 * bits 32..63 = epoch, raised at every acquisition.
 */
#define HB_LOCK_OWNER(word) ((uint32_t)(word))

#ifndef __ASSEMBLER__
#include <stdint.h>

struct hb_note {
    uint32_t abi_version;   /* HB_ABI_VERSION */
    uint32_t amp;           /* 0: SMP, 1: AMP */
    uint64_t jitter_cycles; /* the image's own bound for J, the longest time between two beats of a healthy hart; 0: it
                               follows the machine, as that of the bundled kernels does */
};

/* Parameters. The host puts each into /chosen as a 64-bit big-endian property named "hartbeat," plus the name below
 * with '_' as '-' (for example "hartbeat,quantum-cycles"); the boot hart copies what it finds over the compiled-in
 * defaults into `struct hb_params hb_params`, a page of its own. The kernel reads that page at every decision and keeps
 * no copies, so the host may change a field during a run (as a logged input event).
 */
#define HB_PARAMS(X)                                                                                                   \
    X(cycles_per_tick)          /* machine cycles per mtime tick */                                                    \
    X(seed)                     /* experiment seed: enters every task's input */                                       \
    X(scheduler)                /* HB_SCHED_* */                                                                       \
    X(quantum_cycles)           /* time slice */                                                                       \
    X(workload_tasks)           /* number of tasks, of all groups together: 1 .. HB_TASKS_MAX */                       \
    X(workload_groups)          /* how many entries of group[] count: 1 .. HB_GROUPS_MAX */                            \
    X(heartbeat_period_cycles)  /* a hart beats this often; 0: never */                                                \
    X(heartbeat_timeout_cycles) /* silence after which the watcher suspects */                                         \
    X(heartbeat_check_cycles)   /* how often the watcher looks */                                                      \
    X(recovery_detect)          /* HB_DETECT_* */                                                                      \
    X(recovery_fence)           /* 0 or 1 */                                                                           \
    X(recovery_locks)           /* HB_LOCKS_* */                                                                       \
    X(recovery_queues)          /* HB_QUEUES_* */                                                                      \
    X(recovery_restart)         /* HB_RESTART_* */                                                                     \
    X(recovery_kernel_data)     /* HB_KERNEL_DATA_*; read once, at boot */                                             \
    X(recovery_failover)        /* HB_FAILOVER_* (amp) */                                                              \
    X(amp_locked)               /* 0 or 1: what a worker cannot reach is out of its kernel's reach, too */             \
    X(amp_assignment)           /* HB_ASSIGN_* */                                                                      \
    X(amp_no_io)                /* bit h: worker h runs no tasks of role io */                                         \
    X(amp_no_compute)           /* the same of role compute */                                                         \
    X(irq)                      /* HB_IRQ_* */                                                                         \
    X(balance)                  /* HB_BALANCE_* */                                                                     \
    X(aging_cycles)             /* priority: a task that has waited so long goes down a level; 0: never */             \
    X(boost_cycles)             /* mlfq: so often all tasks begin anew; 0: never */                                    \
    X(recovery_replug_cycles)   /* a recovered hart is started this often until it beats; 0: never */                  \
    X(recovery_ipi_retry)       /* 0 or 1: who does not heed the recovery's interrupt is interrupted again */          \
    X(checkpoint_cycles)        /* with HB_RESTART_CHECKPOINT: a task is copied whenever it has run so long */

/* Parameters of a group of tasks, which are those with the numbers first .. first + tasks - 1; groups follow each other
 * without gaps. Those of group N are properties named "hartbeat,group-N-" plus the name. */
#define HB_GROUP_PARAMS(X)                                                                                             \
    X(kind)           /* HB_KIND_* */                                                                                  \
    X(first)          /* its first task */                                                                             \
    X(tasks)          /* number of its tasks, at least 1 */                                                            \
    X(work)           /* units of work per task (batch: on average); about linear in instructions */                   \
    X(set_bytes)      /* working set of the large batch tasks; 0 = the default, 3 x 16 KiB */                          \
    X(locks)          /* contend, share: number of counters, transactions: of accounts, each under a mutex */          \
    X(lengths)        /* batch: HB_LENGTHS_* */                                                                        \
    X(sets)           /* batch: HB_SETS_* */                                                                           \
    X(kernel)         /* batch: HB_KERNELS_MIXED or HB_KERNEL_* */                                                     \
    X(arrival_cycles) /* when its tasks arrive, counted from all harts up */                                           \
    X(priority)       /* its level, 0 first */                                                                         \
    X(weight)         /* its share of the harts, against those of other groups; at least 1 */                          \
    X(placement)      /* the hart that its tasks are pinned to; HB_PLACE_ANY: none */                                  \
    X(size)           /* stencil, matmul: side of the grid or matrix; pipeline: room of a buffer, in items */          \
    X(serial)         /* matmul: thousandths of the work that one thread does alone */                                 \
    X(stages)         /* pipeline: 2 or more; threads beyond them join the last one */                                 \
    X(lock)           /* share: HB_USER_LOCK_* */                                                                      \
    X(barrier)        /* stencil, matmul: HB_BARRIER_* */                                                              \
    X(forks)          /* philosophers: HB_FORKS_* */                                                                   \
    X(wait)           /* pipeline: HB_WAIT_* */                                                                        \
    X(restart)        /* HB_CONTRACT_* */                                                                              \
    X(long_every)     /* batch: its first task, and each so many after it, ... */                                      \
    X(long_times)     /* ... have so many times the work of the others; 1: all are alike */                            \
    X(bursts)         /* interactive: how often a task works, `work` units each time */                                \
    X(sleep_cycles)   /* interactive: how long it sleeps before each burst but the first */                            \
    X(requests)       /* server: how many arrive in all; each is `work` units of work */                               \
    X(gap_cycles)     /* server: from one arrival to the next, on average */                                           \
    X(arrivals)       /* server: HB_ARRIVALS_* */                                                                      \
    X(queues)         /* server: HB_SERVER_* */                                                                        \
    X(room)           /* server: how many may wait in a queue; others are refused */                                   \
    X(role)           /* amp: HB_ROLE_*: which workers run its tasks */                                                \
    X(service)        /* server: HB_SERVICE_* */

struct hb_group {
#define HB_GROUP_FIELD(name) uint64_t name;
    HB_GROUP_PARAMS(HB_GROUP_FIELD)
#undef HB_GROUP_FIELD
};

struct hb_params {
#define HB_PARAM_FIELD(name) uint64_t name;
    HB_PARAMS(HB_PARAM_FIELD)
#undef HB_PARAM_FIELD
    struct hb_group group[HB_GROUPS_MAX];
};

/* `struct hb_result hb_results[HB_TASKS_MAX]`: the result of each task. Written by the kernel when the task exits,
 * before the task table says "done". */
struct hb_result {
    uint64_t checksum;
    uint64_t attempt_plus_1; /* 0: no attempt has finished */
};

#endif /* __ASSEMBLER__ */
#endif
