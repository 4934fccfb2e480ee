/* The tasks' work, as pure functions that compile for the guest (freestanding, U mode) and for the host alike.
 *
 * They touch nothing but their arguments and the stack, call no library and use no writable static data, so the same
 * input gives the same checksum wherever they run. The host computes the checksums that it expects with them.
 */
#ifndef HB_WORKLOAD_H
#define HB_WORKLOAD_H

#include <stdint.h>

#include "osmodel/abi.h"

#define HB_WORKLOAD_SET_DEFAULT_BYTES (48u * 1024u) /* of a large task: three times a 16 KiB L1D */

/* What a batch task does. */
struct hb_batch_plan {
    uint64_t units;
    uint64_t set_bytes; /* a multiple of a block, which is two cache lines of 64 bytes */
    uint32_t kernel;    /* HB_KERNEL_* */
};

/* The plan of batch task `task` of `group`: a hash of (seed, task) chooses what the parameters leave open, so that no
 * two properties of a task go together, nor one with the hart that the task is dealt to. The parameters may be in the
 * guest's page, which the host changes in mid-run. */
struct hb_batch_plan hb_batch_plan(uint64_t seed, const volatile struct hb_group *group, uint32_t task);

/* The bytes of the set in that plan alone. */
uint64_t hb_batch_set_bytes(uint64_t seed, const volatile struct hb_group *group, uint32_t task);

/* No batch task of `group` has a larger set, in bytes. */
uint64_t hb_batch_set_bytes_max(const volatile struct hb_group *group);

/* Run batch task `task` by `plan`; a unit is about 1,000 instructions. `set` has the bytes of the plan and is aligned
 * to 64 bytes; what it held before does not matter. Gives the checksum. */
uint64_t hb_batch_run(uint64_t seed, uint32_t task, const struct hb_batch_plan *plan, uint8_t *set);

/* One burst of an interactive task: `units` of batch work on a small set (2 KiB, aligned to 64 bytes), whose contents
 * before do not matter. Gives its checksum; that of the task takes in one burst after another. */
uint64_t hb_interactive_burst(uint64_t seed, uint32_t task, uint64_t burst, uint64_t units, uint8_t *set);
uint64_t hb_interactive_sum(uint64_t sum, uint64_t burst);

/* The checksum that a contend task must deliver after `work` increments, by a closed formula. For 0 it is the value
 * from which the task's sum starts; every increment adds hb_contend_step. */
uint64_t hb_contend_checksum(uint64_t seed, uint32_t task, uint64_t work);
uint64_t hb_contend_step(uint64_t seed, uint32_t task);

/* The counter, 0 .. locks - 1, that increment number `sequence` (from 0) of a contend task goes to. */
uint32_t hb_contend_counter(uint64_t seed, uint32_t task, uint64_t sequence, uint64_t locks);

#endif
