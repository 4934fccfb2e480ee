/* The last of what the guest has written to its console. It goes back with the machine: what a restore takes back is
 * forgotten. */
#ifndef HB_DASHBOARD_CONSOLE_H
#define HB_DASHBOARD_CONSOLE_H

#include <stddef.h>
#include <stdint.h>

#define HB_CONSOLE_BYTES 4096

struct hb_console {
    uint64_t end; /* bytes of the console that were written so far */
    uint32_t length;
    char text[HB_CONSOLE_BYTES + 1]; /* the last `length` of them */
};

/* Takes `n` more bytes. */
void hb_console_add(struct hb_console *console, const char *text, size_t n);

/* The machine has gone to where the console had this many bytes. */
void hb_console_go(struct hb_console *console, uint64_t bytes);

/* The last lines of it, as many as fit into what the view keeps. */
const char *hb_console_tail(const struct hb_console *console);

#endif
