/* The console: UART 16550, polled. Lines of several harts mix unless the caller holds a lock. */
#ifndef HB_GUEST_CONSOLE_H
#define HB_GUEST_CONSOLE_H

#include <stdint.h>

/* Each kernel's own: beat, in the middle of something long. A character may wait twice for a full bus. */
void hb_breathe(void);

void hb_put_char(char c);

/* From now on, what is received interrupts. The next character received; -1: there is none. */
void hb_console_listen(void);
int hb_get_char(void);

/* Print `format`, in which %s is a string, %u an unsigned 64-bit number and %x one in hexadecimal: every argument is a
 * uint64_t or a const char *. */
void hb_print(const char *format, ...);

#endif
