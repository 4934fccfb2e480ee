/* What the commands do with lessons and with files of answers (docs/lessons.md). */
#ifndef HB_CLI_LESSON_H
#define HB_CLI_LESSON_H

#include "ui/cli/options.h"

struct hb_deck_page;
struct hb_lesson;
struct hb_lesson_play;

/* hartbeat run LESSON.json: plays all steps, prints a line for each, and with --out writes its pages. Returns the exit
 * status: 1 when a step is not reached or a question has not one answer. */
int hb_run_lesson(const struct hb_options *options);

/* hartbeat check LESSON.json, without running it. */
int hb_check_lesson(const char *path, const struct hb_options *options);

/* hartbeat check ANSWERS.json: grades it; 1 when something is not right. With --out writes grade.json. */
int hb_check_answers(const char *path, const struct hb_options *options);

/* The pages of a lesson as the window shows them, one a step, as far as the steps are known; their texts stay those of
 * the lesson and of what was played. To be freed. */
struct hb_deck_page *hb_lesson_pages(const struct hb_lesson *lesson, const struct hb_lesson_play *play);

/* The same into `page`, one for each step, when more is known. */
void hb_lesson_fill_pages(const struct hb_lesson *lesson, const struct hb_lesson_play *play, struct hb_deck_page *page);

#endif
