/* The pages of a lesson: what a class is given, what the teacher keeps, and a student's worksheet.
 *
 *     handout.md    steps, questions and pictures, without answers
 *     notes.md      for the teacher: the same with answers, reasons and notes
 *     worksheet.md  for one student: the questions, that student's seed, and the commands that answer them
 *     answers.json  to fill in; `hartbeat check` grades it (sim/lesson/grade.h)
 */
#ifndef HB_SIM_LESSON_PAGES_H
#define HB_SIM_LESSON_PAGES_H

#include "sim/lesson/play.h"

/* What draws the pictures. */
struct hb_lesson_artist {
    /* Draw what a step shows, `run` at `cycle`, into the file `path`. False: `error`. NULL: no pictures. */
    bool (*draw)(void *context, const struct hb_lesson *lesson, uint32_t step, uint64_t cycle, const char *path,
                 struct hb_error *error);
    void *context;
};

/* Write handout.md and the pictures into the folder, which is there; with `notes` also notes.md. */
bool hb_lesson_write_handout(const struct hb_lesson *lesson, const struct hb_lesson_play *play, const char *dir,
                             bool notes, const struct hb_lesson_artist *artist, struct hb_error *error);

/* Write worksheet.md and answers.json of the student whose seed the lesson has. `given`: how the user named the
 * lesson. */
bool hb_lesson_write_worksheet(const struct hb_lesson *lesson, const char *given, const char *dir,
                               struct hb_error *error);

#endif
