/* Address translation: Sv39, with two TLBs per hart, of code and of data (privileged specification, section 4.4).
 *
 * A walk reads the table through the L1D, one access per level; a page's A and D bits are set by an atomic
 * compare-and-swap of its PTE. There are no address-space identifiers (ASIDLEN is 0), and every sfence.vma and every
 * write of satp empties both. They are direct-mapped, so a hit changes nothing; they are part of the saved state,
 * because software can see what they still hold after a change of the table.
 */
#ifndef HB_CPU_MMU_H
#define HB_CPU_MMU_H

#include <stdbool.h>
#include <stdint.h>

#include "cpu/latch.h"

enum hb_intent { HB_INTENT_READ, HB_INTENT_WRITE, HB_INTENT_EXECUTE };

/* Are addresses of `mode` translated? */
static inline bool hb_mmu_is_on(const struct hb_hart *hart, uint8_t mode) {
    return hart->satp >> 60 == 8 && mode != HB_PRIV_M;
}

/* The physical address of `address` for `mode`, as far as it is known now. HB_PROGRESS_WAIT: the walk waits for the
 * bus; HB_PROGRESS_FAULT: `*cause` is the exception. What is known is kept in the in-flight record, so that the
 * instruction does not translate again when it is executed again. `place`: 0, or 1 for the second page of an access.
 */
enum hb_progress hb_mmu_translate(struct hb_core *core, uint64_t address, uint8_t mode, enum hb_intent intent,
                                  uint32_t place, uint64_t now, uint64_t *physical, uint64_t *cause);

/* What a TLB knows of `address`, for host lookups: may `mode` do this there without a walk? */
bool hb_mmu_look_up(const struct hb_hart *hart, uint64_t address, uint8_t mode, enum hb_intent intent,
                    uint64_t *physical);

/* Forget every translation. */
void hb_mmu_flush(struct hb_core *core);

/* For debuggers: walk without leaving a trace. False: not mapped, or not in memory. */
bool hb_mmu_debug_translate(const struct hb_core *core, uint64_t address, uint64_t *physical);

#endif
