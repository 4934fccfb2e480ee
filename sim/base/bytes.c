#include "sim/base/bytes.h"

#include <stdlib.h>
#include <string.h>

void hb_bytes_put(struct hb_bytes *to, const void *from, size_t n) {
    if (n > to->capacity - to->n) {
        to->capacity = 2 * to->capacity + n + 4096;
        to->at = realloc(to->at, to->capacity);
        if (!to->at)
            abort(); /* half of it would be of no use */
    }
    if (n)
        memcpy(to->at + to->n, from, n);
    to->n += n;
}

void hb_bytes_put_u64(struct hb_bytes *to, uint64_t value) {
    uint8_t word[8];
    for (uint32_t i = 0; i < 8; i++)
        word[i] = (uint8_t)(value >> 8 * i);
    hb_bytes_put(to, word, sizeof word);
}

const uint8_t *hb_bytes_get(struct hb_bytes *from, uint64_t n) {
    if (n > from->n - from->read)
        return NULL;
    from->read += n;
    return from->at + from->read - n;
}

bool hb_bytes_get_u64(struct hb_bytes *from, uint64_t *value) {
    const uint8_t *word = hb_bytes_get(from, 8);
    if (word)
        *value = hb_load_u64(word);
    return word != NULL;
}

uint64_t hb_load_u64(const uint8_t from[8]) {
    uint64_t value = 0;
    for (uint32_t i = 0; i < 8; i++)
        value |= (uint64_t)from[i] << 8 * i;
    return value;
}
