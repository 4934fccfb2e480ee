#include "osmodel/guest/smp/finish.h"

#include "osmodel/guest/lib/console.h"
#include "osmodel/guest/lib/devices.h"
#include "osmodel/guest/lib/lock.h"
#include "osmodel/guest/lib/params.h"
#include "osmodel/guest/smp/counter.h"
#include "osmodel/guest/smp/heartbeat.h"
#include "osmodel/guest/smp/task.h"

enum { EXIT_PASSED = 0, EXIT_TASKS_LOST = 1, EXIT_COUNTERS_WRONG = 2 };

static uint64_t finish_lock __attribute__((aligned(HB_LOCK_ALIGN)));

/* Ended tasks stay ended, so each hart resumes where it stopped looking. */
bool hb_all_tasks_ended(void) {
    struct hb_smp_hart *self = hb_self();
    while (self->ended < hb_params.workload_tasks && hb_task_has_ended(hb_load(&hb_task_words[self->ended]))) {
        self->ended++;
        hb_breathe_in_loop(self->ended);
    }
    return self->ended >= hb_params.workload_tasks;
}

static uint64_t count_done(void) {
    uint64_t done = 0;
    for (uint32_t task = 0; task < hb_params.workload_tasks; task++) {
        done += hb_task_state(hb_load(&hb_task_words[task])) == HB_TASK_DONE;
        hb_breathe_in_loop(task);
    }
    return done;
}

static uint64_t results_hash(void) {
    uint64_t hash = hb_params.workload_tasks;
    for (uint32_t task = 0; task < hb_params.workload_tasks; task++) {
        hash = hb_results_mix(hash, hb_load(&hb_results[task].checksum));
        hb_breathe_in_loop(task);
    }
    return hash;
}

static uint64_t increments_due(void) {
    return hb_params.workload_tasks * hb_params.workload_work;
}

static uint32_t verdict(uint64_t lost) {
    if (lost > 0)
        return EXIT_TASKS_LOST;
    bool counts = hb_params.workload_kind != HB_KIND_BATCH;
    return counts && hb_counters_sum() != increments_due() ? EXIT_COUNTERS_WRONG : EXIT_PASSED;
}

/* The lock is never released. Harts that wait for it beat and watch; should its owner die, recovery frees it. */
_Noreturn void hb_finish_run(void) {
    hb_lock_acquire(&finish_lock);
    uint64_t tasks = hb_params.workload_tasks;
    uint64_t done = count_done();
    uint32_t code = verdict(tasks - done);
    hb_print("smp: %u tasks done, %u lost, results %x\n", done, tasks - done, results_hash());
    if (code == EXIT_COUNTERS_WRONG)
        hb_print("smp: counters wrong: %u increments are in them, %u were made\n", hb_counters_sum(), increments_due());
    hb_finish(code);
}

void hb_finish_recover_lock(uint32_t dead) {
    if (hb_lock_steal(&finish_lock, dead))
        hb_lock_release(&finish_lock);
}
