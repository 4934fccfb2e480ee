#include "osmodel/guest/smp/recovery/recovery.h"

#include "osmodel/guest/lib/times.h"
#include "osmodel/guest/machine/atomic.h"
#include "osmodel/guest/machine/board.h"
#include "osmodel/guest/machine/tracepoint.h"
#include "osmodel/guest/smp/hart.h"
#include "osmodel/guest/smp/heartbeat.h"
#include "osmodel/guest/smp/recovery/orphans.h"
#include "osmodel/guest/smp/recovery/phases.h"

/* Bits 0..7: the next phase; 8..15: who recovers the hart; 16..31: where verifying goes on, or 1: filling does. 0 while
 * the hart is well. */
struct claim {
    uint64_t word;
    struct hb_remains remains;
    uint64_t recovers; /* said by that hart itself: 1: it may have begun to recover others */
} __attribute__((aligned(HB_LINE_ALIGN)));

HB_TIMES static struct claim claims[HB_HARTS_MAX];

static uint64_t claim_word(enum hb_recovery_phase phase, uint32_t recoverer, uint32_t from) {
    return (uint64_t)from << 16 | recoverer << 8 | phase;
}

static enum hb_recovery_phase phase_in(uint64_t word) {
    return (enum hb_recovery_phase)(word & 0xff);
}

static uint32_t recoverer_in(uint64_t word) {
    return word >> 8 & 0xff;
}

static uint32_t from_in(uint64_t word) {
    return word >> 16 & 0xffff;
}

static enum hb_recovery_phase phase_of(uint32_t hart) {
    return phase_in(hb_load(&claims[hart].word));
}

/* Is the executing hart the one that recovers the hart, or has recovered it, whose claim this is? */
static bool is_mine(uint64_t word) {
    return word != 0 && recoverer_in(word) == hb_hart_id();
}

bool hb_recovery_has_begun(uint32_t hart) {
    return phase_of(hart) != HB_RECOVERY_NONE;
}

uint32_t hb_recovery_by(uint32_t hart) {
    return recoverer_in(hb_load(&claims[hart].word));
}

static bool is_over(uint64_t word) {
    return phase_in(word) == HB_RECOVERY_NONE || phase_in(word) == HB_RECOVERY_DONE;
}

bool hb_recovery_is_over(uint32_t hart) {
    return is_over(hb_load(&claims[hart].word));
}

bool hb_recovery_forget(uint32_t hart) {
    uint64_t word = hb_load(&claims[hart].word);
    if (!is_over(word))
        return false;
    claims[hart].remains = (struct hb_remains){0};
    return hb_compare_and_swap(&claims[hart].word, word, 0);
}

/* ---- From phase to phase --------------------------------------------------------------------------------------- */

/* Do what is next, and say what is next after it. */
static uint64_t advance(uint32_t dead, uint64_t word) {
    enum hb_recovery_phase phase = phase_in(word);
    struct hb_remains *remains = &claims[dead].remains;
    if (phase == HB_RECOVERY_FILL)
        return hb_recovery_fill_piece(remains) ? claim_word(HB_RECOVERY_VERIFY, hb_hart_id(), 0)
                                               : claim_word(HB_RECOVERY_FILL, hb_hart_id(), 1);
    if (phase != HB_RECOVERY_VERIFY)
        return hb_recovery_do(phase, dead, remains) ? claim_word(phase + 1, hb_hart_id(), 0) : 0;
    uint32_t next = hb_recovery_verify_piece(dead, from_in(word), remains);
    return claim_word(next < HB_TASKS_MAX ? HB_RECOVERY_VERIFY : HB_RECOVERY_DONE, hb_hart_id(), next);
}

static void note_recovered(uint32_t dead) {
    HB_TRACE(HB_TP_RECOVERED, dead, claims[dead].remains.requeued);
    hb_self()->next_wake = 0;               /* the dead hart's sleepers are this one's from now on */
    if (claims[dead].remains.requeued == 0) /* it died between two tasks */
        hb_orphans_first();
}

/* Do the next phase, then record that it is done: in this order, since whoever takes over may repeat a phase but must
 * not skip it. If the claim has moved meanwhile, it is left alone. Returns what it is now. */
static uint64_t do_phase(uint32_t dead, uint64_t word) {
    if (from_in(word) == 0)
        HB_TRACE(HB_TP_RECOVERY_PHASE, dead, phase_in(word));
    uint64_t next = advance(dead, word);
    if (!hb_compare_and_swap(&claims[dead].word, word, next))
        return hb_load(&claims[dead].word);
    if (phase_in(word) + 1 == HB_RECOVERY_FILL)
        note_recovered(dead);
    return next;
}

/* The phases before `end`. */
static void do_phases(uint32_t dead, enum hb_recovery_phase end) {
    uint64_t word = hb_load(&claims[dead].word);
    while (is_mine(word) && phase_in(word) < end)
        word = do_phase(dead, word);
}

/* Is its recovery up to the executing hart, up to phase `last`? One that is over, or taken over by another, is no
 * claim of this hart any more. */
static bool is_mine_up_to(enum hb_recovery_phase last, uint32_t hart) {
    uint64_t word = hb_load(&claims[hart].word);
    if (!is_mine(word) || is_over(word))
        hb_self()->claims &= ~hb_bit(hart);
    else
        return phase_in(word) <= last;
    return false;
}

/* Such a hart; HB_HARTS_MAX if there is none. */
static uint32_t find_mine(enum hb_recovery_phase last) {
    uint64_t left = hb_self()->claims;
    for (uint32_t hart = 0; left != 0; hart++, left >>= 1)
        if (left & 1 && is_mine_up_to(last, hart))
            return hart;
    return HB_HARTS_MAX;
}

/* ---- When the recoverer dies, too ------------------------------------------------------------------------------ */

/* Is its recoverer one that the executing hart recovers, and has fenced? */
static bool is_left_to_me(uint64_t word) {
    uint64_t recoverer = is_over(word) ? 0 : hb_load(&claims[recoverer_in(word)].word);
    return is_mine(recoverer) && phase_in(recoverer) > HB_RECOVERY_FENCE;
}

/* What fenced harts were recovering passes to whoever recovers them. Returns whether there was something: if so, one of
 * these may have been recovering others. Each claim has its own line, and the bus may be busy. */
static bool take_over(void) {
    bool has_taken = false;
    for (uint32_t hart = 0; hart < hb_board.harts; hart++) {
        uint64_t word = hb_load(&claims[hart].word);
        if (hart % 8 == 7)
            hb_breathe();
        if (!is_left_to_me(word))
            continue;
        hb_self()->claims |= hb_bit(hart);
        if (hb_compare_and_swap(&claims[hart].word, word, claim_word(phase_in(word), hb_hart_id(), from_in(word))))
            HB_TRACE(HB_TP_RECOVERY_BEGIN, hart, recoverer_in(word) + 1);
        has_taken = true;
    }
    return has_taken;
}

/* Most have recovered nobody, and have never said that they would. */
static void take_over_from(uint32_t dead) {
    if (hb_load(&claims[dead].recovers) != 0)
        while (take_over())
            ;
}

/* ---- For the kernel -------------------------------------------------------------------------------------------- */

/* The order of the stores counts: what is said of this hart is said before it can be true. */
static bool claim(uint32_t dead) {
    hb_self()->claims |= hb_bit(dead);
    hb_store(&claims[hb_hart_id()].recovers, 1);
    return hb_compare_and_swap(&claims[dead].word, 0, claim_word(HB_RECOVERY_EXPEL, hb_hart_id(), 0));
}

void hb_recover_urgent(uint32_t dead) {
    if (!claim(dead))
        return;
    for (; dead != HB_HARTS_MAX; dead = find_mine(HB_RECOVERY_LOCK)) {
        do_phases(dead, HB_RECOVERY_LOCK);
        take_over_from(dead);
        do_phases(dead, HB_RECOVERY_LOCK + 1);
    }
}

bool hb_recovery_waits(void) {
    return find_mine(HB_RECOVERY_FILL - 1) != HB_HARTS_MAX;
}

void hb_recover_rest(void) {
    uint32_t dead;
    while ((dead = find_mine(HB_RECOVERY_FILL - 1)) != HB_HARTS_MAX)
        do_phases(dead, HB_RECOVERY_FILL);
}

/* Where its word that it recovered others was lost with its cache, they are found now. */
void hb_recover_verify(void) {
    uint32_t dead = find_mine(HB_RECOVERY_VERIFY);
    if (dead == HB_HARTS_MAX)
        return;
    uint64_t word = hb_load(&claims[dead].word);
    if (from_in(word) == 0)
        take_over();
    do_phase(dead, word);
}
