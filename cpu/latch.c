#include "cpu/latch.h"

void hb_core_answered(struct hb_core *core, uint64_t now) {
    struct hb_hart *hart = core->hart;
    struct hb_in_flight *flight = &hart->in_flight;
    struct hb_port *port = &core->bus->state->port[hart->id];
    hb_stall(hart, flight->cause, now - flight->since);
    switch (port->response) {
    case HB_RESPONSE_DONE: flight->latch[flight->latched++] = port->value; break;
    case HB_RESPONSE_FAULT: flight->faulted = true; break;
    default: /* not performed: its number is free again */
        flight->order--;
        core->resume.asks = core->resume.asked;
        break;
    }
    port->response = HB_RESPONSE_NONE;
    hart->ready_at = hb_hart_clock(hart, now);
    if (hart->ready_at > now)
        hb_stall(hart, HB_STALL_FAULT, hart->ready_at - now);
}
