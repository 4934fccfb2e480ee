/* The table of schedulers, by the parameter that names them. */
#include "osmodel/guest/smp/sched/scheduler.h"

const struct hb_scheduler *const hb_schedulers[HB_SCHEDULERS] = {
    [HB_SCHED_ROUND_ROBIN] = &hb_round_robin,
    [HB_SCHED_FIFO] = &hb_fifo,
    [HB_SCHED_PRIORITY] = &hb_priority,
    [HB_SCHED_MLFQ] = &hb_mlfq,
    [HB_SCHED_SJF] = &hb_sjf,
    [HB_SCHED_LOTTERY] = &hb_lottery,
    [HB_SCHED_FAIR] = &hb_fair,
    [HB_SCHED_GANG] = &hb_gang,
    [HB_SCHED_MINE] = &hb_mine,
};

const char *const hb_scheduler_names[HB_SCHEDULERS] = {
    [HB_SCHED_ROUND_ROBIN] = "round-robin",
    [HB_SCHED_FIFO] = "fifo",
    [HB_SCHED_PRIORITY] = "priority",
    [HB_SCHED_MLFQ] = "mlfq",
    [HB_SCHED_SJF] = "sjf",
    [HB_SCHED_LOTTERY] = "lottery",
    [HB_SCHED_FAIR] = "fair",
    [HB_SCHED_GANG] = "gang",
    [HB_SCHED_MINE] = "mine",
};
