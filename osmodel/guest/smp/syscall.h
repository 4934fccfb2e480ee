/* System calls (osmodel/guest/user/syscall.h says what each does), and what ends a task. */
#ifndef HB_SMP_SYSCALL_H
#define HB_SMP_SYSCALL_H

#include <stdint.h>

/* Serve the current task's call. Returns if the task goes on. */
void hb_syscall_serve(void);

/* The current task has done something illegal: it will never run again. */
_Noreturn void hb_task_fault(uint64_t cause, uint64_t value);

#endif
