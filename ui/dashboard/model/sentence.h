/* One sentence for everything that happens: the events panel, the narration and the text description share them. What a
 * tracepoint reports is said in the words of osmodel/os_text.h. */
#ifndef HB_DASHBOARD_SENTENCE_H
#define HB_DASHBOARD_SENTENCE_H

#include <stddef.h>

#include "ui/dashboard/model/session.h"

/* Writes what happened and why, cut off at `bytes`. */
void hb_sentence(const struct hb_happening *event, char *text, size_t bytes);

/* The same for `count` events of one routine kind, of which `last` is the latest. */
void hb_sentence_many(const struct hb_happening *last, uint64_t count, char *text, size_t bytes);

/* What a CPU spins for: "CPU 0 spins for mutex 2, held by CPU 1, which is dead." Only for one that does. */
void hb_sentence_spins(const struct hb_view *view, uint32_t hart, char *text, size_t bytes);

/* The icon of a kind of event. */
enum hb_view_icon hb_sentence_icon(enum hb_happening_kind kind);

/* Routine events come all the time; between others, those of one kind share a line. */
bool hb_sentence_routine(enum hb_happening_kind kind);

#endif
