/* Moves of the model as sentences. */
#ifndef HB_BUS_STORY_H
#define HB_BUS_STORY_H

#include <stddef.h>
#include <stdio.h>

#include "bus/verify/model.h"

/* A text that grows. */
struct hb_verify_story {
    FILE *out; /* NULL: out of memory */
    char *text;
    size_t bytes;
    unsigned steps;
};

/* What the harts and lines of the present state are called: hart[i] is the name of its hart i. */
struct hb_names {
    uint8_t hart[HB_MODEL_CACHES_MAX];
    uint8_t line[HB_MODEL_LINES_MAX];
};

/* What was found, as a clause: "a read returns something other than what was last written". */
const char *hb_verify_story_found(enum hb_flaw_found found);

/* False: out of memory. */
bool hb_verify_story_begin(struct hb_verify_story *story);

/* The text, to be freed, or NULL. */
char *hb_verify_story_end(struct hb_verify_story *story);

/* Add a line. */
void hb_verify_story_line(struct hb_verify_story *story, const char *line);

/* Add the next step: `move` led from `before` to `after` (not renamed) with `outcome`. */
void hb_verify_story_step(struct hb_verify_story *story, const struct hb_model *model, const struct hb_names *names,
                          const struct hb_model_state *before, struct hb_move move, const struct hb_model_state *after,
                          const struct hb_model_outcome *outcome);

/* Who holds what in `state`. */
void hb_verify_story_state(struct hb_verify_story *story, const struct hb_model *model, const struct hb_names *names,
                           const struct hb_model_state *state);

#endif
