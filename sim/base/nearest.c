#include "sim/base/nearest.h"

#include <ctype.h>
#include <stdbool.h>
#include <string.h>
#include <strings.h>

#define WORD_BYTES   48u /* only this many letters of a name count */
#define PREFIX_LEAST 2u  /* a prefix of this many letters is enough */

static unsigned smallest(unsigned a, unsigned b, unsigned c) {
    unsigned least = a < b ? a : b;
    return least < c ? least : c;
}

/* '_' and '-' are often taken for each other. */
static int plain(char letter) {
    return letter == '_' ? '-' : tolower((unsigned char)letter);
}

/* Edit distance (Levenshtein) of two words, without regard to case. */
static unsigned distance(const char *left, const char *right) {
    unsigned row[WORD_BYTES + 1];
    unsigned n = (unsigned)strnlen(right, WORD_BYTES);
    for (unsigned i = 0; i <= n; i++)
        row[i] = i;
    for (unsigned line = 1; *left && line <= WORD_BYTES; line++, left++) {
        unsigned diagonal = row[0];
        row[0] = line;
        for (unsigned i = 1; i <= n; i++) {
            unsigned above = row[i];
            row[i] = smallest(above + 1, row[i - 1] + 1, diagonal + (plain(*left) != plain(right[i - 1])));
            diagonal = above;
        }
    }
    return row[n];
}

void hb_nearest_try(struct hb_nearest *nearest, const char *name) {
    size_t n = strlen(nearest->word);
    unsigned far = distance(nearest->word, name);
    if (far > 1 && n >= PREFIX_LEAST && strncasecmp(nearest->word, name, n) == 0)
        far = 1;
    if (nearest->best && far >= nearest->far)
        return;
    nearest->best = name;
    nearest->far = far;
}

const char *hb_nearest_found(const struct hb_nearest *nearest) {
    if (!nearest->best)
        return NULL;
    size_t letters = strlen(nearest->best);
    bool is_near = nearest->far <= 1 || nearest->far <= (letters + 2) / 3;
    return is_near ? nearest->best : NULL;
}
