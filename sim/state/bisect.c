#include "sim/state/bisect.h"

#include <stdlib.h>
#include <string.h>

#include "bus/devices/memory_map.h"
#include "sim/base/bytes.h"
#include "sim/engine/run.h"
#include "sim/machine/snapshot.h"
#include "sim/machine/state_hash.h"

#define STRIDE_CYCLES 65536u /* hashes are compared this often at first */

struct values {
    uint64_t *value;
    struct hb_state_place *place;
    uint64_t n, capacity;
};

static void keep(void *context, const struct hb_state_place *place, uint64_t value) {
    struct values *values = context;
    if (values->n == values->capacity) {
        values->capacity = values->capacity ? 2 * values->capacity : 16384;
        values->value = realloc(values->value, values->capacity * sizeof *values->value);
        values->place = realloc(values->place, values->capacity * sizeof *values->place);
        if (!values->value || !values->place)
            abort();
    }
    values->value[values->n] = value;
    values->place[values->n++] = *place;
}

static void forget(struct values *values) {
    free(values->value);
    free(values->place);
}

/* Of two stretches of memory, hashed into one number each: the first eight bytes that differ, and their address. */
static void find_bytes(const uint8_t *left, const uint8_t *right, uint64_t n, uint64_t address,
                       struct hb_difference *difference) {
    for (uint64_t at = 0; at + 8 <= n; at += 8)
        if (memcmp(left + at, right + at, 8) != 0) {
            difference->address = address + at;
            difference->left = hb_load_u64(left + at);
            difference->right = hb_load_u64(right + at);
            return;
        }
}

static struct hb_cache *cache_of(struct hb_machine *machine, const struct hb_state_place *place) {
    if (place->number == HB_STATE_NO_INDEX)
        return &machine->bus.l2;
    return strcmp(place->part, "L1D") == 0 ? &machine->bus.l1d[place->number] : &machine->bus.l1i[place->number];
}

static void look_closer(struct hb_machine *left, struct hb_machine *right, struct hb_difference *difference) {
    const struct hb_state_place *place = &difference->place;
    if (strcmp(place->field, "RAM") == 0) {
        find_bytes(left->ram.bytes, right->ram.bytes, left->ram.size_bytes, HB_RAM_BASE, difference);
    } else if (place->line != HB_STATE_NO_INDEX && strcmp(place->field, "data") == 0) {
        struct hb_cache *a = cache_of(left, place), *b = cache_of(right, place);
        struct hb_line *line = hb_cache_line(a, place->line);
        find_bytes(hb_line_data(line), hb_line_data(hb_cache_line(b, place->line)), a->line_bytes, line->address,
                   difference);
    }
}

static void name_difference(struct hb_machine *left, struct hb_machine *right, struct hb_difference *difference) {
    struct values a = {0}, b = {0};
    hb_state_visit(left, keep, &a);
    hb_state_visit(right, keep, &b);
    uint64_t i = 0;
    while (i + 1 < a.n && i + 1 < b.n && a.value[i] == b.value[i])
        i++;
    difference->place = a.place[i];
    difference->address = HB_NEVER;
    difference->left = a.value[i];
    difference->right = b.value[i];
    forget(&a);
    forget(&b);
    look_closer(left, right, difference);
}

static bool same(struct hb_machine *left, struct hb_machine *right) {
    return hb_state_hash(left) == hb_state_hash(right);
}

static void run_both(struct hb_machine *left, struct hb_machine *right, uint64_t until) {
    hb_machine_run(left, until);
    hb_machine_run(right, until);
}

/* They are alike before cycle `good` and differ before `bad`: halve the interval until one cycle is left, and return
 * it. */
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
