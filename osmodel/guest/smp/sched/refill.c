#include "osmodel/guest/smp/sched/refill.h"

#include "osmodel/guest/lib/params.h"
#include "osmodel/guest/machine/atomic.h"
#include "osmodel/guest/smp/task.h"

uint16_t hb_refill_marks[HB_TASKS_MAX] __attribute__((aligned(HB_LINE_ALIGN)));

/* How many there have been. None is 0, and by the time that one comes again all older ones are long over. */
static uint64_t fillings __attribute__((aligned(HB_LINE_ALIGN)));

void hb_refill_begin(struct hb_refill *refill) {
    refill->number = (uint16_t)(hb_fetch_add(&fillings, 1) % UINT16_MAX + 1);
    refill->left = (uint32_t)hb_params.workload_tasks;
}

uint32_t hb_refill_next(struct hb_refill *refill, int32_t *piece, uint64_t mask, uint64_t pattern) {
    uint32_t tasks = (uint32_t)hb_params.workload_tasks;
    while (refill->left != 0 && *piece > 0) {
        uint32_t task = tasks - refill->left--;
        *piece -= HB_REFILL_LOOK;
        if ((hb_load(&hb_task_words[task]) & mask) != pattern || hb_refill_marks[task] == refill->number)
            continue;
        *piece -= HB_REFILL_JOIN;
        return task;
    }
    return HB_NO_TASK;
}
