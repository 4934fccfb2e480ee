#include "sim/base/child.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#define FOREVER (-1)

void hb_child_say(int out, const void *message, size_t bytes) {
    while (write(out, message, bytes) < 0)
        if (errno != EINTR)
            _exit(1);
}

static void be_child(void (*work)(void *context, int out), void *context, int out, pid_t caller) {
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (getppid() != caller)
        _exit(1);
    work(context, out);
    _exit(0);
}

bool hb_child_begin(struct hb_child *child, void (*work)(void *context, int out), void *context,
                    struct hb_error *error) {
    int ends[2];
    *child = (struct hb_child){.pid = 0, .pipe = -1};
    if (pipe(ends) != 0) {
        hb_error_set(error, "no pipe to another process: %s", strerror(errno));
        hb_error_blame_host(error);
        return false;
    }
    const pid_t caller = getpid();
    fflush(NULL); /* or what is buffered is written twice */
    child->pid = fork();
    if (child->pid == 0) {
        close(ends[0]);
        be_child(work, context, ends[1], caller);
    }
    close(ends[1]);
    child->pipe = ends[0];
    if (child->pid > 0 && fcntl(child->pipe, F_SETFL, O_NONBLOCK) == 0)
        return true;
    hb_error_set(error, "no other process can be started: %s", strerror(errno));
    hb_error_blame_host(error);
    hb_child_end(child);
    return false;
}

static void bury(struct hb_child *child) {
    if (child->pipe >= 0)
        close(child->pipe);
    child->pipe = -1;
    while (child->pid > 0 && waitpid(child->pid, NULL, 0) < 0 && errno == EINTR) {
    }
    child->pid = 0;
}

enum hb_child_news hb_child_hear(struct hb_child *child, void *message, size_t bytes, bool wait) {
    while (child->pid > 0) {
        const ssize_t got = read(child->pipe, message, bytes);
        if (got == (ssize_t)bytes)
            return HB_CHILD_MESSAGE;
        if (got >= 0)
            bury(child);
        else if (errno == EAGAIN && wait)
            poll(&(struct pollfd){.fd = child->pipe, .events = POLLIN}, 1, FOREVER);
        else if (errno != EINTR)
            return HB_CHILD_NOTHING_YET;
    }
    return HB_CHILD_OVER;
}

void hb_child_end(struct hb_child *child) {
    if (child->pid <= 0)
        return;
    kill(child->pid, SIGKILL);
    bury(child);
}
