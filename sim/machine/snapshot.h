/* Snapshots in memory: the pages of RAM and of the arena that have changed since the last one.
 *
 *     struct hb_snapshot *snapshot = hb_snapshot_take(machine);
 *     hb_snapshot_restore(machine, snapshot);     // as often as wanted, in any order
 *     hb_snapshot_free(snapshot);
 */
#ifndef HB_SIM_SNAPSHOT_H
#define HB_SIM_SNAPSHOT_H

#include <stdint.h>

struct hb_machine;
struct hb_snapshot;

/* Take one between two cycles. NULL: the host is out of memory. */
struct hb_snapshot *hb_snapshot_take(struct hb_machine *machine);

/* Bring the machine back to it. The log of inputs is left as it is: what lies ahead will come again. */
void hb_snapshot_restore(struct hb_machine *machine, const struct hb_snapshot *snapshot);

/* The next cycle after a restore. */
uint64_t hb_snapshot_cycle(const struct hb_snapshot *snapshot);

/* Free one, before its machine is destroyed; NULL is allowed. */
void hb_snapshot_free(struct hb_snapshot *snapshot);

/* Bytes of the host's memory that all snapshots of this machine hold together, pages that several share counted once;
 * without what was written to a disk. */
uint64_t hb_snapshots_bytes(const struct hb_machine *machine);

/* Free the pages that the machine itself holds on to. For hb_machine_destroy(). */
void hb_snapshot_release_base(struct hb_machine *machine);

#endif
