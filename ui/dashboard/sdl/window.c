#include "ui/dashboard/sdl/window.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim/base/output.h"
#include "ui/dashboard/sdl/picture.h"

#define FRAME_SECONDS    (1.0 / 60)
#define LONGEST_SECONDS  0.1   /* a frame that took longer (a moved window, a busy host) counts as this */
#define BUDGET_SECONDS   0.015 /* of the host's time a frame for the machine, at most */
#define BUDGET_MIN       0.002
#define SPARE_SECONDS    0.001 /* of a frame, kept as a reserve */
#define DESCRIBE_SECONDS 0.1
#define STIRRED_SECONDS  0.7    /* until a tooltip has come up */
#define MUCH_LARGER      1.8    /* times the window */
#define ASLEEP_MS        200    /* without input, when nothing changes */
#define PENDING_MS       20     /* the same while a page waits for its answer */
#define WIDTH_OF_TEXT    1600.0 /* from this size of window on text grows with it */
#define HEIGHT_OF_TEXT   900.0

/* Left to itself, SDL opens invisible windows where there is no display. The drivers to try: those that the session
 * names, or those of SDL_VIDEODRIVER; false: neither names any. */
static bool choose_driver(void) {
    const char *x11 = getenv("DISPLAY"), *wayland = getenv("WAYLAND_DISPLAY"), *asked = getenv("SDL_VIDEODRIVER");
    bool has_x11 = x11 != NULL && x11[0] != '\0', has_wayland = wayland != NULL && wayland[0] != '\0';
    if (asked == NULL)
        SDL_SetHint(SDL_HINT_VIDEODRIVER, has_wayland ? (has_x11 ? "wayland,x11" : "wayland") : "x11");
    return asked != NULL || has_x11 || has_wayland;
}

static bool is_seen(const char *driver) {
    return strcmp(driver, "dummy") != 0 && strcmp(driver, "offscreen") != 0;
}

static bool open_display(char *error, size_t error_bytes) {
    if (!choose_driver())
        snprintf(error, error_bytes, "there is no display (DISPLAY is not set): use --shot FILE.png for a picture");
    else if (SDL_Init(SDL_INIT_VIDEO) != 0 || TTF_Init() != 0)
        snprintf(error, error_bytes, "no window can be opened (%s): use --shot FILE.png for a picture", SDL_GetError());
    else if (!is_seen(SDL_GetCurrentVideoDriver()))
        snprintf(error, error_bytes, "SDL_VIDEODRIVER=%s shows no window: use --shot FILE.png for a picture",
                 SDL_GetCurrentVideoDriver());
    else
        return true;
    return false;
}

/* No larger than the display, and larger than was asked for on one that is much larger. */
static void fit_display(int *width, int *height) {
    SDL_Rect bounds;
    if (SDL_GetDisplayUsableBounds(0, &bounds) != 0)
        return;
    double room = fmin((double)bounds.w / *width, (double)bounds.h / *height);
    if (room >= MUCH_LARGER) {
        *width = (int)(*width * room);
        *height = (int)(*height * room);
    }
    *width = *width < bounds.w ? *width : bounds.w;
    *height = *height < bounds.h ? *height : bounds.h;
}

/* Paint on the pixels that the window has now; false: there are none. */
static bool take_pixels(struct hb_window *window) {
    window->stale = false;
    hb_changes_forget(&window->changes);
    return hb_window_pixels_take(&window->pixels, window->window);
}

bool hb_window_open(struct hb_window *window, int width, int height, int text_px, char *error, size_t error_bytes) {
    *window = (struct hb_window){.stirred_seconds = STIRRED_SECONDS};
    /* Pixels are made in memory: going through OpenGL, which may itself be emulated, would only delay them. */
    SDL_SetHint(SDL_HINT_FRAMEBUFFER_ACCELERATION, "0");
    if (!open_display(error, error_bytes))
        return false;
    SDL_EnableScreenSaver();
    fit_display(&width, &height);
    window->window = SDL_CreateWindow("hartbeat", SDL_WINDOWPOS_CENTERED, SDL_WINDOWPOS_CENTERED, width, height,
                                      SDL_WINDOW_RESIZABLE | SDL_WINDOW_ALLOW_HIGHDPI);
    window->gfx = calloc(1, sizeof *window->gfx);
    if (window->window == NULL || window->gfx == NULL || !take_pixels(window)) {
        snprintf(error, error_bytes, "no window can be opened: %s", SDL_GetError());
        return false;
    }
    SDL_SetWindowMinimumSize(window->window, 960, 600);
    SDL_StartTextInput();
    return hb_gfx_open(window->gfx, text_px, error, error_bytes);
}

void hb_window_close(struct hb_window *window) {
    if (window->gfx != NULL)
        hb_gfx_close(window->gfx);
    free(window->gfx);
    hb_window_pixels_drop(&window->pixels);
    if (window->window != NULL)
        SDL_DestroyWindow(window->window);
    TTF_Quit();
    SDL_Quit();
}

/* Keys that are not text. */
static int special_key(SDL_Keycode code) {
    switch (code) {
    case SDLK_LEFT: return HB_KEY_LEFT;
    case SDLK_RIGHT: return HB_KEY_RIGHT;
    case SDLK_UP: return HB_KEY_UP;
    case SDLK_DOWN: return HB_KEY_DOWN;
    case SDLK_HOME: return HB_KEY_HOME;
    case SDLK_END: return HB_KEY_END;
    case SDLK_PAGEUP: return HB_KEY_PAGE_UP;
    case SDLK_PAGEDOWN: return HB_KEY_PAGE_DOWN;
    case SDLK_F12: return HB_KEY_F12;
    case SDLK_ESCAPE: return 27;
    case SDLK_RETURN:
    case SDLK_KP_ENTER: return '\r';
    case SDLK_TAB: return '\t';
    default: return 0;
    }
}

static bool is_own(const struct hb_window *window, uint32_t id) {
    return SDL_GetWindowFromID(id) == window->window;
}

static void take_mouse(struct hb_window *window, struct hb_app *app, const SDL_Event *event) {
    double scale = window->scale;
    if (event->type >= SDL_MOUSEMOTION && event->type <= SDL_MOUSEWHEEL && !is_own(window, event->motion.windowID))
        return; /* of the notes' window */
    switch (event->type) {
    case SDL_MOUSEMOTION: hb_app_mouse_move(app, (int)(event->motion.x * scale), (int)(event->motion.y * scale)); break;
    case SDL_MOUSEBUTTONDOWN:
        if (event->button.button == SDL_BUTTON_LEFT || event->button.button == SDL_BUTTON_RIGHT) {
            hb_app_mouse_down(app, event->button.button == SDL_BUTTON_LEFT ? HB_MOUSE_LEFT : HB_MOUSE_RIGHT,
                              (int)(event->button.x * scale), (int)(event->button.y * scale));
        }
        break;
    case SDL_MOUSEBUTTONUP: hb_app_mouse_up(app); break;
    case SDL_MOUSEWHEEL: hb_app_wheel(app, event->wheel.y, (SDL_GetModState() & KMOD_SHIFT) != 0); break;
    }
}

static void take_event(struct hb_window *window, struct hb_app *app, const SDL_Event *event) {
    switch (event->type) {
    case SDL_QUIT: hb_app_execute(app, hb_command_of(HB_COMMAND_QUIT, 0)); break;
    case SDL_KEYDOWN:
        if (special_key(event->key.keysym.sym) != 0)
            hb_app_key(app, special_key(event->key.keysym.sym));
        break;
    case SDL_TEXTINPUT:
        if ((unsigned char)event->text.text[0] < 0x80)
            hb_app_key(app, event->text.text[0]);
        break;
    case SDL_WINDOWEVENT:
        if (event->window.event == SDL_WINDOWEVENT_CLOSE && is_own(window, event->window.windowID))
            hb_app_execute(app, hb_command_of(HB_COMMAND_QUIT, 0)); /* SDL_QUIT comes with the last window alone */
        if (event->window.event == SDL_WINDOWEVENT_SIZE_CHANGED && is_own(window, event->window.windowID))
            window->stale = true;
        if (event->window.event == SDL_WINDOWEVENT_EXPOSED)
            hb_changes_forget(&window->changes);
        if (event->window.event == SDL_WINDOWEVENT_LEAVE)
            hb_app_mouse_move(app, -1, -1);
        break;
    default: take_mouse(window, app, event); break;
    }
}

/* The pixels of the window, and fonts that suit them, when the text size was changed or the window moved to a screen of
 * another density. */
static void fit_window(struct hb_window *window, struct hb_app *app) {
    char error[256];
    int units = 1, unused;
    if (window->stale && !take_pixels(window))
        abort(); /* it was possible before */
    window->w = window->pixels.canvas.w;
    window->h = window->pixels.canvas.h;
    SDL_GetWindowSize(window->window, &units, &unused);
    window->scale = (double)window->w / (units > 0 ? units : 1);
    double room = fmin(window->w / (WIDTH_OF_TEXT * window->scale), window->h / (HEIGHT_OF_TEXT * window->scale));
    int px = (int)(app->wanted_text_px * window->scale * fmax(room, 1) + 0.5);
    if (px == window->gfx->text.metrics.text_px)
        return;
    hb_changes_forget(&window->changes);
    if (hb_gfx_open(window->gfx, px, error, sizeof error))
        hb_app_metrics(app, &window->gfx->text.metrics);
    else
        hb_app_notice(app, error);
}

static void save_picture(struct hb_window *window, struct hb_app *app) {
    char path[64];
    struct hb_error error;
    app->want_picture = false;
    snprintf(path, sizeof path, "hartbeat-%llu.png", (unsigned long long)hb_app_cycle(app));
    if (hb_picture_save(window->pixels.painted, path, &error))
        snprintf(error.text, sizeof error.text, "Saved %s.", path);
    hb_app_notice(app, error.text);
}

static void note_frame(struct hb_frame_times *times, double seconds) {
    times->recent[times->frames++ % HB_FRAMES_RECENT] = (float)seconds;
    times->seconds += seconds;
    times->slowest_seconds = seconds > times->slowest_seconds ? seconds : times->slowest_seconds;
}

static void describe_frames(const struct hb_frame_times *times, FILE *out) {
    uint64_t count = times->frames < HB_FRAMES_RECENT ? times->frames : HB_FRAMES_RECENT;
    double seconds = 0, slowest = 0;
    for (uint64_t i = 0; i < count; i++) {
        seconds += (double)times->recent[i];
        slowest = (double)times->recent[i] > slowest ? (double)times->recent[i] : slowest;
    }
    fprintf(out, "frames %llu in %.2f s, slowest %.1f ms\n", (unsigned long long)times->frames, times->seconds,
            times->slowest_seconds * 1e3);
    fprintf(out, "frames-recent %llu rate %.1f slowest %.1f ms\n", (unsigned long long)count,
            seconds > 0 ? (double)count / seconds : 0, slowest * 1e3);
}

/* A reader never sees half of the description. */
static void describe(struct hb_window *window, struct hb_app *app, double seconds) {
    struct hb_output out;
    window->describe_seconds -= seconds;
    if (window->describe_path == NULL || window->describe_seconds > 0)
        return;
    window->describe_seconds = DESCRIBE_SECONDS;
    bool ok = hb_output_open(&out, window->describe_path, HB_OUTPUT_WHOLE, &window->error);
    if (ok) {
        hb_app_describe(app, out.file);
        describe_frames(&window->times, out.file);
        ok = hb_output_close(&out, &window->error);
    }
    if (ok)
        return;
    hb_error_blame_host(&window->error); /* it could be written when the window was opened */
    window->describe_failed = true;
    window->describe_path = NULL;
    hb_app_notice(app, window->error.text);
}

static double seconds_of(uint64_t ticks) {
    return (double)ticks / (double)SDL_GetPerformanceFrequency();
}

/* Frames are due at fixed times, so that one that was late does not delay all that follow. A machine that cannot keep
 * up is not kept waiting for them. */
static void wait_for_frame(struct hb_window *window, bool behind) {
    uint64_t now = SDL_GetPerformanceCounter(),
             frame = (uint64_t)(FRAME_SECONDS * (double)SDL_GetPerformanceFrequency());
    window->due_ticks += frame;
    if (behind)
        window->due_ticks = now;
    if (now >= window->due_ticks) {
        window->due_ticks = now - window->due_ticks > frame ? now : window->due_ticks;
        return;
    }
    SDL_Delay((Uint32)(seconds_of(window->due_ticks - now) * 1000));
}

/* The machine gets the part of a frame that the last painting leaves. */
static void advance(struct hb_window *window, struct hb_app *app, double seconds) {
    double budget = FRAME_SECONDS - window->other_seconds - SPARE_SECONDS;
    budget = budget > BUDGET_SECONDS ? BUDGET_SECONDS : budget < BUDGET_MIN ? BUDGET_MIN : budget;
    hb_app_advance(app, seconds > LONGEST_SECONDS ? LONGEST_SECONDS : seconds, budget);
}

static void paint(struct hb_window *window, struct hb_app *app) {
    struct hb_rect changed[HB_CHANGES_RECTS];
    hb_app_draw(app, window->w, window->h);
    int n = hb_changes_find(&window->changes, &app->list, window->w, window->h, changed);
    hb_gfx_paint_changes(window->gfx, &window->pixels.canvas, &app->list, &window->changes);
    if (app->want_picture)
        save_picture(window, app);
    hb_window_pixels_show(&window->pixels, changed, n);
}

/* Nothing moves, and nothing is about to: the picture on the screen stays. */
static bool is_still(const struct hb_window *window, const struct hb_app *app) {
    return !app->ui.playing && app->goal_cycle == 0 && !app->want_picture && app->ui.notice[0] == '\0' &&
           window->stirred_seconds <= 0;
}

bool hb_window_loop_once(struct hb_window *window, struct hb_app *app) {
    SDL_Event event;
    uint64_t begin = SDL_GetPerformanceCounter();
    if (window->last_ticks == 0)
        window->last_ticks = window->due_ticks = begin;
    double seconds = seconds_of(begin - window->last_ticks);
    window->last_ticks = begin;
    note_frame(&window->times, seconds);
    fit_window(window, app);
    window->stirred_seconds -= fmin(seconds, LONGEST_SECONDS); /* a long jump is to be shown, too */
    while (SDL_PollEvent(&event)) {
        window->stirred_seconds = STIRRED_SECONDS;
        take_event(window, app, &event);
    }
    bool learnt = hb_app_learn(app), raced = hb_app_race(app, false);
    if (learnt || raced)
        window->stirred_seconds = STIRRED_SECONDS;
    if (is_still(window, app)) {
        bool pending = app->ui.deck && app->ui.deck->page[app->ui.page].pending;
        SDL_WaitEventTimeout(NULL, pending || hb_app_is_racing(app) ? PENDING_MS : ASLEEP_MS);
        window->due_ticks = SDL_GetPerformanceCounter();
        return !app->quit;
    }
    uint64_t before = SDL_GetPerformanceCounter();
    advance(window, app, seconds);
    uint64_t after = SDL_GetPerformanceCounter();
    paint(window, app);
    describe(window, app, seconds);
    window->other_seconds = seconds_of(SDL_GetPerformanceCounter() - after + (before - begin));
    wait_for_frame(window, app->ui.behind);
    return !app->quit;
}
