/* Results as comma-separated values, for spreadsheets and scripts: the numbers of result.json, one row per run.
 *
 *     result.csv   a column for each value that is not in a list ("bus.utilisation")
 *     harts.csv    a row for each run and hart; likewise for caches and faults
 *
 * The first column is the variant's name, empty without variants. A value that a run does not have is an empty cell.
 */
#ifndef HB_SIM_CSV_H
#define HB_SIM_CSV_H

#include "sim/experiment/report.h"

/* The name of the n-th file. NULL: there is no n-th file. */
const char *hb_csv_file(uint32_t n);

/* The text of the n-th file, which there is; to be freed. */
char *hb_csv_text(const struct hb_run_report *report, uint32_t n);

#endif
