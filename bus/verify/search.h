/* The search behind bus/verify/verify.h: states in the order in which they are found, a hash set over them, the way
 * back. Inside bus/ only. */
#ifndef HB_BUS_SEARCH_H
#define HB_BUS_SEARCH_H

#include <stddef.h>

#include "bus/verify/model.h"
#include "bus/verify/verify.h"

struct hb_search {
    struct hb_model model;
    uint32_t words;   /* of a key */
    uint64_t *key;    /* of state i: words from i * words on */
    uint32_t *parent; /* the state from which state i was first found */
    uint32_t states, room, states_max;
    uint32_t *slot; /* open addressing: number of a state + 1 */
    uint32_t slots; /* a power of two */
    uint64_t transitions;
    uint32_t depth;
    bool may_circle; /* a move that completes nothing did not lower the height */
    bool gave_up;
    uint8_t found;
    uint32_t at; /* the state in which `move` finds it; for a livelock, a state of the cycle */
    struct hb_move move;
    uint32_t *circle; /* for a livelock: its states, from `at` back to `at` */
    uint32_t circle_moves;
};

/* Start with the initial state. False: out of memory. */
bool hb_search_begin(struct hb_search *search, const struct hb_verify_options *options);
void hb_search_end(struct hb_search *search);

/* Search breadth first until something is found or all states are visited. */
void hb_search_all(struct hb_search *search);

/* Look among all states for a cycle of moves that complete nothing; if there is one, `found` is LIVELOCK. */
void hb_search_circle(struct hb_search *search);

/* The number of the state with this key, or UINT32_MAX. */
uint32_t hb_search_find(const struct hb_search *search, const uint64_t *key);

static inline void hb_search_state(const struct hb_search *search, uint32_t i, struct hb_model_state *state) {
    hb_model_unpack(&search->model, search->key + (size_t)i * search->words, state);
}

/* How what was found comes about, to be freed; NULL: out of memory. `*moves`: their number. */
char *hb_search_story(const struct hb_search *search, uint32_t *moves);

#endif
