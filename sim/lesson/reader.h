/* Inside the room: what the files that read a lesson share. */
#ifndef HB_SIM_LESSON_READER_H
#define HB_SIM_LESSON_READER_H

#include "sim/base/json_fields.h"
#include "sim/lesson/lesson.h"

struct hb_lesson_reader {
    struct hb_lesson *lesson;
    struct hb_fields fields;
    const char *const *sets; /* without student=N */
    size_t n_sets;
};

/* Read "steps"; the lesson's runs are known. False: fields.error. */
bool hb_lesson_read_steps(const struct hb_lesson_reader *reader);

/* Does the document take its steps from other lessons? */
bool hb_lecture_is(const struct cJSON *document);

/* Read such a one's steps, with the lessons that they come from. False: fields.error; hb_lecture_free() frees what is
 * there. */
bool hb_lecture_read(const struct hb_lesson_reader *reader);

/* Free the lessons of a lecture; nothing for a lesson. */
void hb_lecture_free(struct hb_lesson *lecture);

#endif
