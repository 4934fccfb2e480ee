#include "osmodel/guest/smp/server.h"

#include "osmodel/guest/lib/lock.h"
#include "osmodel/guest/lib/params.h"
#include "osmodel/guest/machine/atomic.h"
#include "osmodel/guest/machine/tracepoint.h"
#include "osmodel/guest/smp/heartbeat.h"
#include "osmodel/guest/smp/task.h"
#include "osmodel/guest/workloads/arrivals.h"

#define PIECE_REQUESTS 16u /* looked at under the lock at a time */
#define AGAIN_TICKS    1000u
#define IDLE_MAX       32u /* so many workers that sleep have an arrival of their own to wait for */

/* Of a request: bits 0..7: state; 32..63: the task that has taken it. */
enum state { AHEAD, WAITING, TAKEN, ANSWERED, REFUSED };

struct queue {
    uint32_t next;    /* all of its requests before this one have arrived */
    uint32_t oldest;  /* none before this one waits */
    uint32_t waiting; /* how many do */
    uint32_t idle;    /* workers that sleep until one arrives, or somewhat fewer */
    bool is_torn;     /* a dead hart was changing it: the counts go up to `next`, and beyond that there may be more */
    bool is_behind;   /* much is to be counted or let in before one can be taken */
};

struct server {
    uint64_t lock;
    struct queue queue[HB_SERVER_QUEUES_MAX];
} __attribute__((aligned(HB_LOCK_ALIGN)));

static struct server servers[HB_GROUPS_MAX];
static uint64_t words[HB_REQUESTS_MAX] __attribute__((aligned(HB_LINE_ALIGN)));
static uint64_t arrivals[HB_REQUESTS_MAX]; /* in ticks since all harts were up */
static uint64_t opened;                    /* when they were, in ticks */

/* Of a worker; its own but for is_idle, which goes into the count of its queue. */
static struct {
    uint32_t taken_plus_1; /* the request that it took last; whether it is still its own, the word says */
    uint32_t is_idle;
} workers[HB_TASKS_MAX];

/* What a look at one queue needs to know. */
struct look {
    uint32_t group;
    uint32_t q;
    uint32_t requests;
    uint64_t first; /* of the group's words */
    struct queue *queue;
};

static struct look look_of(uint32_t group, uint32_t q) {
    return (struct look){group, q, (uint32_t)hb_params.group[group].requests, hb_requests_before(&hb_params, group),
                         &servers[group].queue[q]};
}

static uint32_t queue_of(uint32_t task) {
    const volatile struct hb_group *group = &hb_params.group[hb_task_group(task)];
    return (task - (uint32_t)group->first) % hb_server_queues(group);
}

/* The queue's first request from `request` on; look->requests: there is none. */
static uint32_t of_queue(const struct look *look, uint32_t request) {
    const volatile struct hb_group *group = &hb_params.group[look->group];
    while (request < look->requests && hb_request_queue(hb_params.seed, group, request) != look->q)
        request++;
    return request;
}

static uint64_t arrival_of(const struct look *look, uint32_t request) {
    return opened + arrivals[look->first + request];
}

void hb_server_prepare(void) {
    for (uint32_t i = 0; i < hb_params.workload_groups; i++) {
        const volatile struct hb_group *group = &hb_params.group[i];
        uint64_t first = hb_requests_before(&hb_params, i), cycles = 0;
        for (uint32_t request = 0; group->kind == HB_KIND_SERVER && request < group->requests; request++) {
            cycles += hb_arrival_gap(hb_params.seed, group, request);
            HB_PUT(arrivals[first + request], hb_ticks(cycles));
            hb_breathe_in_loop(request);
        }
    }
}

void hb_server_open(uint64_t now) {
    HB_PUT(opened, now);
}

/* ---- Under the lock ---------------------------------------------------------------------------------------------- */

static void set_word(const struct look *look, uint32_t request, enum state state, uint32_t task) {
    hb_store(&words[look->first + request], (uint64_t)task << 32 | state);
}

static enum state state_of(const struct look *look, uint32_t request) {
    return (enum state)(hb_load(&words[look->first + request]) & 0xff);
}

/* Of requests in their order: one that waits. */
static void count_waiting(struct queue *queue, uint32_t request) {
    if (queue->waiting++ == 0)
        queue->oldest = request;
}

/* What a full queue refuses is gone: in the order in which they arrived, as if each had been seen when it came. */
static void let_in(const struct look *look) {
    struct queue *queue = look->queue;
    bool has_room = queue->waiting < hb_params.group[look->group].room;
    set_word(look, queue->next, has_room ? WAITING : REFUSED, 0);
    if (has_room)
        count_waiting(queue, queue->next);
    else
        HB_TRACE(HB_TP_SERVER_DROP, look->first + queue->next, look->group);
}

/* Count the next request, or let it in; false: it has not arrived yet. */
static bool note_next(const struct look *look, uint64_t now) {
    struct queue *queue = look->queue;
    if (queue->next >= look->requests)
        return false;
    enum state state = queue->is_torn ? state_of(look, queue->next) : AHEAD;
    queue->is_torn = state != AHEAD;
    if (state == AHEAD && arrival_of(look, queue->next) > now)
        return false;
    if (state == AHEAD)
        let_in(look);
    else if (state == WAITING)
        count_waiting(queue, queue->next);
    return true;
}

/* Every arrival up to now is in the counts; false: that would take too long at once, so it is to be done again. */
static bool bring_up_to_date(const struct look *look, uint64_t now) {
    struct queue *queue = look->queue;
    uint32_t end = queue->next + PIECE_REQUESTS;
    for (uint32_t step = 0; queue->next < end; step++) {
        if (!note_next(look, now))
            return true;
        queue->next = of_queue(look, queue->next + 1);
        hb_breathe_in_loop(step);
    }
    return false;
}

static uint32_t take_oldest(const struct look *look, uint32_t task) {
    struct queue *queue = look->queue;
    while (state_of(look, queue->oldest) != WAITING)
        queue->oldest = of_queue(look, queue->oldest + 1);
    uint32_t request = queue->oldest;
    HB_PUT(workers[task].taken_plus_1, request + 1);
    set_word(look, request, TAKEN, task);
    queue->waiting--;
    return request;
}

/* Each worker that sleeps waits for an arrival of its own, so that one wakes for each. */
static uint64_t when_to_look(const struct look *look, uint32_t idle) {
    uint32_t request = look->queue->next;
    for (uint32_t i = 0; i < idle && i < IDLE_MAX && request < look->requests; i++)
        request = of_queue(look, request + 1);
    return request < look->requests ? arrival_of(look, request) : UINT64_MAX;
}

/* Those who slept when the queue was torn are not in the count. */
static void note_idle(const struct look *look, uint32_t task, bool is_idle) {
    if (workers[task].is_idle && look->queue->idle != 0)
        look->queue->idle--;
    look->queue->idle += is_idle;
    HB_PUT(workers[task].is_idle, (uint32_t)is_idle);
}

/* ---- Calls ------------------------------------------------------------------------------------------------------- */

static bool has_taken(const struct look *look, uint32_t task) {
    uint32_t taken_plus_1 = workers[task].taken_plus_1;
    return taken_plus_1 != 0 && hb_load(&words[look->first + taken_plus_1 - 1]) == ((uint64_t)task << 32 | TAKEN);
}

static uint64_t take(const struct look *look, uint32_t task, uint64_t *look_ticks) {
    uint64_t now = hb_now_ticks();
    note_idle(look, task, false);
    look->queue->is_behind = !bring_up_to_date(look, now);
    if (look->queue->is_behind) {
        *look_ticks = now;
        return HB_NO_REQUEST;
    }
    if (look->queue->waiting > 0)
        return take_oldest(look, task);
    *look_ticks = when_to_look(look, look->queue->idle);
    note_idle(look, task, *look_ticks != UINT64_MAX);
    return HB_NO_REQUEST;
}

/* While a queue is behind the lock is rarely free, and nobody waits for it. */
static bool acquire(uint64_t *lock, const struct queue *queue) {
    bool is_behind = *(const volatile bool *)&queue->is_behind;
    if (!is_behind)
        hb_lock_acquire(lock);
    return !is_behind || hb_lock_try(lock) == 0;
}

uint64_t hb_server_take(uint32_t task, uint64_t *look_ticks) {
    uint32_t group = hb_task_group(task);
    struct look look = look_of(group, queue_of(task));
    uint64_t request = workers[task].taken_plus_1 - 1ull;
    if (!has_taken(&look, task)) {
        if (!acquire(&servers[group].lock, look.queue)) {
            *look_ticks = hb_now_ticks() + AGAIN_TICKS;
            return HB_NO_REQUEST;
        }
        if (look.queue->next == 0)
            look.queue->next = look.queue->oldest = of_queue(&look, 0);
        request = take(&look, task, look_ticks);
        if (hb_flushes())
            hb_clean(look.queue, sizeof *look.queue);
        hb_lock_release(&servers[group].lock);
    }
    if (request != HB_NO_REQUEST)
        HB_TRACE(HB_TP_SERVER_TAKE, look.first + request, group);
    return request;
}

bool hb_server_reply(uint32_t task, uint64_t answer) {
    struct look look = look_of(hb_task_group(task), queue_of(task));
    if (!has_taken(&look, task))
        return false;
    uint32_t request = workers[task].taken_plus_1 - 1;
    HB_TRACE(HB_TP_SERVER_REPLY, look.first + request, answer & UINT32_MAX);
    set_word(&look, request, ANSWERED, task);
    return true;
}

/* ---- After a death ----------------------------------------------------------------------------------------------- */

bool hb_server_mend(const uint64_t *lock) {
    struct server *server = (struct server *)lock;
    if (server < servers || server >= servers + HB_GROUPS_MAX)
        return false;
    for (uint32_t q = 0; q < HB_SERVER_QUEUES_MAX; q++)
        server->queue[q] = (struct queue){.is_torn = true, .is_behind = true};
    if (hb_flushes())
        hb_clean(server, sizeof *server);
    return true;
}
