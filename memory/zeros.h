/* Large tables of which most is never touched: zeros that take no memory of the host until they are written. calloc()
 * clears all of what it gives out a second time. */
#ifndef HB_MEMORY_ZEROS_H
#define HB_MEMORY_ZEROS_H

#include <stddef.h>

/* So many bytes, aligned to a page of the host; NULL: there is no memory. To be given back by hb_zeros_free(). */
void *hb_zeros_alloc(size_t bytes);

/* `zeros` is NULL, or what hb_zeros_alloc(bytes) gave. */
void hb_zeros_free(void *zeros, size_t bytes);

#endif
