/* The files of a campaign's folder, by name.
 *
 *     char *text = hb_folder_read(dir, "golden.json");                   // NULL: there is none
 *     hb_folder_write(dir, "summary.csv", hb_summary_csv(&summary), &error);
 */
#ifndef HB_SIM_FOLDER_H
#define HB_SIM_FOLDER_H

#include <stdbool.h>

#include "sim/base/error.h"
#include "sim/config/config.h"

/* DIR/NAME. False: it is too long; `error` (NULL: not wanted) says so. */
bool hb_folder_path(const char *dir, const char *name, char path[HB_PATH_BYTES], struct hb_error *error);

/* The whole of a file, to be freed. NULL: it cannot be read. */
char *hb_folder_read(const char *dir, const char *name);

/* Write a whole file; `text` is freed. False: `error`. */
bool hb_folder_write(const char *dir, const char *name, char *text, struct hb_error *error);

/* Remove a file, if it is there. */
void hb_folder_remove(const char *dir, const char *name);

/* Remove what a command that was killed while it wrote has left there (sim/base/output.h). */
void hb_folder_sweep(const char *dir);

#endif
