/* Loading an image: ELF, 64-bit, little-endian, RISC-V, executable.
 *
 * What the program headers say is put into memory at its physical address through a callback, zeros included; nothing
 * is written before the whole file has been found valid. What lies outside the target is left out if no program needs
 * it: the ELF headers and notes that GNU ld puts in front of the code. A position-independent executable begins where
 * the target does, and its words that hold addresses are adjusted; nothing else that is dynamic is linked. Any bytes
 * may come in: an unfit file gives a status and one line of text, never a crash.
 *
 *     struct hb_elf_target ram = {.base = 0x80000000, .size_bytes = size, .write = put, .context = machine};
 *     struct hb_elf elf;
 *     struct hb_symbols symbols;
 *     char message[256];
 *     if (hb_elf_load(path, &ram, &elf, &symbols, message, sizeof message) != HB_ELF_OK) ...
 *     hb_symbols_free(&symbols);
 */
#ifndef HB_MEMORY_ELF_H
#define HB_MEMORY_ELF_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "memory/symbols.h"

#define HB_ELF_NOTE_BYTES_MAX 64u
#define HB_ELF_FILE_BYTES_MAX (1u << 30)

enum hb_elf_status {
    HB_ELF_OK,
    HB_ELF_UNREADABLE,  /* missing, a directory, unreadable, too large */
    HB_ELF_NOT_ELF,     /* empty, or something else */
    HB_ELF_WRONG_CLASS, /* 32-bit, or big-endian */
    HB_ELF_WRONG_MACHINE,
    HB_ELF_NOT_EXECUTABLE, /* an object file, a shared library, a core dump, dynamic, or without anything to load */
    HB_ELF_TRUNCATED,      /* headers or segments beyond the end of the file */
    HB_ELF_OUTSIDE,        /* a segment with something needed outside the target, or one over the other */
    HB_ELF_DAMAGED,        /* anything else that makes no sense */
    HB_ELF_NO_MEMORY,      /* the host's */
};

/* Put `n` bytes at a physical address inside the target. False: it cannot. */
typedef bool hb_elf_write(void *context, uint64_t address, const void *bytes, uint64_t n);

struct hb_elf_target {
    uint64_t base; /* where memory begins */
    uint64_t size_bytes;
    hb_elf_write *write;
    void *context;
    const char *note_name; /* the note that is looked for: its name and type; NULL: none is */
    uint32_t note_type;
};

struct hb_elf {
    uint64_t entry;         /* physical address */
    uint64_t lowest;        /* of the loaded bytes, zero-filled ones included */
    uint64_t highest;       /* the first address after them */
    uint64_t bias;          /* what was added to the addresses of a position-independent executable */
    uint64_t outside;       /* the first address that was left out because it lies outside the target ... */
    uint64_t outside_bytes; /* ... and how many there were */
    /* Physical addresses of these symbols; 0: the image has no such symbol. */
    uint64_t tohost;
    uint64_t fromhost;
    uint64_t begin_signature;
    uint64_t end_signature;
    bool has_note; /* it has the note that the target asks for */
    uint32_t note_bytes;
    uint8_t note[HB_ELF_NOTE_BYTES_MAX]; /* its descriptor, cut to what fits; zeros after note_bytes */
};

/* Load the file at `path`. On success fills `elf` and `symbols` (free them with hb_symbols_free; empty for a stripped
 * file). On failure `message` holds "PATH: what is wrong and what would be right", and both are empty. */
enum hb_elf_status hb_elf_load(const char *path, const struct hb_elf_target *target, struct hb_elf *elf,
                               struct hb_symbols *symbols, char *message, size_t message_bytes);

/* The same for an image of `n` bytes in the host's memory, aligned as malloc() aligns; `name` stands in messages. */
enum hb_elf_status hb_elf_load_bytes(const char *name, const void *bytes, size_t n, const struct hb_elf_target *target,
                                     struct hb_elf *elf, struct hb_symbols *symbols, char *message,
                                     size_t message_bytes);

#endif
