/* Playing a lesson without a window: its runs are run to their ends, and every step gets its moment and its answer.
 *
 *     struct hb_lesson_play *play = hb_lesson_play(&lesson, &(struct hb_lesson_options){0}, &error);
 *     if (!play) ... error.text ...
 *     for (uint32_t i = 0; i < lesson.steps; i++) ... play->step[i] ...
 *     hb_lesson_play_free(play);
 */
#ifndef HB_SIM_LESSON_PLAY_H
#define HB_SIM_LESSON_PLAY_H

#include "sim/lesson/lesson.h"
#include "sim/observe/marks.h"

#define HB_TROUBLE_BYTES 400

struct hb_played_step;

struct hb_lesson_options {
    /* Called before each run begins; NULL: is not. */
    void (*begins)(void *context, const char *run);
    /* Called when it is known what a step turned out to be; NULL: is not. */
    void (*played)(void *context, uint32_t step, const struct hb_played_step *played);
    void *context;
};

/* What a step turned out to be. */
struct hb_played_step {
    bool known;                     /* the rest is */
    bool reached;                   /* its moment came */
    uint64_t cycle;                 /* the machine's, there */
    uint32_t right;                 /* the choice that holds; HB_LESSON_NOWHERE: none, or no choices */
    double answer;                  /* the number that was asked for */
    char trouble[HB_TROUBLE_BYTES]; /* why the step is wrong; empty: it is not */
};

struct hb_lesson_play {
    struct hb_played_step *step; /* of each step */
    uint32_t troubles;           /* steps that are wrong */
    uint32_t questions;
};

/* Play it. Runs that no step shows and no expression names are not run. NULL: a machine could not be built, `error`. */
struct hb_lesson_play *hb_lesson_play(const struct hb_lesson *lesson, const struct hb_lesson_options *options,
                                      struct hb_error *error);

void hb_lesson_play_free(struct hb_lesson_play *play);

/* Is the lesson about this run: is it a branch, does a step show it, or an expression name it? */
bool hb_lesson_shows(const struct hb_lesson *lesson, uint32_t run);

/* Is it one of those side by side in the lesson's race: does it do the work of the first, by the names of its tasks? */
bool hb_lesson_races(const struct hb_lesson *lesson, uint32_t run);

/* Write the right answer: "b", "34,211 cycles". */
void hb_lesson_answer_text(const struct hb_lesson_step *step, const struct hb_played_step *played, char *text,
                           size_t bytes);

#endif
