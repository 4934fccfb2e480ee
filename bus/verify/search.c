#include "bus/verify/search.h"

#include <stdlib.h>
#include <string.h>

#include "memory/hash.h"

#define FIRST_ROOM  (1u << 12)
#define MOST_STATES (1u << 30)

/* ---- The set of states ----------------------------------------------------------------------------------------- */

/* Multiplications spread the bits, since keys differ in few. */
static uint64_t hash_of(const struct hb_search *search, const uint64_t *key) {
    uint64_t hash = HB_HASH_SEED;
    for (uint32_t i = 0; i < search->words; i++)
        hash = hb_hash_u64(hash, key[i]);
    return hash ^ hash >> 29;
}

static bool is_state(const struct hb_search *search, uint32_t i, const uint64_t *key) {
    return memcmp(search->key + (size_t)i * search->words, key, search->words * sizeof *key) == 0;
}

/* The slot that holds the key, or the empty one where it belongs. */
static uint32_t *slot_of(const struct hb_search *search, const uint64_t *key) {
    uint32_t at = (uint32_t)hash_of(search, key) & (search->slots - 1);
    while (search->slot[at] && !is_state(search, search->slot[at] - 1, key))
        at = (at + 1) & (search->slots - 1);
    return &search->slot[at];
}

uint32_t hb_search_find(const struct hb_search *search, const uint64_t *key) {
    return *slot_of(search, key) - 1; /* an empty slot is 0 */
}

static bool make_room(struct hb_search *search) {
    uint32_t room = search->room ? 2 * search->room : FIRST_ROOM;
    uint64_t *key = realloc(search->key, (size_t)room * search->words * sizeof *key);
    search->key = key ? key : search->key;
    uint32_t *parent = realloc(search->parent, room * sizeof *parent);
    search->parent = parent ? parent : search->parent;
    uint32_t *slot = calloc(2 * (size_t)room, sizeof *slot);
    if (!key || !parent || !slot) {
        free(slot);
        return false;
    }
    free(search->slot);
    search->slot = slot;
    search->slots = 2 * room;
    search->room = room;
    for (uint32_t i = 0; i < search->states; i++)
        *slot_of(search, search->key + (size_t)i * search->words) = i + 1;
    return true;
}

/* A new state is appended. */
static void add(struct hb_search *search, const uint64_t *key, uint32_t parent) {
    uint32_t *slot = slot_of(search, key);
    if (*slot)
        return;
    bool full = search->states >= search->states_max;
    if (!full && search->states == search->room) {
        full = !make_room(search);
        slot = slot_of(search, key);
    }
    search->gave_up |= full;
    if (full)
        return;
    memcpy(search->key + (size_t)search->states * search->words, key, search->words * sizeof *key);
    search->parent[search->states++] = parent;
    *slot = search->states;
}

/* ---- Begin and end --------------------------------------------------------------------------------------------- */

bool hb_search_begin(struct hb_search *search, const struct hb_verify_options *options) {
    struct hb_model_state state;
    uint64_t key[HB_MODEL_KEY_WORDS];
    *search = (struct hb_search){
        .model = {.protocol = options->protocol,
                  .caches = options->caches,
                  .lines = options->lines,
                  .split = options->split,
                  .posts = !options->without_posts,
                  .l2 = !options->without_l2,
                  .names_count = options->names_count,
                  .left_out = options->left_out},
        .states_max = options->states_max ? options->states_max : MOST_STATES,
    };
    hb_model_start(&search->model, &state);
    search->words = hb_model_key_words(&search->model);
    if (!make_room(search)) {
        hb_search_end(search);
        return false;
    }
    hb_model_pack(&search->model, &state, key, NULL);
    add(search, key, 0);
    return true;
}

void hb_search_end(struct hb_search *search) {
    free(search->key);
    free(search->parent);
    free(search->slot);
    free(search->circle);
}

/* ---- Breadth first --------------------------------------------------------------------------------------------- */

static void find(struct hb_search *search, enum hb_flaw_found found, uint32_t at, struct hb_move move) {
    search->found = (uint8_t)found;
    search->at = at;
    search->move = move;
}

static void make_move(struct hb_search *search, uint32_t i, const struct hb_model_state *state, struct hb_move move,
                      uint32_t height) {
    struct hb_model_state next = *state;
    uint64_t key[HB_MODEL_KEY_WORDS];
    struct hb_model_outcome outcome = hb_model_step(&search->model, &next, move);
    search->transitions++;
    if (outcome.found != HB_FOUND_NOTHING) {
        find(search, (enum hb_flaw_found)outcome.found, i, move);
        return;
    }
    if (!outcome.completes && hb_model_height(&search->model, &next) >= height)
        search->may_circle = true;
    if (memcmp(&next, state, sizeof next) == 0)
        return; /* a hit that changes nothing */
    hb_model_pack(&search->model, &next, key, NULL);
    add(search, key, i);
}

static void expand(struct hb_search *search, uint32_t i) {
    struct hb_model_state state;
    struct hb_move move[HB_MODEL_MOVES_MAX];
    uint32_t serving;
    hb_search_state(search, i, &state);
    uint32_t n = hb_model_moves(&search->model, &state, move, &serving);
    if (hb_model_is_stuck(&search->model, &state, serving)) {
        find(search, HB_FOUND_DEADLOCK, i, (struct hb_move){0});
        return;
    }
    uint32_t height = hb_model_height(&search->model, &state);
    for (uint32_t m = 0; m < n && search->found == HB_FOUND_NOTHING; m++)
        make_move(search, i, &state, move[m], height);
}

void hb_search_all(struct hb_search *search) {
    uint32_t end_of_level = search->states;
    for (uint32_t i = 0; i < search->states && search->found == HB_FOUND_NOTHING && !search->gave_up; i++) {
        if (i == end_of_level) {
            search->depth++;
            end_of_level = search->states;
        }
        expand(search, i);
    }
}
