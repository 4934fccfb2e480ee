/* What the programs of this folder print: one fact a line, so that two consoles can be compared. */
#ifndef PRINT_H
#define PRINT_H

#include "bare.h"

static inline void print_hex(uint64_t value) {
    char text[17] = "0";
    int digits = 1;
    while (digits < 16 && value >> (4 * digits))
        digits++;
    for (int i = 0; i < digits; i++)
        text[i] = "0123456789abcdef"[value >> (4 * (digits - 1 - i)) & 15];
    text[digits] = 0;
    bare_print(text);
}

static inline void fact(const char *name, uint64_t value) {
    bare_print(name);
    bare_print(" ");
    print_hex(value);
    bare_print("\n");
}

static inline volatile uint32_t *word(uint64_t address) {
    return (volatile uint32_t *)address;
}

#endif
