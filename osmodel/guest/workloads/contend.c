/* `contend`: increments of shared counters. What a task adds to its sum at each increment depends on the seed and the
 * task alone, so the sum after `work` of them is known in advance: a lost or doubled one shows. */
#include "osmodel/guest/workloads/workload.h"

uint64_t hb_contend_step(uint64_t seed, uint32_t task) {
    return (seed * 2654435761u ^ task * (uint64_t)40503u) << 1 | 1;
}

uint32_t hb_contend_counter(uint64_t seed, uint32_t task, uint64_t sequence, uint64_t locks) {
    uint64_t x = (seed + task) * 40503u + sequence * 2654435761u;
    return (uint32_t)((x ^ x >> 16) % locks);
}

uint64_t hb_contend_checksum(uint64_t seed, uint32_t task, uint64_t work) {
    return seed + task + work * hb_contend_step(seed, task);
}
