/* The bare-metal program of the experiment `false-sharing`: every hart counts for itself, and nobody looks at another's
 * counter. First the counters are neighbours in memory, then each has a line of its own. Tracepoints 64 and 65 stand
 * around the first part, 66 and 67 around the second. It passes only if every count is right. */
#include "bare.h"
#include "osmodel/abi.h"

#define COUNT 2000
#define LINE  128 /* the longest that a cache may have */

/* What makes the image one with tracepoints. */
const struct {
    uint32_t name_bytes, descriptor_bytes, type;
    char name[12];
    struct hb_note descriptor;
} __attribute__((packed)) note __attribute__((section(".note.hartbeat"), aligned(4), used)) = {
    9, sizeof(struct hb_note), HB_NOTE_TYPE, "hartbeat", {HB_ABI_VERSION, 0, 0}};

struct alone {
    _Alignas(LINE) volatile uint64_t count;
};

static _Alignas(LINE) volatile uint64_t together[BARE_HARTS];
static struct alone apart[BARE_HARTS];
static struct bare_barrier barrier;

#define MARK(id) __asm__ volatile("slti x0, x0, %0" ::"i"(id) : "memory")

static void count(volatile uint64_t *mine) {
    for (uint32_t i = 0; i < COUNT; i++)
        ++*mine;
}

static int counts_are_right(uint32_t harts) {
    for (uint32_t i = 0; i < harts; i++)
        if (together[i] != COUNT || apart[i].count != COUNT)
            return 0;
    return 1;
}

/* Each part lasts from one meeting of all harts to the next. */
void bare_main(uint64_t hart, const void *tree) {
    uint32_t harts = bare_harts(tree);
    bare_wait(&barrier, harts);
    if (hart == 0)
        MARK(64);
    count(&together[hart]);
    bare_wait(&barrier, harts);
    if (hart == 0) {
        MARK(65);
        MARK(66);
    }
    count(&apart[hart].count);
    bare_wait(&barrier, harts);
    if (hart)
        return;
    MARK(67);
    int right = counts_are_right(harts);
    bare_print(right ? "sharing: all counts are right\n" : "sharing: a count is WRONG\n");
    bare_finish(right ? 0 : 1);
}
