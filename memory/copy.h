/* Copies whose size is mostly one of a few: those take no call, which for so few bytes is most of the work. */
#ifndef HB_MEMORY_COPY_H
#define HB_MEMORY_COPY_H

#include <stddef.h>
#include <string.h>

/* What an access moves: `n` is 1, 2, 4 or 8, and for pieces of one anything below. */
static inline void hb_copy_access(void *to, const void *from, size_t n) {
    switch (n) {
    case 8: memcpy(to, from, 8); break;
    case 4: memcpy(to, from, 4); break;
    case 2: memcpy(to, from, 2); break;
    case 1: memcpy(to, from, 1); break;
    default: memcpy(to, from, n); break;
    }
}

/* What the bus moves: a line, mostly of 64 bytes, or part of one. */
static inline void hb_copy_line(void *to, const void *from, size_t n) {
    if (n == 64)
        memcpy(to, from, 64);
    else
        memcpy(to, from, n);
}

#endif
