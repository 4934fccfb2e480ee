/* Symbols: from an address to a name and from a name to an address.
 *
 * Built once from an ELF's symbol table (memory/elf.c), then only looked at. An address belongs to the innermost
 * function or object that spans it. Labels without a size, as in assembly, reach to the next symbol or to the end of
 * their section; inside a function that has a size they are found by name only.
 *
 *     struct hb_symbols symbols = {0};          // empty: finds nothing
 *     hb_symbols_add(&symbols, ...) ...; hb_symbols_finish(&symbols);
 *     const char *name = hb_symbols_at(&symbols, pc, &offset_bytes);
 *     hb_symbols_free(&symbols);
 *
 * Belongs to the host, not to the machine's state: it holds pointers. Addresses are those of the image's own view (its
 * virtual addresses).
 */
#ifndef HB_MEMORY_SYMBOLS_H
#define HB_MEMORY_SYMBOLS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* In rising order of preference among symbols at the same address. */
enum hb_symbol_kind {
    HB_SYMBOL_VALUE, /* a number, not a place: found by name only */
    HB_SYMBOL_LABEL,
    HB_SYMBOL_OBJECT,
    HB_SYMBOL_FUNCTION,
};

struct hb_symbol {
    uint64_t address;
    uint64_t size_bytes; /* as in the ELF; 0: unknown */
    uint64_t end;        /* where it ends; hb_symbols_add() takes the end of its section here */
    uint32_t name;       /* offset into text[] */
    uint8_t kind;        /* enum hb_symbol_kind */
    bool global;
};

struct hb_symbols {
    struct hb_symbol *symbol; /* sorted by address, then by preference */
    uint64_t *reach;          /* highest end among symbol[0 .. i] */
    uint32_t *by_name;        /* indices into symbol[], sorted by name */
    uint32_t symbols;
    uint32_t capacity;
    char *text; /* names, each with its NUL */
    uint32_t text_bytes;
    uint32_t text_capacity;
};

/* Copy one in (its `name` is replaced). False: out of memory. */
bool hb_symbols_add(struct hb_symbols *symbols, const struct hb_symbol *symbol, const char *name);

/* After the last one: sort; again after further ones. False: out of memory. */
bool hb_symbols_finish(struct hb_symbols *symbols);

/* Free what it holds; it is then empty. */
void hb_symbols_free(struct hb_symbols *symbols);

/* The name of what spans `address`, with the distance from its start; NULL if nothing does.
 * `offset_bytes` may be NULL. */
const char *hb_symbols_at(const struct hb_symbols *symbols, uint64_t address, uint64_t *offset_bytes);

/* "name", "name+0x1c", or "0x80001234" if nothing spans it, cut to `n` bytes with the NUL. */
void hb_symbols_text(const struct hb_symbols *symbols, uint64_t address, char *to, size_t n);

/* The address (and size, 0 if unknown) of `name`; the global one if several have it, else the lowest. Either pointer
 * may be NULL. False: no such name. */
bool hb_symbols_find(const struct hb_symbols *symbols, const char *name, uint64_t *address, uint64_t *size_bytes);

/* The address of "name", "name+0x1c" or "0x80001234". NULL; or what is wrong with the text: "is not a number", "is
 * not a symbol of the image". */
const char *hb_symbols_place(const struct hb_symbols *symbols, const char *text, uint64_t *address);

#endif
