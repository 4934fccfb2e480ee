/* System calls: `ecall` with the number in a7 and arguments in a0, a1; the answer comes in a0. An unknown call, or an
 * argument that must not be accepted, stops the task as faulted.
 *
 * Mutexes, conditions and so on are those of the task's group, counted from 0: first its mutexes, then the others, as
 * its kind has them (osmodel/guest/workloads/kinds.c). */
#ifndef HB_GUEST_SYSCALL_H
#define HB_GUEST_SYSCALL_H

#include <stdint.h>

enum hb_syscall {
    HB_SYS_EXIT,      /* (checksum): the attempt has ended; does not return */
    HB_SYS_YIELD,     /* (): let others run */
    HB_SYS_SLEEP,     /* smp (ticks of mtime) */
    HB_SYS_WRITE,     /* smp (address, bytes): to the console, from the task's own memory or its text; returns bytes */
    HB_SYS_TIME,      /* (): mtime */
    HB_SYS_LOCK,      /* smp (mutex): waits until the task owns it; not recursive; returns 1 if its last owner died with
                         it, else 0 */
    HB_SYS_UNLOCK,    /* smp (mutex): the task must own it */
    HB_SYS_RESUME,    /* smp (): how many increments the task has made, in all its attempts */
    HB_SYS_INCREMENT, /* smp (counter, sequence): the task owns mutex `counter`; adds 1 to the counter, if `sequence` is
                         what HB_SYS_RESUME would return; returns what it would return now */
    HB_SYS_WAIT,      /* smp (condition, mutex): frees the mutex, waits for a signal, takes the mutex again */
    HB_SYS_SIGNAL,    /* smp (condition): one that waits goes on */
    HB_SYS_BROADCAST, /* smp (condition): all do */
    HB_SYS_DOWN,      /* smp (semaphore) */
    HB_SYS_UP,        /* smp (semaphore) */
    HB_SYS_BARRIER,   /* smp (barrier): waits until all tasks of the group have come */
    HB_SYS_PAUSE,     /* smp (cycles, units): sleeps, and reports that so many units of work are done */
    HB_SYS_TAKE,      /* smp, server (): waits for a request, and returns its number, or HB_NO_MORE_REQUESTS */
    HB_SYS_REPLY,     /* smp, server (answer): of the request that it took last */
    HB_SYS_TAKE_LINE, /* smp (address, bytes): waits for a line typed on the console, and gives its bytes, in the task's
                         own memory; a task that has taken one and not answered it, in whatever attempt, is given it
                         again */
    HB_SYS_ANSWER,    /* smp (address, bytes): print this as the answer to the line taken */
    HB_SYS_ANSWERED,  /* smp (): how many lines the task has answered, in all its attempts */
};

#define HB_NO_MORE_REQUESTS UINT64_MAX

static inline uint64_t hb_syscall(uint64_t number, uint64_t first, uint64_t second) {
    register uint64_t a0 __asm__("a0") = first;
    register uint64_t a1 __asm__("a1") = second;
    register uint64_t a7 __asm__("a7") = number;
    __asm__ volatile("ecall" : "+r"(a0) : "r"(a1), "r"(a7) : "memory");
    return a0;
}

#endif
