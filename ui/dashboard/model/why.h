/* What a CPU does at this cycle and why, in one sentence. */
#ifndef HB_DASHBOARD_WHY_H
#define HB_DASHBOARD_WHY_H

#include <stddef.h>

#include "ui/dashboard/model/view.h"

#define HB_WHY_BYTES 320

/* Writes it: "CPU 1 waits for data from memory, for task 3, at hb_batch_run+0x1c (batch.c:88)." `source`: the line of
 * the program at its pc, empty where it is not known. Reads the view's machine and harts alone. */
void hb_why(const struct hb_view *view, uint32_t hart, const char *source, char *text, size_t bytes);

#endif
