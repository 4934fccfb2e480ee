/* A campaign as its JSON file has it: one experiment, run many times, each time with other faults.
 *
 *     { "schema": "hartbeat-campaign/1", "name": "kill-one", "seed": 1,
 *       "experiment": "contend-short.json",
 *       "set": {"os.recovery.detect": "ring"},                           what every run sets
 *       "sweep": {"cross": {"os.recovery.locks": ["steal", "none"]},     a point for each combination,
 *                 "zip": {...}, "seeds": [1, 2]},                        for each place in the lists, for each seed
 *       "window": {"from": {"tracepoint": "all_harts_up"}, "to": {"tracepoint": "task_run", "count": "last"}},
 *       "faults": [{"model": "fail_stop", "target": {"hart": "any"}, "trigger": {"cycle": "uniform"}}],
 *       "sampling": {"mode": "random", "runs": 2000, "strata": ["faults.0.target.hart"],
 *                    "stop": {"class": "HANG_SYSTEM", "margin": 0.02, "confidence": 0.99, "looks": 5}},
 *       "limits": {"quiet_factor": 3, "cycles_factor": 10, "delay_percent": 10},
 *       "confidence": 0.95,
 *       "measure": {"bus": "bus.utilisation"},                            what healthy machines are compared by
 *       "signature": {"memory": ["sums"], "console": true},               the answer of a program of the user's own
 *       "expect": [{"that": "p0.HANG_SYSTEM.count == 0", "because": "..."}] }
 *
 * A fault is written as in an experiment, and any value in it may be a CHOICE, which every run makes for itself: a list
 * of values; {"from": A, "to": B, "step": S}, a range without its end; "any" for the hart; "uniform" for the cycle,
 * which is one of the window. The experiment itself must have neither faults nor variants.
 *
 *     struct hb_campaign campaign;
 *     if (!hb_campaign_read("configs/campaigns/kill-one.json", &campaign, &error)) ... error.text ...
 *     hb_campaign_free(&campaign);
 */
#ifndef HB_SIM_CAMPAIGN_H
#define HB_SIM_CAMPAIGN_H

#include <cjson/cJSON.h>
#include <stdbool.h>
#include <stdint.h>

#include "sim/base/error.h"
#include "sim/config/config.h"
#include "sim/experiment/experiment.h"
#include "sim/result/signature.h"

#define HB_CAMPAIGN_SCHEMA       "hartbeat-campaign/1"
#define HB_CAMPAIGN_CHOICES_MAX  64
#define HB_CAMPAIGN_STRATA_MAX   8
#define HB_CAMPAIGN_POINTS_MAX   4096
#define HB_CAMPAIGN_RUNS_MAX     100000000u /* of all points together */
#define HB_CAMPAIGN_MEASURES_MAX 16
#define HB_CHOICE_KEY_BYTES      128

enum hb_sampling_mode { HB_SAMPLING_RANDOM, HB_SAMPLING_GRID, HB_SAMPLING_EXHAUSTIVE, HB_SAMPLING_LIST };

enum hb_choice_kind {
    HB_CHOICE_VALUES, /* one of a list */
    HB_CHOICE_RANGE,  /* from, from + step, ... below `to` */
    HB_CHOICE_HART,   /* any hart of the machine */
    HB_CHOICE_WINDOW, /* any cycle of the window */
};

struct hb_choice {
    char key[HB_CHOICE_KEY_BYTES]; /* "faults.0.trigger.cycle" */
    uint8_t kind;                  /* enum hb_choice_kind */
    const cJSON *values;           /* belongs to the document */
    uint64_t from, to, step;
};

/* When the window of faults begins or ends. */
struct hb_window_mark {
    uint8_t kind; /* enum hb_mark */
    uint16_t tracepoint;
    bool last; /* the last time that some hart passes it; else the `count`th */
    uint64_t count;
    uint64_t cycle;
};

struct hb_campaign_limits {
    double quiet_factor;  /* a hang is no progress for so many times the length of the golden run */
    double cycles_factor; /* a run is cut off after so many times its length */
    double delay_percent; /* a run that ends later than that is DELAYED */
};

/* Stop early, once the share of a class is known well enough. */
struct hb_campaign_stop {
    bool wanted;
    uint32_t class_;
    double margin;     /* half the width of the interval */
    double confidence; /* of the whole: a look has 1 - (1 - confidence) / looks */
    uint32_t looks;    /* at equal distances in the runs of a point */
};

/* What a sweep of healthy machines reports the means of, over seeds (means.h). */
struct hb_campaign_measure {
    char name[32];                   /* letters, digits and "_" */
    char place[HB_CHOICE_KEY_BYTES]; /* in result.json, dotted */
};

struct hb_campaign_point {
    char name[16];   /* "p0" */
    cJSON *settings; /* an object of dotted keys: what all its runs set */
};

struct hb_campaign {
    char name[HB_NAME_BYTES];
    char path[HB_PATH_BYTES];       /* of the file */
    char experiment[HB_PATH_BYTES]; /* of the experiment's file, as the working directory sees it */
    uint64_t seed;
    cJSON *document;
    cJSON *fault_settings; /* an object of dotted keys: what of the faults is the same in all runs */
    uint32_t faults;
    uint32_t streams; /* bit f: fault f has a rate, whose stream follows seed and run */
    uint32_t points;
    struct hb_campaign_point *point;
    uint32_t choices;
    struct hb_choice choice[HB_CAMPAIGN_CHOICES_MAX];
    uint32_t strata;
    uint32_t stratum[HB_CAMPAIGN_STRATA_MAX]; /* which choices */
    bool has_window;  /* is it given? Else it is that of an image with tracepoints, or the whole run of one without */
    bool uses_window; /* does any choice depend on it? */
    struct hb_window_mark from, to;
    uint8_t mode;      /* enum hb_sampling_mode */
    uint64_t runs;     /* of each point, as given; 0: the mode says how many */
    const cJSON *list; /* mode "list": objects of dotted keys; belongs to the document */
    struct hb_campaign_stop stop;
    struct hb_campaign_limits limits;
    struct hb_signature signature;
    double confidence; /* of the intervals in the summary */
    uint32_t seeds;    /* that are swept, at least 1; they change fastest from point to point */
    uint32_t measures;
    struct hb_campaign_measure measure[HB_CAMPAIGN_MEASURES_MAX];
    uint32_t expectations;
    struct hb_expectation *expectation;
};

/* Read and check a file. What only the machine can tell (how many harts there are, whether a symbol exists) is found
 * when its golden run is made. False: `error`, and the campaign is empty. */
bool hb_campaign_read(const char *path, struct hb_campaign *campaign, struct hb_error *error);

/* The text of campaign.json: the campaign as understood, its experiment within it, and a hash of both; to be freed.
 * NULL: `error`. */
char *hb_campaign_understood(const struct hb_campaign *campaign, struct hb_error *error);

/* Read the campaign.json in a folder of results: enough for counting its runs again, which needs no experiment. */
bool hb_campaign_read_results(const char *dir, struct hb_campaign *campaign, struct hb_error *error);

/* The experiment of a point, with `more` (NULL: nothing; an object of dotted keys) set besides. False: `error`. To be
 * freed by hb_experiment_free(). */
bool hb_campaign_load(const struct hb_campaign *campaign, uint32_t point, const cJSON *more,
                      struct hb_experiment *experiment, struct hb_error *error);

void hb_campaign_free(struct hb_campaign *campaign);

#endif
