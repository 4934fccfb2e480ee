#include "osmodel/guest/smp/io/output.h"

#include "osmodel/guest/lib/lock.h"
#include "osmodel/guest/machine/atomic.h"
#include "osmodel/guest/machine/console.h"

static uint64_t output_lock __attribute__((aligned(HB_LOCK_ALIGN)));

void hb_output(const char *text, size_t bytes) {
    hb_lock_acquire(&output_lock);
    for (size_t i = 0; i < bytes; i++)
        hb_put_char(text[i]);
    hb_lock_release(&output_lock);
}

void hb_output_on(const char *text, size_t bytes, uint64_t *printed) {
    hb_lock_acquire(&output_lock);
    while (*printed < bytes) {
        hb_put_char(text[*printed]);
        hb_store(printed, *printed + 1);
    }
    hb_lock_release(&output_lock);
}

void hb_output_fault(uint32_t task, uint64_t cause, uint64_t pc, uint64_t value) {
    hb_lock_acquire(&output_lock);
    hb_print("smp: task %u is stopped: cause %x at %x, value %x\n", (uint64_t)task, cause, pc, value);
    hb_lock_release(&output_lock);
}

/* The dead hart's line stays unfinished. */
void hb_output_recover_lock(uint32_t dead) {
    if (hb_lock_steal(&output_lock, dead))
        hb_lock_release(&output_lock);
}
