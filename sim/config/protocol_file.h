/* A coherence protocol of the user's own, from a JSON file. The format is described in docs/protocols.md.
 *
 *     const struct hb_protocol *protocol = hb_protocol_load("configs/protocols/my-msi.json", &error);
 *     ... config.bus.protocol = HB_PROTOCOL_GIVEN, config.bus.given = protocol ...
 *     hb_protocol_free(protocol);
 *
 * A loaded protocol is complete and sane (bus/protocol/table_check.h); it need not be correct: `hartbeat protocol FILE
 * --verify`.
 */
#ifndef HB_SIM_PROTOCOL_FILE_H
#define HB_SIM_PROTOCOL_FILE_H

#include <stdbool.h>
#include <stdint.h>

#include "bus/protocol/protocol.h"
#include "sim/base/error.h"

/* Does a protocol's name mean a file? Then it ends in ".json". */
bool hb_protocol_is_file(const char *name);

/* NULL: `error` says PATH: PLACE: what is wrong. */
const struct hb_protocol *hb_protocol_load(const char *path, struct hb_error *error);

void hb_protocol_free(const struct hb_protocol *protocol);

/* A hash of all that the protocol does, and of its name. */
uint64_t hb_protocol_hash(const struct hb_protocol *protocol);

#endif
