/* What was meant by a name that does not exist: the nearest of those that do, whatever their case.
 *
 *     struct hb_nearest nearest = {.word = "MESI"};
 *     for (...) hb_nearest_try(&nearest, name[i]);
 *     if (hb_nearest_found(&nearest)) ... did you mean ...
 */
#ifndef HB_SIM_NEAREST_H
#define HB_SIM_NEAREST_H

struct hb_nearest {
    const char *word; /* what was written */
    const char *best; /* the nearest so far, NULL: none was tried; it belongs to the caller */
    unsigned far;     /* how many letters are wrong in it */
};

/* Compare one more name. Of equally near names the first is kept. */
void hb_nearest_try(struct hb_nearest *nearest, const char *name);

/* The nearest, if it is near enough to be meant: at most a third of its letters differ, or it begins with the word.
 * NULL: none is. */
const char *hb_nearest_found(const struct hb_nearest *nearest);

#endif
