/* Tracepoints as English sentences: the same text for tooltips, narration and text output.
 *
 *     char text[HB_OS_TEXT_BYTES];
 *     hb_os_event_text(&words, hart, id, value, text, sizeof text);   // "CPU 0 suspects CPU 2: no heartbeat for 41,200
 * cycles"
 */
#ifndef HB_OSMODEL_OS_TEXT_H
#define HB_OSMODEL_OS_TEXT_H

#include <stddef.h>
#include <stdint.h>

#define HB_OS_TEXT_BYTES    160 /* room for any sentence, names of symbols cut to fit */
#define HB_OS_GROUPED_BYTES 27

/* What the sentences need to know of the machine. */
struct hb_os_words {
    uint64_t cycles_per_tick;
    const char *(*symbol)(void *context, uint32_t address); /* name of a lock, or NULL; may itself be NULL */
    void *context;
};

/* Write the sentence, without a full stop, for tracepoint `id` with `value` executed by `hart`. An unknown id gets a
 * sentence too. Always ends `text` with a NUL; what does not fit in `size` bytes (at least 1) is cut. */
void hb_os_event_text(const struct hb_os_words *words, uint32_t hart, uint32_t id, uint64_t value, char *text,
                      size_t size);

/* `number` in decimal with a comma between groups of three; gives `text`. */
const char *hb_os_grouped(uint64_t number, char text[HB_OS_GROUPED_BYTES]);

/* A tracepoint's name in lower case, such as "task run" or "suspect"; "tracepoint" when it has none. */
const char *hb_os_event_name(uint32_t id);

#endif
