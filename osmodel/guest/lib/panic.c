#include "osmodel/guest/lib/panic.h"

#include "osmodel/guest/machine/console.h"
#include "osmodel/guest/machine/devices.h"
#include "osmodel/guest/machine/riscv.h"
#include "osmodel/guest/machine/tracepoint.h"

_Noreturn void hb_panic_at(const char *file, uint32_t line, const char *text) {
    HB_TRACE(HB_TP_PANIC, line, 0);
    hb_print("panic: hart %u: %s:%u: %s\n", (uint64_t)hb_hart_id(), file, (uint64_t)line, text);
    hb_finish(HB_EXIT_PANIC);
}

_Noreturn void hb_panic_trap(uint64_t cause, uint64_t pc, uint64_t value) {
    HB_TRACE(HB_TP_PANIC, cause, 0);
    hb_print("panic: hart %u: trap in the kernel: cause %x at %x, value %x\n", (uint64_t)hb_hart_id(), cause, pc,
             value);
    hb_finish(HB_EXIT_PANIC);
}
