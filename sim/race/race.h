/* A race: variants of an experiment run side by side in equal simulated cycles, in a process behind the caller; how
 * far each had come is kept for every cycle of the run.
 *
 *     hb_race_add(race, 0, "four", &experiment.variant[0].config);        // before it begins
 *     if (!hb_race_begin(race, &error)) ... error.text ...
 *     while (...) {
 *         if (hb_race_take(race, false)) ... race->lane[i] have come further ...
 *     }
 *     hb_race_end(race);
 */
#ifndef HB_SIM_RACE_H
#define HB_SIM_RACE_H

#include "sim/base/child.h"
#include "sim/config/config.h"

#define HB_RACE_LANES  64
#define HB_RACE_POINTS 256

/* What is counted. */
enum hb_race_unit { HB_RACE_TASKS, HB_RACE_REQUESTS, HB_RACE_INSTRUCTIONS };

/* Whether a run goes on, and why not. */
enum hb_race_end {
    HB_RACE_GOES_ON,
    HB_RACE_FINISHED,
    HB_RACE_LIMIT,  /* its experiment's limit of cycles */
    HB_RACE_HANGS,  /* no CPU can ever run again */
    HB_RACE_FAILED, /* the guest reports failure, or crashed */
    HB_RACE_NEVER,  /* it could not even be built */
};

/* How far a run has come. */
struct hb_race_state {
    uint64_t cycle;
    uint64_t done;         /* units */
    uint64_t instructions; /* of tasks; of an image without any: all */
    uint64_t up_cycle;     /* all harts were up; 0: not yet, or the image has no kernel */
    uint64_t finish_cycle; /* the last unit so far was done; 0: none */
    uint64_t mean_cycles;  /* of those done, from arrival to end; 0: none, or instructions */
    uint8_t end;           /* enum hb_race_end */
};

struct hb_race_point {
    uint64_t done, instructions;
};

struct hb_race_lane {
    const char *name; /* the caller's ... */
    uint32_t variant; /* ... and the number that it knows it by */
    const struct hb_config *config;
    uint32_t harts;
    uint8_t unit;   /* enum hb_race_unit */
    uint64_t total; /* units in all; 0: nobody knows before its end */
    struct hb_race_state now;
    uint64_t every_cycles; /* point[i]: at cycle (i + 1) * every_cycles */
    uint32_t points;
    struct hb_race_point point[HB_RACE_POINTS];
};

struct hb_race {
    uint32_t lanes;
    bool begun;
    bool over; /* all that will come has come */
    struct hb_child child;
    struct hb_race_lane lane[HB_RACE_LANES];
};

/* A further lane; the name and the configuration stay the caller's. Nothing is added beyond HB_RACE_LANES. */
void hb_race_add(struct hb_race *race, uint32_t variant, const char *name, const struct hb_config *config);

/* Begin, once. False: the host gives no process, `error`. */
bool hb_race_begin(struct hb_race *race, struct hb_error *error);

/* Take in what has come, with `wait` until all has; true: something has. */
bool hb_race_take(struct hb_race *race, bool wait);

/* End it, at work or not, or not even begun. */
void hb_race_end(struct hb_race *race);

/* How far a lane had come at a cycle: as of the last point before it, and after its end as it ended. */
struct hb_race_point hb_race_at(const struct hb_race_lane *lane, uint64_t cycle);

/* Units a million cycles from all harts up to the last of them; 0: it is not over, or none was done. */
double hb_race_rate(const struct hb_race_lane *lane);

/* The cycle in which the last lane that is over ended. */
uint64_t hb_race_end_cycle(const struct hb_race *race);

/* Write what lanes have in common without their number of harts, which names them apart: of "fresh-eight" with eight
 * harts "fresh", of "eight" or "8" nothing. */
void hb_race_series(const struct hb_race_lane *lane, char *text, size_t bytes);

#endif
