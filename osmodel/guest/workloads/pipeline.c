#include "osmodel/guest/workloads/threads.h"

uint64_t hb_pipeline_item(uint64_t seed, uint64_t item) {
    return (seed + item) * 0x9e3779b97f4a7c15u ^ item << 7;
}

uint64_t hb_pipeline_stage(uint64_t value, uint64_t stage) {
    uint64_t x = value + stage + 1;
    for (unsigned i = 0; i < 16; i++)
        x = (x ^ x >> 31) * 0xbf58476d1ce4e5b9u + stage;
    return x;
}
