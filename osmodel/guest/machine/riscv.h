/* Single instructions that C cannot express. */
#ifndef HB_GUEST_RISCV_H
#define HB_GUEST_RISCV_H

#include <stdint.h>

#define HB_CSR_READ(name)                                                                                              \
    ({                                                                                                                 \
        uint64_t hb_csr_value;                                                                                         \
        __asm__ volatile("csrr %0, " #name : "=r"(hb_csr_value));                                                      \
        hb_csr_value;                                                                                                  \
    })
#define HB_CSR_WRITE(name, value) __asm__ volatile("csrw " #name ", %0" ::"r"((uint64_t)(value)) : "memory")

#define HB_INTERRUPT          (1ull << 63) /* in mcause */
#define HB_INTERRUPT_SOFTWARE 3u
#define HB_INTERRUPT_TIMER    7u
#define HB_CAUSE_ILLEGAL      2u
#define HB_INTERRUPT_EXTERNAL 11u
#define HB_CAUSE_ECALL_U      8u
#define HB_IRQ_SOFTWARE       (1u << HB_INTERRUPT_SOFTWARE) /* in mie, mip */
#define HB_IRQ_EXTERNAL       (1u << HB_INTERRUPT_EXTERNAL)
#define HB_IRQ_TIMER          (1u << HB_INTERRUPT_TIMER)

/* The executing hart. The kernels keep its id in tp; tasks may use tp freely. */
static inline uint32_t hb_hart_id(void) {
    uint64_t id;
    __asm__("mv %0, tp" : "=r"(id));
    return (uint32_t)id;
}

/* mtime, in ticks, read without the bus. */
static inline uint64_t hb_now_ticks(void) {
    uint64_t now;
    __asm__ volatile("rdtime %0" : "=r"(now));
    return now;
}

/* Sleep until an interrupt that mie enables is pending. The kernels keep mstatus.MIE clear, so it is not taken. */
static inline void hb_wait_for_interrupt(void) {
    __asm__ volatile("wfi" ::: "memory");
}

#endif
