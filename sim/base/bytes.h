/* A growing run of bytes, written at its end and read from its start; numbers are little-endian. */
#ifndef HB_SIM_BYTES_H
#define HB_SIM_BYTES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct hb_bytes {
    uint8_t *at; /* to be freed */
    size_t n, capacity;
    size_t read; /* what hb_bytes_get() has taken */
};

/* Ends the program when the host is out of memory. */
void hb_bytes_put(struct hb_bytes *to, const void *from, size_t n);
void hb_bytes_put_u64(struct hb_bytes *to, uint64_t value);

/* The next `n` bytes, or NULL if there are fewer. */
const uint8_t *hb_bytes_get(struct hb_bytes *from, uint64_t n);
bool hb_bytes_get_u64(struct hb_bytes *from, uint64_t *value);

uint64_t hb_load_u64(const uint8_t from[8]);

#endif
