/* Reading JSON that people write: every mistake is one line that says where it is.
 *
 * Stricter than cJSON: an object has each key once, nesting is bounded (the host's stack suffices for any input), and a
 * file is no larger than HB_JSON_BYTES_MAX. Only files of sim/ may include this header, since it exposes cJSON.
 */
#ifndef HB_SIM_JSON_H
#define HB_SIM_JSON_H

#include <cjson/cJSON.h>
#include <stdbool.h>
#include <stddef.h>

#include "sim/base/error.h"

#define HB_JSON_BYTES_MAX (16u << 20)

/* The name that messages give to standard input. */
#define HB_JSON_STDIN "standard input"

/* The file at `path`, or standard input where that is "-"; to be freed with cJSON_Delete(). NULL: `error` says
 * "PATH: line L, column C: what is wrong". */
cJSON *hb_json_read(const char *path, struct hb_error *error);

/* The same for `n` bytes of text, called `name` in messages. */
cJSON *hb_json_parse(const char *name, const char *text, size_t n, struct hb_error *error);

/* What `path` ("faults.0.trigger.cycle"; numbers are places in arrays) finds below `root`; NULL: nothing. */
const cJSON *hb_json_find(const cJSON *root, const char *path);

/* What a value is, for a sentence: "a string", "an object". */
const char *hb_json_kind(const cJSON *value);

/* The value as JSON in one line, cut with "..." if it does not fit; returns `text`. */
const char *hb_json_show(const cJSON *value, char *text, size_t size);

#endif
