/* One machine twice, run by lockstep and by another engine, and compared: the state at every stop, what watchers saw by
 * then (tracepoints, console, bus), and at the end the result and the trace.
 *
 *     struct pair pair;
 *     if (pair_make(&pair, &config, "fast", watch)) ...
 *     while (...) same = same && pair_run(&pair, cycle);
 *     same = same && pair_same_end(&pair);
 *     pair_free(&pair);
 */
#ifndef HB_TEST_ENGINE_PAIR_H
#define HB_TEST_ENGINE_PAIR_H

#include "sim/machine/machine.h"
#include "sim/trace/trace.h"

/* What watchers look at, if at all. */
enum pair_watch {
    WATCH_NOTHING,
    WATCH_RECORDS, /* tracepoints and what the console prints */
    WATCH_BUS,     /* and what happens on the bus */
    WATCH_RETIRED, /* and every instruction */
    PAIR_WATCHES
};

/* What one machine's watcher has seen, as a hash. */
struct eye {
    const struct hb_machine *machine;
    struct hb_watcher watcher;
    uint64_t seen, events;
};

struct pair {
    struct hb_machine *machine[2];
    struct eye eye[2];
    struct hb_trace *trace[2];
    char trace_path[2][64];
};

/* Create both; `engine` is a value of the key "engine". Its lists must outlive them. False: this machine
 * is refused, and there is nothing to free. */
bool pair_make(struct pair *pair, const struct hb_config *config, enum hb_engine engine, enum pair_watch watch);
void pair_free(struct pair *pair);

/* Have both traced into files of this suffix from now on, which pair_same_end() compares. False: no trace. */
bool pair_trace(struct pair *pair, const char *suffix);

/* Run both up to `cycle`. False, and a line is printed: they differ. */
bool pair_run(struct pair *pair, uint64_t cycle);

/* Do both stand alike? */
bool pair_same(struct pair *pair);

/* Are results, consoles and traces the same, but for the engine's name and notes? To be called once. */
bool pair_same_end(struct pair *pair);

#endif
