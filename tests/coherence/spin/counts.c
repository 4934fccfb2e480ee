/* The states that hartbeat's own search finds under the abstraction of the models beside: one line, the atomic bus,
 * loads, stores and evictions, harts told apart. One line each: NAME CACHES STATES. */
#include <stdio.h>

#include "bus/shared/bus.h"
#include "bus/verify/verify.h"

static bool count(enum hb_protocol_id id, uint8_t caches) {
    const uint32_t made = 1u << HB_ACCESS_LOAD | 1u << HB_ACCESS_STORE | 1u << HB_ACCESS_EVICT;
    struct hb_verify_options options = {.protocol = hb_protocol_find(id),
                                        .caches = caches,
                                        .lines = 1,
                                        .without_l2 = true,
                                        .names_count = true,
                                        .left_out = ~made};
    struct hb_verify_result result;
    if (!hb_verify(&options, &result))
        return false;
    printf("%s %u %u\n", options.protocol->name, caches, result.states);
    hb_verify_free(&result);
    return result.found == HB_FOUND_NOTHING;
}

int main(void) {
    bool good = true;
    for (uint8_t caches = 2; caches <= 3; caches++)
        good = count(HB_PROTOCOL_MESI, caches) && count(HB_PROTOCOL_DRAGON, caches) && good;
    return good ? 0 : 1;
}
