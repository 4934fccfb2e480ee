/* Cells of comma-separated values (RFC 4180). */
#ifndef HB_SIM_CSV_CELL_H
#define HB_SIM_CSV_CELL_H

#include <stdio.h>

/* Write `text` as one cell: in quotes if it holds a comma, a quote or the end of a line. */
void hb_csv_cell(FILE *out, const char *text);

#endif
