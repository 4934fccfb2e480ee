/* The table of schedulers, by the parameter that names them. */
#include "osmodel/guest/lib/params.h"
#include "osmodel/guest/smp/sched/scheduler.h"
#include "osmodel/guest/smp/task.h"

const struct hb_scheduler *const hb_schedulers[HB_SCHEDULERS] = {
    [HB_SCHED_ROUND_ROBIN] = &hb_round_robin,
    [HB_SCHED_FIFO] = &hb_fifo,
};

const char *const hb_scheduler_names[HB_SCHEDULERS] = {
    [HB_SCHED_ROUND_ROBIN] = "round-robin",
    [HB_SCHED_FIFO] = "fifo",
};

uint64_t hb_quantum(void) {
    struct hb_period *quantum = &hb_self()->quantum;
    uint64_t cycles = hb_params.quantum_cycles;
    if (quantum->cycles != cycles || quantum->ticks == 0) {
        quantum->cycles = cycles;
        quantum->ticks = cycles > 0 ? hb_ticks(cycles) : 1;
    }
    return quantum->ticks;
}

/* What another scheduler has noted about a task means nothing to this one. */
uint64_t *hb_note(uint32_t task) {
    struct hb_task *of = &hb_tasks[task];
    if (of->noted_by != hb_params.scheduler) {
        of->noted_by = (uint32_t)hb_params.scheduler;
        of->note[0] = 0;
        of->note[1] = 0;
    }
    return of->note;
}
