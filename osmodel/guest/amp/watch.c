#include "osmodel/guest/amp/watch.h"

#include <stdbool.h>

#include "osmodel/guest/amp/beat.h"
#include "osmodel/guest/amp/cell.h"
#include "osmodel/guest/amp/crew.h"
#include "osmodel/guest/amp/master.h"
#include "osmodel/guest/lib/params.h"
#include "osmodel/guest/machine/atomic.h"
#include "osmodel/guest/machine/board.h"
#include "osmodel/guest/machine/devices.h"
#include "osmodel/guest/machine/riscv.h"
#include "osmodel/guest/machine/tracepoint.h"

enum { PHASE_FENCE = 1, PHASE_GIVE_UP = 2 };

/* Only the master's, in ticks. */
static struct {
    uint64_t next_look;
    uint64_t since; /* older silence does not count */
    bool on;        /* at the last look the policy was to watch */
} watch __attribute__((aligned(HB_LINE_ALIGN)));

/* Without a way to fence, suspecting is of no use; where nobody beats, silence means nothing. */
static bool shall_watch(void) {
    return hb_params.recovery_detect != HB_DETECT_NONE && hb_params.heartbeat_period_cycles != 0 &&
           hb_board.power_base != 0;
}

void hb_watch_begin(void) {
    watch.on = shall_watch();
    watch.since = hb_now_ticks();
}

static uint64_t silence(uint32_t hart) {
    uint64_t beaten = hb_load(&hb_cell(hart)->beat);
    uint64_t from = beaten > watch.since ? beaten : watch.since;
    uint64_t now = hb_now_ticks();
    return now > from ? now - from : 0;
}

static bool is_silent(uint32_t hart) {
    uint64_t silent = silence(hart);
    HB_TRACE(HB_TP_LOOK, hart, silent);
    return hb_has_passed(silent, hb_params.heartbeat_timeout_cycles);
}

/* It may be alive and merely slow: nothing of it is touched before it is fenced. */
static void fence(uint32_t hart) {
    if (hb_params.recovery_fence) {
        hb_power_fence(hart);
        HB_TRACE(HB_TP_FENCED, hart, 0);
    }
}

static void recover(uint32_t hart) {
    HB_TRACE(HB_TP_RECOVERY_PHASE, hart, PHASE_FENCE);
    fence(hart);
    HB_TRACE(HB_TP_RECOVERY_BEGIN, hart, 0);
    HB_TRACE(HB_TP_RECOVERY_PHASE, hart, PHASE_GIVE_UP);
    uint32_t waiting = hb_master_give_up(hart);
    HB_TRACE(HB_TP_RECOVERED, hart, waiting);
}

/* The beat is read again right before the worker is given up: it may have been about to beat. */
static void look_at(uint32_t hart) {
    if (!is_silent(hart))
        return;
    HB_TRACE(HB_TP_SUSPECT, hart, silence(hart));
    if (is_silent(hart))
        recover(hart);
    else
        HB_TRACE(HB_TP_FALSE_ALARM, hart, 0);
}

/* When watching is turned on during a run, workers need a while to notice that they must beat. */
static bool is_on(void) {
    bool on = shall_watch();
    if (on && !watch.on)
        watch.since = hb_now_ticks() + HB_LOOK_AGAIN_TICKS;
    watch.on = on;
    return on;
}

void hb_watch_if_due(void) {
    uint64_t now = hb_now_ticks();
    if (!is_on() || now < watch.next_look)
        return;
    watch.next_look = now + hb_period_ticks(hb_params.heartbeat_check_cycles);
    for (uint32_t hart = 0; hart < hb_board.harts; hart++) {
        if (hb_crew_has(hart)) {
            look_at(hart);
            hb_breathe();
        }
    }
}

uint64_t hb_watch_due(void) {
    return watch.on ? watch.next_look : UINT64_MAX;
}
