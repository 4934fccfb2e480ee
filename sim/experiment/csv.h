/* Results as comma-separated values, for spreadsheets and scripts: the numbers of result.json, one row a run.
 *
 *     result.csv   a column for each value that stands in no list ("bus.utilisation")
 *     harts.csv    a row for each run and hart, and so for the lists caches and faults
 *
 * The first column is the variant's name, empty without variants. A value that a run has not got is an empty cell.
 */
#ifndef HB_SIM_CSV_H
#define HB_SIM_CSV_H

#include "sim/experiment/runner.h"

/* The n-th file and its text; to be freed. NULL: there is no n-th file. */
char *hb_csv_text(const struct hb_run_report *report, uint32_t n, const char **file);

#endif
