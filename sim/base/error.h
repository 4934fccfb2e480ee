/* What the user got wrong, as one line of text: the file, the place in it, what is wrong and what would be right.
 *
 *     configs/x.json: machine.l1d.ways: 3 is not a power of two (1, 2, 4, 8, 16)
 */
#ifndef HB_SIM_ERROR_H
#define HB_SIM_ERROR_H

#include <stdbool.h>

#define HB_ERROR_BYTES 2048 /* room for the names of all tracepoints */

struct hb_error {
    char text[HB_ERROR_BYTES]; /* without a newline; empty: no error */
};

/* Fill `error` (NULL: not wanted) as printf does; text that is too long is cut, newlines become spaces. */
void hb_error_set(struct hb_error *error, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* It is not the user's mistake: the host could not write (a full disk); exit 4. The last byte of `text` records that,
 * and hb_error_set() clears it. */
void hb_error_blame_host(struct hb_error *error);
bool hb_error_is_the_hosts(const struct hb_error *error);

#endif
