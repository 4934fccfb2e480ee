/* The source of a program: which line of which file an instruction comes from, and what variable holds an address.
 *
 * Reads the DWARF debug information of an ELF, as a compiler writes it with -g, by libdw. Without it, and where it is
 * silent, nothing is found; that is not an error. Files are named relative to the folder in which they were compiled,
 * and by their base name alone when they are not below it, so that a name reveals nothing of the host.
 *
 *     struct hb_source *source = hb_source_open("program.elf", 0);   // NULL: there is nothing to know
 *     char text[HB_SOURCE_BYTES];
 *     if (hb_source_of_code(source, pc, text, sizeof text)) ...      // "counter.c:17"
 *     if (hb_source_of_data(source, address, place, sizeof place, name, sizeof name)) ...
 *     hb_source_close(source);
 *
 * Belongs to the host. Addresses are those of the program's own view.
 */
#ifndef HB_MEMORY_SOURCE_H
#define HB_MEMORY_SOURCE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define HB_SOURCE_BYTES      160 /* for "FILE:LINE" */
#define HB_SOURCE_NAME_BYTES 96  /* for the name of a variable's part */

struct hb_source;

/* `bias`: what the loader added to the addresses for which it was linked (struct hb_elf). NULL: the file cannot be
 * read, is no ELF, or has no debug information. */
struct hb_source *hb_source_open(const char *path, uint64_t bias);
void hb_source_close(struct hb_source *source);

/* The line that the instruction at `address` comes from. False (and empty): not known. `source` may be NULL. */
bool hb_source_of_code(const struct hb_source *source, uint64_t address, char *text, size_t n);

/* The variable that holds `address`: where it is declared ("counter.c:12"), and which part of it that is
 * ("counter[1].value"). False (and both empty): none is known. `source` may be NULL. */
bool hb_source_of_data(const struct hb_source *source, uint64_t address, char *place, size_t place_bytes, char *name,
                       size_t name_bytes);

#endif
