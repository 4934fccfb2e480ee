/* What a line of memory holds, by the symbols of the image. */
#ifndef HB_SIM_LINE_NAME_H
#define HB_SIM_LINE_NAME_H

#include <stddef.h>
#include <stdint.h>

struct hb_machine;

/* The symbol that spans its first byte ("table+0x40"), then those that begin inside it ("lock, count"); empty if there
 * is none. Cut to `n` bytes with the NUL. */
void hb_line_name(const struct hb_machine *machine, uint64_t line, char *text, size_t n);

#endif
