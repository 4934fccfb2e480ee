/* The keys of an experiment in words: for the reference page, `hartbeat keys` and `hartbeat list`. */
#ifndef HB_SIM_KEY_TEXT_H
#define HB_SIM_KEY_TEXT_H

#include <stdio.h>

#include "sim/config/keys.h"

/* Write a number as the key's values are written: "16KiB" of a size. */
void hb_key_write_number(FILE *out, const struct hb_key *key, uint64_t number);

/* Write which values a key takes ("64 to 1MiB, a power of two"). `quote` goes around each name: "`", or "". */
void hb_key_write_values(FILE *out, const struct hb_key *key, const char *quote);

/* The short name of a type: "number", "size", "name", ... */
const char *hb_key_type_name(enum hb_key_type type);

/* What a name that a key takes means, in a few words; NULL: the key's own sentence says it. */
const char *hb_key_about_name(const char *path, const char *name);

/* The n-th (path, name) that hb_key_about_name() knows. False: there are fewer. */
bool hb_key_about_at(size_t n, const char **path, const char **name);

#endif
