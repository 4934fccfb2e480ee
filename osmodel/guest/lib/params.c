#include "osmodel/guest/lib/params.h"

#include "osmodel/guest/lib/panic.h"

/* The defaults where no host says otherwise, as on QEMU. */
volatile struct hb_params hb_params __attribute__((section(".params"), aligned(4096))) = {
    .cycles_per_tick = 10,
    .seed = 1,
    .scheduler = HB_SCHED_ROUND_ROBIN,
    .quantum_cycles = 50000,
    .workload_tasks = 64,
    .workload_groups = 1,
    .heartbeat_period_cycles = 20000,
    .heartbeat_timeout_cycles = 60000,
    .heartbeat_check_cycles = 20000,
    .recovery_detect = HB_DETECT_RING,
    .recovery_ipi_retry = 1,
    .checkpoint_cycles = 100000,
    .recovery_fence = 1,
    .recovery_locks = HB_LOCKS_STEAL,
    .recovery_queues = HB_QUEUES_REBUILD,
    .recovery_restart = HB_RESTART_START,
    .recovery_kernel_data = HB_KERNEL_DATA_CACHED,
    .recovery_failover = HB_FAILOVER_NONE,
    .amp_locked = 1,
    .group = {{.kind = HB_KIND_BATCH,
               .tasks = 64,
               .work = 100,
               .locks = 4,
               .weight = 1,
               .placement = HB_PLACE_ANY,
               .size = 16}},
};

struct hb_result hb_results[HB_TASKS_MAX] __attribute__((aligned(128)));

uint64_t hb_ticks(uint64_t cycles) {
    uint64_t cycles_per_tick = hb_params.cycles_per_tick;
    return cycles == 0 ? 0 : (cycles - 1) / cycles_per_tick + 1;
}

static void check_group(const volatile struct hb_group *group, uint64_t first) {
    if (group->kind >= HB_KINDS)
        hb_panic("a group of tasks is of an unknown kind");
    if (group->tasks < 1 || group->tasks > HB_TASKS_MAX || group->first != first)
        hb_panic("the groups do not have 1 to 2048 tasks each, one group's after another's");
}

void hb_groups_check(void) {
    uint64_t tasks = 0;
    if (hb_params.workload_groups < 1 || hb_params.workload_groups > HB_GROUPS_MAX)
        hb_panic("the number of groups is not 1 to 8");
    for (uint32_t i = 0; i < hb_params.workload_groups; i++) {
        check_group(&hb_params.group[i], tasks);
        tasks += hb_params.group[i].tasks;
    }
    if (tasks > HB_TASKS_MAX || tasks != hb_params.workload_tasks)
        hb_panic("the number of tasks is not 1 to 2048, or not that of all groups together");
}

uint64_t hb_results_mix(uint64_t hash, uint64_t checksum) {
    hash = (hash ^ checksum) * 0x9e3779b97f4a7c15ull; /* 2^64 divided by the golden ratio */
    return hash ^ hash >> 29;
}

uint64_t hb_results_hash(uint32_t tasks) {
    uint64_t hash = tasks;
    for (uint32_t task = 0; task < tasks; task++)
        hash = hb_results_mix(hash, hb_results[task].checksum);
    return hash;
}
