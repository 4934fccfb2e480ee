/* Lessons: a JSON file of steps in which a class predicts, watches and is shown what the run itself answers.
 *
 * Each step says, asks or shows something at a moment of a run. A lesson has several runs: the experiment's own (each
 * of its variants, the first of them being the main one) and one for each branch, which is the main run with other
 * keys. Every answer is an expression over the results of whole runs (sim/result/expect.h): a path alone belongs to
 * the main run, NAME.path to another, now.path to the run on the screen at the step's own moment, before.path and
 * next.path to it at the moments of the steps around.
 *
 *     struct hb_lesson lesson;
 *     if (!hb_lesson_load("configs/lessons/a-cpu-fails.json", sets, n, &lesson, &error)) ... error.text ...
 *     struct hb_lesson_play *play = hb_lesson_play(&lesson, &options, &error);     (sim/lesson/play.h)
 *     hb_lesson_free(&lesson);
 *
 * docs/lessons.md is the manual of the file.
 */
#ifndef HB_SIM_LESSON_H
#define HB_SIM_LESSON_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "sim/base/error.h"
#include "sim/config/config.h"
#include "sim/experiment/experiment.h"

#define HB_LESSON_STEPS_MAX   200
#define HB_LESSON_CHOICES_MAX 8
#define HB_LESSON_RUNS_MAX    64
#define HB_LESSON_LABEL_BYTES 96
#define HB_LESSON_NOWHERE     UINT32_MAX
#define HB_LESSON_MOMENTS     3

/* Names in expressions for the run on the screen as it stands at the moments of the step before, of this step and of
 * the step after: "before", "now", "next". */
extern const char *const hb_lesson_moments[HB_LESSON_MOMENTS];

struct hb_expect;
struct cJSON;

/* An expression with its text; both NULL: none. */
struct hb_formula {
    const char *text;
    struct hb_expect *tree;
};

/* What a step's moment is. */
enum hb_goal_kind {
    HB_GOAL_STAY,  /* the moment of the step before */
    HB_GOAL_FAULT, /* around the cycle in which a fault strikes */
    HB_GOAL_EVENT, /* just after a tracepoint of the kernel */
    HB_GOAL_CYCLE, /* a cycle that an expression gives */
    HB_GOAL_LATER, /* so many cycles later */
    HB_GOAL_END,   /* of the run */
};

struct hb_goal {
    enum hb_goal_kind kind;
    uint64_t fault;         /* FAULT: its number */
    uint64_t before, after; /* FAULT: cycles */
    uint32_t tracepoint;    /* EVENT: HB_TP_* */
    uint64_t count;         /* EVENT: the count-th from the present on */
    uint64_t hart;          /* EVENT: that passes it, HB_MARKS_ANY_HART: any */
    uint64_t cycles;        /* LATER */
    struct hb_formula at;   /* CYCLE */
    const char *text;       /* for messages: "event suspect" */
};

/* The scenes of the window that a step may open, and NULL; the first is open at the start. */
extern const char *const hb_lesson_scenes[];

struct hb_lesson_choice {
    const char *text, *why;
    struct hb_formula when;
};

struct hb_lesson_step {
    const char *say, *ask, *why, *note, *unit; /* each may be NULL */
    struct hb_formula holds;                   /* what `say` claims */
    uint32_t choices;                          /* of a question with choices */
    struct hb_lesson_choice choice[HB_LESSON_CHOICES_MAX];
    struct hb_formula answer; /* of a question with a number */
    double within;            /* part by which a number may be off; 0: exact */
    struct hb_goal until;
    uint32_t run;       /* on the screen, from this step on */
    uint32_t scene;     /* place in hb_lesson_scenes, from this step on */
    uint32_t focus;     /* hart to look at; HB_LESSON_NOWHERE: none */
    const char *symbol; /* memory to look at; NULL: none */
};

/* A run: the experiment with settings of its own. */
struct hb_lesson_run {
    const char *name;                 /* "main" where the experiment has no variants */
    const struct hb_variant *variant; /* of one of the experiments */
    const struct cJSON *settings;     /* a branch's own keys; NULL: none */
};

/* Where a step of a lecture comes from. */
struct hb_lesson_origin {
    uint32_t source, step; /* of that lesson, from 0 */
};

struct hb_lesson {
    char path[HB_PATH_BYTES];       /* of the file, as found */
    char experiment[HB_PATH_BYTES]; /* the experiment's, as found */
    const char *name, *title, *objective, *misconception;
    uint64_t minutes;    /* in class; 0: it does not say */
    uint64_t student;    /* whose seed it is; 0: the experiment's own */
    uint64_t seed;       /* of the main run */
    struct cJSON *drawn; /* keys and numbers drawn from a student's seed, for all of its runs; the class does without */
    uint32_t runs;
    struct hb_lesson_run run[HB_LESSON_RUNS_MAX];
    uint32_t steps;
    struct hb_lesson_step *step;
    /* Of a lecture, which strings steps of lessons together; it has no experiment of its own. */
    uint32_t sources;
    struct hb_lesson *source;
    struct hb_lesson_origin *origin;      /* of each step */
    char (*label)[HB_LESSON_LABEL_BYTES]; /* names of runs: "tour main" */
    /* What the pointers lead into: */
    struct cJSON *document;
    uint32_t experiments;
    struct hb_experiment *loaded;
};

/* Is this file a lesson (an object with the key "lesson")? False also when it cannot be read. */
bool hb_lesson_is(const char *path);

/* Write its title, and how long it takes and what for in a line. False: it is no lesson. */
bool hb_lesson_about(const char *path, char *title, size_t title_bytes, char *about, size_t about_bytes);

/* Load and check a file, or a bundled lesson by its name, with the experiment that it names. `sets`: n texts KEY=VALUE
 * for every run; student=N (from 1) gives that student's seed. False: `error`, and nothing is to be freed. */
bool hb_lesson_load(const char *path, const char *const *sets, size_t n, struct hb_lesson *lesson,
                    struct hb_error *error);

void hb_lesson_free(struct hb_lesson *lesson);

/* Is the step a question? */
bool hb_lesson_asks(const struct hb_lesson_step *step);

/* Write the path of a lesson that the user named: a file, or a bundled one. False: there is neither. */
bool hb_lesson_find(const char *name, char path[HB_PATH_BYTES]);

#endif
