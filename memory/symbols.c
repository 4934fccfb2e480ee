#include "memory/symbols.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- Building -------------------------------------------------------------------------------------------------- */

static bool make_room_for_symbol(struct hb_symbols *symbols) {
    if (symbols->symbols < symbols->capacity)
        return true;
    if (symbols->capacity > UINT32_MAX / 2)
        return false;
    uint32_t capacity = symbols->capacity ? 2 * symbols->capacity : 256;
    struct hb_symbol *grown = realloc(symbols->symbol, capacity * sizeof *grown);
    if (grown == NULL)
        return false;
    symbols->symbol = grown;
    symbols->capacity = capacity;
    return true;
}

static bool make_room_for_text(struct hb_symbols *symbols, size_t bytes) {
    uint64_t needed = (uint64_t)symbols->text_bytes + bytes;
    if (needed <= symbols->text_capacity)
        return true;
    if (needed > UINT32_MAX / 2)
        return false;
    char *grown = realloc(symbols->text, 2 * needed);
    if (grown == NULL)
        return false;
    symbols->text = grown;
    symbols->text_capacity = (uint32_t)(2 * needed);
    return true;
}

bool hb_symbols_add(struct hb_symbols *symbols, const struct hb_symbol *symbol, const char *name) {
    size_t bytes = strlen(name) + 1;
    if (!make_room_for_symbol(symbols) || !make_room_for_text(symbols, bytes))
        return false;
    struct hb_symbol *added = &symbols->symbol[symbols->symbols++];
    *added = *symbol;
    added->name = symbols->text_bytes;
    memcpy(symbols->text + symbols->text_bytes, name, bytes);
    symbols->text_bytes += (uint32_t)bytes;
    return true;
}

static int order(uint64_t a, uint64_t b) {
    return (a > b) - (a < b);
}

/* By address; at the same address the better one comes later: known sizes, then kinds, then the narrower, then globals,
 * then the one that was added first. */
static int compare_places(const void *left, const void *right) {
    const struct hb_symbol *a = left, *b = right;
    if (a->address != b->address)
        return order(a->address, b->address);
    if ((a->size_bytes != 0) != (b->size_bytes != 0))
        return order(a->size_bytes != 0, b->size_bytes != 0);
    if (a->kind != b->kind)
        return order(a->kind, b->kind);
    if (a->size_bytes != b->size_bytes)
        return order(b->size_bytes, a->size_bytes);
    if (a->global != b->global)
        return order(a->global, b->global);
    return order(b->name, a->name);
}

/* A place without a size ends, at the latest, where the next one begins. Numbers are not places. */
static void end_at_next_place(struct hb_symbols *symbols) {
    uint64_t here = UINT64_MAX, next = UINT64_MAX;
    for (uint32_t i = symbols->symbols; i-- > 0;) {
        struct hb_symbol *symbol = &symbols->symbol[i];
        if (symbol->kind == HB_SYMBOL_VALUE)
            continue;
        if (symbol->address != here) {
            next = here;
            here = symbol->address;
        }
        symbol->end = symbol->end < next ? symbol->end : next;
    }
}

/* `covered`: how far the symbols that have a size and begin here or before reach. */
static uint64_t end_of(const struct hb_symbol *symbol, uint64_t covered) {
    if (symbol->kind == HB_SYMBOL_VALUE)
        return symbol->address;
    if (symbol->size_bytes)
        return symbol->size_bytes < UINT64_MAX - symbol->address ? symbol->address + symbol->size_bytes : UINT64_MAX;
    return covered > symbol->address || symbol->end < symbol->address ? symbol->address : symbol->end;
}

static uint64_t cover(const struct hb_symbols *symbols, uint32_t first, uint64_t covered) {
    uint64_t address = symbols->symbol[first].address;
    for (uint32_t i = first; i < symbols->symbols && symbols->symbol[i].address == address; i++) {
        uint64_t end = symbols->symbol[i].size_bytes ? end_of(&symbols->symbol[i], 0) : 0;
        covered = end > covered ? end : covered;
    }
    return covered;
}

static void find_ends(struct hb_symbols *symbols) {
    uint64_t covered = 0, reach = 0;
    end_at_next_place(symbols);
    for (uint32_t i = 0; i < symbols->symbols; i++) {
        struct hb_symbol *symbol = &symbols->symbol[i];
        if (i == 0 || symbol->address != symbol[-1].address)
            covered = cover(symbols, i, covered);
        symbol->end = end_of(symbol, covered);
        reach = symbol->end > reach ? symbol->end : reach;
        symbols->reach[i] = reach;
    }
}

struct named {
    const char *name;
    uint64_t address;
    uint32_t index;
    bool global;
};

static int compare_names(const void *left, const void *right) {
    const struct named *a = left, *b = right;
    int names = strcmp(a->name, b->name);
    if (names != 0)
        return names;
    if (a->global != b->global)
        return order(b->global, a->global);
    return a->address != b->address ? order(a->address, b->address) : order(a->index, b->index);
}

static bool sort_names(struct hb_symbols *symbols) {
    struct named *named = malloc(symbols->symbols * sizeof *named);
    if (named == NULL)
        return false;
    for (uint32_t i = 0; i < symbols->symbols; i++) {
        const struct hb_symbol *symbol = &symbols->symbol[i];
        named[i] = (struct named){symbols->text + symbol->name, symbol->address, i, symbol->global};
    }
    qsort(named, symbols->symbols, sizeof *named, compare_names);
    for (uint32_t i = 0; i < symbols->symbols; i++)
        symbols->by_name[i] = named[i].index;
    free(named);
    return true;
}

bool hb_symbols_finish(struct hb_symbols *symbols) {
    if (symbols->symbols == 0)
        return true;
    free(symbols->reach);
    free(symbols->by_name);
    symbols->reach = calloc(symbols->symbols, sizeof *symbols->reach);
    symbols->by_name = calloc(symbols->symbols, sizeof *symbols->by_name);
    if (symbols->reach == NULL || symbols->by_name == NULL)
        return false;
    qsort(symbols->symbol, symbols->symbols, sizeof *symbols->symbol, compare_places);
    find_ends(symbols);
    return sort_names(symbols);
}

void hb_symbols_free(struct hb_symbols *symbols) {
    free(symbols->symbol);
    free(symbols->reach);
    free(symbols->by_name);
    free(symbols->text);
    *symbols = (struct hb_symbols){0};
}

/* ---- Looking up ------------------------------------------------------------------------------------------------ */

/* How many symbols begin at `address` or below. */
static uint32_t count_up_to(const struct hb_symbols *symbols, uint64_t address) {
    uint32_t low = 0, high = symbols->symbols;
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        if (symbols->symbol[middle].address <= address)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

const char *hb_symbols_at(const struct hb_symbols *symbols, uint64_t address, uint64_t *offset_bytes) {
    for (uint32_t i = count_up_to(symbols, address); i > 0 && symbols->reach[i - 1] > address; i--) {
        const struct hb_symbol *symbol = &symbols->symbol[i - 1];
        if (symbol->end <= address)
            continue;
        if (offset_bytes != NULL)
            *offset_bytes = address - symbol->address;
        return symbols->text + symbol->name;
    }
    return NULL;
}

void hb_symbols_text(const struct hb_symbols *symbols, uint64_t address, char *to, size_t n) {
    uint64_t offset_bytes = 0;
    const char *name = hb_symbols_at(symbols, address, &offset_bytes);
    if (name == NULL)
        snprintf(to, n, "0x%" PRIx64, address);
    else if (offset_bytes == 0)
        snprintf(to, n, "%s", name);
    else
        snprintf(to, n, "%s+0x%" PRIx64, name, offset_bytes);
}

bool hb_symbols_find(const struct hb_symbols *symbols, const char *name, uint64_t *address, uint64_t *size_bytes) {
    uint32_t low = 0, high = symbols->symbols;
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        if (strcmp(symbols->text + symbols->symbol[symbols->by_name[middle]].name, name) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    if (low == symbols->symbols)
        return false;
    const struct hb_symbol *found = &symbols->symbol[symbols->by_name[low]];
    if (strcmp(symbols->text + found->name, name) != 0)
        return false;
    if (address != NULL)
        *address = found->address;
    if (size_bytes != NULL)
        *size_bytes = found->size_bytes;
    return true;
}

/* ---- Places ---------------------------------------------------------------------------------------------------- */

static const char *place_without_offset(const struct hb_symbols *symbols, const char *text, uint64_t *address) {
    char *rest = NULL;
    if (text[0] < '0' || text[0] > '9')
        return hb_symbols_find(symbols, text, address, NULL) ? NULL : "is not a symbol of the image";
    errno = 0;
    *address = strtoull(text, &rest, 0);
    return errno || *rest ? "is not a number" : NULL;
}

const char *hb_symbols_place(const struct hb_symbols *symbols, const char *text, uint64_t *address) {
    char name[256];
    uint64_t offset = 0;
    const char *plus = strrchr(text, '+');
    size_t n = plus ? (size_t)(plus - text) : strlen(text);
    if (n >= sizeof name)
        return "is not a symbol of the image";
    memcpy(name, text, n);
    name[n] = 0;
    const char *wrong = plus ? place_without_offset(symbols, plus + 1, &offset) : NULL;
    if (!wrong)
        wrong = place_without_offset(symbols, name, address);
    *address += wrong ? 0 : offset;
    return wrong;
}
