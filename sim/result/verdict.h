/* The verdict on a run: its outcome, and why it did not pass.
 *
 * The guest's own claim is kept (guest_outcome), but only as a claim: a guest that reports success has failed when the
 * host's checksums disagree, tasks or increments are lost, a hart was suspected that was alive, or interrupts were off
 * for longer than the image allows.
 */
#ifndef HB_SIM_VERDICT_H
#define HB_SIM_VERDICT_H

#include "sim/machine/machine.h"
#include "sim/result/result.h"

/* Fill outcome, guest_outcome, exit_code, reason and crash of a result in which everything else has been gathered. */
void hb_verdict(const struct hb_machine *machine, struct hb_run_result *result);

#endif
