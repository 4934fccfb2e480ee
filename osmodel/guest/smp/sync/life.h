/* Lives of groups. Where one dead task means that all tasks of its group begin again (the contract of threads), the
 * group has a life, counted from 0, and the attempts of its tasks bear its number. A death ends the life by one step;
 * from then on every attempt of it is outdated, wherever it is:
 *
 *   RUNNING          its hart is interrupted, and begins it again; or it begins again at its next system call; whoever
 *                    verifies the table after the death interrupts it once more, until it has
 *   READY, SLEEPING  it is begun again when its turn comes
 *   BLOCKED          what it waits for is renewed (sync.h), and lets it go
 *
 * An old attempt may run on for a while beside new ones, in the same memory. So the program of such a group begins with
 * a barrier, before which it touches nothing: when that opens, no attempt of an old life is left.
 *
 * None of the tasks may be done while another might still have to begin again. So they wait for each other at the last
 * object of their group; that the last one has come is one step, too, after which there is no other life, and whoever
 * finds it so makes them DONE. */
#ifndef HB_SMP_LIFE_H
#define HB_SMP_LIFE_H

#include <stdbool.h>
#include <stdint.h>

#include "osmodel/guest/machine/inline.h"
#include "osmodel/guest/smp/task.h"

/* By the parameters: where the group's life is counted; NULL: it has none. */
uint64_t *hb_life_counter(uint32_t group);

/* Has the group one? */
static inline bool hb_has_lives(uint32_t group) {
    return hb_group_facts[group].life != NULL;
}

/* The present life of a group that has them. */
static inline uint64_t hb_life(uint32_t group) {
    return hb_load(hb_group_facts[group].life);
}

/* The first attempt of the task that counts: those before it belong to an older life of its group or, without lives,
 * have lost memory with a dead hart (recovery/doubt.h). */
static inline uint64_t hb_first_attempt(uint32_t task) {
    if (hb_has_lives(hb_task_group(task)))
        return hb_life(hb_task_group(task));
    return hb_flushes() ? hb_tasks[task].valid_from : 0;
}

/* The life that the task's attempt, whose word this is, belongs to; 0 without lives. */
static inline uint64_t hb_life_of(uint32_t task, uint64_t word) {
    return hb_has_lives(hb_task_group(task)) ? hb_task_attempt(word) : 0;
}

/* Is the attempt to end, so that the task begins again? */
HB_INLINE bool hb_is_outdated(uint32_t task, uint64_t word) {
    return hb_first_attempt(task) > hb_task_attempt(word);
}

/* The word that follows `word`, with an attempt that counts; READY and FRESH. */
uint64_t hb_word_of_life(uint32_t task, uint64_t word);

/* The current task's attempt is outdated: put it into the queue as a new one. */
_Noreturn void hb_begin_again(void);

/* Have all tasks of a group with lives come to their end? */
bool hb_life_is_complete(uint32_t group);

/* An attempt of this life of a group has died: end the life, if it has not ended yet, and let all attempts know. False:
 * all tasks of the group had come to their end, so that the dead one is done. May be repeated. The executing hart owns
 * no lock. */
bool hb_life_end(uint32_t group, uint64_t life);

/* If the task runs an attempt of a life that has ended, its hart has not heeded the interrupt yet, or that was lost:
 * interrupt it again. Returns whether it does. */
bool hb_life_remind(uint32_t task);

/* The current task, in a group with lives, has delivered its result. Returns when it is the last, and all the others
 * are DONE; else it waits, and this does not return. */
void hb_life_complete(uint32_t task);

/* Object `id`, whose lock was taken from a dead hart: if it is where a group ends that has come to its end, make its
 * tasks DONE. */
void hb_life_go_on(uint32_t id);

#endif
