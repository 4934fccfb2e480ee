/* `interactive`: somebody types, the task does a little, and sleeps until the next key. */
#include "osmodel/guest/workloads/kinds.h"
#include "osmodel/guest/workloads/workload.h"

uint64_t hb_interactive_burst(uint64_t seed, uint32_t task, uint64_t burst, uint64_t units, uint8_t *set) {
    struct hb_batch_plan plan = {.units = units, .set_bytes = HB_SET_SMALL_BYTES, .kernel = HB_KERNEL_CRC};
    return hb_batch_run(seed + burst, task, &plan, set);
}

uint64_t hb_interactive_sum(uint64_t sum, uint64_t burst) {
    return (sum << 9 | sum >> 55) ^ burst;
}
