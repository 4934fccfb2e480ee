/* What the outcomes of a litmus shape can be: every interleaving of an abstract machine is searched.
 *
 * Harts are in-order and memory is one: a load takes its value at once, from the hart's own youngest store to that
 * location that still waits, else from memory. What differs is how stores reach memory:
 *
 *     sequential consistency   at once
 *     TSO                      later, in program order (SPARC V8; Sewell and others, x86-TSO, CACM 53(7), 2010)
 *     weak                     later, those to one location in program order: SPARC's PSO
 *
 * Each allows what the one before it does. All of them are inside RVWMO (The RISC-V Instruction Set Manual, Volume I,
 * chapter "RVWMO"), which lets loads pass each other as well: nothing here needs that. */
#ifndef LITMUS_MODEL_H
#define LITMUS_MODEL_H

#include <stdbool.h>
#include <stdint.h>

#include "tests/litmus/shapes.h"

enum litmus_model { LITMUS_SC, LITMUS_TSO, LITMUS_WEAK, LITMUS_MODELS };

enum litmus_kind { LITMUS_END, LITMUS_LOAD, LITMUS_STORE };

struct litmus_access {
    uint8_t kind;     /* enum litmus_kind */
    uint8_t location; /* 0: x, 1: y */
    uint8_t operand;  /* the value to store; the register to load into */
};

struct litmus_shape {
    const char *name;
    struct litmus_access access[LITMUS_HARTS][LITMUS_ACCESSES_MAX + 1];
    bool (*is_relaxed)(uint32_t outcome); /* sequential consistency forbids it */
};

/* All of LITMUS_SHAPES, in that order. */
extern const struct litmus_shape litmus_shapes[];
extern const uint32_t litmus_shapes_n;

/* Mark the outcomes that the model allows. */
void litmus_search(const struct litmus_shape *shape, enum litmus_model model, enum litmus_sync sync,
                   bool allowed[LITMUS_OUTCOMES]);

#endif
