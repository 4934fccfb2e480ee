/* Which paths a result can have: "os.tasks_lost", "harts.3.cycles_stalled.branch". They are read off a specimen, a
 * result in which everything is present, written by the writer of result.json itself: exactly what it writes is
 * known. */
#ifndef HB_SIM_KNOWN_H
#define HB_SIM_KNOWN_H

#include <stdbool.h>

#include "sim/base/error.h"

struct cJSON;

/* To be freed by cJSON_Delete(). */
struct cJSON *hb_result_specimen(void);

/* Can a result have this path? Indices in lists may be any number. False: `error` says which part of it is unknown, and
 * what is nearest to it. */
bool hb_result_can_have(const struct cJSON *specimen, const char *path, struct hb_error *error);

#endif
