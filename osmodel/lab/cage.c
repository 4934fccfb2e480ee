#define _GNU_SOURCE
#include "osmodel/lab/cage.h"

#include <linux/seccomp.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#define MEMORY_BYTES (256ull << 20)

static const char *volatile doing = "the file";

void hb_cage_doing(const char *what) {
    doing = what;
}

static void say(const char *text) {
    if (write(STDOUT_FILENO, text, strlen(text)) < 0)
        syscall(SYS_exit, 1);
}

/* exit_group, which exit() makes, is shut out. */
_Noreturn void hb_cage_leave(int status, const char *line) {
    if (line) {
        say(line);
        say("\n");
    }
    for (;;)
        syscall(SYS_exit, status);
}

static void end(int number) {
    say(doing);
    hb_cage_leave(1, number == SIGXCPU ? " loops for ever" : " crashes");
}

static void limit(int what, rlim_t soft, rlim_t hard) {
    setrlimit(what, &(struct rlimit){soft, hard});
}

/* A crash may be an overflow of the stack, so its line is written from another one. */
static void watch_for_the_end(void) {
    static char stack[1 << 16];
    static const int numbers[] = {SIGXCPU, SIGSEGV, SIGBUS, SIGILL, SIGFPE, SIGABRT};
    struct sigaction action = {.sa_handler = end, .sa_flags = SA_ONSTACK | SA_NODEFER};
    sigaltstack(&(stack_t){.ss_sp = stack, .ss_size = sizeof stack}, NULL);
    for (size_t i = 0; i < sizeof numbers / sizeof numbers[0]; i++)
        sigaction(numbers[i], &action, NULL);
}

void hb_cage_enter(void) {
    watch_for_the_end();
    limit(RLIMIT_AS, MEMORY_BYTES, MEMORY_BYTES);
    limit(RLIMIT_FSIZE, 0, 0);
    limit(RLIMIT_CORE, 0, 0);
    limit(RLIMIT_NOFILE, 0, 0);
    limit(RLIMIT_CPU, HB_CAGE_SECONDS, HB_CAGE_SECONDS + 1);
    /* Only read, write, _exit and the return from a signal are left. Where the host knows no such mode, the limits
     * hold. */
    prctl(PR_SET_SECCOMP, SECCOMP_MODE_STRICT);
}
