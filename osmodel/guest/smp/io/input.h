/* Lines typed on the console: received by whoever is interrupted, taken by tasks that wait for one, and answered.
 *
 * A line is in a slot of a ring, and all that may be known about it is in one word: how long it is, whether it is
 * complete, who has taken it, and which of that task's answers it gets. A task whose hart dies is given its line again,
 * and its answer goes on where it ended. */
#ifndef HB_SMP_INPUT_H
#define HB_SMP_INPUT_H

#include <stdbool.h>
#include <stdint.h>

#define HB_INPUT_LINE_BYTES 104u /* a longer one counts as several */

/* Take what the UART has received, and wake tasks that wait for the lines that are now complete. Returns whether it had
 * received anything. The hart owns no lock. */
bool hb_input_receive(void);

/* The current task takes a line: gives its number of bytes, at most `bytes`, and copies them to `to`, which is memory
 * of the task. 0: there is none, and the task is BLOCKED; the call must be made again when it next runs. */
uint64_t hb_input_take(uint32_t task, uint8_t *to, uint64_t bytes);

/* `task`, which is BLOCKED by this word: if it waits for a line, it waits no longer, and makes its call again. Returns
 * whether it is for a line that it waits. The executing hart owns no lock. */
bool hb_input_end_wait(uint32_t task, uint64_t word);

/* The current task answers the line that it has taken with `text`, and is done with it. False: it has taken none. */
bool hb_input_answer(uint32_t task, const char *text, uint64_t bytes);

/* How many lines the task has answered in all its attempts. */
uint64_t hb_input_answered(uint32_t task);

/* If `lock` is the input's: begin to put right what a dead hart left half done. The executing hart owns the lock.
 * Returns whether it is. */
bool hb_input_mend(const uint64_t *lock);

/* A piece of the rest, if there is one: to be called until it returns true. The hart owns no lock. */
bool hb_input_fill(const uint64_t *lock);

#endif
