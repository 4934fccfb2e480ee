/* Experiments drawn at random from the table of keys (sim/config/keys.h), on every image that has been built, so that a
 * new key or image enters by itself.
 *
 *     struct drawn drawn;
 *     draw_experiment(seed, &drawn);
 *     if (drawn_load(&drawn, "lockstep", &experiment, &error)) ... experiment.variant[drawn_variant(...)] ...
 *
 * A key that cannot be set alone is set together with another one that could not, so that keys that go together are
 * drawn, too. What is never drawn stands with its reason in draw_left_alone().
 */
#ifndef HB_TEST_ENGINE_DRAW_H
#define HB_TEST_ENGINE_DRAW_H

#include <stdbool.h>
#include <stdint.h>

#include "sim/config/keys.h"
#include "sim/experiment/experiment.h"

#define DRAWN_CYCLES 600000u /* what happens at a certain cycle mostly happens before this one */
#define SETS_MAX     120
#define SET_BYTES    1500

struct dice {
    uint64_t seed, drawn;
};

/* A number below `below`, which is not 0. */
uint64_t dice(struct dice *dice, uint64_t below);
bool dice_one_in(struct dice *dice, uint64_t n);

enum base_kind { BASE_EXPERIMENT, BASE_PROGRAM, BASE_TRACES };

/* What is run: a bundled experiment by name, an ELF, or files of accesses. */
struct base {
    enum base_kind kind;
    uint32_t files;
    char path[4][HB_PATH_BYTES];
};

struct drawn {
    struct dice dice;
    struct base base;
    uint32_t variant;             /* modulo the number of variants */
    bool slow;                    /* keys are drawn that mostly leave the machine to lockstep */
    const char *model;            /* of the fault that is being drawn */
    const struct hb_key *changed; /* that of the change that is being drawn */
    uint32_t n;
    const char *set[SETS_MAX + 1];
    char text[SETS_MAX][SET_BYTES];
};

/* Draw it. The key of each set is noted by draw_was_drawn(). */
void draw_experiment(uint64_t seed, struct drawn *drawn);

/* One of the programs of this kind that tests bring with them, or a bundled experiment. */
void draw_base(struct dice *dice, struct base *base);

/* Load it to be run with `engine`. False: it is refused, with `error`. */
bool drawn_load(struct drawn *drawn, const char *engine, struct hb_experiment *experiment, struct hb_error *error);

/* The command that a reader would type to run it. */
void drawn_print(const struct drawn *drawn);

/* Has it been part of an experiment drawn by this process? */
bool draw_was_drawn(const struct hb_key *key);

/* Why it is never drawn; NULL: it is. */
const char *draw_left_alone(const struct hb_key *key);

#endif
