/* The window: SDL events to input, the loop, frames to the screen. */
#ifndef HB_DASHBOARD_WINDOW_H
#define HB_DASHBOARD_WINDOW_H

#include <SDL.h>

#include "sim/base/error.h"
#include "ui/dashboard/app/app.h"
#include "ui/dashboard/draw/changes.h"
#include "ui/dashboard/sdl/gfx.h"
#include "ui/dashboard/sdl/window_pixels.h"

/* Regularity of frames: all since the window opened, and the last HB_FRAMES_RECENT of them. */
#define HB_FRAMES_RECENT 128

struct hb_frame_times {
    uint64_t frames;
    double seconds, slowest_seconds;
    float recent[HB_FRAMES_RECENT]; /* seconds a frame, a ring */
};

struct hb_window {
    SDL_Window *window;
    struct hb_window_pixels pixels; /* of which what has changed goes to the screen */
    bool stale;                     /* the window has others now */
    struct hb_changes changes;
    struct hb_gfx *gfx;
    int w, h;                       /* pixels */
    double scale;                   /* pixels per unit of mouse positions */
    uint64_t last_ticks, due_ticks; /* when the last frame began, and when the next is due */
    double other_seconds;           /* of the last frame not spent on the machine */
    struct hb_frame_times times;
    double stirred_seconds;    /* how long frames go on after the last input, although nothing runs */
    double describe_seconds;   /* until the description is next written */
    const char *describe_path; /* NULL: no description is wanted, or it could not be written any more */
    bool describe_failed;
    struct hb_error error; /* why */
};

/* Opens a window of width x height pixels; false and a line in `error` without display, font or memory. */
bool hb_window_open(struct hb_window *window, int width, int height, int text_px, char *error, size_t error_bytes);
void hb_window_close(struct hb_window *window);

/* One turn: input, machine, frame. False when the user leaves. A browser can call it as well as a loop can. */
bool hb_window_loop_once(struct hb_window *window, struct hb_app *app);

#endif
