/* The journal of a campaign: every run that has ended, in the order in which runs ended, so that nothing is lost when
 * the campaign is killed. One file a worker, below DIR/parts; each line is a check word, a space and the run's line of
 * runs.jsonl. A torn last line fails its check and is dropped; its run is done again.
 *
 *     struct hb_journal journal;                         // of a worker
 *     hb_journal_open(&journal, dir, &error);
 *     hb_journal_add(&journal, line, &error);
 *     hb_journal_close(&journal, &error);
 *
 *     struct hb_journal_lines lines;                     // of all workers, by index
 *     hb_journal_read(dir, total, &lines, &error); ... lines.line[i] ... hb_journal_forget(&lines);
 */
#ifndef HB_SIM_JOURNAL_H
#define HB_SIM_JOURNAL_H

#include <stdbool.h>
#include <stdint.h>

#include "sim/base/error.h"

struct hb_journal {
    int file; /* -1: not open */
    uint64_t synced_seconds;
};

/* Begin a new part in the folder. False: `error`, the host's. */
bool hb_journal_open(struct hb_journal *journal, const char *dir, struct hb_error *error);

/* Append a run's line. It is on the disk within a second, and when the journal is closed. */
bool hb_journal_add(struct hb_journal *journal, const char *line, struct hb_error *error);
bool hb_journal_close(struct hb_journal *journal, struct hb_error *error);

struct hb_journal_lines {
    uint64_t n;
    char **line; /* NULL: that run has not ended */
};

/* All whole lines of all parts whose index is from `from` to below `to`; line[0] is that of `from`. */
bool hb_journal_read(const char *dir, uint64_t from, uint64_t to, struct hb_journal_lines *lines,
                     struct hb_error *error);
void hb_journal_forget(struct hb_journal_lines *lines);

/* Is there any part? */
bool hb_journal_exists(const char *dir);

/* Remove the parts and their folder. */
void hb_journal_remove(const char *dir);

#endif
