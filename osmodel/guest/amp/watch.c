#include "osmodel/guest/amp/watch.h"

#include "osmodel/guest/amp/beat.h"
#include "osmodel/guest/amp/cell.h"
#include "osmodel/guest/amp/crew.h"
#include "osmodel/guest/amp/master.h"
#include "osmodel/guest/amp/vigil.h"
#include "osmodel/guest/lib/params.h"
#include "osmodel/guest/machine/board.h"
#include "osmodel/guest/machine/devices.h"
#include "osmodel/guest/machine/tracepoint.h"

enum { PHASE_FENCE = 1, PHASE_GIVE_UP = 2 };

/* Only the master's. */
static struct hb_vigil vigil __attribute__((aligned(HB_LINE_ALIGN)));

void hb_watch_begin(void) {
    hb_vigil_begin(&vigil);
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
    const uint64_t *beat = &hb_cell(hart)->beat;
    if (!hb_vigil_finds_silent(&vigil, hart, beat))
        return;
    HB_TRACE(HB_TP_SUSPECT, hart, hb_vigil_silence(&vigil, beat));
    if (hb_vigil_finds_silent(&vigil, hart, beat))
        recover(hart);
    else
        HB_TRACE(HB_TP_FALSE_ALARM, hart, 0);
}

void hb_watch_if_due(void) {
    if (!hb_vigil_is_due(&vigil))
        return;
    for (uint32_t hart = 0; hart < hb_board.harts; hart++) {
        if (hb_crew_has(hart)) {
            look_at(hart);
            hb_breathe();
        }
    }
}

uint64_t hb_watch_due(void) {
    return hb_vigil_due(&vigil);
}
