#include "cpu/isa.h"

#include <stdbool.h>
#include <string.h>

/* In any order. */
static const char *const extensions[] = {
    "i", "m", "a", "f", "d", "c", "zicsr", "zifencei", "zicbom", "zicboz", "zicond", "zba", "zbb", "zbs", "sstc",
};

#define EXTENSIONS (sizeof extensions / sizeof extensions[0])
#define LETTER(l)  (1ull << ((l) - 'a'))
#define MXL_64     (2ull << 62)

uint64_t hb_isa_misa(void) {
    uint64_t misa = MXL_64 | LETTER('s') | LETTER('u');
    for (size_t i = 0; i < EXTENSIONS; i++)
        if (extensions[i][1] == '\0')
            misa |= LETTER(extensions[i][0]);
    return misa;
}

/* The order of single letters; the second letter of a Z name is the one that it belongs to. */
static size_t place_of_letter(char letter) {
    static const char order[] = "iemafdqlcbkjtpvnh";
    const char *at = strchr(order, letter);
    return at ? (size_t)(at - order) : sizeof order;
}

/* Single letters come first, then Z names by their category, then those of S mode; ties go by the alphabet. */
static size_t rank_of(const char *name) {
    enum { CATEGORIES = 32 };
    if (name[1] == '\0')
        return place_of_letter(name[0]);
    return name[0] == 'z' ? CATEGORIES + place_of_letter(name[1]) : (size_t)2 * CATEGORIES;
}

static bool comes_before(const char *a, const char *b) {
    size_t rank_a = rank_of(a), rank_b = rank_of(b);
    return rank_a != rank_b ? rank_a < rank_b : strcmp(a, b) < 0;
}

/* The first name after `last` (NULL: of all); NULL: there is none. */
static const char *next_after(const char *last) {
    const char *next = NULL;
    for (size_t i = 0; i < EXTENSIONS; i++)
        if ((!last || comes_before(last, extensions[i])) && (!next || comes_before(extensions[i], next)))
            next = extensions[i];
    return next;
}

void hb_isa_string(char text[HB_ISA_STRING_BYTES]) {
    strcpy(text, "rv64");
    for (const char *name = next_after(NULL); name; name = next_after(name)) {
        if (name[1] != '\0')
            strcat(text, "_");
        strcat(text, name);
    }
}
