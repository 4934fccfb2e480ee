/* Everything that a machine is, as bytes: what snapshots on disk hold (sim/state/snapshot_file.h).
 *
 *     arena, pages of RAM that are not zero, written pages of the disk, console, log of inputs
 *
 * Such bytes are not trusted: they are checked (sim/state/soundness.h) before the machine is touched.
 */
#ifndef HB_SIM_SNAPSHOT_BODY_H
#define HB_SIM_SNAPSHOT_BODY_H

#include "sim/base/bytes.h"
#include "sim/base/error.h"

struct hb_machine;

/* Append the machine as it is between two cycles. One that has reached its cycle limit is written as running. `clean`:
 * its caches are empty (sim/state/clean.h) and left out, so that they may differ when it is restored. */
void hb_snapshot_body_put(struct hb_bytes *body, const struct hb_machine *machine, bool clean);

/* Restore the machine to what `body` holds, all of it. False, with `error`, and the machine is unchanged: these are not
 * the bytes of a machine of its configuration. */
bool hb_snapshot_body_take(struct hb_machine *machine, struct hb_bytes *body, bool clean, struct hb_error *error);

/* The most bytes that a body of this machine can have; console and log together have at most 1 GiB. */
uint64_t hb_snapshot_body_most(const struct hb_machine *machine);

#endif
