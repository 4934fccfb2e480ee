#include "osmodel/guest/smp/server.h"

#include "osmodel/guest/lib/lock.h"
#include "osmodel/guest/lib/params.h"
#include "osmodel/guest/machine/atomic.h"
#include "osmodel/guest/machine/tracepoint.h"
#include "osmodel/guest/smp/heartbeat.h"
#include "osmodel/guest/smp/task.h"
#include "osmodel/guest/workloads/arrivals.h"

/* Of a request: bits 0..7: state; 32..63: the task that has taken it. */
enum state { AHEAD, WAITING, TAKEN, ANSWERED, REFUSED };

struct queue {
    uint32_t next;    /* all of its requests before this one have arrived */
    uint32_t oldest;  /* none before this one waits */
    uint32_t waiting; /* how many do */
    uint32_t idle;    /* workers that sleep until one arrives */
};

struct server {
    uint64_t lock;
    struct queue queue[HB_SERVER_QUEUES_MAX];
} __attribute__((aligned(HB_LOCK_ALIGN)));

static struct server servers[HB_GROUPS_MAX];
static uint64_t words[HB_REQUESTS_MAX] __attribute__((aligned(HB_LINE_ALIGN)));
static uint64_t arrivals[HB_REQUESTS_MAX]; /* in ticks since all harts were up */
static uint64_t opened;                    /* when they were, in ticks */

/* Of a worker; its own but for is_idle, which is counted under the lock. */
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
            arrivals[first + request] = hb_ticks(cycles);
            hb_breathe_in_loop(request);
        }
    }
}

void hb_server_open(uint64_t now) {
    opened = now;
}

/* ---- Under the lock ---------------------------------------------------------------------------------------------- */

static void set_word(const struct look *look, uint32_t request, enum state state, uint32_t task) {
    hb_store(&words[look->first + request], (uint64_t)task << 32 | state);
}

static enum state state_of(const struct look *look, uint32_t request) {
    return (enum state)(hb_load(&words[look->first + request]) & 0xff);
}

/* What a full queue refuses is gone: in the order in which they arrived, as if each had been seen when it came. */
static void let_in(const struct look *look, uint64_t now) {
    struct queue *queue = look->queue;
    uint64_t room = hb_params.group[look->group].room;
    for (uint32_t step = 0; queue->next < look->requests && arrival_of(look, queue->next) <= now; step++) {
        bool has_room = queue->waiting < room;
        set_word(look, queue->next, has_room ? WAITING : REFUSED, 0);
        queue->waiting += has_room;
        if (!has_room)
            HB_TRACE(HB_TP_SERVER_DROP, look->first + queue->next, look->group);
        queue->next = of_queue(look, queue->next + 1);
        hb_breathe_in_loop(step);
    }
}

static uint32_t take_oldest(const struct look *look, uint32_t task) {
    struct queue *queue = look->queue;
    while (state_of(look, queue->oldest) != WAITING)
        queue->oldest = of_queue(look, queue->oldest + 1);
    uint32_t request = queue->oldest;
    workers[task].taken_plus_1 = request + 1;
    set_word(look, request, TAKEN, task);
    queue->waiting--;
    return request;
}

/* Each worker that sleeps waits for an arrival of its own, so that one wakes for each. */
static uint64_t when_to_look(const struct look *look, uint32_t idle) {
    uint32_t request = look->queue->next;
    for (uint32_t i = 0; i < idle && request < look->requests; i++)
        request = of_queue(look, request + 1);
    return request < look->requests ? arrival_of(look, request) : UINT64_MAX;
}

static void note_idle(const struct look *look, uint32_t task, bool is_idle) {
    look->queue->idle += is_idle;
    look->queue->idle -= workers[task].is_idle;
    workers[task].is_idle = is_idle;
}

/* ---- Calls ------------------------------------------------------------------------------------------------------- */

static bool has_taken(const struct look *look, uint32_t task) {
    uint32_t taken_plus_1 = workers[task].taken_plus_1;
    return taken_plus_1 != 0 && hb_load(&words[look->first + taken_plus_1 - 1]) == ((uint64_t)task << 32 | TAKEN);
}

static uint64_t take(const struct look *look, uint32_t task, uint64_t *look_ticks) {
    note_idle(look, task, false);
    let_in(look, hb_now_ticks());
    if (look->queue->waiting > 0)
        return take_oldest(look, task);
    *look_ticks = when_to_look(look, look->queue->idle);
    note_idle(look, task, *look_ticks != UINT64_MAX);
    return HB_NO_REQUEST;
}

uint64_t hb_server_take(uint32_t task, uint64_t *look_ticks) {
    uint32_t group = hb_task_group(task);
    struct look look = look_of(group, queue_of(task));
    uint64_t request = workers[task].taken_plus_1 - 1ull;
    if (!has_taken(&look, task)) {
        hb_lock_acquire(&servers[group].lock);
        if (look.queue->next == 0)
            look.queue->next = look.queue->oldest = of_queue(&look, 0);
        request = take(&look, task, look_ticks);
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

static void count_queue(const struct look *look) {
    *look->queue = (struct queue){0};
    uint32_t request = of_queue(look, 0);
    look->queue->oldest = request;
    for (uint32_t step = 0; request < look->requests && state_of(look, request) != AHEAD; step++) {
        look->queue->waiting += state_of(look, request) == WAITING;
        request = of_queue(look, request + 1);
        hb_breathe_in_loop(step);
    }
    look->queue->next = request;
}

bool hb_server_mend(const uint64_t *lock) {
    const struct server *server = (const struct server *)lock;
    if (server < servers || server >= servers + HB_GROUPS_MAX)
        return false;
    uint32_t group = (uint32_t)(server - servers);
    const volatile struct hb_group *of = &hb_params.group[group];
    for (uint32_t q = 0; q < hb_server_queues(of); q++) {
        struct look look = look_of(group, q);
        count_queue(&look);
    }
    for (uint64_t task = of->first; task < of->first + of->tasks; task++)
        servers[group].queue[queue_of((uint32_t)task)].idle += workers[task].is_idle;
    return true;
}
