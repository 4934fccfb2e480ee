/* SDL, which is loaded when a window opens or a picture is drawn, and not linked. */
#ifndef HB_SDL_LIBRARY_H
#define HB_SDL_LIBRARY_H

#include <stdbool.h>

#include "sim/base/error.h"

/* Load it. False: it is not there, `error` says which part of it; no function of SDL may be called then. */
bool hb_sdl_load(struct hb_error *error);

#endif
