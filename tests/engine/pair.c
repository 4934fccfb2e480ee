#include "tests/engine/pair.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "memory/hash.h"
#include "sim/engine/run.h"
#include "sim/machine/state_hash.h"
#include "sim/result/gather.h"

/* ---- Watching -------------------------------------------------------------------------------------------------- */

static void see(struct eye *eye, uint64_t a, uint64_t b, uint64_t c) {
    eye->seen = hb_hash_u64(hb_hash_u64(hb_hash_u64(eye->seen, a), b), c);
    eye->events++;
}

/* What is recorded, and where the harts are when the cycle is closed. */
static void see_record(void *context, const struct hb_trace_record *r) {
    const struct hb_machine *machine = ((struct eye *)context)->machine;
    for (uint32_t h = 0; h < machine->bus.harts; h++)
        see(context, machine->hart[h].pc, machine->hart[h].instructions, machine->hart[h].x[10]);
    see(context, r->cycle, r->address, r->value);
    see(context, r->user_instructions, r->id, (uint64_t)(r->hart << 16 | r->kind << 8 | r->privilege));
}

static void see_console(void *context, const char *text, size_t n) {
    see(context, n, hb_hash_bytes(HB_HASH_SEED, (const uint8_t *)text, n), 1);
}

static void see_transaction(void *context, const struct hb_bus *bus, const struct hb_transaction *t, uint64_t now) {
    (void)bus;
    see(context, now, t->line, (uint64_t)(t->kind << 16 | t->port << 8 | t->snooped));
}

static void see_port(void *context, const struct hb_bus *bus, uint32_t port, uint64_t now) {
    see(context, now, port, bus->state->port[port].request.address);
}

static void see_line(void *context, const struct hb_bus *bus, uint8_t agent, uint64_t address, uint8_t before,
                     uint8_t after, const struct hb_transaction *t, uint64_t now) {
    (void)bus;
    see(context, now, address, (uint64_t)(agent << 24 | before << 16 | after << 8 | (t != NULL)));
}

static void see_loss(void *context, const struct hb_bus *bus, uint32_t hart, uint64_t address, uint64_t now) {
    (void)bus;
    see(context, now, hart, address);
}

static void open_eye(struct hb_machine *machine, struct eye *eye, enum pair_watch watch) {
    *eye = (struct eye){.machine = machine, .watcher = {.context = eye, .retired = watch == WATCH_RETIRED}};
    if (watch == WATCH_NOTHING)
        return;
    eye->watcher.record = see_record;
    eye->watcher.console = see_console;
    if (watch >= WATCH_BUS)
        eye->watcher.bus = (struct hb_bus_watch){.context = eye,
                                                 .posted = see_port,
                                                 .granted = see_transaction,
                                                 .declined = see_port,
                                                 .snooped = see_transaction,
                                                 .finished = see_transaction,
                                                 .line = see_line,
                                                 .reservation_lost = see_loss};
    hb_machine_watch_add(machine, &eye->watcher);
}

/* ---- Making ---------------------------------------------------------------------------------------------------- */

bool pair_make(struct pair *pair, const struct hb_config *config, enum hb_engine engine, enum pair_watch watch) {
    static struct hb_config one;
    struct hb_error error;
    *pair = (struct pair){0};
    for (uint32_t i = 0; i < 2; i++) {
        one = *config;
        one.engine = i ? (uint8_t)engine : (uint8_t)HB_ENGINE_LOCKSTEP;
        pair->machine[i] = hb_machine_create(&one, &error);
        if (!pair->machine[i]) { /* one that is refused is refused to both: the engine makes no difference */
            pair_free(pair);
            return false;
        }
        open_eye(pair->machine[i], &pair->eye[i], watch);
    }
    return true;
}

/* That nothing was traced, for its first cycle was never reached, is no failure here. */
static void close_trace(struct pair *pair, uint32_t i) {
    struct hb_error error;
    if (pair->trace[i])
        hb_trace_close(pair->trace[i], &error);
    pair->trace[i] = NULL;
}

void pair_free(struct pair *pair) {
    for (uint32_t i = 0; i < 2; i++) {
        close_trace(pair, i);
        if (pair->trace_path[i][0])
            unlink(pair->trace_path[i]);
        if (pair->machine[i])
            hb_machine_destroy(pair->machine[i]);
    }
}

/* Under one name, which some of them hold. */
bool pair_trace(struct pair *pair, const char *suffix) {
    char path[64];
    struct hb_error error;
    snprintf(path, sizeof path, "engine-%d.%s", (int)getpid(), suffix);
    for (uint32_t i = 0; i < 2; i++) {
        pair->trace[i] = hb_trace_open(pair->machine[i], path, &error);
        snprintf(pair->trace_path[i], sizeof pair->trace_path[i], "engine-%d-%" PRIu32 ".%s", (int)getpid(), i, suffix);
        rename(path, pair->trace_path[i]);
    }
    return pair->trace[0] && pair->trace[1];
}

/* ---- Comparing ------------------------------------------------------------------------------------------------- */

static bool differ(const struct pair *pair, const char *what) {
    printf("%s differ at cycle %" PRIu64 " of lockstep, %" PRIu64 " of the other\n", what,
           pair->machine[0]->saved->cycle, pair->machine[1]->saved->cycle);
    return false;
}

bool pair_same(struct pair *pair) {
    struct hb_machine *a = pair->machine[0], *b = pair->machine[1];
    if (a->saved->cycle != b->saved->cycle || a->saved->outcome != b->saved->outcome)
        return differ(pair, "cycles or outcomes");
    if (hb_state_hash(a) != hb_state_hash(b))
        return differ(pair, "states");
    if (pair->eye[0].events != pair->eye[1].events || pair->eye[0].seen != pair->eye[1].seen)
        return differ(pair, "what watchers saw");
    return true;
}

bool pair_run(struct pair *pair, uint64_t cycle) {
    struct hb_save_request save = {0};
    struct hb_error error;
    for (uint32_t i = 0; i < 2; i++)
        if (!pair->trace[i])
            hb_machine_run(pair->machine[i], cycle);
        else if (!hb_trace_run(pair->trace[i], &save, cycle, &error))
            printf("%s\n", error.text);
    return pair_same(pair);
}

static char *result_of(struct hb_machine *machine) {
    struct hb_run_result *result = hb_result_gather(machine);
    result->engine = 0;
    result->engine_notes = 0;
    char *json = hb_result_json(result, NULL, 0);
    hb_result_free(result);
    return json;
}

static bool same_results(const struct pair *pair) {
    char *a = result_of(pair->machine[0]), *b = result_of(pair->machine[1]);
    bool same = strcmp(a, b) == 0;
    if (!same)
        printf("%s\n%s\n", a, b);
    free(a);
    free(b);
    return same || differ(pair, "results");
}

static bool same_consoles(const struct pair *pair) {
    const struct hb_machine *a = pair->machine[0], *b = pair->machine[1];
    uint64_t n = a->saved->console_bytes;
    return (n == b->saved->console_bytes && (n == 0 || memcmp(a->console, b->console, n) == 0)) ||
           differ(pair, "consoles");
}

static uint64_t hash_of_file(const char *path) {
    static uint8_t part[1 << 16];
    uint64_t hash = HB_HASH_SEED;
    size_t n;
    FILE *file = fopen(path, "rb");
    while (file && (n = fread(part, 1, sizeof part, file)) > 0)
        hash = hb_hash_bytes(hash, part, n);
    if (file)
        fclose(file);
    return hash;
}

static bool same_traces(struct pair *pair) {
    if (!pair->trace[0])
        return true;
    close_trace(pair, 0);
    close_trace(pair, 1);
    return hash_of_file(pair->trace_path[0]) == hash_of_file(pair->trace_path[1]) || differ(pair, "traces");
}

bool pair_same_end(struct pair *pair) {
    return same_results(pair) && same_consoles(pair) && same_traces(pair);
}
