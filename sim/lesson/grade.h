/* Grading a file of answers: the student's run is run again, and each answer is held against it.
 *
 *     {"schema": "hartbeat-answers/1", "lesson": "a-cpu-fails", "student": 17, "answers": {"1": "b", "2": 34211}}
 *
 *     struct hb_grade grade;
 *     if (!hb_grade_answers("answers.json", &grade, &error)) ... error.text ...
 *     hb_grade_free(&grade);
 */
#ifndef HB_SIM_LESSON_GRADE_H
#define HB_SIM_LESSON_GRADE_H

#include "sim/base/error.h"
#include "sim/lesson/lesson.h"

struct hb_graded {
    char question[160];
    char verdict[400]; /* "right", "wrong: ...", "not answered" */
    bool right;
};

struct hb_grade {
    uint32_t questions, right;
    struct hb_graded *question;
};

/* Is this file one of answers (an object with the key "answers")? False also when it cannot be read. */
bool hb_grade_is(const char *path);

/* Grade it. False: the file or its lesson is unfit, `error` says how, and nothing is to be freed. */
bool hb_grade_answers(const char *path, struct hb_grade *grade, struct hb_error *error);

/* As autograders read it: score, max_score, tests with name, score, max_score and output; to be freed. */
char *hb_grade_json(const struct hb_grade *grade);

void hb_grade_free(struct hb_grade *grade);

#endif
