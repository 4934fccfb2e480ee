/* Values of keys, drawn: what tests/engine/draw.h makes its sets of. */
#ifndef HB_TEST_ENGINE_DRAW_VALUE_H
#define HB_TEST_ENGINE_DRAW_VALUE_H

#include "tests/engine/draw.h"

#define HB_KEYS_MOST 1000

/* Write a value for the key as JSON. False: this type of key, or this one, has no values that could be drawn. The value
 * need not go together with what is set already. */
bool draw_value(struct drawn *drawn, const struct hb_key *key, char *text, size_t bytes);

/* Mark the keys of the list's items that stand in `text`. */
void draw_note_list(const struct hb_key *list, const char *text, bool *was_drawn);

#endif
