/* The work of groups whose tasks are threads: they share memory and meet at barriers. Everything here is a pure
 * function of its arguments that compiles for the guest and for the host alike, and works on one thread's part of the
 * whole: the guest's threads call it side by side, the host for one part after another (osmodel/guest/user/threads.c
 * and osmodel/expected.c say in which order).
 *
 * The functions on doubles (folder numeric/) are compiled without contraction into fused operations, so that guest and
 * host give the same bits. */
#ifndef HB_WORKLOAD_THREADS_H
#define HB_WORKLOAD_THREADS_H

#include <stdint.h>

#include "osmodel/abi.h"

/* How the memory that threads share is laid out. */
#define HB_USER_LINE          128u /* the longest cache line there is */
#define HB_USER_LOCK_BYTES    ((2u + HB_USER_THREADS_MAX) * HB_USER_LINE)
#define HB_USER_BARRIER_BYTES (2u * HB_USER_LINE) /* stencil and matmul: before the grids or matrices */

/* Part `thread` of `threads` of the numbers 0 .. n - 1. */
struct hb_part {
    uint64_t from;
    uint64_t to; /* exclusive */
};

static inline struct hb_part hb_part_of(uint64_t n, uint64_t thread, uint64_t threads) {
    return (struct hb_part){n * thread / threads, n * (thread + 1) / threads};
}

/* ---- stencil: heat spreads over a square grid whose border stays as it is ---------------------------------------- */

/* Rows of a grid of side * side values in [0, 1). */
void hb_stencil_fill(double *grid, uint64_t side, uint64_t seed, struct hb_part rows);

/* One step: each inner value of these rows of `next` becomes the mean of its four neighbours in `grid`. */
void hb_stencil_step(const double *grid, double *next, uint64_t side, struct hb_part rows);

/* A checksum over the bits of these rows. */
uint64_t hb_stencil_sum(const double *grid, uint64_t side, struct hb_part rows);

/* ---- matmul: rows of a matrix product, the first of them by one thread alone ------------------------------------- */

/* Rows of a matrix of side * side whole numbers from -512 to 511. */
void hb_matmul_fill(double *matrix, uint64_t side, uint64_t seed, struct hb_part rows);

/* Compute row `row` (modulo the side) of the product of `a` and `b`, and mix it into `sum`; gives the new sum. */
uint64_t hb_matmul_row(const double *a, const double *b, uint64_t side, uint64_t row, uint64_t sum);

/* All threads together compute `work` rows each; the first thousandths of all rows thread 0 computes alone, while the
 * others wait. Which rows `thread` computes alone, and which beside the others. */
static inline uint64_t hb_matmul_serial(uint64_t work, uint64_t permille, uint64_t threads) {
    return (work * threads * permille + 500) / 1000;
}

static inline struct hb_part hb_matmul_alone(uint64_t work, uint64_t permille, uint64_t thread, uint64_t threads) {
    return (struct hb_part){0, thread == 0 ? hb_matmul_serial(work, permille, threads) : 0};
}

static inline struct hb_part hb_matmul_together(uint64_t work, uint64_t permille, uint64_t thread, uint64_t threads) {
    uint64_t serial = hb_matmul_serial(work, permille, threads);
    struct hb_part part = hb_part_of(work * threads - serial, thread, threads);
    return (struct hb_part){serial + part.from, serial + part.to};
}

/* ---- mapreduce: how often each of some words occurs -------------------------------------------------------------- */

#define HB_MAP_WORDS 64u /* there are so many different ones */
#define HB_MAP_PAGE  64u /* and so many on a page */

/* Count the words of page `page` in counts[HB_MAP_WORDS]. */
void hb_map_page(uint64_t seed, uint64_t page, uint64_t *counts);

/* Add up `threads` tables of counts, one after another in memory, for these words; gives a checksum of the totals. */
uint64_t hb_reduce_words(const uint64_t *tables, uint64_t threads, struct hb_part words);

/* ---- pipeline: items that pass through stages -------------------------------------------------------------------- */

/* How many stages there are: as many as asked for, or one for each thread. */
static inline uint32_t hb_pipeline_stages(uint64_t asked, uint64_t threads) {
    return (uint32_t)(asked != 0 && asked < threads ? asked : threads);
}

/* A buffer with room for some items: three words and the items. */
static inline uint64_t hb_pipeline_buffer_bytes(uint64_t room) {
    return ((3 + room) * sizeof(uint64_t) + HB_USER_LINE - 1) / HB_USER_LINE * HB_USER_LINE;
}

/* Item number `item` as it enters, and as it leaves a stage that it entered as `value`. */
uint64_t hb_pipeline_item(uint64_t seed, uint64_t item);
uint64_t hb_pipeline_stage(uint64_t value, uint64_t stage);

/* ---- selftest ---------------------------------------------------------------------------------------------------- */

#define HB_SELFTEST_CHECKS 47u
#define HB_SELFTEST_BYTES  (5u * HB_USER_LINE + HB_USER_BARRIER_BYTES + HB_USER_LOCK_BYTES)

/* What a thread delivers that has seen so many checks pass. */
static inline uint64_t hb_selftest_checksum(uint32_t task, uint64_t passed) {
    return (uint64_t)task << 32 | passed;
}

#endif
