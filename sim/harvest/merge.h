/* Joining the shards of a campaign: folders that `--shard I/N` wrote become the folder that one computer would have
 * written, byte for byte (speed.json is the sum of theirs). */
#ifndef HB_SIM_MERGE_H
#define HB_SIM_MERGE_H

#include <stdbool.h>
#include <stdint.h>

#include "sim/campaign/drive.h"

/* Join `n` folders into `out_dir`. HB_CAMPAIGN_REFUSED, and nothing is written: they are of different campaigns, one is
 * missing or there twice, or one has not ended. */
enum hb_campaign_status hb_campaign_merge(const char *const *dirs, uint32_t n, const char *out_dir,
                                          struct hb_error *error);

#endif
