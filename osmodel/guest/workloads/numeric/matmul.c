#include "osmodel/guest/workloads/threads.h"

void hb_matmul_fill(double *matrix, uint64_t side, uint64_t seed, struct hb_part rows) {
    for (uint64_t i = rows.from * side; i < rows.to * side; i++) {
        uint64_t x = (seed + i + 1) * 0x9e3779b97f4a7c15u;
        matrix[i] = (double)(int64_t)((x ^ x >> 29) >> 20 & 1023) - 512.0;
    }
}

/* Whole numbers of this size are exact, but the order of additions is fixed all the same. */
static double element(const double *row, const double *column, uint64_t side) {
    double sum = 0.0;
    for (uint64_t k = 0; k < side; k++)
        sum = sum + row[k] * column[k * side];
    return sum;
}

uint64_t hb_matmul_row(const double *a, const double *b, uint64_t side, uint64_t row, uint64_t sum) {
    const double *left = a + row % side * side;
    for (uint64_t column = 0; column < side; column++) {
        union {
            double value;
            uint64_t bits;
        } at = {.value = element(left, b + column, side)};
        sum = (sum << 9 | sum >> 55) + (at.bits ^ row);
    }
    return sum;
}
