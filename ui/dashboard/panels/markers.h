/* Markers A and B: what lies between them, in words. */
#ifndef HB_DASHBOARD_MARKERS_H
#define HB_DASHBOARD_MARKERS_H

#include <stddef.h>

#include "ui/dashboard/panels/ui_state.h"

/* Writes the difference from A to B: "A to B: 1,000 cycles, 812 instructions, 30 bus transactions, 2 tasks done".
 * Returns its length; 0, and an empty text, where one of them is missing. */
size_t hb_marker_difference(const struct hb_ui_state *ui, char *text, size_t bytes);

/* The same in few words: "A to B: 1,000 cycles". */
size_t hb_marker_brief(const struct hb_ui_state *ui, char *text, size_t bytes);

#endif
