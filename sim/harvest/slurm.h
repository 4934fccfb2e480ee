/* A campaign for a cluster that Slurm runs: three scripts in a folder, in which the results will be, too.
 *
 *     submit.sh         submits the other two (its arguments go to sbatch: a partition, a limit of time)
 *     array.sbatch      a job array: each task does one shard, in DIR/shardN, and goes on with it when it is requeued
 *     merge.sbatch      joins the shards in DIR/merged once all have ended
 *
 * Each task writes into a folder of its own, so that no lock on a shared disk is needed.
 */
#ifndef HB_SIM_SLURM_H
#define HB_SIM_SLURM_H

#include <stdbool.h>
#include <stdint.h>

#include "sim/base/error.h"
#include "sim/campaign/campaign.h"

#define HB_SLURM_TASKS_MAX 1000u

/* Write the scripts for so many tasks, 1 to HB_SLURM_TASKS_MAX; all paths in them are absolute. False: `error`, as when
 * the campaign stops early, which no shard can decide; nothing is then written. */
bool hb_slurm_write(const struct hb_campaign *campaign, uint32_t tasks, const char *dir, struct hb_error *error);

#endif
