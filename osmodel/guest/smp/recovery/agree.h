/* Agreement (os.recovery.detect "agree"): a watcher that finds its neighbour silent does nothing about it, but asks
 * another hart, by an interrupt, which reads the heartbeat itself and, if it finds the same, is the one that recovers.
 * So a watcher that has stood still between its look and what follows from it can only ask, and does no harm: whoever
 * is asked looks now.
 *
 * Asked is a hart that has beaten within the timeout. One that has not even looked half a look later died as
 * well, or its interrupt was lost, or it cannot come to look: then, and where no other hart beats, the watcher decides
 * alone. So a death is noticed at most a look later than by the watcher alone.
 *
 * A question has no answer but what is done about it. If the hart that was asked has looked, and the silent one neither
 * leaves hb_live nor beats, another is asked. */
#ifndef HB_SMP_AGREE_H
#define HB_SMP_AGREE_H

#include <stdbool.h>
#include <stdint.h>

#include "osmodel/guest/machine/atomic.h"
#include "osmodel/guest/machine/clean.h"
#include "osmodel/guest/machine/inline.h"
#include "osmodel/guest/machine/riscv.h"
#include "osmodel/guest/smp/hart.h"

/* Bit h: this hart is asked to look at hart h. Alone in its line. */
struct hb_question {
    uint64_t about;
} __attribute__((aligned(HB_LINE_ALIGN)));

extern struct hb_question hb_questions[HB_HARTS_MAX];

/* The executing hart, which looked at the tick `looked`, has found a hart `silent`: ask another about it, unless one
 * has been asked that may still look. False: the executing hart is to decide alone. */
bool hb_agree_ask(uint32_t silent, uint64_t looked);

/* The executing hart, which owns no lock, looks at the harts that it has been asked about. */
void hb_agree_look(void);

/* The same, where it takes no time if there are none: called wherever an interrupt of another hart is heeded, and in
 * spin loops. */
HB_INLINE void hb_agree_answer(void) {
    if (HB_RARE(hb_load(&hb_questions[hb_hart_id()].about) != 0))
        hb_agree_look();
}

/* Another hart has been asked, and may not have looked: decide alone if it is time. The executing hart owns no lock. */
void hb_agree_decide_as_due(void);

/* On the longer ways through the kernel, where no lock is owned: whoever asks waits for an answer, and whoever has
 * asked long enough decides. By the next trap more than a look may have passed. The kernel whose data are flushed has
 * no room for it in the L1I. */
HB_INLINE void hb_agree_in_time(void) {
    if (hb_flushes())
        return;
    hb_agree_answer();
    if (HB_RARE(hb_self()->has_asked))
        hb_agree_decide_as_due();
}

#endif
