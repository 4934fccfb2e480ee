/* Checkpoints (os.recovery.restart "checkpoint"): whenever a task has run for os.recovery.checkpoint_cycles, all that
 * it has computed is copied: its registers, its stack above sp, its set. If its hart dies, it begins again not at its
 * beginning but as it was copied last.
 *
 * There are two slots for each task, behind all tasks' memory, and one word: how many copies of it have been made. The
 * newest one is in slot (word & 1).
 *
 *     1. The other slot is filled.
 *     2. Its lines are cleaned: they are in memory now, whoever's cache is lost.
 *     3. The word is raised by one store, which is cleaned, too.
 *
 * Up to that store the older copy counts, and nobody has touched it; from then on the new one does, and it is whole. So
 * the hart may die at any instruction, and its cache with it. One slot would not do: a death in step 1 would leave half
 * of each copy. Nor would it do to clean slot and word in any order: memory could have the word without the slot.
 *
 * What a copy costs is C: a time that depends on the size of the task's memory alone, and that the task pays for, since
 * it is taken out of its slice. What a death costs is what the task has run since its last copy. So copies that are too
 * frequent are a waste, and copies that are too rare are one, too: Young (1974) says that between failures of mean M
 * the least time is lost with sqrt(2CM) from one copy to the next.
 *
 * Who may be copied: a task that owns no mutex and waits for nothing, and of a kind that may go back (hb_kinds). The
 * kernel does not go back with it. A batch task does not mind, for it calls nobody. An increment of contend that was
 * made since then stays made, and is not made again, for it has a number. But a server's answer would be given twice,
 * and who shares memory with others would find what they have done to it since then: such tasks begin at their
 * beginning. */
#ifndef HB_SMP_CHECKPOINT_H
#define HB_SMP_CHECKPOINT_H

#include <stdbool.h>
#include <stdint.h>

#include "osmodel/guest/lib/params.h"
#include "osmodel/guest/machine/inline.h"

HB_INLINE bool hb_checkpoints_are_on(void) {
    return HB_RARE(hb_params.recovery_restart == HB_RESTART_CHECKPOINT);
}

/* At boot: where copies go. If they are not on then, there is no memory for them later. */
void hb_checkpoints_prepare(void);

/* `task` runs on the executing hart from `now` on: when is it to be copied? And it has trapped at `now`. To be called
 * where checkpoints are on. */
void hb_checkpoint_begin_slice(uint32_t task, uint64_t now);
void hb_checkpoint_note_trap(uint32_t task, uint64_t now);

/* The current task goes on after this, with its context as it is: copy it if it is time. Does not return when the task
 * must begin again. The executing hart owns no lock. To be called where checkpoints are on. */
void hb_checkpoint_as_due(uint32_t task);

/* An attempt of `task`, which the executing hart has, begins: make its context and its memory those of its newest copy.
 * False: there is none. To be called where checkpoints are on. */
bool hb_checkpoint_restore(uint32_t task);

#endif
