/* Is a text JSON (RFC 8259), to the letter? Works without recursion, so that no text can exhaust the host's stack, and
 * says what is missing to people who forgot a comma, which cJSON does not.
 */
#ifndef HB_SIM_JSON_CHECK_H
#define HB_SIM_JSON_CHECK_H

#include <stdbool.h>
#include <stddef.h>

#define HB_JSON_DEPTH_MAX 64

/* False: `*at` is the offset of the first byte that is wrong (n: the text ends too early), and `*what` says what should
 * be there. Texts that are nested deeper than HB_JSON_DEPTH_MAX, or hold the character U+0000, are refused as well. */
bool hb_json_check(const char *text, size_t n, size_t *at, const char **what);

#endif
