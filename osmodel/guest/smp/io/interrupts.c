#include "osmodel/guest/smp/io/interrupts.h"

#include <stdbool.h>

#include "osmodel/guest/lib/params.h"
#include "osmodel/guest/machine/atomic.h"
#include "osmodel/guest/machine/console.h"
#include "osmodel/guest/machine/plic.h"
#include "osmodel/guest/machine/riscv.h"
#include "osmodel/guest/machine/tracepoint.h"
#include "osmodel/guest/smp/hart.h"
#include "osmodel/guest/smp/io/input.h"

/* Written at boot: some task wants input. */
static bool listens;

static bool is_wanted(void) {
    for (uint32_t i = 0; i < hb_params.workload_groups; i++)
        if (hb_params.group[i].kind == HB_KIND_ECHO)
            return true;
    return false;
}

static uint32_t first_of(uint64_t live) {
    return hb_next_in(live, HB_HARTS_MAX);
}

void hb_interrupts_begin(uint64_t live) {
    HB_PUT(listens, is_wanted());
    if (!listens)
        return;
    hb_plic_begin(HB_SOURCE_UART);
    hb_plic_enable(first_of(live), HB_SOURCE_UART, true);
    for (uint32_t hart = 0; hart < HB_HARTS_MAX && hb_params.irq == HB_IRQ_ALL; hart++)
        if (live & hb_bit(hart))
            hb_plic_enable(hart, HB_SOURCE_UART, true);
    hb_console_listen();
}

/* In this order, so that at every moment somebody is enabled. */
static void pass_on(void) {
    uint32_t me = hb_hart_id();
    uint32_t next = hb_next_in(hb_load(&hb_live), me);
    if (next == me)
        return;
    hb_plic_enable(next, HB_SOURCE_UART, true);
    hb_plic_enable(me, HB_SOURCE_UART, false);
}

void hb_interrupt_serve(void) {
    uint32_t source = hb_plic_claim(hb_hart_id());
    bool has_worked = source != 0 && hb_input_receive();
    HB_TRACE(HB_TP_INTERRUPT, source, !has_worked);
    if (source != 0)
        hb_plic_complete(hb_hart_id(), source);
    if (has_worked && hb_params.irq == HB_IRQ_SPREAD)
        pass_on();
}

void hb_interrupt_serve_if_pending(void) {
    if (HB_CSR_READ(mip) & HB_IRQ_EXTERNAL)
        hb_interrupt_serve();
}

static bool is_anybody_enabled(uint64_t live) {
    for (uint32_t hart = 0; hart < HB_HARTS_MAX; hart++)
        if (live & hb_bit(hart) && hb_plic_is_enabled(hart, HB_SOURCE_UART))
            return true;
    return false;
}

void hb_interrupts_reroute(uint32_t dead) {
    if (!listens)
        return;
    uint64_t live = hb_load(&hb_live);
    hb_plic_enable(dead, HB_SOURCE_UART, true); /* or the completion would not count */
    hb_plic_complete(dead, HB_SOURCE_UART);
    hb_plic_enable(dead, HB_SOURCE_UART, false);
    if (!is_anybody_enabled(live))
        hb_plic_enable(first_of(live), HB_SOURCE_UART, true);
    hb_input_receive();
}
