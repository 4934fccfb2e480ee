#include "memory/hash.h"

static uint64_t load_little_endian(const uint8_t *bytes, size_t n) {
    uint64_t word = 0;
    for (size_t i = 0; i < n; i++)
        word |= (uint64_t)bytes[i] << (8 * i);
    return word;
}

uint64_t hb_hash_bytes(uint64_t hash, const uint8_t *bytes, size_t n) {
    for (; n >= 8; bytes += 8, n -= 8)
        hash = hb_hash_u64(hash, load_little_endian(bytes, 8));
    return n ? hb_hash_u64(hash, load_little_endian(bytes, n)) : hash;
}
