/* The tasks' work, as pure functions that compile for the guest (freestanding, U mode) and for the host alike.
 *
 * They touch nothing but their arguments and the stack, call no library and use no static data that is written, so the
 * same input gives the same checksum wherever they run. The host computes the checksums that it expects with them.
 */
#ifndef HB_WORKLOAD_H
#define HB_WORKLOAD_H

#include <stdint.h>

#define HB_WORKLOAD_SET_DEFAULT_BYTES (48u * 1024u) /* working set of a large task: three times a 16 KiB L1D */
#define HB_WORKLOAD_SET_SMALL_BYTES   2048u         /* working set of a small one */

/* The working set of a batch task, in bytes: small for even tasks, `set_bytes` (0: the default) for odd ones. */
uint64_t hb_batch_set_bytes(uint32_t task, uint64_t set_bytes);

/* Run batch task `task`: `work` units (about 1,000 instructions each) over `set`, `bytes` long (as told by
 * hb_batch_set_bytes) and 64-byte aligned; what it held before does not matter. Gives the checksum. */
uint64_t hb_batch_run(uint64_t seed, uint32_t task, uint64_t work, uint8_t *set, uint64_t bytes);

/* The checksum that a contend task must bring home after `work` increments, by a closed formula. After 0 it is what the
 * task's sum starts from, and every increment adds hb_contend_step. */
uint64_t hb_contend_checksum(uint64_t seed, uint32_t task, uint64_t work);
uint64_t hb_contend_step(uint64_t seed, uint32_t task);

/* The counter, 0 .. locks - 1, that increment number `sequence` (from 0) of a contend task goes to. */
uint32_t hb_contend_counter(uint64_t seed, uint32_t task, uint64_t sequence, uint64_t locks);

#endif
