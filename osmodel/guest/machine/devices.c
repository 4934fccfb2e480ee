#include "osmodel/guest/machine/devices.h"

#include "osmodel/abi.h"
#include "osmodel/guest/machine/atomic.h"
#include "osmodel/guest/machine/board.h"
#include "osmodel/guest/machine/riscv.h"

#define CLINT_MTIMECMP (HB_CLINT_BASE + 0x4000)
#define FINISHER_PASS  0x5555u
#define FINISHER_FAIL  0x3333u

struct hb_board hb_board = {.harts = 1};

static volatile uint32_t *register32(uint64_t address) {
    return (volatile uint32_t *)address;
}

void hb_send_interrupt(uint32_t hart) {
    hb_fence(); /* the other hart must find what it was woken for */
    *register32(HB_CLINT_BASE + 4ull * hart) = 1;
}

void hb_clear_interrupt(uint32_t hart) {
    *register32(HB_CLINT_BASE + 4ull * hart) = 0;
    hb_fence(); /* look for work only afterwards, or an interrupt is lost */
}

void hb_set_timer(uint32_t hart, uint64_t ticks) {
    *(volatile uint64_t *)(CLINT_MTIMECMP + 8ull * hart) = ticks;
}

_Noreturn void hb_finish(uint32_t code) {
    hb_fence();
    for (;;)
        *register32(HB_FINISHER_BASE) = code == 0 ? FINISHER_PASS : FINISHER_FAIL | code << 16;
}

void hb_power_fence(uint32_t hart) {
    uint64_t block = hb_board.power_base + (uint64_t)HB_POWER_STRIDE * hart;
    hb_fence();
    *register32(block + HB_POWER_COMMAND) = HB_POWER_CMD_FENCE;
    /* The read uses the bus once more: by then a transaction that had been granted to the victim has ended. */
    do {
        hb_fence();
    } while (*register32(block + HB_POWER_STATE) != HB_POWER_IS_FENCED);
    hb_fence();
}

void hb_power_set_entry(uint32_t hart, uint64_t entry) {
    uint64_t block = hb_board.power_base + (uint64_t)HB_POWER_STRIDE * hart;
    *(volatile uint64_t *)(block + HB_POWER_ENTRY) = entry;
    *(volatile uint64_t *)(block + HB_POWER_ARGUMENT) = 0;
    hb_fence();
}

void hb_power_start(uint32_t hart, uint64_t entry) {
    hb_power_set_entry(hart, entry);
    *register32(hb_board.power_base + (uint64_t)HB_POWER_STRIDE * hart + HB_POWER_COMMAND) = HB_POWER_CMD_START;
}

_Noreturn void hb_power_reset(uint64_t base, uint32_t hart) {
    hb_fence();
    for (;;)
        *register32(base + (uint64_t)HB_POWER_STRIDE * hart + HB_POWER_COMMAND) = HB_POWER_CMD_RESET;
}
