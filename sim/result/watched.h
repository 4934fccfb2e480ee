/* Variables that are watched (`stats.watch`): in which caches their lines are, in which states, and what each holds.
 *
 *     struct hb_watched *watched = hb_watched_gather(machine);      // NULL: none is asked for
 *     hb_watched_write(&json, watched);
 *     hb_watched_free(watched);
 */
#ifndef HB_SIM_WATCHED_H
#define HB_SIM_WATCHED_H

#include <stdbool.h>
#include <stdint.h>

#include "sim/config/config.h"

struct hb_json_writer;
struct hb_machine;

/* What a cache has of a variable. */
struct hb_watched_copy {
    char state; /* its protocol's letter; 0: the cache has no copy */
    uint64_t value;
};

struct hb_watched_variable {
    char name[HB_NAME_BYTES];
    bool found; /* the image has it, in RAM */
    uint64_t address;
    uint64_t memory;       /* the doubleword that memory holds */
    uint64_t transactions; /* of its line, so far */
    struct hb_watched_copy copy[HB_HARTS_LIMIT];
};

struct hb_watched {
    uint32_t harts, variables;
    bool has_transactions; /* lines are counted (stats.lines) */
    struct hb_watched_variable variable[HB_WATCHED_MAX];
};

/* As they are now. Nothing is changed by looking. NULL: no variable is watched. */
struct hb_watched *hb_watched_gather(const struct hb_machine *machine);

/* The object "watched" of result.json: each variable by its name; nothing for NULL. */
void hb_watched_write(struct hb_json_writer *json, const struct hb_watched *watched);

/* NULL is allowed. */
void hb_watched_free(struct hb_watched *watched);

#endif
