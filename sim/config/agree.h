/* What several keys of an experiment must agree on, once each of them has been read. Only files of sim/ may include
 * this header, since it exposes cJSON.
 */
#ifndef HB_SIM_AGREE_H
#define HB_SIM_AGREE_H

#include <cjson/cJSON.h>
#include <stdbool.h>

#include "sim/base/error.h"
#include "sim/config/config.h"

/* Check `config` as read from `document`, and fill in what depends on several keys: the write policy of caches from the
 * protocol, the trigger of each fault. `where` as for hb_document_read(). False: `error`. */
bool hb_agree(const cJSON *document, const char *where, struct hb_config *config, struct hb_error *error);

#endif
