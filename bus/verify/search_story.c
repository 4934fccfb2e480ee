/* The path to what was found, move by move. A state records only which one it was found from; the move is worked out
 * again. Every state is renamed when it is packed, so the names are carried along. */
#include <stdlib.h>
#include <string.h>

#include "bus/verify/search.h"
#include "bus/verify/story.h"

struct teller {
    const struct hb_search *search;
    struct hb_verify_story story;
    struct hb_names names; /* of the present state */
};

static void rename_by(struct hb_names *names, const struct hb_renaming *renaming, uint32_t caches) {
    struct hb_names old = *names;
    for (uint32_t h = 0; h < caches; h++)
        names->hart[h] = old.hart[renaming->hart[h]];
    for (uint32_t line = 0; line < HB_MODEL_LINES_MAX; line++)
        names->line[line] = old.line[renaming->lines_swapped ? 1 - line : line];
}

static void tell(struct teller *teller, uint32_t i, struct hb_move move, bool last) {
    const struct hb_model *model = &teller->search->model;
    struct hb_model_state before, after;
    uint64_t key[HB_MODEL_KEY_WORDS];
    struct hb_renaming renaming;
    hb_search_state(teller->search, i, &before);
    after = before;
    struct hb_model_outcome outcome = hb_model_step(model, &after, move);
    hb_verify_story_step(&teller->story, model, &teller->names, &before, move, &after, &outcome);
    if (last) {
        hb_verify_story_state(&teller->story, model, &teller->names, &after);
    } else {
        hb_model_pack(model, &after, key, &renaming);
        rename_by(&teller->names, &renaming, model->caches);
    }
}

/* The move from state i to state `to`; `quiet`: one that completes nothing. */
static struct hb_move move_between(const struct hb_search *search, uint32_t i, uint32_t to, bool quiet) {
    struct hb_model_state state;
    struct hb_move move[HB_MODEL_MOVES_MAX];
    uint64_t key[HB_MODEL_KEY_WORDS];
    uint32_t serving;
    hb_search_state(search, i, &state);
    uint32_t n = hb_model_moves(&search->model, &state, move, &serving);
    for (uint32_t m = 0; m < n; m++) {
        struct hb_model_state next = state;
        struct hb_model_outcome outcome = hb_model_step(&search->model, &next, move[m]);
        hb_model_pack(&search->model, &next, key, NULL);
        if (!(quiet && outcome.completes) && hb_search_find(search, key) == to)
            return move[m];
    }
    return move[0]; /* not reached: i is the parent of `to` */
}

static void tell_way(struct teller *teller, const uint32_t *way, uint32_t moves, bool quiet) {
    for (uint32_t i = 0; i < moves; i++)
        tell(teller, way[i], move_between(teller->search, way[i], way[i + 1], quiet), false);
}

/* The states from the first to `at`; returns how many moves lie between them. */
static uint32_t *way_to(const struct hb_search *search, uint32_t at, uint32_t *moves) {
    uint32_t n = 0;
    for (uint32_t i = at; i != 0; i = search->parent[i])
        n++;
    uint32_t *way = malloc((n + 1) * sizeof *way);
    for (uint32_t i = n + 1; way && i > 0; i--) {
        way[i - 1] = at;
        at = search->parent[at];
    }
    *moves = n;
    return way;
}

char *hb_search_story(const struct hb_search *search, uint32_t *moves) {
    struct teller teller = {.search = search, .names = {{0, 1, 2, 3, 4, 5}, {0, 1}}};
    struct hb_model_state state;
    uint32_t *way = way_to(search, search->at, moves);
    if (!way || !hb_verify_story_begin(&teller.story)) {
        free(way);
        return NULL;
    }
    tell_way(&teller, way, *moves, false);
    hb_search_state(search, search->at, &state);
    switch (search->found) {
    case HB_FOUND_DEADLOCK: hb_verify_story_state(&teller.story, &search->model, &teller.names, &state); break;
    case HB_FOUND_LIVELOCK:
        hb_verify_story_line(&teller.story, "From here on, round and round:");
        tell_way(&teller, search->circle, search->circle_moves, true);
        *moves += search->circle_moves;
        hb_search_state(search, search->at, &state);
        hb_verify_story_state(&teller.story, &search->model, &teller.names, &state);
        break;
    default: tell(&teller, search->at, search->move, true); (*moves)++;
    }
    free(way);
    return hb_verify_story_end(&teller.story);
}
