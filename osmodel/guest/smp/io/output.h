/* Lines on the console, one at a time, under a lock that recovery knows. */
#ifndef HB_SMP_OUTPUT_H
#define HB_SMP_OUTPUT_H

#include <stddef.h>
#include <stdint.h>

void hb_output(const char *text, size_t bytes);

/* Go on with `text`, of which *printed bytes are on the console, and count on: whoever repeats this after a death
 * repeats at most one byte. */
void hb_output_on(const char *text, size_t bytes, uint64_t *printed);

/* Report that a task was stopped, and why. */
void hb_output_fault(uint32_t task, uint64_t cause, uint64_t pc, uint64_t value);

void hb_output_recover_lock(uint32_t dead);

#endif
