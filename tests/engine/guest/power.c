/* Written to break the fast engine: hart 0 fences the others in the middle of work for which they need nobody, and has
 * them started again, or resets them; and now and then one resets itself. */
#include "bare.h"

#include "osmodel/abi.h"

#define ROUNDS 2000u

static _Alignas(BARE_LINE) volatile uint64_t own[BARE_HARTS][16];
static _Alignas(BARE_LINE) volatile uint64_t begun[BARE_HARTS];
static struct bare_barrier barrier;

void _start(void);

static uint64_t block_of(uint64_t hart) {
    return HB_POWER_BASE + HB_POWER_STRIDE * hart;
}

static void command(uint64_t hart, uint32_t command) {
    *(volatile uint32_t *)(block_of(hart) + HB_POWER_COMMAND) = command;
}

static void work(uint64_t hart, uint64_t steps) {
    for (uint64_t i = 0; i < steps; i++)
        own[hart][i % 16] += i;
}

static void disturb(uint64_t hart, uint64_t round) {
    *(volatile uint64_t *)(block_of(hart) + HB_POWER_ENTRY) = (uint64_t)_start;
    work(0, round * 61 % 900);
    if (round % 4 == 0) {
        command(hart, HB_POWER_CMD_RESET);
        return;
    }
    command(hart, HB_POWER_CMD_FENCE);
    work(0, round * 17 % 40);
    command(hart, HB_POWER_CMD_START);
}

/* Those that are started again come here, too. */
void bare_main(uint64_t hart, const void *tree) {
    if (begun[hart]++) {
        work(hart, begun[hart] % 3 ? UINT64_MAX : 700);
        command(hart, HB_POWER_CMD_RESET);
    }
    uint32_t harts = bare_harts(tree);
    bare_wait(&barrier, harts);
    if (hart)
        work(hart, UINT64_MAX);
    for (uint64_t round = 0; harts > 1 && round < ROUNDS; round++)
        disturb(1 + round % (harts - 1), round);
    bare_finish(0);
}
