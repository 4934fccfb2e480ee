/* Copying and filling memory. GCC also generates calls to these. */
#ifndef HB_GUEST_MEMORY_H
#define HB_GUEST_MEMORY_H

#include <stddef.h>

void *memcpy(void *to, const void *from, size_t bytes);
void *memset(void *to, int value, size_t bytes);

#endif
