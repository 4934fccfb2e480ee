/* Files that are written: results, consoles, snapshots, recordings and signatures as a whole; traces and logs as they
 * come.
 *
 * A whole file is written to a temporary name beside its place and renamed when it is complete and closed, so whoever
 * reads it finds the old file or the new one, and a run that is stopped destroys nothing. What is not a regular file (a
 * pipe, /dev/full) is written in place, and so is a stream.
 *
 *     struct hb_output out;
 *     if (!hb_output_open(&out, path, HB_OUTPUT_WHOLE, &error)) ... error.text ...
 *     fprintf(out.file, ...);                        // errors are kept until the end
 *     if (!hb_output_close(&out, &error)) ... error.text ...
 *
 * A path that cannot be opened is the user's mistake; bytes that cannot be written are the host's
 * (hb_error_is_the_hosts()).
 */
#ifndef HB_SIM_OUTPUT_H
#define HB_SIM_OUTPUT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include "sim/base/error.h"

#define HB_OUTPUT_PATH_BYTES 4096

enum hb_output_kind { HB_OUTPUT_WHOLE, HB_OUTPUT_STREAM };

struct hb_output {
    FILE *file;                           /* NULL: it is not open */
    char path[HB_OUTPUT_PATH_BYTES];      /* as given */
    char place[HB_OUTPUT_PATH_BYTES];     /* where links lead: the file is replaced, not the link */
    char temporary[HB_OUTPUT_PATH_BYTES]; /* empty: written in place */
};

/* False: `error` says why, and nothing is open or changed. */
bool hb_output_open(struct hb_output *out, const char *path, enum hb_output_kind kind, struct hb_error *error);

/* Hand everything written so far to the host, so that every reader of the file sees it. False: `error`. */
bool hb_output_flush(struct hb_output *out, struct hb_error *error);

/* The file is at its place. False: something could not be written, `error` says what (NULL: not wanted); the old file
 * is then still there. Nothing to do when it is not open. */
bool hb_output_close(struct hb_output *out, struct hb_error *error);

/* Close it and leave what was there before; a stream keeps what has been written. */
void hb_output_drop(struct hb_output *out);

/* Write a whole file at once. */
bool hb_output_write(const char *path, const void *bytes, size_t n, struct hb_error *error);

/* Create the folder and its parents; one that is there already is fine. */
bool hb_output_folder(const char *dir, struct hb_error *error);

/* Could a whole file be written there? Asked before a long run; an existing file is left alone. */
bool hb_output_probe(const char *path, struct hb_error *error);

#endif
