/* A scheduler, tried on the host: tasks join a queue and leave it at random, for each reason that there is, and the
 * kernel's count is kept beside. It may delay a task, but it must neither lose one nor give one twice. */
#include <stdio.h>
#include <string.h>

#include "memory/hash.h"
#include "osmodel/guest/machine/console.h"
#include "osmodel/lab/cage.h"
#include "osmodel/lab/lab.h"

#define TASKS  24u
#define STEPS  20000u
#define GROUPS 3u

/* ---- What a scheduler may ask of the kernel ---------------------------------------------------------------------- */

volatile struct hb_params hb_params = {
    .cycles_per_tick = 10, .quantum_cycles = 20000, .workload_tasks = TASKS, .workload_groups = GROUPS};
struct hb_board hb_board = {.harts = 4};
uint64_t hb_task_words[HB_TASKS_MAX];
struct hb_task hb_tasks[HB_TASKS_MAX];
uint8_t hb_task_groups[HB_TASKS_MAX];

static struct hb_smp_hart self = {.quantum = {20000, 2000}};
static uint32_t hart;
static uint64_t now;

struct hb_smp_hart *hb_self(void) {
    return &self;
}

uint32_t hb_hart_id(void) {
    return hart;
}

uint64_t hb_now_ticks(void) {
    return now;
}

void hb_breathe(void) {}

void hb_quantum_work_out(struct hb_period *quantum) {
    quantum->cycles = hb_params.quantum_cycles;
}

uint32_t hb_groups(void) {
    return GROUPS;
}

uint32_t hb_task_priority(uint32_t number) {
    return number % HB_LEVELS;
}

uint32_t hb_task_weight(uint32_t number) {
    return 1 + hb_task_groups[number];
}

uint64_t hb_task_length(uint32_t number) {
    return 100 + number * 37 % 50;
}

/* ---- The trial --------------------------------------------------------------------------------------------------- */

static struct hb_rq queue;
static bool waits[TASKS];
static uint32_t waiting;
static enum hb_why why_next[TASKS]; /* when it joins again */
static char line[160];

static _Noreturn void blame(const char *did, uint32_t number, const char *more) {
    snprintf(line, sizeof line, "scheduler \"mine\" %s task %u%s", did, number, more);
    hb_cage_leave(1, line);
}

static void join(uint32_t number, enum hb_why why) {
    hb_cage_doing("enqueue");
    hb_mine.enqueue(&queue, number, why);
    waits[number] = true;
    waiting++;
}

/* As after the death of a hart that was changing the queue. */
static void rebuild(void) {
    memset(queue.level, 0, sizeof queue.level);
    memset(queue.note, 0, sizeof queue.note);
    waiting = 0;
    for (uint32_t number = 0; number < TASKS; number++)
        if (waits[number])
            join(number, HB_WHY_REBUILT);
}

static void blame_for_loss(bool rebuilt) {
    uint32_t number = 0;
    while (number + 1 < TASKS && !waits[number])
        number++;
    blame("lost", number, rebuilt ? ", which joined its queue as REBUILT" : "");
}

static void pick(bool rebuilt) {
    hb_cage_doing("pick");
    uint32_t number = hb_mine.pick(&queue, now);
    if (number == HB_NO_TASK)
        blame_for_loss(rebuilt);
    if (number >= TASKS || !waits[number])
        blame("returned", number, ", which does not wait in this queue");
    waits[number] = false;
    waiting--;
    hb_cage_doing("slice");
    uint64_t slice = hb_mine.slice ? hb_mine.slice(number, now) : HB_FOREVER;
    hb_cage_doing("charge");
    if (hb_mine.charge)
        hb_mine.charge(number, slice < 2000 ? slice : 2000);
}

/* All that wait come out again, whatever order. */
static void drain(bool rebuilt) {
    while (waiting > 0) {
        now += 100;
        pick(rebuilt);
    }
}

static void step(uint64_t drawn) {
    uint32_t number = (uint32_t)(drawn >> 8) % TASKS;
    hart = (uint32_t)(drawn >> 32) % hb_board.harts;
    now += drawn >> 40 & 0xfff;
    if (drawn % 2 == 0 && waiting > 0) {
        pick(false);
    } else if (!waits[number]) {
        join(number, why_next[number]);
        why_next[number] = HB_WHY_WOKEN + drawn % 3;
    }
}

int main(void) {
    for (uint32_t number = 0; number < TASKS; number++)
        hb_task_groups[number] = (uint8_t)(number % GROUPS);
    if (!hb_mine.enqueue || !hb_mine.pick) {
        puts("scheduler \"mine\" has no enqueue, or no pick");
        return 1;
    }
    hb_cage_enter();
    for (uint32_t i = 0; i < STEPS; i++)
        step(hb_choice(1, 2, i));
    drain(false);
    for (uint32_t number = 0; number < TASKS; number++)
        join(number, HB_WHY_NEW);
    rebuild();
    drain(true);
    hb_cage_leave(0, NULL);
}
