/* Registers: PLIC specification 1.0.0, and QEMU's `virt` board, on which context 2 h is machine mode of hart h. */
#include "osmodel/guest/machine/plic.h"

#include "osmodel/guest/machine/atomic.h"
#include "osmodel/guest/machine/board.h"

#define ENABLE         0x2000u
#define ENABLE_STRIDE  0x80u
#define CONTEXT        0x200000u
#define CONTEXT_STRIDE 0x1000u
#define CLAIM          4u

static volatile uint32_t *register32(uint64_t offset) {
    return (volatile uint32_t *)(HB_PLIC_BASE + offset);
}

static volatile uint32_t *enable_word(uint32_t hart, uint32_t source) {
    return register32(ENABLE + (uint64_t)ENABLE_STRIDE * 2 * hart + source / 32 * 4);
}

static volatile uint32_t *claim_register(uint32_t hart) {
    return register32(CONTEXT + (uint64_t)CONTEXT_STRIDE * 2 * hart + CLAIM);
}

void hb_plic_begin(uint32_t source) {
    *register32(4ull * source) = 1; /* its priority */
}

void hb_plic_enable(uint32_t hart, uint32_t source, bool on) {
    uint32_t bit = 1u << source % 32;
    volatile uint32_t *word = enable_word(hart, source);
    *word = on ? *word | bit : *word & ~bit;
}

bool hb_plic_is_enabled(uint32_t hart, uint32_t source) {
    return *enable_word(hart, source) >> source % 32 & 1;
}

uint32_t hb_plic_claim(uint32_t hart) {
    uint32_t source = *claim_register(hart);
    hb_fence();
    return source;
}

void hb_plic_complete(uint32_t hart, uint32_t source) {
    hb_fence(); /* whoever claims it next finds what was done here */
    *claim_register(hart) = source;
}
