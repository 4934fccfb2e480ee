/* Snapshots on disk: the machine's complete state in one file, from which another process can continue.
 *
 *     magic, version, clean, layout, configuration, birth, disk image, length: 8 words of 8 bytes, little-endian
 *     body (sim/state/snapshot_body.h), compressed with zstd
 *     hash of everything before it: 8 bytes
 *
 * A file fits one layout of struct hb_saved and struct hb_hart, one configuration and the same booted files (image,
 * firmware, RAM disk, disk image); one that was saved clean (sim/state/clean.h) leaves protocol, arbiter and the
 * geometry of caches open. Anything else is refused, as is a file that was cut or damaged. The hash catches accidents;
 * a file forged with a matching hash is still checked before it is restored.
 *
 *     if (!hb_snapshot_write(machine, path, false, &error)) ...
 *     if (!hb_snapshot_read(machine, path, &error)) ... the machine is as it was ...
 */
#ifndef HB_SIM_SNAPSHOT_FILE_H
#define HB_SIM_SNAPSHOT_FILE_H

#include <stdbool.h>
#include <stdint.h>

#include "sim/base/error.h"

struct hb_machine;

/* Write the machine as it is between two cycles. One that has reached its cycle limit is written as running. `clean`:
 * as it would be once it had come to rest; it does not do so itself. */
bool hb_snapshot_write(struct hb_machine *machine, const char *path, bool clean, struct hb_error *error);

/* Restore the machine to what was written, log of inputs and console included. */
bool hb_snapshot_read(struct hb_machine *machine, const char *path, struct hb_error *error);

/* A snapshot to be written in mid-run. */
struct hb_save_request {
    const char *path; /* NULL: none */
    uint64_t cycle;
    bool clean;
    bool done;
};

/* As hb_machine_run(), but write it on the way. False: it cannot be written, or its cycle is past. */
bool hb_save_run(struct hb_machine *machine, struct hb_save_request *save, uint64_t until, struct hb_error *error);

/* After the run: false, and `error`, when it ended before its snapshot was due. */
bool hb_save_was_done(const struct hb_machine *machine, const struct hb_save_request *save, struct hb_error *error);

#endif
