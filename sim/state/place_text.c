#include "sim/state/place_text.h"

#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "cpu/disasm.h"

/* "x13 (a3)" */
static int name_register(const struct hb_state_place *place, char *text, size_t bytes) {
    const bool integer = strcmp(place->field, "x") == 0, floating = strcmp(place->field, "f") == 0;
    if (!integer && !floating)
        return snprintf(text, bytes, "%s %" PRIu32, place->field, place->index);
    return snprintf(text, bytes, "%s%" PRIu32 " (%s)", place->field, place->index,
                    integer ? hb_register_name(place->index) : hb_f_register_name(place->index));
}

static int name_part(const struct hb_state_place *place, char *text, size_t bytes) {
    if (!place->part[0])
        return 0;
    if (place->number == HB_STATE_NO_INDEX)
        return snprintf(text, bytes, "%s, ", place->part);
    if (place->part[0] == 'L')
        return snprintf(text, bytes, "hart %" PRIu32 "'s %s, ", place->number, place->part);
    return snprintf(text, bytes, "%s %" PRIu32 ", ", place->part, place->number);
}

char *hb_state_place_text(const struct hb_state_place *place, char *text, size_t bytes) {
    size_t used = (size_t)name_part(place, text, bytes);
    if (used < bytes && place->line != HB_STATE_NO_INDEX)
        used += (size_t)snprintf(text + used, bytes - used, "line %" PRIu32 ", ", place->line);
    if (used < bytes && place->index != HB_STATE_NO_INDEX)
        (void)name_register(place, text + used, bytes - used);
    else if (used < bytes)
        (void)snprintf(text + used, bytes - used, "%s", place->field);
    return text;
}
