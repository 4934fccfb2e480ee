/* Writing JSON: text with the same bytes on every host.
 *
 * Numbers are written from integers alone; a ratio has six digits after the point. Containers down to the depth
 * `broken` are written over several lines, those inside them on one line.
 *
 *     struct hb_json_writer json = {.broken = 2};
 *     hb_json_open(&json, NULL, '{');
 *     hb_json_number(&json, "cycles", 100);
 *     hb_json_close(&json, '}');
 *     char *text = hb_json_take(&json);       // to be freed
 *
 * `key` is NULL in a list. Running out of the host's memory aborts.
 */
#ifndef HB_SIM_JSON_WRITE_H
#define HB_SIM_JSON_WRITE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct hb_json_writer {
    char *text;
    size_t used, capacity;
    uint32_t depth;
    uint32_t broken;
    bool follows; /* this container already has something in it */
};

void hb_json_open(struct hb_json_writer *json, const char *key, char bracket);
void hb_json_close(struct hb_json_writer *json, char bracket);

void hb_json_number(struct hb_json_writer *json, const char *key, uint64_t value);
void hb_json_string(struct hb_json_writer *json, const char *key, const char *value);
void hb_json_bool(struct hb_json_writer *json, const char *key, bool value);
void hb_json_null(struct hb_json_writer *json, const char *key);

/* numerator / denominator, rounded to six digits; null if the denominator is 0. The quotient is below 10^12. */
void hb_json_quotient(struct hb_json_writer *json, const char *key, uint64_t numerator, uint64_t denominator);

/* A number between -10^12 and 10^12, rounded to six digits. */
void hb_json_ratio(struct hb_json_writer *json, const char *key, double value);

/* "0x80001000" */
void hb_json_address(struct hb_json_writer *json, const char *key, uint64_t address);

/* The number, or null if it is UINT64_MAX. */
void hb_json_cycle(struct hb_json_writer *json, const char *key, uint64_t cycle);

/* The string, or null if it is empty. */
void hb_json_text(struct hb_json_writer *json, const char *key, const char *value);

/* The finished text, with a newline at its end; the writer is then empty. */
char *hb_json_take(struct hb_json_writer *json);

#endif
