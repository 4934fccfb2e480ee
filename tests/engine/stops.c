/* Machines that are stopped at arbitrary cycles, where something is done to them from outside: a debugger holds harts
 * and writes registers and memory, faults are injected, somebody types, looks on or stops looking, a snapshot is taken
 * or gone back to, what is derived is dropped. By lockstep and by the fast engine alike; they must stay the same
 * machine.
 *
 *     engine_stops STOPS [SEED [ENGINE]]    so many for each of the machines below
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cpu/hart/checkpoint.h"
#include "memory/hash.h"
#include "sim/config/keys.h"
#include "sim/experiment/experiment.h"
#include "sim/machine/debug.h"
#include "sim/machine/snapshot.h"
#include "tests/engine/pair.h"

#define SNAPSHOTS   4
#define FAULTS_MOST 40 /* injected: a machine has room for so many (HB_FAULTS_MAX) */
#define SETS        6

static const struct {
    const char *name; /* an experiment, or a program of tests/engine/guest */
    const char *set[SETS];
} machines[] = {
    {"smp4", {"os.workload.tasks=40", "stats.roi.from.tracepoint=task_run", "stats.interval_cycles=5000"}},
    {"contend4", {"machine.bus.protocol=moesi", "machine.bus.split=true"}},
    {"amp4", {"os.workload.tasks=40", "machine.l2.size=64KiB", "machine.memory.latency_cycles=10"}},
    {"patterns", {"machine.bus.protocol=dragon", "input=[]"}},
    {"snoops.elf", {"machine.harts=4", "stop.cycles=0"}},
    {"random.elf", {"machine.harts=3", "machine.bus.arbiter=random", "stop.cycles=0"}},
};

#define MACHINES (sizeof machines / sizeof machines[0])

struct session {
    struct pair pair;
    uint64_t seed, drawn;
    struct hb_snapshot *snapshot[SNAPSHOTS][2];
    uint32_t faults;
    uint64_t running; /* stops at which the machine had not ended */
};

static uint64_t draw(struct session *s, uint64_t below) {
    return hb_choice(s->seed, 13, s->drawn++) % below;
}

static struct hb_machine *first(struct session *s) {
    return s->pair.machine[0];
}

/* ---- What is done at a stop ------------------------------------------------------------------------------------ */

static bool nothing(struct session *s) {
    (void)s;
    return true;
}

static bool step(struct session *s) {
    bool same = true;
    for (uint64_t n = 1 + draw(s, 6); n-- && same;)
        same = pair_run(&s->pair, first(s)->saved->cycle + 1);
    return same;
}

static bool hold(struct session *s) {
    uint64_t harts = draw(s, 3) ? draw(s, 1u << first(s)->bus.harts) : 0;
    for (uint32_t i = 0; i < 2; i++)
        hb_debug_hold(s->pair.machine[i], harts);
    return pair_run(&s->pair, first(s)->saved->cycle + 1 + draw(s, 400));
}

static bool release(struct session *s) {
    for (uint32_t i = 0; i < 2; i++)
        hb_debug_hold(s->pair.machine[i], 0);
    return true;
}

/* Temporaries, one of them to another value; the others, and the pc, to what they are. */
static bool write_register(struct session *s) {
    uint32_t hart = (uint32_t)draw(s, first(s)->bus.harts), number = (uint32_t)draw(s, HB_REGISTER_F + 32);
    const struct hb_hart *now = &first(s)->hart[hart];
    uint64_t value = number < HB_REGISTER_PC    ? now->x[number]
                     : number == HB_REGISTER_PC ? now->pc
                                                : draw(s, UINT64_MAX);
    bool done[2];
    for (uint32_t i = 0; i < 2; i++)
        done[i] = hb_debug_set_register(s->pair.machine[i], hart, number, value);
    return done[0] == done[1];
}

/* Anything into what a test program computes with, else what is there already. */
static bool write_memory(struct session *s) {
    static const char *const data[] = {"ground", "own", "line"};
    uint64_t address, size, value;
    bool harmless = !hb_symbols_find(&first(s)->symbols, data[draw(s, 3)], &address, &size) || size < 16;
    if (harmless) {
        address = HB_RAM_BASE;
        size = 1 << 16;
    }
    address += draw(s, size - 8);
    if (harmless)
        hb_bus_debug_read(&first(s)->bus, address, &value, 8);
    else
        value = draw(s, UINT64_MAX);
    bool done[2];
    for (uint32_t i = 0; i < 2; i++)
        done[i] = hb_debug_write(s->pair.machine[i], address, &value, 1 + value % 8);
    return done[0] == done[1];
}

static bool break_something(struct session *s) {
    static const struct hb_fault_terms terms[] = {
        {.model = HB_FAULT_FREEZE, .duration_cycles = 700},
        {.model = HB_FAULT_FREEZE, .duration_cycles = 1},
        {.model = HB_FAULT_FAIL_SLOW, .factor = 3, .duration_cycles = 2000},
        {.model = HB_FAULT_FAIL_SLOW, .factor = 2, .duration_cycles = 77},
        {.model = HB_FAULT_IRQ, .interrupt = HB_FAULT_SOFTWARE, .effect = HB_FAULT_SPURIOUS},
        {.model = HB_FAULT_IRQ, .interrupt = HB_FAULT_TIMER, .effect = HB_FAULT_SPURIOUS},
        {.model = HB_FAULT_IRQ, .interrupt = HB_FAULT_SOFTWARE, .effect = HB_FAULT_DROP},
        {.model = HB_FAULT_IRQ, .interrupt = HB_FAULT_TIMER, .effect = HB_FAULT_DELAY, .duration_cycles = 333},
        {.model = HB_FAULT_FAIL_STOP},
        {.model = HB_FAULT_FAIL_STOP, .lost = true},
        {.model = HB_FAULT_RESTART, .duration_cycles = 900},
        {.model = HB_FAULT_RESTART, .duration_cycles = 50, .lost = true},
    };
    const uint64_t kinds = draw(s, 12) ? 8 : 12; /* death is seldom */
    const struct hb_input input = {.kind = HB_INPUT_FAULT,
                                   .cycle = first(s)->saved->cycle + draw(s, 300),
                                   .hart = (uint8_t)draw(s, first(s)->bus.harts),
                                   .terms = terms[draw(s, kinds)]};
    if (s->faults++ >= FAULTS_MOST)
        return true;
    for (uint32_t i = 0; i < 2; i++)
        hb_machine_input(s->pair.machine[i], &input);
    return true;
}

static bool type(struct session *s) {
    const struct hb_input input = {
        .kind = HB_INPUT_TEXT, .cycle = first(s)->saved->cycle + draw(s, 300), .byte = (uint8_t)(' ' + draw(s, 90))};
    for (uint32_t i = 0; i < 2; i++)
        hb_machine_input(s->pair.machine[i], &input);
    return true;
}

static bool look(struct session *s) {
    const bool on = draw(s, 2);
    for (uint32_t i = 0; i < 2; i++)
        hb_machine_watch_switch(s->pair.machine[i], &s->pair.eye[i].watcher, on);
    return true;
}

static void forget(struct session *s, uint64_t k) {
    for (uint32_t i = 0; i < 2; i++) {
        if (s->snapshot[k][i])
            hb_snapshot_free(s->snapshot[k][i]);
        s->snapshot[k][i] = NULL;
    }
}

static bool save(struct session *s) {
    const uint64_t k = draw(s, SNAPSHOTS);
    forget(s, k);
    for (uint32_t i = 0; i < 2; i++)
        s->snapshot[k][i] = hb_snapshot_take(s->pair.machine[i]);
    return s->snapshot[k][0] && s->snapshot[k][1];
}

/* One of the two runs on before. What the watchers have seen is not taken back, so they see no more from here on. */
static bool go_back(struct session *s) {
    const uint64_t k = draw(s, SNAPSHOTS), ahead = draw(s, 500);
    if (!s->snapshot[k][0] || !pair_run(&s->pair, first(s)->saved->cycle + ahead))
        return !s->snapshot[k][0];
    for (uint32_t i = 0; i < 2; i++)
        hb_snapshot_restore(s->pair.machine[i], s->snapshot[k][i]);
    return true;
}

static bool drop_derived(struct session *s) {
    hb_cores_drop_lookups(&s->pair.machine[1]->cores);
    return true;
}

static bool (*const actions[])(struct session *s) = {nothing, nothing, step,    hold,    release,      write_register,
                                                     type,    look,    release, save,    go_back,      write_memory,
                                                     save,    step,    hold,    go_back, drop_derived, break_something};

/* ---- A machine ------------------------------------------------------------------------------------------------- */

static bool stop_often(struct session *s, uint64_t stops) {
    for (uint64_t i = 0; i < stops; i++) {
        uint64_t far = draw(s, 5) ? 400 : 12000;
        if (!pair_run(&s->pair, first(s)->saved->cycle + 1 + draw(s, far)) ||
            !actions[draw(s, sizeof actions / sizeof actions[0])](s) || !pair_same(&s->pair))
            return false;
        s->running += first(s)->saved->outcome == HB_OUTCOME_RUNNING;
        if (first(s)->saved->outcome != HB_OUTCOME_RUNNING && !go_back(s))
            return false;
    }
    return pair_same_end(&s->pair);
}

static bool load(uint32_t m, struct hb_experiment *experiment) {
    char path[HB_PATH_BYTES];
    const char *sets[SETS];
    size_t n = 0;
    struct hb_error error;
    while (n < SETS && machines[m].set[n]) {
        sets[n] = machines[m].set[n];
        n++;
    }
    snprintf(path, sizeof path, "%s/tests/engine/%s", HB_BINARY_DIR, machines[m].name);
    bool loaded = strchr(machines[m].name, '.') ? hb_experiment_for_program(path, NULL, sets, n, experiment, &error)
                                                : hb_experiment_load(machines[m].name, sets, n, experiment, &error);
    if (!loaded)
        printf("%s\n", error.text);
    return loaded;
}

static uint64_t running, taken_back;

static bool run(uint32_t m, uint64_t stops, uint64_t seed, enum hb_engine engine) {
    struct session s = {.seed = seed};
    struct hb_experiment experiment;
    if (!load(m, &experiment))
        return false;
    bool same =
        pair_make(&s.pair, &experiment.variant[0].config, engine, (enum pair_watch)(seed % 3)) && stop_often(&s, stops);
    if (!same)
        printf("FAILED %s, seed %" PRIu64 ", after %" PRIu64 " choices\n", machines[m].name, seed, s.drawn);
    running += s.running;
    for (uint32_t h = 0; s.pair.machine[1] && h < s.pair.machine[1]->bus.harts; h++)
        taken_back += s.pair.machine[1]->cores.core[h].ahead->taken_back;
    for (uint64_t k = 0; k < SNAPSHOTS; k++)
        forget(&s, k);
    pair_free(&s.pair);
    hb_experiment_free(&experiment);
    return same;
}

int main(int argc, char **argv) {
    const uint64_t stops = argc > 1 ? strtoull(argv[1], NULL, 10) : 170,
                   seed = argc > 2 ? strtoull(argv[2], NULL, 10) : 1;
    const enum hb_engine engine = argc > 3 ? HB_ENGINE_FAST_INTERPRETED : HB_ENGINE_FAST;
    uint32_t failed = 0;
    for (uint32_t m = 0; m < MACHINES; m++)
        failed += !run(m, stops, seed + m, engine);
    printf("%" PRIu64 " stops each of %zu machines, %" PRIu64 " of them before its end; %" PRIu64
           " times taken back; %" PRIu32 " failed\n",
           stops, MACHINES, running, taken_back, failed);
    return failed || running < stops * MACHINES * 3 / 4;
}
