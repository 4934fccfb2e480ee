/* Do the parameters of an AMP system agree: its master, its workers, and the tasks that are meant for some of them? */
#ifndef HB_SIM_AGREE_AMP_H
#define HB_SIM_AGREE_AMP_H

#include <cjson/cJSON.h>
#include <stdbool.h>

#include "sim/base/error.h"
#include "sim/config/config.h"

/* Fills in what follows from os.amp.roles; true without effect for other images. False and `error`, which begins with
 * `where`, if the parameters contradict each other. */
bool hb_agree_amp(const cJSON *document, const char *where, struct hb_config *config, struct hb_error *error);

#endif
