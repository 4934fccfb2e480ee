#include "sim/state/bisect.h"

#include <stdlib.h>

#include "sim/machine/snapshot.h"
#include "sim/machine/state_hash.h"

#define STRIDE_CYCLES 65536u /* hashes are compared this often at first */

struct values {
    uint64_t *value;
    const char **where;
    uint32_t *index;
    uint64_t n, capacity;
};

static void keep(void *context, const char *where, uint32_t index, uint64_t value) {
    struct values *values = context;
    if (values->n == values->capacity) {
        values->capacity = values->capacity ? 2 * values->capacity : 16384;
        values->value = realloc(values->value, values->capacity * sizeof *values->value);
        values->where = realloc(values->where, values->capacity * sizeof *values->where);
        values->index = realloc(values->index, values->capacity * sizeof *values->index);
        if (!values->value || !values->where || !values->index)
            abort();
    }
    values->value[values->n] = value;
    values->where[values->n] = where;
    values->index[values->n++] = index;
}

static void forget(struct values *values) {
    free(values->value);
    free(values->where);
    free(values->index);
}

static void name_difference(struct hb_machine *left, struct hb_machine *right, struct hb_difference *difference) {
    struct values a = {0}, b = {0};
    hb_state_visit(left, keep, &a);
    hb_state_visit(right, keep, &b);
    uint64_t i = 0;
    while (i + 1 < a.n && i + 1 < b.n && a.value[i] == b.value[i])
        i++;
    difference->where = a.where[i];
    difference->index = a.index[i];
    difference->place = i;
    difference->left = a.value[i];
    difference->right = b.value[i];
    forget(&a);
    forget(&b);
}

static bool same(struct hb_machine *left, struct hb_machine *right) {
    return hb_state_hash(left) == hb_state_hash(right);
}

static void run_both(struct hb_machine *left, struct hb_machine *right, uint64_t until) {
    hb_machine_run(left, until);
    hb_machine_run(right, until);
}

/* They are alike when `good` comes next and differ when `bad` does: halve that until one cycle is left, and give it. */
static uint64_t narrow(struct hb_machine *left, struct hb_machine *right, uint64_t good, uint64_t bad,
                       struct hb_snapshot **at_left, struct hb_snapshot **at_right) {
    while (bad - good > 1) {
        uint64_t middle = good + (bad - good) / 2;
        hb_snapshot_restore(left, *at_left);
        hb_snapshot_restore(right, *at_right);
        run_both(left, right, middle);
        if (!same(left, right)) {
            bad = middle;
            continue;
        }
        good = middle;
        hb_snapshot_free(*at_left);
        hb_snapshot_free(*at_right);
        *at_left = hb_snapshot_take(left);
        *at_right = hb_snapshot_take(right);
        if (!*at_left || !*at_right)
            abort();
    }
    hb_snapshot_restore(left, *at_left);
    hb_snapshot_restore(right, *at_right);
    run_both(left, right, bad);
    return good;
}

bool hb_bisect(struct hb_machine *left, struct hb_machine *right, uint64_t until, struct hb_difference *difference) {
    bool found = false;
    uint64_t cycle = left->saved->cycle;
    while (!found && cycle < until) {
        struct hb_snapshot *at_left = hb_snapshot_take(left), *at_right = hb_snapshot_take(right);
        if (!at_left || !at_right)
            abort();
        uint64_t next = until - cycle > STRIDE_CYCLES ? cycle + STRIDE_CYCLES : until;
        run_both(left, right, next);
        found = !same(left, right);
        if (found) {
            difference->cycle = narrow(left, right, cycle, next, &at_left, &at_right);
            name_difference(left, right, difference);
        }
        hb_snapshot_free(at_left);
        hb_snapshot_free(at_right);
        bool ended = left->saved->outcome != HB_OUTCOME_RUNNING && right->saved->outcome != HB_OUTCOME_RUNNING;
        if (ended && !found)
            return false;
        cycle = next;
    }
    return found;
}
