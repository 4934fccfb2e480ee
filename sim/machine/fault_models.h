/* What the models of faults do to a machine: a row for each row of sim/config/fault_models.h.
 *
 * Both functions act in phase 1 of cycle `now`. `strike` is called once, for a hart that is alive; the fault's cycle
 * and end are set. `end` is called when its duration is over, whatever became of the hart meanwhile. What a model
 * leaves behind is saved state of the hart, of the bus or of the fault: snapshots and replay know nothing of models.
 */
#ifndef HB_SIM_MACHINE_FAULT_MODELS_H
#define HB_SIM_MACHINE_FAULT_MODELS_H

#include "sim/machine/machine.h"

struct hb_fault_behaviour {
    void (*strike)(struct hb_machine *machine, struct hb_fault_state *fault, uint64_t now);
    void (*end)(struct hb_machine *machine, const struct hb_fault_state *fault, uint64_t now); /* NULL: it has no
                                                                                                  duration */
};

extern const struct hb_fault_behaviour hb_fault_behaviour[HB_FAULTS_KNOWN];

#endif
