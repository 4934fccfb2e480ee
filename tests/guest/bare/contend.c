/* Every hart asks for the bus without pause: each loads line after line of a stretch of its own, far larger than its
 * cache. Ends when hart 0 has done so many; with an arbiter that starves others hart 0 is the first. */
#include "bare.h"

#define STRETCH 65536u /* bytes a hart */
#define LOADS   4000u

static struct bare_barrier barrier;
static _Alignas(BARE_LINE) uint8_t stretch[8][STRETCH];

void bare_main(uint64_t hart, const void *tree) {
    uint32_t harts = bare_harts(tree);
    bare_wait(&barrier, harts);
    for (uint32_t i = 0; hart || i < LOADS; i++)
        (void)*(volatile uint64_t *)&stretch[hart][i * BARE_LINE % STRETCH];
    bare_finish(0);
}
