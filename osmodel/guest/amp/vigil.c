#include "osmodel/guest/amp/vigil.h"

#include "osmodel/guest/amp/beat.h"
#include "osmodel/guest/amp/opening.h"
#include "osmodel/guest/lib/params.h"
#include "osmodel/guest/machine/atomic.h"
#include "osmodel/guest/machine/riscv.h"
#include "osmodel/guest/machine/tracepoint.h"

/* Without a way to fence, suspecting is of no use; where nobody beats, silence means nothing. */
static bool shall_watch(void) {
    return hb_params.recovery_detect != HB_DETECT_NONE && hb_params.heartbeat_period_cycles != 0 &&
           hb_opening.power != 0;
}

void hb_vigil_begin(struct hb_vigil *vigil) {
    vigil->on = shall_watch();
    vigil->since = hb_now_ticks();
}

/* When watching is turned on during a run, the others need a while to notice that they must beat. */
static bool is_on(struct hb_vigil *vigil) {
    bool on = shall_watch();
    if (on && !vigil->on)
        vigil->since = hb_now_ticks() + HB_LOOK_AGAIN_TICKS;
    vigil->on = on;
    return on;
}

bool hb_vigil_is_due(struct hb_vigil *vigil) {
    uint64_t now = hb_now_ticks();
    if (!is_on(vigil) || now < vigil->next_look)
        return false;
    vigil->next_look = now + hb_period_ticks(hb_params.heartbeat_check_cycles);
    return true;
}

uint64_t hb_vigil_silence(const struct hb_vigil *vigil, const uint64_t *beat) {
    uint64_t beaten = hb_load(beat);
    uint64_t from = beaten > vigil->since ? beaten : vigil->since;
    uint64_t now = hb_now_ticks();
    return now > from ? now - from : 0;
}

bool hb_vigil_finds_silent(const struct hb_vigil *vigil, uint32_t hart, const uint64_t *beat) {
    uint64_t silent = hb_vigil_silence(vigil, beat);
    HB_TRACE(HB_TP_LOOK, hart, silent);
    return hb_has_passed(silent, hb_params.heartbeat_timeout_cycles);
}

uint64_t hb_vigil_due(const struct hb_vigil *vigil) {
    return vigil->on ? vigil->next_look : UINT64_MAX;
}
