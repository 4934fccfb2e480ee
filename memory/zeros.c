#include "memory/zeros.h"

#include <sys/mman.h>

void *hb_zeros_alloc(size_t bytes) {
    void *zeros = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    return zeros == MAP_FAILED ? NULL : zeros;
}

void hb_zeros_free(void *zeros, size_t bytes) {
    if (zeros)
        munmap(zeros, bytes);
}
