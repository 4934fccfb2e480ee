/* What was done to a run by hand, as an experiment: the variant that was run, with the faults that were injected, the
 * parameters that were changed and what was typed, each at its cycle. Run again it is the same run, bit for bit. */
#ifndef HB_SIM_BY_HAND_H
#define HB_SIM_BY_HAND_H

#include <stdbool.h>

#include "sim/base/error.h"
#include "sim/experiment/experiment.h"
#include "sim/machine/machine.h"

/* Write it to `path`, in the working directory or anywhere else: paths in it are relative to the working directory.
 * `machine` runs the variant; what is asked of it for cycles to come is written, too. What the base expects of its
 * results does not hold of another run, and is left out. False: `error`; the file cannot be written, there is more than
 * an experiment has room for, or a debugger has changed registers or memory, which an experiment cannot say. */
bool hb_by_hand_write(const struct hb_variant *variant, const struct hb_machine *machine, const char *path,
                      struct hb_error *error);

#endif
