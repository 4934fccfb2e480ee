/* The scenes: what can fill the window, and how each is named, reached by a key and listed in the bar.
 *
 * The overview shows four of them small and side by side. A scene draws whatever the view holds, at any size of window
 * and text; screen.c says which function draws it. */
#ifndef HB_DASHBOARD_SCENE_H
#define HB_DASHBOARD_SCENE_H

#include <stdint.h>

enum hb_scene_id {
    HB_SCENE_ALL, /* the overview */
    HB_SCENE_CPUS,
    HB_SCENE_LANES,
    HB_SCENE_THROUGHPUT,
    HB_SCENE_EVENTS,
    HB_SCENE_LINES,
    HB_SCENE_BUS,
    HB_SCENE_QUEUES,
    HB_SCENE_LOCKS,
    HB_SCENE_FAILURE,
    HB_SCENE_COMPUTER,
    HB_SCENE_SERVER,
    HB_SCENE_MACHINE,
    HB_SCENE_RACE,
    HB_SCENE_SPEEDUP,
    HB_SCENES
};

struct hb_scene_row {
    const char *name;  /* in commands, options and lessons: "lanes" */
    const char *title; /* in the bar */
    char key;          /* opens it, and closes it again */
    const char *shows; /* in a sentence, for its tooltip */
};

extern const struct hb_scene_row hb_scene_table[HB_SCENES];

/* The scene of this name; HB_SCENES: there is none. */
uint8_t hb_scene_named(const char *name);

/* The scene that a key opens; HB_SCENES: none. */
uint8_t hb_scene_keyed(int key);

#endif
