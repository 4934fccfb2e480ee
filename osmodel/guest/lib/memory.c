#include "osmodel/guest/lib/memory.h"

#include <stdint.h>

/* The empty asm keeps GCC from turning memcpy into a call to memcpy. */
void *memcpy(void *to, const void *from, size_t bytes) {
    uint8_t *target = to;
    const uint8_t *source = from;
    for (size_t i = 0; i < bytes; i++) {
        target[i] = source[i];
        __asm__ volatile("");
    }
    return to;
}

void *memset(void *to, int value, size_t bytes) {
    uint8_t *target = to;
    for (size_t i = 0; i < bytes; i++) {
        target[i] = (uint8_t)value;
        __asm__ volatile("");
    }
    return to;
}
