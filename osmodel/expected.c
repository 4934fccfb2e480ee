#include "osmodel/expected.h"

#include <stdio.h>
#include <stdlib.h>

#include "osmodel/guest/workloads/arrivals.h"
#include "osmodel/guest/workloads/groups.h"
#include "osmodel/guest/workloads/kinds.h"
#include "osmodel/guest/workloads/threads.h"
#include "osmodel/guest/workloads/workload.h"

#define LINE_BYTES 64u
#define SMALL_WORK 4096u /* units that the host computes in milliseconds */

static uint64_t expect_batch(uint64_t seed, const struct hb_group *group, uint32_t task) {
    struct hb_batch_plan plan = hb_batch_plan(seed, group, task);
    uint8_t *set = aligned_alloc(LINE_BYTES, plan.set_bytes);
    if (!set) {
        fprintf(stderr, "no memory for the %llu bytes of task %u\n", (unsigned long long)plan.set_bytes, task);
        abort();
    }
    uint64_t checksum = hb_batch_run(seed, task, &plan, set);
    free(set);
    return checksum;
}

static uint64_t expect_counting(uint64_t seed, const struct hb_group *group, uint32_t task) {
    return hb_contend_checksum(seed, task, group->work);
}

static uint64_t expect_interactive(uint64_t seed, const struct hb_group *group, uint32_t task) {
    uint8_t set[HB_SET_SMALL_BYTES] __attribute__((aligned(LINE_BYTES)));
    uint64_t sum = hb_interactive_burst(seed, task, 0, group->work, set);
    for (uint64_t burst = 1; burst < group->bursts; burst++)
        sum = hb_interactive_sum(sum, hb_interactive_burst(seed, task, burst, group->work, set));
    return sum;
}

/* ---- Threads: part after part ------------------------------------------------------------------------------------ */

static void *memory_of(uint64_t bytes) {
    void *memory = calloc(1, bytes);
    if (memory)
        return memory;
    fprintf(stderr, "no memory for the %llu bytes that threads share\n", (unsigned long long)bytes);
    abort();
}

static uint64_t expect_stencil(uint64_t seed, const struct hb_group *group, uint32_t task) {
    struct hb_part all = {0, group->size};
    double *grid = memory_of(group->size * group->size * sizeof *grid);
    double *next = memory_of(group->size * group->size * sizeof *next);
    hb_stencil_fill(grid, group->size, seed, all);
    hb_stencil_fill(next, group->size, seed, all);
    for (uint64_t step = 0; step < group->work; step++) {
        hb_stencil_step(grid, next, group->size, all);
        double *stepped = next;
        next = grid;
        grid = stepped;
    }
    uint64_t sum = hb_stencil_sum(grid, group->size, hb_part_of(group->size, task - group->first, group->tasks));
    free(grid);
    free(next);
    return sum;
}

static uint64_t expect_matmul(uint64_t seed, const struct hb_group *group, uint32_t task) {
    struct hb_part all = {0, group->size};
    struct hb_part alone = hb_matmul_alone(group->work, group->serial, task - group->first, group->tasks);
    struct hb_part together = hb_matmul_together(group->work, group->serial, task - group->first, group->tasks);
    double *a = memory_of(group->size * group->size * sizeof *a);
    double *b = memory_of(group->size * group->size * sizeof *b);
    uint64_t sum = task;
    hb_matmul_fill(a, group->size, seed, all);
    hb_matmul_fill(b, group->size, seed + 1, all);
    for (uint64_t row = alone.from; row < alone.to; row++)
        sum = hb_matmul_row(a, b, group->size, row, sum);
    for (uint64_t row = together.from; row < together.to; row++)
        sum = hb_matmul_row(a, b, group->size, row, sum);
    free(a);
    free(b);
    return sum;
}

/* That all count in one table gives the same totals. */
static uint64_t expect_mapreduce(uint64_t seed, const struct hb_group *group, uint32_t task) {
    uint64_t counts[HB_MAP_WORDS] = {0};
    for (uint64_t page = 0; page < group->tasks * group->work; page++)
        hb_map_page(seed, page, counts);
    return hb_reduce_words(counts, 1, hb_part_of(HB_MAP_WORDS, task - group->first, group->tasks));
}

static uint64_t expect_pipeline(uint64_t seed, const struct hb_group *group, uint32_t task) {
    uint32_t stages = hb_pipeline_stages(group->stages, group->tasks);
    uint64_t total = 0;
    for (uint64_t item = 0; item < group->work; item++) {
        uint64_t value = hb_pipeline_item(seed, item);
        for (uint32_t stage = 0; stage < stages; stage++)
            value = hb_pipeline_stage(value, stage);
        total += value;
    }
    return total + task;
}

static uint64_t expect_selftest(uint64_t seed, const struct hb_group *group, uint32_t task) {
    (void)seed, (void)group;
    return hb_selftest_checksum(task, HB_SELFTEST_CHECKS);
}

/* ---- By kind ----------------------------------------------------------------------------------------------------- */

static uint64_t expect_server(uint64_t seed, const struct hb_group *group, uint32_t task) {
    (void)group;
    return hb_server_checksum(seed, task);
}

static uint64_t (*const expect[HB_KINDS])(uint64_t seed, const struct hb_group *group, uint32_t task) = {
    [HB_KIND_SERVER] = expect_server,           [HB_KIND_BATCH] = expect_batch,
    [HB_KIND_CONTEND] = expect_counting,        [HB_KIND_SHARE] = expect_counting,
    [HB_KIND_STENCIL] = expect_stencil,         [HB_KIND_MATMUL] = expect_matmul,
    [HB_KIND_MAPREDUCE] = expect_mapreduce,     [HB_KIND_PIPELINE] = expect_pipeline,
    [HB_KIND_PHILOSOPHERS] = expect_counting,   [HB_KIND_SELFTEST] = expect_selftest,
    [HB_KIND_INTERACTIVE] = expect_interactive, [HB_KIND_ECHO] = expect_counting,
};

static bool batch_has_expected(const struct hb_group *group) {
    uint64_t bytes = group->set_bytes;
    if (group->sets == HB_SETS_FRESH)
        return group->work >= 1 && group->work <= HB_FRESH_WORK_MAX;
    return bytes == 0 || (bytes >= HB_SET_BYTES_MIN && bytes <= HB_SET_BYTES_MAX);
}

static const struct hb_group *group_of(const struct hb_params *params, uint32_t task) {
    return &params->group[hb_group_of(params, task)];
}

bool hb_os_has_expected(const struct hb_params *params, uint32_t task) {
    const struct hb_group *group = group_of(params, task);
    return group->kind < HB_KINDS && (group->kind != HB_KIND_BATCH || batch_has_expected(group));
}

bool hb_os_is_worth_computing(const struct hb_params *params, uint32_t task, uint64_t instructions) {
    const struct hb_group *group = group_of(params, task);
    uint64_t times = group->kind == HB_KIND_INTERACTIVE ? group->bursts : 1;
    if (group->kind != HB_KIND_BATCH && group->kind != HB_KIND_INTERACTIVE)
        return true;
    return group->work <= SMALL_WORK / times || group->work <= instructions / times;
}

uint64_t hb_os_expected_checksum(const struct hb_params *params, uint32_t task) {
    const struct hb_group *group = group_of(params, task);
    return expect[group->kind](params->seed, group, task);
}
