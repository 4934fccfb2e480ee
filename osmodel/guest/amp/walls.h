/* The walls round a worker: what its hart can reach at all, in M mode and in U mode.
 *
 *     kernel text                                      execute
 *     constants, the tasks' text, parameters, opening  read, execute
 *     its own cell, its own part of the memory         M mode: everything; U mode: the room of the task that runs
 *     its own interrupt and timer, the master's interrupt     M mode
 *     with failover, in place of the latter: its own reset
 *
 * Everything else is forbidden by PMP entries that are locked and bind M mode, too: a worker whose kernel goes astray
 * traps at the first access to what is another's, and stops alone (kernel.c). The lock holds until the hart is reset,
 * so the kernel itself cannot take it off. With os.amp.locked false the same entries bind U mode only.
 *
 * A worker that may become the master has one way out, the command word of its own block in the power controller. It
 * leads to the kernel's entry, which the first master has set in a word beyond the walls, and where the first thing
 * done is to see whether the master is silent (succession.h). So a worker gone astray gains nothing by it. All entries
 * are in use: that is why such a worker has no way to interrupt the master, which looks at its rings by itself. */
#ifndef HB_AMP_WALLS_H
#define HB_AMP_WALLS_H

#include <stdint.h>

/* Raise them round the executing hart, a worker, once the service is open. */
void hb_walls_raise(void);

/* Before a task runs on such a hart: the memory that it may read and write, multiples of 4. */
void hb_walls_set_room(uint64_t begin, uint64_t end);

#endif
