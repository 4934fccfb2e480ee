/* Everything that a machine is, as bytes: what snapshots on disk hold (sim/state/snapshot_file.h).
 *
 *     arena, pages of RAM that are not zero, written pages of the disk, console, log of inputs
 *
 * Nothing in such bytes is trusted: they are looked through (sim/state/soundness.h) before the machine is touched.
 */
#ifndef HB_SIM_SNAPSHOT_BODY_H
#define HB_SIM_SNAPSHOT_BODY_H

#include "sim/base/bytes.h"
#include "sim/base/error.h"

struct hb_machine;

/* Append the machine as it is between two cycles. One that has reached its limit of cycles is put as running. `clean`:
 * its caches are empty (sim/state/clean.h) and left out, so that they may be others when it is taken. */
void hb_snapshot_body_put(struct hb_bytes *body, const struct hb_machine *machine, bool clean);

/* Take the machine to what `body` holds, all of it. False, with `error`, and the machine is as it was: these are not
 * the bytes of a machine of its configuration. */
bool hb_snapshot_body_take(struct hb_machine *machine, struct hb_bytes *body, bool clean, struct hb_error *error);

/* No body of this machine has more bytes; console and log together have at most 1 GiB. */
uint64_t hb_snapshot_body_most(const struct hb_machine *machine);

#endif
