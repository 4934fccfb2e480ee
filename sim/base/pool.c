#include "sim/base/pool.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#define TICK_MS     100
#define READ_BYTES  65536u
#define WORKERS_MAX 256u

/* How a worker that has handed over an answer, or an error, ends. */
enum { ENDS_WELL = 0, ENDS_WITH_ERROR = 1, ENDS_WITH_HOSTS_ERROR = 2 };

struct worker {
    pid_t pid; /* 0: the slot is free */
    int pipe;  /* its output is read here; once it closes it, it has ended */
    uint32_t job;
    char *bytes; /* read so far */
    size_t n, room;
};

struct running {
    const struct hb_pool *pool;
    struct hb_error *error;
    bool failed; /* `error` is set */
    uint32_t next;
    uint32_t places, busy;
    struct worker worker[WORKERS_MAX];
};

/* The first failure counts. `hosts`: it is not the user's mistake. */
static void fail(struct running *running, bool hosts, const char *format, const char *text) {
    if (running->failed)
        return;
    running->failed = true;
    hb_error_set(running->error, format, text);
    if (hosts)
        hb_error_blame_host(running->error);
}

/* ---- In the worker --------------------------------------------------------------------------------------------- */

static bool write_all(int out, const char *bytes, size_t n) {
    while (n) {
        ssize_t wrote = write(out, bytes, n);
        if (wrote < 0 && errno != EINTR)
            return false;
        bytes += wrote < 0 ? 0 : wrote;
        n -= wrote < 0 ? 0 : (size_t)wrote;
    }
    return true;
}

/* The answer is sent when it is complete, so that an error comes alone. */
static void work(const struct running *running, uint32_t job, int out, pid_t caller) {
    const struct hb_pool *pool = running->pool;
    struct hb_error error = {.text = "a job failed without a reason"};
    char *bytes = NULL;
    size_t n = 0;
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    FILE *answer = getppid() == caller ? open_memstream(&bytes, &n) : NULL;
    if (!answer)
        _exit(ENDS_WITH_ERROR);
    bool ok = pool->run(pool->context, job, answer, &error);
    ok = fclose(answer) == 0 && ok;
    bool wrote = ok ? write_all(out, bytes, n) : write_all(out, error.text, strlen(error.text));
    if (!ok && hb_error_is_the_hosts(&error))
        _exit(ENDS_WITH_HOSTS_ERROR);
    _exit(ok && wrote ? ENDS_WELL : ENDS_WITH_ERROR);
}

/* ---- In the caller --------------------------------------------------------------------------------------------- */

static bool begin(struct running *running, struct worker *worker, uint32_t job) {
    int ends[2];
    if (pipe(ends) != 0) {
        fail(running, true, "no pipe to a worker: %s", strerror(errno));
        return false;
    }
    const pid_t caller = getpid();
    fflush(NULL); /* or the worker writes buffered output a second time */
    const pid_t pid = fork();
    if (pid == 0) {
        close(ends[0]); /* each pipe has one reader */
        work(running, job, ends[1], caller);
    }
    close(ends[1]);
    if (pid < 0) {
        fail(running, true, "no worker can be started: %s", strerror(errno));
        close(ends[0]);
        return false;
    }
    *worker = (struct worker){.pid = pid, .pipe = ends[0], .job = job};
    running->busy++;
    return true;
}

static void begin_more(struct running *running) {
    for (uint32_t i = 0; i < running->places && !running->failed && running->next < running->pool->jobs; i++)
        if (running->worker[i].pid == 0 && !begin(running, &running->worker[i], running->next++))
            return;
}

/* False: the worker has closed its end. */
static bool read_some(struct worker *worker) {
    if (worker->room - worker->n < READ_BYTES) {
        worker->room = 2 * worker->room + READ_BYTES;
        worker->bytes = realloc(worker->bytes, worker->room);
        if (!worker->bytes)
            abort();
    }
    ssize_t got = read(worker->pipe, worker->bytes + worker->n, worker->room - worker->n - 1);
    if (got > 0)
        worker->n += (size_t)got;
    worker->bytes[worker->n] = 0;
    return got > 0 || (got < 0 && (errno == EINTR || errno == EAGAIN));
}

static void report_death(struct running *running, const struct worker *worker, int status) {
    const struct hb_pool *pool = running->pool;
    char text[HB_ERROR_BYTES], number[32];
    snprintf(number, sizeof number, "job %u", worker->job);
    const char *name = pool->name ? pool->name(pool->context, worker->job) : number;
    if (WIFSIGNALED(status))
        snprintf(text, sizeof text, "%s: its worker was ended by signal %d (%s)", name, WTERMSIG(status),
                 strsignal(WTERMSIG(status)));
    else
        snprintf(text, sizeof text, "%s: its worker ended with status %d", name, WEXITSTATUS(status));
    fail(running, true, "%s", text);
}

/* The answer of a worker that has ended is taken, or what went wrong is reported. True: its job is begun again. */
static bool settle(struct running *running, const struct worker *worker, int status) {
    const struct hb_pool *pool = running->pool;
    bool exited = WIFEXITED(status);
    if (exited && WEXITSTATUS(status) == ENDS_WELL) {
        if (!running->failed && !pool->take(pool->context, worker->job, worker->bytes, worker->n, running->error))
            running->failed = true;
        return false;
    }
    if (exited && worker->n) {
        fail(running, WEXITSTATUS(status) == ENDS_WITH_HOSTS_ERROR, "%s", worker->bytes);
        return false;
    }
    if (!running->failed && pool->again && pool->again(pool->context, worker->job))
        return true;
    report_death(running, worker, status);
    return false;
}

/* It has closed its pipe, so it has ended. */
static void end(struct running *running, struct worker *worker) {
    int status = 0;
    while (waitpid(worker->pid, &status, 0) < 0 && errno == EINTR) {
    }
    close(worker->pipe);
    running->busy--;
    worker->pid = 0;
    bool again = settle(running, worker, status);
    free(worker->bytes);
    worker->bytes = NULL;
    if (again)
        begin(running, worker, worker->job);
}

static void wait_for_some(struct running *running) {
    struct pollfd wanted[WORKERS_MAX];
    struct worker *of[WORKERS_MAX];
    nfds_t n = 0;
    for (uint32_t i = 0; i < running->places; i++)
        if (running->worker[i].pid) {
            of[n] = &running->worker[i];
            wanted[n++] = (struct pollfd){.fd = running->worker[i].pipe, .events = POLLIN};
        }
    if (poll(wanted, n, TICK_MS) > 0)
        for (nfds_t i = 0; i < n; i++)
            if (wanted[i].revents && !read_some(of[i]))
                end(running, of[i]);
}

static void signal_all(const struct running *running, int signal) {
    for (uint32_t i = 0; i < running->places; i++)
        if (running->worker[i].pid)
            kill(running->worker[i].pid, signal);
}

bool hb_pool_run(const struct hb_pool *pool, struct hb_error *error) {
    struct running *running = calloc(1, sizeof *running);
    bool ended = false, asked = false;
    if (!running)
        abort();
    running->pool = pool;
    running->error = error;
    running->places = pool->workers < WORKERS_MAX ? pool->workers : WORKERS_MAX;
    begin_more(running);
    while (running->busy) {
        wait_for_some(running);
        begin_more(running);
        if (running->failed && !ended)
            signal_all(running, SIGKILL);
        ended = running->failed;
        if (!asked && pool->interrupted && pool->interrupted(pool->context)) {
            signal_all(running, SIGTERM);
            asked = true;
        }
        if (pool->tick)
            pool->tick(pool->context);
    }
    bool ok = !running->failed;
    free(running);
    return ok;
}

void *hb_pool_share(size_t bytes) {
    void *memory = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    return memory == MAP_FAILED ? NULL : memory;
}

void hb_pool_unshare(void *memory, size_t bytes) {
    if (memory)
        munmap(memory, bytes);
}

uint32_t hb_pool_cores(void) {
    long cores = sysconf(_SC_NPROCESSORS_ONLN);
    return cores < 1 ? 1 : (uint32_t)cores;
}
