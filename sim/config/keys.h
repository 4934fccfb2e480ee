/* The keys of an experiment, as one table.
 *
 * A row gives the key's name, the values it takes, its default, its meaning in a sentence, and its place in struct
 * hb_config. Validation, defaults, `--set`, the JSON Schema and the reference page all come from the table; a new key
 * is a new row.
 */
#ifndef HB_SIM_KEYS_H
#define HB_SIM_KEYS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "sim/config/config.h"

#define HB_KEY_INTEGER_MAX 9007199254740991ull /* 2^53 - 1: JSON numbers are exact up to here */
#define HB_KEY_PATH_BYTES  256

enum hb_key_type {
    HB_KEY_GROUP,   /* an object; its keys have rows of their own */
    HB_KEY_LIST,    /* a list of objects, whose rows are called PATH.*.NAME */
    HB_KEY_GROUPS,  /* an object or a list of objects, whose rows are called PATH.NAME in either case */
    HB_KEY_INTEGER, /* a whole number */
    HB_KEY_SIZE,    /* a whole number of bytes, or a string such as "32KiB" */
    HB_KEY_BOOL,
    HB_KEY_STRING,
    HB_KEY_NUMBERS,  /* a list of whole numbers, each from minimum to maximum; fills an array of the configuration */
    HB_KEY_STRINGS,  /* a list of strings, none empty, that fills an array of the configuration */
    HB_KEY_ENUM,     /* one of `names` */
    HB_KEY_PROTOCOL, /* one of `names`, or the path of a JSON file */
    HB_KEY_GRANTS,   /* a list of ports, or the path of a file of them (sim/config/grants.h) */
    HB_KEY_NUMBERED, /* one of `names`, or its number */
    HB_KEY_WEIBULL,  /* [scale, shape]: a whole number, and one with three places after the point; fills a hb_rate */
    HB_KEY_HARTS,    /* a number of harts, or a list of blocks that override machine.cpu, .l1i and .l1d */
    HB_KEY_VARIANTS, /* {name: {dotted key: value}} */
    HB_KEY_EXPECT,   /* [{"that", "because"}] */
    HB_KEY_VALUE,    /* what the key takes that stands beside it */
};

/* Values of machine.check. */
enum hb_check { HB_CHECK_OFF, HB_CHECK_TRANSACTIONS, HB_CHECK_VALUES };

enum hb_key_place {
    HB_PLACE_NONE,   /* the file's reader handles it */
    HB_PLACE_CONFIG, /* offset into struct hb_config */
    HB_PLACE_HART,   /* offset into struct hb_hart_config, of every hart or of the one whose block is read */
    HB_PLACE_FAULT,  /* offset into struct hb_fault_config */
    HB_PLACE_INPUT,  /* offset into struct hb_input_config */
    HB_PLACE_CHANGE, /* offset into struct hb_change_config */
    HB_PLACE_TASKS,  /* offset into struct hb_group */
    HB_PLACE_NAME,   /* group_name of struct hb_config */
};

struct hb_key_name {
    const char *name; /* NULL: end of the list */
    uint8_t value;
    bool built; /* false: the design has the name, and it is refused as not built yet */
};

struct hb_key {
    const char *path; /* dotted; '*' stands for an index in a list */
    const char *help; /* one sentence */
    enum hb_key_type type;
    enum hb_key_place place;
    uint32_t offset;
    uint32_t bytes;       /* of the field */
    const char *unit;     /* NULL: none */
    const char *fallback; /* the default, as it would be written; NULL: none */
    uint64_t minimum, maximum;
    uint32_t item_bytes;    /* NUMBERS: of a number in the array, 1 or 4; STRINGS: of a string with its NUL */
    uint32_t length_offset; /* NUMBERS, STRINGS: of the uint32_t that takes how many there are; 0: none */
    bool power_of_two;
    bool required;
    const struct hb_key_name *names;
};

extern const struct hb_key hb_keys[];
extern const size_t hb_keys_n;

/* May this key change while a run goes on (`changes`)? The kernel reads its parameters at every decision; but of some,
 * which it only heeds when it boots, or for a task's whole life, a change would mean nothing. */
bool hb_key_may_change(const struct hb_key *key);

/* What is wrong with a value that such a key changes to, where less is allowed when the run begins; NULL: nothing. */
const char *hb_key_change_wrong(const struct hb_key *key, uint64_t value);

/* The key at that path ('*' for indices in lists); NULL: none. */
const struct hb_key *hb_key_find(const char *path);

/* The last part of a key's path. */
const char *hb_key_last(const struct hb_key *key);

/* Is `key` directly in the group `path` ("": at the top)? */
bool hb_key_is_in(const struct hb_key *key, const char *path);

/* What was meant by `name` in the group `path`: a key of that group, or the whole path of one elsewhere. */
const char *hb_key_nearest(const char *path, const char *name);

/* The name in `names` that is nearest to `name`. */
const char *hb_key_nearest_name(const struct hb_key_name *names, const char *name);

/* The name that stands for `value`; NULL: none. */
const char *hb_key_name_of(const struct hb_key_name *names, uint64_t value);

/* Read "4096", "32KiB", "1 MiB", "2GiB". False: not a size. */
bool hb_key_parse_size(const char *text, uint64_t *bytes);

/* A key's default as the stored number: for types INTEGER, SIZE, BOOL, ENUM, HARTS. False: it has none. */
bool hb_key_default(const struct hb_key *key, uint64_t *value);

/* Store a number in a key's field, at its offset in the object. */
void hb_key_store(const struct hb_key *key, void *object, uint64_t value);

#endif
