/* The report of a folder of results: one HTML file that needs no network, with a table and plots, and under each the
 * command that repeats it; each plot is a file of its own as well, figure1.svg and so on. The folder is a campaign's
 * (sim/campaign/drive.h), or that of an experiment with or without variants (`hartbeat run --out`).
 *
 *     char path[HB_PATH_BYTES];
 *     if (!hb_report_write("out/k", path, &error)) ... error.text ...      // else path is out/k/report.html
 */
#ifndef HB_SIM_REPORT_PAGE_H
#define HB_SIM_REPORT_PAGE_H

#include <stdbool.h>

#include "sim/base/error.h"
#include "sim/config/config.h"

/* Write DIR/report.html and its figures; `path` gets where the page is. False: `error`: there are no results; the
 * host's: there is no gnuplot, or a file cannot be written. */
bool hb_report_write(const char *dir, char path[HB_PATH_BYTES], struct hb_error *error);

#endif
