/* expected_hash TASKS WORK: the hash over all results that the kernels print at the end of a batch with seed 1, from
 * the host's own checksums. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "osmodel/expected.h"

/* As hb_results_mix in osmodel/guest/lib/params.c. */
static uint64_t mix(uint64_t hash, uint64_t checksum) {
    hash = (hash ^ checksum) * 0x9e3779b97f4a7c15u;
    return hash ^ hash >> 29;
}

int main(int argc, char **argv) {
    if (argc != 3)
        return 2;
    uint32_t tasks = (uint32_t)strtoul(argv[1], NULL, 10);
    struct hb_params params = {.seed = 1,
                               .workload_tasks = tasks,
                               .workload_groups = 1,
                               .group = {{.kind = HB_KIND_BATCH, .tasks = tasks, .work = strtoull(argv[2], NULL, 10)}}};
    uint64_t hash = tasks;
    for (uint32_t task = 0; task < tasks; task++)
        hash = mix(hash, hb_os_expected_checksum(&params, task));
    printf("%" PRIx64 "\n", hash);
    return 0;
}
