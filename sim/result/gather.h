/* A machine's run becomes its result: everything is read off the machine, and the verdict is passed. */
#ifndef HB_SIM_GATHER_H
#define HB_SIM_GATHER_H

#include "sim/machine/machine.h"
#include "sim/result/result.h"

/* Read everything off a machine whose run has ended (or is to be taken for ended); to be freed by hb_result_free().
 * Judges the tasks, so call it once. */
struct hb_run_result *hb_result_gather(struct hb_machine *machine);

/* The same where the caller has computed the tasks' checksums (HB_TASKS_MAX of them), which takes the host longer than
 * a short run; NULL: they are computed. */
struct hb_run_result *hb_result_gather_by(struct hb_machine *machine, const uint64_t *checksum);

/* What the transactions of the machine's servers have left in their accounts. False: there are none. */
bool hb_result_gather_accounts(const struct hb_machine *machine, const struct hb_params *params,
                               struct hb_os_accounts *accounts);

#endif
