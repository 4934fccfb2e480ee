/* Reading memory traces: text becomes records. */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "memory/hash.h"
#include "memory/ram.h"
#include "sim/machine/mem_trace.h"

#define LINE_BYTES    1024
#define LABELS        4
#define COMPUTE_MAX   (UINT64_MAX >> 2)
#define FIRST_RECORDS 4096u

/* ---- Formats --------------------------------------------------------------------------------------------------- */

struct format {
    const char *name;
    const char *suffix[2];
    const char *labels;   /* for messages */
    bool comments;        /* what follows the value is one */
    uint8_t kind[LABELS]; /* enum hb_mem_kind of each label; HB_MEM_KINDS: there is no such label */
    bool of_all;          /* one file for all harts: `cpu r|w address` */
    bool ordered;         /* ... whose order is kept */
};

static const struct format formats[] = {
    [HB_MEM_FORMAT_DIN] = {"din",
                           {".din", NULL},
                           "0 read, 1 write, 2 fetch",
                           true,
                           {HB_MEM_READ, HB_MEM_WRITE, HB_MEM_FETCH, HB_MEM_KINDS}},
    [HB_MEM_FORMAT_SMPCACHE] = {"smpcache",
                                {".prg", ".trc"},
                                "0 fetch, 2 read, 3 write",
                                false,
                                {HB_MEM_FETCH, HB_MEM_KINDS, HB_MEM_READ, HB_MEM_WRITE}},
    [HB_MEM_FORMAT_PARSEC] = {"parsec",
                              {".data", NULL},
                              "0 load, 1 store, 2 other instructions",
                              false,
                              {HB_MEM_READ, HB_MEM_WRITE, HB_MEM_COMPUTE, HB_MEM_KINDS}},
    [HB_MEM_FORMAT_ORDER] = {.name = "order", .suffix = {".order", NULL}, .of_all = true, .ordered = true},
    [HB_MEM_FORMAT_ORDER_BUS] = {.name = "order-bus", .of_all = true},
};

#define FORMATS (sizeof formats / sizeof formats[0])

bool hb_mem_format_find(const char *name, enum hb_mem_format *format) {
    for (size_t i = 1; i < FORMATS; i++)
        if (strcmp(formats[i].name, name) == 0) {
            *format = (enum hb_mem_format)i;
            return true;
        }
    return false;
}

/* Files come from systems that do not distinguish case: HYDRO.PRG. */
static bool ends_in(const char *path, const char *suffix) {
    size_t n = strlen(path), of_suffix = suffix ? strlen(suffix) : SIZE_MAX;
    return n > of_suffix && strcasecmp(path + n - of_suffix, suffix) == 0;
}

static const struct format *format_by_suffix(const char *path) {
    for (size_t i = 1; i < FORMATS; i++)
        if (ends_in(path, formats[i].suffix[0]) || ends_in(path, formats[i].suffix[1]))
            return &formats[i];
    return NULL;
}

/* ---- Folding --------------------------------------------------------------------------------------------------- */

uint64_t hb_mem_fold(uint64_t address, uint64_t ram_bytes) {
    return address & ((1ull << (63 - __builtin_clzll(ram_bytes))) - 1);
}

/* ---- One file -------------------------------------------------------------------------------------------------- */

struct reader {
    const char *path;
    const struct format *format;
    uint64_t line;
    uint64_t ram_bytes;
    uint64_t *owner; /* of each page of RAM: 1 + the number of the page that came first, as the trace has it */
    struct hb_mem_trace *trace;
    struct hb_mem_file *file;
    struct hb_error *error;
};

static bool refuse(const struct reader *reader, const char *what, const char *word) {
    hb_error_set(reader->error, "%.300s:%" PRIu64 ": %s%.40s%s", reader->path, reader->line, word ? "\"" : "",
                 word ? word : "", what);
    return false;
}

static bool add(struct reader *reader, enum hb_mem_kind kind, uint64_t value) {
    struct hb_mem_file *file = reader->file;
    if (file->records == file->capacity) {
        uint64_t capacity = file->capacity ? 2 * file->capacity : FIRST_RECORDS;
        uint64_t *record = realloc(file->record, capacity * sizeof *record);
        if (!record)
            return refuse(reader, "the host does not have enough memory for this trace", NULL);
        file->record = record;
        file->capacity = capacity;
    }
    file->record[file->records++] = hb_mem_record(kind, value);
    return true;
}

#define SHARED (1ull << 63) /* of an owner: another page has appeared since */

static void note_page(struct reader *reader, uint64_t address, uint64_t offset) {
    uint64_t page = address / HB_PAGE_BYTES + 1, *owner = &reader->owner[offset / HB_PAGE_BYTES];
    if (*owner == 0) {
        *owner = page;
        reader->trace->pages++;
    } else if (*owner != page && !(*owner & SHARED)) {
        *owner |= SHARED;
        reader->trace->pages_shared++;
    }
}

static bool is_hexadecimal(const char *word) {
    size_t prefix = word[0] == '0' && (word[1] == 'x' || word[1] == 'X') ? 2 : 0;
    size_t n = strlen(word + prefix);
    return n > 0 && strspn(word + prefix, "0123456789abcdefABCDEF") == n && strspn(word + prefix, "0") + 16 >= n;
}

static bool add_access(struct reader *reader, enum hb_mem_kind kind, const char *word) {
    if (!is_hexadecimal(word))
        return refuse(reader, "\" is not a hexadecimal address of at most 64 bits", word);
    uint64_t address = strtoull(word, NULL, 16), offset = hb_mem_fold(address, reader->ram_bytes) & ~3ull;
    note_page(reader, address, offset);
    return add(reader, kind, offset);
}

/* The courses write 0x; a bare 10 would mean ten cycles to one reader and sixteen to another. */
static bool add_computation(struct reader *reader, const char *word) {
    bool prefixed = word[0] == '0' && (word[1] == 'x' || word[1] == 'X');
    bool one_digit = word[0] >= '0' && word[0] <= '9' && word[1] == 0;
    if (!(is_hexadecimal(word) && (prefixed || one_digit)))
        return refuse(reader, "\" is not a hexadecimal number of cycles with 0x", word);
    uint64_t cycles = strtoull(word, NULL, 16);
    if (cycles > COMPUTE_MAX)
        return refuse(reader, "\" are too many cycles", word);
    return cycles == 0 || add(reader, HB_MEM_COMPUTE, cycles);
}

static bool read_label(const struct reader *reader, const char *word, enum hb_mem_kind *kind) {
    char what[96];
    *kind = word[0] >= '0' && word[0] < '0' + LABELS && word[1] == 0
                ? (enum hb_mem_kind)reader->format->kind[word[0] - '0']
                : HB_MEM_KINDS;
    if (*kind != HB_MEM_KINDS)
        return true;
    snprintf(what, sizeof what, "\" is not a label of the format %s (%s)", reader->format->name,
             reader->format->labels);
    return refuse(reader, what, word);
}

static const char spaces[] = " \t\r\n";

static bool add_to_order(struct reader *reader, uint32_t hart) {
    struct hb_mem_trace *trace = reader->trace;
    if (!reader->format->ordered)
        return true;
    if (trace->ordered == trace->order_capacity) {
        uint64_t capacity = trace->order_capacity ? 2 * trace->order_capacity : FIRST_RECORDS;
        uint8_t *order = realloc(trace->order, capacity);
        if (!order)
            return refuse(reader, "the host does not have enough memory for this trace", NULL);
        trace->order = order;
        trace->order_capacity = capacity;
    }
    trace->order[trace->ordered++] = (uint8_t)hart;
    return true;
}

static bool read_cpu(const struct reader *reader, const char *word, uint32_t *hart) {
    size_t n = strlen(word);
    bool number = n > 0 && n <= 2 && strspn(word, "0123456789") == n;
    *hart = number ? (uint32_t)strtoul(word, NULL, 10) : HB_HARTS_LIMIT;
    return *hart < HB_HARTS_LIMIT || refuse(reader, "\" is no CPU (0 to 63)", word);
}

/* `cpu r|w address`: the access goes to the CPU's own records. */
static bool read_line_of_all(struct reader *reader, char *text) {
    char *rest = NULL;
    uint32_t hart;
    text[strcspn(text, "#")] = 0;
    const char *cpu = strtok_r(text, spaces, &rest), *label = strtok_r(NULL, spaces, &rest);
    const char *address = strtok_r(NULL, spaces, &rest);
    if (!cpu)
        return true; /* an empty line */
    if (!address || strtok_r(NULL, spaces, &rest))
        return refuse(reader, "a CPU, r or w, and an address must stand in the line", NULL);
    if (!read_cpu(reader, cpu, &hart))
        return false;
    if (strcasecmp(label, "r") != 0 && strcasecmp(label, "w") != 0)
        return refuse(reader, "\" is neither r nor w", label);
    struct hb_mem_trace *trace = reader->trace;
    trace->files = hart >= trace->files ? hart + 1 : trace->files;
    reader->file = &trace->file[hart];
    return add_access(reader, strcasecmp(label, "r") == 0 ? HB_MEM_READ : HB_MEM_WRITE, address) &&
           add_to_order(reader, hart);
}

static bool read_line(struct reader *reader, char *text) {
    char *rest = NULL;
    const char *label = strtok_r(text, spaces, &rest);
    enum hb_mem_kind kind;
    if (!label)
        return true; /* an empty line */
    if (!read_label(reader, label, &kind))
        return false;
    const char *value = strtok_r(NULL, spaces, &rest);
    if (!value)
        return refuse(reader, "the value after the label is missing", NULL);
    if (!reader->format->comments && strtok_r(NULL, spaces, &rest))
        return refuse(reader, "the line has more than a label and a value", NULL);
    return kind == HB_MEM_COMPUTE ? add_computation(reader, value) : add_access(reader, kind, value);
}

static bool read_lines(struct reader *reader, FILE *file) {
    char text[LINE_BYTES];
    while (fgets(text, sizeof text, file)) {
        size_t n = strlen(text);
        reader->line++;
        if (n == 0 || (text[n - 1] != '\n' && !feof(file)))
            return refuse(reader, "no text, or a line of more than 1,022 characters", NULL);
        if (text[n - 1] != '\n')
            return refuse(reader, "the file ends in the middle of a line: is it cut?", NULL);
        if (!(reader->format->of_all ? read_line_of_all(reader, text) : read_line(reader, text)))
            return false;
    }
    if (ferror(file)) {
        hb_error_set(reader->error, "%.300s: cannot be read: %s", reader->path, strerror(errno));
        return false;
    }
    if (reader->file->records)
        return true;
    hb_error_set(reader->error, "%.300s: has no accesses", reader->path);
    return false;
}

static bool read_file(struct reader *reader, enum hb_mem_format format, uint32_t n) {
    reader->format = format == HB_MEM_FORMAT_BY_SUFFIX ? format_by_suffix(reader->path) : &formats[format];
    if (!reader->format) {
        hb_error_set(reader->error,
                     "%.300s: the suffix names no format (.din: din; .prg, .trc: smpcache; .data: parsec; .order: "
                     "order); give --mem-trace-format din, smpcache, parsec, order or order-bus",
                     reader->path);
        return false;
    }
    if (reader->format->of_all && n > 1) {
        hb_error_set(reader->error,
                     "%.300s: one file holds the accesses of all CPUs in the format %s, and %" PRIu32 " are given",
                     reader->path, reader->format->name, n);
        return false;
    }
    FILE *file = fopen(reader->path, "r");
    if (!file) {
        hb_error_set(reader->error, "%.300s: cannot be read: %s", reader->path, strerror(errno));
        return false;
    }
    bool ok = read_lines(reader, file);
    (void)fclose(file); /* it was only read */
    return ok;
}

/* ---- All files ------------------------------------------------------------------------------------------------- */

struct hb_mem_trace *hb_mem_trace_read(const char *const *paths, uint32_t n, enum hb_mem_format format,
                                       uint64_t ram_bytes, struct hb_error *error) {
    struct hb_mem_trace *trace = calloc(1, sizeof *trace);
    uint64_t *owner = calloc(ram_bytes / HB_PAGE_BYTES, sizeof *owner);
    bool ok = trace && owner;
    if (!ok)
        hb_error_set(error, "the host does not have enough memory");
    for (uint32_t i = 0; ok && i < n; i++) {
        trace->files = i + 1;
        struct reader reader = {.path = paths[i],
                                .ram_bytes = ram_bytes,
                                .owner = owner,
                                .trace = trace,
                                .file = &trace->file[i],
                                .error = error};
        ok = read_file(&reader, format, n);
    }
    free(owner);
    if (ok)
        return trace;
    hb_mem_trace_free(trace);
    return NULL;
}

void hb_mem_trace_free(struct hb_mem_trace *trace) {
    if (!trace)
        return;
    for (uint32_t i = 0; i < HB_HARTS_LIMIT; i++)
        free(trace->file[i].record);
    free(trace->order);
    free(trace);
}

uint64_t hb_mem_trace_hash(const struct hb_mem_trace *trace) {
    uint64_t hash = hb_hash_u64(HB_HASH_SEED, trace->files);
    for (uint32_t i = 0; i < trace->files; i++) {
        hash = hb_hash_u64(hash, trace->file[i].records);
        for (uint64_t n = 0; n < trace->file[i].records; n++)
            hash = hb_hash_u64(hash, trace->file[i].record[n]);
    }
    hash = hb_hash_u64(hash, trace->ordered);
    return trace->ordered ? hb_hash_bytes(hash, trace->order, trace->ordered) : hash;
}
