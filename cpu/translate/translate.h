/* Translation of guest code to the host's: x86-64 only.
 *
 * A block is what a line holds from some pc on up to the first operation that is not private (cpu/ahead/ahead.h),
 * jumps, or branches backwards, or the line's end. It is made when it is first run, kept for as long as its line's
 * bytes are what they were, and does what the interpreter does, faster: cycles, instructions and hits are sums that are
 * known when it is made. It enters only if its last operation still has its turn before the limit, and leaves where a
 * branch forwards is taken or the lookups do not know a line.
 *
 * Harts of one kind share a translator: costs are written into the code. Memory is never writable and executable at
 * one address (two mappings of one file in memory). */
#ifndef HB_CPU_TRANSLATE_H
#define HB_CPU_TRANSLATE_H

#include <stdbool.h>

#include "cpu/hart/core.h"
#include "cpu/translate/left.h"

/* Translated code for harts that cost what `config` says; it belongs to a translator of its own. NULL: this host has no
 * translation, or not enough memory. */
struct hb_code *hb_translator_create(struct hb_cores *cores, const struct hb_cpu_config *config, uint32_t line_bytes);
void hb_translator_destroy(struct hb_code *code);

/* To be called before the code runs: a process forked from the one that made it has the code's memory in common with
 * it, and begins one of its own. */
void hb_translator_own(struct hb_code *code);

/* Does it fit a hart of these costs? */
bool hb_translator_fits(const struct hb_code *code, const struct hb_cpu_config *config);

/* Run from hart->pc, which is in the line of core->fetch, while turns begin before `limit`. */
enum hb_left hb_translator_run(struct hb_core *core, uint64_t limit);

/* Make the block at hart->pc, which is in the line of core->fetch. False: the line has not been come to often enough,
 * or the block's first instruction reaches into a line that is not at hand. */
bool hb_translator_make(struct hb_core *core);

#endif
