/* Accesses of the instruction that is being executed, one by one: performed now, or taken from the latch that kept it
 * while the instruction waited (struct hb_in_flight). */
#ifndef HB_CPU_LATCH_H
#define HB_CPU_LATCH_H

#include "cpu/hart/core.h"

enum hb_progress { HB_PROGRESS_DONE, HB_PROGRESS_WAIT, HB_PROGRESS_FAULT };

/* Ask for an access of the instruction in flight. False: it waits. */
static inline bool hb_ask(struct hb_core *core, struct hb_request *request, uint64_t now, uint64_t *value) {
    struct hb_hart *hart = core->hart;
    struct hb_in_flight *flight = &hart->in_flight;
    request->order = flight->order < 15 ? flight->order++ : 15; /* four bits of a stamp */
    if (hb_bus_access(core->bus, hart->id, request, now, value)) {
        flight->latch[flight->latched++] = *value;
        return true;
    }
    flight->since = now;
    hart->ready_at = HB_NEVER;
    return false;
}

/* The value of the instruction's next access, if it has been performed. */
static inline bool hb_latched(struct hb_core *core, uint64_t *value) {
    const struct hb_in_flight *flight = &core->hart->in_flight;
    if (core->access_index >= flight->latched)
        return false;
    *value = flight->latch[core->access_index++];
    return true;
}

/* One access of an instruction: from its latch if it has been performed, else now. Inline, since it is part of every
 * access on the slow path. */
static inline enum hb_progress hb_one_access(struct hb_core *core, struct hb_request *request, enum hb_stall cause,
                                             uint64_t now, uint64_t *value) {
    struct hb_in_flight *flight = &core->hart->in_flight;
    if (hb_latched(core, value))
        return HB_PROGRESS_DONE;
    core->access_index++;
    if (flight->faulted) {
        flight->faulted = false;
        return HB_PROGRESS_FAULT;
    }
    if (hb_ask(core, request, now, value))
        return HB_PROGRESS_DONE;
    flight->cause = cause;
    core->resume.request = *request;
    core->resume.asked = true;
    return HB_PROGRESS_WAIT;
}

/* The bus has not performed the access for which the instruction waits (a victim had to be written back first): ask for
 * it again, in place of executing the instruction again up to there. False: it waits once more. */
static inline bool hb_ask_again(struct hb_core *core, uint64_t now) {
    uint64_t value;
    core->resume.asks = false;
    return hb_ask(core, &core->resume.request, now, &value);
}

/* The bus answered this hart's request in cycle `now`: latch it and give the hart its turn. */
void hb_core_answered(struct hb_core *core, uint64_t now);

#endif
