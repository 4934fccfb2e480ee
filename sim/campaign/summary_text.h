/* A campaign's summary.json as text for a terminal: for each point how often each class came, and what was expected. */
#ifndef HB_SIM_SUMMARY_TEXT_H
#define HB_SIM_SUMMARY_TEXT_H

#include <stdbool.h>

/* The summary in the folder `dir`, to be freed; `failed_only`: nothing but the expectations that do not hold, each in
 * one line. NULL: there is no summary, or no memory. */
char *hb_summary_text(const char *dir, bool failed_only);

#endif
