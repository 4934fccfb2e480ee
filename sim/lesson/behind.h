/* Playing a lesson in a process of its own, for a window that opens at once: what its steps turn out to be comes in
 * while the window shows the first of them.
 *
 *     struct hb_lesson_behind behind;
 *     if (!hb_lesson_behind_begin(&behind, &lesson, &error)) ... error.text ...
 *     while (...) {
 *         if (hb_lesson_behind_take(&behind, false)) ... some more of behind.play->step[i] are `known` ...
 *         ... a frame ...
 *     }
 *     hb_lesson_behind_end(&behind);
 */
#ifndef HB_SIM_LESSON_BEHIND_H
#define HB_SIM_LESSON_BEHIND_H

#include "sim/base/child.h"
#include "sim/lesson/play.h"

struct hb_lesson_behind {
    struct hb_lesson_play *play; /* what has come in so far */
    struct hb_error error;       /* why it could not be played; without text: it could */
    const struct hb_lesson *lesson;
    struct hb_child child; /* a message for each step */
    bool settled;          /* everything that will come has come */
};

/* Begin; the lesson is the caller's, for longer. False: no process can be started, `error`. */
bool hb_lesson_behind_begin(struct hb_lesson_behind *behind, struct hb_lesson *lesson, struct hb_error *error);

/* Take in what has come, with `wait` until all has; true: something has. A step that can never come, as the machine
 * could not be built or the process was ended, is known with its trouble. */
bool hb_lesson_behind_take(struct hb_lesson_behind *behind, bool wait);

/* End it, at work or not. */
void hb_lesson_behind_end(struct hb_lesson_behind *behind);

#endif
