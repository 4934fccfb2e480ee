/* Livelock: cycles of moves that complete no access, found as strongly connected parts of the graph of such moves
 * (Tarjan, SIAM J. Comput. 1(2), 1972; with a stack of our own in place of recursion). */
#include <stdlib.h>
#include <string.h>

#include "bus/verify/search.h"

#define NOT_SEEN 0u
#define LEFT     UINT32_MAX /* its component is complete */

/* One state on the path of the depth-first walk: its pending successors begin at `first`. */
struct frame {
    uint32_t state;
    uint32_t first, next, end;
};

struct walk {
    const struct hb_search *search;
    struct hb_model model; /* notes no rows */
    uint32_t *number;      /* of each state: NOT_SEEN, its place in the walk from 1 on, or LEFT */
    uint32_t *low;         /* the lowest number that it can reach back to */
    uint32_t *part;        /* stack of states whose component is not complete */
    uint32_t parts;
    struct frame *frame;
    uint32_t frames;
    uint32_t *successor; /* of all frames, one after another */
    uint32_t successors, room;
    uint32_t walked;
    uint32_t best; /* the first state found that lies on a cycle; UINT32_MAX: none */
    bool failed;   /* no memory */
};

/* ---- Successors ------------------------------------------------------------------------------------------------ */

/* The states reached by one move that completes nothing; returns how many. */
static uint32_t quiet_successors(const struct walk *walk, uint32_t i, uint32_t to[HB_MODEL_MOVES_MAX]) {
    struct hb_model_state state;
    struct hb_move move[HB_MODEL_MOVES_MAX];
    uint64_t key[HB_MODEL_KEY_WORDS];
    uint32_t serving, found = 0;
    hb_search_state(walk->search, i, &state);
    uint32_t n = hb_model_moves(&walk->model, &state, move, &serving);
    for (uint32_t m = 0; m < n; m++) {
        struct hb_model_state next = state;
        if (hb_model_step(&walk->model, &next, move[m]).completes)
            continue;
        hb_model_pack(&walk->model, &next, key, NULL);
        to[found++] = hb_search_find(walk->search, key);
    }
    return found;
}

static bool has_room(struct walk *walk) {
    if (walk->successors + HB_MODEL_MOVES_MAX <= walk->room)
        return true;
    uint32_t room = 2 * (walk->room + HB_MODEL_MOVES_MAX);
    uint32_t *successor = realloc(walk->successor, room * sizeof *successor);
    if (!successor) {
        walk->failed = true;
        return false;
    }
    walk->successor = successor;
    walk->room = room;
    return true;
}

/* ---- The walk -------------------------------------------------------------------------------------------------- */

static void enter(struct walk *walk, uint32_t state) {
    if (!has_room(walk))
        return;
    walk->number[state] = walk->low[state] = ++walk->walked;
    walk->part[walk->parts++] = state;
    struct frame *frame = &walk->frame[walk->frames++];
    *frame = (struct frame){.state = state, .first = walk->successors, .next = walk->successors};
    walk->successors += quiet_successors(walk, state, walk->successor + walk->successors);
    frame->end = walk->successors;
}

/* The component whose root is `state` is complete: more than one state, or one that leads to itself, is a cycle. */
static void leave_part(struct walk *walk, const struct frame *frame) {
    uint32_t first = walk->parts, lowest = UINT32_MAX;
    bool circle = false;
    do {
        uint32_t state = walk->part[--first];
        lowest = state < lowest ? state : lowest;
        walk->number[state] = LEFT;
    } while (walk->part[first] != frame->state);
    circle = walk->parts - first > 1;
    for (uint32_t i = frame->first; i < frame->end; i++)
        circle |= walk->successor[i] == frame->state;
    walk->parts = first;
    if (circle && lowest < walk->best)
        walk->best = lowest;
}

static void leave(struct walk *walk) {
    struct frame *frame = &walk->frame[walk->frames - 1];
    uint32_t low = walk->low[frame->state];
    if (low == walk->number[frame->state])
        leave_part(walk, frame);
    walk->successors = frame->first;
    walk->frames--;
    if (walk->frames == 0)
        return;
    uint32_t above = walk->frame[walk->frames - 1].state;
    if (low < walk->low[above])
        walk->low[above] = low;
}

static void walk_from(struct walk *walk, uint32_t start) {
    enter(walk, start);
    while (walk->frames && !walk->failed) {
        struct frame *frame = &walk->frame[walk->frames - 1];
        if (frame->next == frame->end) {
            leave(walk);
            continue;
        }
        uint32_t to = walk->successor[frame->next++], number = walk->number[to];
        if (number == NOT_SEEN)
            enter(walk, to);
        else if (number != LEFT && number < walk->low[frame->state])
            walk->low[frame->state] = number;
    }
}

/* ---- A shortest cycle ------------------------------------------------------------------------------------------ */

/* Breadth first from `start` to itself; `back[i]`: the state before i, + 1. */
static bool go_round(const struct walk *walk, uint32_t start, uint32_t *back, uint32_t *queue) {
    uint32_t to[HB_MODEL_MOVES_MAX], n = 1;
    queue[0] = start;
    for (uint32_t at = 0; at < n; at++) {
        uint32_t successors = quiet_successors(walk, queue[at], to);
        for (uint32_t i = 0; i < successors; i++) {
            if (back[to[i]])
                continue;
            back[to[i]] = queue[at] + 1;
            if (to[i] == start)
                return true;
            queue[n++] = to[i];
        }
    }
    return false;
}

static void keep_circle(struct hb_search *search, uint32_t start, const uint32_t *back) {
    uint32_t moves = 1;
    for (uint32_t i = back[start] - 1; i != start; i = back[i] - 1)
        moves++;
    search->circle = malloc((moves + 1) * sizeof *search->circle);
    if (!search->circle)
        return;
    search->circle_moves = moves;
    search->circle[moves] = start;
    for (uint32_t i = start, at = moves; at > 0; at--) {
        i = back[i] - 1;
        search->circle[at - 1] = i;
    }
}

/* `low` and `part` are done with: they hold the way back and the queue. */
static void tell_circle(struct hb_search *search, struct walk *walk) {
    search->found = HB_FOUND_LIVELOCK;
    search->at = walk->best;
    memset(walk->low, 0, search->states * sizeof *walk->low);
    if (go_round(walk, walk->best, walk->low, walk->part))
        keep_circle(search, walk->best, walk->low);
}

void hb_search_circle(struct hb_search *search) {
    struct walk walk = {.search = search, .model = search->model, .best = UINT32_MAX};
    walk.model.reach = NULL;
    walk.number = calloc(search->states, sizeof *walk.number);
    walk.low = calloc(search->states, sizeof *walk.low);
    walk.part = calloc(search->states, sizeof *walk.part);
    walk.frame = calloc(search->states, sizeof *walk.frame);
    walk.failed = !walk.number || !walk.low || !walk.part || !walk.frame;
    for (uint32_t i = 0; i < search->states && !walk.failed; i++)
        if (walk.number[i] == NOT_SEEN)
            walk_from(&walk, i);
    search->gave_up |= walk.failed;
    if (walk.best != UINT32_MAX && !walk.failed)
        tell_circle(search, &walk);
    free(walk.number);
    free(walk.low);
    free(walk.part);
    free(walk.frame);
    free(walk.successor);
}
