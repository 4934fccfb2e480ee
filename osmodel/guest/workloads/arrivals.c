#include "osmodel/guest/workloads/arrivals.h"

#include "osmodel/guest/workloads/kinds.h"
#include "osmodel/guest/workloads/workload.h"

#define FRACTION  20u        /* bits of a logarithm after the point */
#define LN2_30    744261118u /* the natural logarithm of 2, times 2^30 */
#define TOP       (1ull << 63)
#define BURST     8u  /* bursty: this many requests from pause to pause */
#define PAUSE_8TH 57u /* ... and a pause of 57 eighths: 7 of 8 gaps are an eighth of the mean long */

enum property { GAP, PAUSE, QUEUE };

/* SplitMix64's finalizer, as in batch.c. */
static uint64_t draw(uint64_t seed, uint32_t request, enum property property) {
    uint64_t x = (seed + 1) * 0x9e3779b97f4a7c15u + (uint64_t)request * 4 + property;
    for (int i = 0; i < 2; i++) {
        x = (x ^ x >> 30) * 0xbf58476d1ce4e5b9u;
        x = (x ^ x >> 27) * 0x94d049bb133111ebu;
        x ^= x >> 31;
    }
    return x;
}

static uint64_t high_of_square(uint64_t x) {
    return (uint64_t)((unsigned __int128)x * x >> 64);
}

/* -log2(x / 2^64), in units of 2^-FRACTION, for x > 0. Squaring doubles the logarithm: one bit of it after another
 * comes before the point. */
static uint64_t minus_log2(uint64_t x) {
    uint64_t whole = 63;
    for (; !(x & TOP); x <<= 1)
        whole--;
    uint64_t logarithm = whole;
    for (unsigned bit = 0; bit < FRACTION; bit++) {
        x = high_of_square(x);
        logarithm = logarithm << 1 | x >> 63;
        if (!(x & TOP))
            x <<= 1;
    }
    return (64ull << FRACTION) - logarithm;
}

/* Exponentially distributed with this mean: the inverse of its distribution, at a random place. */
static uint64_t exponential(uint64_t x, uint64_t mean) {
    uint64_t natural = minus_log2(x | 1) * LN2_30 >> 30;
    return natural * mean >> FRACTION;
}

uint64_t hb_arrival_gap(uint64_t seed, const volatile struct hb_group *group, uint32_t request) {
    uint64_t mean = group->gap_cycles;
    switch (group->arrivals) {
    case HB_ARRIVALS_EVEN: return mean;
    case HB_ARRIVALS_BURSTY:
        return exponential(draw(seed, request, GAP),
                           draw(seed, request, PAUSE) % BURST == 0 ? mean * PAUSE_8TH / 8 : mean / 8);
    default: return exponential(draw(seed, request, GAP), mean);
    }
}

uint32_t hb_server_queues(const volatile struct hb_group *group) {
    return group->queues == HB_SERVER_ONE ? 1 : (uint32_t)group->tasks;
}

uint32_t hb_request_queue(uint64_t seed, const volatile struct hb_group *group, uint32_t request) {
    uint32_t queues = hb_server_queues(group);
    return group->queues == HB_SERVER_HASHED ? (uint32_t)(draw(seed, request, QUEUE) % queues) : request % queues;
}

uint64_t hb_request_serve(uint64_t seed, uint32_t request, uint64_t units, uint8_t *set) {
    struct hb_batch_plan plan = {.units = units, .set_bytes = HB_SET_SMALL_BYTES, .kernel = HB_KERNEL_CRC};
    return hb_batch_run(seed + 1 + request, 0, &plan, set);
}

uint64_t hb_requests_before(const volatile struct hb_params *params, uint32_t number) {
    uint64_t requests = 0;
    for (uint32_t i = 0; i < number && i < HB_GROUPS_MAX; i++)
        if (params->group[i].kind == HB_KIND_SERVER)
            requests += params->group[i].requests;
    return requests;
}

uint64_t hb_server_checksum(uint64_t seed, uint32_t task) {
    return (seed + 0x51ed270b) * 0x2545f4914f6cdd1du + task;
}
