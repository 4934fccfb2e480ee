#include "bus/verify/verify.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bus/verify/search.h"

static bool search_once(const struct hb_verify_options *options, struct hb_verify_result *result) {
    struct hb_search search;
    memset(result, 0, sizeof *result);
    if (!hb_search_begin(&search, options))
        return false;
    search.model.reach = &result->reach;
    hb_search_all(&search);
    if (search.found == HB_FOUND_NOTHING && search.may_circle && !search.gave_up)
        hb_search_circle(&search);
    result->found = search.found;
    result->gave_up = search.gave_up;
    result->states = search.states;
    result->transitions = search.transitions;
    result->depth = search.depth;
    search.model.reach = NULL;
    if (search.found != HB_FOUND_NOTHING)
        result->story = hb_search_story(&search, &result->moves);
    hb_search_end(&search);
    return true;
}

bool hb_verify(const struct hb_verify_options *options, struct hb_verify_result *result) {
    struct hb_verify_options plain = *options;
    struct hb_verify_result other;
    if (!search_once(options, result))
        return false;
    plain.without_l2 = true;
    if (result->found == HB_FOUND_NOTHING || options->without_l2 || !search_once(&plain, &other))
        return true;
    if (other.found != HB_FOUND_NOTHING) {
        hb_verify_free(result);
        *result = other;
    } else {
        hb_verify_free(&other);
    }
    return true;
}

uint32_t hb_verify_unreached(const struct hb_protocol *protocol, const struct hb_reach *reach, char *text,
                             uint32_t size) {
    uint32_t n = 0, at = 0;
    text[0] = 0;
    for (uint32_t s = 0; s < protocol->states; s++)
        for (uint32_t e = 0; e < HB_EVENTS; e++) {
            if (!protocol->row[s][e].defined || reach->l1d[s][e])
                continue;
            int written = at < size ? snprintf(text + at, size - at, "%s%c+%s", n ? ", " : "",
                                               protocol->state[s].letter, hb_event_name((enum hb_event)e))
                                    : 0;
            at += (uint32_t)written;
            n++;
        }
    return n;
}

void hb_verify_free(struct hb_verify_result *result) {
    free(result->story);
    result->story = NULL;
}
