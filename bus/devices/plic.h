/* PLIC: the platform-level interrupt controller, as SiFive's on QEMU's `virt` board.
 *
 *     0x000000 + 4 s             priority of source s (1 .. 95), 0 .. 7; 0: never
 *     0x001000 + 4 w             pending, one bit per source; read-only
 *     0x002000 + 0x80 c + 4 w    enabled for context c, one bit per source; bit 0 of word 0 is 0
 *     0x200000 + 0x1000 c        threshold of context c, 0 .. 7: only a higher priority interrupts
 *     0x200004 + 0x1000 c        read: claim (the best source, 0: none); write: complete
 *
 * Context 2 h is hart h's machine mode, 2 h + 1 its supervisor mode. All registers have 32 bits; other widths fault.
 * The gaps between the registers read as 0 and ignore writes.
 *
 * A source becomes pending each time its device signals, stays so until it is claimed, and does not interrupt while it
 * is in service (claimed and not completed). A completion does not look at the device again. QEMU's board does the
 * same, and it has to be so: a level-triggered gateway, as the RISC-V PLIC specification 1.0.0 has it, would interrupt
 * for ever when a driver leaves "transmitter empty" unread, and public kernels do. Devices signal whenever something
 * happens that is a reason for an interrupt or leaves one pending, so nothing gets lost.
 *
 * Otherwise as the specification says: claims do not look at the threshold, and a completion by a context for which the
 * source is not enabled has no effect.
 */
#ifndef HB_BUS_DEVICES_PLIC_H
#define HB_BUS_DEVICES_PLIC_H

#include <stdbool.h>
#include <stdint.h>

#include "bus/config.h"

#define HB_PLIC_SOURCES        96u /* 0 is none */
#define HB_PLIC_WORDS          (HB_PLIC_SOURCES / 32)
#define HB_PLIC_PRIORITY_MAX   7u
#define HB_PLIC_CONTEXTS_LIMIT (2 * HB_HARTS_LIMIT)

struct hb_plic_context {
    uint32_t enabled[HB_PLIC_WORDS];
    uint32_t threshold;
};

struct hb_plic {
    uint8_t priority[HB_PLIC_SOURCES];
    uint32_t pending[HB_PLIC_WORDS];
    uint32_t claimed[HB_PLIC_WORDS]; /* in service */
    struct hb_plic_context context[HB_PLIC_CONTEXTS_LIMIT];
};

/* A source's device signals. True: it was not pending before. */
bool hb_plic_signal(struct hb_plic *plic, uint32_t source);

/* No source is pending, as mostly: no context has an interrupt. */
static inline bool hb_plic_is_idle(const struct hb_plic *plic) {
    uint32_t pending = 0;
    for (uint32_t word = 0; word < HB_PLIC_WORDS; word++)
        pending |= plic->pending[word];
    return !pending;
}

/* The interrupt line of a context: some enabled source above its threshold is pending. */
bool hb_plic_interrupts(const struct hb_plic *plic, uint32_t context);

/* Register at `offset` from the base; the machine has `contexts`. A claim changes the state. False: wrong width. */
bool hb_plic_read(struct hb_plic *plic, uint64_t offset, uint32_t bytes, uint32_t contexts, uint64_t *value);
bool hb_plic_write(struct hb_plic *plic, uint64_t offset, uint32_t bytes, uint64_t value, uint32_t contexts);

/* True if a read of the register there may be a claim. */
bool hb_plic_read_claims(uint64_t offset);

#endif
