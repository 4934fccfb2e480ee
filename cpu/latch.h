/* Accesses of the instruction that is being executed, one by one: performed now, or taken from the latch that kept it
 * while the instruction waited (struct hb_in_flight). */
#ifndef HB_CPU_LATCH_H
#define HB_CPU_LATCH_H

#include "cpu/hart/core.h"

enum hb_progress { HB_PROGRESS_DONE, HB_PROGRESS_WAIT, HB_PROGRESS_FAULT };

/* One access of an instruction: from its latch if it has been performed, else now. Inline, since it is part of every
 * access on the slow path. */
static inline enum hb_progress hb_one_access(struct hb_core *core, struct hb_request *request, enum hb_stall cause,
                                             uint64_t now, uint64_t *value) {
    struct hb_hart *hart = core->hart;
    struct hb_in_flight *flight = &hart->in_flight;
    uint8_t index = core->access_index++;
    if (index < flight->latched) {
        *value = flight->latch[index];
        return HB_PROGRESS_DONE;
    }
    if (flight->faulted) {
        flight->faulted = false;
        return HB_PROGRESS_FAULT;
    }
    request->order = flight->order < 15 ? flight->order++ : 15; /* four bits of a stamp */
    if (hb_bus_access(core->bus, hart->id, request, now, value)) {
        flight->latch[flight->latched++] = *value;
        return HB_PROGRESS_DONE;
    }
    flight->cause = cause;
    flight->since = now;
    hart->ready_at = HB_NEVER;
    return HB_PROGRESS_WAIT;
}

/* The bus answered this hart's request in cycle `now`: latch it and give the hart its turn. */
void hb_core_answered(struct hb_core *core, uint64_t now);

#endif
