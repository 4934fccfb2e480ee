/* One run of a campaign again, from its folder of results: as an experiment of its own, which gives the same run.
 *
 *     struct hb_rerun rerun;
 *     const struct hb_rerun_wanted wanted = {.dir = "out", .run = 17};
 *     if (!hb_rerun_open(&rerun, &wanted, &error)) ... error.text ...
 *     ... run rerun.experiment, which has one variant ...
 *     hb_rerun_close(&rerun);
 */
#ifndef HB_SIM_RERUN_H
#define HB_SIM_RERUN_H

#include "sim/experiment/experiment.h"

#define HB_NO_STRIKE UINT64_MAX

struct hb_rerun_wanted {
    const char *dir;
    uint64_t run;
    const char *const *set; /* KEY=VALUE, set after all that the run itself sets */
    size_t sets;
};

struct hb_rerun {
    struct hb_experiment experiment; /* without expectations: they were not those of the campaign */
    char class_[32];                 /* as the campaign has it */
    uint64_t strike_cycle;           /* when its first fault struck; HB_NO_STRIKE: none did, or it is not known */
    uint64_t state_hash;             /* 0: the run killed its workers */
};

/* The campaign need not have ended, but the run must. False: `error`, and nothing is open. */
bool hb_rerun_open(struct hb_rerun *rerun, const struct hb_rerun_wanted *wanted, struct hb_error *error);
void hb_rerun_close(struct hb_rerun *rerun);

/* Is it a folder of results of a campaign? */
bool hb_rerun_is_campaign(const char *dir);

#endif
