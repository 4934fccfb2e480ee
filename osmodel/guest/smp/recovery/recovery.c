#include "osmodel/guest/smp/recovery/recovery.h"

#include "osmodel/guest/lib/atomic.h"
#include "osmodel/guest/lib/board.h"
#include "osmodel/guest/lib/times.h"
#include "osmodel/guest/lib/tracepoint.h"
#include "osmodel/guest/smp/hart.h"
#include "osmodel/guest/smp/heartbeat.h"
#include "osmodel/guest/smp/recovery/orphans.h"
#include "osmodel/guest/smp/recovery/phases.h"

/* Bits 0..7: the next phase; 8..15: who recovers the hart; 16..31: where verifying goes on. 0 while the hart is well.
 * */
struct claim {
    uint64_t word;
    struct hb_remains remains;
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

/* Is the executing hart the one that recovers `hart`, or has recovered it? */
static bool is_mine(uint32_t hart) {
    uint64_t word = hb_load(&claims[hart].word);
    return word != 0 && recoverer_in(word) == hb_hart_id();
}

bool hb_recovery_has_begun(uint32_t hart) {
    return phase_of(hart) != HB_RECOVERY_NONE;
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
    if (phase != HB_RECOVERY_VERIFY)
        return hb_recovery_do(phase, dead, remains) ? claim_word(phase + 1, hb_hart_id(), 0) : 0;
    uint32_t next = hb_recovery_verify_piece(dead, from_in(word), remains);
    return claim_word(next < HB_TASKS_MAX ? HB_RECOVERY_VERIFY : HB_RECOVERY_DONE, hb_hart_id(), next);
}

/* Do the next phase, then record that it is done: in this order, since whoever takes over may repeat a phase but must
 * not skip it. If the claim has moved meanwhile, it is left alone. */
static void do_phase(uint32_t dead) {
    uint64_t word = hb_load(&claims[dead].word);
    if (from_in(word) == 0)
        HB_TRACE(HB_TP_RECOVERY_PHASE, dead, phase_in(word));
    uint64_t next = advance(dead, word);
    bool is_recorded = hb_compare_and_swap(&claims[dead].word, word, next);
    if (!is_recorded || phase_in(word) + 1 != HB_RECOVERY_VERIFY)
        return;
    HB_TRACE(HB_TP_RECOVERED, dead, claims[dead].remains.requeued);
    hb_self()->next_wake = 0;               /* the dead hart's sleepers are this one's from now on */
    if (claims[dead].remains.requeued == 0) /* it died between two tasks */
        hb_orphans_first();
}

/* Each claim has its own line, and the bus may be busy. */
static void breathe_after(uint32_t hart) {
    if (hart % 8 == 7)
        hb_breathe();
}

/* A hart whose recovery is up to the executing hart, up to phase `last`; HB_HARTS_MAX if there is none. */
static uint32_t find_mine(enum hb_recovery_phase last) {
    for (uint32_t hart = 0; hart < hb_board.harts; hart++) {
        if (is_mine(hart) && phase_of(hart) <= last)
            return hart;
        breathe_after(hart);
    }
    return HB_HARTS_MAX;
}

/* What a fenced hart was recovering passes to whoever recovers that hart. */
static void take_over(void) {
    for (uint32_t hart = 0; hart < hb_board.harts; hart++) {
        breathe_after(hart);
        uint64_t word = hb_load(&claims[hart].word);
        uint32_t recoverer = recoverer_in(word);
        enum hb_recovery_phase phase = phase_in(word);
        if (phase == HB_RECOVERY_NONE || phase == HB_RECOVERY_DONE || !is_mine(recoverer) ||
            phase_of(recoverer) <= HB_RECOVERY_FENCE)
            continue;
        if (hb_compare_and_swap(&claims[hart].word, word, claim_word(phase, hb_hart_id(), from_in(word))))
            HB_TRACE(HB_TP_RECOVERY_BEGIN, hart, recoverer + 1);
    }
}

void hb_recover_urgent(uint32_t dead) {
    if (!hb_compare_and_swap(&claims[dead].word, 0, claim_word(HB_RECOVERY_EXPEL, hb_hart_id(), 0)))
        return;
    hb_self()->has_claims = true;
    while (dead != HB_HARTS_MAX) {
        do_phase(dead);
        take_over();
        if (!is_mine(dead) || phase_of(dead) > HB_RECOVERY_LOCK)
            dead = find_mine(HB_RECOVERY_LOCK);
    }
}

bool hb_recover_rest(void) {
    bool is_first = false;
    uint32_t dead = find_mine(HB_RECOVERY_VERIFY - 1);
    for (; dead != HB_HARTS_MAX; dead = find_mine(HB_RECOVERY_VERIFY - 1)) {
        while (is_mine(dead) && phase_of(dead) < HB_RECOVERY_VERIFY)
            do_phase(dead);
        is_first = true;
    }
    return is_first;
}

void hb_recover_verify(void) {
    hb_self()->has_claims = false; /* a claim made in a spin loop sets it again */
    uint32_t dead = find_mine(HB_RECOVERY_VERIFY);
    if (dead == HB_HARTS_MAX)
        return;
    do_phase(dead);
    hb_self()->has_claims = true;
}
