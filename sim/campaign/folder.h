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

/* Keep others out of the folder, which is there, as long as this process lives or until hb_folder_unlock(*lock); the
 * host gives it up with the process, however that ends. A host that knows no locks there lets everybody in, with a lock
 * of -1. False: `error`: another process is at work in it. */
bool hb_folder_lock(const char *dir, int *lock, struct hb_error *error);

/* Let others in; in a worker, which has its caller's lock: leave it to the caller alone. */
void hb_folder_unlock(int *lock);

/* Remove what a command that was killed while it wrote has left there (sim/base/output.h). */
void hb_folder_sweep(const char *dir);

#endif
