/* A 64-bit hash of values and bytes, the same on every host: for state hashes and seeded choices, not for secrets.
 *
 * The mixer is the finaliser of SplitMix64 (Steele, Lea, Flood 2014: "Fast splittable pseudorandom number generators").
 */
#ifndef HB_MEMORY_HASH_H
#define HB_MEMORY_HASH_H

#include <stddef.h>
#include <stdint.h>

#define HB_HASH_SEED 0x68617274626561ull

static inline uint64_t hb_mix64(uint64_t z) {
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9ull;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebull;
    return z ^ (z >> 31);
}

/* `hash` extended by one more value. */
static inline uint64_t hb_hash_u64(uint64_t hash, uint64_t value) {
    return hb_mix64(hash + 0x9e3779b97f4a7c15ull + value);
}

/* `hash` extended by `n` bytes, read as little-endian words; the last word is padded with zeros. */
uint64_t hb_hash_bytes(uint64_t hash, const uint8_t *bytes, size_t n);

/* A choice that depends on nothing but its arguments: (seed, component, event number) in place of a generator that
 * parts would share. */
static inline uint64_t hb_choice(uint64_t seed, uint64_t component, uint64_t event) {
    return hb_hash_u64(hb_hash_u64(hb_mix64(seed), component), event);
}

#endif
