#include "osmodel/guest/lib/panic.h"

#include "osmodel/guest/machine/atomic.h"
#include "osmodel/guest/machine/console.h"
#include "osmodel/guest/machine/devices.h"
#include "osmodel/guest/machine/riscv.h"
#include "osmodel/guest/machine/tracepoint.h"

#define TURN_TICKS 50000u /* longer than all that is printed takes on a full bus */

static uint64_t speaker __attribute__((aligned(128))); /* hart + 1; 0: no panic yet */

void hb_panic_begin(void) {
    uint64_t me = hb_hart_id() + 1, since = hb_now_ticks();
    if (hb_load(&speaker) == me || hb_compare_and_swap(&speaker, 0, me))
        return;
    while (hb_now_ticks() - since < TURN_TICKS)
        hb_breathe();
}

_Noreturn void hb_panic_at(const char *file, uint32_t line, const char *text) {
    hb_panic_begin();
    HB_TRACE(HB_TP_PANIC, line, 0);
    hb_print("panic: hart %u: %s:%u: %s\n", (uint64_t)hb_hart_id(), file, (uint64_t)line, text);
    hb_panic_causes();
    hb_finish(HB_EXIT_PANIC);
}

_Noreturn void hb_panic_trap(uint64_t cause, uint64_t pc, uint64_t value) {
    hb_panic_begin();
    HB_TRACE(HB_TP_PANIC, cause, 0);
    hb_print("panic: hart %u: trap in the kernel: cause %x at %x, value %x\n", (uint64_t)hb_hart_id(), cause, pc,
             value);
    hb_panic_causes();
    hb_finish(HB_EXIT_PANIC);
}
