#include "osmodel/guest/workloads/kinds.h"

#include <stddef.h>

#include "osmodel/guest/workloads/threads.h"
#include "osmodel/guest/workloads/transactions.h"
#include "osmodel/guest/workloads/workload.h"

/* ---- What threads share ------------------------------------------------------------------------------------------ */

static uint64_t in_lines(uint64_t bytes) {
    return (bytes + HB_USER_LINE - 1) / HB_USER_LINE * HB_USER_LINE;
}

static uint64_t share_bytes(const volatile struct hb_group *group) {
    uint64_t counters_bytes = group->locks * HB_SHARED_COUNTER_BYTES;
    bool spins = group->lock >= HB_USER_LOCK_TAS;
    return spins ? in_lines(counters_bytes) + group->locks * HB_USER_LOCK_BYTES : counters_bytes;
}

/* A spinning barrier, and two squares: grids or matrices. */
static uint64_t squares_bytes(const volatile struct hb_group *group) {
    return HB_USER_BARRIER_BYTES + in_lines(2 * group->size * group->size * sizeof(double));
}

static uint64_t tables_bytes(const volatile struct hb_group *group) {
    return in_lines(group->tasks * HB_MAP_WORDS * sizeof(uint64_t));
}

static uint32_t buffers(const volatile struct hb_group *group) {
    return hb_pipeline_stages(group->stages, group->tasks) - 1;
}

static uint64_t buffers_bytes(const volatile struct hb_group *group) {
    return buffers(group) * hb_pipeline_buffer_bytes(group->size);
}

/* ---- What they wait for ------------------------------------------------------------------------------------------ */

static uint32_t counter_mutexes(const volatile struct hb_group *group) {
    return (uint32_t)group->locks;
}

static uint32_t account_mutexes(const volatile struct hb_group *group) {
    return group->service == HB_SERVICE_TRANSACTION ? (uint32_t)group->locks : 0;
}

static uint32_t one_object(const volatile struct hb_group *group) {
    (void)group;
    return 1;
}

/* For each buffer a condition for when it is not empty and one for when it is not full; and a barrier. */
static uint32_t buffer_conditions(const volatile struct hb_group *group) {
    return 2 * buffers(group) + 1;
}

static uint32_t one_fork_each(const volatile struct hb_group *group) {
    return (uint32_t)group->tasks;
}

/* The only object of philosophers that is not a fork is a semaphore. */
static uint64_t seats(const volatile struct hb_group *group, uint32_t object) {
    return object == group->tasks ? group->tasks - 1 : 0;
}

static bool takes_seats(const volatile struct hb_group *group) {
    return group->forks == HB_FORKS_SEATS;
}

/* As osmodel/guest/user/selftest/selftest.h names them. */
static uint64_t selftest_bytes(const volatile struct hb_group *group) {
    (void)group;
    return HB_SELFTEST_BYTES;
}

static uint32_t selftest_mutexes(const volatile struct hb_group *group) {
    (void)group;
    return 2;
}

static uint32_t selftest_others(const volatile struct hb_group *group) {
    (void)group;
    return 4;
}

static uint64_t selftest_value(const volatile struct hb_group *group, uint32_t object) {
    (void)group;
    return object == 5 ? 2 : 0;
}

const struct hb_kind hb_kinds[HB_KINDS] = {
    [HB_KIND_BATCH] = {.name = "batch",
                       .contract = HB_CONTRACT_TASK,
                       .may_go_back = true,
                       .set_bytes = hb_batch_set_bytes,
                       .set_bytes_max = hb_batch_set_bytes_max},
    [HB_KIND_CONTEND] = {.name = "contend",
                         .contract = HB_CONTRACT_COMMIT,
                         .may_go_back = true,
                         .counts = true,
                         .mutexes = counter_mutexes},
    [HB_KIND_SHARE] = {.name = "share",
                       .contract = HB_CONTRACT_TASK,
                       .counts = true,
                       .shared_bytes = share_bytes,
                       .mutexes = counter_mutexes},
    [HB_KIND_STENCIL] = {.name = "stencil",
                         .contract = HB_CONTRACT_GROUP,
                         .shared_bytes = squares_bytes,
                         .others = one_object},
    [HB_KIND_MATMUL] = {.name = "matmul",
                        .contract = HB_CONTRACT_GROUP,
                        .shared_bytes = squares_bytes,
                        .others = one_object},
    [HB_KIND_MAPREDUCE] = {.name = "mapreduce",
                           .contract = HB_CONTRACT_GROUP,
                           .shared_bytes = tables_bytes,
                           .others = one_object},
    [HB_KIND_PIPELINE] = {.name = "pipeline",
                          .contract = HB_CONTRACT_GROUP,
                          .shared_bytes = buffers_bytes,
                          .mutexes = buffers,
                          .others = buffer_conditions},
    [HB_KIND_PHILOSOPHERS] = {.name = "philosophers",
                              .contract = HB_CONTRACT_TASK,
                              .takes_seats = takes_seats,
                              .mutexes = one_fork_each,
                              .others = one_object,
                              .value = seats},
    [HB_KIND_SELFTEST] = {.name = "selftest",
                          .contract = HB_CONTRACT_GROUP,
                          .shared_bytes = selftest_bytes,
                          .mutexes = selftest_mutexes,
                          .others = selftest_others,
                          .value = selftest_value},
    [HB_KIND_SERVER] = {.name = "server",
                        .contract = HB_CONTRACT_COMMIT,
                        .shared_bytes = hb_transactions_bytes,
                        .mutexes = account_mutexes},
    [HB_KIND_INTERACTIVE] = {.name = "interactive", .contract = HB_CONTRACT_TASK, .may_go_back = true},
    [HB_KIND_ECHO] = {.name = "echo", .contract = HB_CONTRACT_COMMIT},
};
