/* What is lost when a hart dies and its cache with it (os.recovery.kernel_data "flushed").
 *
 * A store counts as kept when it is in memory: cleaned, and looked at once more (machine/clean.h). A hart makes the
 * next store that recovery relies on only when the one before is kept. These are the stores, and what comes before
 * what:
 *
 *   a hart's own     which lock it wants, before it takes it; what is in its hands, before a task's word says so;
 *                    what an attempt has to do with (hb_things), before it has; that it recovers others, before it does
 *   words            a task's word, a lock's, hb_live, claims, counters, requests, lines of input, lives: each is one
 *                    word that changes by one store, and the order of these is the kernel's, for a death between any
 *                    two of them is provided for
 *   what locks guard lists, links, counts, marks of a refilling: all of it is kept before the lock is free. If the
 *                    hart dies before that, the lock is its own, and what it guards is filled again from the words
 *   results          before the word that says that the task is done
 *
 * So a death undoes at most one store, which nobody has seen: what another hart has read of a modified line is in
 * memory, too, under every protocol in which memory takes a line that is read (under MOESI, Berkeley and Dragon it does
 * not, and this kernel promises nothing). All else that the dead hart had modified is its own, or one task's.
 *
 * What a task has computed is not cleaned; there is too much of it. A task that the dead hart was running begins again
 * in any case. But others have run there before, and gone on elsewhere, and what they had written may have stayed in
 * that cache. Each attempt keeps the set of harts on which it has run, and begins again when one of them is found dead;
 * where the tasks of a group share memory, so do they all. Until then such a task may compute nonsense. It reaches
 * nothing but its own memory and the kernel's calls, so this harms nobody, as long as it is not believed: before its
 * exit, its fault or its answer counts, every hart on which it has run must be seen to be alive. They are asked, by an
 * interrupt, and a beat answers. */
#ifndef HB_SMP_DOUBT_H
#define HB_SMP_DOUBT_H

#include <stdbool.h>
#include <stdint.h>

/* The executing hart is about to run `task`, which is RUNNING there; `fresh`: an attempt begins. */
void hb_doubt_note_run(uint32_t task, bool fresh);

/* Is the current task to be believed? Returns when it is; does not return when it must begin again. The executing hart
 * owns no lock. To be called where data are flushed. */
void hb_doubt_settle(uint32_t task);

/* For the recovery of `dead`: if `task` has run there, see to it that it begins again. False: it is not certain yet
 * that it will; to be called again. The executing hart owns no lock. To be called where data are flushed. */
bool hb_doubt_is_over(uint32_t task, uint32_t dead);

/* The present life of a group has ended, since `dead` ran one of its tasks: the next one will not have run there. */
void hb_doubt_forget(uint32_t group, uint32_t dead);

/* `dead` was running `task`, which begins again: so its next attempt has run nowhere. */
void hb_doubt_forget_runs(uint32_t task);

#endif
