/* How an attempt at a task begins. */
#ifndef HB_GUEST_ATTEMPT_H
#define HB_GUEST_ATTEMPT_H

#include <stdint.h>

#include "osmodel/guest/lib/tasks_memory.h"
#include "osmodel/guest/machine/context.h"

/* Make `context` the one in which `task` of group `group`, with this memory, has executed nothing yet. `life`: so often
 * has the whole group begun again. */
void hb_attempt_begin(struct hb_context *context, uint32_t task, uint32_t group, uint32_t life,
                      const struct hb_task_memory *memory);

#endif
