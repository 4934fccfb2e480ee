/* The verdict on a run: its outcome, and why it is no better.
 *
 * The guest's own word is kept (guest_outcome) and is not taken for more than that: a guest that reports success has
 * failed when the host's checksums disagree, tasks or increments are lost, a hart was suspected that was alive, or
 * interrupts were off for longer than the image allows.
 */
#ifndef HB_SIM_VERDICT_H
#define HB_SIM_VERDICT_H

#include "sim/machine/machine.h"
#include "sim/result/result.h"

/* Fill outcome, guest_outcome, exit_code, reason and crash of a result in which all else is gathered. */
void hb_verdict(const struct hb_machine *machine, struct hb_run_result *result);

#endif
