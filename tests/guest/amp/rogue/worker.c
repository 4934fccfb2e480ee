/* A worker kernel gone wrong: like the real one, but hart 3 once does something that no worker may do.
 * os.workload.locks, for which an AMP system has no use, chooses it; the tracepoint after it says that it was not
 * stopped. */
#define hb_worker_prepare hb_honest_worker_prepare
#include "osmodel/guest/amp/worker.c"
#undef hb_worker_prepare

#include "osmodel/guest/amp/reign.h"
#include "osmodel/guest/machine/board.h"
#include "tests/guest/amp/rogue/rogue.h"

#define KERNEL_TEXT   0x80000000ull
#define FINISHER_PASS 0x5555u
#define MTIMECMP      (HB_CLINT_BASE + 0x4000)
#define OWN_POWER     (HB_POWER_BASE + HB_POWER_STRIDE * ROGUE_HART)
#define TURN          12u /* of the loop in which it happens */

static void write32(uint64_t address, uint32_t value) {
    *(volatile uint32_t *)address = value;
}

static void write64(uint64_t address, uint64_t value) {
    *(volatile uint64_t *)address = value;
}

/* In the name of hart 1: that all that it has been given is done, with a checksum of the rogue's own. */
static void forge_answers(void) {
    struct hb_cell *victim = hb_cell(ROGUE_VICTIM);
    struct hb_ring_end end = victim->worker.answers;
    for (uint32_t i = 0; i < HB_REQUESTS_AT_ONCE; i++) {
        const struct hb_work *work = &victim->worker.work[i];
        struct hb_message message = {
            .kind = HB_MESSAGE_DONE, .task = work->task, .attempt = work->attempt, .value = 0x666};
        if (work->taken)
            hb_ring_send(&victim->to_master, &end, &message);
    }
    ring_the_bell();
}

static void use_what_is_its_own(void) {
    ring_the_bell();
    hb_send_interrupt(ROGUE_HART);
    hb_clear_interrupt(ROGUE_HART);
    hb_set_timer(ROGUE_HART, hb_own_cell()->timer);
    *(volatile uint64_t *)hb_part_begin(ROGUE_HART);
    (void)*(volatile uint64_t *)&hb_params.seed;
}

static void turn_protection_off(void) {
    HB_CSR_WRITE(pmpcfg0, 0);
    HB_CSR_WRITE(pmpcfg2, 0);
    hb_walls_set_room(0, UINT64_MAX);
}

static void misbehave(enum rogue_deed deed) {
    switch (deed) {
    case ROGUE_NOTHING: use_what_is_its_own(); break;
    case ROGUE_FORGES: forge_answers(); break;
    case ROGUE_READS_RING: (void)*(volatile uint64_t *)&hb_cell(ROGUE_VICTIM)->to_hart; break;
    case ROGUE_INTERRUPTS: write32(HB_CLINT_BASE + 4 * ROGUE_VICTIM, 1); break;
    case ROGUE_STOPS_TIMER: write64(MTIMECMP + 8 * ROGUE_VICTIM, UINT64_MAX); break;
    case ROGUE_WRITES_MEMORY: write64(hb_part_begin(ROGUE_VICTIM), 0); break;
    case ROGUE_WRITES_RESULTS: write64((uint64_t)&hb_results[0], 0x666); break;
    case ROGUE_WRITES_TEXT: write32(KERNEL_TEXT, 0); break;
    case ROGUE_WRITES_PARAMETERS: write64((uint64_t)&hb_params.seed, 0); break;
    case ROGUE_PRINTS: write32(HB_UART_BASE, 'x'); break;
    case ROGUE_FENCES: write32(HB_POWER_BASE + HB_POWER_STRIDE * ROGUE_VICTIM, HB_POWER_CMD_FENCE); break;
    case ROGUE_FINISHES: write32(HB_FINISHER_BASE, FINISHER_PASS); break;
    case ROGUE_RINGS: write32(HB_CLINT_BASE + 4 * HB_FIRST_MASTER, 1); break;
    case ROGUE_SETS_ENTRY: write64(OWN_POWER + HB_POWER_ENTRY, (uint64_t)misbehave); break;
    case ROGUE_CLAIMS: hb_reign_claim(hb_reign.word); break;
    case ROGUE_RESETS: write32(OWN_POWER + HB_POWER_COMMAND, HB_POWER_CMD_RESET); break;
    default:
        turn_protection_off();
        write32(HB_CLINT_BASE + 4 * ROGUE_VICTIM, 1);
        break; /* ROGUE_UNLOCKS */
    }
    HB_TRACE(ROGUE_TRACEPOINT, deed, 0);
}

/* Between its cell and its stack there is room for a number. */
static bool is_time(void) {
    uint64_t *turns = (uint64_t *)(void *)(hb_own_cell() + 1);
    return hb_hart_id() == ROGUE_HART && ++*turns == TURN;
}

bool hb_worker_prepare(void) {
    bool has_task = hb_honest_worker_prepare();
    if (is_time())
        misbehave((enum rogue_deed)hb_params.group[0].locks);
    return has_task;
}
