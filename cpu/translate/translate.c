#define _GNU_SOURCE
#include "cpu/translate/translate.h"

#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include "cpu/fetch.h"
#include "cpu/hart/lookups.h"
#include "cpu/translate/code.h"
#include "memory/zeros.h"

#define BLOCK_BYTES (64u << 10) /* more than a block can take */

static void forget_all(struct hb_translator *t) {
    for (uint32_t i = 0; i < HB_DECODED_LINES; i++)
        if (t->code.visits[i] == HB_VISITS_HOT)
            memcpy(t->code.line[i], t->code.none, sizeof t->code.none);
    t->w.at = t->blocks;
}

static struct hb_decoded_line *line_of(const struct hb_core *core) {
    return (struct hb_decoded_line *)(void *)((uint8_t *)core->fetch.op - offsetof(struct hb_decoded_line, op));
}

/* Line `i` has been come to once more. */
static void visit(struct hb_code *code, size_t i) {
    if (code->visits[i] < HB_VISITS_HOT && ++code->visits[i] == HB_VISITS_HOT)
        memcpy(code->line[i], code->none, sizeof code->none);
}

/* The present line has entries of its own: has its lookup been told? */
static void tell_lookup(struct hb_core *core, void **entries) {
    struct hb_fetch_lookup *lookup = hb_fetch_known(core, core->fetch.tag);
    core->fetch.code = entries;
    if (lookup)
        lookup->code = entries;
}

static bool make(struct hb_core *core, struct hb_decoded_line *line, void **entries) {
    struct hb_translator *t = core->code->translator;
    struct hb_block block; /* large, and most of it is written only when it is needed */
    uint32_t at = (uint32_t)(core->hart->pc - core->fetch.tag);
    if (t->w.at + BLOCK_BYTES > t->write + BUFFER_BYTES)
        forget_all(t);
    hb_translate_begin(&block, t);
    block.line = line;
    block.code = entries;
    hb_translate_plan(&block, core, line, at);
    if (block.n == 0 && block.crosses_later)
        return false;
    uint8_t *start = t->w.at, *after_load = start;
    block.code[at / 2] = hb_translate_runs(t, start); /* a loop goes there directly */
    if (block.n)
        after_load = hb_translate_block(&block);
    else
        hb_translate_nothing(&block, at);
    block.code[at / 2 + HALFWORDS] = hb_translate_runs(t, after_load);
    return true;
}

bool hb_translator_make(struct hb_core *core) {
    struct hb_code *code = core->code;
    struct hb_decoded_line *line = line_of(core);
    const size_t i = (size_t)(line - core->shared->decoded);
    visit(code, i);
    void **entries = hb_code_of(code, i);
    if (entries == code->none)
        return false;
    if (core->fetch.code == entries)
        return make(core, line, entries);
    tell_lookup(core, entries); /* another hart may have made it */
    return true;
}

static void prepare(struct hb_core *core, uint64_t limit) {
    struct hb_ahead *ahead = core->ahead;
    ahead->data = core->data;
    ahead->fetch = core->fetch_lookup[hb_lookup_mode(core->hart->privilege)];
    ahead->limit_stamp = limit << 4;
    ahead->line = core->fetch.tag;
    ahead->slot = core->fetch.slot;
    ahead->counts = (uint64_t)(core->hart->branches % HB_BRANCHES) * COUNT_TAKEN;
    if (ahead->slot->last_read < ahead->since_stamp)
        hb_ahead_log_read(ahead, ahead->slot);
}

/* What has been counted. When the last turn was is not known, but that it was before the next. */
static void settle(struct hb_hart *hart, struct hb_ahead *ahead) {
    const uint64_t counts = ahead->counts;
    hart->instructions += counts % COUNT_LOAD;
    ahead->translated += counts % COUNT_LOAD;
    hart->lookup_hits[0] += counts % COUNT_TAKEN / COUNT_LOAD;
    hart->branches += (uint32_t)(counts / COUNT_TAKEN) - hart->branches % HB_BRANCHES;
    if (counts % COUNT_LOAD)
        ahead->last_stamp = (hart->ready_at - 1) << 4;
}

enum hb_left hb_translator_run(struct hb_core *core, uint64_t limit) {
    const struct hb_translator *t = core->code->translator;
    struct hb_ahead *ahead = core->ahead;
    prepare(core, limit);
    uint64_t entry = (core->hart->pc - core->fetch.tag) / 2 + (core->hart->load_rd ? HALFWORDS : 0);
    uint64_t left = t->enter(core->hart, ahead, core->fetch.code[entry]);
    settle(core->hart, ahead);
    if (ahead->line != core->fetch.tag) /* the line in which it is now */
        core->fetch = ahead->fetch[(ahead->line >> core->line_shift) % HB_FETCH_LOOKUPS];
    return (enum hb_left)left;
}

bool hb_translator_fits(const struct hb_code *code, const struct hb_cpu_config *config) {
    return memcmp(&code->translator->config, config, sizeof *config) == 0;
}

/* The first time anywhere, from then on where it was: the code holds addresses of its own. */
static bool map_buffer(struct hb_translator *t) {
    int file = memfd_create("hartbeat-code", 0), how = MAP_SHARED | (t->write ? MAP_FIXED : 0);
    if (file < 0)
        return false;
    void *write = MAP_FAILED, *run = MAP_FAILED;
    if (ftruncate(file, BUFFER_BYTES) == 0) {
        write = mmap(t->write, BUFFER_BYTES, PROT_READ | PROT_WRITE, how, file, 0);
        run = mmap(t->run, BUFFER_BYTES, PROT_READ | PROT_EXEC, how, file, 0);
    }
    close(file);
    t->write = write;
    t->run = run;
    t->owner = getpid();
    return write != MAP_FAILED && run != MAP_FAILED;
}

static void begin(struct hb_translator *t) {
    t->w.at = t->write;
    hb_translate_fixed(t);
    forget_all(t);
}

void hb_translator_own(struct hb_code *code) {
    struct hb_translator *t = code->translator;
    if (t->owner == getpid())
        return;
    if (!map_buffer(t))
        abort(); /* no memory: what is there belongs to the process that forked this one */
    begin(t);
}

/* All of this compiles anywhere; what it writes runs on one kind of host. */
#if defined(__x86_64__)
static const bool host_can_run_it = true;
#else
static const bool host_can_run_it = false;
#endif

struct hb_code *hb_translator_create(struct hb_cores *cores, const struct hb_cpu_config *config, uint32_t line_bytes) {
    struct hb_translator *t = host_can_run_it ? hb_zeros_alloc(sizeof *t) : NULL;
    if (!t)
        return NULL;
    t->code.translator = t;
    if (!map_buffer(t)) {
        hb_translator_destroy(&t->code);
        return NULL;
    }
    t->cores = cores;
    t->config = *config;
    t->line_bytes = line_bytes;
    t->line_shift = (uint32_t)__builtin_ctz(line_bytes);
    begin(t);
    return &t->code;
}

static void unmap(void *memory) {
    if (memory && memory != MAP_FAILED)
        munmap(memory, BUFFER_BYTES);
}

void hb_translator_destroy(struct hb_code *code) {
    unmap(code->translator->write);
    unmap(code->translator->run);
    hb_zeros_free(code->translator, sizeof *code->translator);
}
