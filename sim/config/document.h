/* A JSON document becomes a configuration, key by key as the table of keys says.
 *
 * Looks at every key alone: does it exist, has it the right type, is the value in its range, is it built. What several
 * keys must agree on is in sim/config/agree.h. Only files of sim/ may include this header, since it exposes cJSON.
 */
#ifndef HB_SIM_DOCUMENT_H
#define HB_SIM_DOCUMENT_H

#include <cjson/cJSON.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "sim/base/error.h"
#include "sim/config/config.h"

/* Read `document` into `config`, starting from the defaults. `where` precedes the path in messages ("configs/x.json").
 * `lists` is allocated, inputs sorted by cycle. False: `error`; `lists` is empty. */
bool hb_document_read(const cJSON *document, const char *where, struct hb_config *config, struct hb_config_lists *lists,
                      struct hb_error *error);

/* Set one dotted key in a document ("faults.0.trigger.cycle"); objects on the way are created, and an index just past
 * the end of a list extends it. `value` is given away. False: `error`, and `value` is freed. */
bool hb_document_set(cJSON *document, const char *path, cJSON *value, const char *where, struct hb_error *error);

/* Set what one text KEY=VALUE says; VALUE is JSON, else a string. */
bool hb_document_set_text(cJSON *document, const char *text, struct hb_error *error);

#endif
