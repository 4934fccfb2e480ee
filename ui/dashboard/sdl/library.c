#include "ui/dashboard/sdl/library.h"

#include <SDL.h>
#include <SDL_image.h>
#include <SDL_ttf.h>
#include <dlfcn.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Most commands open no window, and SDL brings some 70 libraries along, which took nearly all of the time that a
 * command needs to begin. So nothing is linked to them: every function of theirs that the dashboard calls has a row
 * here, which defines it and passes the call on. One that has none is missed by the linker. */

enum library { BASE, FONTS, PICTURES, LIBRARIES };

static const char *const file_of[LIBRARIES] = {
    [BASE] = "libSDL2-2.0.so.0", [FONTS] = "libSDL2_ttf-2.0.so.0", [PICTURES] = "libSDL2_image-2.0.so.0"};

static void *loaded[LIBRARIES];

bool hb_sdl_load(struct hb_error *error) {
    for (uint32_t i = 0; i < LIBRARIES; i++) {
        if (!loaded[i])
            loaded[i] = dlopen(file_of[i], RTLD_LAZY | RTLD_LOCAL);
        if (!loaded[i]) {
            hb_error_set(error, "windows and pictures need SDL: %s", dlerror());
            return false;
        }
    }
    return true;
}

/* The address of function `name`, as a pointer to a function in *pointer: C has no conversion between the two. */
static void find(enum library library, const char *name, void *pointer) {
    struct hb_error error;
    void *address = hb_sdl_load(&error) ? dlsym(loaded[library], name) : NULL;
    if (!address) {
        fprintf(stderr, "hartbeat: %s: has no %s\n", file_of[library], name);
        abort();
    }
    memcpy(pointer, &address, sizeof address);
}

#define PASSED_ON(library, type, name, parameters)                                                                     \
    static type(*name##_there) parameters;                                                                             \
    static inline void name##_find(void) {                                                                             \
        if (!name##_there)                                                                                             \
            find(library, #name, (void *)&name##_there);                                                               \
    }
#define GIVES(library, type, name, parameters, arguments)                                                              \
    PASSED_ON(library, type, name, parameters)                                                                         \
    type name parameters {                                                                                             \
        name##_find();                                                                                                 \
        return name##_there arguments;                                                                                 \
    }
#define DOES(library, name, parameters, arguments)                                                                     \
    PASSED_ON(library, void, name, parameters)                                                                         \
    void name parameters {                                                                                             \
        name##_find();                                                                                                 \
        name##_there arguments;                                                                                        \
    }

/* ---- What there is --------------------------------------------------------------------------------------------- */

GIVES(BASE, int, SDL_Init, (Uint32 flags), (flags))
GIVES(BASE, SDL_bool, SDL_SetHint, (const char *name, const char *value), (name, value))
GIVES(BASE, const char *, SDL_GetError, (void), ())
GIVES(BASE, const char *, SDL_GetCurrentVideoDriver, (void), ())
GIVES(BASE, int, SDL_GetDisplayUsableBounds, (int display, SDL_Rect *rect), (display, rect))
GIVES(BASE, Uint64, SDL_GetPerformanceCounter, (void), ())
GIVES(BASE, Uint64, SDL_GetPerformanceFrequency, (void), ())
DOES(BASE, SDL_Delay, (Uint32 ms), (ms))
DOES(BASE, SDL_EnableScreenSaver, (void), ())
DOES(BASE, SDL_Quit, (void), ())

GIVES(BASE, SDL_Window *, SDL_CreateWindow, (const char *title, int x, int y, int w, int h, Uint32 flags),
      (title, x, y, w, h, flags))
GIVES(BASE, SDL_Window *, SDL_GetWindowFromID, (Uint32 id), (id))
GIVES(BASE, SDL_Surface *, SDL_GetWindowSurface, (SDL_Window * window), (window))
GIVES(BASE, int, SDL_UpdateWindowSurfaceRects, (SDL_Window * window, const SDL_Rect *rects, int n), (window, rects, n))
DOES(BASE, SDL_GetWindowSize, (SDL_Window * window, int *w, int *h), (window, w, h))
DOES(BASE, SDL_SetWindowMinimumSize, (SDL_Window * window, int w, int h), (window, w, h))
DOES(BASE, SDL_DestroyWindow, (SDL_Window * window), (window))

GIVES(BASE, int, SDL_PollEvent, (SDL_Event * event), (event))
GIVES(BASE, int, SDL_WaitEventTimeout, (SDL_Event * event, int timeout), (event, timeout))
GIVES(BASE, SDL_Keymod, SDL_GetModState, (void), ())
DOES(BASE, SDL_StartTextInput, (void), ())

GIVES(BASE, SDL_Surface *, SDL_CreateRGBSurfaceWithFormat, (Uint32 flags, int w, int h, int depth, Uint32 format),
      (flags, w, h, depth, format))
GIVES(BASE, int, SDL_SetSurfaceBlendMode, (SDL_Surface * surface, SDL_BlendMode mode), (surface, mode))
GIVES(BASE, int, SDL_UpperBlit, (SDL_Surface * from, const SDL_Rect *at, SDL_Surface *to, SDL_Rect *there),
      (from, at, to, there))
DOES(BASE, SDL_FreeSurface, (SDL_Surface * surface), (surface))
GIVES(BASE, SDL_RWops *, SDL_AllocRW, (void), ())
DOES(BASE, SDL_FreeRW, (SDL_RWops * area), (area))

GIVES(FONTS, int, TTF_Init, (void), ())
GIVES(FONTS, const SDL_version *, TTF_Linked_Version, (void), ())
GIVES(FONTS, TTF_Font *, TTF_OpenFont, (const char *file, int size), (file, size))
GIVES(FONTS, const char *, TTF_FontFaceFamilyName, (const TTF_Font *font), (font))
GIVES(FONTS, int, TTF_FontHeight, (const TTF_Font *font), (font))
GIVES(FONTS, int, TTF_GlyphMetrics32,
      (TTF_Font * font, Uint32 ch, int *left, int *right, int *bottom, int *top, int *advance),
      (font, ch, left, right, bottom, top, advance))
GIVES(FONTS, SDL_Surface *, TTF_RenderGlyph32_Blended, (TTF_Font * font, Uint32 ch, SDL_Color colour),
      (font, ch, colour))
DOES(FONTS, TTF_GetFreeTypeVersion, (int *major, int *minor, int *patch), (major, minor, patch))
DOES(FONTS, TTF_SetFontHinting, (TTF_Font * font, int hinting), (font, hinting))
DOES(FONTS, TTF_CloseFont, (TTF_Font * font), (font))
DOES(FONTS, TTF_Quit, (void), ())

GIVES(PICTURES, int, IMG_SavePNG_RW, (SDL_Surface * surface, SDL_RWops *to, int frees), (surface, to, frees))

PASSED_ON(BASE, int, SDL_SetError, (const char *format, ...))

int SDL_SetError(const char *format, ...) {
    char text[256];
    va_list list;
    va_start(list, format);
    vsnprintf(text, sizeof text, format, list);
    va_end(list);
    SDL_SetError_find();
    return SDL_SetError_there("%s", text);
}
