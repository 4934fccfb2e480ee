#include "osmodel/guest/smp/recovery/agree.h"

#include "osmodel/guest/lib/lock.h"
#include "osmodel/guest/lib/times.h"
#include "osmodel/guest/machine/devices.h"
#include "osmodel/guest/machine/tracepoint.h"
#include "osmodel/guest/smp/heartbeat.h"

HB_TIMES struct hb_question hb_questions[HB_HARTS_MAX];

/* What a watcher has asked about its neighbour; void once that has beaten again. Written by its hart alone. */
struct doubt {
    uint64_t neighbour, beaten; /* which, and when it beat last */
    uint64_t asked_plus_1;      /* 0: nobody yet */
    uint64_t until;             /* so long the watcher waits for that one */
};

HB_TIMES static struct { struct doubt doubt; } __attribute__((aligned(HB_LINE_ALIGN))) doubts[HB_HARTS_MAX];

static struct doubt *doubt_about(uint32_t silent) {
    struct doubt *mine = &doubts[hb_hart_id()].doubt;
    uint64_t beaten = hb_load(&hb_heartbeats[silent].ticks);
    if (mine->neighbour != silent || mine->beaten != beaten)
        *mine = (struct doubt){.neighbour = silent, .beaten = beaten};
    return mine;
}

/* The first of `set` after `hart` that beats; HB_HARTS_MAX: none does. */
static uint32_t find_alive(uint64_t set, uint32_t hart) {
    for (; set != 0; set &= ~hb_bit(hart)) {
        hart = hb_next_in(set, hart);
        if (hb_seems_alive(hart))
            return hart;
        hb_breathe();
    }
    return HB_HARTS_MAX;
}

/* Has the one that was asked last not even looked? */
static bool is_unheard(const struct doubt *doubt, uint32_t silent) {
    return doubt->asked_plus_1 != 0 && hb_load(&hb_questions[doubt->asked_plus_1 - 1].about) & hb_bit(silent);
}

static void ask(uint32_t other, uint32_t silent) {
    hb_fetch_or(&hb_questions[other].about, hb_bit(silent));
    HB_TRACE(HB_TP_ASK, silent, other);
    hb_send_interrupt(other);
}

/* Half a look: the other half is for the watcher, which may be in the kernel then, so that it decides within a look.
 * One that has stood still since it looked waits as long as any other. */
static uint64_t end_of_patience(uint64_t looked) {
    uint64_t now = hb_now_ticks(), patience = hb_self()->check_period.ticks / 2;
    return (now - looked < patience ? looked : now) + patience;
}

bool hb_agree_ask(uint32_t silent, uint64_t looked) {
    struct doubt *doubt = doubt_about(silent);
    if (is_unheard(doubt, silent))
        return hb_now_ticks() < doubt->until;
    uint64_t others = hb_load(&hb_live) & ~hb_bit(silent) & ~hb_bit(hb_hart_id());
    uint32_t other = find_alive(others, doubt->asked_plus_1 != 0 ? (uint32_t)doubt->asked_plus_1 - 1 : silent);
    if (other == HB_HARTS_MAX)
        return false;
    doubt->asked_plus_1 = other + 1;
    doubt->until = end_of_patience(looked);
    ask(other, silent);
    hb_self()->next_check = doubt->until;
    hb_self()->has_asked = true;
    hb_self()->entered = hb_now_ticks(); /* no break for a task (timer.h) is to keep it from deciding in time */
    return true;
}

void hb_agree_look(void) {
    uint64_t about = hb_fetch_and(&hb_questions[hb_hart_id()].about, 0);
    for (uint32_t hart = 0; about != 0; hart++, about >>= 1)
        if (about & 1)
            hb_look_at(hart);
}

HB_APART void hb_agree_decide_as_due(void) {
    struct hb_smp_hart *self = hb_self();
    if (hb_now_ticks() < self->next_check)
        return;
    self->has_asked = false;
    hb_spin_poll();
}
