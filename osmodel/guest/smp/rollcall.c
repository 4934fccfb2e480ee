#include "osmodel/guest/smp/rollcall.h"

#include <stdbool.h>

#include "osmodel/guest/lib/lock.h"
#include "osmodel/guest/lib/times.h"
#include "osmodel/guest/machine/atomic.h"
#include "osmodel/guest/machine/board.h"
#include "osmodel/guest/machine/console.h"
#include "osmodel/guest/machine/devices.h"
#include "osmodel/guest/machine/tracepoint.h"
#include "osmodel/guest/smp/hart.h"
#include "osmodel/guest/smp/heartbeat.h"

/* How long hart 0 waits, in ticks. In an emulator on a busy host, a hart may take a while to start. */
#define FIRST_TICKS   10000ull
#define SECOND_TICKS  5000ull
#define PATIENT_TICKS 10000000ull

#define LOOK_TICKS 1000ull /* a waiting hart checks this often whether it is called */

/* Harts begin to run the kernel's code one after another, since none has it in its cache yet: if all fetched it at
 * once, each would wait for the bus, with interrupts off, as long as all of them together. */
#define STAGGER_TICKS 300ull

enum { ABSENT, ARRIVED, THERE, LEFT_OUT };

HB_TIMES static uint64_t answers[HB_HARTS_MAX] __attribute__((aligned(HB_LINE_ALIGN)));

/* Written by hart 0, each 0 until then. */
HB_TIMES static struct {
    uint64_t second_call;
    uint64_t may_go; /* the time at which it was allowed */
} calls __attribute__((aligned(HB_LINE_ALIGN)));

/* ---- Hart 0 ---------------------------------------------------------------------------------------------------- */

static uint64_t deadline(uint64_t ticks) {
    return hb_now_ticks() + (hb_board.power_base != 0 ? ticks : PATIENT_TICKS);
}

static bool has_answered(uint32_t hart, uint64_t from, uint64_t to, uint64_t until) {
    while (hb_load(&answers[hart]) != to) {
        hb_breathe();
        if (hb_now_ticks() >= until)
            return !hb_compare_and_swap(&answers[hart], from, LEFT_OUT);
    }
    return true;
}

static void leave_out(uint32_t hart) {
    HB_TRACE(HB_TP_HART_LEFT_OUT, hart, 0);
    hb_print("smp: hart %u has not reported and is left out\n", (uint64_t)hart);
    if (hb_board.power_base != 0)
        hb_power_fence(hart);
}

/* Those of `live` that move from state `from` to state `to` before the time is up. Hart 0 is always there. */
static uint64_t call(uint64_t live, uint64_t from, uint64_t to, uint64_t until) {
    for (uint32_t hart = HB_BOOT_HART + 1; hart < hb_board.harts; hart++) {
        if (live & hb_bit(hart) && !has_answered(hart, from, to, until)) {
            live &= ~hb_bit(hart);
            leave_out(hart);
        }
    }
    return live;
}

static void wake(uint64_t harts) {
    for (uint32_t hart = HB_BOOT_HART + 1; hart < hb_board.harts; hart++) {
        if (harts & hb_bit(hart)) {
            hb_send_interrupt(hart);
            hb_breathe(); /* harts woken earlier are running by now, and the bus may be busy */
        }
    }
}

uint64_t hb_roll_call_first(void) {
    uint64_t all = UINT64_MAX >> (HB_HARTS_MAX - hb_board.harts);
    return call(all, ABSENT, ARRIVED, deadline(FIRST_TICKS));
}

uint64_t hb_roll_call_second(uint64_t live) {
    hb_store(&calls.second_call, 1);
    wake(live);
    return call(live, ARRIVED, THERE, deadline(SECOND_TICKS));
}

void hb_roll_call_let_go(void) {
    hb_store(&calls.may_go, hb_now_ticks());
    wake(UINT64_MAX);
}

/* ---- The others ------------------------------------------------------------------------------------------------ */

static void answer(uint32_t hart, uint64_t from, uint64_t to) {
    if (hb_compare_and_swap_cached(&answers[hart], from, to)) /* hart 0 may not have read yet how to clean */
        return;
    HB_CSR_WRITE(mie, 0);
    for (;;) /* too late: the others have started without it */
        hb_wait_for_interrupt();
}

static void sleep_ticks(uint32_t hart, uint64_t ticks) {
    hb_set_timer(hart, hb_now_ticks() + ticks);
    hb_clear_interrupt(hart);
    hb_wait_for_interrupt();
}

static void wait_for(uint32_t hart, const uint64_t *word) {
    while (!hb_load(word))
        sleep_ticks(hart, LOOK_TICKS);
}

void hb_roll_call_answer(uint32_t hart) {
    answer(hart, ABSENT, ARRIVED);
    HB_TRACE(HB_TP_HART_UP, hart, 0);
    wait_for(hart, &calls.second_call);
    answer(hart, ARRIVED, THERE);
    wait_for(hart, &calls.may_go);
    uint64_t start = hb_load(&calls.may_go) + STAGGER_TICKS * hart;
    while (hb_now_ticks() < start) {
        hb_spin_poll();
        sleep_ticks(hart, STAGGER_TICKS);
    }
    hb_clear_interrupt(hart);
}
