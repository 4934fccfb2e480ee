/* The pages of a lesson, as the window shows them: what is said and asked at a moment of one of several runs. Plain
 * data that whoever opens the window owns. */
#ifndef HB_DASHBOARD_DECK_H
#define HB_DASHBOARD_DECK_H

#include <stdbool.h>
#include <stdint.h>

#define HB_DECK_CHOICES 8

struct hb_deck_choice {
    const char *text, *why;
};

struct hb_deck_page {
    uint32_t run;         /* the variant on the screen */
    uint64_t cycle;       /* its moment */
    bool pending;         /* its moment and its answer are still worked out: it shows the run as it stands */
    uint64_t asked_cycle; /* where its question is put, so that the picture does not answer it; 0: at `cycle` */
    bool whole;           /* that is the end of the run: the lanes and the curve show all of it */
    uint8_t scene;        /* enum hb_scene_id */
    int32_t hart;         /* that is selected; -1: as before */
    const char *say;      /* each may be NULL */
    const char *ask;      /* NULL: no question */
    const char *why;      /* shown with the answer */
    const char *note;     /* for the teacher alone */
    const char *trouble;  /* what is wrong with the step, which has no moment and no answer then; NULL: nothing */
    char answer[96];      /* of a question without choices */
    uint32_t choices;     /* of a question */
    uint32_t right;       /* the choice that is */
    struct hb_deck_choice choice[HB_DECK_CHOICES];
};

struct hb_deck {
    const char *title;
    uint32_t pages; /* at least 1 */
    const struct hb_deck_page *page;
    /* Called before each frame: takes in what has been worked out since, and says whether anything has. NULL: no page
     * is pending. */
    bool (*learn)(void *self);
    void *self;
};

#endif
