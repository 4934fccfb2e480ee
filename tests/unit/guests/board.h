/* What the bare-metal programs of the tests need of the board. */
#ifndef HB_TEST_BOARD_H
#define HB_TEST_BOARD_H

#include <stdint.h>

#include "osmodel/abi.h"

#define FINISHER (*(volatile uint32_t *)0x100000)
#define MSIP     ((volatile uint32_t *)0x2000000)
#define MTIMECMP ((volatile uint64_t *)0x2004000)
#define MTIME    (*(volatile uint64_t *)0x200bff8)
#define UART     ((volatile uint8_t *)0x10000000)

#define CSR_READ(name)                                                                                                 \
    ({                                                                                                                 \
        uint64_t value;                                                                                                \
        __asm__ volatile("csrr %0, " #name : "=r"(value));                                                             \
        value;                                                                                                         \
    })
#define CSR_WRITE(name, value) __asm__ volatile("csrw " #name ", %0" ::"r"((uint64_t)(value)) : "memory")
#define CSR_SET(name, value)   __asm__ volatile("csrs " #name ", %0" ::"r"((uint64_t)(value)) : "memory")
#define CSR_CLEAR(name, value) __asm__ volatile("csrc " #name ", %0" ::"r"((uint64_t)(value)) : "memory")

#define TRACE(id, subject, argument)                                                                                   \
    __asm__ volatile("slti x0, %0, %1" ::"r"((uint64_t)(uint32_t)(subject) | (uint64_t)(argument) << 32), "i"(id)      \
                     : "memory")

#define POWER(hart, offset) (HB_POWER_BASE + HB_POWER_STRIDE * (hart) + (offset))

/* The note that makes an image one with tracepoints. */
#define NOTE(is_amp, jitter)                                                                                           \
    const struct {                                                                                                     \
        uint32_t name_bytes, descriptor_bytes, type;                                                                   \
        char name[12];                                                                                                 \
        struct hb_note descriptor;                                                                                     \
    } __attribute__((packed)) note __attribute__((section(".note.hartbeat"), aligned(4), used)) = {                    \
        9, sizeof(struct hb_note), HB_NOTE_TYPE, "hartbeat", {HB_ABI_VERSION, is_amp, jitter}}

static inline void print(const char *text) {
    while (*text)
        *UART = (uint8_t)*text++;
}

static inline uint64_t fetch_add(uint64_t *at, uint64_t by) {
    return __atomic_fetch_add(at, by, __ATOMIC_SEQ_CST);
}

#endif
