#include "osmodel/guest/workloads/threads.h"

/* The finalizer of SplitMix64, as in batch.c. */
static uint64_t mix(uint64_t x) {
    x = (x ^ x >> 30) * 0xbf58476d1ce4e5b9u;
    x = (x ^ x >> 27) * 0x94d049bb133111ebu;
    return x ^ x >> 31;
}

void hb_stencil_fill(double *grid, uint64_t side, uint64_t seed, struct hb_part rows) {
    for (uint64_t i = rows.from * side; i < rows.to * side; i++)
        grid[i] = (double)(int64_t)(mix(seed + i * 0x9e3779b97f4a7c15u) >> 11) * 0x1p-53;
}

static void step_row(const double *row, double *next, uint64_t side) {
    for (uint64_t x = 1; x + 1 < side; x++)
        next[x] = 0.25 * ((row[x - 1] + row[x + 1]) + (row[x - side] + row[x + side]));
}

void hb_stencil_step(const double *grid, double *next, uint64_t side, struct hb_part rows) {
    for (uint64_t y = rows.from; y < rows.to; y++)
        if (y > 0 && y + 1 < side)
            step_row(grid + y * side, next + y * side, side);
}

uint64_t hb_stencil_sum(const double *grid, uint64_t side, struct hb_part rows) {
    uint64_t sum = 0;
    for (uint64_t i = rows.from * side; i < rows.to * side; i++) {
        union {
            double value;
            uint64_t bits;
        } at = {.value = grid[i]};
        sum = (sum << 9 | sum >> 55) + at.bits;
    }
    return sum;
}
