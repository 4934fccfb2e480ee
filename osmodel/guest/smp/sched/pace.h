/* Pace: the measured progress of a hart with its task, and who relieves one that hardly makes any (os.balance "steal").
 *
 * Taking from queues is not enough where a hart has become slow: the last tasks of a batch would be in its hands, and
 * all would wait for it. So each hart shows with its beats how many instructions it has retired, and notes how many it
 * had when the turn of its task began. A hart that has nothing to do, the thief, looks at one busy hart now and then.
 * One that has got on less than half as fast in its present turn as the thief did in its own last one is asked for the
 * task: it puts it into the thief's queue, from where tasks are taken and recovered as ever. All that is noted here is
 * a hint; it may be old, or lost with a cache.
 *
 * A task that is slow by itself, since most of what it reads misses, is moved in vain at times. It loses little: its
 * cache held nothing that it needed.
 *
 * The kernel whose data are flushed leaves it out: its way through a switch just fits into 16 KiB of instructions, and
 * with this it took a quarter more time under contention. */
#ifndef HB_SCHED_PACE_H
#define HB_SCHED_PACE_H

#include <stdbool.h>
#include <stdint.h>

#include "osmodel/guest/machine/atomic.h"
#include "osmodel/guest/machine/clean.h"
#include "osmodel/guest/machine/inline.h"
#include "osmodel/guest/smp/hart.h"

/* What a hart had when its present turn began; read by thieves, who also write that they want the task. */
struct hb_pace {
    uint64_t ticks, instructions;
    uint64_t thief_plus_1; /* 0: nobody wants it */
} __attribute__((aligned(HB_LINE_ALIGN)));

extern struct hb_pace hb_pace[HB_HARTS_MAX];

/* A task begins, or goes on, on the executing hart. */
HB_INLINE void hb_pace_begin(uint64_t now) {
    struct hb_pace *mine = &hb_pace[hb_hart_id()];
    if (hb_flushes())
        return;
    mine->ticks = now;
    mine->instructions = HB_CSR_READ(minstret);
    mine->thief_plus_1 = 0;
}

/* The executing hart has nothing to do from now on: what it did in its last turn is what others are measured by. */
HB_INLINE void hb_pace_end(void) {
    if (hb_flushes())
        return;
    hb_self()->idle_ticks = hb_now_ticks();
    hb_self()->idle_instructions = HB_CSR_READ(minstret);
}

/* It has still nothing to do: some times a quantum, look at the next busy hart, and ask that for its task if it is
 * slow. */
void hb_pace_look_around(void);
HB_INLINE void hb_pace_look(void) {
    if (!hb_flushes() && HB_RARE(hb_now_ticks() >= hb_self()->next_look_around))
        hb_pace_look_around();
}

/* Which idle hart wants the current task of the executing one; HB_HARTS_MAX: none does, or the task must stay. */
uint32_t hb_pace_find_thief(void);
HB_INLINE uint32_t hb_pace_thief(void) {
    return !hb_flushes() && HB_RARE(hb_load(&hb_pace[hb_hart_id()].thief_plus_1) != 0) ? hb_pace_find_thief()
                                                                                       : HB_HARTS_MAX;
}

/* Has the executing hart just handed a task over to `hart`? It shall not take it back at once. */
bool hb_pace_gave_lately(uint32_t hart);
HB_INLINE bool hb_pace_gave(uint32_t hart) {
    return !hb_flushes() && HB_RARE(hart + 1 == hb_self()->gave_to_plus_1) && hb_pace_gave_lately(hart);
}

/* That it does so now. */
void hb_pace_give(uint32_t hart);

#endif
