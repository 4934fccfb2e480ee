/* A toy of a kernel: hart 0 tells a story by tracepoints and leaves results in the slots.
 *
 * Task 0 is completed, task 1 brings home a wrong sum, task 2 was lost with hart 1, task 3 ran on hart 1 first and
 * then, requeued, on hart 0, where it is completed. With PANIC it gives up before; with IRQ_OFF it keeps interrupts off
 * for that many turns of a loop, which it cuts by BEATS beats. SUM_0 and SUM_3 are the expected checksums. */
#include "tests/unit/guests/board.h"

#ifndef JITTER
#define JITTER 0
#endif
#ifndef BEATS
#define BEATS 0
#endif
#ifndef AMP
#define AMP 0
#endif

NOTE(AMP, JITTER);

struct hb_params hb_params;
struct hb_result hb_results[HB_TASKS_MAX] __attribute__((aligned(128)));
uint64_t scratch[512] __attribute__((aligned(128)));
volatile uint64_t hart_1_lives;

static void work(uint64_t turns) {
    for (volatile uint64_t i = 0; i < turns; i++)
        ;
}

/* As if interrupts were served: on and off again, and a beat. */
static void breathe(uint32_t hart) {
    TRACE(HB_TP_BEAT, hart, 0);
    CSR_SET(mstatus, 8);
    CSR_CLEAR(mstatus, 8);
}

static void bring_home(uint32_t task, uint64_t sum, uint32_t attempt) {
    hb_results[task] = (struct hb_result){sum, attempt + 1u};
    TRACE(HB_TP_TASK_STOP, task, HB_STOP_EXITED);
    TRACE(HB_TP_TASK_DONE, task, attempt);
}

static void live_and_die(void) {
    TRACE(HB_TP_HART_UP, 1, 0);
    TRACE(HB_TP_TASK_RUN, 3, 0);
    for (uint64_t i = 0; i < 16; i++)
        scratch[16 * i] = i;
    hart_1_lives = 1;
    for (;;) {
        scratch[0]++;
        breathe(1);
    }
}

static void recover(void) {
    TRACE(HB_TP_SUSPECT, 1, 99);
    *(volatile uint32_t *)POWER(1, HB_POWER_COMMAND) = HB_POWER_CMD_FENCE;
    TRACE(HB_TP_FENCED, 1, 0);
    TRACE(HB_TP_RECOVERY_BEGIN, 1, 0);
    TRACE(HB_TP_LOCK_RECOVERED, 0x1234, 1);
    TRACE(HB_TP_TASK_RESTART, 3, 1);
    TRACE(HB_TP_TASK_READY, 3, 0);
    TRACE(HB_TP_TASK_LOST, 2, 0);
    TRACE(HB_TP_RECOVERED, 1, 1);
}

int main(uint64_t hart) {
    if (hart == 1)
        live_and_die();
    if (hart != 0)
        return 0;
    TRACE(HB_TP_HART_UP, 0, 0);
    while (!hart_1_lives)
        ;
    work(900); /* boot: a long stretch with interrupts off, which does not count */
    TRACE(HB_TP_ALL_HARTS_UP, 2, 0);
    for (uint32_t task = 0; task < 4; task++)
        TRACE(HB_TP_TASK_CREATE, task, HB_KIND_BATCH);
    breathe(0);
#ifdef PANIC
    TRACE(HB_TP_PANIC, 7, 0);
    FINISHER = 0x3333 | 7 << 16;
#endif
    TRACE(HB_TP_TASK_RUN, 0, 0);
    work(100);
    bring_home(0, SUM_0, 0);
    TRACE(HB_TP_TASK_RUN, 1, 0);
    breathe(0);
#ifdef IRQ_OFF
    for (int i = 0; i < BEATS; i++) {
        work(IRQ_OFF / (BEATS + 1));
        TRACE(HB_TP_BEAT, 0, 0);
    }
    work(IRQ_OFF / (BEATS + 1));
#endif
    bring_home(1, 4711, 0);
    breathe(0);
    for (int i = 0; i < 100; i++) { /* hart 1 dies meanwhile */
        work(10);
        breathe(0);
    }
    recover();
    TRACE(HB_TP_TASK_RUN, 3, 1);
    breathe(0);
    bring_home(3, SUM_3, 1);
    FINISHER = 0x5555;
    for (;;)
        ;
}
