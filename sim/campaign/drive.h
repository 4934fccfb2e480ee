/* Carrying a campaign out: point after point, the golden run and then, spread over workers that are forked once after
 * it, every run; then the summary.
 *
 * The folder holds, free of anything about the host but for speed.json:
 *
 *     campaign.json   the campaign as understood, with hashes of itself and of the image
 *     golden.json     each point's golden run: its settings, window, space, result
 *     runs.jsonl      a line a run, by index (sim/campaign/record.h)
 *     summary.json    counts, rates with intervals, latencies; the expectations
 *     summary.csv     the same as a table
 *     means.csv       of healthy machines: means over seeds (sim/campaign/means.h)
 *     speed.json      how fast this host was
 *     shard.json      of a shard: which (sim/harvest/merge.h)
 *     parts/          while it is under way: the journal (sim/campaign/journal.h)
 *
 * The bytes do not depend on the number of workers, nor on how often the campaign was killed and resumed.
 */
#ifndef HB_SIM_DRIVE_H
#define HB_SIM_DRIVE_H

#include <stdbool.h>
#include <stdint.h>

#include "sim/campaign/campaign.h"
#include "sim/campaign/class.h"

struct hb_campaign_progress {
    uint32_t point, points;
    uint64_t done, runs;               /* of this point */
    uint64_t counts[HB_CLASSES_KNOWN]; /* of this point */
};

struct hb_campaign_options {
    const char *out_dir;
    uint32_t jobs;          /* workers; 0: as many as the host has cores */
    uint32_t shard, shards; /* of each point's runs only those with index mod shards == shard; shards 0: all */
    bool resume;
    void (*progress)(void *context, const struct hb_campaign_progress *progress); /* now and then; NULL: not wanted */
    bool (*interrupted)(void *context);
    void *context;
};

/* What came of it. */
enum hb_campaign_status {
    HB_CAMPAIGN_DONE,        /* and everything expected holds */
    HB_CAMPAIGN_FAILED,      /* an expectation does not hold, or a golden run does not pass */
    HB_CAMPAIGN_REFUSED,     /* the user's input is wrong; nothing was written */
    HB_CAMPAIGN_INTERRUPTED, /* it may be resumed */
    HB_CAMPAIGN_BROKEN,      /* the host failed (a full disk); it may be resumed */
};

/* Carry it out. `error` says why it was not DONE; an expectation that does not hold stands in summary.json alone. */
enum hb_campaign_status hb_campaign_drive(const struct hb_campaign *campaign, const struct hb_campaign_options *options,
                                          struct hb_error *error);

/* What speed.json says: all that depends on the host. */
struct hb_campaign_speed {
    uint64_t runs, jobs;
    double seconds, cpu_seconds;
    uint64_t peak_kib;              /* of memory: the largest worker */
    char campaign[HB_PATH_BYTES];   /* the file */
    char experiment[HB_PATH_BYTES]; /* where its file is, for repeating a run: paths in it are relative to it */
};

/* The text of speed.json; to be freed. */
char *hb_campaign_speed_json(const struct hb_campaign_speed *speed);

#endif
