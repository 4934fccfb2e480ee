#include "osmodel/guest/smp/recovery/replug.h"

#include "osmodel/guest/lib/params.h"
#include "osmodel/guest/machine/atomic.h"
#include "osmodel/guest/machine/board.h"
#include "osmodel/guest/machine/devices.h"
#include "osmodel/guest/machine/tracepoint.h"
#include "osmodel/guest/smp/hart.h"
#include "osmodel/guest/smp/heartbeat.h"
#include "osmodel/guest/smp/recovery/recovery.h"

#define BEAT_TICKS 100u /* a hart that waits to be admitted beats as often as this */
#define SOON_TICKS 500u /* its recovery is not over yet: look again */

/* When the hart was last called, in ticks; 0: it has not been since it died. */
static struct { uint64_t ticks; } __attribute__((aligned(HB_LINE_ALIGN))) calls[HB_HARTS_MAX];

extern char _start[];

/* A beat from before the fence counts no more. */
static void call(uint32_t hart) {
    hb_power_fence(hart);
    hb_store(&calls[hart].ticks, hb_now_ticks());
    hb_power_start(hart, (uintptr_t)_start);
}

/* Its last recovery is forgotten before it is alive, so that it can be suspected from the first moment on. Of two harts
 * that call it, each does the same; one that has been expelled meanwhile admits nobody. */
static void admit(uint32_t hart) {
    uint64_t live;
    hb_store(&calls[hart].ticks, 0);
    if (!hb_recovery_forget(hart))
        return;
    do {
        live = hb_load(&hb_live);
        if (!(live & hb_bit(hb_hart_id())))
            return;
    } while (!hb_compare_and_swap(&hb_live, live, live | hb_bit(hart)));
}

/* Returns when to look again. */
static uint64_t look_after(uint32_t hart, uint64_t now, uint64_t interval) {
    uint64_t called = hb_load(&calls[hart].ticks);
    if (called != 0 && hb_load(&hb_heartbeats[hart].ticks) > called) {
        admit(hart);
        return UINT64_MAX;
    }
    if (!hb_recovery_is_over(hart))
        return now + SOON_TICKS;
    if (called != 0 && now < called + interval)
        return called + interval;
    call(hart);
    return now + interval;
}

uint64_t hb_replug_as_due(uint64_t now) {
    uint64_t again = UINT64_MAX, interval = hb_ticks(hb_params.recovery_replug_cycles);
    uint64_t live = hb_load(&hb_live);
    uint32_t hart = hb_hart_id();
    if (interval == 0 || hb_board.power_base == 0)
        return UINT64_MAX;
    for (;;) {
        hart = hart + 1 < hb_board.harts ? hart + 1 : 0;
        if (live & hb_bit(hart) || hart == hb_hart_id())
            return again;
        uint64_t next = look_after(hart, now, interval);
        again = next < again ? next : again;
    }
}

bool hb_replug_is_called(void) {
    return hb_load(&calls[hb_hart_id()].ticks) != 0;
}

/* Its beats are the only sign of life that it gives. */
void hb_replug_answer(void) {
    uint32_t me = hb_hart_id();
    while (!(hb_load(&hb_live) & hb_bit(me))) {
        hb_beat_first(me);
        hb_set_timer(me, hb_now_ticks() + BEAT_TICKS);
        hb_clear_interrupt(me);
        hb_wait_for_interrupt();
    }
    hb_beat_first(me);
    HB_TRACE(HB_TP_HART_UP, me, 0);
    hb_self()->next_wake = 0; /* its sleepers are its own again */
}
