#include "osmodel/guest/smp/finish.h"

#include "osmodel/guest/lib/lock.h"
#include "osmodel/guest/lib/params.h"
#include "osmodel/guest/machine/console.h"
#include "osmodel/guest/machine/devices.h"
#include "osmodel/guest/machine/riscv.h"
#include "osmodel/guest/machine/tracepoint.h"
#include "osmodel/guest/smp/counter.h"
#include "osmodel/guest/smp/heartbeat.h"
#include "osmodel/guest/smp/task.h"
#include "osmodel/guest/smp/timer.h"
#include "osmodel/guest/workloads/kinds.h"

#define PIECE_TASKS 96u /* looked at without a pause */

enum { EXIT_PASSED = 0, EXIT_TASKS_LOST = 1, EXIT_COUNTERS_WRONG = 2 };

static uint64_t finish_lock __attribute__((aligned(HB_LOCK_ALIGN)));

/* Ended tasks stay ended, so each hart resumes where it stopped looking. */
enum hb_end hb_look_for_end(void) {
    struct hb_smp_hart *self = hb_self();
    for (uint32_t i = 0; i < PIECE_TASKS; i++) {
        if (self->ended >= hb_params.workload_tasks)
            return HB_END_REACHED;
        if (!hb_task_has_ended(hb_load(&hb_task_words[self->ended])))
            return HB_END_FAR;
        self->ended++;
        hb_breathe_in_loop(i);
    }
    return HB_END_UNKNOWN;
}

/* A long loop, and nobody to switch to. */
static void nap_in_loop(uint32_t step) {
    if (step % PIECE_TASKS == PIECE_TASKS - 1)
        hb_nap();
}

static uint64_t count_done(void) {
    uint64_t done = 0;
    for (uint32_t task = 0; task < hb_params.workload_tasks; task++) {
        done += hb_task_state(hb_load(&hb_task_words[task])) == HB_TASK_DONE;
        nap_in_loop(task);
    }
    return done;
}

static uint64_t results_hash(void) {
    uint64_t hash = hb_params.workload_tasks;
    for (uint32_t task = 0; task < hb_params.workload_tasks; task++) {
        hash = hb_results_mix(hash, hb_load(&hb_results[task].checksum));
        nap_in_loop(task);
    }
    return hash;
}

static uint64_t increments_due(uint32_t number) {
    const volatile struct hb_group *group = &hb_params.group[number];
    return hb_kinds[group->kind].counts ? group->tasks * group->work : 0;
}

/* The first group whose counters do not hold what its tasks have counted; the number of groups if all do. */
static uint32_t wrong_group(void) {
    uint32_t group = 0;
    while (group < hb_params.workload_groups && hb_counters_sum(group) == increments_due(group))
        group++;
    return group;
}

static void acquire_lock(void) {
    uint64_t word = hb_lock_try(&finish_lock);
    if (word != 0)
        HB_TRACE(HB_TP_LOCK_WAIT, (uintptr_t)&finish_lock, HB_LOCK_OWNER(word));
    for (; word != 0; word = hb_lock_try(&finish_lock)) {
        hb_spin_poll();
        hb_nap();
    }
}

/* The lock is never released. Harts that wait for it beat and watch; should its owner die, recovery frees it. */
_Noreturn void hb_finish_run(void) {
    hb_clear_interrupt(hb_hart_id());
    acquire_lock();
    uint64_t tasks = hb_params.workload_tasks;
    uint64_t done = count_done();
    hb_print("smp: %u tasks done, %u lost, results %x\n", done, tasks - done, results_hash());
    if (done < tasks)
        hb_finish(EXIT_TASKS_LOST);
    uint32_t group = wrong_group();
    if (group == hb_params.workload_groups)
        hb_finish(EXIT_PASSED);
    hb_print("smp: counters wrong: %u increments are in them, %u were made\n", hb_counters_sum(group),
             increments_due(group));
    hb_finish(EXIT_COUNTERS_WRONG);
}

void hb_finish_recover_lock(uint32_t dead) {
    if (hb_lock_steal(&finish_lock, dead))
        hb_lock_release(&finish_lock);
}
