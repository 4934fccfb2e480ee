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

#endif
