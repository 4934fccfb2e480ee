#include "sim/result/carry.h"

#include <stdlib.h>
#include <string.h>

/* Either writes blocks or rebuilds them, so one list of blocks serves both directions. */
struct carrier {
    FILE *out; /* NULL: reads */
    const char *bytes;
    size_t n;
    bool ok;
};

static void carry_bytes(struct carrier *carrier, void *block, size_t bytes) {
    if (carrier->out) {
        carrier->ok &= bytes == 0 || fwrite(block, 1, bytes, carrier->out) == bytes;
    } else if (carrier->ok && bytes <= carrier->n) {
        memcpy(block, carrier->bytes, bytes);
        carrier->bytes += bytes;
        carrier->n -= bytes;
    } else {
        memset(block, 0, bytes);
        carrier->ok = false;
    }
}

/* A block of n things that `*block` points to; NULL stays NULL. */
static void *carry_block(struct carrier *carrier, void *block, size_t n, size_t each) {
    if (!block)
        return NULL;
    void *copy = carrier->out ? block : calloc(n ? n : 1, each);
    if (!copy)
        abort();
    carry_bytes(carrier, copy, n * each);
    return copy;
}

#define CARRY(pointer, n) ((pointer) = carry_block(carrier, (void *)(pointer), (n), sizeof *(pointer)))

static void carry_measured(struct carrier *carrier, struct hb_measured *measured, uint32_t harts) {
    CARRY(measured->line, measured->lines);
    for (uint32_t i = 0; i < measured->lines; i++)
        CARRY(measured->line[i].hart, measured->line[i].harts);
    CARRY(measured->lock, measured->locks);
    CARRY(measured->interval, measured->intervals);
    CARRY(measured->instructions, (size_t)measured->intervals * harts);
}

static void carry(struct carrier *carrier, struct hb_run_result *result) {
    CARRY(result->fault, result->faults);
    for (uint32_t i = 0; i < result->faults; i++)
        CARRY(result->fault[i].lost, result->fault[i].lost_listed);
    CARRY(result->watched, 1);
    CARRY(result->measured, 1);
    if (result->measured)
        carry_measured(carrier, result->measured, result->harts);
}

bool hb_result_pack(struct hb_run_result *result, FILE *out) {
    struct carrier carrier = {.out = out, .ok = true};
    carry_bytes(&carrier, result, sizeof *result);
    carry(&carrier, result);
    return carrier.ok;
}

struct hb_run_result *hb_result_unpack(const char **bytes, size_t *n) {
    struct carrier carrier = {.bytes = *bytes, .n = *n, .ok = true};
    struct hb_run_result *result = calloc(1, sizeof *result);
    if (!result)
        abort();
    carry_bytes(&carrier, result, sizeof *result);
    if (carrier.ok)
        carry(&carrier, result);
    *bytes = carrier.bytes;
    *n = carrier.n;
    if (carrier.ok)
        return result;
    hb_result_free(result);
    return NULL;
}
