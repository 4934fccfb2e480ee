#include "sim/lesson/behind.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#define FOREVER (-1)

/* So small that a pipe takes and gives it whole. */
struct message {
    uint32_t step; /* HB_LESSON_NOWHERE: the lesson could not be played, `played.trouble` */
    struct hb_played_step played;
};

_Static_assert(sizeof(struct message) <= PIPE_BUF, "a message could be torn");

/* ---- In the process -------------------------------------------------------------------------------------------- */

/* Without anybody left to read it there is nothing to do. */
static void send_step(void *context, uint32_t step, const struct hb_played_step *played) {
    const struct message message = {.step = step, .played = *played};
    const int *out = context;
    while (write(*out, &message, sizeof message) < 0)
        if (errno != EINTR)
            _exit(1);
}

static void work(const struct hb_lesson *lesson, int out, pid_t caller) {
    struct hb_error error = {.text = ""};
    const struct hb_lesson_options options = {.played = send_step, .context = &out};
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (getppid() != caller)
        _exit(1);
    if (!hb_lesson_play(lesson, &options, &error)) {
        struct hb_played_step why = {.reached = false};
        snprintf(why.trouble, sizeof why.trouble, "%.*s", (int)sizeof why.trouble - 1, error.text);
        send_step(&out, HB_LESSON_NOWHERE, &why);
    }
    _exit(0);
}

/* ---- In the caller --------------------------------------------------------------------------------------------- */

static bool start(struct hb_lesson_behind *behind, struct hb_error *error) {
    int ends[2];
    if (pipe(ends) != 0) {
        hb_error_set(error, "no pipe to a process for the lesson: %s", strerror(errno));
        return false;
    }
    const pid_t caller = getpid();
    fflush(NULL); /* or what is buffered is written twice */
    behind->pid = fork();
    if (behind->pid == 0) {
        close(ends[0]);
        work(behind->lesson, ends[1], caller);
    }
    close(ends[1]);
    behind->pipe = ends[0];
    if (behind->pid > 0 && fcntl(behind->pipe, F_SETFL, O_NONBLOCK) == 0)
        return true;
    hb_error_set(error, "no process can be started for the lesson: %s", strerror(errno));
    return false;
}

bool hb_lesson_behind_begin(struct hb_lesson_behind *behind, const struct hb_lesson *lesson, struct hb_error *error) {
    *behind = (struct hb_lesson_behind){.lesson = lesson, .pipe = -1};
    behind->play = calloc(1, sizeof *behind->play);
    if (!behind->play || !(behind->play->step = calloc(lesson->steps, sizeof *behind->play->step)))
        abort();
    if (start(behind, error))
        return true;
    hb_error_blame_host(error);
    hb_lesson_behind_end(behind);
    return false;
}

static void take_step(struct hb_lesson_behind *behind, uint32_t i, const struct hb_played_step *played) {
    struct hb_lesson_play *play = behind->play;
    play->step[i] = *played;
    play->step[i].known = true;
    play->troubles += played->trouble[0] != 0;
    play->questions += hb_lesson_asks(&behind->lesson->step[i]);
}

static void take_message(struct hb_lesson_behind *behind, const struct message *message) {
    if (message->step < behind->lesson->steps)
        take_step(behind, message->step, &message->played);
    else
        hb_error_set(&behind->error, "%s", message->played.trouble);
}

static void stop(struct hb_lesson_behind *behind) {
    if (behind->pipe >= 0)
        close(behind->pipe);
    behind->pipe = -1;
    while (behind->pid > 0 && waitpid(behind->pid, NULL, 0) < 0 && errno == EINTR) {
    }
    behind->pid = 0;
}

/* The process has closed its end: what it has not sent will not come. */
static void settle(struct hb_lesson_behind *behind) {
    struct hb_played_step never = {.reached = false, .right = HB_LESSON_NOWHERE};
    snprintf(never.trouble, sizeof never.trouble, "it could not be worked out%s%.300s",
             behind->error.text[0] ? ": " : "", behind->error.text);
    for (uint32_t i = 0; i < behind->lesson->steps; i++)
        if (!behind->play->step[i].known)
            take_step(behind, i, &never);
    stop(behind);
}

bool hb_lesson_behind_take(struct hb_lesson_behind *behind, bool wait) {
    struct message message;
    bool some = false;
    while (behind->pipe >= 0) {
        const ssize_t got = read(behind->pipe, &message, sizeof message);
        if (got == (ssize_t)sizeof message)
            take_message(behind, &message);
        else if (got >= 0)
            settle(behind);
        else if (errno == EAGAIN && wait)
            poll(&(struct pollfd){.fd = behind->pipe, .events = POLLIN}, 1, FOREVER);
        else if (errno != EINTR)
            break;
        some = some || got >= 0;
    }
    return some;
}

void hb_lesson_behind_end(struct hb_lesson_behind *behind) {
    if (behind->pid > 0)
        kill(behind->pid, SIGKILL);
    stop(behind);
    hb_lesson_play_free(behind->play);
    behind->play = NULL;
}
