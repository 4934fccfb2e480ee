#include "memory/source.h"

#include <dwarf.h>
#include <elfutils/libdw.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define DEPTH_MAX 16 /* of scopes, and of types within types */

/* A variable at a fixed address. */
struct variable {
    uint64_t address;
    uint64_t bytes;
    Dwarf_Off die;
};

struct hb_source {
    int file;
    uint64_t bias;
    Dwarf *dwarf;
    struct variable *variable; /* sorted by address */
    size_t variables, capacity;
};

/* ---- Files and lines ------------------------------------------------------------------------------------------- */

/* The folder in which the file's unit was compiled; NULL: unknown. */
static const char *folder_of(Dwarf_Die *unit) {
    Dwarf_Attribute attribute;
    return dwarf_formstring(dwarf_attr(unit, DW_AT_comp_dir, &attribute));
}

static const char *without_folder(const char *file, const char *folder) {
    size_t n = folder ? strlen(folder) : 0;
    if (n && strncmp(file, folder, n) == 0 && file[n] == '/')
        file += n + 1;
    while (strncmp(file, "./", 2) == 0)
        file += 2;
    const char *slash = strrchr(file, '/');
    return file[0] == '/' || strncmp(file, "../", 3) == 0 ? slash + 1 : file;
}

static bool write_place(Dwarf_Die *unit, const char *file, int line, char *text, size_t n) {
    if (!file || line <= 0)
        return false;
    snprintf(text, n, "%s:%d", without_folder(file, folder_of(unit)), line);
    return true;
}

/* ---- Variables: collected once --------------------------------------------------------------------------------- */

/* The address of a variable that has a fixed one: its location is a single DW_OP_addr. */
static bool address_of(Dwarf_Die *die, uint64_t *address) {
    Dwarf_Attribute attribute;
    Dwarf_Op *op;
    size_t ops;
    if (!dwarf_attr(die, DW_AT_location, &attribute) || dwarf_getlocation(&attribute, &op, &ops) != 0)
        return false;
    if (ops != 1 || op[0].atom != DW_OP_addr)
        return false;
    *address = op[0].number;
    return true;
}

/* Its type, without typedefs and qualifiers. A definition may have it from its declaration. */
static bool type_of(Dwarf_Die *die, Dwarf_Die *type) {
    Dwarf_Attribute attribute;
    Dwarf_Die found;
    if (!dwarf_attr_integrate(die, DW_AT_type, &attribute) || !dwarf_formref_die(&attribute, &found))
        return false;
    return dwarf_peel_type(&found, type) == 0;
}

static void add_variable(struct hb_source *source, Dwarf_Die *die) {
    Dwarf_Die type;
    Dwarf_Word bytes;
    uint64_t address;
    if (!address_of(die, &address) || !type_of(die, &type) || dwarf_aggregate_size(&type, &bytes) != 0)
        return;
    if (source->variables == source->capacity) {
        source->capacity = source->capacity ? 2 * source->capacity : 64;
        source->variable = realloc(source->variable, source->capacity * sizeof *source->variable);
        if (!source->variable)
            abort();
    }
    source->variable[source->variables++] =
        (struct variable){.address = address, .bytes = bytes, .die = dwarf_dieoffset(die)};
}

/* Static variables are found in functions and blocks, too. */
static void collect(struct hb_source *source, Dwarf_Die *scope, unsigned depth) {
    Dwarf_Die die;
    if (depth == DEPTH_MAX || dwarf_child(scope, &die) != 0)
        return;
    do {
        int tag = dwarf_tag(&die);
        if (tag == DW_TAG_variable)
            add_variable(source, &die);
        else if (tag == DW_TAG_subprogram || tag == DW_TAG_lexical_block)
            collect(source, &die, depth + 1);
    } while (dwarf_siblingof(&die, &die) == 0);
}

static int compare(const void *left, const void *right) {
    const struct variable *a = left, *b = right;
    if (a->address != b->address)
        return a->address < b->address ? -1 : 1;
    return a->die < b->die ? -1 : a->die > b->die;
}

static bool collect_all(struct hb_source *source) {
    Dwarf_CU *unit = NULL;
    Dwarf_Die die;
    bool any = false;
    while (dwarf_get_units(source->dwarf, unit, &unit, NULL, NULL, &die, NULL) == 0) {
        any = true;
        collect(source, &die, 0);
    }
    if (source->variables)
        qsort(source->variable, source->variables, sizeof *source->variable, compare);
    return any;
}

struct hb_source *hb_source_open(const char *path, uint64_t bias) {
    struct hb_source *source = calloc(1, sizeof *source);
    if (!source)
        abort();
    source->bias = bias;
    source->file = open(path, O_RDONLY);
    source->dwarf = source->file < 0 ? NULL : dwarf_begin(source->file, DWARF_C_READ);
    if (source->dwarf && collect_all(source))
        return source;
    hb_source_close(source);
    return NULL;
}

void hb_source_close(struct hb_source *source) {
    if (!source)
        return;
    if (source->dwarf)
        (void)dwarf_end(source->dwarf);
    if (source->file >= 0)
        (void)close(source->file);
    free(source->variable);
    free(source);
}

/* ---- Code ------------------------------------------------------------------------------------------------------ */

static bool line_in_unit(Dwarf_Die *unit, uint64_t address, char *text, size_t n) {
    Dwarf_Line *line = dwarf_haspc(unit, address) == 1 ? dwarf_getsrc_die(unit, address) : NULL;
    int number = 0;
    if (!line || dwarf_lineno(line, &number) != 0)
        return false;
    return write_place(unit, dwarf_linesrc(line, NULL, NULL), number, text, n);
}

/* An assembler's unit may claim more than it has: its size from before the linker shortened instructions. */
bool hb_source_of_code(const struct hb_source *source, uint64_t address, char *text, size_t n) {
    Dwarf_CU *next = NULL;
    Dwarf_Die unit;
    text[0] = 0;
    while (source && dwarf_get_units(source->dwarf, next, &next, NULL, NULL, &unit, NULL) == 0)
        if (line_in_unit(&unit, address - source->bias, text, n))
            return true;
    return false;
}

/* ---- Data ------------------------------------------------------------------------------------------------------ */

/* The last variable that begins at or before the address, if it reaches that far. */
static const struct variable *variable_at(const struct hb_source *source, uint64_t address) {
    size_t low = 0, high = source->variables;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (source->variable[middle].address <= address)
            low = middle + 1;
        else
            high = middle;
    }
    if (low == 0 || address - source->variable[low - 1].address >= source->variable[low - 1].bytes)
        return NULL;
    return &source->variable[low - 1];
}

/* The element that is `*offset` bytes into an array; `*offset` is then the rest. DWARF describes an array of arrays as
 * one array with several ranges: only the first index is named. */
static bool enter_array(Dwarf_Die *type, uint64_t *offset, uint64_t *index) {
    Dwarf_Die array = *type, range, *element = type;
    Dwarf_Word all, count = 0, bytes;
    if (dwarf_aggregate_size(&array, &all) != 0 || dwarf_child(&array, &range) != 0)
        return false;
    do {
        Dwarf_Attribute attribute;
        Dwarf_Word bound;
        if (dwarf_tag(&range) != DW_TAG_subrange_type || count)
            continue; /* the first range only */
        if (dwarf_formudata(dwarf_attr(&range, DW_AT_count, &attribute), &bound) == 0)
            count = bound;
        else if (dwarf_formudata(dwarf_attr(&range, DW_AT_upper_bound, &attribute), &bound) == 0)
            count = bound + 1;
    } while (dwarf_siblingof(&range, &range) == 0);
    if (count == 0 || all < count || !type_of(&array, element))
        return false;
    bytes = all / count;
    *index = *offset / bytes;
    *offset %= bytes;
    Dwarf_Word one;
    return dwarf_aggregate_size(element, &one) == 0 && one == bytes;
}

/* The member that holds the byte. */
static bool enter_struct(Dwarf_Die *type, uint64_t *offset, const char **name) {
    Dwarf_Die member;
    if (dwarf_child(type, &member) != 0)
        return false;
    do {
        Dwarf_Attribute attribute;
        Dwarf_Word at = 0, bytes;
        Dwarf_Die inner;
        if (dwarf_tag(&member) != DW_TAG_member || !type_of(&member, &inner))
            continue;
        (void)dwarf_formudata(dwarf_attr(&member, DW_AT_data_member_location, &attribute), &at); /* a union has none */
        if (dwarf_aggregate_size(&inner, &bytes) != 0 || *offset < at || *offset - at >= bytes)
            continue;
        *name = dwarf_diename(&member);
        *offset -= at;
        *type = inner;
        return true;
    } while (dwarf_siblingof(&member, &member) == 0);
    return false;
}

/* ".value", "[3]", ...: the parts down to one that has no parts. */
static void write_part(Dwarf_Die *type, uint64_t offset, char *text, size_t n) {
    for (unsigned depth = 0; depth < DEPTH_MAX; depth++) {
        size_t used = strlen(text);
        const char *member = NULL;
        uint64_t index = 0;
        int tag = dwarf_tag(type);
        if (tag == DW_TAG_array_type) {
            bool goes_on = enter_array(type, &offset, &index);
            snprintf(text + used, n - used, "[%lu]", (unsigned long)index);
            if (!goes_on)
                return;
        } else if (tag == DW_TAG_structure_type || tag == DW_TAG_union_type) {
            if (!enter_struct(type, &offset, &member))
                return;
            if (member)
                snprintf(text + used, n - used, ".%s", member);
        } else {
            return;
        }
    }
}

static Dwarf_Die unit_of_die(Dwarf_Die *die) {
    Dwarf_Die unit;
    (void)dwarf_diecu(die, &unit, NULL, NULL);
    return unit;
}

bool hb_source_of_data(const struct hb_source *source, uint64_t address, char *place, size_t place_bytes, char *name,
                       size_t name_bytes) {
    place[0] = name[0] = 0;
    const uint64_t linked = address - (source ? source->bias : 0);
    const struct variable *variable = source ? variable_at(source, linked) : NULL;
    Dwarf_Attribute attribute;
    Dwarf_Die die, type;
    int line = 0;
    if (!variable || !dwarf_offdie(source->dwarf, variable->die, &die))
        return false;
    const char *called = dwarf_formstring(dwarf_attr_integrate(&die, DW_AT_name, &attribute));
    if (!called)
        return false;
    snprintf(name, name_bytes, "%s", called);
    if (type_of(&die, &type))
        write_part(&type, linked - variable->address, name, name_bytes);
    Dwarf_Die unit = unit_of_die(&die);
    if (dwarf_decl_line(&die, &line) == 0)
        (void)write_place(&unit, dwarf_decl_file(&die), line, place, place_bytes);
    return true;
}
