/* Where a value of a machine's state stands, in words. */
#ifndef HB_SIM_PLACE_TEXT_H
#define HB_SIM_PLACE_TEXT_H

#include <stddef.h>

#include "sim/machine/state_hash.h"

/* "hart 2, x13 (a3)", "hart 1's L1D, line 5, data", "RAM". Gives `text`, cut to `bytes`. */
char *hb_state_place_text(const struct hb_state_place *place, char *text, size_t bytes);

#endif
