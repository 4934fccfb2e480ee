/* Killing the harts of one bundled system at many moments, each time from a snapshot of the undisturbed run, and
 * judging what became of its tasks by the host's own checksums.
 *
 *     struct campaign campaign;
 *     campaign_open(&campaign, "smp", HB_KIND_BATCH, 24, 6);   // runs it undisturbed, with snapshots
 *     campaign_kill(&campaign, hart, cycle);                   // counts and tells what did not survive
 *     return campaign_close(&campaign);                        // 0: everything survived
 */
#ifndef HB_TESTS_KILLS_CAMPAIGN_H
#define HB_TESTS_KILLS_CAMPAIGN_H

#include <stdbool.h>
#include <stdint.h>

#include "osmodel/os_result.h"
#include "sim/machine/machine.h"
#include "sim/machine/snapshot.h"

#define SNAPSHOTS_MAX 64

struct campaign {
    struct hb_config config;
    struct hb_machine *machine;
    struct hb_snapshot *snapshot[SNAPSHOTS_MAX];
    uint32_t snapshots;
    uint64_t expected[HB_TASKS_MAX];
    struct hb_result slots[HB_TASKS_MAX];
    struct hb_os_result result;
    uint64_t up_cycle;            /* all harts up */
    uint64_t last_dispatch_cycle; /* a task was last given to a hart */
    uint64_t end_cycle;           /* of the undisturbed run */
    uint64_t patience_cycles;     /* how long a run may go on after its kill */
    uint64_t kills, failures;
    uint32_t told;
};

/* Machine and kernel at their defaults with 4 harts and this workload; runs it once, undisturbed, which must pass. */
void campaign_open(struct campaign *campaign, const char *image, uint64_t kind, uint64_t tasks, uint64_t work);

/* The same on a configuration of one's own, made from these defaults. */
void campaign_configure(struct hb_config *config, const char *image, uint64_t kind, uint64_t tasks, uint64_t work);
void campaign_open_on(struct campaign *campaign, const struct hb_config *config);

/* Bring the machine to just before `cycle` of the undisturbed run. */
void campaign_go_to(struct campaign *campaign, uint64_t cycle);

/* Run from where the machine stands, with `hart` fail-stopped at `cycle`, to the end, and judge. */
bool campaign_run_with_kill(struct campaign *campaign, uint32_t hart, uint64_t cycle, bool lost);

/* Both: snoopable cache; a run that did not survive is counted and told. */
void campaign_kill(struct campaign *campaign, uint32_t hart, uint64_t cycle, const char *why);

/* Judge the machine's end: outcome passed and every task completed with the host's checksum. */
bool campaign_judge(struct campaign *campaign);

/* Count one that did not survive, and tell the first twenty. */
void campaign_tell(struct campaign *campaign, uint32_t hart, uint64_t cycle, const char *why);

/* Print the sum and give the exit status. */
int campaign_close(struct campaign *campaign);

#endif
