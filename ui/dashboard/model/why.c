#include "ui/dashboard/model/why.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "ui/dashboard/model/format.h"

/* ", for task 3": whose work it is. */
static void tell_work(const struct hb_view_hart *hart, char *text, size_t bytes) {
    if (hart->task >= 0)
        snprintf(text, bytes, ", for task %" PRId32, hart->task);
    else
        text[0] = '\0';
}

/* " at hb_batch_run+0x1c (batch.c:88)"; empty: the place has no name. */
static void tell_place(const struct hb_view_hart *hart, const char *source, char *text, size_t bytes) {
    snprintf(text, bytes, "%s%s%s%s%s", hart->symbol[0] ? ", at " : "", hart->symbol, source[0] ? " (" : "", source,
             source[0] ? ")" : "");
}

static void tell_spin(const struct hb_view *view, const struct hb_view_hart *hart, char *text, size_t bytes) {
    const char *lock = hart->wanted[0] ? hart->wanted : "a lock";
    const uint8_t owner = hart->wanted_from >= 0 ? view->hart[hart->wanted_from].state : (uint8_t)HB_VIEW_RUNNING;
    if (hart->wanted_from < 0)
        snprintf(text, bytes, "spins for %s, which nobody has at this cycle", lock);
    else
        snprintf(text, bytes, "spins for %s, held by CPU %" PRId32 "%s", lock, hart->wanted_from,
                 owner == HB_VIEW_DEAD     ? ", which is dead"
                 : owner == HB_VIEW_FENCED ? ", which is fenced"
                                           : "");
}

/* amp: tasks wait with the master to be given out, and nowhere else. */
static void tell_idle_amp(const struct hb_view_hart *hart, bool master, char *text, size_t bytes) {
    if (!master)
        snprintf(text, bytes, "sleeps until an interrupt: it has no task, and waits for one from the master");
    else if (hart->queue > 0)
        snprintf(text, bytes, "sleeps until an interrupt; %" PRId32 " task%s to be given out", hart->queue,
                 hart->queue == 1 ? " waits" : "s wait");
    else
        snprintf(text, bytes, "sleeps until an interrupt; no task waits to be given out");
}

static void tell_idle(const struct hb_view *view, uint32_t id, char *text, size_t bytes) {
    const struct hb_view_hart *hart = &view->hart[id];
    if (view->machine.amp)
        tell_idle_amp(hart, id == view->master, text, bytes);
    else if (hart->queue > 0)
        snprintf(text, bytes, "sleeps, although %" PRId32 " task%s in its queue", hart->queue,
                 hart->queue == 1 ? " waits" : "s wait");
    else
        snprintf(text, bytes, "sleeps until an interrupt%s",
                 view->machine.switches > 0 ? ": it has no task, and none waits in its queue" : "");
}

/* What is with a dead CPU: the task that it was running, those that wait there. */
static void tell_left(const struct hb_view *view, const struct hb_view_hart *hart, char *text, size_t bytes) {
    const bool amp = view->machine.amp;
    int used = 0;
    if (hart->left_running >= 0)
        used = snprintf(text, bytes, "; task %" PRId32 " is still with it%s", hart->left_running, amp ? "" : ", and");
    if (hart->left_running >= 0 && !amp)
        snprintf(text + used, bytes - (size_t)used, " %" PRIu32 " in its queue", hart->left_queued);
    else if (hart->left_queued > 0)
        snprintf(text + used, bytes - (size_t)used,
                 amp ? "; %" PRIu32 " of its tasks still wait%s to be given out or run"
                     : "; %" PRIu32 " of its tasks still wait%s in its queue",
                 hart->left_queued, hb_singular(hart->left_queued));
}

static void tell_gone(const struct hb_view *view, const struct hb_view_hart *hart, char *text, size_t bytes) {
    char stopped[HB_FORMAT_BYTES], fenced[HB_FORMAT_BYTES];
    hb_format_count(stopped, hart->stopped_cycle);
    hb_format_count(fenced, hart->fenced_cycle);
    if (hart->state == HB_VIEW_FENCED && hart->fenced_cycle != 0)
        snprintf(text, bytes, "is fenced since cycle %s, and executed nothing after cycle %s", fenced, stopped);
    else if (hart->state == HB_VIEW_STOPPED)
        snprintf(text, bytes, "is stopped: software has not started it, or has stopped it");
    else
        snprintf(text, bytes, "is dead: it executed nothing after cycle %s", stopped);
    const size_t used = strlen(text);
    tell_left(view, hart, text + used, bytes - used);
}

void hb_why(const struct hb_view *view, uint32_t hart, const char *source, char *text, size_t bytes) {
    const struct hb_view_hart *of = &view->hart[hart];
    char does[200] = "", work[40] = "", place[120] = "";
    switch (of->state) {
    case HB_VIEW_STALLED: snprintf(does, sizeof does, "waits for %s", view->machine.cause[of->cause]); break;
    case HB_VIEW_IDLE: tell_idle(view, hart, does, sizeof does); break;
    case HB_VIEW_SPINS: tell_spin(view, of, does, sizeof does); break;
    case HB_VIEW_RUNNING: snprintf(does, sizeof does, "executes"); break;
    default: tell_gone(view, of, does, sizeof does); break;
    }
    if (of->state == HB_VIEW_STALLED || of->state == HB_VIEW_RUNNING)
        tell_work(of, work, sizeof work);
    if (of->state < HB_VIEW_STOPPED && of->state != HB_VIEW_IDLE)
        tell_place(of, source, place, sizeof place);
    snprintf(text, bytes, "CPU %" PRIu32 " %s%s%s.", hart, does, work, place);
}
